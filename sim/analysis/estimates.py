"""Numbers about an ensemble, each with its interval, its number of runs and what the interval covers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95
MIDDLE = 0.90


@dataclass(frozen=True, slots=True)
class Proportion:
    """The share of runs in which something happened. With no hit (or nothing but hits) only a bound is known:
    `low` (or `high`) is then 0 (or 1) and the other end is the exact one-sided bound.
    """

    hits: int
    runs: int
    low: float
    high: float
    method: str

    @property
    def share(self) -> float | None:
        """The share, or None where only a bound is known."""
        return self.hits / self.runs if 0 < self.hits < self.runs else None

    def __str__(self) -> str:
        if not self.runs:
            return "no runs"
        if self.hits == 0:
            return f"below {percent(self.high)}"
        if self.hits == self.runs:
            return f"above {percent(self.low, up=False)}"
        return percent(self.hits / self.runs)

    @property
    def interval(self) -> str:
        if not self.runs:
            return "-"
        if self.hits in (0, self.runs):
            return f"{self.hits} of {self.runs:,}: {LEVEL:.0%} bound"
        return f"{percent(self.low)} to {percent(self.high)}"


def percent(share: float, *, up: bool = True) -> str:
    """Write a share in per cent with as many places as its size needs; never `0 %` for more than 0.

    >>> percent(0.3712), percent(0.00042)
    ('37.1 %', '0.042 %')
    """
    value = share * 100
    if value == 0:
        return "0 %"
    places = 1 if 0.95 <= value <= 99.05 else max(1, 1 - math.floor(math.log10(min(value, max(100 - value, 1e-12)))))
    text = f"{value:.{min(places, 8)}f}"
    if not up and float(text) > value:
        text = f"{value - 10 ** -min(places, 8):.{min(places, 8)}f}"
    return f"{text} %"


def proportion(hits: int, runs: int, level: float = LEVEL) -> Proportion:
    """Estimate a probability by its Wilson interval (E. B. Wilson 1927), or by the exact bound at 0 and all hits.

    With no hit in n runs the bound p solves (1 - p)^n = 1 - level: for 95 % about 3/n. With no runs nothing is known.
    """
    if runs == 0:
        return Proportion(0, 0, 0.0, 1.0, "no runs")
    if hits in (0, runs):
        bound = -math.expm1(math.log1p(-level) / runs)
        return Proportion(hits, runs, *((0.0, bound) if hits == 0 else (1 - bound, 1.0)), "exact one-sided bound")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = hits / runs
    scale = 1 + z * z / runs
    centre = (share + z * z / (2 * runs)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    return Proportion(hits, runs, max(0.0, centre - half), min(1.0, centre + half), "Wilson")


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over the runs that have it: its median with an interval, its mean, the middle 90 % of runs.

    `missing` counts the runs without it, such as those in which an `until` never came. `median_low` and
    `median_high` are order statistics and None where too few runs have the measure to bound the median.
    """

    runs: int
    missing: int
    median: float | None
    median_low: float | None
    median_high: float | None
    low: float | None
    high: float | None
    mean: float | None


def spread(values: Sequence[float | None], level: float = LEVEL) -> Spread:
    """Summarise a measure over runs.

    The median's interval is the binomial one on order statistics (Conover, Practical Nonparametric Statistics,
    section 3.2), free of any distribution; the range holds the middle 90 % of the runs that have the measure.
    """
    known = sorted(value for value in values if value is not None)
    missing = len(values) - len(known)
    if not known:
        return Spread(0, missing, None, None, None, None, None, None)
    below, above = _order_interval(len(known), level)
    tail = (1 - MIDDLE) / 2
    return Spread(
        runs=len(known),
        missing=missing,
        median=quantile(known, 0.5),
        median_low=known[below] if below is not None else None,
        median_high=known[above] if above is not None else None,
        low=quantile(known, tail),
        high=quantile(known, 1 - tail),
        mean=math.fsum(known) / len(known),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of ordered values by linear interpolation (type 7 of Hyndman and Fan 1996)."""
    position = share * (len(ordered) - 1)
    lower = math.floor(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower)


def _order_interval(runs: int, level: float) -> tuple[int | None, int | None]:
    """Return the indices of the order statistics that bound the median, by the exact binomial(n, 1/2)."""
    log_half = runs * math.log(0.5)
    total = 0.0
    last = -1
    for k in range(runs // 2 + 1):
        chance = math.exp(math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1) + log_half)
        if total + chance > (1 - level) / 2:
            break
        total += chance
        last = k
    return (last, runs - 1 - last) if last >= 0 else (None, None)
