"""One measure of one run as it grows: a class for each kind, told of all that happens in the order of the log.

What the kinds and their windows mean is said in `sim.model.measures`, which tells the tallies what happens.
"""

import math
from collections.abc import Callable
from typing import assert_never

from sim.errors import RunError
from sim.language.expressions.tree import Expression, moves
from sim.model.event import Event
from sim.model.evolve import carry
from sim.model.expression import Fault, Frame, Slots, compiled
from sim.model.measuring.quantities import Measure, Moment, OnDate, SinceBranch
from sim.model.program import TIME, Program
from sim.model.scenario import Scenario
from sim.numerics.cells import grid_end

PAST_BOUNDS = "it passes what numbers can be"
UNDEFINED = math.inf  # no measure is infinite: what passes all bounds has no value, either


class Tally:
    """One measure of one run, as it grows. `value`: None while there is none, UNDEFINED for good after a `fault`."""

    value: float | None = None
    fault: RunError | None = None

    def __init__(self, program: Program, item: Measure, scenario: Scenario, slots: Slots | None = None) -> None:
        self.program = program
        self.measure, self.on = item, item.on
        opens, closes, self.when = item.window.opens, item.window.closes, item.window.when
        self.opens = scenario.start if opens is None else max(scenario.start, time_of(opens, scenario.start))
        self.closes = math.inf if closes is None else time_of(closes, scenario.start)
        self.holds = None if self.when is None else program.compile(self.when)
        self.moving = item.expression is not None and moves(item.expression.tree, program.relaxing)
        if item.expression is not None:
            self.evaluate = compiled(item.expression.tree, program.slots if slots is None else slots)

    def look(self, frame: Frame, now: float) -> None:
        """Look at a new state."""

    def pass_time(self, frame: Frame, now: float) -> None:
        """Let time pass up to `now` in the state of the frame, before what comes then."""

    def count(self, frame: Frame, event: Event) -> bool:  # noqa: ARG002 - most have nothing to count
        """Add what an event amounts to, on the state before it; return whether it adds anything, or should have."""
        return False

    def close(self, frame: Frame, ended: float, horizon: float) -> None:
        """End with the run, which ended at a time, at the horizon or before."""

    def stop(self, frame: Frame, now: float) -> None:  # noqa: ARG002 - one of them looks at the state
        """End at the limit of events, with another one due `now`: what has a window that is over is known."""
        if now <= self.closes:
            self.value = UNDEFINED

    def spoil(self, why: str, now: float, expression: Expression | None = None) -> None:
        """Note that the measure has no value, because of its expression, or of another one."""
        name, at_fault = self.measure.name, expression or self.measure.expression
        where = f"{at_fault.text} at {at_fault.location}" if at_fault is not None else ""
        self.fault = RunError("E604", f"the measure '{name}' has no value: {why}", where, time=now)
        self.value = UNDEFINED

    def admits(self, frame: Frame, now: float) -> bool:
        """Return whether the condition of the window holds; False, with the fault noted, where nobody can tell."""
        if self.holds is None:
            return True
        try:
            return bool(self.holds(frame))
        except Fault as fault:
            self.spoil(str(fault), now, self.when)
            return False

    def guarded_at(self, frame: Frame, time: float) -> float:
        """Return what the expression is at a time, if nothing else changes."""
        now, frame[TIME] = frame[TIME], time
        value = self.guarded(frame, time)
        frame[TIME] = now
        return value

    def grid_after(self, time: float, last: float) -> float:
        """Return the next point of the model's grid after a time, or `last` if that comes first."""
        return min(grid_end(time, self.program.motion.step), last)

    def guarded(self, frame: Frame, now: float) -> float:
        """Return what the expression is at `now`; UNDEFINED, with the fault noted, where it is nothing."""
        try:
            value = float(self.evaluate(frame))
        except Fault as fault:
            self.spoil(str(fault), now)
            return UNDEFINED
        if not math.isfinite(value):
            self.spoil(PAST_BOUNDS, now)
            return UNDEFINED
        return value


class Adding(Tally):
    value: float = 0.0

    def add(self, amount: float, now: float) -> None:
        """Let the sum grow, unless the amount has spoilt it. One that passes all bounds is none."""
        if self.fault is None:
            self.value += amount
            if not math.isfinite(self.value):
                self.spoil(PAST_BOUNDS, now)


class EventCount(Adding):
    def count(self, frame: Frame, event: Event) -> bool:
        if event.type not in self.on or not self.opens <= event.time <= self.closes:
            return False
        frame[TIME] = event.time
        carry(self.program, frame, event.type, event.marks)
        if self.admits(frame, event.time):
            self.add(self.amount(frame, event.time), event.time)
            return True
        return self.fault is not None

    def amount(self, frame: Frame, now: float) -> float:  # noqa: ARG002 - each counts for one
        """Return what an event amounts to."""
        return 1.0


class EventSum(EventCount):
    def amount(self, frame: Frame, now: float) -> float:
        return self.guarded(frame, now)


