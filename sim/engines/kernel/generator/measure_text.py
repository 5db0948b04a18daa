"""The text of a run's measures, as `sim.model.measures` has them: what keeps each of them up to date."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import assert_never

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import Layout, is_real
from sim.engines.kernel.generator.lines import function, indented
from sim.language.expressions.tree import Expression, reads
from sim.model.model import (
    CountOf,
    Greatest,
    Integral,
    Least,
    OnDate,
    Quantity,
    SinceBranch,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
)


class QuantityText:
    """Writes the lines of one measure; here, of a count of events.

    One that has no value is infinite: so stays a sum that it is added to, a greatest value, and, with its sign, a
    least one.
    """

    known_at_first = 1  # whether it has a value, 0, before any event
    takes_time = False  # whether time that passes matters to it
    outlives_limit = False  # whether what is known of it stands where a run is stopped at the limit of events
    slots: tuple[int, ...] = ()  # after whose changes it looks at the state, by the call of `look`
    look = ""
    lacks = "(inf if n[STOPPED] != 0 else nan())"  # what it is where it is not known

    def __init__(self, layout: Layout, number: int, on: tuple[str, ...] = ()) -> None:
        self.number = number
        self.on = on
        self.value = f"f[{layout.measured + 2 * number}]"
        self.last = f"f[{layout.measured + 2 * number + 1}]"
        self.known = f"n[{layout.known + number}]"

    def functions(self) -> Iterator[str]:
        """Yield the functions that the other lines call."""
        yield from ()

    def begun(self) -> list[str]:
        """Return the lines that begin it in the state at the branch."""
        return [f"{self.value} = 0.0", f"{self.last} = now", f"{self.known} = {self.known_at_first}"]

    def passed(self) -> list[str]:
        """Return the lines that let time pass up to `now` in the state before the event that comes then."""
        return []

    def counted(self, event: str) -> list[str]:
        """Return the lines that add what an event amounts to, in the state before it."""
        return [f"{self.value} = {self.value} + 1.0"] if event in self.on else []

    def looked(self, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that look at the state after an event whose changed targets are `bits`."""
        mask = reduce(or_, (bits.get(slot, 0) for slot in self.slots), 0)
        return [f"if bits & {mask} != 0:", f"    {self.look}"] if mask else []

    def closed(self) -> list[str]:
        """Return the lines that end it with the horizon."""
        return []

    def result(self) -> str:
        """Write what it has come to."""
        known, value = f"{self.known} != 0", self.value
        whole = "" if self.outlives_limit else " and n[STOPPED] == 0"
        return f"inf if {known} and not (-inf < {value} < inf) else ({value} if {known}{whole} else {self.lacks})"


class _Evaluated(QuantityText):
    """A measure of an expression's values."""

    spoilt = "inf"  # what the expression counts as where it has no value

    def __init__(self, expressions: Expressions, number: int, expression: Expression, on: tuple[str, ...] = ()) -> None:
        super().__init__(expressions.layout, number, on)
        self.expressions = expressions
        self.tree = expression.tree
        self.now = f"measure_{number}(f, n)"

    def functions(self) -> Iterator[str]:
        """An expression that has no value spoils the measure for good, and the run goes on."""
        text = self.expressions.real(self.tree)
        body = [f"return {text}"]
        if is_real(self.tree.type):
            body = [f"seen = {text}", f"return seen if -inf < seen < inf else {self.spoilt}"]
        if self.expressions.may_fault(self.tree):
            body = ["try:", *indented(body), "except ValueError:", f"    return {self.spoilt}"]
        yield function(f"measure_{self.number}", body, result="float")

    def counted(self, event: str) -> list[str]:
        return ["f[TIME] = now", f"{self.value} = {self.value} + {self.now}"] if event in self.on else []


class _IntegralText(_Evaluated):
    takes_time = True

    def passed(self) -> list[str]:
        return [
            f"if now > {self.last}:",
            f"    {self.value} = {self.value} + {self.now} * (now - {self.last})",
            f"    {self.last} = now",
        ]


class _ValueText(_Evaluated):
    known_at_first = 0
    takes_time = True
    outlives_limit = True

    def __init__(self, expressions: Expressions, number: int, expression: Expression, due: str) -> None:
        super().__init__(expressions, number, expression)
        self.due = due

    def passed(self) -> list[str]:
        return [f"if {self.known} == 0 and now > {self.due}:", *self._taken()]

    def closed(self) -> list[str]:
        return [f"if {self.known} == 0 and {self.due} <= now and n[STOPPED] == 0:", *self._taken()]

    def _taken(self) -> list[str]:
        return [
            "    before = f[TIME]",
            f"    f[TIME] = min({self.due}, now)",
            f"    {self.value} = {self.now}",
            f"    {self.known} = 1",
            "    f[TIME] = before",
        ]


