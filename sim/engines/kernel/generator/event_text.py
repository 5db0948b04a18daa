"""The text of what happens: one function an event type, one a rule's firing, as `sim.model.run` has it.

An event changes the frame, is written down, and is then followed by the clocks and the outcomes that read what it
changed. Which those are is known beforehand; whether it changed anything is a bit for each of its targets.
"""

from collections.abc import Iterator, Mapping, Sequence

from sim.distributions.marks import MARK_LAWS
from sim.engines.kernel.generator.clock_text import ClockText
from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import Layout, is_real, ordered
from sim.engines.kernel.generator.lines import function, indented
from sim.engines.kernel.generator.measure_text import MeasureText
from sim.engines.kernel.generator.outcome_text import OutcomeText
from sim.language.expressions.tree import Expression, Tree
from sim.language.expressions.types import Bool, Integer
from sim.model.model import EventType, Immediately, Variable
from sim.model.program import Emitter, RuleProgram, draws_in, without_draws

BITS = 60  # of a mask; where an event has more targets, some share a bit, and more than need be is looked at
FEW = 30  # so many clocks are written out after an event; more are grouped by the variables that they read


class EventText:
    """Writes the functions of one event type."""

    def __init__(
        self, layout: Layout, expressions: Expressions, kind: EventType, clocks: Mapping[int, ClockText],
        outcomes: OutcomeText, measures: MeasureText, emitters: Sequence[RuleProgram],
    ) -> None:  # fmt: skip
        self.layout = layout
        self.program = layout.program
        self.expressions = expressions
        self.kind = kind
        self.clocks = clocks
        self.outcomes = outcomes
        self.measures = measures
        self.number = layout.events[kind.name]
        self.bits = {self.program.slots["state", name]: 1 << (index % BITS) for index, name in enumerate(kind.effects)}
        self.emitters = emitters

    def functions(self) -> Iterator[str]:
        """Yield the event as a whole, and its marks read from data."""
        yield self._happen()
        if self.kind.marks:
            yield self._carry()

    def _happen(self) -> str:
        """The event as a whole, in a run or in its past."""
        before = self.measures.before(self.kind.name)
        after = self.measures.after(self.bits)
        marks = self._written()
        body = [
            "begin_event(f, n, now, fired, code, occurrence)",
            *(["live = n[RECORDING] != 0"] if before or marks or after else []),
            *(["if live:", *indented(before)] if before else []),
            *self._evolve(),
            *(["if live:", *indented(marks)] if marks else []),
            f"n[SITE] = AT_CLOCKS + {self.number}",
            *self._fired(),
            *self._follow(),
            *self._restart(),
            *self.outcomes.following(self.kind.name, self.bits),
            *(["if live:", *indented(after)] if after else []),
        ]
        parameters = ("now: float", "fired: int", "code: int", "occurrence: int")
        return function(f"happen_{self.number}", body, *parameters)

    def _evolve(self) -> list[str]:
        """Change the frame, and put into `bits` which targets changed."""
        lines = ["f[TIME] = now"]
        targets = [(self.program.model.variables[name], effect) for name, effect in self.kind.effects.items()]
        if any(self.expressions.may_fault(effect.tree) or self._leaves(one, effect) for one, effect in targets):
            lines += [f"n[SITE] = AT_EFFECT + {self.number}"]
        for index, (variable, effect) in enumerate(targets):
            lines += [f"value{index} = {stored(self.expressions, effect.tree)}"]
            lines += self._bounded(f"value{index}", variable, effect)
        lines += ["bits = 0"]
        for index, (variable, _) in enumerate(targets):
            slot = self.program.slots["state", variable.name]
            cell = cell_of(self.layout, slot, variable)
            lines += [
                f"if value{index} != {cell}:",
                f"    {cell} = value{index}",
                f"    bits = bits | {self.bits[slot]}",
            ]
        return lines

    def _leaves(self, variable: Variable, effect: Expression) -> bool:
        """Return whether a value may lie outside its variable's range, or be no number."""
        if not ordered(variable.type):
            return False
        low, high = self.expressions.interval(effect.tree)
        return not (variable.low <= low <= high <= variable.high and high - low < float("inf"))

    def _bounded(self, value: str, variable: Variable, effect: Expression) -> list[str]:
        if not self._leaves(variable, effect):
            return []
        return bounded(
            value, variable, f"{number(variable, variable.low)} <= {value} <= {number(variable, variable.high)}"
        )

    def _fired(self) -> list[str]:
        """The clock that fired has run out."""
        lines = []
        for rule in self.emitters:
            own = self.layout.state(rule.number)
            state = "EDGE_USED" if isinstance(rule.clock, Immediately) else "OFF"
            lines += [
                f"if fired == {rule.number}:",
                f"    n[{own}] = {state}",
                f"    f[{self.layout.due + rule.rank}] = inf",
            ]
        return lines

    def _follow(self) -> list[str]:
        """Let the clocks follow that the event may concern: those that read what changed, that wait, that fired."""
        listeners = self.program.listeners[self.kind.name]
        fired = {rule.number for rule in self.emitters}
        readers = {reader for slot in self.bits for reader in self.program.readers.get(slot, ())}
        grouped = len(readers) > FEW
        lines = []
        for one in sorted(listeners | fired if grouped else {*readers, *listeners, *fired}):
            call = f"follow_{one}(f, n, now{self._more(one, fired=one in fired, heard=one in listeners)})"
            if one in listeners:
                lines += [call]
                continue
            guard, rate = self._masks(one)
            tests = [f"bits & {guard} != 0"] if guard else []
            tests += [f"fired == {one}"] if one in fired else []
            lines += [f"if {' or '.join(tests)}:", f"    {call}"] if tests else []
            if rate:
                lines += [f"{'elif' if tests else 'if'} bits & {rate} != 0:", f"    adjust_{one}(f, n, now)"]
        if grouped:
            for slot, bit in self.bits.items():
                if self.program.readers.get(slot, ()):
                    lines += [f"if bits & {bit} != 0:", f"    readers_{slot}(f, n, now)"]
        return lines

    def _masks(self, one: int) -> tuple[int, int]:
        """Return the bits of the targets after which a clock must be followed, and after which its rate alone."""
        clock = self.clocks[one]
        whole = rate = 0
        for name in self.kind.effects:
            slot = self.program.slots["state", name]
            if one not in self.program.readers.get(slot, ()):
                continue
            if clock.adjusts and name not in clock.guarded_by:
                rate |= self.bits[slot]
            else:
                whole |= self.bits[slot]
        return whole, rate

    def _more(self, one: int, *, fired: bool, heard: bool) -> str:
        rule = self.program.rules[one]
        own = (f", fired == {one}" if fired else ", False") if self.clocks[one].own_firing else ""
        return own + (f", {heard}" if rule.rule.on else "")

    def _restart(self) -> list[str]:
        lines = []
        for rule in self.emitters:
            for restarted in rule.restarts:
                test = f"fired == {rule.number} and n[{self.layout.state(restarted)}] == ENABLED"
                lines += [f"if {test}:", *indented(self.clocks[restarted].restarted())]
        return lines

    def _written(self) -> list[str]:
        if not self.kind.marks:
            return []
        lines = [f"place = marks_for(n, {len(self.kind.marks)})"]
        for offset, (mark, kind) in enumerate(self.kind.marks.items()):
            slot = self.program.slots["mark", mark]
            value = f"f[{self.layout.real(slot)}]" if is_real(kind) else f"float(n[{self.layout.whole(slot)}])"
            lines += [f"f[place + {offset}] = {value}"]
        return lines

    def _carry(self) -> str:
        """Read the marks of an event of the past or of the timetable, which stand in `f` from `at` on."""
        body = []
        for offset, (mark, kind) in enumerate(self.kind.marks.items()):
            slot = self.program.slots["mark", mark]
            given = f"f[at + {offset}]"
            if is_real(kind):
                body += [f"f[{self.layout.real(slot)}] = {given}"]
            else:
                value = f"int({given})" if isinstance(kind, Integer) else f"1 if {given} != 0.0 else 0"
                body += [f"n[{self.layout.whole(slot)}] = {value}"]
        return function(f"carry_{self.number}", body, "at: int")


