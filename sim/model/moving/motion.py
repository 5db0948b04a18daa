"""What moves between events, in one frame: variables that relax, and the flags that flip as they and the time go on.

A variable that relaxes stands in the frame as the value that it had at its anchor, the last moment at which something
else changed it, and moves from there. A flag's truth is set at such a moment and flipped when its condition changes,
never read off a moving value, whose last digit may say the contrary. All of it is in the frame, and a function of the
events so far: folding them gives what the engine had.

At one moment the search for flips goes first, then events at given dates, then flips, then what rules do.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from sim.errors import RunError
from sim.model.expression import TIME, Fault, Frame
from sim.model.moving.moving_parts import CrossedLevel, Flag, MovingParts, RelaxingVariable
from sim.numerics.cells import grid_end
from sim.numerics.relaxation import LOG_2, lies_over, passing_age, relaxed

NEVER = math.inf


def begin(parts: MovingParts, frame: Frame) -> None:
    """Let everything begin to move at the frame's time. Raise RunError E630, E631 or E604 where it cannot."""
    for variable in parts.variables.values():
        frame[variable.target], frame[variable.decay] = _law(variable, frame)
        frame[variable.anchor] = frame[TIME]
    for slot in parts.last.values():
        frame[slot] = -math.inf
    for flag in parts.flags:
        frame[flag.flipped] = -math.inf
        plan(parts, flag, frame)


def settle(parts: MovingParts, frame: Frame) -> list[int]:
    """Go on under parameters that may have changed: only what they change has another course from here on.

    Return the slots of the flags that are another now.
    """
    for variable in parts.variables.values():
        target, decay = _law(variable, frame)
        if (target, decay) != (frame[variable.target], frame[variable.decay]):
            frame[variable.start] = value(variable, frame)
            frame[variable.target], frame[variable.decay] = target, decay
            frame[variable.anchor] = frame[TIME]
    before = [frame[flag.slot] for flag in parts.flags]
    for flag in parts.flags:
        plan(parts, flag, frame)
    return [flag.slot for flag, known in zip(parts.flags, before, strict=True) if frame[flag.slot] is not known]


def value(variable: RelaxingVariable, frame: Frame) -> float:
    """Return the present value of a variable that relaxes."""
    age = frame[TIME] - frame[variable.anchor]
    return relaxed(frame[variable.start], frame[variable.target], frame[variable.decay], age)


def after(parts: MovingParts, frame: Frame, changed: Iterable[int]) -> list[int]:
    """Set the flags that depend on slots which have changed; return the slots of those that are another now."""
    flipped = []
    affected: set[int] = set()
    for slot in changed:
        affected.update(parts.readers.get(slot, ()))
    for flag in parts.flags:  # those that a flag depends on stand before it
        if flag.number in affected:
            before = frame[flag.slot]
            plan(parts, flag, frame)
            if frame[flag.slot] is not before:
                flipped.append(flag.slot)
                affected.update(parts.readers.get(flag.slot, ()))
    return flipped


def next_flip(parts: MovingParts, frame: Frame) -> float:
    """Return the time of the next flip that is known."""
    return min((frame[flag.due] for flag in parts.flags), default=NEVER)


def next_look(parts: MovingParts, frame: Frame) -> float:
    """Return the time until which flips have been searched for."""
    return min((frame[flag.look] for flag in parts.flags), default=NEVER)


def flips_soon(parts: MovingParts, frame: Frame, time: float, slots: Collection[int]) -> bool:
    """Return whether one of the flags in some slots flips at a time or just after it."""
    return any(time <= frame[flag.due] < time + parts.narrow for flag in parts.flags if flag.slot in slots)


def flipped_just(parts: MovingParts, frame: Frame, time: float, slots: Collection[int]) -> bool:
    """Return whether one of the flags in some slots flipped at a time or just before it."""
    return any(time - parts.narrow < frame[flag.flipped] <= time for flag in parts.flags if flag.slot in slots)


def look(parts: MovingParts, frame: Frame, time: float) -> None:
    """Go on with each search that has come to `time`."""
    for flag in parts.flags:
        if frame[flag.look] <= time:
            _search(parts, flag, frame, frame[flag.look])


def flip(parts: MovingParts, frame: Frame) -> list[int]:
    """Let the first of the next flips happen, at its time; return the slots of the flags that are another now.

    Computed values pass a level a few of their last digits before or after the moment that is computed. So a flag that
    has no value beyond a level keeps the one that it has until that is passed, and has one from then on.
    """
    flag = min(parts.flags, key=lambda one: (frame[one.due], one.number))
    now = frame[TIME] = frame[flag.due]
    if flag.crossing is None:
        if _truth(flag, frame, now) is None and _crosses(parts, frame, now):
            frame[flag.due], frame[flag.look] = NEVER, now + parts.narrow
            return []
        _turn(parts, flag, frame, now)
        return [flag.slot, *after(parts, frame, (flag.slot,))]
    frame[flag.slot], frame[flag.due], frame[flag.flipped] = not frame[flag.slot], NEVER, now
    flipped = [flag.slot]
    for other in parts.plain:
        if frame[other.slot] is None and frame[other.due] < now + parts.narrow:
            _turn(parts, other, frame, frame[other.due])
            flipped.append(other.slot)
    return [*flipped, *after(parts, frame, flipped)]


