"""What one run comes to: its outcomes with their times, its measures, how it ended. A projection over its log."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.event import Log, is_whole
from sim.model.measures import measure
from sim.model.program import Program
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Summary:
    """One run in numbers. `outcomes` maps those reached to their times since the branch, below 0 for what had come
    true in the run that it branches from; `measures` are as `sim.model.measures` gives them; `parameters` are its
    values in order of names.

    `followed` is the time since the branch at which it failed or was stopped, infinite if it was followed to its end;
    `outcomes` are then what had come true before. `failed` is the error's code and the rule that it befell; a failed
    run has no measures.
    """

    run: int
    events: int
    outcomes: Mapping[str, float]
    measures: Mapping[str, float | None]
    parameters: tuple[float, ...] = ()
    ended: str = ""
    failed: str = ""
    followed: float = math.inf


def summarise(program: Program, scenario: Scenario, run: int, log: Log) -> Summary:
    """Return the summary of a complete run."""
    last = log[-1]
    reached = [event for event in (*scenario.past, *log) if event.kind == "outcome"]
    outcomes = {event.type: event.time - scenario.start for event in reached}
    followed = math.inf if is_whole(log) else last.time - scenario.start
    if last.kind == "failed":
        what = f"{last.type} in rule '{last.rule}'" if last.rule else last.type
        return Summary(run, len(log), outcomes, {}, log[0].marks, last.type, what, followed)
    measures = measure(program, scenario, log)
    return Summary(run, len(log), outcomes, measures, log[0].marks, last.note, followed=followed)
