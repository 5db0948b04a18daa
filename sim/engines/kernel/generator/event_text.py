"""The text of what happens: one function an event type, one a rule's firing, as `sim.model.run` has it.

An event changes the frame, is written down, and is then followed by the clocks and the outcomes that read what it
changed. Which those are is known beforehand; whether it changed anything is a bit for each of its targets.
"""

from collections.abc import Iterator, Mapping, Sequence

from sim.engines.kernel.generator.clock_text import ClockText
from sim.engines.kernel.generator.expressions import Expressions, in_brackets
from sim.engines.kernel.generator.follow_text import FollowText, slots_written
from sim.engines.kernel.generator.layout import is_real, ordered
from sim.engines.kernel.generator.lines import function, indented, when
from sim.engines.kernel.generator.measure_text import MeasureText
from sim.engines.kernel.generator.outcome_text import OutcomeText
from sim.language.expressions.tree import Draw, Expression, Read, Tree
from sim.language.expressions.types import Integer
from sim.model.model import EventType, Immediately, Variable
from sim.model.program import RuleProgram, draws_in, parted, without_draws


class EventText:
    """Writes the functions of one event type."""

    def __init__(
        self, expressions: Expressions, kind: EventType, clocks: Mapping[int, ClockText], outcomes: OutcomeText,
        measures: MeasureText, emitters: Sequence[RuleProgram],
    ) -> None:  # fmt: skip
        self.expressions = expressions
        self.layout = expressions.layout
        self.program = self.layout.program
        self.kind = kind
        self.clocks = clocks
        self.outcomes = outcomes
        self.measures = measures
        self.number = self.layout.events[kind.name]
        self.emitters = emitters
        self.last = self.program.motion.last.get(kind.name)
        self.changes = FollowText(self.layout, clocks, slots_written(self.layout, kind.name))
        self.bits = self.changes.bits

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
            *when("live", before),
            *self._evolve(),
            *when("live", marks),
            f"n[SITE] = AT_CLOCKS + {self.number}",
            *self._fired(),
            *self.changes.followed(self.program.listeners[self.kind.name], {rule.number for rule in self.emitters}),
            *self._restart(),
            *self.outcomes.following(self.kind.name, self.bits),
            *when("live", after),
        ]
        parameters = ("now: float", "fired: int", "code: int", "occurrence: int")
        return function(f"happen_{self.number}", body, *parameters)

    def _evolve(self) -> list[str]:
        """Change the frame, and set the bits of the targets that changed."""
        lines = []
        targets = [(self.program.model.variables[name], effect) for name, effect in self.kind.effects.items()]
        if any(self.expressions.may_fault(effect.tree) or self._leaves(one, effect) for one, effect in targets):
            lines += [f"n[SITE] = AT_EFFECT + {self.number}"]
        for index, (variable, effect) in enumerate(targets):
            lines += [f"value{index} = {self.expressions.stored(effect.tree)}"]
            lines += bounded(f"value{index}", variable) if self._leaves(variable, effect) else []
        lines += self.changes.begun()
        for index, (variable, _) in enumerate(targets):
            slot = self.program.slots["state", variable.name]
            cell = self.layout.cell(slot, variable.type)
            moving = self.program.motion.variables.get(slot)
            value = cell if moving is None else self.expressions.read(Read("state", variable.name, variable.type))
            lines += [f"if value{index} != {value}:", f"    {cell} = value{index}"]
            if moving is not None:
                lines += [
                    f"    f[{self.layout.real(moving.anchor)}] = now",
                    *indented(self.expressions.forgotten(slot)),
                ]
            lines += indented(self.changes.changed(slot))
        if self.last is not None:
            cell = f"f[{self.layout.real(self.last)}]"
            lines += [f"if {cell} != now:", f"    {cell} = now", *indented(self.changes.changed(self.last))]
        return ["f[TIME] = now", *self.expressions.shared(lines), *self.changes.replanned()]

    def _leaves(self, variable: Variable, effect: Expression) -> bool:
        """Return whether a value may lie outside its variable's range, or be no number."""
        if not ordered(variable.type):
            return False
        low, high = self.expressions.interval(effect.tree)
        return not (variable.low <= low <= high <= variable.high and high - low < float("inf"))

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
                *([f"    leave_cell(f, n, {own})"] if rule.moves else []),
            ]
        return lines

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
            lines += [f"f[place + {offset}] = {self.layout.as_real(self.program.slots['mark', mark], kind)}"]
        return lines

    def _carry(self) -> str:
        """Read the marks of an event that are not drawn, which stand in `f` from `at` on."""
        body = []
        for offset, (mark, kind) in enumerate(self.kind.marks.items()):
            value = f"f[at + {offset}]"
            if not is_real(kind):
                value = f"int({value})" if isinstance(kind, Integer) else f"1 if {value} != 0.0 else 0"
            body += [f"{self.layout.cell(self.program.slots['mark', mark], kind)} = {value}"]
        return function(f"carry_{self.number}", body, "at: int")

    def scheduled(self) -> list[str]:
        """Return the lines that let the event of the timetable happen whose marks are at `at`."""
        return self.from_data("-1", str(self.layout.codes["scheduled", self.kind.name]), "0")

    def from_data(self, fired: str, code: str, occurrence: str) -> list[str]:
        """Return the lines that let the event happen whose marks are at `at`, not drawn."""
        carried = [f"carry_{self.number}(f, n, at)"] if self.kind.marks else []
        return [*carried, f"happen_{self.number}(f, n, now, {fired}, {code}, {occurrence})"]


