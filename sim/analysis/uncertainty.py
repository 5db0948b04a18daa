"""Chance and ignorance kept apart: a nested design, many runs to each draw of the parameters.

A run's result varies by chance, whatever the parameters are, and because the parameters are not known. With several
runs to a draw the two are told apart by the one-way analysis of variance with random effects (Searle, Casella and
McCulloch 1992, Variance Components, chapter 3). Over several scenarios a third part is what the scenario decides.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.analysis.estimates import LEVEL, Estimate, Proportion, normal_quantile
from sim.analysis.runs import Floats

PARTS = ("chance", "parameters", "scenario")


@dataclass(frozen=True)
class Split:
    """A mean over a nested design, and what makes it uncertain.

    `overall` covers both: chance, and having tried only so many draws. `chance` is what the finite number of runs
    does alone, for these draws. For 95 % of the draws the mean lies in `ignorance`: what is not known about the
    parameters leaves so much open, however many runs there are. `parameters_share` is their share in the variance
    of one run's result.
    """

    overall: Estimate
    chance: Estimate
    ignorance: tuple[float, float]
    parameters_share: Estimate
    draws: int
    runs_per_draw: int


def split(values: npt.ArrayLike, draws: npt.ArrayLike, runs_per_draw: int, level: float = LEVEL) -> Split | None:
    """Split what makes the mean of `values` uncertain; `draws` numbers each run's draw of the parameters.

    None with fewer than three draws, or where no draw has two runs. The range of the draws' means is taken after
    shrinking them so that their variance is the estimated one between draws, freed of chance (T. A. Louis 1984).
    """
    column = np.asarray(values, dtype=float)
    groups = _groups(column, np.asarray(draws))
    if len(groups.counts) < 3 or groups.counts.max(initial=0) < 2:
        return None
    middle = groups.grand_mean
    between, within = groups.components()
    spread = float(np.var(groups.means, ddof=1))
    shrink = math.sqrt(between / spread) if spread > 0 else 0.0
    shrunk = middle + shrink * (groups.means - middle)
    tail = (1 - level) / 2
    low, high = np.quantile(shrunk, [tail, 1 - tail])
    return Split(
        overall=over_draws(column, draws, level),
        chance=_within(middle, math.sqrt(within / len(column)), len(column), level),
        ignorance=(float(low), float(high)),
        parameters_share=jackknife(groups, lambda part: part.parameters_share(), level),
        draws=len(groups.counts),
        runs_per_draw=runs_per_draw,
    )


def over_draws(values: npt.ArrayLike, draws: npt.ArrayLike, level: float = LEVEL) -> Estimate:
    """Estimate a mean by the means of the draws, which are independent where the runs of one draw are not."""
    from scipy.special import stdtrit

    groups = _groups(np.asarray(values, dtype=float), np.asarray(draws))
    count, middle = len(groups.counts), groups.grand_mean
    method = "Student t over the draws"
    if count < 2:
        return Estimate(middle if count else None, None, None, int(groups.counts.sum()), method, level)
    weights = groups.counts / groups.counts.sum()
    error = math.sqrt(float((weights**2 * (groups.means - middle) ** 2).sum()) * count / (count - 1))
    half = float(stdtrit(count - 1, 0.5 + level / 2)) * error
    return Estimate(middle, middle - half, middle + half, int(groups.counts.sum()), method, level)


def proportion_over_draws(hits: npt.ArrayLike, draws: npt.ArrayLike, level: float = LEVEL) -> Proportion:
    """Estimate a probability by its shares in the draws.

    With no hit the bound is that on the share of draws that have one, which the probability cannot pass.
    """
    column = np.asarray(hits, dtype=float)
    happened, runs = int(column.sum()), len(column)
    found = over_draws(column, draws, level)
    if found.low is None or found.high is None:
        return Proportion(happened, runs, 0.0, 1.0, "too few draws", level)
    if happened in (0, runs):
        number = len(np.unique(np.asarray(draws)))
        bound = -math.expm1(math.log1p(-level) / number)
        ends = (0.0, bound) if happened == 0 else (1 - bound, 1.0)
        return Proportion(happened, runs, *ends, "exact one-sided bound over the draws", level)
    return Proportion(happened, runs, max(0.0, found.low), min(1.0, found.high), found.method, level)


@dataclass(frozen=True)
class _Groups:
    """The means, sums of squares within, and sizes of the draws' runs."""

    means: Floats
    squares: Floats
    counts: Floats

    @property
    def grand_mean(self) -> float:
        return float((self.means * self.counts).sum() / self.counts.sum()) if len(self.counts) else 0.0

    def components(self) -> tuple[float, float]:
        """Return the variance between draws, freed of chance and at least 0, and the variance within them."""
        total, groups = self.counts.sum(), len(self.counts)
        within = float(self.squares.sum() / max(total - groups, 1))
        among = float((self.counts * (self.means - self.grand_mean) ** 2).sum() / (groups - 1))
        size = (total - (self.counts**2).sum() / total) / (groups - 1)
        return max(0.0, (among - within) / float(size)), within

    def parameters_share(self) -> float:
        between, within = self.components()
        return between / (between + within) if between + within > 0 else 0.0

    def without(self, place: int) -> "_Groups":
        return _Groups(np.delete(self.means, place), np.delete(self.squares, place), np.delete(self.counts, place))


