"""When outcomes come true: cumulative incidence with competing outcomes, and the first time of each milestone.

Every run is followed to the horizon or to the outcome that ended it, so no run is censored before: the cumulative
incidence of an outcome (the Aalen-Johansen estimator) is then the plain share of runs in which it has come true, and
a run that another outcome ended counts as one in which it never does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import LEVEL, Estimate, Proportion, mean, proportion, quantile
from sim.analysis.runs import Runs

MILESTONES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Incidence:
    """An outcome's cumulative incidence at some times since the branch; each interval holds by itself.

    The whole curve lies within `band` of the estimate, at all times together, with the same confidence.
    """

    outcome: str
    times: tuple[float, ...]
    shares: tuple[Proportion, ...]
    band: float


def incidence(runs: Runs, outcome: str, times: Sequence[float], level: float = LEVEL) -> Incidence:
    """Estimate the probability that an outcome has come true by each of `times`, since the branch.

    The band is that of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990).
    """
    shares = tuple(proportion(int(runs.reached(outcome, time).sum()), len(runs), level) for time in times)
    band = math.sqrt(math.log(2 / (1 - level)) / (2 * len(runs))) if len(runs) else 1.0
    return Incidence(outcome, tuple(times), shares, band)


@dataclass(frozen=True)
class Milestone:
    """The first time of an outcome, since the branch.

    `quantiles` are over all runs: the time by which that share of them has seen it; None where so many never do.
    `median_if` is over the runs that see it. `restricted_mean` is the mean time without it, up to `limit`: a run
    that never sees it counts as `limit`.
    """

    outcome: str
    happened: Proportion
    quantiles: Mapping[float, Estimate]
    median_if: Estimate
    restricted_mean: Estimate
    limit: float


def milestone(runs: Runs, outcome: str, limit: float, level: float = LEVEL) -> Milestone:
    """Estimate when an outcome first comes true; `limit` is the length of the runs."""
    times = runs.times[outcome]
    reached = times[np.isfinite(times)]
    return Milestone(
        outcome,
        proportion(len(reached), len(runs), level),
        {share: quantile(times, share, level) for share in MILESTONES},
        quantile(reached, 0.5, level),
        mean(np.minimum(times, limit), level),
        limit,
    )
