"""Folds `evolve` over a history or a log: the state at any event, from the events alone.

Draws nothing, and knows neither clocks nor rules. A replay gives the state that the engine had.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.language.expressions.tree import Value
from sim.language.expressions.types import Enumeration, Real, Type
from sim.model.event import RUN_STARTED, Event, Log
from sim.model.evolve import assigned, evolve, initial, typed
from sim.model.expression import Frame
from sim.model.moving import motion
from sim.model.program import TIME, Program
from sim.model.scenario import Scenario

CHANGING = frozenset({"documented", "fired", "scheduled"})
AFTER_FLIPS = frozenset({"fired", "ended"})  # of what comes at the moment of a flip


def parameters_of(program: Program, log: Log) -> tuple[Value, ...]:
    """Return the parameters that a run's log says it had from its start on, or from a change on, in order of names."""
    assert log[0].kind in ("started", "changed"), "a log begins with the run's start"
    kinds = [parameter.type for parameter in program.model.parameters.values()]
    marks = zip(kinds, log[0].marks, strict=False)
    return tuple([mark if isinstance(kind, Real) else typed(kind, mark) for kind, mark in marks])


def parameters_before(program: Program, scenario: Scenario, log: Log) -> tuple[Value, ...]:
    """Return the parameters of a run's past, in order of names: the model's own where the scenario replaces them.

    They are those of the first run in a line of branches, which is this one unless it goes on from another.
    """
    first = next(event for event in (*scenario.past, *log) if event.kind == "started")
    if not scenario.replaced:
        return parameters_of(program, (first,))
    values = dict(zip(program.model.parameters, parameters_of(program, (first,)), strict=True))
    marks = first.marks[len(values) :]
    for (name, parameter), mark in zip(sorted(scenario.replaced.items()), marks, strict=True):
        values[name] = typed(parameter.type, mark)
    return tuple(values.values())


def central_start(scenario: Scenario) -> Event:
    """Return the start of a run whose parameters are at their central values, those of its past as well."""
    known = scenario.model.parameters.values()
    values = [parameter.value for parameter in known] if scenario.parameters is None else scenario.parameters
    replaced = [] if scenario.lineage else [parameter.value for _, parameter in sorted(scenario.replaced.items())]
    marks = tuple(float(value) for value in (*values, *replaced))
    return Event(sequence=0, time=scenario.start, kind="started", type=RUN_STARTED, marks=marks)


def begin(program: Program, scenario: Scenario, log: Log) -> Frame:
    """Return the frame before any event of a run and its past."""
    return initial(program, parameters_before(program, scenario, log))


def follow(program: Program, frame: Frame, event: Event) -> tuple[int, ...]:
    """Let time pass up to an event, and change the frame by it; return the slots that it changed.

    A start, or a change in the scenario, changes parameters.
    """
    for _ in moments(program, frame, event):
        pass
    frame[TIME] = event.time
    if event.kind in CHANGING:
        return evolve(program, frame, event.type, event.marks, event.time)
    if event.kind in ("started", "changed"):
        return assume(program, frame, parameters_of(program, (event,)), changed=event.kind == "changed")
    return ()


def changed_by(program: Program, frame: Frame, event: Event) -> dict[str, tuple[Any, Any]]:
    """Follow an event; return what it made of state variables, by name: (just before it, after it).

    What changes with time alone is left out.
    """
    for _ in moments(program, frame, event):
        pass
    frame[TIME] = event.time
    before = state_of(program, frame)
    follow(program, frame, event)
    return changes(before, state_of(program, frame))


def moments(
    program: Program, frame: Frame, event: Event, passing: Callable[[float], None] | None = None
) -> Iterable[list[int]]:  # fmt: skip
    """Let time pass up to an event; yield, at each moment at which a flag flips, the slots that are others since.

    What rules do, and a run's end, come after the flips of the same moment, what happens at given dates before them.
    `passing` is told of each moment before it comes.
    """
    return motion.elapse(program.motion, frame, event.time, inclusive=event.kind in AFTER_FLIPS, passing=passing)


def assume(
    program: Program, frame: Frame, parameters: Sequence[Value], *, changed: bool = False
) -> tuple[int, ...]:  # fmt: skip
    """Put parameters, in order of names, into the frame; return the slots of the flags that are others with them.

    `changed` says that they may not be those that have held, even if they have the same values.
    """
    first = 1 + len(program.variables)
    others = changed or frame[first : first + len(parameters)] != list(parameters)
    frame[first : first + len(parameters)] = parameters
    return tuple(motion.settle(program.motion, frame)) if others and program.motion.any else ()


def assign(program: Program, frame: Frame, number: int, values: Mapping[str, Value]) -> tuple[int, ...]:
    """Put into the frame what the scenario's change `number` gives parameters: `values`, and those of its expressions.

    Return the slots of the flags that are others then. Raise RunError E604 or E617; the frame is then as it was.
    """
    given = assigned(program, frame, number)
    given += [(program.slots["parameter", name], value) for name, value in values.items()]
    for slot, value in given:
        frame[slot] = value
    return tuple(motion.settle(program.motion, frame)) if program.motion.any else ()


def at_branch(program: Program, scenario: Scenario, log: Log) -> Frame:
    """Return the frame at a run's branch: the initial state with the scenario's past folded over it."""
    frame = begin(program, scenario, log)
    for event in (*scenario.past, log[0]):
        follow(program, frame, event)
    return frame


def replay(program: Program, frame: Frame, events: Log) -> Iterator[tuple[Event, Frame]]:
    """Yield each event with the frame after it. The frame is one and the same: read it before going on."""
    for event in events:
        follow(program, frame, event)
        yield event, frame


def state_of(program: Program, frame: Frame) -> dict[str, Any]:
    """Return the state in a frame by name, enums by the names of their values."""
    moving = program.motion.variables
    slots = {name: program.slots["state", name] for name in program.model.variables}
    return {
        name: motion.value(moving[slot], frame) if slot in moving else shown_value(variable.type, frame[slot])
        for (name, slot), variable in zip(slots.items(), program.model.variables.values(), strict=True)
    }


def shown_value(kind: Type, value: Value) -> Any:
    """Return a value as a reader knows it: an enum's by its name."""
    return kind.values[int(value)] if isinstance(kind, Enumeration) else value


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs between two states, by name: (before, after)."""
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}
