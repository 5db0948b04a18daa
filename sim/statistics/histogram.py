"""Histograms: by which numbers values are parted into bins, and the share of each bin, all of them together.

The shares of several bins hold together at Bonferroni's level, each by the exact interval of Clopper and Pearson. Those
of L. A. Goodman (1965), Wilson's at that level, are narrower and miss too often where bins have few runs. Which runs
lie in a bin, and what bins are called, is known to `sim.analysis`.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.statistics.arrays import Bools, Floats
from sim.statistics.estimates import BOTH_WAYS, CLOPPER_PEARSON, LEVEL, Proportion, clopper_pearson, proportion
from sim.statistics.uncertainty import proportion_over_draws

MOST_BINS = 20  # that are chosen; more may be given
ROUND = (1, 2, 5, 10)
RULE = "Freedman and Diaconis, rounded up to 1, 2 or 5"


def edges_of(values: Floats, *, whole: bool = False) -> tuple[float, ...]:
    """Return the edges of bins for values, at least two: multiples of a round width, the first not above the least.

    The width is that of D. Freedman and P. Diaconis (1981), twice the middle half of the values over the cube root of
    their number, or where half of them are one value that of H. A. Sturges (1926); rounded up to 1, 2 or 5 times a
    power of ten, such that there are 20 bins at most. For `whole` numbers it is 1 at least. Without values: no edges.
    """
    if not len(values):
        return ()
    low, high = float(values.min()), float(values.max())
    if not math.isfinite(high - low):
        return ()
    lower, upper = (float(end) for end in np.quantile(values, (0.25, 0.75)))
    width = 2 * (upper - lower) / len(values) ** (1 / 3) or (high - low) / (1 + math.log2(len(values)))
    width = max(width, (high - low) / MOST_BINS, math.ulp(max(abs(low), abs(high))) * MOST_BINS)
    exponent = math.floor(math.log10(width)) if high > low else 0
    if whole:
        width, exponent = max(width, 1.0), max(exponent, 0)
    while True:
        for step in ROUND:
            first, last = (math.floor(end / _scaled(step, exponent)) for end in (low, high))
            if _scaled(step, exponent) >= width * (1 - 1e-9) and last - first < MOST_BINS:
                return tuple(_scaled(step * place, exponent) for place in range(first, last + 2))
        exponent += 1


def _scaled(number: int, exponent: int) -> float:
    """Return a number times a power of ten, as near as a float can be."""
    return float(number * 10**exponent) if exponent >= 0 else number / 10**-exponent


def simultaneous_shares(
    bins: Sequence[tuple[Bools, Bools]], draws: Floats | None = None, level: float = LEVEL
) -> list[Proportion]:
    """Estimate the share of runs in each of several bins, by (in it, not known), such that all intervals hold together.

    With `draws`, of a nested design, its draws alone are taken as independent. Where a bin has no run, or each, the
    bound is the exact one at Bonferroni's level. Runs that are not known count both ways.
    """
    each = bonferroni(len(bins), level)
    if draws is not None:
        return [proportion_over_draws(hits, draws, each, unknown, exact=True) for hits, unknown in bins]
    return [_share(int(hits.sum()), int(unknown.sum()), len(hits), each) for hits, unknown in bins]


def _share(hits: int, unknown: int, runs: int, level: float) -> Proportion:
    found = proportion(hits, runs, level, unknown)
    if found.bounded or not runs:
        return found
    low, high = clopper_pearson(hits, runs, level)[0], clopper_pearson(hits + unknown, runs, level)[1]
    return replace(found, low=low, high=high, method=CLOPPER_PEARSON + (BOTH_WAYS if unknown else ""))


def bonferroni(intervals: int, level: float = LEVEL) -> float:
    """Return the level of each of several intervals that makes all hold together with `level`, whatever they are of."""
    return 1 - (1 - level) / max(1, intervals)
