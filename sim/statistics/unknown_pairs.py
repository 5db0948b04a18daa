"""Differences of outcomes where some runs are unknown: intervals that hold whatever those came to.

Each holds the interval that `differences` gives for any completion of the unknown runs. It is not the hull of the two
extreme completions alone: one in between can make the half-width greater.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from sim.statistics.arrays import Bools, Floats
from sim.statistics.estimates import BOTH_WAYS, LEVEL, Estimate, Proportion, normal_quantile
from sim.statistics.uncertainty import greatest_error, mean_between

PAIRED = "Bonett and Price, paired"
INDEPENDENT = "Agresti and Caffo, independent"
WELCH = "Welch, over the draws"

Unknown: TypeAlias = tuple[Bools, Bools]  # of which runs of the one, and of the other, nobody knows


@dataclass(frozen=True)
class Between:
    """The differences of an outcome between pairs of runs, each between a least and a greatest one."""

    low: Floats
    high: Floats

    @staticmethod
    def of(one: Bools, other: Bools, unknown: Unknown) -> "Between":
        here, there = unknown
        return Between(
            other.astype(float) - (one | here).astype(float), (other | there).astype(float) - one.astype(float)
        )

    @property
    def gained(self) -> tuple[int, int]:
        """In how many pairs it is gained, at least and at most."""
        return int((self.low == 1).sum()), int((self.high == 1).sum())

    @property
    def lost(self) -> tuple[int, int]:
        """In how many pairs it is lost, at least and at most."""
        return int((self.high == -1).sum()), int((self.low == -1).sum())

    @property
    def changed(self) -> int:
        """In how many pairs it may have changed."""
        return int(((self.high == 1) | (self.low == -1)).sum())

    def paired(self, level: float) -> Estimate:
        """Estimate the mean difference over pairs that are independent."""
        return paired_between(self.gained, self.lost, self.changed, len(self.low), level)

    def over_draws(self, draws: Floats, level: float) -> Estimate:
        """Estimate it where the draws alone are: never narrower than over independent pairs."""
        found, number = mean_between(self.low, self.high, draws, level), len(np.unique(draws))
        pairs = self.paired(level)
        if found.low is None or found.high is None or pairs.low is None or pairs.high is None:
            return found
        bound = -math.expm1(math.log1p(-level) / number) if self.gained[0] == self.lost[0] == 0 else 0.0
        low, high = min(found.low, pairs.low, -bound), max(found.high, pairs.high, bound)
        return replace(found, low=max(-1.0, low), high=min(1.0, high))


def paired_between(
    gained: tuple[int, int], lost: tuple[int, int], changed: int, pairs: int, level: float = LEVEL
) -> Estimate:
    """Estimate a difference over pairs of which so many are gained and lost at least and at most, `changed` at most.

    The interval holds that of `paired_difference` for all numbers in between: at its low end stand the least difference
    and the greatest half-width that they leave open, at its high end the greatest of both.
    """
    if pairs == 0:
        return Estimate(value=None, low=None, high=None, runs=0, method=PAIRED + BOTH_WAYS, level=level)
    low, high = (gained[0] - lost[1]) / (pairs + 2), (gained[1] - lost[0]) / (pairs + 2)
    least = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    half = normal_quantile(level) * math.sqrt(max(0.0, (changed + 2) / (pairs + 2) - least**2) / (pairs + 2))
    return Estimate(
        value=None,
        low=max(-1.0, low - half),
        high=min(1.0, high + half),
        runs=pairs,
        method=PAIRED + BOTH_WAYS,
        level=level,
    )


def independent_between(one: Proportion, other: Proportion, level: float = LEVEL) -> Estimate:
    """Estimate a difference as `independent_difference` does, for whatever the unknown runs came to."""
    runs, method = one.runs + other.runs, INDEPENDENT + BOTH_WAYS
    if not one.runs or not other.runs:
        return Estimate(value=None, low=None, high=None, runs=runs, method=method, level=level)
    ends = [[(hits + 1) / (found.runs + 2) for hits in (found.hits, found.most)] for found in (one, other)]
    varies = [0.25 if low <= 0.5 <= high else max(low * (1 - low), high * (1 - high)) for low, high in ends]
    half = normal_quantile(level) * math.sqrt(varies[0] / (one.runs + 2) + varies[1] / (other.runs + 2))
    low, high = max(-1.0, ends[1][0] - ends[0][1] - half), min(1.0, ends[1][1] - ends[0][0] + half)
    return Estimate(value=None, low=low, high=high, runs=runs, method=method, level=level)


def welch_between(
    one: Bools, other: Bools, draws: tuple[Floats | None, Floats | None], unknown: Unknown, level: float
) -> Estimate:
    """Estimate a difference as `_welch` does, for whatever the unknown runs came to.

    With the fewest degrees of freedom that Welch's approximation can have, those of the smaller group.
    """
    from sim.statistics.special import stdtrit

    method, runs = WELCH + BOTH_WAYS, len(one) + len(other)
    sides = []
    for hits, open_, known in zip((one, other), unknown, draws, strict=True):
        groups = np.arange(len(hits)) if known is None else known
        _, place = np.unique(groups, return_inverse=True)
        counts = np.bincount(place).astype(float)
        sides.append((np.bincount(place, hits) / counts, np.bincount(place, hits | open_) / counts, counts))
    numbers = [len(counts) for *_, counts in sides]
    if min(numbers) < 2:
        return Estimate(value=None, low=None, high=None, runs=runs, method=method, level=level)
    errors = [greatest_error(*side) for side in sides]
    half = float(stdtrit(min(numbers) - 1, 0.5 + level / 2)) * math.hypot(*errors)
    if all(low.max() <= high.min() for low, high, _ in sides):  # the draws may all be alike
        half = max(half, sum(-math.expm1(math.log1p(-level) / number) for number in numbers))
    (here, here_most), (there, there_most) = (
        [float((counts * part).sum() / counts.sum()) for part in (low, high)] for low, high, counts in sides
    )
    return Estimate(
        value=None,
        low=max(-1.0, there - here_most - half),
        high=min(1.0, there_most - here + half),
        runs=runs,
        method=method,
        level=level,
    )
