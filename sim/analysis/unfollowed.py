"""Runs that were not followed to their end, and measures without a value: what is said of them beside the figures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import RunError, SimError
from sim.language.diagnostics import Diagnostic
from sim.model.run import MOST_EVENTS

if TYPE_CHECKING:
    from sim.analysis.results import Results
    from sim.analysis.runs import Runs

MOST_FAILED = 0.01  # of the runs: if more failed, no figure is given unless it is wanted despite failures
BOTH_WAYS = (
    "What had not come true in such a run when it broke off is not known. So each interval counts it both ways: its "
    "low end as if no such run came to it, its high end as if all did. Measures are of the runs that have them."
)


def hopeless(runs: "Runs", *, despite_failures: bool) -> bool:
    """Say whether more runs would give no figure either: too many fail."""
    return runs.failures > MOST_FAILED * len(runs) and (not despite_failures or runs.failures == len(runs))


def withheld(results: "Results") -> SimError:
    """Return why no figure of results is given: E611."""
    return SimError(
        "E611",
        f"no figures of '{results.scenario.name}' are given: {results.failed:,} of its {results.count:,} runs failed, "
        f"more than {MOST_FAILED:.0%}",
        "what makes a run fail may also decide how it would have ended: the others are no fair sample of all",
        "mend the model; or `--despite-failures` gives bounds that hold whatever the failed runs would have come to",
    )


def stopped(results: "Results") -> Diagnostic | None:
    """Return what is said of runs that were stopped at the limit of events: W610; None if there are none."""
    places = np.flatnonzero(results.runs.stopped)
    if not len(places):
        return None
    first = places[np.argmin(results.runs.followed[places])]
    moment = results.model.clockwork.placed(results.scenario.start + float(results.runs.followed[first]))
    return Diagnostic(
        "W610",
        f"{len(places):,} of {results.count:,} runs {'was' if len(places) == 1 else 'were'} stopped after "
        f"{MOST_EVENTS:,} events, at the earliest "
        f"{moment} (run {results.runs.numbers[first]}): what they would have come to is counted both ways",
        None,
        ("a measure that they are without may be greater in them than in any other run: its mean is not that of all",)
        if results.measures
        else (),
        path=results.scenario.path,
    )


def undefined(results: "Results", why: Mapping[str, RunError] | None = None) -> list[str]:
    """Return what is said of measures that have no value in some runs; `why` has the reasons in their first runs."""
    if results.withheld:
        return []
    lines = []
    for name, found in results.measures.items():
        if not found.undefined:
            continue
        first = results.runs.first_undefined(name)
        reason = (why or {}).get(name)
        told = f"first: run {first}"
        if reason is not None:
            fault = reason.message.partition("has no value: ")[2] or reason.message
            notes = "".join(f"; {note}" for note in reason.notes)
            told += f", {results.model.clockwork.placed(reason.time)}: {fault}{notes}"
        figures = "its figures are of the others" if found.runs else "it has no figures"
        lines.append(f"'{name}' has no value in {found.undefined:,} of {results.count:,} runs ({told}); {figures}.")
    return lines


def as_data(results: "Results") -> dict[str, Any]:
    """Give what is said of such runs as JSON-ready data."""
    runs = results.runs
    places = np.flatnonzero(runs.stopped)
    earliest = float(runs.followed[places].min()) if len(places) else None
    return {
        "failed": results.failed,
        "failures": {what: {"runs": len(found), "first": found[0]} for what, found in runs.failed.items()},
        "withheld": results.withheld,
        "despite_failures": results.source.settings.despite_failures,
        "stopped": {
            "runs": len(places),
            "first": int(runs.numbers[places[0]]) if len(places) else None,
            "earliest": earliest,
        },
    }


def counted(results: "Results") -> str:
    """Say how many runs there are, and how many of them failed or were stopped."""
    cut = int(results.runs.stopped.sum())
    parts = [
        f"{results.failed:,} failed" if results.failed else "",
        f"{cut:,} {'was' if cut == 1 else 'were'} stopped" if cut else "",
    ]
    told = " and ".join(part for part in parts if part)
    return f"{results.count:,} runs" + (f", of which {told}" if told else "")
