"""Laws fitted to the quantiles that an expert gives: least squares on the chances, as in SHELF (Oakley and O'Hagan).

For values x with chances p a law's parameters are those with the least sum of (F(x) - p)**2. They are found by damped
Gauss-Newton steps (Levenberg 1944; Marquardt 1963) on parameters that may be any number, with +, -, *, / and functions
of `sim.numerics` alone, so that every machine finds the same bits: they are part of what a run means.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sim.distributions.elicited.families import FAMILIES, Fitted
from sim.numerics.elementary import exp, log, log1p, logistic
from sim.numerics.gamma import LEAST_LOG, gamma_age
from sim.numerics.normal import normal_quantile

Point: TypeAlias = tuple[float, float]
Judged: TypeAlias = Sequence[tuple[float, float]]  # chances and values, both rising

MOST_STEPS = 200
LONGEST_STEP = 2.0
CLOSE = 1e-12  # steps this short change no digit that is kept
APART = 1e-4  # between the two sides of a slope; what is left out is its square
EQUAL = 1e-10  # sums of squares below this are all as good as none
DIGITS = 12  # of a fitted parameter
LEAST_SPREAD = 1e-9
LEAST_SHAPE = 0.05  # of a beta: below it floats near its ends are too few


def fit(family: str, judged: Judged, low: float = 0.0, high: float = 1.0) -> Fitted:
    """Return the law of a family that is nearest to what was judged; `low` and `high` are a beta's range.

    Values are increasing, above 0 for a lognormal and a gamma, within the range for a beta.
    """
    starts, law_of = _FITS[family](judged, low, high)

    def misfits(point: Point) -> list[float]:
        law = law_of(point)
        return [law.chance(value) - chance for chance, value in judged]

    points = [_nearest(misfits, start) for start in starts]
    law = law_of(min(points, key=lambda point: _squares(misfits(point))))
    law = replace(law, first=_short(law.first), second=_short(law.second))
    return replace(law, off=sum((law.chance(value) - chance) ** 2 for chance, value in judged))


def best(families: Sequence[str], judged: Judged, low: float = 0.0, high: float = 1.0) -> tuple[Fitted, ...]:
    """Return the nearest law of each family, the best first; of equally good ones the first named."""
    fits = [fit(family, judged, low, high) for family in families]
    return tuple(sorted(fits, key=lambda law: law.off if law.off > EQUAL else 0.0))


def worst_misfit(law: Fitted, judged: Judged) -> float:
    """Return the greatest difference between a law's chances and those judged."""
    return max(abs(law.chance(value) - chance) for chance, value in judged)


def odds_ratio(law: Fitted, chance: float, value: float) -> float:
    """Return by which factor, 1 or more, a law's odds of at most a value differ from those of the chance judged."""
    below, above = law.chance(value) * (1.0 - chance), law.tail(value) * chance
    return max(below, above) / min(below, above) if min(below, above) > 0.0 else math.inf


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _nearest(misfits: Callable[[Point], list[float]], start: Point) -> Point:
    """Return the point with the least sum of squared misfits, near a start."""
    point, damping = start, 1e-3
    found = misfits(point)
    least = _squares(found)
    for _ in range(MOST_STEPS):
        slopes = [_slope(misfits, point, axis) for axis in (0, 1)]
        (aa, ab), (_, bb) = ([_product(one, other) for other in slopes] for one in slopes)
        ga, gb = (_product(slope, found) for slope in slopes)
        moved = False
        while damping < 1e12 and not moved:
            da, db = aa * (1.0 + damping), bb * (1.0 + damping)
            divisor = da * db - ab * ab
            if divisor > 0.0:
                step = ((gb * ab - ga * db) / divisor, (ga * ab - gb * da) / divisor)
                step = (_limited(step[0]), _limited(step[1]))
                other = (point[0] + step[0], point[1] + step[1])
                there = misfits(other)
                moved = _squares(there) < least
                if moved:
                    point, found, least = other, there, _squares(there)
                    damping = max(0.1 * damping, 1e-12)
                    if max(abs(step[0]), abs(step[1])) < CLOSE:
                        return point
            if not moved:
                damping *= 10.0
        if not moved:
            return point
    return point


def _slope(misfits: Callable[[Point], list[float]], point: Point, axis: int) -> list[float]:
    half = 0.5 * APART
    above = misfits((point[0] + half, point[1]) if axis == 0 else (point[0], point[1] + half))
    below = misfits((point[0] - half, point[1]) if axis == 0 else (point[0], point[1] - half))
    return [(one - other) / APART for one, other in zip(above, below, strict=True)]


