"""How outcomes and measures are called where their figures stand: with the moment up to which they are counted.

An outcome that ends no run is seen only if it comes before another one ends the run, and a measure is taken up to that
moment. Where nothing ends a run early, outcomes are counted up to the horizon. Of an ending after which a run may go on
there are two figures: how often it was the first to come true, and how often it came true at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, assert_never

from sim.language.expressions.types import DURATION, Real
from sim.model.measuring.formulas import read_by
from sim.model.measuring.quantities import Formula, Measure, Moment, OnDate, SinceBranch, ValueAt, Window
from sim.model.model import Model
from sim.model.scenario import Scenario
from sim.statistics.differences import MeasureDifference, OutcomeDifference
from sim.statistics.uncertainty import VarianceComponents

BEFORE_END = "before the run ended"
FIRST = "first to come true"
TO_THE_END = "up to the run's end"
# Why runs are without a measure, as tables have it.
WITHOUT = {"never": "never came", "undefined": "no value", "stopped": "stopped", "failed": "failed"}
# What users know by a plain name, in data as in tables and in SQL.
PLAIN = {"variance_reduction": "gain", "aleatory": "chance", "epistemic": "ignorance"}


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of an outcome: that it came true, or only that it was the `first` ending to do so."""

    outcome: str
    first: bool = False


def figures_of(model: Model, outcomes: Iterable[str]) -> list[Counted]:
    """Return what is counted of outcomes: of each ending that it was the first, of all else that it came true at all.

    Where a run may go on after an ending, what comes true at all is counted of endings, too; of `otherwise` it is the
    same.
    """
    found = []
    for name in outcomes:
        outcome = model.outcomes[name]
        found += [Counted(name, first=True)] if outcome.ending else []
        found += [Counted(name)] if not outcome.ending or (model.goes_on and not outcome.otherwise) else []
    return found


def is_cut_off(model: Model, outcome: str) -> bool:
    """Return whether an outcome ends no run, in a model of which another one may end it."""
    found = model.outcomes[outcome]
    return not found.ends_run and not found.otherwise and model.stops_early


def counted(model: Model, outcome: str, *, first: bool = False) -> str:
    """Return what of an outcome is counted: as the run's end, at the horizon, before the run ended, or first."""
    found = model.outcomes[outcome]
    if found.ends_run and not (first and model.goes_on):
        return "as the run's end"
    if found.otherwise:
        return "at the horizon"
    return FIRST if first else BEFORE_END if is_cut_off(model, outcome) else "up to the horizon"


def by_the_horizon(scenarios: Iterable[Scenario]) -> str:
    """Return up to when outcomes are counted that no end of a run cuts off: `by` the date of the horizon."""
    horizons = {scenario.model.calendar.moment(scenario.horizon, hour=True) for scenario in scenarios}
    return f"by {horizons.pop()}" if len(horizons) == 1 else "by each scenario's horizon"


def up_to(scenarios: Sequence[Scenario]) -> str:
    """Return up to when all outcomes are counted that end no run: before the run ended, or by the horizon."""
    return BEFORE_END if any(one.model.stops_early for one in scenarios) else by_the_horizon(scenarios)


def measured_up_to(scenarios: Sequence[Scenario]) -> str:
    """Return up to when measures are taken, for a heading: up to the run's end, or up to the horizon."""
    if any(one.model.stops_early for one in scenarios):
        return TO_THE_END
    return f"up to {by_the_horizon(scenarios).removeprefix('by ')}"


def full(model: Model, outcome: str, *, first: bool = False) -> str:
    """Return the title of an outcome, of one that may be cut off with the words that it is one before the run ended."""
    return model.outcomes[outcome].title + suffix(model, outcome, first=first)


def short(model: Model, outcome: str, *, first: bool = False) -> str:
    """Return the short title of an outcome, what stands before its colon, with the same words.

    Where the title of another begins in the same way, it is the whole title.
    """
    title = model.outcomes[outcome].title
    before = title.partition(":")[0]
    alike = sum(other.title.partition(":")[0] == before for other in model.outcomes.values())
    return (before if alike == 1 else title) + suffix(model, outcome, first=first)


def suffix(model: Model, outcome: str, *, first: bool = False) -> str:
    """Return what stands behind an outcome's title where what is counted of it does not go without saying."""
    words = FIRST if first and model.goes_on else BEFORE_END if is_cut_off(model, outcome) else ""
    return f", {words}" if words and not (first and model.outcomes[outcome].otherwise) else ""


def suffix_of(label: str) -> str:
    """Return the words of `suffix` that a label ends with, if it does."""
    return next((words for words in (f", {BEFORE_END}", f", {FIRST}") if label.endswith(words)), "")


def without_suffix(label: str) -> str:
    """Return a label without those words, for where a heading has them."""
    return label.removesuffix(suffix_of(label))


def measured(model: Model, measure: str) -> str:
    """Say up to which moment, at which one, or within which window a measure is taken."""
    found = model.measures[measure]
    or_before = " if that came before" if model.stops_early else ""
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
    """Return the unit of a measure with a space before it, a length of time in the plural; nothing if it has none."""
    kind = model.measures[measure].type(model.calendar)
    if kind == DURATION:
        return f" {model.calendar.unit}s"
    word = model.calendar.unit_word(kind.unit) if isinstance(kind, Real) and kind.unit else ""
    return f" {word}" if word else ""


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
