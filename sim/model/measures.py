"""The numbers that a run yields, as a projection over its log: nothing is simulated again.

Times count from the branch. A run that an outcome ended stays as it was at its end.

A measure is None in a run in which its time never came, and UNDEFINED where it has no value for another reason: its
expression has none in some state of the run, or the run was stopped at the limit of events, so that nobody knows what
it would have come to. What is known by then stays: an `until` that came, a `value` whose time was over.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from sim.errors import RunError
from sim.model.event import LIMIT_OF_EVENTS, Event, Log
from sim.model.event_table import EventTable, table_of
from sim.model.evolve import carry, evolve
from sim.model.expression import Fault, Frame
from sim.model.model import (
    CountOf,
    Greatest,
    Integral,
    Least,
    Measure,
    OnDate,
    SinceBranch,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
)
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, at_branch, follow
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.event_table import Floats

PAST_BOUNDS = "it passes what numbers can be"
UNDEFINED = math.inf  # no measure is infinite: what passes all bounds has no value, either


def measure(program: Program, scenario: Scenario, log: Log) -> dict[str, float | None]:
    """Return the measures of one complete run by name; None where its time never came, UNDEFINED where it has none."""
    return {tally.measure.name: tally.value for tally in _tallied(program, scenario, log)}


def measures_of(program: Program, scenario: Scenario, logs: Iterable[Log]) -> "Floats":
    """Return the measures of complete runs, a line for each: NaN where there is none, and in a failed run."""
    import numpy as np

    names = program.model.measures
    none = dict.fromkeys(names)
    found = [none if log[-1].kind == "failed" or not names else measure(program, scenario, log) for log in logs]
    return np.array([list(one.values()) for one in found], np.float64).reshape(len(found), len(names))


def measured_table(program: Program, scenario: Scenario, run: int, log: Log) -> EventTable:
    """Return the table of one complete run, measured."""
    return table_of(run, [log], measures_of(program, scenario, [log]))


def undefined(program: Program, scenario: Scenario, log: Log) -> dict[str, RunError]:
    """Return why measures have no value in one complete run, by name: E604, with the time. Of the others nothing."""
    return {tally.measure.name: tally.fault for tally in _tallied(program, scenario, log) if tally.fault is not None}


def amounts(program: Program, scenario: Scenario, log: Log, name: str) -> Iterator[tuple[float, float]]:
    """Yield, for a measure of kind sum or count, the time of each event that adds to it and what it adds.

    Together they are the measure's value. Where an amount has no value, it is UNDEFINED, as the measure is.
    """
    item = program.model.measures[name]
    if not isinstance(item.quantity, SumOf | CountOf):
        return
    frame = at_branch(program, scenario, log)
    for event in log:
        if event.kind == "changed":
            follow(program, frame, event)
        if event.kind not in CHANGING:
            continue
        if event.type in item.quantity.on:
            tally = _adding(program, item)
            tally.count(frame, event)
            yield event.time, tally.value
        evolve(program, frame, event.type, event.marks, event.time)


def _tallied(program: Program, scenario: Scenario, log: Log) -> "list[_Tally]":
    frame = at_branch(program, scenario, log)
    tallies = [_tally(program, item, scenario) for item in program.model.measures.values()]
    for tally in tallies:
        tally.look(frame, scenario.start)
    for event in log:
        for tally in tallies:
            if tally.fault is None:
                tally.pass_time(frame, event.time)
        if event.kind in CHANGING:
            for tally in tallies:
                if tally.fault is None:
                    tally.count(frame, event)
            evolve(program, frame, event.type, event.marks, event.time)
        elif event.kind == "changed":
            follow(program, frame, event)
        else:
            continue
        for tally in tallies:
            if tally.fault is None:
                tally.look(frame, event.time)
    stopped = log[-1].kind == "ended" and log[-1].note == LIMIT_OF_EVENTS
    for tally in tallies:
        if stopped:
            tally.stop()
        elif tally.fault is None:
            tally.close(frame, scenario.horizon)
    return tallies


def _tally(program: Program, item: Measure, scenario: Scenario) -> "_Tally":
    start = scenario.start
    match item.quantity:
        case ValueAt(at=at):
            return _Value(program, item, scenario.horizon if at is None else _due(at, start))
        case TimeUntil():
            return _Until(program, item, start)
        case TimeWhile() | Integral():
            return _Integral(program, item, start)
        case Greatest():
            return _Extreme(program, item, max)
        case Least():
            return _Extreme(program, item, min)
        case SumOf() | CountOf():
            return _adding(program, item)
        case _:
            assert_never(item.quantity)


def _due(at: SinceBranch | OnDate, start: float) -> float:
    match at:
        case SinceBranch(time):
            return start + time
        case OnDate(time):
            return time
        case _:
            assert_never(at)


def _adding(program: Program, item: Measure) -> "_Count | _Sum":
    return _Count(program, item) if isinstance(item.quantity, CountOf) else _Sum(program, item)


class _Tally:
    """One measure of one run, as it grows. `value`: None while there is none, UNDEFINED for good after a `fault`."""

    value: float | None = None
    fault: RunError | None = None

    def __init__(self, program: Program, item: Measure) -> None:
        self.program = program
        self.measure, self.on = item, item.on
        if item.expression is not None:
            self.where = f"{item.expression.text} at {item.expression.location}"
            self.evaluate = program.compile(item.expression)

    def look(self, frame: Frame, now: float) -> None:
        """Look at a new state."""

    def pass_time(self, frame: Frame, now: float) -> None:
        """Let time pass up to `now` in the state of the frame, before the event that comes then."""

    def count(self, frame: Frame, event: Event) -> None:
        """Add what an event amounts to, on the state before it."""

    def close(self, frame: Frame, horizon: float) -> None:
        """End with the horizon."""

    def stop(self) -> None:
        """End at the limit of events."""
        self.value = UNDEFINED

    def spoil(self, why: str, now: float) -> None:
        name = self.measure.name
        self.fault = RunError("E604", f"the measure '{name}' has no value: {why}", self.where, time=now)
        self.value = UNDEFINED

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


class _Count(_Tally):
    value: float = 0.0

    def count(self, frame: Frame, event: Event) -> None:  # noqa: ARG002 - whatever the state is
        if event.type in self.on:
            self.value += 1.0


class _Adding(_Tally):
    value: float = 0.0

    def add(self, amount: float, now: float) -> None:
        """Let the sum grow, unless the amount has spoilt it. One that passes all bounds is none."""
        if self.fault is None:
            self.value += amount
            if not math.isfinite(self.value):
                self.spoil(PAST_BOUNDS, now)


class _Sum(_Adding):
    def count(self, frame: Frame, event: Event) -> None:
        if event.type in self.on:
            frame[TIME] = event.time
            carry(self.program, frame, event.type, event.marks)
            self.add(self.guarded(frame, event.time), event.time)


class _Integral(_Adding):
    def __init__(self, program: Program, item: Measure, start: float) -> None:
        super().__init__(program, item)
        self.last = start

    def pass_time(self, frame: Frame, now: float) -> None:
        if now > self.last:
            self.add(self.guarded(frame, self.last) * (now - self.last), now)
            self.last = now


class _Value(_Tally):
    def __init__(self, program: Program, item: Measure, due: float) -> None:
        super().__init__(program, item)
        self.due = due

    def pass_time(self, frame: Frame, now: float) -> None:
        if self.value is None and now > self.due:
            self._take(frame)

    def close(self, frame: Frame, horizon: float) -> None:
        if self.value is None and self.due <= horizon:
            self._take(frame)

    def stop(self) -> None:
        if self.value is None:
            self.value = UNDEFINED

    def _take(self, frame: Frame) -> None:
        time = frame[TIME]
        frame[TIME] = self.due
        self.value = self.guarded(frame, self.due)
        frame[TIME] = time


class _Until(_Tally):
    def __init__(self, program: Program, item: Measure, start: float) -> None:
        super().__init__(program, item)
        self.start = start

    def look(self, frame: Frame, now: float) -> None:
        if self.value is None and self.guarded(frame, now) and self.fault is None:
            self.value = now - self.start

    def stop(self) -> None:
        """What came stays."""


class _Extreme(_Tally):
    def __init__(self, program: Program, item: Measure, better: Callable[[float, float], float]) -> None:
        super().__init__(program, item)
        self.better = better

    def look(self, frame: Frame, now: float) -> None:
        value = self.guarded(frame, now)
        if self.fault is None:
            self.value = value if self.value is None else self.better(self.value, value)
