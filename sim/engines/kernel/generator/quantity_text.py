"""The text of one measure of a run, as `sim.model.measures` has it: what keeps it up to date."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import assert_never

from sim.engines.kernel.generator.changed_bits import tested
from sim.engines.kernel.generator.expressions import Expressions, in_brackets
from sim.engines.kernel.generator.layout import is_real
from sim.engines.kernel.generator.lines import function, indented, when
from sim.language.expressions.tree import Tree, moves
from sim.model.measuring.quantities import (
    CountOf,
    Formula,
    Greatest,
    Integral,
    Least,
    Measure,
    Moment,
    OnDate,
    SinceBranch,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
    Window,
)
from sim.model.moving.moving_trees import slots_read


class WindowText:
    """Writes the tests of whether a moment, or an event, is inside of a measure's window."""

    def __init__(self, window: Window) -> None:
        self.opens = "f[START]" if window.opens is None else time_text(window.opens)
        if isinstance(window.opens, OnDate):
            self.opens = f"max(f[START], {self.opens})"
        self.closes = "" if window.closes is None else time_text(window.closes)
        self.has_opening = window.opens is not None

    def inside(self, lines: list[str], *more: str) -> list[str]:
        """Return lines that are for what comes `now` inside of the window; as they are where all is inside."""
        tests = [*more, *([f"now >= {self.opens}"] if self.has_opening else [])]
        tests += [f"now <= {self.closes}"] if self.closes else []
        return when(" and ".join(tests), lines) if tests else lines


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
    spoilt = "inf"  # what an expression that has no value counts as

    def __init__(self, expressions: Expressions, number: int, measure: Measure) -> None:
        layout = expressions.layout
        self.expressions = expressions
        self.number = number
        self.on = measure.on
        self.tree = None if measure.expression is None else measure.expression.tree
        self.when = None if measure.window.when is None else measure.window.when.tree
        self.window = WindowText(measure.window)
        self.value = f"f[{layout.measured + 2 * number}]"
        self.last = f"f[{layout.measured + 2 * number + 1}]"
        self.known = f"n[{layout.known + number}]"
        self.now = f"measure_{number}(f, n)"
        program = layout.program
        self.moving = self.tree is not None and moves(self.tree, program.relaxing)
        self.timed = program.motion.any or self.moving  # whether what it reads may depend on the time
        self.step = program.motion.step

    def functions(self) -> Iterator[str]:
        """Yield the functions that the other lines call; one returns what there is to add, 0 where `when` fails."""
        if self.tree is not None or self.when is not None:
            yield self._evaluated(f"measure_{self.number}", self.tree, self.when)

    def begun(self) -> list[str]:
        """Return the lines that begin it in the state at the branch."""
        return [f"{self.value} = 0.0", f"{self.last} = now", f"{self.known} = {self.known_at_first}"]

    def passed(self) -> list[str]:
        """Return the lines that let time pass up to `now` in the state before the event that comes then."""
        return []

    def counted(self, event: str) -> list[str]:
        """Return the lines that add what an event amounts to, in the state before it."""
        if event not in self.on:
            return []
        timed = ["f[TIME] = now"] if self.tree is not None or self.timed else []
        amount = self.now if self.tree is not None or self.when is not None else "1.0"
        return self.window.inside([*timed, f"{self.value} = {self.value} + {amount}"])

    def looked(self, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that look at the state after an event whose changed targets are `bits`."""
        mask = reduce(or_, (bits.get(slot, 0) for slot in self.slots), 0)
        return self.window.inside([self.look], tested(mask)) if mask else []

    def looked_again(self) -> list[str]:
        """Return the lines that look at a state of which anything may be new."""
        return self.window.inside([self.look]) if self.look else []

    def closed(self) -> list[str]:
        """Return the lines that end it with the horizon."""
        return []

    def result(self) -> str:
        """Write what it has come to."""
        known, value = f"{self.known} != 0", self.value
        cut, over = "n[STOPPED] == 0", self.window.closes and f"f[LAST] > {self.window.closes}"
        whole = "" if self.outlives_limit else f" and ({cut} or {over})" if over else f" and {cut}"
        lacks = self.lacks.replace("n[STOPPED] != 0", f"n[STOPPED] != 0 and not {over}") if over else self.lacks
        return f"inf if {known} and not (-inf < {value} < inf) else ({value} if {known}{whole} else {lacks})"

    def _evaluated(self, name: str, tree: Tree | None, condition: Tree | None) -> str:
        """Write the function that returns a tree's value, or 1 without a tree, and 0 where a condition fails.

        What has no value spoils the measure for good, and the run goes on.
        """
        body = ["return 1.0"]
        if tree is not None:
            text = self.expressions.real(tree)
            body = [f"return {text}"]
            if is_real(tree.type):
                body = [f"seen = {text}", f"return seen if -inf < seen < inf else {self.spoilt}"]
        if condition is not None:
            body = [f"if not {self.expressions.text(condition)}:", "    return 0.0", *body]
        if any(part is not None and self.expressions.may_fault(part) for part in (tree, condition)):
            body = ["try:", *indented(body), "except ValueError:", f"    return {self.spoilt}"]
        return function(name, body, result="float")


class _IntegralText(QuantityText):
    takes_time = True

    def functions(self) -> Iterator[str]:
        yield from super().functions()
        if self.moving:
            yield self._area()

    def _area(self) -> str:
        """The integral of what changes with time: in each cell of the grid by Simpson's rule on four parts."""
        nodes = ("start", "start + 0.25 * width", "start + 0.5 * width", "start + 0.75 * width", "end")
        values = [line for index, node in enumerate(nodes) for line in (f"f[TIME] = {node}", f"v{index} = {self.now}")]
        body = [
            "before = f[TIME]",
            "total = 0.0",
            "start = low",
            "while start < high:",
            f"    end = min(grid_end(start, {self.step!r}), high)",
            "    width = end - start",
            *indented(values),
            "    total = total + width / 12.0 * (v0 + 4.0 * v1 + 2.0 * v2 + 4.0 * v3 + v4)",
            "    start = end",
            "f[TIME] = before",
            "return total",
        ]
        return function(f"area_{self.number}", body, "low: float", "high: float", result="float")

    def _amount(self, low: str, high: str) -> str:
        return f"area_{self.number}(f, n, {low}, {high})" if self.moving else f"{self.now} * ({high} - {low})"

    def passed(self) -> list[str]:
        if not self.window.has_opening and not self.window.closes:
            return [
                f"if now > {self.last}:",
                f"    {self.value} = {self.value} + {self._amount(self.last, 'now')}",
                f"    {self.last} = now",
            ]
        low, high = f"low{self.number}", f"high{self.number}"
        return [
            f"{low} = max({self.last}, {self.window.opens})",
            f"{high} = min(now, {self.window.closes})" if self.window.closes else f"{high} = now",
            f"if {high} > {low}:",
            f"    {self.value} = {self.value} + {self._amount(low, high)}",
            f"{self.last} = now",
        ]


class _ValueText(QuantityText):
    known_at_first = 0
    takes_time = True
    outlives_limit = True

    def __init__(self, expressions: Expressions, number: int, measure: Measure, at: Moment | None) -> None:
        super().__init__(expressions, number, measure)
        self.due = "f[HORIZON]" if at is None else time_text(at)

    def passed(self) -> list[str]:
        return [f"if {self.known} == 0 and now > {self.due}:", *indented(self._taken(self.due))]

    def closed(self) -> list[str]:
        taken = self._taken(f"min({self.due}, f[LAST])")
        return [f"if {self.known} == 0 and {self.due} <= f[HORIZON] and n[STOPPED] == 0:", *indented(taken)]

    def _taken(self, time: str) -> list[str]:
        return [
            "before = f[TIME]",
            f"f[TIME] = {time}",
            f"{self.value} = {self.now}",
            f"{self.known} = 1",
            "f[TIME] = before",
        ]


class _GatedText(QuantityText):
    """A measure that its condition keeps from looking at all, rather than from adding anything."""

    def functions(self) -> Iterator[str]:
        if self.tree is not None:
            yield self._evaluated(f"measure_{self.number}", self.tree, None)
        if self.when is not None:
            yield self._evaluated(f"when_{self.number}", None, self.when)

    def _admitted(self, lines: list[str]) -> list[str]:
        """Return lines that are for where the condition holds; they read what the expression is now in `seen`."""
        seen = f"seen{self.number}"
        if self.when is None:
            return [f"{seen} = {self.now}", *lines]
        chosen = f"{self.now} if {seen} == 1.0 else {seen}"
        return [f"{seen} = when_{self.number}(f, n)", f"if {seen} != 0.0:", *indented([f"{seen} = {chosen}", *lines])]


class _LastValueText(_GatedText, _ValueText):
    """A value at the last moment of a window at which a condition holds; each such moment until then is tried."""

    outlives_limit = False

    def __init__(self, expressions: Expressions, number: int, measure: Measure, at: Moment | None) -> None:
        super().__init__(expressions, number, measure, at)
        self.window.closes = self.due

    def passed(self) -> list[str]:
        lines = self._admitted([f"{self.value} = seen{self.number}", f"{self.known} = 1"])
        timed = ["before = f[TIME]", f"f[TIME] = min({self.due}, now)", *lines, "f[TIME] = before"]
        return [f"if {self.last} <= {self.due} and now >= {self.window.opens}:", *indented(timed), f"{self.last} = now"]

    def closed(self) -> list[str]:
        return []


class _LookingText(_GatedText, ABC):
    """A measure that looks at every new state."""

    known_at_first = 0

    def __init__(self, expressions: Expressions, number: int, measure: Measure) -> None:
        super().__init__(expressions, number, measure)
        slots = expressions.layout.program.slots
        self.slots = tuple(sorted({slot for part in measure.expressions() for slot in slots_read(part.tree, slots)}))
        self.look = f"look_{number}(f, n, now)"
        self.takes_time = self.window.has_opening

    def functions(self) -> Iterator[str]:
        yield from super().functions()
        yield function(f"look_{self.number}", self._look(), "now: float")

    def begun(self) -> list[str]:
        return [*super().begun(), *self.looked_again()]

    def passed(self) -> list[str]:
        """Return the lines that look at the state in which the window opens, if that is after the branch."""
        if not self.window.has_opening:
            return []
        opens, closes = self.window.opens, self.window.closes
        test = f"{self.last} < {opens} and now >= {opens}" + (f" and {opens} <= {closes}" if closes else "")
        return [f"if {test}:", f"    {self.last} = {opens}", *indented(self._looked_at(opens))]

    def _looked_at(self, time: str) -> list[str]:
        """Return the lines that look at the state as it is at a time."""
        look = f"look_{self.number}(f, n, {time})"
        return ["before = f[TIME]", f"f[TIME] = {time}", look, "f[TIME] = before"] if self.timed else [look]

    @abstractmethod
    def _look(self) -> list[str]:
        """Return the lines that look at a new state."""


class _UntilText(_LookingText):
    outlives_limit = True
    lacks = "nan()"

    def _look(self) -> list[str]:
        seen = f"seen{self.number}"
        came = [
            f"if {seen} != 0.0:",
            f"    {self.value} = inf if {seen} == inf else now - {self.window.opens}",
            f"    {self.known} = 1",
        ]
        return [f"if {self.known} == 0:", *indented(self._admitted(came))]


class _GreatestText(_LookingText):
    better = "max"

    def __init__(self, expressions: Expressions, number: int, measure: Measure) -> None:
        super().__init__(expressions, number, measure)
        self.takes_time = self.takes_time or self.moving

    def functions(self) -> Iterator[str]:
        yield from super().functions()
        if self.moving:
            body = [
                "time = low",
                "while time < high:",
                f"    time = min(grid_end(time, {self.step!r}), high)",
                *indented(self._looked_at("time")),
            ]
            yield function(f"sweep_{self.number}", body, "low: float", "high: float")

    def passed(self) -> list[str]:
        lines = super().passed()
        if not self.moving:
            return lines
        low = f"max({self.last}, {self.window.opens})" if self.window.has_opening else self.last
        high = f"min(now, {self.window.closes})" if self.window.closes else "now"
        return [*lines, f"sweep_{self.number}(f, n, {low}, {high})", f"{self.last} = now"]

    def _look(self) -> list[str]:
        seen = f"seen{self.number}"
        return self._admitted([
            f"{self.value} = {self.better}({self.value}, {seen}) if {self.known} != 0 else {seen}",
            f"{self.known} = 1",
        ])  # fmt: skip


class _LeastText(_GreatestText):
    better = "min"
    spoilt = "-inf"


class FormulaText(QuantityText):
    """A measure that is worked out when all that it reads are known."""

    def begun(self) -> list[str]:
        return []

    def worked_out(self, read: Sequence[str]) -> list[str]:
        """Return the lines that work it out from measures whose cells are `read`."""
        return [
            f"if {' or '.join(f'{cell} != {cell}' for cell in read)}:",
            f"    {self.value} = nan()",
            f"elif {' or '.join(f'{cell} == inf' for cell in read)}:",
            f"    {self.value} = inf",
            "else:",
            f"    {self.value} = {self.now}",
        ]


def quantity_text(expressions: Expressions, number: int, measure: Measure) -> QuantityText:
    """Return what writes the lines of the measure with this number."""
    match measure.quantity:
        case CountOf() | SumOf():
            return QuantityText(expressions, number, measure)
        case TimeWhile() | Integral():
            return _IntegralText(expressions, number, measure)
        case ValueAt(at=at):
            last = measure.window.opens is not None or measure.window.when is not None
            return (_LastValueText if last else _ValueText)(expressions, number, measure, at)
        case TimeUntil():
            return _UntilText(expressions, number, measure)
        case Greatest():
            return _GreatestText(expressions, number, measure)
        case Least():
            return _LeastText(expressions, number, measure)
        case Formula():
            return FormulaText(expressions, number, measure)
        case _:
            assert_never(measure.quantity)


def time_text(moment: Moment) -> str:
    """Write when a moment is in runs whose branch is at `f[START]`."""
    match moment:
        case OnDate(time):
            return in_brackets(repr(time))
        case SinceBranch(time):
            return f"(f[START] + {time!r})"
        case _:
            assert_never(moment)
