"""Numbers about an ensemble, each with its interval, its number of runs and the method that gave the interval.

Tails of the binomial and of Student's law come from SciPy, by `special`, imported where they are needed. Means are made
with `math.fsum`, which is exact: a mean has the same digits on every machine and in whatever order the runs come, and
NumPy promises that of no sum. Wilson's interval and the one-sided bound are closed forms, with the normal quantile of
the standard library.
"""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.statistics.arrays import ANY, Bounds

LEVEL = 0.95
MIDDLE = 0.90
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval. An end that the runs do not bound is None; so is a value that there is none of."""

    value: float | None
    low: float | None
    high: float | None
    runs: int
    method: str
    level: float = LEVEL

    def scaled(self, factor: float) -> "Estimate":
        """Return it in another unit."""
        value, low, high = (None if end is None else end * factor for end in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies to one side of 0."""
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)


NO_INTERVAL = "not with --draws"
WITHHELD = "withheld: too many runs failed"
NOT_GIVEN = "not given"
BOTH_WAYS = ", unknown runs counted both ways"
CLOPPER_PEARSON = "Clopper and Pearson"


def unbounded(value: float | None, runs: int, method: str, level: float) -> Estimate:
    """Return an estimate that the runs do not bound."""
    return Estimate(value=value, low=None, high=None, runs=runs, method=method, level=level)


def around(middle: float, half: float, runs: int, method: str, level: float) -> Estimate:
    """Return an estimate in the middle of its interval, which is twice `half` wide."""
    return Estimate(value=middle, low=middle - half, high=middle + half, runs=runs, method=method, level=level)


def share_difference(value: float | None, low: float, high: float, runs: int, method: str, level: float) -> Estimate:
    """Return an estimate of a difference between two shares: its interval is cut at -1 and 1."""
    return Estimate(value=value, low=max(-1.0, low), high=min(1.0, high), runs=runs, method=method, level=level)


def without_interval(found: Estimate) -> Estimate:
    """Return an estimate without its interval, which takes runs as independent where those of a draw are not."""
    return unbounded(found.value, found.runs, NO_INTERVAL, found.level)


@dataclass(frozen=True, slots=True)
class Proportion:
    """The share of runs in which something happened. With no hit (or nothing but hits) only a bound is known:
    `low` (or `high`) is then 0 (or 1) and the other end is the exact one-sided bound.

    Of `unknown` runs nobody knows whether it happened: they failed, or were stopped. The interval counts them both
    ways, its low end as if none of them had it and its high end as if all had, so it holds whatever they hid.
    """

    hits: int
    runs: int
    low: float
    high: float
    method: str
    level: float = LEVEL
    unknown: int = 0

    @property
    def share(self) -> float | None:
        """The share, or None where only a bound is known, or some runs are unknown."""
        return self.hits / self.runs if not self.bounded and not self.unknown else None

    @property
    def most(self) -> int:
        """In how many runs it may have happened: those that had it and those of which nobody knows."""
        return self.hits + self.unknown

    @property
    def middle(self) -> float:
        """Where a picture or an order puts it: the share, with the unknown runs parted evenly; 0 without runs."""
        return (self.hits + self.unknown / 2) / self.runs if self.runs else 0.0

    @property
    def bounded(self) -> bool:
        """Whether at most a bound is known."""
        return self.hits == 0 or self.most == self.runs

    @property
    def open(self) -> bool:
        """Whether nothing is known."""
        return self.runs > 0 and self.hits == 0 and self.most == self.runs

    def __str__(self) -> str:
        if not self.runs:
            return "no runs"
        if self.open:
            return NOT_GIVEN if self.method == WITHHELD else "not known"
        if self.hits == 0:
            return f"below {percent(self.high, 'up')}"
        if self.most == self.runs:
            return f"above {percent(self.low, 'down')}"
        if self.unknown:
            return f"{percent(self.hits / self.runs, 'down')} to {percent(self.most / self.runs, 'up')}"
        return percent(self.hits / self.runs)

    @property
    def interval(self) -> str:
        if not self.runs or self.open:
            return "-"
        if self.bounded:
            hits = f"{self.hits:,} to {self.most:,}" if self.unknown else f"{self.hits:,}"
            return f"{hits} of {self.runs:,}: {self.level:.0%} bound"
        return f"{percent(self.low)} to {percent(self.high)}"


