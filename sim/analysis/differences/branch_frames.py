"""The frames of many runs of one scenario at its branch: what the past leaves the same in every run is folded once.

Only what reads a parameter, or a variable that such an effect assigned, is evaluated for each run (a static slice;
Weiser 1981). A past in which something moves, or that a run goes on from, is folded as it is, by `replay`.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.language.expressions.tree import Expression, reads
from sim.model.event import Event, Log
from sim.model.evolve import bounded, carry, typed
from sim.model.expression import Evaluate, Frame
from sim.model.model import Variable
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, at_branch, begin, follow, parameters_of
from sim.model.scenario import Scenario

Effect: TypeAlias = tuple[int, Evaluate, Variable]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What of one event is evaluated for each run: on its frame just before it, in which these slots are the run's."""

    frame: Frame
    reads: tuple[int, ...]
    effects: tuple[Effect, ...]
    how: str
    time: float


class BranchFrames:
    """The frames at a scenario's branch."""

    def __init__(self, program: Program, scenario: Scenario) -> None:
        self.program = program
        self.scenario = scenario
        self._plain = program.motion.any or any(event.kind in ("started", "changed") for event in scenario.past)
        self._first = 1 + len(program.variables)
        replaced = sorted(scenario.replaced.items())
        self._replaced = [(program.slots["parameter", name], parameter.type) for name, parameter in replaced]
        self._parts: list[_Part] | None = None
        self._last: Frame = []
        self._own: tuple[int, ...] = ()

    def of(self, log: Log) -> Frame:
        """Return the frame of a run with this log, as `at_branch` does."""
        if self._plain:
            return at_branch(self.program, self.scenario, log)
        if self._parts is None:
            self._parts = self._sliced(log)
        parameters = parameters_of(self.program, log)
        values: dict[int, Any] = dict(enumerate(parameters, self._first))
        for (slot, kind), mark in zip(self._replaced, log[0].marks[len(parameters) :], strict=True):
            values[slot] = typed(kind, mark)
        for part in self._parts:
            for slot in part.reads:
                part.frame[slot] = values[slot]
            made = [(slot, self._value(part, evaluate, variable)) for slot, evaluate, variable in part.effects]
            for slot, value in made:
                if slot not in values or value != values[slot]:
                    values[slot] = value
        frame = self._last.copy()
        for slot in self._own:
            frame[slot] = values[slot]
        frame[self._first : self._first + len(parameters)] = parameters
        return frame

    @staticmethod
    def _value(part: _Part, evaluate: Evaluate, variable: Variable) -> Any:
        value = evaluate(part.frame)
        return value if variable.low <= value <= variable.high else bounded(variable, value, part.how, part.time)

    def _sliced(self, log: Log) -> list[_Part]:
        """Fold the past in a run; return what of it is evaluated for each run, and keep how the frame ends."""
        program, parts = self.program, list[_Part]()
        own = set(range(self._first, self._first + len(program.model.parameters)))
        frame = begin(program, self.scenario, log)
        start = frame.copy()
        for slot, evaluate in program.initial:
            variable = program.variables[slot]
            if read := self._reads(variable.initial) & own:
                effect = slot, evaluate, variable
                parts.append(_Part(frame=start, reads=tuple(read), effects=(effect,), how="initially", time=0.0))
                own.add(slot)
        for event in (*self.scenario.past, log[0]):
            if event.kind in CHANGING:
                parts += self._part(frame, event, own)
            follow(program, frame, event)
        self._last = frame
        self._own = tuple(own)
        return parts

    def _part(self, frame: Frame, event: Event, own: set[int]) -> list[_Part]:
        """Return what of an event is evaluated for each run, if anything; `own` are the slots that are each run's."""
        effects = self.program.effects[event.type]
        texts = self.program.model.events[event.type].effects
        read = {slot: self._reads(texts[variable.name]) & own for slot, _, variable in effects}
        chosen = tuple(effect for effect in effects if read[effect[0]])
        own.difference_update(slot for slot in read if not read[slot])
        own.update(slot for slot in read if read[slot])
        if not chosen:
            return []
        before = frame.copy()
        before[TIME] = event.time
        carry(self.program, before, event.type, event.marks)
        every = {slot for slots in read.values() for slot in slots}
        how = f"by '{event.type}'"
        return [_Part(frame=before, reads=tuple(every), effects=chosen, how=how, time=event.time)]

    def _reads(self, text: Expression) -> set[int]:
        """Return the slots of the state variables and parameters that an expression reads."""
        return {self.program.slots[scope, name] for scope in ("state", "parameter") for name in reads(text.tree, scope)}
