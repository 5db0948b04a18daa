"""Runs that were not followed to their end: how many may fail before no figure is given, and their numbers as data."""

from typing import Any

import numpy as np

from sim.analysis.runs import Runs
from sim.errors import SimError

MOST_FAILED = 0.01  # of the runs: if more failed, no figure is given unless it is wanted despite failures


def too_many(failed: int, runs: int) -> bool:
    """Return whether so many runs failed that figures would be those of the rest."""
    return failed > MOST_FAILED * runs


def hopeless(runs: Runs, *, despite_failures: bool) -> bool:
    """Return whether more runs would give no figure either: too many fail."""
    return too_many(runs.failures, len(runs)) and (not despite_failures or runs.failures == len(runs))


def option(runs: Runs, *, despite_failures: bool) -> str:
    """Return the option that a query needs to give figures of these runs, with a space before it; nothing if none."""
    return " --despite-failures" if despite_failures and too_many(runs.failures, len(runs)) else ""


def withheld(scenario: str, runs: Runs) -> SimError:
    """Return why no figure of a scenario's runs is given: E611."""
    return refusal(scenario, runs.failures, len(runs))


def refusal(scenario: str, failed: int, runs: int) -> SimError:
    """Return why no figure of so many runs of a scenario is given, of which so many failed: E611."""
    return SimError(
        "E611",
        f"no figures of '{scenario}' are given: {failed:,} of its {runs:,} runs failed, more than {MOST_FAILED:.0%}",
        "what makes a run fail may also decide how it would have ended: the others are no fair sample of all",
        "mend the model; or `--despite-failures` gives bounds that hold whatever the failed runs would have come to",
    )


def failures(runs: Runs) -> dict[str, Any]:
    """Return which runs failed, by how, as JSON-ready data."""
    return {what: {"runs": len(found), "first": found[0]} for what, found in runs.failed.items()}


def stopped(runs: Runs) -> dict[str, Any]:
    """Return how many runs were stopped at the limit of events, as JSON-ready data; `earliest` is since the branch."""
    places = np.flatnonzero(runs.stopped)
    return {
        "runs": len(places),
        "first": int(runs.numbers[places[0]]) if len(places) else None,
        "earliest": float(runs.followed[places].min()) if len(places) else None,
    }
