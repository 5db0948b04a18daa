"""What an exact answer is: a whole distribution, or a mean with its standard deviation; and how it is held.

A distribution is held by a chi-square over cells whose chances are exact. The statistic is the likelihood ratio's
with Williams's correction (Sokal and Rohlf, Biometry, 17.2): unlike Pearson's, it does not call a rare cell with a few
too many in it a miracle, which matters where only one p-value in a hundred million may be red. Of numbers, mean and
standard deviation are held too, each by a bound on its p-value that holds for any number of runs.

A value that cannot be, by the answer, makes the p-value 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from scipy import optimize, special

LEAST_EXPECTED = 10.0  # a cell with less is merged into the one before it
BODY = 24  # equal parts into which a distribution of times is cut; the tails are cut finer
NEAR = 0.05  # how near to its level a quantile is found, as a share of the smaller tail
ROUNDING = 1e-12


@dataclass(frozen=True)
class Cells:
    """Cell i holds what lies above cuts[i - 1] and up to cuts[i]; the last cell holds the runs without a value."""

    cuts: np.ndarray
    chances: np.ndarray

    def count(self, values: np.ndarray) -> np.ndarray:
        there = values[~np.isnan(values)]
        counted = np.bincount(np.searchsorted(self.cuts, there), minlength=len(self.chances) - 1)
        return np.append(counted, len(values) - len(there))

    def merged(self, runs: int) -> "Cells":
        """Return cells of which each expects enough, or nothing at all; neighbours are put together."""
        cuts: list[float] = []
        chances: list[float] = []
        gathered = 0.0
        for cut, chance in zip([*self.cuts, math.inf], self.chances[:-1], strict=True):
            gathered += chance
            if runs * gathered >= LEAST_EXPECTED:
                cuts.append(cut)
                chances.append(gathered)
                gathered = 0.0
        if chances:
            chances[-1] += gathered
            cuts.pop()
        else:
            chances, cuts = [gathered], []
        never = self.chances[-1]
        if 0.0 < runs * never < LEAST_EXPECTED:
            # Too few to be a cell: they count as later than all others.
            chances[-1] += never
            never = math.nan
        return Cells(np.array(cuts), np.array([*chances, never]))


def likelihood_ratio(counts: np.ndarray, chances: np.ndarray) -> float:
    """Return the p-value of the counts in cells with these chances; 0 if one is where none can be."""
    if math.isnan(chances[-1]):
        counts = np.append(counts[:-2], counts[-2] + counts[-1])
        chances = chances[:-1]
    if counts[chances <= 0.0].any():
        return 0.0
    counts, chances = counts[chances > 0.0], chances[chances > 0.0]
    freedom = len(chances) - 1
    if freedom == 0:
        return 1.0
    runs = counts.sum()
    expected = runs * chances / chances.sum()
    statistic = 2.0 * float(special.xlogy(counts, counts / expected).sum())
    correction = 1.0 + (float((1.0 / chances).sum()) - 1.0) / (6.0 * runs * freedom)
    return float(special.chdtrc(freedom, max(statistic, 0.0) / correction))


def normal_deviate(actual: float, expected: float, error: float) -> float:
    """Return the two-sided p-value of a normal deviate."""
    if error == 0.0:
        return float(math.isclose(actual, expected, rel_tol=1e-12, abs_tol=1e-12))
    return math.erfc(abs(actual - expected) / error / math.sqrt(2.0))


@dataclass(frozen=True)
class Counts:
    """A distribution on whole numbers: `chances` of `first`, `first` + 1, ...; of every run, or with `never` of none.

    What the chances leave over is the rest, beyond the last. With `number` false they are labels, not numbers.
    """

    chances: tuple[float, ...]
    first: int = 0
    never: float = 0.0
    number: bool = True

    def cells(self, runs: int) -> Cells:
        chances = np.array(self.chances)
        chances[chances < 1e-15] = 0.0
        rest = max(0.0, 1.0 - self.never - chances.sum())
        cuts = self.first + np.arange(len(chances)) + 0.5
        return Cells(cuts, np.array([*chances, rest, self.never])).merged(runs)

    def tests(self, values: np.ndarray) -> dict[str, float]:
        """Return the p-value of each thing that is held: the distribution, the mean, the standard deviation."""
        there = values[~np.isnan(values)]
        if self._impossible(there):
            return {"distribution": 0.0}
        cells = self.cells(len(values))
        found = {"distribution": likelihood_ratio(cells.count(values), cells.chances)}
        if self.number and not self.never:
            found |= moment_tests(there, np.array(self.chances), self.first + np.arange(len(self.chances)))
        return found

    def _impossible(self, there: np.ndarray) -> bool:
        places = there - self.first
        if (places != np.floor(places)).any() or (places < 0).any():
            return True
        inside = places[places < len(self.chances)].astype(int)
        beyond = len(inside) < len(there)
        complete = 1.0 - self.never - sum(self.chances) < ROUNDING
        cut_off = 0.0 < self.chances[-1] < ROUNDING  # a list without an end, as far as it matters
        return bool((np.array(self.chances)[inside] <= 0.0).any()) or (beyond and complete and not cut_off)


def moment_tests(values: np.ndarray, chances: np.ndarray, numbers: np.ndarray) -> dict[str, float]:
    """Hold mean and standard deviation (about the exact mean) against those of a distribution."""
    mean = float(chances @ numbers)
    return {
        "mean": chernoff(chances, numbers - mean, len(values), float(values.mean()) - mean),
        "sd": chernoff(chances, (numbers - mean) ** 2, len(values), float(((values - mean) ** 2).mean())),
    }


def chernoff(chances: np.ndarray, scores: np.ndarray, runs: int, actual: float) -> float:
    """Bound the p-value of a mean of scores in so many runs, on both sides together (Chernoff 1952).

    The bound is the least over t of E exp(t (score - actual)), to the power of `runs`. It holds for every number of
    runs and every distribution, where a normal deviate errs in the far tail of a skew one.
    """
    excess, weights = (scores - actual)[chances > 0.0], chances[chances > 0.0]
    mean = float(weights @ excess)
    scale = math.sqrt(float(weights @ (excess - mean) ** 2))
    if scale == 0.0 or abs(mean) < ROUNDING * scale:
        return float(abs(mean) < ROUNDING)
    excess = -excess / scale if mean > 0.0 else excess / scale

    def slope(t: float) -> float:
        powers = t * excess
        tilted = weights * np.exp(powers - powers.max())
        return float(tilted @ excess / tilted.sum())

    if float(excess.max()) <= 0.0:
        return float(weights[excess == 0.0].sum()) ** runs  # nothing lies beyond
    high = 1.0
    while slope(high) < 0.0:
        high *= 2.0
    best = optimize.brentq(slope, 0.0, high, xtol=1e-9)
    return min(1.0, 2.0 * math.exp(runs * float(special.logsumexp(best * excess, b=weights))))


@dataclass(frozen=True)
class Times:
    """A distribution of times by its `cdf`, which reaches 1 - `never`. No value lies outside of `low` to `high`.

    Cells end near the quantiles of equal parts, and in the tails at each power of ten that the runs can fill; or at
    `cuts`. A cdf that jumps needs its own: a jump belongs to the cell that it ends.
    `mean` is held too, where it is given, with the standard deviation of one run.
    """

    cdf: Callable[[float], float]
    low: float = 0.0
    high: float = math.inf
    never: float = 0.0
    cuts: tuple[float, ...] = ()
    mean: float | None = None
    sd: float | None = None

    def cells(self, runs: int) -> Cells:
        cuts, levels = self.edges(runs)
        chances = np.diff([0.0, *levels, 1.0 - self.never])
        return Cells(np.array(cuts), np.append(np.maximum(chances, 0.0), self.never)).merged(runs)

    def edges(self, runs: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return where cells end, and the chance to be before each end."""
        if self.cuts:
            return _edges_at(self.cdf, self.cuts)
        tails = 10.0 ** -np.arange(2, 9)
        tails = tails[tails * runs >= LEAST_EXPECTED]
        levels = np.unique(np.concatenate([np.arange(1, BODY) / BODY, tails, 1.0 - tails]))
        return _quantiles(self.cdf, self.low, self.high, tuple((1.0 - self.never) * levels))

    def tests(self, values: np.ndarray) -> dict[str, float]:
        there = values[~np.isnan(values)]
        if (there < self.low - ROUNDING).any() or (there > self.high + ROUNDING).any():
            return {"distribution": 0.0}
        cells = self.cells(len(values))
        found = {"distribution": likelihood_ratio(cells.count(values), cells.chances)}
        if self.mean is not None:
            assert self.sd is not None, "a mean comes with its standard deviation"
            found["mean"] = normal_deviate(float(there.mean()), self.mean, self.sd / math.sqrt(len(there)))
        return found