class FiringText:
    """Writes what a rule's firing comes to: which event, with which marks."""

    def __init__(self, layout: Layout, expressions: Expressions, rule: RuleProgram) -> None:
        self.layout = layout
        self.program = layout.program
        self.expressions = expressions
        self.rule = rule
        self.occurrence = f"n[{layout.state(rule.number)} + OCCURRENCE]"

    @property
    def plain(self) -> bool:
        """Whether nothing is left to chance or to the state."""
        return not self.rule.weights and not self.rule.emitters[0].marks

    def call(self) -> list[str]:
        """Return the lines that let the rule fire."""
        return [self._happen(0)] if self.plain else [f"fire_{self.rule.number}(f, n, now)"]

    def function(self) -> str:
        """Return the function that a rule needs which is not plain."""
        body = [f"occurrence = {self.occurrence}", "f[TIME] = now", f"n[SITE] = AT_DECIDE + {self.rule.number}"]
        if not self.rule.weights:
            return function(f"fire_{self.rule.number}", [*body, *self._emit(0)], "now: float")
        body += self._choose()
        for index in range(len(self.rule.emitters)):
            body += [f"if chosen == {index}:", *indented([*self._emit(index), "return"])]
        return function(f"fire_{self.rule.number}", body, "now: float")

    def _uniform(self, index: int) -> str:
        return f"philox_uniform(n[n[KEYS_AT] + {self.rule.number}], n[CHOICE_RUN], occurrence, {index})"

    def _choose(self) -> list[str]:
        count = len(self.rule.emitters)
        lines = []
        for index, weight in enumerate(self.rule.rule.weights):
            lines += [
                f"weight{index} = {self.expressions.real(weight.tree)}",
                f"if not 0.0 <= weight{index} < inf:",
                "    raise ValueError('a weight')",
            ]
        lines += ["total = 0.0", *(f"total = total + weight{index}" for index in range(count))]
        lines += ["if not 0.0 < total < inf:", "    raise ValueError('the weights')"]
        lines += [f"aim = {self._uniform(1)} * total", "below = 0.0", "chosen = 0", "looking = True"]
        for index in range(count):
            lines += [
                f"if looking and weight{index} > 0.0:",
                f"    below = below + weight{index}",
                f"    chosen = {index}",
                "    looking = aim > below",
            ]
        return lines

    def _emit(self, place: int) -> list[str]:
        emitter: Emitter = self.rule.emitters[place]
        emission = self.rule.rule.emissions[place]
        assert emitter.event == emission.event, "emissions and emitters stand in one order"
        lines = []
        for mark in emission.marks:
            for draw in draws_in(mark.tree):
                arguments = [self.expressions.real(without_draws(argument)) for argument in draw.arguments]
                call = f"draw_{draw.law}({', '.join([*arguments, self._uniform(2 + draw.index)])})"
                slot = self.program.slots["draw", str(draw.index)]
                if MARK_LAWS[draw.law].type == "real":
                    lines += [f"f[{self.layout.real(slot)}] = {call}"]
                else:
                    lines += [f"n[{self.layout.whole(slot)}] = int({call})"]
        values = [stored(self.expressions, without_draws(mark.tree)) for mark in emission.marks]
        lines += [f"mark{index} = {value}" for index, value in enumerate(values)]
        reals = [index for index, mark in enumerate(emission.marks) if is_real(mark.type)]
        for index in reals:
            lines += [f"if mark{index} != mark{index}:", "    raise ValueError('not a number')"]
        for index, (name, kind) in enumerate(self.program.model.events[emission.event].marks.items()):
            slot = self.program.slots["mark", name]
            cell = f"f[{self.layout.real(slot)}]" if is_real(kind) else f"n[{self.layout.whole(slot)}]"
            lines += [f"{cell} = mark{index}"]
        return [*lines, self._happen(place, "occurrence")]

    def _happen(self, index: int, occurrence: str = "") -> str:
        event = self.rule.rule.emissions[index].event
        code = self.layout.codes["fired", self.rule.rule.name, event]
        number = self.layout.events[event]
        return f"happen_{number}(f, n, now, {self.rule.number}, {code}, {occurrence or self.occurrence})"


def stored(expressions: Expressions, tree: Tree) -> str:
    """Write a value as its cell holds it: a condition as 0 or 1."""
    text = expressions.text(tree)
    return f"int({text})" if isinstance(tree.type, Bool) else text


def cell_of(layout: Layout, slot: int, variable: Variable) -> str:
    """Write the cell of a state variable."""
    return f"f[{layout.real(slot)}]" if is_real(variable.type) else f"n[{layout.whole(slot)}]"


def number(variable: Variable, bound: float) -> str:
    """Write a bound of a variable's range."""
    text = repr(bound) if is_real(variable.type) else repr(int(bound))
    return f"({text})" if text.startswith("-") else text


def bounded(value: str, variable: Variable, within: str) -> list[str]:
    """Write what becomes of a value that is not `within` its variable's range."""
    lines = [f"if not ({within}):"]
    if not variable.saturates:
        return [*lines, "    raise ValueError('a range')"]
    if is_real(variable.type):
        lines += [f"    if {value} != {value}:", "        raise ValueError('a range')"]
    low, high = number(variable, variable.low), number(variable, variable.high)
    return [*lines, f"    {value} = {low} if {value} < {low} else {high}"]
