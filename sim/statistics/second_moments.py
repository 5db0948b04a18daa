"""The ratio of two means, and a variance, with intervals that assume no normal values.

Where the runs of one draw of the parameters are alike, the draws alone are taken as independent, as in `uncertainty`.
Sums are made with `math.fsum`, as in `estimates`. Means and quantiles are left to these two.
"""

import math

import numpy as np

from sim.statistics.arrays import Floats
from sim.statistics.estimates import LEVEL, Estimate, normal_quantile, student_quantile, unbounded
from sim.statistics.uncertainty import variance_over_draws

FIELLER = "Fieller"
BONETT = "Bonett, for any law"
OVER_DRAWS = " over the draws"
FEWEST = 5  # values from which Bonett's interval is made


def ratio_of_means(above: Floats, below: Floats, draws: Floats | None = None, level: float = LEVEL) -> Estimate:
    """Estimate mean(above) / mean(below) over runs that have both, by Fieller's interval (E. C. Fieller 1954).

    It has all ratios r for which Student's interval of the mean of `above - r * below` holds 0, so that it allows for
    what the two have in common. An interval without ends is one that no ratio can be kept out of: the runs do not tell
    the mean below from 0. The value is None where that mean is 0.
    """
    count, method = len(above), FIELLER + ("" if draws is None else OVER_DRAWS)
    if not count:
        return unbounded(None, 0, method, level)
    top, bottom = math.fsum(above / count), math.fsum(below / count)
    value = top / bottom if bottom and math.isfinite(top / bottom) else None
    up, down = (column - middle for column, middle in ((above, top), (below, bottom)))
    if draws is not None:
        up, down = (_totals(column, draws) for column in (up, down))
    number = len(up)
    largest = float(max(np.abs(up).max(), np.abs(down).max(), abs(top), abs(bottom)))
    if number < 2 or value is None or not 1e-140 < largest < 1e140:  # beyond, squares pass what numbers can be
        return unbounded(value, count, method, level)
    scale = student_quantile(number - 1, level) ** 2 * number / (number - 1) / count**2
    spread_up, spread_down, joint = (scale * math.fsum(part) for part in (up * up, down * down, up * down))
    # The ratios r of the interval: square * r^2 - 2 * middle * r + rest <= 0.
    square, middle, rest = bottom * bottom - spread_down, top * bottom - joint, top * top - spread_up
    inside = middle * middle - square * rest
    if not square > 0:
        return unbounded(value, count, method, level)
    half = math.sqrt(max(0.0, inside)) / square
    low, high = min(value, middle / square - half), max(value, middle / square + half)
    return Estimate(value=value, low=low, high=high, runs=count, method=method, level=level)


def _totals(column: Floats, draws: Floats) -> Floats:
    """Return the sum of the runs of each draw."""
    _, place = np.unique(draws, return_inverse=True)
    return np.asarray(np.bincount(place, column), dtype=float)


def variance(values: Floats, draws: Floats | None = None, level: float = LEVEL) -> Estimate:
    """Estimate the variance of one run's value. Its interval assumes no law, and lies above 0.

    With independent runs it is that of D. G. Bonett (2006), from the kurtosis about a trimmed mean; its low end is
    lowered by what his correction for few runs adds, which would pass the variance of values of two kinds. There is no
    high end with fewer than five values, or where all are one. With `draws` it is that of `variance_over_draws`.
    """
    return _of_runs(values, level) if draws is None else variance_over_draws(values, draws, level)


def _of_runs(values: Floats, level: float) -> Estimate:
    count = len(values)
    nothing = unbounded(None, count, BONETT, level)
    if count < 2:
        return nothing
    with np.errstate(over="ignore"):
        centred = values - math.fsum(values / count)
        scale = float(np.abs(centred).max())
    if not math.isfinite(scale):
        return nothing
    if not scale:
        return Estimate(value=0.0, low=0.0, high=None, runs=count, method=BONETT, level=level)
    centred = centred / scale
    total = math.fsum(centred * centred)
    found = total / (count - 1) * scale * scale
    if not math.isfinite(found):
        return nothing
    if count < FEWEST:
        return Estimate(value=found, low=0.0, high=None, runs=count, method=BONETT, level=level)
    kurtosis = count * math.fsum((centred - _trimmed_mean(centred)) ** 4) / total**2
    z = normal_quantile(level)
    correction = count / (count - z)
    error = correction * math.sqrt(max(0.0, kurtosis - (count - 3) / count) / (count - 1))
    low, high = found * (count - 1) / count * math.exp(-z * error), correction * found * math.exp(z * error)
    return Estimate(value=found, low=low, high=high, runs=count, method=BONETT, level=level)


def _trimmed_mean(values: Floats) -> float:
    """Return the mean without the share 1 / (2 sqrt(n - 4)) of the values at each end."""
    count = len(values)
    cut = int(count / (2 * math.sqrt(count - 4)))
    kept = np.sort(values)[cut : count - cut]
    return math.fsum(kept) / len(kept)
