"""What is said of runs that failed or were stopped, before the figures, and of measures without a value, after them.

A hurried reader sees first what the figures do not cover. `sim.analysis.unfollowed` says whether there are figures.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.results import Results
from sim.analysis.unfollowed import withheld
from sim.experiment import Experiment, failure_of, undefined_in
from sim.language.diagnostics import Diagnostic
from sim.model.run import MOST_EVENTS

if TYPE_CHECKING:
    from sim.sql.answer import CoveredRuns

MOST_REPORTED = 5  # kinds of failure of one ensemble that are told one by one
BOTH_WAYS = (
    "What had not come true in such a run when it broke off is not known. So each interval counts it both ways: its "
    "low end as if no such run came to it, its high end as if all did. Measures are of the runs that have them."
)


def before(results: Results, experiment: Experiment | None) -> list[str]:
    """Return which runs failed or were stopped, and what that does to the figures; nothing if none did.

    `experiment` makes the first failed run again, to say why it failed.
    """
    lines = []
    for what, runs in list(results.runs.failed.items())[:MOST_REPORTED]:
        lines += _failure(results, experiment, what, runs)
    more = list(results.runs.failed.values())[MOST_REPORTED:]
    if more:
        lines.append(f"{sum(map(len, more)):,} more runs failed, in {len(more):,} other ways")
    if (diagnostic := stopped(results)) is not None:
        lines.append(str(diagnostic))
    if results.withheld:
        lines.append(str(withheld(results.scenario.name, results.runs)))
    elif lines:
        lines.append(BOTH_WAYS)
    return lines


def _failure(results: Results, experiment: Experiment | None, what: str, runs: Sequence[int]) -> list[str]:
    error = failure_of(experiment, runs[0]) if experiment else None
    when = f", {results.model.calendar.placed(error.time)}" if error else ""
    whole = f"{results.count:,} runs of '{results.scenario.name}'"
    lines = [f"{len(runs):,} of {whole} failed with {what}; first: run {runs[0]}{when}"]
    lines += [f"   = {note}" for note in ((error.message, *error.notes) if error else ())]
    return [*lines, f"   = see it: sim log {results.source.ensemble[:12]} --run {runs[0]}{results.source.in_ledger}"]


def after(results: Results, experiment: Experiment | None) -> list[str]:
    """Return which measures have no value in some runs, and why in the first; nothing if all have."""
    if results.withheld:
        return []
    lacking = {name: found for name, found in results.measures.items() if found.undefined}
    firsts = {name: results.runs.first_undefined(name) for name in lacking}
    known = {run: undefined_in(experiment, run) for run in set(firsts.values())} if experiment else {}
    lines = []
    for name, found in lacking.items():
        shown = f"first: run {firsts[name]}"
        reason = known.get(firsts[name], {}).get(name)
        if reason is not None:
            fault = reason.message.partition("has no value: ")[2] or reason.message
            notes = "".join(f"; {note}" for note in reason.notes)
            shown += f", {results.model.calendar.placed(reason.time)}: {fault}{notes}"
        figures = "its figures are of the others" if found.runs else "it has no figures"
        lines.append(f"'{name}' has no value in {found.undefined:,} of {results.count:,} runs ({shown}); {figures}.")
    return lines


def whose(results: Results, experiments: Iterable[Experiment]) -> Experiment | None:
    """Return the experiment that results are of, if it is among these."""
    return next((one for one in experiments if one.ensemble.id == results.source.ensemble), None)


def stopped(results: Results) -> Diagnostic | None:
    """Return what is said of runs that were stopped at the limit of events: W610; None if there are none."""
    places = np.flatnonzero(results.runs.stopped)
    if not len(places):
        return None
    first = places[np.argmin(results.runs.followed[places])]
    moment = results.model.calendar.placed(results.scenario.start + float(results.runs.followed[first]))
    message = (
        f"{len(places):,} of {results.count:,} runs {'was' if len(places) == 1 else 'were'} stopped after "
        f"{MOST_EVENTS:,} events, at the earliest {moment} (run {results.runs.numbers[first]}): what they would have "
        "come to is counted both ways"
    )
    note = "a measure that they are without may be greater in them than in any other run: its mean is not that of all"
    notes = (note,) if results.measures else ()
    return Diagnostic(code="W610", message=message, span=None, notes=notes, path=results.scenario.path)


def of_query(covered: "CoveredRuns") -> str:
    """Return what is said of an answer over an ensemble of which too many runs failed."""
    failed = f"{covered.failed:,} of {covered.runs:,} runs of '{covered.scenario}' failed"
    return f"{failed}: what is made of the others is not a figure of all runs"


def counted(results: Results) -> str:
    """Return how many runs there are, and how many of them failed or were stopped."""
    cut = int(results.runs.stopped.sum())
    parts = [f"{results.failed:,} failed"] if results.failed else []
    parts += [f"{cut:,} {'was' if cut == 1 else 'were'} stopped"] if cut else []
    return f"{results.count:,} runs" + (f", of which {' and '.join(parts)}" if parts else "")