@lru_cache(maxsize=1024)
def _edges_at(cdf: Callable[[float], float], cuts: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return cuts, tuple(cdf(cut) for cut in cuts)


@lru_cache(maxsize=1024)
def _quantiles(
    cdf: Callable[[float], float], low: float, high: float, levels: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    cuts: list[float] = []
    reached: list[float] = []
    for level in levels:
        below = cuts[-1] if cuts else low
        above = high
        if above == math.inf:
            above = max(2.0 * below, low + 1.0)
            while cdf(above) < level:
                above *= 2.0
        # Near the level is near enough: what a cell's chance is, the cdf says.
        while True:
            middle = 0.5 * (below + above)
            chance = cdf(middle)
            if abs(chance - level) <= NEAR * min(level, 1.0 - level) or not below < middle < above:
                break
            below, above = (middle, above) if chance < level else (below, middle)
        cuts.append(middle)
        reached.append(chance)
    return tuple(cuts), tuple(reached)


@dataclass(frozen=True)
class Mean:
    """The mean of a number whose distribution has no short form, with the standard deviation of one run."""

    mean: float
    sd: float

    def tests(self, values: np.ndarray) -> dict[str, float]:
        if np.isnan(values).any():
            return {"mean": 0.0}
        return {"mean": normal_deviate(float(values.mean()), self.mean, self.sd / math.sqrt(len(values)))}


Answer: TypeAlias = Counts | Times | Mean


def noticed(answer: Answer, values: np.ndarray, effect: float) -> dict[str, float]:
    """Return, for the answer made wrong in each of two ways, the p-value: it must be red, or the test has no power.

    The chances are tilted by `effect` along a score with mean 0 and variance 1: from early to late, and from the
    middle to the ends. A mean is moved by so many standard deviations.
    """
    if isinstance(answer, Mean):
        return {"moved": min(replace(answer, mean=answer.mean + effect * answer.sd).tests(values).values())}
    cells = answer.cells(len(values))
    counts = cells.count(values)
    found = {}
    for name, score in (("later", lambda rank: rank), ("wider", lambda rank: (rank - 0.5) ** 2)):
        tilted = tilt(cells.chances, score, effect)
        if tilted is not None:
            found[name] = likelihood_ratio(counts, tilted)
    return found


def tilt(chances: np.ndarray, score: Callable[[np.ndarray], np.ndarray], effect: float) -> np.ndarray | None:
    """Return the chances tilted along a score of each cell's middle rank; None where the score is the same for all."""
    known = np.where(np.isnan(chances), 0.0, chances)
    scores = score(np.cumsum(known) - known / 2.0)
    scores = scores - known @ scores
    variance = float(known @ scores**2)
    if variance < 1e-3 * float(np.ptp(scores)) ** 2 or variance < ROUNDING:
        return None
    return chances * (1.0 + effect * scores / math.sqrt(variance))
