"""What state variables and derived quantities are at each event of a run: just before it, and after it.

Between two events a variable that relaxes moves by itself, and so does what reads it or the time. The value just before
an event is what it has moved to by then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.model.event import Event, Log
from sim.model.expression import Fault, Frame
from sim.model.model import Model
from sim.model.moving import motion
from sim.model.program import TIME, Program
from sim.model.replay import begin, follow, moments, shown_value
from sim.model.scenario import Scenario

Reading: TypeAlias = Callable[[Frame], Any]


@dataclass(frozen=True, slots=True)
class ValueAtEvent:
    """What a quantity is just before an event and after it, as a reader knows it; None where it has no value.

    `moved` says that it had changed by itself since the event before.
    """

    before: Any
    after: Any
    moved: bool


def values_over_time(
    program: Program, scenario: Scenario, log: Log, names: Sequence[str]
) -> Iterator[tuple[Event, tuple[ValueAtEvent, ...]]]:  # fmt: skip
    """Yield each event of a run's past and of its log with what the quantities of these names are at it.

    Each name is a state variable's or a derived quantity's of the scenario's model.
    """
    frame = begin(program, scenario, log)
    readings = [reading_of(program, name) for name in names]
    last = [read(frame) for read in readings]
    for event in (*scenario.past, *log):
        for _ in moments(program, frame, event):
            pass
        frame[TIME] = event.time
        before = [read(frame) for read in readings]
        follow(program, frame, event)
        after = [read(frame) for read in readings]
        triples = zip(last, before, after, strict=True)
        yield event, tuple(ValueAtEvent(now, then, moved=now != was) for was, now, then in triples)
        last = after


def reading_of(program: Program, name: str) -> Reading:
    """Return the function of a frame that gives a state variable's or a derived quantity's value to a reader."""
    model: Model = program.model
    if name in model.variables:
        slot, kind = program.slots["state", name], model.variables[name].type
        moving = program.motion.variables.get(slot)
        if moving is not None:
            return lambda frame: motion.value(moving, frame)
        return lambda frame: shown_value(kind, frame[slot])
    expression = model.derived[name]
    evaluate = program.compile(expression)

    def read(frame: Frame) -> Any:
        try:
            return shown_value(expression.type, evaluate(frame))
        except Fault:
            return None

    return read
