"""A measure over runs of which some were stopped before it was known: intervals that hold whatever it came to in them.

A run that is stopped is right-censored: its measure may be anything that it can be. So each interval reaches from the
one in which the stopped runs have the least value to the one in which they have the greatest. The estimates themselves
are of the runs that have the measure, as `estimates` makes them.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sim.statistics.arrays import ANY, Bounds, Floats
from sim.statistics.estimates import BOTH_WAYS, LEVEL, Estimate, Spread, mean, quantile, spread, within
from sim.statistics.uncertainty import mean_between, over_draws, spread_over_draws


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
