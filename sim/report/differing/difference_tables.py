"""Which runs differ, as sentences and tables: how many are the same, where the others part, and which they are."""

from collections.abc import Sequence

from sim.analysis.differences.first_difference import SAME_EVENTS, Parting, RunDifference
from sim.analysis.differences.run_differences import RunDifferences
from sim.language.counts import counted
from sim.model.event import HORIZON, Event
from sim.model.scenario import Scenario
from sim.report.model_values import number, with_marks
from sim.report.table import Table, sided
from sim.study.diff import Differences

SHOWN = 20  # runs that are listed unless all are asked for
SHORT = 12  # letters of a digest
SAME_BUT_FOR: dict[Parting, str] = {
    "other outcomes": "their outcomes", "other assumptions": "what is assumed from a date on",
    "other parameters": "their values of parameters",
}  # fmt: skip


def run_sentences(found: Differences) -> list[str]:
    """Return how many runs are the same, and where the first that is not parts."""
    runs = found.runs
    if runs is None:
        return [f"Runs are not compared: {found.why_no_runs}."] if found.why_no_runs else []
    total = counted(runs.count, "run")
    spec = found.one.experiment.spec if found.one.experiment else {}
    drawn = f"seed {spec['seed']}, parameters {spec['parameters']}" if spec else ""
    digest = f"their digests agree ({runs.root_of_same[:SHORT]})"
    if not runs.parted:
        return [f"All of {total} are the same: {digest}; {drawn}."]
    lines = [f"{runs.same:,} of {total} are the same{f': {digest}' if runs.same else ''}; {drawn}."]
    for how, what in SAME_BUT_FOR.items():
        if many := runs.with_the_same_events(how):
            lines.append(f"{many:,} have the same events, and differ in {what} alone.")
    apart = _apart(runs)
    if apart:
        first = apart[0]
        here, there = _both(first, found)
        lines.append(
            f"{counted(len(apart), 'run')} part{'s' if len(apart) == 1 else ''}. The first is run {first.run}, from "
            f"event {first.one.sequence} on: A {here}, B {there}."
        )
    return lines


def ways_table(found: Differences) -> Table | None:
    """Return how many runs part at which type of event; None if none parts."""
    runs = found.runs
    if runs is None or not runs.by_event:
        return None
    rows = [[_way(item, found), f"{many:,}", f"{item.run}"] for item, many in runs.by_event]
    return Table(title="Where runs part", columns=sided(["first difference"], ["runs", "first run"]), rows=rows)


def runs_table(found: Differences, *, every: bool = False) -> Table | None:
    """Return which runs part, the first 20 of them or `every` one; where none does, which have other outcomes.

    None if there are none of these.
    """
    runs = found.runs
    if runs is None:
        return None
    listed = _apart(runs) or [item for item in runs.parted if item.how == "other outcomes"]
    if not listed:
        return None
    shown = listed if every else listed[:SHOWN]
    rows = [
        [f"{item.run}", f"{item.one.sequence}", *(text.removeprefix("has ") for text in _both(item, found)),
         *(runs.digest(side, item.run).hex()[:SHORT] for side in (0, 1))]
        for item in shown
    ]  # fmt: skip
    left = len(listed) - len(shown)
    caption = f"And {left:,} more: --all lists them, --json has them with their whole digests." if left else ""
    columns = [*sided([], ["run", "from event"]), *sided(["A", "B", "digest of A", "digest of B"], [])]
    return Table(title="Runs that differ", columns=columns, rows=rows, caption=caption, spared=(4, 5))


def _apart(runs: RunDifferences) -> Sequence[RunDifference]:
    return [item for item in runs.parted if item.how not in SAME_EVENTS]


def _title(event: Event, scenario: Scenario) -> str:
    kinds = scenario.model.outcomes if event.kind == "outcome" else scenario.model.events
    return f"'{kinds[event.type].title}'" if event.type in kinds else event.type


def _both(item: RunDifference, found: Differences) -> tuple[str, str]:
    """Return what the logs have where they part, with the exact times where dates do not tell them apart."""
    one, other = _what(item.one, found.one.scenario), _what(item.other, found.other.scenario)
    if one == other and item.one.time != item.other.time:
        return f"{one} (time {number(item.one.time)})", f"{other} (time {number(item.other.time)})"
    return one, other


def _what(event: Event, scenario: Scenario) -> str:
    """Return what a log has at a row, and when."""
    when = scenario.model.calendar.placed(event.time)
    match event.kind:
        case "started":
            return "begins with other values of its parameters"
        case "ended":
            outcomes = scenario.model.outcomes
            by = f" with '{outcomes[event.note].title}'" if event.note in outcomes else f" at its {event.note}"
            return f"ends {when}{by}"
        case "failed":
            return f"fails {when} ({event.type})"
        case "changed":
            return f"has other assumptions {when}"
        case "outcome":
            return f"sees the outcome {_title(event, scenario)} {when}"
    return f"has {_title(event, scenario)} {when}{with_marks(event.type, event.marks, scenario.model)}"


def _way(item: RunDifference, found: Differences) -> str:
    """Return in what two runs part, without the moment."""
    both = found.one.scenario, found.other.scenario
    titles = [side.model.events[item.event].title for side in both if item.event in side.model.events]
    named = f"'{titles[0]}'" if titles else item.event.replace("_", " ")
    match item.how:
        case "only in one":
            return f"{named} in A alone"
        case "only in other":
            return f"{named} in B alone"
        case "other time":
            return f"{named} at another time"
        case "other marks":
            return f"{named} with other numbers"
        case "other choice":
            return f"{_title(item.one, both[0])} in A, {_title(item.other, both[1])} in B"
        case "other end":
            ends = [_end(event, side) for event, side in zip((item.one, item.other), both, strict=True)]
            return f"A {ends[0]}, B {ends[1]}"
    return item.how


def _end(event: Event, scenario: Scenario) -> str:
    if event.kind != "ended":
        return "fails" if event.kind == "failed" else "goes on"
    outcomes = scenario.model.outcomes
    if event.note in outcomes:
        return f"ends with '{outcomes[event.note].title}'"
    return "ends at its horizon" if event.note == HORIZON else f"ends at its {event.note}"
