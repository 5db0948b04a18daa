"""The text of what is asked of a run: its outcomes, as `sim.model.outcomes` has them, and its measures, as
`sim.model.measures` has them.
"""

from collections.abc import Iterator, Mapping

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import Layout, is_real
from sim.engines.kernel.generator.lines import function, indented
from sim.language.expressions.tree import Expression, reads
from sim.model.model import Measure


class OutcomeText:
    """Writes the functions of a model's outcomes."""

    def __init__(self, layout: Layout, expressions: Expressions) -> None:
        self.layout = layout
        self.program = layout.program
        self.expressions = expressions

    def functions(self) -> Iterator[str]:
        for item in self.program.outcomes:
            if not item.outcome.otherwise:
                yield self._reached(item.number)
        yield self._watch()

    def _reached(self, number: int) -> str:
        """Say whether an open outcome comes true; one that can no longer is closed."""
        outcome = self.program.outcomes[number].outcome
        closed = [f"n[{self.layout.open + number}] = 0"]
        body = []
        late = []
        if outcome.within is not None:
            late += [f"now - f[BEGAN] > {outcome.within!r}"]
        if outcome.by is not None:
            late += [f"now > {outcome.by!r}"]
        if late:
            body += [f"if {' or '.join(late)}:", f"    {closed[0]}", "    return False"]
        reached = [*closed, "return True"]
        if outcome.when is not None:
            test = self.expressions.text(outcome.when.tree)
            reached = [*self._site("AT_OUTCOME", number, outcome.when), f"if {test}:", *indented(reached)]
        body += ["if heard:", *indented(reached)] if outcome.on else reached
        if outcome.safe is not None:
            test = self.expressions.text(outcome.safe.tree)
            body += [*self._site("AT_WHILE", number, outcome.safe), f"if not {test}:", f"    {closed[0]}"]
        heard = ["heard: bool"] if outcome.on else []
        return function(f"reached_{number}", [*body, "return False"], "now: float", *heard, result="bool")

    def _site(self, site: str, number: int, condition: Expression) -> list[str]:
        """Say where a condition that may have no value is looked at."""
        return [f"n[SITE] = {site} + {number}"] if self.expressions.may_fault(condition.tree) else []

    def _candidates(self, numbers: list[tuple[int, str, bool]]) -> list[str]:
        """Write the lines that look at outcomes, in order of names, and then write down those that came true.

        If one has no value the run ends with none of them. A run ends once: with the first in order of names.
        """
        if not numbers:
            return []
        lines = []
        for number, test, heard in numbers:
            more = f", {heard}" if self.program.outcomes[number].outcome.on else ""
            lines += [
                f"came{number} = False",
                f"if n[{self.layout.open + number}] != 0{f' and {test}' if test else ''}:",
                f"    came{number} = reached_{number}(f, n, now{more})",
            ]
        ending = []
        for number, _, _ in numbers:
            outcome = self.program.outcomes[number].outcome
            code = self.layout.codes["outcome", outcome.name]
            ended = self.layout.codes["ended", outcome.name] if outcome.ends_run else 0
            lines += [f"if came{number}:", f"    come_true(f, n, now, {code}, {ended})"]
            ending += [outcome] if outcome.ends_run else []
        return [*lines, *(["if n[OVER] != 0:", "    row(f, n, n[OVER], now, 0)"] if ending else [])]

    def following(self, event: str, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that follow an event of a type whose changed targets are `bits`."""
        listeners = self.program.outcome_listeners[event]
        masks: dict[int, int] = dict.fromkeys(listeners, 0)
        for slot, bit in bits.items():
            for number in self.program.outcome_readers.get(slot, ()):
                masks[number] = masks.get(number, 0) | bit
        numbers = [
            (number, "" if number in listeners else f"bits & {mask} != 0", number in listeners)
            for number, mask in sorted(masks.items())
        ]
        lines = self._candidates(numbers)
        return ["if n[WATCHED] != 0:", *indented(lines)] if lines else []

    def _watch(self) -> str:
        numbers = [
            (item.number, "", False)
            for item in self.program.outcomes
            if not item.outcome.on and not item.outcome.otherwise
        ]
        return function("watch", self._candidates(numbers), "now: float")

    def horizon(self) -> list[str]:
        """Return the lines that end a run at its horizon."""
        rows = [
            f"row(f, n, {self.layout.codes['outcome', item.outcome.name]}, now, 0)"
            for item in self.program.outcomes
            if item.outcome.otherwise
        ]
        return ["f[TIME] = now", *rows, "row(f, n, n[HORIZON_ROW], now, 0)", "n[OVER] = 1"]


class MeasureText:
    """Writes the lines that keep a model's measures up to date, and the functions that begin and close them."""

    def __init__(self, layout: Layout, expressions: Expressions) -> None:
        self.layout = layout
        self.program = layout.program
        self.expressions = expressions
        self.measures = list(enumerate(self.program.model.measures.values()))

    def _value(self, number: int) -> str:
        return f"f[{self.layout.measured + 2 * number}]"

    def _last(self, number: int) -> str:
        return f"f[{self.layout.measured + 2 * number + 1}]"

    def _known(self, number: int) -> str:
        return f"n[{self.layout.known + number}]"

    def functions(self) -> Iterator[str]:
        for number, item in self.measures:
            yield from self._evaluate(number, item)
            if item.kind in ("until", "max", "min"):
                yield function(f"look_{number}", self._looked(number, item), "now: float")
        yield self._pass()
        yield self._look()
        yield self._close()

    def _evaluate(self, number: int, item: Measure) -> Iterator[str]:
        """A measure's expression as a number. One that has no value spoils the measure for good, and the run goes on.

        It is infinite then: so stays a sum that it is added to, a greatest value, and, with its sign, a least one.
        """
        if item.expression is None:
            return
        tree = item.expression.tree
        text, spoilt = self.expressions.real(tree), "-inf" if item.kind == "min" else "inf"
        body = [f"return {text}"]
        if is_real(tree.type):
            body = [f"seen = {text}", f"return seen if -inf < seen < inf else {spoilt}"]
        if self.expressions.may_fault(tree):
            body = ["try:", *indented(body), "except ValueError:", f"    return {spoilt}"]
        yield function(f"measure_{number}", body, result="float")

    def _pass(self) -> str:
        """Let time pass up to `now` in the state before the event that comes then."""
        body = []
        for number, item in self.measures:
            if item.kind in ("time_while", "integral"):
                body += [
                    f"if now > {self._last(number)}:",
                    f"    {self._value(number)} = {self._value(number)}"
                    f" + measure_{number}(f, n) * (now - {self._last(number)})",
                    f"    {self._last(number)} = now",
                ]
            elif item.kind == "value":
                body += [f"if {self._known(number)} == 0 and now > {self._due(item)}:", *self._taken(number, item)]
        return function("pass_time", body, "now: float")

    def _due(self, item: Measure) -> str:
        if item.at is None:
            return "f[HORIZON]"
        return repr(item.at) if item.at_is_date else f"(f[START] + {item.at!r})"

    def _taken(self, number: int, item: Measure) -> list[str]:
        return [
            "    before = f[TIME]",
            f"    f[TIME] = min({self._due(item)}, now)",
            f"    {self._value(number)} = measure_{number}(f, n)",
            f"    {self._known(number)} = 1",
            "    f[TIME] = before",
        ]

    def _looked(self, number: int, item: Measure) -> list[str]:
        value, known = self._value(number), self._known(number)
        if item.kind == "until":
            return [
                f"if {known} == 0:",
                f"    seen{number} = measure_{number}(f, n)",
                f"    if seen{number} != 0.0:",
                f"        {value} = inf if seen{number} == inf else now - f[START]",
                f"        {known} = 1",
            ]
        return [
            f"seen{number} = measure_{number}(f, n)",
            f"{value} = {item.kind}({value}, seen{number}) if {known} != 0 else seen{number}",
            f"{known} = 1",
        ]

    def _look(self) -> str:
        body = []
        for number, item in self.measures:
            known = int(item.kind in ("sum", "count", "time_while", "integral"))
            body += [f"{self._value(number)} = 0.0", f"{self._last(number)} = now", f"{self._known(number)} = {known}"]
            if item.kind in ("until", "max", "min"):
                body += [f"look_{number}(f, n, now)"]
        return function("look", body, "now: float")

    def _close(self) -> str:
        body = ["now = f[HORIZON]", "pass_time(f, n, f[LAST])"]
        for number, item in self.measures:
            if item.kind == "value":
                due = f"{self._due(item)} <= now and n[STOPPED] == 0"
                body += [f"if {self._known(number)} == 0 and {due}:", *self._taken(number, item)]
        body += ["at = n[MEASURES_AT] + n[DONE] * n[MEASURES]"]
        for number, item in self.measures:
            value, known = self._value(number), f"{self._known(number)} != 0"
            lacks = "nan()" if item.kind == "until" else "(inf if n[STOPPED] != 0 else nan())"
            whole = "" if item.kind in ("until", "value") else " and n[STOPPED] == 0"
            body += [
                f"f[at + {number}] = inf if {known} and not (-inf < {value} < inf)"
                f" else ({value} if {known}{whole} else {lacks})"
            ]
        return function("measured", body)

    def before(self, event: str) -> list[str]:
        """Return the lines that come before an event's effects: time passes, amounts are counted."""
        lines = ["pass_time(f, n, now)"] if any(
            item.kind in ("time_while", "integral", "value") for _, item in self.measures
        ) else []  # fmt: skip
        for number, item in self.measures:
            if event in item.on:
                amount = "1.0" if item.kind == "count" else f"measure_{number}(f, n)"
                lines += ([] if item.kind == "count" else ["f[TIME] = now"]) + [
                    f"{self._value(number)} = {self._value(number)} + {amount}"
                ]
        return lines

    def after(self, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that look at the state after an event whose changed targets are `bits`."""
        lines = []
        for number, item in self.measures:
            if item.kind not in ("until", "max", "min") or item.expression is None:
                continue
            mask = 0
            for name in reads(item.expression.tree, "state"):
                mask |= bits.get(self.program.slots["state", name], 0)
            if mask:
                lines += [f"if bits & {mask} != 0:", f"    look_{number}(f, n, now)"]
        return lines