def _limited(step: float) -> float:
    return min(max(step, -LONGEST_STEP), LONGEST_STEP)


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    total = 0.0
    for a, b in zip(one, other, strict=True):
        total += a * b
    return total


def _squares(found: Sequence[float]) -> float:
    return _product(found, found)


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Return the height at 0 and the rise of the straight line through points, by least squares; the rise above 0."""
    count = float(len(xs))
    x, y = sum(xs) / count, sum(ys) / count
    rise = _product([a - x for a in xs], [b - y for b in ys]) / _product([a - x for a in xs], [a - x for a in xs])
    rise = max(rise, LEAST_SPREAD * max(abs(y), 1e-300))
    return y - rise * x, rise


def _scores(judged: Judged) -> list[float]:
    return [normal_quantile(chance) for chance, _ in judged]


def _law(family: str, first: float, second: float) -> Fitted:
    return Fitted(family=family, first=first, second=second)


Start: TypeAlias = tuple[Sequence[Point], Callable[[Point], Fitted]]


def _normal(judged: Judged, _low: float, _high: float) -> Start:
    mean, sd = _line(_scores(judged), [value for _, value in judged])
    return [(0.0, 0.0)], lambda point: _law("normal", mean + sd * point[0], sd * exp(_bounded(point[1], 30.0)))


def _lognormal(judged: Judged, _low: float, _high: float) -> Start:
    middle, sigma = _line(_scores(judged), [log(value) for _, value in judged])

    def law(point: Point) -> Fitted:
        median = exp(_bounded(middle + sigma * point[0], 600.0))
        return _law("lognormal", median, min(sigma * exp(_bounded(point[1], 30.0)), 10.0))

    return [(0.0, 0.0)], law


def _gamma(judged: Judged, _low: float, _high: float) -> Start:
    """Begin with the gamma that has the ratio of the greatest value to the least, and the least: exact for two."""
    (least, low), (most, high) = judged[0], judged[-1]

    few, many = -6.0, 18.0  # logarithms of shapes
    for _ in range(40):
        middle = 0.5 * (few + many)
        apart = _log_age(middle, most) - _log_age(middle, least)
        few, many = (middle, many) if apart > log(high / low) else (few, middle)
    size = 0.5 * (few + many)
    mean = log(high) + size - _log_age(size, most)
    spread = exp(min(-0.5 * size, 0.0))

    def law(point: Point) -> Fitted:
        shape = max(exp(_bounded(size + point[0], 19.0)), 1e-3)
        return _law("gamma", shape, exp(_bounded(mean + spread * point[1], 600.0)))

    return [(0.0, 0.0)], law


def _log_age(log_shape: float, chance: float) -> float:
    """Return the logarithm of a standard gamma's quantile."""
    age = gamma_age(exp(log_shape), -log1p(-chance))
    return log(age) if age > 0.0 else LEAST_LOG


def _beta(judged: Judged, low: float, high: float) -> Start:
    mean, sd = _line(_scores(judged), [(value - low) / (high - low) for _, value in judged])
    mean = min(max(mean, 0.01), 0.99)
    size = min(max(mean * (1.0 - mean) / (sd * sd) - 1.0, 0.5), 1e9)
    spread = math.sqrt(mean * (1.0 - mean) / (size + 1.0))

    def law(point: Point) -> Fitted:
        middle = min(max(mean + spread * point[0], 1e-9), 1.0 - 1e-9)
        whole = min(size * exp(_bounded(point[1], 30.0)), 1e9)
        a, b = max(whole * middle, LEAST_SHAPE), max(whole * (1.0 - middle), LEAST_SHAPE)
        return Fitted(family="beta", first=a, second=b, low=low, high=high)

    # A beta that is next to an end of its range is far from normal: then its logit is nearer, or it is nearly flat.
    inner = [min(max((value - low) / (high - low), 1e-6), 1.0 - 1e-6) for _, value in judged]
    middle, wide = _line(_scores(judged), [log(y) - log1p(-y) for y in inner])
    at = min(max(logistic(middle), 1e-6), 1.0 - 1e-6)
    others = [(at, 1.0 / (wide * wide * at * (1.0 - at))), (at, 2.0), (at, 20.0), (mean, 2.0)]
    return [(0.0, 0.0), *(((m - mean) / spread, _bounded(log(w / size), 20.0)) for m, w in others)], law


def _bounded(number: float, most: float) -> float:
    return min(max(number, -most), most)


_FITS: Mapping[str, Callable[[Judged, float, float], Start]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "beta": _beta,
}
assert _FITS.keys() == FAMILIES.keys(), "each family can be fitted"