def _groups(values: Floats, draws: npt.NDArray[np.int_]) -> _Groups:
    _, place = np.unique(draws, return_inverse=True)
    counts = np.bincount(place).astype(np.float64)
    means = np.bincount(place, values) / np.maximum(counts, 1)
    squares = np.bincount(place, (values - means[place]) ** 2)
    return _Groups(np.asarray(means, float), np.asarray(squares, float), np.asarray(counts, float))


def jackknife(groups: _Groups, statistic: Callable[[_Groups], float], level: float) -> Estimate:
    """Estimate a statistic of the draws with its interval by leaving out one draw at a time (Efron and Stein 1981)."""
    from scipy.special import stdtrit

    count = len(groups.counts)
    value = statistic(groups)
    partial = np.array([statistic(groups.without(place)) for place in range(count)])
    error = math.sqrt((count - 1) / count * float(((partial - partial.mean()) ** 2).sum()))
    half = float(stdtrit(count - 1, 0.5 + level / 2)) * error
    runs = int(groups.counts.sum())
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), runs, "jackknife over the draws", level)


def _within(middle: float, error: float, runs: int, level: float) -> Estimate:
    half = normal_quantile(level) * error
    return Estimate(middle, middle - half, middle + half, runs, "normal, within draws", level)


def variance_parts(
    scenarios: Mapping[str, tuple[Floats, npt.NDArray[np.int_]]], level: float = LEVEL
) -> dict[str, Estimate] | None:
    """Split the variance of a run's result into chance, parameters and scenario, each as a share of the whole.

    `scenarios` maps each to the values of its runs and their draws, the same draws in all; every scenario counts as
    equally likely. By the law of total variance: the mean variance within draws, the mean variance between draws,
    the variance of the scenarios' means (each freed of what the part before it adds). None with fewer than three
    draws in common or two scenarios.
    """
    from scipy.special import stdtrit

    common = sorted(set.intersection(*(set(draws.tolist()) for _, draws in scenarios.values())))
    if len(common) < 3 or len(scenarios) < 2:
        return None
    kept = [_groups(values[np.isin(draws, common)], draws[np.isin(draws, common)])
            for values, draws in scenarios.values()]  # fmt: skip
    whole = _parts(kept)
    count = len(common)
    partial = np.array([_parts([groups.without(place) for groups in kept]) for place in range(count)])
    error = np.sqrt((count - 1) / count * ((partial - partial.mean(axis=0)) ** 2).sum(axis=0))
    half = float(stdtrit(count - 1, 0.5 + level / 2)) * error
    runs = int(sum(groups.counts.sum() for groups in kept))
    return {
        part: Estimate(
            float(value), max(0.0, float(value - end)), min(1.0, float(value + end)), runs,
            "jackknife over the draws", level,
        )
        for part, value, end in zip(PARTS, whole, half, strict=True)
    }  # fmt: skip


def _parts(scenarios: list[_Groups]) -> tuple[float, float, float]:
    pairs = [groups.components() for groups in scenarios]
    between = float(np.mean([pair[0] for pair in pairs]))
    within = float(np.mean([pair[1] for pair in pairs]))
    means = np.array([groups.grand_mean for groups in scenarios])
    # The scenarios share their draws, so what the draws add to the variance of the means is that of differences.
    draws = np.array([groups.means for groups in scenarios])
    centred = draws - draws.mean(axis=0)
    noise = float((centred.var(axis=1, ddof=1) / draws.shape[1]).mean()) * len(scenarios) / (len(scenarios) - 1)
    among = max(0.0, float(np.var(means, ddof=1)) - noise) * (len(scenarios) - 1) / len(scenarios)
    total = within + between + among
    return (within / total, between / total, among / total) if total > 0 else (0.0, 0.0, 0.0)
