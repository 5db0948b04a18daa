"""What one run comes to: its outcomes with their times, its measures, how it ended. A projection over its log."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.event import Log
from sim.model.measures import measure
from sim.model.program import Program
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Summary:
    """One run in numbers. `outcomes` maps those reached to their times since the branch, below 0 for what had come
    true in the run that it branches from; `parameters` are its values in order of names; `failed` is the
    error's code and the rule that it befell, and the rest is empty then.
    """

    run: int
    events: int
    outcomes: Mapping[str, float]
    measures: Mapping[str, float | None]
    parameters: tuple[float, ...] = ()
    ended: str = ""
    failed: str = ""


def summarise(program: Program, scenario: Scenario, run: int, log: Log) -> Summary:
    """Return the summary of a complete run."""
    last = log[-1]
    if last.kind == "failed":
        return Summary(run, len(log), {}, {}, failed=f"{last.type} in rule '{last.rule}'" if last.rule else last.type)
    reached = [event for event in (*scenario.past, *log) if event.kind == "outcome"]
    outcomes = {event.type: event.time - scenario.start for event in reached}
    return Summary(run, len(log), outcomes, measure(program, scenario, log), log[0].marks, ended=last.note)
