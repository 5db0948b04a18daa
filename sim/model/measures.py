"""The numbers that a run yields, as a projection over its log: nothing is simulated again.

Times count from the branch. A run that an outcome ended stays as it was at its end.

A measure is about its window, whose ends belong to it: from the branch to the run's end, or from one moment to another.
An event at either end counts. A state is inside if the run is in it at some moment of the window, and a state lasts
from the event that made it to the one that ends it, both included; so the state that an event at the window's beginning
ends is inside, as is the one that an event at its end makes. With a `when`, of that only what comes while it holds:

- a sum or a count: the events inside before which it holds;
- a time while, an integral: the time inside while it holds;
- a time until: from the window's beginning to the first moment inside at which it holds and the condition, too;
- a greatest or least value: over the states inside in which it holds; of what changes with time the values are looked
  at where a state begins and ends, and where the grid of the model's `step` has a point;
- a value: at the last moment inside at which it holds; without `when`, at the window's end or the run's, if that is
  before, with the time of then. Only a value that has no `from` and no `when` is also known of a run that ended before
  its time.

The integral of what changes with time is taken by Simpson's rule in each cell of that grid.

A formula is worked out from other measures when the run is over: None where one that it reads is None, and UNDEFINED
where one is that.

A measure is None in a run in which its time never came: a condition never held, or the window has no moment of the run
in it. It is UNDEFINED where it has no value for another reason: an expression has none in a state that it is looked at
in, or the run was stopped at the limit of events, so that nobody knows what it would have come to. What is known by
then stays: a time until that came, and whatever has a window that was over.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from sim.errors import RunError
from sim.model.event import LIMIT_OF_EVENTS, Event, Log
from sim.model.event_table import EventTable, table_of
from sim.model.expression import Frame
from sim.model.measuring.formulas import WorkedOut, formulas_in_order
from sim.model.measuring.quantities import (
    CountOf,
    Formula,
    Greatest,
    Integral,
    Least,
    Measure,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
)
from sim.model.measuring.tallies import UNDEFINED as UNDEFINED
from sim.model.measuring.tallies import (
    EventCount,
    EventSum,
    Extreme,
    FirstMoment,
    LastValue,
    Tally,
    TimeIntegral,
    ValueThen,
    time_of,
)
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, at_branch, follow, moments
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.event_table import Floats


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
        for _ in moments(program, frame, event):
            pass
        if event.kind in CHANGING:
            tally = _adding(program, item, scenario)
            if tally.count(frame, event):
                yield event.time, tally.value
        _follow(program, frame, event)


def _tallied(program: Program, scenario: Scenario, log: Log) -> list[Tally]:
    frame = at_branch(program, scenario, log)
    tallies = [_tally(program, item, scenario) for item in program.model.measures.values()]
    for tally in tallies:
        tally.look(frame, scenario.start)

    def passing(time: float) -> None:
        for tally in tallies:
            if tally.fault is None:
                tally.pass_time(frame, time)

    for event in log:
        for _ in moments(program, frame, event, passing):
            for tally in tallies:
                if tally.fault is None:
                    tally.look(frame, frame[TIME])
        passing(event.time)
        if event.kind in CHANGING:
            for tally in tallies:
                if tally.fault is None:
                    tally.count(frame, event)
        if _follow(program, frame, event):
            for tally in tallies:
                if tally.fault is None:
                    tally.look(frame, event.time)
    stopped = log[-1].kind == "ended" and log[-1].note == LIMIT_OF_EVENTS
    for tally in tallies:
        if stopped:
            tally.stop(frame, log[-1].time)
        elif tally.fault is None:
            tally.close(frame, log[-1].time, scenario.horizon)
    known = {tally.measure.name: tally for tally in tallies}
    for item in formulas_in_order(program.model.measures):
        formula = known[item.name]
        assert isinstance(formula, WorkedOut), "a formula is worked out"
        formula.work_out(known, log[-1].time)
    return tallies


def _follow(program: Program, frame: Frame, event: Event) -> bool:
    """Let a row of a run's log change the frame; return whether it may have, so that measures look again."""
    if event.kind not in CHANGING and event.kind != "changed":
        return False
    follow(program, frame, event)
    return True


def _tally(program: Program, item: Measure, scenario: Scenario) -> Tally:
    match item.quantity:
        case ValueAt(at=at):
            last = item.window.opens is not None or item.window.when is not None
            due = scenario.horizon if at is None else time_of(at, scenario.start)
            return LastValue(program, item, scenario, due) if last else ValueThen(program, item, scenario, due)
        case TimeUntil():
            return FirstMoment(program, item, scenario)
        case TimeWhile() | Integral():
            return TimeIntegral(program, item, scenario)
        case Greatest():
            return Extreme(program, item, scenario, max)
        case Least():
            return Extreme(program, item, scenario, min)
        case SumOf() | CountOf():
            return _adding(program, item, scenario)
        case Formula():
            return WorkedOut(program, item, scenario)
        case _:
            assert_never(item.quantity)


def _adding(program: Program, item: Measure, scenario: Scenario) -> EventCount:
    return (EventCount if isinstance(item.quantity, CountOf) else EventSum)(program, item, scenario)
