"""The state before any event, and the state after one: the only places where state is made or changed.

Two of the Decider's four functions (J. Chassaing). Rules, clocks and draws play no part: folding `evolve` over a log
gives the state that the log's engine had.
"""

from collections.abc import Sequence
from typing import assert_never

from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real, Type
from sim.model.expression import Fault, Frame
from sim.model.model import Variable
from sim.model.moving import motion
from sim.model.moving.moving_parts import MovingParts
from sim.model.program import TIME, Program


def initial(program: Program, parameters: Sequence[Value], time: float = 0.0) -> Frame:
    """Return the frame before any event, with the parameters' values in order of names.

    Raise RunError E602, E604, E630 or E631.
    """
    frame: Frame = [None] * program.width
    frame[TIME] = time
    first = 1 + len(program.variables)
    frame[first : first + len(parameters)] = parameters
    for slot, evaluate in program.initial:
        variable = program.variables[slot]
        try:
            value = evaluate(frame)
        except Fault as fault:
            message = f"the initial value of '{variable.name}' does not exist: {fault}"
            text = variable.initial
            raise RunError("E604", message, f"{text.text} at {text.location}", time=time) from None
        frame[slot] = bounded(variable, value, "initially", time)
    if program.motion.any:
        motion.begin(program.motion, frame)
    return frame


def evolve(program: Program, frame: Frame, event: str, marks: Sequence[float], time: float) -> tuple[int, ...]:
    """Change the frame by one event and return the slots whose values changed.

    All effects are evaluated on the state before the event, at its time. Raise RunError E602 when a value leaves its
    range and its variable does not saturate, E604 when an effect has no value; the frame is then as it was.
    """
    frame[TIME] = time
    carry(program, frame, event, marks)
    changes = []
    for slot, evaluate, variable in program.effects[event]:
        try:
            value = evaluate(frame)
        except Fault as fault:
            text = program.model.events[event].effects[variable.name]
            message = f"the effect of '{event}' on '{variable.name}' has no value: {fault}"
            raise RunError("E604", message, f"{text.text} at {text.location}", time=time) from None
        if not variable.low <= value <= variable.high:
            value = bounded(variable, value, f"by '{event}'", time)
        if value != frame[slot] or slot in program.motion.variables:
            changes.append((slot, value))
    if program.motion.any:
        return _moved(program.motion, frame, event, changes, time)
    for slot, value in changes:
        frame[slot] = value
    return tuple([slot for slot, _ in changes])


def _moved(
    parts: MovingParts, frame: Frame, event: str, changes: list[tuple[int, Value]], time: float
) -> tuple[int, ...]:  # fmt: skip
    """Make changes, of which some may give a relaxing variable the value that it has, and set what depends on them."""
    changed = []
    for slot, value in changes:
        variable = parts.variables.get(slot)
        if variable is not None:
            if value == motion.value(variable, frame):
                continue
            frame[variable.anchor] = time
        frame[slot] = value
        changed.append(slot)
    if event in parts.last and frame[parts.last[event]] != time:
        frame[parts.last[event]] = time
        changed.append(parts.last[event])
    return (*changed, *motion.after(parts, frame, changed))


def assigned(program: Program, frame: Frame, number: int) -> list[tuple[int, Value]]:
    """Return the slots and values of the parameters to which a scenario's change `number` gives those of expressions.

    They are evaluated on the frame before the change. Raise RunError E617 when a value is none that the parameter can
    have, E604 when an expression has no value.
    """
    values = []
    for given in program.assigned[number]:
        name, text = given.parameter.name, f"{given.expression.text} at {given.expression.location}"
        try:
            value = given.evaluate(frame)
        except Fault as fault:
            raise RunError(
                "E604", f"the new value of '{name}' does not exist: {fault}", text, time=frame[TIME]
            ) from None
        low, high = given.parameter.domain
        if not low <= value <= high or abs(value) == float("inf"):
            within = f"outside what it can be: {low:g} to {high:g}"
            raise RunError("E617", f"'{name}' would become {value:g}, {within}", text, time=frame[TIME])
        values.append((given.slot, value))
    return values


def carry(program: Program, frame: Frame, event: str, marks: Sequence[float]) -> None:
    """Put an event's marks where expressions read them."""
    for (slot, kind), mark in zip(program.mark_slots[event], marks, strict=True):
        frame[slot] = typed(kind, mark)


def bounded(variable: Variable, value: Value, how: str, time: float) -> Value:
    """Return a value as its variable takes it. Raise RunError E602 where it is out of range and does not saturate."""
    if variable.low <= value <= variable.high and abs(value) != float("inf"):
        return value
    if variable.saturates and value == value:
        bound = variable.low if value < variable.low else variable.high
        return int(bound) if isinstance(variable.type, Integer) else bound
    message = f"'{variable.name}' would be {value:g} {how}, outside its range {variable.low:g} to {variable.high:g}"
    remedy = "widen the range, guard the rule, or declare `at_bounds: saturate`"
    raise RunError("E602", message, remedy, time=time)


def typed(kind: Type, mark: float) -> Value:
    """Return a stored mark as a value of its type."""
    match kind:
        case Real() | Enumeration() | Instant():
            return mark
        case Integer():
            return int(mark)
        case Bool():
            return bool(mark)
        case _:
            assert_never(kind)