def percent(share: float, towards: Literal["nearest", "up", "down"] = "nearest") -> str:
    """Write a share in per cent with as many places as its size needs; never `0 %` for more than 0.

    A bound is rounded `up` or `down`, so that what is written is one, too.

    >>> percent(0.3712), percent(0.00042), percent(0.009936, "up")
    ('37.1 %', '0.042 %', '1.0 %')
    """
    value = share * 100
    if value in (0, 100):
        return f"{value:.0f} %"
    places = 1 if 0.95 <= value <= 99.05 else max(1, 1 - math.floor(math.log10(min(value, max(100 - value, 1e-12)))))
    places = min(places, 15)
    text = f"{value:.{places}f}"
    step = 10.0**-places
    if towards == "up" and float(text) < value:
        text = f"{min(100.0, float(text) + step):.{places}f}"
    elif towards == "down" and float(text) > value:
        text = f"{max(0.0, float(text) - step):.{places}f}"
    return f"{text} %"


def normal_quantile(level: float) -> float:
    """Return z such that a standard normal lies within z of 0 with the probability `level`."""
    from statistics import NormalDist  # not needed by most, and loads decimal numbers and fractions

    return NormalDist().inv_cdf(0.5 + level / 2)


def student_quantile(freedom: float, level: float) -> float:
    """Return t such that Student's law with this freedom lies within t of 0 with the probability `level`."""
    from sim.statistics.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))


def one_sided_bound(count: int, level: float) -> float:
    """Return the p with (1 - p)^count = 1 - level: the bound on a probability that had no hit in so many trials."""
    return -math.expm1(math.log1p(-level) / count)


def proportion(hits: int, runs: int, level: float = LEVEL, unknown: int = 0) -> Proportion:
    """Estimate a probability by its Wilson interval (E. B. Wilson 1927), or by the exact bound at 0 and all hits.

    With no hit in n runs the bound is about 3/n, for 95 %. With no runs nothing is known. Both ends grow with the
    number of hits, so that with `unknown` runs the interval from the low end without them to the high end with all of
    them holds the interval of whatever they may have come to.
    """
    if runs == 0:
        return Proportion(hits=0, runs=0, low=0.0, high=1.0, method="no runs", level=level)
    if unknown:
        least, most = proportion(hits, runs, level), proportion(hits + unknown, runs, level)
        low, high = (0.0 if hits == 0 else least.low), (1.0 if hits + unknown == runs else most.high)
        method = "Wilson" + BOTH_WAYS
        return Proportion(hits=hits, runs=runs, low=low, high=high, method=method, level=level, unknown=unknown)
    if hits in (0, runs):
        bound = one_sided_bound(runs, level)
        low, high = (0.0, bound) if hits == 0 else (1 - bound, 1.0)
        return Proportion(hits=hits, runs=runs, low=low, high=high, method="exact one-sided bound", level=level)
    low, high = wilson(hits, runs, level)
    return Proportion(hits=hits, runs=runs, low=low, high=high, method="Wilson", level=level)


def wilson(hits: float, runs: float, level: float) -> tuple[float, float]:
    """Return the ends of Wilson's interval; `runs` need be no whole number."""
    z = normal_quantile(level)
    share = hits / runs
    scale = 1 + z * z / runs
    centre = (share + z * z / (2 * runs)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    return max(0.0, centre - half), min(1.0, centre + half)


def clopper_pearson(hits: float, runs: float, level: float) -> tuple[float, float]:
    """Return the ends of the exact interval of C. J. Clopper and E. S. Pearson (1934), which covers no less often than
    it says, however rare the hits are; `hits` and `runs` need be no whole numbers.
    """
    from sim.statistics.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(hits, runs - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, runs - hits, 1 - tail)) if hits < runs else 1.0
    return low, high


def mean(values: npt.ArrayLike, level: float = LEVEL) -> Estimate:
    """Estimate a mean by Student's t (Student 1908): exact for normal values, close for many of any law.

    With fewer than two values there is no interval, nor where their squares pass what numbers can be.
    """
    known = np.asarray(values, dtype=float)
    count, method = len(known), "Student t"
    if count < 2:
        return unbounded(float(known[0]) if count else None, count, method, level)
    try:
        middle = math.fsum(known) / count
        with np.errstate(over="raise"):
            error = math.sqrt(math.fsum((known - middle) ** 2) / (count - 1) / count)
    except (OverflowError, FloatingPointError):
        return unbounded(math.fsum(known / count), count, method, level)
    return around(middle, student_quantile(count - 1, level) * error, count, method, level)


