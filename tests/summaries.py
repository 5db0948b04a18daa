"""What one run comes to, read from its log event by event: what the columns of `sim.analysis.runs` are held against."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.runs import Runs, Words
from sim.model.event import Log, is_whole
from sim.model.measures import measure
from sim.model.model import Model
from sim.model.program import Program
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Summary:
    """One run in numbers. `outcomes` maps those reached to their times since the branch, below 0 for what had come
    true in the run that it branches from; `measures` are as `sim.model.measures` gives them; `parameters` are its
    values in order of names.

    `first` is the first ending that came true, or `ended`. `followed` is the time since the branch at which it failed
    or was stopped, infinite if it was followed to its end; `outcomes` are then what had come true before. `failed` is
    the error's code and the rule that it befell; a failed run has no measures.
    """

    run: int
    events: int
    outcomes: Mapping[str, float]
    measures: Mapping[str, float | None]
    parameters: tuple[float, ...] = ()
    ended: str = ""
    failed: str = ""
    followed: float = math.inf
    first: str = ""


def summarise(program: Program, scenario: Scenario, run: int, log: Log) -> Summary:
    """Return the summary of a complete run."""
    last = log[-1]
    reached = [event for event in (*scenario.past, *log) if event.kind == "outcome"]
    outcomes = {event.type: event.time - scenario.start for event in reached}
    endings = (event.type for event in reached if _is_ending(program.model, event.type))
    followed = math.inf if is_whole(log) else last.time - scenario.start
    if last.kind == "failed":
        what = f"{last.type} in rule '{last.rule}'" if last.rule else last.type
        first = next(endings, last.type)
        return Summary(run, len(log), outcomes, {}, log[0].marks, last.type, what, followed, first)
    measures, first = measure(program, scenario, log), next(endings, last.note)
    return Summary(run, len(log), outcomes, measures, log[0].marks, last.note, followed=followed, first=first)


def _is_ending(model: Model, outcome: str) -> bool:
    return outcome in model.outcomes and model.outcomes[outcome].ending


def columns(model: Model, summaries: Sequence[Summary]) -> Runs:
    """Lay out summaries of runs of a model."""
    broken = sorted((summary for summary in summaries if summary.failed), key=lambda summary: summary.run)
    common = Counter(summary.failed for summary in broken)
    never, nothing = float("inf"), float("nan")
    followed = np.array([one.followed for one in summaries], dtype=float)
    assert all(np.isfinite(one.followed) for one in broken), "a failed run was followed until it failed"

    def time(one: Summary, name: str) -> float:
        return one.outcomes.get(name, never if one.followed == never else nothing)

    def measured(one: Summary, name: str) -> float:
        return nothing if (value := one.measures.get(name)) is None else value

    return Runs(
        np.array([summary.run for summary in summaries], dtype=np.int64),
        {name: np.array([time(one, name) for one in summaries], dtype=float) for name in model.outcomes},
        {name: np.array([measured(one, name) for one in summaries], dtype=float) for name in model.measures},
        {
            name: np.array([one.parameters[place] for one in summaries], dtype=float)
            for place, name in enumerate(model.parameters)
        },
        Words.of(summary.ended for summary in summaries),
        np.array([summary.events for summary in summaries], dtype=np.int64),
        followed,
        {what: tuple(one.run for one in broken if one.failed == what) for what, _ in common.most_common()},
        Words.of(summary.first or summary.ended for summary in summaries),
    )
