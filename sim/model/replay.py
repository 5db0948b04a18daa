"""Fold `evolve` over a history or a log: the state at any event, drawn from the events alone.

Draws nothing, knows no clock and no rule. The state that an engine had is the state that a replay gives.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.language.tree import Value
from sim.language.types import Type
from sim.model.event import Event, Log
from sim.model.evolve import evolve, initial, typed
from sim.model.expression import Frame
from sim.model.program import TIME, Program
from sim.model.scenario import Scenario

CHANGING = frozenset({"documented", "fired", "scheduled"})


def parameters_of(program: Program, log: Log) -> tuple[Value, ...]:
    """Return the parameters that a run's log says it had, in order of names."""
    assert log[0].kind == "started", "a log begins with the run's start"
    kinds = [parameter.type for parameter in program.model.parameters.values()]
    return tuple(typed(kind, mark) for kind, mark in zip(kinds, log[0].marks, strict=True))


def at_branch(program: Program, scenario: Scenario, parameters: Sequence[Value]) -> Frame:
    """Return the frame at the branch: the initial state with the scenario's past folded over it."""
    frame = initial(program, parameters)
    for event in scenario.past:
        if event.kind in CHANGING:
            evolve(program, frame, event.type, event.marks, event.time)
    frame[TIME] = scenario.start
    return frame


def replay(program: Program, frame: Frame, events: Log) -> Iterator[tuple[Event, Frame]]:
    """Yield each event with the frame after it. The frame is one and the same: read it before going on."""
    for event in events:
        if event.kind in CHANGING:
            evolve(program, frame, event.type, event.marks, event.time)
        else:
            frame[TIME] = event.time
        yield event, frame


def state_of(program: Program, frame: Frame) -> dict[str, Any]:
    """Return the state in a frame by name, enums by the names of their values."""
    return {
        name: shown_value(variable.type, frame[program.slots["state", name]])
        for name, variable in program.model.variables.items()
    }


def shown_value(kind: Type, value: Value) -> Any:
    """Return a value as people know it: an enum's by its name."""
    return kind.values[int(value)] if kind.kind == "enum" else value


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs between two states, by name: (before, after)."""
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}
