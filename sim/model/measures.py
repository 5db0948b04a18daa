"""The numbers that a run yields, as a projection over its log: nothing is simulated again.

Times count from the branch. A run that an outcome ended stays as it was at its end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sim.errors import RunError
from sim.model.event import Log
from sim.model.evolve import carry, evolve
from sim.model.expression import Evaluate, Fault, Frame
from sim.model.model import Measure
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, at_branch
from sim.model.scenario import Scenario


@dataclass
class _Tally:
    """One measure of one run, as it grows. `value` is None while there is none."""

    measure: Measure
    evaluate: Evaluate | None
    due: float
    value: float | None = None
    last: float = field(default=0.0)


def measure(program: Program, scenario: Scenario, log: Log) -> dict[str, float | None]:
    """Return the measures of one complete run by name; None where a run has none (`until` never came).

    Raise RunError E604 when a measure's expression has no value in this run.
    """
    frame = at_branch(program, scenario, log)
    tallies = [_tally(program, item, scenario) for item in program.model.measures.values()]
    _look(tallies, frame, scenario.start, scenario)
    for event in log:
        _pass_time(tallies, frame, event.time, scenario)
        if event.kind in CHANGING:
            _count(tallies, program, frame, event.type, event.marks, event.time)
            evolve(program, frame, event.type, event.marks, event.time)
            _look(tallies, frame, event.time, scenario)
    _pass_time(tallies, frame, scenario.horizon, scenario, ended=True)
    return {tally.measure.name: tally.value for tally in tallies}


def _tally(program: Program, item: Measure, scenario: Scenario) -> _Tally:
    evaluate = program.compile(item.expression) if item.expression is not None else None
    due = scenario.horizon
    if item.at is not None:
        due = item.at if item.at_is_date else scenario.start + item.at
    value = 0.0 if item.kind in ("sum", "count", "time_while", "integral") else None
    return _Tally(item, evaluate, due, value, scenario.start)


def _guarded(tally: _Tally, frame: Frame) -> float:
    assert tally.evaluate is not None, "only a count has no expression"
    try:
        return float(tally.evaluate(frame))
    except Fault as fault:
        text = tally.measure.expression
        where = f"{text.text} at {text.place}" if text else ""
        raise RunError("E604", f"the measure '{tally.measure.name}' has no value: {fault}", where) from None


def _look(tallies: list[_Tally], frame: Frame, now: float, scenario: Scenario) -> None:
    """Look at a new state: when conditions first hold, greatest and least values."""
    for tally in tallies:
        kind = tally.measure.kind
        if kind == "until":
            if tally.value is None and _guarded(tally, frame):
                tally.value = now - scenario.start
        elif kind in ("max", "min"):
            value = _guarded(tally, frame)
            better: Callable[[float, float], float] = max if kind == "max" else min
            tally.value = value if tally.value is None else better(tally.value, value)


def _pass_time(tallies: list[_Tally], frame: Frame, now: float, scenario: Scenario, *, ended: bool = False) -> None:
    """Let time pass up to `now` in the state of the frame, before the event that comes then."""
    for tally in tallies:
        kind = tally.measure.kind
        if kind in ("time_while", "integral"):
            if not ended and now > tally.last:
                assert tally.value is not None, "a sum over time begins at 0"
                tally.value += _guarded(tally, frame) * (now - tally.last)
                tally.last = now
        elif kind == "value" and tally.value is None and (now > tally.due or (ended and tally.due <= scenario.horizon)):
            time = frame[TIME]
            frame[TIME] = min(tally.due, now)
            tally.value = _guarded(tally, frame)
            frame[TIME] = time


def _count(
    tallies: list[_Tally], program: Program, frame: Frame, event: str, marks: tuple[float, ...], now: float
) -> None:
    """Add what one event amounts to, on the state before it."""
    for tally in tallies:
        if event in tally.measure.on:
            assert tally.value is not None, "a sum begins at 0"
            if tally.measure.kind == "count":
                tally.value += 1.0
                continue
            frame[TIME] = now
            carry(program, frame, event, marks)
            tally.value += _guarded(tally, frame)


def amounts(program: Program, scenario: Scenario, log: Log, name: str) -> Iterator[tuple[float, float]]:
    """Yield, for a measure of kind sum or count, the time of each event that adds to it and what it adds.

    Together they are the measure's value. Raise RunError E604 when an amount has no value.
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