def _turn(parts: MovingParts, flag: Flag, frame: Frame, time: float) -> None:
    """Let a flag that is searched for be what it is from a time on, which is not before the frame's."""
    frame[flag.slot], frame[flag.flipped] = _truth(flag, frame, time), frame[TIME]
    frame[flag.due] = NEVER
    _search(parts, flag, frame, time)


def _crosses(parts: MovingParts, frame: Frame, time: float) -> bool:
    """Return whether a flag passes its level at a time or just after it."""
    return any(time <= frame[flag.due] < time + parts.narrow for flag in parts.flags if flag.crossing is not None)


def elapse(
    parts: MovingParts, frame: Frame, time: float, *, inclusive: bool, passing: Callable[[float], None] | None = None
) -> Iterator[list[int]]:  # fmt: skip
    """Let flags flip up to `time`; yield after each flip, at its time, the slots of the flags that are others.

    Flips at `time` itself are left out unless `inclusive`: what happens at a given date comes before them. `passing` is
    told the time of each before it happens.
    """
    while parts.flags:
        searched, due = next_look(parts, frame), next_flip(parts, frame)
        if searched <= time and searched <= due:
            look(parts, frame, searched)
        elif due < time or (inclusive and due == time):
            if passing is not None:
                passing(due)
            yield flip(parts, frame)
        else:
            return


def plan(parts: MovingParts, flag: Flag, frame: Frame) -> None:
    """Set a flag to what it is at the frame's time, and when it flips next."""
    frame[flag.due] = frame[flag.look] = NEVER
    if flag.crossing is None:
        frame[flag.slot] = _truth(flag, frame, frame[TIME])
        _search(parts, flag, frame, frame[TIME])
        return
    try:
        over, due = _course(flag.crossing, frame)
    except Fault:
        frame[flag.slot] = None
        return
    if due <= frame[TIME]:
        frame[flag.flipped] = due
        over, due = not over, NEVER
    frame[flag.slot], frame[flag.due] = over == flag.crossing.over, due


def _course(crossing: CrossedLevel, frame: Frame) -> tuple[bool, float]:
    """Return whether a quantity lies over its level just after its anchor, and when it passes the level."""
    level = float(crossing.level(frame))
    variable = crossing.variable
    if variable is None:
        since = 0.0 if crossing.last is None else frame[crossing.last]
        if since == -math.inf:
            raise Fault("the event has not happened yet")
        return False, since + level if since + level == since + level else NEVER
    start, target = frame[variable.start], frame[variable.target]
    over = lies_over(start, target, level, crossing.strict)
    return over, frame[variable.anchor] + passing_age(start, target, frame[variable.decay], level)


def _truth(flag: Flag, frame: Frame, time: float) -> bool | None:
    """Return whether a condition holds at a time, if nothing else changes; None where it has no value."""
    now = frame[TIME]
    frame[TIME] = time
    try:
        return bool(flag.truth(frame))
    except Fault:
        return None
    finally:
        frame[TIME] = now


def _search(parts: MovingParts, flag: Flag, frame: Frame, time: float) -> None:
    """Look whether a flag flips between a time and the end of the grid's cell that it is in."""
    frame[flag.look] = NEVER
    here = frame[flag.slot]
    end = grid_end(time, parts.step)
    if _truth(flag, frame, end) is here:
        frame[flag.look] = end
        return
    while True:
        middle = time + 0.5 * (end - time)
        if not time < middle < end:
            break
        if _truth(flag, frame, middle) is here:
            time = middle
        else:
            end = middle
    frame[flag.due] = end


def _law(variable: RelaxingVariable, frame: Frame) -> tuple[float, float]:
    """Return a relaxing variable's target and decay under the frame's parameters."""
    known = variable.variable
    target = _given(variable, frame, "towards")
    half_life = _given(variable, frame, "half_life")
    if not (known.low <= target <= known.high and abs(target) < math.inf):
        text = variable.relaxation.towards
        message = f"'{known.name}' relaxes towards {target:g}, outside its range {known.low:g} to {known.high:g}"
        raise RunError("E630", message, f"{text.text} at {text.location}", time=frame[TIME])
    decay = LOG_2 / half_life if 0.0 < half_life < math.inf else math.inf
    if not decay < math.inf:
        text = variable.relaxation.half_life
        message = f"'{known.name}' relaxes with a half-life of {half_life:g}"
        raise RunError(
            "E631", message, f"{text.text} at {text.location}", "expected a finite time above 0", time=frame[TIME]
        )
    return target, decay


def _given(variable: RelaxingVariable, frame: Frame, what: str) -> float:
    """Return what an expression of a variable's law comes to: `what` is `towards` or `half_life`."""
    evaluate: Any = getattr(variable, what)
    text = getattr(variable.relaxation, what)
    try:
        return float(evaluate(frame))
    except Fault as fault:
        where = f"{text.text} at {text.location}"
        message = f"'{what}' of the relaxing variable '{variable.variable.name}' has no value: {fault}"
        raise RunError("E604", message, where, time=frame[TIME]) from None
