"""Which outcomes have come true in a run, and when: each at most once, after the branch only.

Also how the story of a run first ends: with the first ending in its log, and of several that come true together with
the first in order of names. The run itself may go on after it.

`when` with `while` is the until of temporal logic (CSL: Baier, Haverkort, Hermanns and Katoen 2003): what must hold
meanwhile must hold at all times before the outcome comes true, and need not at that instant.
"""

from collections.abc import Iterable, Sequence
from copy import copy

from sim.errors import RunError
from sim.model.decide import is_terminal
from sim.model.event import Event
from sim.model.expression import Fault, Frame
from sim.model.model import FirstTime, Model
from sim.model.program import TIME, Condition, OutcomeProgram, Program


class Outcomes:
    """Watches one run. An outcome is open until it is reached, or what must hold until then has failed.

    `watching` is whether it is watched yet, `ended` whether an ending has come true: the run may go on after it.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        firsts = {item.number: item.outcome.comes for item in program.outcomes}
        self.open = {number: comes for number, comes in firsts.items() if isinstance(comes, FirstTime)}
        self.begun = 0.0
        self.watching = False
        self.ended = False

    def copy(self) -> "Outcomes":
        """Return outcomes that are as far as these, and are watched by themselves."""
        other = copy(self)
        other.open = dict(self.open)
        return other

    def begin(self, frame: Frame) -> list[int]:
        """Start watching; return the outcomes that are true already, in order of names."""
        self.begun = frame[TIME]
        self.watching = True
        return self.look_again(frame)

    def look_again(self, frame: Frame) -> list[int]:
        """Return the open outcomes that are true now that other parameters hold, in order of names."""
        return self._reached([number for number, first in self.open.items() if not first.on], frame)

    def awaits(self, name: str) -> bool:
        """Return whether an outcome is open."""
        return any(self.program.outcomes[number].outcome.name == name for number in self.open)

    def follow(self, frame: Frame, event: str | None, changed: Iterable[int]) -> list[int]:
        """Return the outcomes that come true by an event, or without one, that changed the frame, in order of names."""
        if not (self.open and self.watching):
            return []
        readers = self.program.outcome_readers
        listeners = () if event is None else self.program.outcome_listeners[event]
        candidates = set(listeners)
        for slot in changed:
            if slot in readers:
                candidates.update(readers[slot])
        candidates &= self.open.keys()
        return self._reached(sorted(candidates), frame, listeners) if candidates else []

    def _reached(self, numbers: list[int], frame: Frame, heard: tuple[int, ...] = ()) -> list[int]:
        reached = []
        for number in numbers:
            first, item = self.open.get(number), self.program.outcomes[number]
            if first is None:
                continue
            now = frame[TIME]
            late = (first.within is not None and now - self.begun > first.within) or (
                first.by is not None and now > first.by
            )
            if late:
                del self.open[number]
            elif (not first.on or number in heard) and (item.when is None or holds(item, item.when, frame)):
                del self.open[number]
                self.ended = self.ended or item.outcome.ending
                reached.append(number)
            elif item.safe is not None and not holds(item, item.safe, frame):
                del self.open[number]
        return reached

    def otherwise(self) -> list[int]:
        """Return the outcomes that come true at the horizon because no ending came true before."""
        return [] if self.ended else [item.number for item in self.program.outcomes if item.outcome.otherwise]


def events_of(program: Program, reached: Sequence[int], time: float, sequence: int) -> tuple[list[Event], str]:
    """Return the events, numbered from `sequence` on, of outcomes that come true together, and which ends the run.

    "" if none does. A run ends once: of several that end it only the first, in order of names, is an event.
    """
    ends = [number for number in reached if is_terminal(program, number)]
    names = [program.outcomes[number].outcome.name for number in reached if number not in ends[1:]]
    events = [Event(sequence=sequence + n, time=time, kind="outcome", type=name) for n, name in enumerate(names)]
    return events, program.outcomes[ends[0]].outcome.name if ends else ""


def first_ending(model: Model, events: Iterable[Event]) -> Event | None:
    """Return the first ending among events, `otherwise` included; None if there is none."""
    return next((event for event in events if _is_ending(model, event)), None)


def _is_ending(model: Model, event: Event) -> bool:
    """Return whether an event is an ending; outcomes that the model does not ask about are none."""
    return event.kind == "outcome" and event.type in model.outcomes and model.outcomes[event.type].ending


def holds(item: OutcomeProgram, condition: Condition, frame: Frame) -> bool:
    """Return whether a condition of an outcome holds. Raise RunError E604 where it has no value."""
    try:
        return bool(condition.holds(frame))
    except Fault as fault:
        message = f"the condition of the outcome '{item.outcome.name}' has no value: {fault}"
        text = condition.expression
        raise RunError("E604", message, f"{text.text} at {text.location}", time=frame[TIME]) from None