class _LookingText(_Evaluated, ABC):
    """A measure that looks at every new state."""

    known_at_first = 0

    def __init__(self, expressions: Expressions, number: int, expression: Expression) -> None:
        super().__init__(expressions, number, expression)
        self.slots = tuple(expressions.layout.program.slots["state", name] for name in reads(self.tree, "state"))
        self.look = f"look_{number}(f, n, now)"

    def functions(self) -> Iterator[str]:
        yield from super().functions()
        yield function(f"look_{self.number}", self._look(), "now: float")

    def begun(self) -> list[str]:
        return [*super().begun(), self.look]

    @abstractmethod
    def _look(self) -> list[str]:
        """Return the lines that look at a new state."""


class _UntilText(_LookingText):
    outlives_limit = True
    lacks = "nan()"

    def _look(self) -> list[str]:
        seen = f"seen{self.number}"
        return [
            f"if {self.known} == 0:",
            f"    {seen} = {self.now}",
            f"    if {seen} != 0.0:",
            f"        {self.value} = inf if {seen} == inf else now - f[START]",
            f"        {self.known} = 1",
        ]


class _GreatestText(_LookingText):
    better = "max"

    def _look(self) -> list[str]:
        seen = f"seen{self.number}"
        return [
            f"{seen} = {self.now}",
            f"{self.value} = {self.better}({self.value}, {seen}) if {self.known} != 0 else {seen}",
            f"{self.known} = 1",
        ]


class _LeastText(_GreatestText):
    better = "min"
    spoilt = "-inf"


def quantity_text(expressions: Expressions, number: int, quantity: Quantity) -> QuantityText:
    """Return what writes the lines of the measure with this number."""
    match quantity:
        case CountOf(on):
            return QuantityText(expressions.layout, number, on)
        case SumOf(expression, on):
            return _Evaluated(expressions, number, expression, on)
        case TimeWhile(expression) | Integral(expression):
            return _IntegralText(expressions, number, expression)
        case ValueAt(expression, at):
            return _ValueText(expressions, number, expression, _due(at))
        case TimeUntil(expression):
            return _UntilText(expressions, number, expression)
        case Greatest(expression):
            return _GreatestText(expressions, number, expression)
        case Least(expression):
            return _LeastText(expressions, number, expression)
        case _:
            assert_never(quantity)


def _due(at: SinceBranch | OnDate | None) -> str:
    match at:
        case None:
            return "f[HORIZON]"
        case OnDate(time):
            return repr(time)
        case SinceBranch(time):
            return f"(f[START] + {time!r})"
        case _:
            assert_never(at)


class MeasureText:
    """Writes the lines that keep a model's measures up to date, and the functions that begin and close them."""

    def __init__(self, expressions: Expressions) -> None:
        measures = expressions.layout.program.model.measures.values()
        self.texts = [quantity_text(expressions, index, one.quantity) for index, one in enumerate(measures)]

    def functions(self) -> Iterator[str]:
        for text in self.texts:
            yield from text.functions()
        yield function("pass_time", [line for text in self.texts for line in text.passed()], "now: float")
        yield function("look", [line for text in self.texts for line in text.begun()], "now: float")
        yield function("look_again", [text.look for text in self.texts if text.look], "now: float")
        yield self._close()

    def _close(self) -> str:
        closed = [line for text in self.texts for line in text.closed()]
        results = [f"f[at + {text.number}] = {text.result()}" for text in self.texts]
        at = "at = n[MEASURES_AT] + n[DONE] * n[MEASURES]"
        return function("measured", ["now = f[HORIZON]", "pass_time(f, n, f[LAST])", *closed, at, *results])

    def before(self, event: str) -> list[str]:
        """Return the lines that come before an event's effects: time passes, amounts are counted."""
        passed = ["pass_time(f, n, now)"] if any(text.takes_time for text in self.texts) else []
        return [*passed, *(line for text in self.texts for line in text.counted(event))]

    def after(self, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that look at the state after an event whose changed targets are `bits`."""
        return [line for text in self.texts for line in text.looked(bits)]
