"""What the parts of a program read, by slots, and which of the differences between two frames tell in a part's value.

A part is a guard, a clock's argument, the weights of a choice, an effect, or the condition that ends a run. A slot that
differs tells if it can change the value: a heat of 0.6 beside one of 0.7 does not tell in `heat > 0.5`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

from sim.analysis.differences.branch_frames import BranchFrames
from sim.language.expressions.tree import Expression, reads
from sim.model.event import ASSUMPTIONS_CHANGED, Log
from sim.model.expression import Evaluate, Fault, Frame
from sim.model.model import LawClock, Variable
from sim.model.program import OutcomeProgram, Program, RuleProgram
from sim.model.replay import at_branch
from sim.model.scenario import Scenario

Slots: TypeAlias = tuple[int, ...]
MOST_SCENARIOS = 4  # whose pasts are kept sliced
MOST_MIXED = 6  # of more slots that differ none is tried: 2 ** MOST_MIXED values are enough


@dataclass(frozen=True, slots=True)
class Reader:
    """A part of a program: its value in a frame, and the slots of state variables and parameters that it reads."""

    value: Evaluate
    slots: Slots

    def telling(self, here: Frame, there: Frame) -> Slots:
        """Return the slots that differ between two frames and tell in the value; all that differ, if they are many."""
        differing = [slot for slot in self.slots if here[slot] != there[slot]]
        if not differing:
            return ()
        frame = here.copy()

        def mixed(chosen: tuple[bool, ...]) -> Any:
            for slot, taken in zip(differing, chosen, strict=True):
                frame[slot] = (there if taken else here)[slot]
            try:
                return self.value(frame)
            except Fault:
                return None

        count = len(differing)
        if mixed((False,) * count) == mixed((True,) * count):
            return ()
        if not 1 < count <= MOST_MIXED:
            return tuple(differing)
        values = {chosen: mixed(chosen) for chosen in product((False, True), repeat=count)}
        return tuple(
            slot
            for index, slot in enumerate(differing)
            if any(value != values[(*chosen[:index], not chosen[index], *chosen[index + 1 :])]
                   for chosen, value in values.items())
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event type assigns to one state variable, and the marks that it reads, by their places."""

    reader: Reader
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Readings:
    """The readers of one program, each made when it is first asked for."""

    program: Program
    _guards: dict[int, Reader] = field(default_factory=dict)
    _arguments: dict[int, tuple[Reader, ...]] = field(default_factory=dict)
    _weights: dict[int, Reader] = field(default_factory=dict)
    _effects: dict[str, Mapping[int, Effect]] = field(default_factory=dict)
    _writing: dict[Slots, frozenset[str]] = field(default_factory=dict)
    _frames: dict[int, tuple[Scenario, BranchFrames]] = field(default_factory=dict)

    def guard(self, rule: RuleProgram) -> Reader:
        if rule.number not in self._guards:
            self._guards[rule.number] = Reader(rule.guard, self.slots([rule.rule.guard]))
        return self._guards[rule.number]

    def arguments(self, rule: RuleProgram) -> tuple[Reader, ...]:
        """Return the readers of a clock's arguments: its rate, or what its law or its date is given."""
        if rule.number not in self._arguments:
            given = zip(rule.arguments, rule.rule.clock.arguments, strict=True)
            self._arguments[rule.number] = tuple(Reader(value, self.slots([text])) for value, text in given)
        return self._arguments[rule.number]

    def speed(self, rule: RuleProgram) -> Reader | None:
        """Return the reader of the speed at which a clock with a law ages; None where it ages as time passes."""
        clock = rule.clock
        if rule.pace is None or not isinstance(clock, LawClock) or clock.speed is None:
            return None
        return Reader(rule.pace, self.slots([clock.speed]))

    def weights(self, rule: RuleProgram) -> Reader:
        """Return the reader of a choice's weights, as shares of their sum."""
        if rule.number not in self._weights:
            self._weights[rule.number] = Reader(lambda frame: shares(rule, frame), self.slots(rule.rule.weights))
        return self._weights[rule.number]

    def effects(self, event: str) -> Mapping[int, Effect]:
        """Return what an event type assigns, by the slots that it writes."""
        if event == ASSUMPTIONS_CHANGED:
            return {}
        if event not in self._effects:
            kind = self.program.model.events[event]
            marks = {name: index for index, name in enumerate(kind.marks)}
            self._effects[event] = {
                slot: Effect(
                    Reader(_bounded(value, variable), self.slots([kind.effects[variable.name]])),
                    tuple(marks[name] for name in sorted(reads(kind.effects[variable.name].tree, "mark"))),
                )
                for slot, value, variable in self.program.effects[event]
            }
        return self._effects[event]

    def writing(self, slots: Slots) -> frozenset[str]:
        """Return the event types that write any of these slots; what a scenario changes writes parameters."""
        if slots not in self._writing:
            events = self.program.model.events
            found = {name for name in events if not self.effects(name).keys().isdisjoint(slots)}
            changed = () if self.parameters.keys().isdisjoint(slots) else (ASSUMPTIONS_CHANGED,)
            self._writing[slots] = frozenset(found.union(changed))
        return self._writing[slots]

    def ending(self, outcome: OutcomeProgram) -> Reader:
        """Return the reader of all that an outcome needs of the state: its condition, and what must be safe."""
        parts = [part for part in (outcome.when, outcome.safe) if part is not None]
        slots = self.slots(part.expression for part in parts)
        return Reader(lambda frame: all(part.holds(frame) for part in parts), slots)

    def at_branch(self, scenario: Scenario, log: Log) -> Frame:
        """Return the frame at the branch of a scenario's run. Those of a scenario that comes again are sliced."""
        known = self._frames.pop(id(scenario), None)
        if known is not None and known[0] is scenario:
            self._frames[id(scenario)] = known
            return known[1].of(log)
        self._frames[id(scenario)] = scenario, BranchFrames(self.program, scenario)
        while len(self._frames) > MOST_SCENARIOS:
            del self._frames[next(iter(self._frames))]
        return at_branch(self.program, scenario, log)

    def slots(self, expressions: Iterable[Expression]) -> Slots:
        """Return the slots of the state variables and parameters that expressions read."""
        found = set[int]()
        for expression, scope in product(expressions, ("state", "parameter")):
            found.update(self.program.slots[scope, name] for name in reads(expression.tree, scope))
        return tuple(sorted(found))

    @cached_property
    def parameters(self) -> Mapping[int, str]:
        """The names of the parameters by their slots."""
        return {self.program.slots["parameter", name]: name for name in self.program.model.parameters}


def shares(rule: RuleProgram, frame: Frame) -> tuple[float, ...]:
    """Return the weights of a rule's events as shares of their sum. Raise Fault where they have none."""
    weights = [float(weight(frame)) for weight in rule.weights]
    total = sum(weights)
    if not total > 0.0:
        raise Fault("no event has a weight")
    return tuple(weight / total for weight in weights)


def _bounded(value: Evaluate, variable: Variable) -> Evaluate:
    """Return an effect's value as its variable takes it."""
    if not variable.saturates:
        return value
    return lambda frame: min(max(value(frame), variable.low), variable.high)
