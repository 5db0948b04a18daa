"""How outcomes and measures are called where their figures stand: with the moment up to which they are counted.

A milestone, an outcome that ends no run, is seen only if it comes before another outcome ends the run, and a measure is
taken up to that moment.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, assert_never

from sim.language.expressions.types import DURATION
from sim.model.measuring.formulas import read_by
from sim.model.model import Formula, Measure, Model, Moment, OnDate, SinceBranch, TimeUntil, TimeWhile, ValueAt, Window
from sim.statistics.differences import MeasureDifference, OutcomeDifference
from sim.statistics.uncertainty import VarianceComponents

BEFORE_END = "before the run ended"
TO_THE_END = "up to the run's end"
# Why runs are without a measure, as tables have it.
WITHOUT = {"never": "never came", "undefined": "no value", "stopped": "stopped", "failed": "failed"}
# What users know by a plain name, in data as in tables and in SQL.
PLAIN = {"variance_reduction": "gain", "aleatory": "chance", "epistemic": "ignorance"}


def is_milestone(model: Model, outcome: str) -> bool:
    """Return whether an outcome ends no run, in a model of which another one may end it."""
    found = model.outcomes[outcome]
    return not found.ends_run and not found.otherwise and _may_end(model)


def _may_end(model: Model) -> bool:
    return any(outcome.ends_run for outcome in model.outcomes.values())


def counted(model: Model, outcome: str) -> str:
    """Return what of an outcome is counted: as the run's end, at the horizon, or before the run ended."""
    found = model.outcomes[outcome]
    if found.ends_run:
        return "as the run's end"
    if found.otherwise:
        return "at the horizon"
    return BEFORE_END if is_milestone(model, outcome) else "up to the horizon"


def full(model: Model, outcome: str) -> str:
    """Return the title of an outcome, of a milestone with the words that it is one before the run ended."""
    return model.outcomes[outcome].title + suffix(model, outcome)


def short(model: Model, outcome: str) -> str:
    """Return the short title of an outcome, what stands before its colon, with the same words.

    Where the title of another begins in the same way, it is the whole title.
    """
    title = model.outcomes[outcome].title
    first = title.partition(":")[0]
    alike = sum(other.title.partition(":")[0] == first for other in model.outcomes.values())
    return (first if alike == 1 else title) + suffix(model, outcome)


def suffix(model: Model, outcome: str) -> str:
    return f", {BEFORE_END}" if is_milestone(model, outcome) else ""


def measured(model: Model, measure: str) -> str:
    """Say up to which moment, at which one, or within which window a measure is taken."""
    found = model.measures[measure]
    or_before = " if that came before" if _may_end(model) else ""
    if isinstance(found.quantity, Formula):
        return f"from {', '.join(read_by(found))}"
    if found.window != Window():
        at_end = found.window.closes is None and not (isinstance(found.quantity, ValueAt) and found.quantity.at)
        return _within(model, found) + (f", or to the run's end{or_before}" if or_before and not at_end else "")
    match found.quantity:
        case ValueAt(at=None):
            return "at the run's end"
        case ValueAt(at=SinceBranch() | OnDate() as at):
            return _moment(model, at) + (f", or at the run's end{or_before}" if or_before else "")
        case _:
            return TO_THE_END


def _within(model: Model, measure: Measure) -> str:
    """Say in which window a measure counts: `from 2014-10-01 to the end of 2014-10-31, while talks == open`."""
    opens, closes, when = measure.window.opens, measure.window.closes, measure.window.when
    last = isinstance(measure.quantity, ValueAt)
    closes = measure.quantity.at if isinstance(measure.quantity, ValueAt) else closes
    to = "the run's end" if closes is None else _end(model, closes, hour=True)
    said = f"up to {to}" if opens is None else f"from {_end(model, opens, hour=False)} to {to}"
    return ("at the last moment " if last else "") + said + (f", while {when.text}" if when is not None else "")


def unit_of(model: Model, measure: str) -> str:
    """Return the unit of a measure that is a length of time, with a space before it; else nothing."""
    found = model.measures[measure]
    given = found.expression
    timed = isinstance(found.quantity, TimeUntil | TimeWhile) or (given is not None and given.type == DURATION)
    return f" {model.calendar.unit}s" if timed and not model.calendar.abstract else ""


def measure_title(model: Model, measure: str) -> str:
    """Return the title of a measure, with its window, or the moment of one that is a value at a moment."""
    found = model.measures[measure]
    if found.window != Window():
        return f"{found.title}, {_within(model, found)}"
    at = found.quantity.at if isinstance(found.quantity, ValueAt) else None
    return found.title if at is None else f"{found.title}, {_moment(model, at)}"


def _moment(model: Model, at: Moment) -> str:
    return ("at " if isinstance(at, OnDate) else "") + _end(model, at, hour=True)


def _end(model: Model, at: Moment, *, hour: bool) -> str:
    """Write a moment; `hour` says that midnight is told from the day that it begins."""
    calendar = model.calendar
    match at:
        case OnDate(time):
            return calendar.moment(time, hour=hour)
        case SinceBranch(time):
            return f"{time:.4g}{'' if calendar.abstract else f' {calendar.unit}s'} after the branch"
        case _:
            assert_never(at)


def figures(found: OutcomeDifference | MeasureDifference | VarianceComponents) -> Mapping[str, Any]:
    """Return figures as JSON-ready data, under their plain names."""
    return {PLAIN.get(name, name): value for name, value in asdict(found).items()}