def quantile(values: npt.ArrayLike, share: float, level: float = LEVEL) -> Estimate:
    """Estimate a quantile by order statistics, free of any law (W. J. Conover, Practical Nonparametric Statistics).

    `values` may hold infinities, for what never came; a quantile that lies among them is None, and so is its end.
    The value is by linear interpolation (type 7 of Hyndman and Fan 1996). An end that too few runs bound is None.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    count = len(ordered)
    method = "order statistics"
    if not count:
        return unbounded(None, 0, method, level)
    position = share * (count - 1)
    lower = math.floor(position)
    upper = min(lower + 1, count - 1)
    value = float(ordered[lower])
    if upper > lower and position > lower:
        value += (float(ordered[upper]) - value) * (position - lower) if math.isfinite(ordered[upper]) else math.inf
    below, above = order_interval(count, share, level)
    ends = [None if at is None else float(ordered[at]) for at in (below, above)]
    low, high = (None if end is None or not math.isfinite(end) else end for end in ends)
    return Estimate(
        value=value if math.isfinite(value) else None, low=low, high=high, runs=count, method=method, level=level
    )


@lru_cache(maxsize=4096)
def order_interval(runs: int, share: float, level: float) -> tuple[int | None, int | None]:
    """Return the places, from 0, of the order statistics that bound a quantile, by the exact binomial(runs, share).

    The low one is the last that lies above the quantile with a chance of at most (1 - level) / 2, the high one the
    first that lies below it with no greater chance; None where there is no such place.
    """
    from sim.statistics.special import bdtr, bdtrc

    tail, places = (1 - level) / 2, range(runs)
    within = bisect_right(places, tail, key=lambda place: float(bdtr(place, runs, share)))
    high = bisect_left(places, -tail, key=lambda place: -float(bdtrc(place, runs, share)))
    return within - 1 if within else None, high if high < runs else None


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over the runs that have it. `missing` counts those without it: of them `undefined` in which it has no
    value, `stopped` that were stopped before it had one, `failed`, and the rest in which its time never came.

    `quantiles` maps 0.05, 0.25, 0.5, 0.75 and 0.95 to the quantiles over the runs that have it.
    """

    runs: int
    missing: int
    mean: Estimate
    quantiles: dict[float, Estimate]
    undefined: int = 0
    stopped: int = 0
    failed: int = 0

    @property
    def never(self) -> int:
        """In how many runs its time never came."""
        return self.missing - self.undefined - self.stopped - self.failed

    @property
    def median(self) -> Estimate:
        return self.quantiles[0.5]


def spread(
    values: npt.ArrayLike, level: float = LEVEL, *, natural: Bounds = ANY, stopped: npt.ArrayLike = False,
    failed: int = 0,
) -> Spread:  # fmt: skip
    """Summarise a measure over runs; NaN in a run in which its time never came, infinite where it has no value.

    No value lies outside `natural`, so the mean does not, either, and its interval is cut there. `stopped` says which
    runs were stopped at the limit of events; `failed` counts the runs that failed, which are not among the values.
    """
    column = np.asarray(values, dtype=float)
    has = np.isfinite(column)
    known, cut = column[has], np.broadcast_to(np.asarray(stopped, dtype=np.bool_), column.shape)
    return Spread(
        runs=len(known),
        missing=len(column) - len(known) + failed,
        mean=within(mean(known, level), natural),
        quantiles={share: quantile(known, share, level) for share in QUANTILES},
        undefined=int((np.isinf(column) & ~cut).sum()),
        stopped=int((~has & cut).sum()),
        failed=failed,
    )


def within(found: Estimate, natural: Bounds) -> Estimate:
    """Cut an interval at the bounds within which the number is known to lie: it holds as often as before."""
    low, high = natural
    least = None if found.low is None else max(found.low, low)
    most = None if found.high is None else min(found.high, high)
    if (least, most) == (found.low, found.high):
        return found
    shown = f"{low:.6g} to {high:.6g}"
    if math.isinf(high) or math.isinf(low):
        shown = f"{low:.6g} or more" if math.isinf(high) else f"{high:.6g} or less"
    return replace(found, low=least, high=most, method=f"{found.method}, cut to {shown}")
