"""A measure over runs of which some were stopped before it was known: intervals that hold whatever it came to in them.

A run that is stopped is right-censored: its measure may be anything that it can be. So each interval reaches from the
one in which the stopped runs have the least value to the one in which they have the greatest. The estimates themselves
are of the runs that have the measure, as `estimates` makes them.
"""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sim.statistics.arrays import ANY, Bools, Bounds, Floats
from sim.statistics.differences import share_of
from sim.statistics.estimates import BOTH_WAYS, LEVEL, Estimate, Spread, mean, quantile, spread, unbounded, within
from sim.statistics.second_moments import ratio_of_means, variance
from sim.statistics.uncertainty import mean_between, over_draws, spread_over_draws

TWO_MEANS = "two means together"


def spread_of_runs(
    values: Floats, draws: Floats | None = None, level: float = LEVEL, *, natural: Bounds = ANY,
    stopped: npt.ArrayLike = False, failed: int = 0,
) -> Spread:  # fmt: skip
    """Summarise a measure over runs as `spread` does, or over the draws of a nested design as `spread_over_draws`.

    With runs that were stopped without the measure, the intervals hold whatever it came to in them, within `natural`;
    an end that this leaves open is None. Runs that failed are left out, and counted.
    """
    if draws is None:
        found = spread(values, level, natural=natural, stopped=stopped, failed=failed)
    else:
        found = spread_over_draws(values, draws, level, natural=natural, stopped=stopped, failed=failed)
    if not found.stopped or not found.runs:
        return found
    has = np.isfinite(values)
    kept = has | np.broadcast_to(np.asarray(stopped, dtype=np.bool_), has.shape)
    low, high = (np.where(has, values, end)[kept] for end in natural)
    quantiles = found.quantiles
    if draws is None:
        quantiles = {share: _between(one, quantile(low, share, level), quantile(high, share, level))
                     for share, one in quantiles.items()}  # fmt: skip
    middle = _mean_between(found.mean, low, high, None if draws is None else draws[kept], level)
    return replace(found, mean=within(middle, natural), quantiles=quantiles)


def _between(found: Estimate, least: Estimate, most: Estimate) -> Estimate:
    return replace(found, low=least.low, high=most.high, method=least.method + BOTH_WAYS)


def _mean_between(found: Estimate, low: Floats, high: Floats, draws: Floats | None, level: float) -> Estimate:
    """Return a mean with the interval of all means that the stopped runs leave open.

    Where a run may have any value on one side, there is no end there. The other one is that of the mean of the least
    (or greatest) values, which the mean that is sought cannot pass.
    """
    finite = [bool(np.isfinite(column).all()) for column in (low, high)]
    if all(finite):
        both = mean_between(low, high, draws, level)
        return _between(found, both, both)
    ends = [
        (mean(column, level) if draws is None else over_draws(column, draws, level)) if known else None
        for column, known in zip((low, high), finite, strict=True)
    ]
    method = found.method.partition(",")[0] + BOTH_WAYS
    least, most = ends
    return replace(found, low=least.low if least else None, high=most.high if most else None, method=method)


def ratio_of_runs(
    above: Floats, below: Floats, draws: Floats | None = None, *, natural: tuple[Bounds, Bounds], stopped: Bools,
    level: float = LEVEL,
) -> Estimate:  # fmt: skip
    """Estimate the ratio of two means, as `ratio_of_means` does, over runs that have both, or that were `stopped`.

    Where stopped runs lack one, the interval is that of the two means by themselves, each at the level at which both
    hold together, with these runs counted both ways. It then has ends only for measures that are nowhere negative. Of
    such measures no ratio is negative.
    """
    known = np.isfinite(above) & np.isfinite(below)
    alone = ratio_of_means(above[known], below[known], None if draws is None else draws[known], level)
    positive = min(low for low, _ in natural) >= 0
    if known.all():
        return within(alone, (0.0, math.inf)) if positive and alone.low is not None else alone
    each = 1 - (1 - level) / 2
    top, bottom = (
        spread_of_runs(column, draws, each, natural=range_, stopped=stopped).mean
        for column, range_ in zip((above, below), natural, strict=True)
    )
    found = unbounded(alone.value, alone.runs, TWO_MEANS + BOTH_WAYS, level)
    if not positive or top.low is None:
        return found
    low = top.low / bottom.high if bottom.high else 0.0
    return replace(found, low=low, high=top.high / bottom.low if top.high is not None and bottom.low else None)


def variance_of_runs(values: Floats, draws: Floats | None = None, *, natural: Bounds, level: float = LEVEL) -> Estimate:
    """Estimate the variance of a measure, as `variance` does, over runs of which those without a value were stopped.

    Its interval holds the variance over all runs, whatever the measure came to in the stopped ones: the variance of a
    mixture lies between the part of the known runs, and what values as far apart as `natural` lets them be add to it.
    """
    known = np.isfinite(values)
    each = level if known.all() else 1 - (1 - level) / 2
    found = variance(values[known], None if draws is None else draws[known], each)
    if known.all() or found.low is None:
        return found
    share, width = share_of(known, None, draws, each).low, natural[1] - natural[0]
    high = None
    if found.high is not None and math.isfinite(width):
        high = min(max(found.value or 0.0, width**2 / 4), found.high + 1.25 * (1 - share) * width**2)
    return replace(found, low=share * found.low, high=high, method=found.method + BOTH_WAYS, level=level)
