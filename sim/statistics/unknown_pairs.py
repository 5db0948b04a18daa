"""Differences of outcomes where some runs are unknown: intervals that hold whatever those came to.

Each holds the interval that `differences` gives for any completion of the unknown runs. It is not the hull of the two
extreme completions alone: one in between can make the half-width greater.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from sim.statistics.arrays import Bools, Floats
from sim.statistics.estimates import (
    BOTH_WAYS,
    LEVEL,
    Estimate,
    Proportion,
    normal_quantile,
    one_sided_bound,
    share_difference,
    student_quantile,
    unbounded,
)
from sim.statistics.uncertainty import greatest_error, mean_between

PAIRED = "Bonett and Price, paired"
INDEPENDENT = "Agresti and Caffo, independent"
WELCH = "Welch, over the draws"

Unknown: TypeAlias = tuple[Bools, Bools]  # of which runs of the one, and of the other, nobody knows


@dataclass(frozen=True)
class Between:
    """In which pairs of runs an outcome is gained or lost: surely, and perhaps."""

    surely_gained: Bools
    maybe_gained: Bools
    surely_lost: Bools
    maybe_lost: Bools

    @staticmethod
    def of(one: Bools, other: Bools, unknown: Unknown) -> "Between":
        here, there = one | unknown[0], other | unknown[1]
        return Between(
            surely_gained=other & ~here, maybe_gained=there & ~one, surely_lost=one & ~there, maybe_lost=here & ~other
        )

    @property
    def gained(self) -> tuple[int, int]:
        """In how many pairs it is gained, at least and at most."""
        return int(np.count_nonzero(self.surely_gained)), int(np.count_nonzero(self.maybe_gained))

    @property
    def lost(self) -> tuple[int, int]:
        """In how many pairs it is lost, at least and at most."""
        return int(np.count_nonzero(self.surely_lost)), int(np.count_nonzero(self.maybe_lost))

    @property
    def changed(self) -> int:
        """In how many pairs it may have changed."""
        return int(np.count_nonzero(self.maybe_gained | self.maybe_lost))

    def paired(self, level: float) -> Estimate:
        """Estimate the mean difference over pairs that are independent."""
        return paired_between(self.gained, self.lost, self.changed, len(self.surely_gained), level)

    def over_draws(self, draws: Floats, level: float) -> Estimate:
        """Estimate it where the draws alone are: never narrower than over independent pairs."""
        least = self.surely_gained.astype(float) - self.maybe_lost
        most = self.maybe_gained.astype(float) - self.surely_lost
        found, number = mean_between(least, most, draws, level), len(np.unique(draws))
        pairs = self.paired(level)
        if found.low is None or found.high is None or pairs.low is None or pairs.high is None:
            return found
        bound = one_sided_bound(number, level) if self.gained[0] == self.lost[0] == 0 else 0.0
        low, high = min(found.low, pairs.low, -bound), max(found.high, pairs.high, bound)
        return replace(found, low=max(-1.0, low), high=min(1.0, high))


def paired_between(
    gained: tuple[int, int], lost: tuple[int, int], changed: int, pairs: int, level: float = LEVEL
) -> Estimate:
    """Estimate a difference over pairs of which so many are gained and lost at least and at most, `changed` at most.

    The interval holds that of `paired_difference` for all numbers in between: at its low end stand the least difference
    and the greatest half-width that they leave open, at its high end the greatest of both.
    """
    method = PAIRED + BOTH_WAYS
    if pairs == 0:
        return unbounded(None, 0, method, level)
    low, high = (gained[0] - lost[1]) / (pairs + 2), (gained[1] - lost[0]) / (pairs + 2)
    least = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    half = normal_quantile(level) * math.sqrt(max(0.0, (changed + 2) / (pairs + 2) - least**2) / (pairs + 2))
    return share_difference(None, low - half, high + half, pairs, method, level)


def independent_difference(one: Proportion, other: Proportion, level: float = LEVEL) -> Estimate:
    """Estimate the difference of two shares by the adjusted Wald interval of Agresti and Caffo (2000).

    Where runs are unknown the interval holds that of whatever they came to.
    """
    runs, unknown = one.runs + other.runs, one.unknown + other.unknown
    method = INDEPENDENT + (BOTH_WAYS if unknown else "")
    if not one.runs or not other.runs:
        return unbounded(None, runs, method, level)
    ends = [[(hits + 1) / (found.runs + 2) for hits in (found.hits, found.most)] for found in (one, other)]
    varies = [0.25 if low <= 0.5 <= high else max(low * (1 - low), high * (1 - high)) for low, high in ends]
    half = normal_quantile(level) * math.sqrt(varies[0] / (one.runs + 2) + varies[1] / (other.runs + 2))
    value = None if unknown else other.hits / other.runs - one.hits / one.runs
    return share_difference(value, ends[1][0] - ends[0][1] - half, ends[1][1] - ends[0][0] + half, runs, method, level)


def welch_between(
    one: Bools, other: Bools, draws: tuple[Floats | None, Floats | None], unknown: Unknown, level: float
) -> Estimate:
    """Estimate a difference as `_welch` does, for whatever the unknown runs came to.

    With the fewest degrees of freedom that Welch's approximation can have, those of the smaller group.
    """
    method, runs = WELCH + BOTH_WAYS, len(one) + len(other)
    sides = []
    for hits, open_, known in zip((one, other), unknown, draws, strict=True):
        groups = np.arange(len(hits)) if known is None else known
        _, place = np.unique(groups, return_inverse=True)
        counts = np.bincount(place).astype(float)
        sides.append((np.bincount(place, hits) / counts, np.bincount(place, hits | open_) / counts, counts))
    numbers = [len(counts) for *_, counts in sides]
    if min(numbers) < 2:
        return unbounded(None, runs, method, level)
    errors = [greatest_error(*side) for side in sides]
    half = student_quantile(min(numbers) - 1, level) * math.hypot(*errors)
    if all(low.max() <= high.min() for low, high, _ in sides):  # the draws may all be alike
        half = max(half, sum(one_sided_bound(number, level) for number in numbers))
    (here, here_most), (there, there_most) = (
        [float((counts * part).sum() / counts.sum()) for part in (low, high)] for low, high, counts in sides
    )
    return share_difference(None, there - here_most - half, there_most - here + half, runs, method, level)
