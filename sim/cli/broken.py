"""What commands say of runs that failed or were stopped, before their figures, and of measures without a value, after.

A hurried reader sees first what the figures do not cover. The words are `sim.analysis.unfollowed`'s.
"""

from collections.abc import Iterable, Sequence

from sim.analysis import unfollowed
from sim.analysis.results import Results
from sim.errors import RunError
from sim.experiment import Experiment, failure_of, undefined_in

MOST_TOLD = 5  # kinds of failure of one ensemble that are told one by one


def before(results: Results, experiment: Experiment | None) -> list[str]:
    """Say which runs failed or were stopped, and what that does to the figures; nothing if none did.

    `experiment` makes the first failed run again, to say why it failed.
    """
    lines = []
    for what, runs in list(results.runs.failed.items())[:MOST_TOLD]:
        lines += _failure(results, experiment, what, runs)
    more = list(results.runs.failed.values())[MOST_TOLD:]
    if more:
        lines.append(f"{sum(map(len, more)):,} more runs failed, in {len(more):,} other ways")
    if (diagnostic := unfollowed.stopped(results)) is not None:
        lines.append(str(diagnostic))
    if results.withheld:
        lines.append(str(unfollowed.withheld(results)))
    elif lines:
        lines.append(unfollowed.BOTH_WAYS)
    return lines


def _failure(results: Results, experiment: Experiment | None, what: str, runs: Sequence[int]) -> list[str]:
    error = failure_of(experiment, runs[0]) if experiment else None
    when = f", {results.model.clockwork.placed(error.time)}" if error else ""
    whole = f"{results.count:,} runs of '{results.scenario.name}'"
    lines = [f"{len(runs):,} of {whole} failed with {what}; first: run {runs[0]}{when}"]
    lines += [f"   = {note}" for note in ((error.message, *error.notes) if error else ())]
    return [*lines, f"   = see it: sim log {results.source.ensemble[:12]} --run {runs[0]}{results.source.in_ledger}"]


def after(results: Results, experiment: Experiment | None) -> list[str]:
    """Say which measures have no value in some runs, and why in the first; nothing if all have."""
    if results.withheld:
        return []
    firsts = {name: results.runs.first_undefined(name) for name, found in results.measures.items() if found.undefined}
    known = {run: undefined_in(experiment, run) for run in set(firsts.values())} if experiment else {}
    why: dict[str, RunError] = {name: known[run][name] for name, run in firsts.items() if name in known.get(run, {})}
    return unfollowed.undefined(results, why)


def whose(results: Results, experiments: Iterable[Experiment]) -> Experiment | None:
    """Return the experiment that results are of, if it is among these."""
    for experiment in experiments:
        if experiment.ensemble.id == results.source.ensemble:
            return experiment
    return None