class TimeIntegral(Adding):
    def __init__(self, program: Program, item: Measure, scenario: Scenario) -> None:
        super().__init__(program, item, scenario)
        self.last = scenario.start

    def pass_time(self, frame: Frame, now: float) -> None:
        low, high = max(self.last, self.opens), min(now, self.closes)
        if high > low and self.admits(frame, low):
            self.add(self.area(frame, low, high) if self.moving else self.guarded(frame, low) * (high - low), high)
        self.last = now

    def area(self, frame: Frame, low: float, high: float) -> float:
        """Return the integral of what changes with time: in each cell of the grid by Simpson's rule on four parts."""
        total = 0.0
        start = low
        while start < high and self.fault is None:
            end = self.grid_after(start, high)
            width = end - start
            values = [self.guarded_at(frame, time) for time in quarters(start, end)]
            first, second, third, fourth, fifth = values
            total = total + width / 12.0 * (first + 4.0 * second + 2.0 * third + 4.0 * fourth + fifth)
            start = end
        return total


class ValueThen(Tally):
    """A value at a time. A run that is over by then is as it was at its end."""

    def __init__(self, program: Program, item: Measure, scenario: Scenario, due: float) -> None:
        super().__init__(program, item, scenario)
        self.due = due

    def pass_time(self, frame: Frame, now: float) -> None:
        if self.value is None and now > self.due:
            self.value = self.guarded_at(frame, self.due)

    def close(self, frame: Frame, ended: float, horizon: float) -> None:
        if self.value is None and self.due <= horizon:
            self.value = self.guarded_at(frame, min(self.due, ended))

    def stop(self, frame: Frame, now: float) -> None:  # noqa: ARG002 - what was taken is known
        if self.value is None:
            self.value = UNDEFINED


class LastValue(Tally):
    """A value at the last moment of a window at which a condition holds: whatever was before has no say."""

    def __init__(self, program: Program, item: Measure, scenario: Scenario, due: float) -> None:
        super().__init__(program, item, scenario)
        self.closes = due
        self.since = scenario.start  # when the state began
        self.kept: tuple[Frame, float] | None = None  # the last state in which the condition held, until when
        self.doubt: Fault | None = None  # nobody can tell whether it held in a later one

    def pass_time(self, frame: Frame, now: float) -> None:
        if self.since <= self.closes and now >= self.opens:
            try:
                if self.holds is None or self.holds(frame):
                    self.kept, self.doubt = (list(frame), min(now, self.closes)), None
            except Fault as fault:
                self.doubt = fault
                self.doubted_at = min(now, self.closes)
        self.since = now

    def close(self, frame: Frame, ended: float, horizon: float) -> None:  # noqa: ARG002 - the frame of then was kept
        if self.doubt is not None:
            self.spoil(str(self.doubt), self.doubted_at, self.when)
        elif self.kept is not None:
            kept, time = self.kept
            kept[TIME] = time
            self.value = self.guarded(kept, time)

    def stop(self, frame: Frame, now: float) -> None:
        if now > self.closes:
            self.close(frame, now, now)
        else:
            self.value = UNDEFINED


class Looking(Tally):
    """A measure that looks at every state inside of its window."""

    def __init__(self, program: Program, item: Measure, scenario: Scenario) -> None:
        super().__init__(program, item, scenario)
        self.opened = self.opens <= scenario.start

    def look(self, frame: Frame, now: float) -> None:
        if self.opens <= now <= self.closes and self.admits(frame, now):
            self.see(frame, now)

    def pass_time(self, frame: Frame, now: float) -> None:
        if not self.opened and now >= self.opens:
            self.opened = True
            self.look_at(frame, self.opens)

    def look_at(self, frame: Frame, time: float) -> None:
        """Look at the state of the frame as it is at a time, if nothing else changes."""
        now, frame[TIME] = frame[TIME], time
        self.look(frame, time)
        frame[TIME] = now

    def see(self, frame: Frame, now: float) -> None:
        """Look at a state that counts."""


class FirstMoment(Looking):
    """The time until a condition first holds, which nothing changes any more once it came."""

    def look(self, frame: Frame, now: float) -> None:
        if self.value is None:
            super().look(frame, now)

    def see(self, frame: Frame, now: float) -> None:
        if self.guarded(frame, now) and self.fault is None:
            self.value = now - self.opens

    def stop(self, frame: Frame, now: float) -> None:
        """What came stays."""


class Extreme(Looking):
    def __init__(
        self, program: Program, item: Measure, scenario: Scenario, better: Callable[[float, float], float]
    ) -> None:
        super().__init__(program, item, scenario)
        self.better = better
        self.last = scenario.start

    def pass_time(self, frame: Frame, now: float) -> None:
        super().pass_time(frame, now)
        if self.moving:
            time, end = max(self.last, self.opens), min(now, self.closes)
            while time < end and self.fault is None:
                time = self.grid_after(time, end)
                self.look_at(frame, time)
        self.last = now

    def see(self, frame: Frame, now: float) -> None:
        value = self.guarded(frame, now)
        if self.fault is None:
            self.value = value if self.value is None else self.better(self.value, value)


def quarters(start: float, end: float) -> tuple[float, float, float, float, float]:
    """Return the ends of a stretch of time, and what divides it into four."""
    width = end - start
    return start, start + 0.25 * width, start + 0.5 * width, start + 0.75 * width, end


def time_of(moment: Moment, start: float) -> float:
    """Return when a moment is in runs that begin at `start`."""
    match moment:
        case SinceBranch(time):
            return start + time
        case OnDate(time):
            return time
        case _:
            assert_never(moment)
