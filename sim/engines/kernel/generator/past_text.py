"""The text of what is folded again of a documented past in each run: what depends on parameters, moment by moment.

Owns how that is written. What depends on parameters is found by `sim.engines.kernel.past`; all other values that it
meets stand in the text, as numbers, and at the end the cells hold those of the end of the past again.
"""

from collections.abc import Collection, Iterator
from functools import cached_property

from sim.engines.kernel.generator.clock_text import ClockText, RateText
from sim.engines.kernel.generator.clock_texts import clock_text
from sim.engines.kernel.generator.event_text import bounded
from sim.engines.kernel.generator.expressions import Expressions, in_brackets
from sim.engines.kernel.generator.layout import Layout, is_real, ordered
from sim.engines.kernel.generator.lines import function, when
from sim.engines.kernel.past import DependentPast, PastMoment, dependent_past, given_trees
from sim.language.expressions.tree import Expression, Tree, scopes
from sim.language.expressions.types import Type
from sim.model.expression import Frame
from sim.model.model import Immediately, Variable
from sim.model.moving.moving_trees import slots_read
from sim.model.program import Program
from sim.model.scenario import Scenario


class PastText:
    """Writes `refold` for one scenario's past. `source` is empty where the past is folded whole in each run."""

    def __init__(self, layout: Layout, scenario: Scenario) -> None:
        self.layout = layout
        self.program: Program = layout.program
        self.expressions = Expressions(layout=layout)
        self.kinds = _kinds(self.program)
        self.fixed = frozenset(self.program.slots["parameter", name] for name in self.program.model.parameters)
        self.clocks: dict[int, ClockText] = {}
        self.known: Frame = []  # what the cells hold that depends on no parameter
        self.past: DependentPast | None = None
        if not self.program.anything_moves:
            self.clocks = {rule.number: clock_text(self.expressions, rule, ()) for rule in self.program.rules}
            deferred = [one for one, clock in self.clocks.items() if isinstance(clock, RateText) and clock.deferrable]
            self.past = dependent_past(self.program, scenario, frozenset(deferred))

    @cached_property
    def source(self) -> str:
        """The functions, as Python."""
        if self.past is None:
            return ""
        texts = [text for one in self.past.followed for text in self.clocks[one].functions()]
        body = []
        for one in self.past.followed:
            own = self.layout.state(one)
            body += [f"n[{own} + STATE] = OFF", f"n[{own} + OCCURRENCE] = -1"]
        self.known = [*self.past.moments[-1].after]
        pending = set(self.past.given)
        for index, moment in enumerate(self.past.moments):
            lines = [*self._values(moment), *self._clocks(self.past, moment, pending)]
            if lines:
                name = f"refold_{index}"
                texts.append(function(name, [f"now = {moment.time!r}", "f[TIME] = now", *lines]))
                body += [f"{name}(f, n)"]
        last = self._met(range(len(self.known)), self.past.moments[-1].after)
        texts.append(function("refold", [*body, *last]))
        return "\n\n".join([*self.expressions.parts, *texts])

    def _values(self, moment: PastMoment) -> list[str]:
        """Give state variables their values which depend on parameters: at first, or by an event."""
        assert self.past is not None, "there is a past to fold again"
        given: list[tuple[int, Variable, Expression]] = [
            (slot, variable, variable.initial)
            for slot, variable in ((slot, self.program.variables[slot]) for slot, _ in self.program.initial)
        ]
        if moment.event:
            effects = self.program.model.events[moment.event].effects.items()
            variables = self.program.model.variables
            given = [(self.program.slots["state", name], variables[name], effect) for name, effect in effects]
        given = [item for item in given if item[0] in self.past.variables]
        lines = self._met(self._read(*(item.tree for *_, item in given)), moment.before)
        for index, (_, variable, item) in enumerate(given):
            lines += [f"value{index} = {self.expressions.stored(item.tree)}"]
            if ordered(variable.type):
                finite = f" and value{index} < inf and value{index} > -inf"
                also = finite if not moment.event and is_real(variable.type) else ""
                lines += bounded(f"value{index}", variable, also)
        for index, (slot, variable, _) in enumerate(given):
            cell = self.layout.cell(slot, variable.type)
            if moment.event:
                lines += [f"at{slot} = value{index} != {cell}", f"if at{slot}:", f"    {cell} = value{index}"]
            else:
                lines += [f"{cell} = value{index}"]
        return lines

    def _clocks(self, past: DependentPast, moment: PastMoment, pending: set[int]) -> list[str]:
        """Let the clocks follow whose course depends on parameters, and give those that start what does.

        `pending` are those of `given` that are still to be given anything. What reads parameters alone is given once.
        """
        lines = []
        restarted = () if moment.fired is None else self.program.rules[moment.fired].restarts
        for one in past.followed:
            clock, own = self.clocks[one], self.layout.state(one)
            steps = [when(test, [call]) if test else [call] for test, call in self._follows(past, clock, moment)]
            if one == moment.fired:
                state = "EDGE_USED" if isinstance(clock.rule.clock, Immediately) else "OFF"
                steps = [[f"n[{own}] = {state}"], *steps]
            if one in restarted:
                steps += [when(f"n[{own}] == ENABLED", clock.restarted())]
            if steps:
                trees = [clock.rule.rule.guard.tree, *given_trees(clock.rule)]
                lines += self._met(self._read(*trees), moment.after)
                lines += [line for step in steps for line in step]
        for one in past.given:
            clock = self.clocks[one]
            trees = given_trees(clock.rule)
            once = all(scopes(tree) <= {"parameter"} for tree in trees) and not clock.own_firing
            if one in moment.started and (one in pending or not once):
                pending.discard(one)
                lines += self._met(self._read(*trees), moment.after)
                own = one == moment.fired and one not in restarted
                lines += [f"own = {own}", *clock.arguments()] if clock.own_firing else clock.arguments()
        return lines

    def _follows(self, past: DependentPast, clock: ClockText, moment: PastMoment) -> Iterator[tuple[str, str]]:
        """Yield the calls that let a clock follow a moment, each with its test, which may be empty."""
        one = clock.number
        if not moment.event:
            if not clock.waits:
                yield "", clock.follows()
            return
        heard = one in self.program.listeners[moment.event]
        if heard or one == moment.fired:
            more = f", {one == moment.fired}" if clock.own_firing else ""
            yield "", f"follow_{one}(f, n, now{more}{f', {heard}' if clock.waits else ''})"
            return
        names = self.program.model.events[moment.event].effects
        slots = [self.program.slots["state", name] for name in names]
        slots = [slot for slot in slots if one in self.program.readers.get(slot, ())]
        rates = {slot for slot in slots if clock.adjusts and slot not in clock.guarded_by}
        sure = moment.changed - past.variables
        for adjusted, call in ((False, clock.follows()), (True, f"adjust_{one}(f, n, now)")):
            chosen = [slot for slot in slots if (slot in rates) == adjusted]
            if any(slot in sure for slot in chosen):
                yield "", call
                if not adjusted:
                    return  # which looks at the rate as well
            elif tests := [f"at{slot}" for slot in chosen if slot in past.variables]:
                yield " or ".join(tests), call

    def _read(self, *trees: Tree) -> list[int]:
        """Return the slots that trees read, in order."""
        return sorted(frozenset[int]().union(*(slots_read(tree, self.program.slots) for tree in trees)))

    def _met(self, slots: Collection[int], frame: Frame) -> list[str]:
        """Put into their cells what a frame has of slots that depend on no parameter, where that is another value."""
        assert self.past is not None, "there is a past to fold again"
        lines = []
        for slot in slots:
            kind = self.kinds.get(slot)
            if kind is None or frame[slot] is None or slot in self.past.variables:
                continue
            value = _written(frame[slot], kind)
            if self.known[slot] is None or _written(self.known[slot], kind) != value:
                lines += [f"{self.layout.cell(slot, kind)} = {value}"]
                self.known[slot] = frame[slot]
        return lines


def _written(value: object, kind: Type) -> str:
    assert isinstance(value, bool | int | float), "the cells hold numbers"
    return in_brackets(repr(float(value) if is_real(kind) else int(value)))


def _kinds(program: Program) -> dict[int, Type]:
    """Return the types of state variables and marks, by slot."""
    kinds = {program.slots["state", name]: variable.type for name, variable in program.model.variables.items()}
    for event in program.model.events.values():
        kinds |= {program.slots["mark", name]: kind for name, kind in event.marks.items()}
    return kinds
