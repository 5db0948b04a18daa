"""The numbers that a run yields, as a projection over its log: nothing is simulated again.

Times count from the branch. A run that an outcome ended stays as it was at its end.

A measure is None in a run in which its time never came, and UNDEFINED where it has no value for another reason: its
expression has none in some state of the run, or the run was stopped at the limit of events, so that nobody knows what
it would have come to. What is known by then stays: an `until` that came, a `value` whose time was over.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import RunError
from sim.model.event import LIMIT_OF_EVENTS, Log
from sim.model.event_table import EventTable, table_of
from sim.model.evolve import carry, evolve
from sim.model.expression import Evaluate, Fault, Frame
from sim.model.model import Measure
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, at_branch
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.event_table import Floats

PAST_BOUNDS = "it passes what numbers can be"
UNDEFINED = math.inf  # no measure is infinite: what passes all bounds has no value, either


@dataclass
class _Tally:
    """One measure of one run, as it grows. `value` is None while there is none, UNDEFINED for good after a `fault`."""

    measure: Measure
    evaluate: Evaluate | None
    due: float
    value: float | None = None
    last: float = field(default=0.0)
    fault: RunError | None = None


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


def _tallied(program: Program, scenario: Scenario, log: Log) -> list[_Tally]:
    frame = at_branch(program, scenario, log)
    tallies = [_tally(program, item, scenario) for item in program.model.measures.values()]
    _look(tallies, frame, scenario.start, scenario)
    for event in log:
        _pass_time(tallies, frame, event.time, scenario)
        if event.kind in CHANGING:
            _count(tallies, program, frame, event.type, event.marks, event.time)
            evolve(program, frame, event.type, event.marks, event.time)
            _look(tallies, frame, event.time, scenario)
    if log[-1].kind == "ended" and log[-1].note == LIMIT_OF_EVENTS:
        for tally in tallies:
            if tally.measure.kind not in ("until", "value") or (tally.value is None and tally.measure.kind == "value"):
                tally.value = UNDEFINED
    else:
        _pass_time(tallies, frame, scenario.horizon, scenario, ended=True)
    return tallies


def _tally(program: Program, item: Measure, scenario: Scenario) -> _Tally:
    evaluate = program.compile(item.expression) if item.expression is not None else None
    due = scenario.horizon
    if item.at is not None:
        due = item.at if item.at_is_date else scenario.start + item.at
    value = 0.0 if item.kind in ("sum", "count", "time_while", "integral") else None
    return _Tally(item, evaluate, due, value, scenario.start)


def _guarded(tally: _Tally, frame: Frame, now: float) -> float:
    """Return what a measure's expression is at `now`; UNDEFINED, with the fault noted, where it is nothing."""
    assert tally.evaluate is not None, "only a count has no expression"
    try:
        value = float(tally.evaluate(frame))
    except Fault as fault:
        _spoil(tally, str(fault), now)
        return UNDEFINED
    if not math.isfinite(value):
        _spoil(tally, PAST_BOUNDS, now)
        return UNDEFINED
    return value


def _spoil(tally: _Tally, why: str, now: float) -> None:
    text = tally.measure.expression
    where = f"{text.text} at {text.place}" if text else ""
    tally.fault = RunError("E604", f"the measure '{tally.measure.name}' has no value: {why}", where, time=now)
    tally.value = UNDEFINED


def _add(tally: _Tally, amount: float, now: float) -> None:
    """Let a sum grow, unless the amount has spoilt it. One that passes all bounds is none."""
    if tally.fault is None:
        assert tally.value is not None, "a sum begins at 0"
        tally.value += amount
        if not math.isfinite(tally.value):
            _spoil(tally, PAST_BOUNDS, now)


def _look(tallies: list[_Tally], frame: Frame, now: float, scenario: Scenario) -> None:
    """Look at a new state: when conditions first hold, greatest and least values."""
    for tally in tallies:
        kind = tally.measure.kind
        if tally.fault is not None:
            continue
        if kind == "until":
            if tally.value is None and _guarded(tally, frame, now) and tally.fault is None:
                tally.value = now - scenario.start
        elif kind in ("max", "min"):
            value = _guarded(tally, frame, now)
            if tally.fault is None:
                better: Callable[[float, float], float] = max if kind == "max" else min
                tally.value = value if tally.value is None else better(tally.value, value)


def _pass_time(tallies: list[_Tally], frame: Frame, now: float, scenario: Scenario, *, ended: bool = False) -> None:
    """Let time pass up to `now` in the state of the frame, before the event that comes then."""
    for tally in tallies:
        kind = tally.measure.kind
        if tally.fault is not None:
            continue
        if kind in ("time_while", "integral"):
            if not ended and now > tally.last:
                _add(tally, _guarded(tally, frame, tally.last) * (now - tally.last), now)
                tally.last = now
        elif kind == "value" and tally.value is None and (now > tally.due or (ended and tally.due <= scenario.horizon)):
            time = frame[TIME]
            frame[TIME] = min(tally.due, now)
            tally.value = _guarded(tally, frame, frame[TIME])
            frame[TIME] = time


def _count(
    tallies: list[_Tally], program: Program, frame: Frame, event: str, marks: tuple[float, ...], now: float
) -> None:
    """Add what one event amounts to, on the state before it."""
    for tally in tallies:
        if event in tally.measure.on and tally.fault is None:
            if tally.measure.kind == "count":
                _add(tally, 1.0, now)
                continue
            frame[TIME] = now
            carry(program, frame, event, marks)
            _add(tally, _guarded(tally, frame, now), now)


def amounts(program: Program, scenario: Scenario, log: Log, name: str) -> Iterator[tuple[float, float]]:
    """Yield, for a measure of kind sum or count, the time of each event that adds to it and what it adds.

    Together they are the measure's value. Where an amount has no value, it is UNDEFINED, as the measure is.
    """
    item = program.model.measures[name]
    frame = at_branch(program, scenario, log)
    for event in log:
        if event.kind not in CHANGING:
            continue
        if event.type in item.on:
            tally = _tally(program, item, scenario)
            _count([tally], program, frame, event.type, event.marks, event.time)
            assert tally.value is not None, "a sum begins at 0"
            yield event.time, tally.value
        evolve(program, frame, event.type, event.marks, event.time)
