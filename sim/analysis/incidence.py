"""When outcomes come true: cumulative incidence with competing outcomes, and the first time of each milestone.

Every run is followed to the horizon or to the outcome that ended it, so no run is censored before: the cumulative
incidence of an outcome (the Aalen-Johansen estimator) is then the plain share of runs in which it has come true, and
a run that another outcome ended counts as one in which it never does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.estimates import LEVEL, Estimate, Proportion, mean, proportion, quantile, without_interval
from sim.analysis.runs import Floats, Runs
from sim.analysis.uncertainty import over_draws, proportion_over_draws

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


def incidence(
    runs: Runs, outcome: str, times: Sequence[float], draws: Floats | None = None, level: float = LEVEL
) -> Incidence:
    """Estimate the probability that an outcome has come true by each of `times`, since the branch.

    With `draws`, of a nested design, its draws alone are taken as independent. The band is that of Dvoretzky, Kiefer
    and Wolfowitz with Massart's constant (1990), over the runs, or over the draws.
    """
    reached = [runs.reached(outcome, time) for time in times]
    if draws is None:
        shares = tuple(proportion(int(found.sum()), len(runs), level) for found in reached)
    else:
        shares = tuple(proportion_over_draws(found, draws, level) for found in reached)
    number = len(runs) if draws is None else len(np.unique(draws))
    band = math.sqrt(math.log(2 / (1 - level)) / (2 * number)) if number else 1.0
    return Incidence(outcome, tuple(times), shares, min(1.0, band))


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


def milestone(runs: Runs, outcome: str, limit: float, draws: Floats | None = None, level: float = LEVEL) -> Milestone:
    """Estimate when an outcome first comes true; `limit` is the length of the runs.

    What had come true before the branch counts from the branch. With `draws`, of a nested design, its draws alone are
    taken as independent, and quantiles have no interval.
    """
    times = np.maximum(runs.times[outcome], 0.0)
    reached = np.isfinite(times)
    quantiles = {share: quantile(times, share, level) for share in MILESTONES}
    median_if, lasting = quantile(times[reached], 0.5, level), np.minimum(times, limit)
    if draws is None:
        happened, mean_time = proportion(int(reached.sum()), len(runs), level), mean(lasting, level)
    else:
        happened, mean_time = proportion_over_draws(reached, draws, level), over_draws(lasting, draws, level)
        low, high = (None if end is None else min(max(end, 0.0), limit) for end in (mean_time.low, mean_time.high))
        mean_time = replace(mean_time, low=low, high=high)
        quantiles = {share: without_interval(found) for share, found in quantiles.items()}
        median_if = without_interval(median_if)
    return Milestone(outcome, happened, quantiles, median_if, mean_time, limit)