class FiringText:
    """Writes what a rule's firing comes to: which event, with which marks."""

    def __init__(self, expressions: Expressions, rule: RuleProgram) -> None:
        self.expressions = expressions
        self.layout = expressions.layout
        self.program = self.layout.program
        self.rule = rule
        self.occurrence = f"n[{self.layout.state(rule.number)} + OCCURRENCE]"

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
        lines = self._choose([weight.tree for weight in self.rule.rule.weights], 1)
        for index in range(len(self.rule.emitters)):
            lines += [f"if chosen == {index}:", *indented([*self._emit(index), "return"])]
        return function(f"fire_{self.rule.number}", [*body, *self.expressions.shared(lines)], "now: float")

    def _uniform(self, index: int) -> str:
        return f"philox_uniform(n[n[KEYS_AT] + {self.rule.number}], n[CHOICE_RUN], occurrence, {index})"

    def _choose(self, weights: Sequence[Tree], draw: int, suffix: str = "") -> list[str]:
        """Put into `chosen` which of some weights a draw reaches, as `sim.distributions.marks.reached` has it."""
        names = [f"weight{index}{suffix}" for index in range(len(weights))]
        words = ("total", "aim", "below", "chosen", "looking")
        total, aim, below, chosen, looking = (f"{word}{suffix}" for word in words)
        lines = []
        for name, weight in zip(names, weights, strict=True):
            lines += [f"{name} = {self.expressions.real(weight)}"]
            lines += [f"if not 0.0 <= {name} < inf:", "    raise ValueError('a weight')"]
        lines += [f"{total} = 0.0", *(f"{total} = {total} + {name}" for name in names)]
        lines += [f"if not 0.0 < {total} < inf:", "    raise ValueError('the weights')"]
        lines += [f"{aim} = {self._uniform(draw)} * {total}", f"{below} = 0.0", f"{chosen} = 0", f"{looking} = True"]
        for index, name in enumerate(names):
            lines += [
                f"if {looking} and {name} > 0.0:",
                f"    {below} = {below} + {name}",
                f"    {chosen} = {index}",
                f"    {looking} = {aim} > {below}",
            ]
        return lines

    def _drawn(self, draw: Draw) -> list[str]:
        """Put a draw into its slot."""
        values, arguments = (tuple(map(without_draws, part)) for part in parted(draw))
        cell = self.layout.cell(self.program.slots["draw", str(draw.index)], draw.type)
        if not values:
            given = [*map(self.expressions.real, arguments), self._uniform(2 + draw.index)]
            call = f"draw_{draw.law}({', '.join(given)})"
            return [f"{cell} = {call if is_real(draw.type) else f'int({call})'}"]
        suffix = f"_{draw.index}"
        lines = self._choose(arguments, 2 + draw.index, suffix)
        for index, value in enumerate(values):
            lines += [f"if chosen{suffix} == {index}:", f"    {cell} = {self.expressions.stored(value)}"]
        return lines

    def _emit(self, place: int) -> list[str]:
        emission = self.rule.rule.emissions[place]
        lines = []
        for mark in emission.marks:
            for draw in draws_in(mark.tree):
                lines += self._drawn(draw)
        values = [self.expressions.stored(without_draws(mark.tree)) for mark in emission.marks]
        lines += [f"mark{index} = {value}" for index, value in enumerate(values)]
        for index, mark in enumerate(emission.marks):
            if is_real(mark.type):
                lines += [f"if mark{index} != mark{index}:", "    raise ValueError('not a number')"]
        for index, (name, kind) in enumerate(self.program.model.events[emission.event].marks.items()):
            lines += [f"{self.layout.cell(self.program.slots['mark', name], kind)} = mark{index}"]
        return [*lines, self._happen(place, "occurrence")]

    def _happen(self, index: int, occurrence: str = "") -> str:
        event = self.rule.rule.emissions[index].event
        code = self.layout.codes["fired", self.rule.rule.name, event]
        number = self.layout.events[event]
        return f"happen_{number}(f, n, now, {self.rule.number}, {code}, {occurrence or self.occurrence})"


def bounded(value: str, variable: Variable, also: str = "") -> list[str]:
    """Write what becomes of a value that is not within its variable's range, or not what it must be `also`."""
    real = is_real(variable.type)
    low, high = (in_brackets(repr(end if real else int(end))) for end in (variable.low, variable.high))
    lines = [f"if not ({low} <= {value} <= {high}{also}):"]
    if not variable.saturates:
        return [*lines, "    raise ValueError('a range')"]
    if real:
        lines += [f"    if {value} != {value}:", "        raise ValueError('a range')"]
    return [*lines, f"    {value} = {low} if {value} < {low} else {high}"]
