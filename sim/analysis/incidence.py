"""When outcomes come true: cumulative incidence with competing outcomes, and the first time of each milestone.

A run is followed to the horizon or to the outcome that ended it, so the cumulative incidence of an outcome (the
Aalen-Johansen estimator) is the plain share of runs in which it has come true, and a run that another outcome ended
counts as one in which it never does. A run that failed or was stopped counts both ways from then on: as one in which
the outcome came at once, and as one in which it never did.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.runs import Runs
from sim.statistics.arrays import Floats
from sim.statistics.differences import share_of
from sim.statistics.estimates import BOTH_WAYS, LEVEL, Estimate, Proportion, mean, quantile, within, without_interval
from sim.statistics.uncertainty import mean_between, over_draws

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
    runs: Runs, outcome: str, times: Sequence[float], draws: Floats | None = None, level: float = LEVEL,
    earliest: float = 0.0,
) -> Incidence:  # fmt: skip
    """Estimate the probability that an outcome has come true by each of `times`, since the branch.

    With `draws`, of a nested design, its draws alone are taken as independent. The band is that of Dvoretzky, Kiefer
    and Wolfowitz with Massart's constant (1990). No run, not even an unknown one, can have it before `earliest`.
    """
    found = [(runs.reached(outcome, time), runs.unknown(outcome, time) & (time >= earliest)) for time in times]
    shares = tuple(share_of(hits, unknown, draws, level) for hits, unknown in found)
    number = len(runs) if draws is None else len(np.unique(draws))
    band = math.sqrt(math.log(2 / (1 - level)) / (2 * number)) if number else 1.0
    return Incidence(outcome, tuple(times), shares, min(1.0, band))


@dataclass(frozen=True)
class Milestone:
    """The first time of an outcome, since the branch. What is not known of some runs has bounds, and often no value.

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


def milestone(
    runs: Runs, outcome: str, limit: float, draws: Floats | None = None, *, earliest: float = 0.0
) -> Milestone:
    """Estimate when an outcome first comes true, not before `earliest`; `limit` is the length of the runs.

    What had come true before the branch counts from the branch. With `draws`, of a nested design, its draws alone are
    taken as independent, and quantiles have no interval.
    """
    unknown, reached = runs.unknown(outcome), runs.reached(outcome)
    if unknown.any():
        quantiles, median_if, mean_time = _between(runs, outcome, limit, draws, earliest)
    else:
        times = np.maximum(runs.times[outcome], 0.0)
        quantiles = {share: quantile(times, share) for share in MILESTONES}
        median_if, lasting = quantile(times[reached], 0.5), np.minimum(times, limit)
        mean_time = mean(lasting) if draws is None else over_draws(lasting, draws)
    if draws is not None:
        quantiles = {share: without_interval(found) for share, found in quantiles.items()}
        median_if = without_interval(median_if)
    return Milestone(
        outcome=outcome,
        happened=share_of(reached, unknown, draws),
        quantiles=quantiles,
        median_if=median_if,
        restricted_mean=within(mean_time, (0.0, limit)),
        limit=limit,
    )


def _between(
    runs: Runs, outcome: str, limit: float, draws: Floats | None, earliest: float
) -> tuple[dict[float, Estimate], Estimate, Estimate]:
    """Estimate a milestone's times where runs are unknown: from the earliest at which each may have it, to never."""
    unknown, reached = runs.unknown(outcome), runs.reached(outcome)
    known = np.maximum(runs.times[outcome], 0.0)
    early = np.where(unknown, np.clip(runs.followed, earliest, limit), known)
    late = np.where(unknown, np.inf, known)
    quantiles = {share: _quantile_between(early, late, share) for share in MILESTONES}
    # Of the unknown runs any may be among those that see it, at any time that it can come.
    first, last = (np.append(known[reached], np.full(int(unknown.sum()), end)) for end in (earliest, limit))
    median_if, fewest = _quantile_between(first, last, 0.5), quantile(known[reached], 0.5)
    low, high = (None if fewest.low is None else median_if.low), (None if fewest.high is None else median_if.high)
    median_if = replace(median_if, low=low, high=high)
    return quantiles, median_if, mean_between(np.minimum(early, limit), np.minimum(late, limit), draws)


def _quantile_between(early: Floats, late: Floats, share: float) -> Estimate:
    """Estimate a quantile of times each of which lies somewhere between two: order statistics move with every one."""
    least, most = quantile(early, share), quantile(late, share)
    value = least.value if least.value == most.value else None
    return replace(least, value=value, high=most.high, method=least.method + BOTH_WAYS)
