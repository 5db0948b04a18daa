"""Aleatory and epistemic uncertainty kept apart: a nested design, many runs to each draw of the parameters.

A run's result varies by chance, whatever the parameters are, and because the parameters are not known. With several
runs to a draw the two are told apart by the one-way analysis of variance with random effects (Searle, Casella and
McCulloch 1992, Variance Components, chapter 3). Over several scenarios a third part is what the scenario decides.

Quantiles of Student's law and of F come from SciPy, by `special`, imported where they are needed; the rest is NumPy.
How two ensembles differ is left to `differences`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from sim.statistics.arrays import ANY, Bools, Bounds, Floats
from sim.statistics.estimates import (
    BOTH_WAYS,
    CLOPPER_PEARSON,
    LEVEL,
    Estimate,
    Proportion,
    Spread,
    around,
    clopper_pearson,
    normal_quantile,
    one_sided_bound,
    spread,
    student_quantile,
    unbounded,
    wilson,
    within,
    without_interval,
)

JACKKNIFE = "jackknife over the draws"
PARTS = ("chance", "parameters", "scenario")


@dataclass(frozen=True)
class VarianceComponents:
    """A mean over a nested design, and what makes it uncertain.

    `overall` covers both: chance, and having tried only so many draws. `aleatory` is what the finite number of runs
    does alone, for these draws. The mean of one more draw lies in `epistemic` with the probability `held` or more: so
    much is open because the parameters are not known, however many runs there are. It is 95 % from 39 draws on, and
    less with fewer, whose least and greatest means it then spans. `parameters_share` is the parameters' share in the
    variance of one run's result.
    """

    overall: Estimate
    aleatory: Estimate
    epistemic: tuple[float, float]
    held: float
    parameters_share: Estimate
    draws: int
    runs_per_draw: int


def variance_components(
    values: npt.ArrayLike, draws: npt.ArrayLike, runs_per_draw: int, level: float = LEVEL
) -> VarianceComponents | None:
    """Split what makes the mean of `values` uncertain; `draws` numbers each run's draw of the parameters.

    None with fewer than three draws, where no draw has two runs, or where all values are one. The range of the draws'
    means is taken after shrinking them (T. A. Louis 1984), so that their variance is freed of chance as far as is sure:
    it is the upper end of what lies between draws. Its ends are the order statistics at (draws + 1) times the tail, so
    that one more draw's mean lies between them as often as said, or oftener.
    """
    column = np.asarray(values, dtype=float)
    groups = _groups(column, draws)
    if len(groups.counts) < 3 or groups.counts.max(initial=0) < 2 or np.ptp(column) == 0:
        return None
    middle = groups.grand_mean
    within = groups.components()[1]
    share = _variance_share(groups, level)
    assert share.high is not None, "the share of a variance has both ends"
    most = share.high / (1 - share.high) * within if share.high < 1 else math.inf
    spread = float(np.var(groups.means, ddof=1))
    shrink = math.sqrt(min(1.0, most / spread)) if spread > 0 else 0.0
    shrunk = middle + shrink * (groups.means - middle)
    tail = (1 - level) / 2
    low, high = np.quantile(shrunk, [tail, 1 - tail], method="weibull")
    number = len(groups.counts)
    chance = normal_quantile(level) * math.sqrt(within / len(column))
    return VarianceComponents(
        overall=over_draws(column, draws, level),
        aleatory=around(middle, chance, len(column), "normal, within draws", level),
        epistemic=(float(low), float(high)),
        held=min(level, (number - 1) / (number + 1)),
        parameters_share=share,
        draws=number,
        runs_per_draw=runs_per_draw,
    )


def over_draws(values: npt.ArrayLike, draws: npt.ArrayLike, level: float = LEVEL) -> Estimate:
    """Estimate a mean by the means of the draws, which are independent where the runs of one draw are not."""
    groups = _groups(np.asarray(values, dtype=float), draws)
    return _over_means(groups.means, groups.counts, level)


def _over_means(means: Floats, counts: Floats, level: float) -> Estimate:
    """Estimate a mean over groups from their own means and numbers of runs."""
    number, runs, method = len(counts), float(counts.sum()), "Student t over the draws"
    middle = float((means * counts).sum() / runs) if number else 0.0
    if number < 2:
        return unbounded(middle if number else None, int(runs), method, level)
    error = math.sqrt(float(((counts / runs) ** 2 * (means - middle) ** 2).sum()) * number / (number - 1))
    return around(middle, student_quantile(number - 1, level) * error, int(runs), method, level)


def spread_over_draws(
    values: Floats, draws: Floats, level: float = LEVEL, *, natural: Bounds = ANY, stopped: npt.ArrayLike = False,
    failed: int = 0,
) -> Spread:  # fmt: skip
    """Summarise a measure as `spread` does: the interval of its mean is over the draws, and quantiles have none."""
    found, has = spread(values, level, natural=natural, stopped=stopped, failed=failed), np.isfinite(values)
    quantiles = {share: without_interval(one) for share, one in found.quantiles.items()}
    return replace(found, mean=within(over_draws(values[has], draws[has], level), natural), quantiles=quantiles)


def mean_between(
    low: npt.ArrayLike, high: npt.ArrayLike, draws: Floats | None = None, level: float = LEVEL
) -> Estimate:
    """Estimate a mean of values each of which lies somewhere between `low` and `high`, over runs or over draws.

    The interval holds that of Student's t for any such values, and so is wider than either end's where they differ;
    there is then no one value.
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    counts = np.ones(len(least))
    if draws is not None:
        one, other = _groups(least, draws), _groups(most, draws)
        least, most, counts = one.means, other.means, one.counts
    number, runs = len(counts), int(counts.sum())
    method = ("Student t" if draws is None else "Student t over the draws") + BOTH_WAYS
    if number < 2:
        return unbounded(None, runs, method, level)
    half = student_quantile(number - 1, level) * greatest_error(least, most, counts)
    first, last = (float((counts * part).sum() / counts.sum()) for part in (least, most))
    value = first if first == last else None
    return Estimate(value=value, low=first - half, high=last + half, runs=runs, method=method, level=level)


def greatest_error(low: Floats, high: Floats, counts: Floats) -> float:
    """Return what the standard error of a mean over groups of so many runs is at most, the groups' means between ends.

    The error is a seminorm of the means, so no means lie further from the middle ones than half the ways add to it.
    """
    number, weights = len(counts), counts / counts.sum()
    middle, half = (low + high) / 2, (high - low) / 2
    scale = math.sqrt(number / (number - 1))
    centre = float((weights * middle).sum())
    more = math.sqrt(float(((weights * half) ** 2).sum()))
    if np.ptp(counts) > 0:  # where weights are one, what centring takes away makes it no longer
        more += float((weights * half).sum()) * math.sqrt(float((weights**2).sum()))
    return scale * (math.sqrt(float(((weights * (middle - centre)) ** 2).sum())) + more)


def proportion_over_draws(
    hits: npt.ArrayLike,
    draws: npt.ArrayLike,
    level: float = LEVEL,
    unknown: Bools | None = None,
    *,
    exact: bool = False,
) -> Proportion:
    """Estimate a probability by its shares in the draws: Wilson's interval at the effective number of runs.

    That is the number of independent runs that would be as precise, lessened for the few draws that it was estimated
    from (Korn and Graubard 1998; Wilson's with it: Franco, Little, Louis and Slud 2019). Draws that agree by chance
    make it at most twice the number of runs. With no hit the bound is that on the share of draws that have one, which
    the probability cannot pass. Runs that are `unknown` count both ways: the interval holds that of any hits among
    them. With `exact` it is the interval of Clopper and Pearson that is taken at that number, as Korn and Graubard do.
    """
    _, place = np.unique(np.asarray(draws), return_inverse=True)
    open_ = np.zeros(len(place)) if unknown is None else unknown
    columns = np.bincount(place, np.asarray(hits, dtype=float)), np.bincount(place, open_), np.bincount(place)
    yes, maybe, runs = (np.asarray(column, dtype=float) for column in columns)
    return proportion_over_counts(yes, maybe, runs, level, exact=exact)


def proportion_over_counts(
    hits: Floats, unknown: Floats, runs: Floats, level: float = LEVEL, *, exact: bool = False
) -> Proportion:
    """Estimate a probability as `proportion_over_draws` does, from each draw's hits, unknown runs and runs.

    Where some are unknown, at the least effective number of runs that they leave open.
    """
    happened, total, number = int(hits.sum()), int(runs.sum()), len(runs)
    most = happened + int(unknown.sum())
    name, interval = (CLOPPER_PEARSON, clopper_pearson) if exact else ("Wilson", wilson)
    method = f"{name} at the effective number of runs" + (BOTH_WAYS if most > happened else "")
    found = partial(Proportion, hits=happened, runs=total, level=level, unknown=most - happened)
    if number < 2:
        return found(low=0.0, high=1.0, method="too few draws")
    bound = one_sided_bound(number, level)
    ends = [(0.0, bound)] if happened == 0 else []
    ends += [(1 - bound, 1.0)] if most == total else []
    if happened == most and ends:
        low, high = ends[0]
        return found(low=low, high=high, method="exact one-sided bound over the draws")
    z, t = normal_quantile(level), student_quantile(number - 1, level)
    first, last = max(1, happened), min(total - 1, most)
    if first <= last:
        if most > happened:
            error = greatest_error(hits / runs, (hits + unknown) / runs, runs)
        else:
            mean = _over_means(hits / runs, runs, level)
            error = ((mean.high or 0.0) - (mean.low or 0.0)) / 2 / t
        varies = min(share * (1 - share) for share in (first / total, last / total))
        effective = min(2.0 * total, varies / error**2 if error > 0 else math.inf) * (z / t) ** 2
        ends += [(interval(first / total * effective, effective, level)[0],
                  interval(last / total * effective, effective, level)[1])]  # fmt: skip
    return found(low=min(end for end, _ in ends), high=max(end for _, end in ends), method=method)


@dataclass(frozen=True)
class _Groups:
    """The means, sums of squares within, and sizes of the draws' runs."""

    means: Floats
    squares: Floats
    counts: Floats

    @property
    def grand_mean(self) -> float:
        return float((self.means * self.counts).sum() / self.counts.sum()) if len(self.counts) else 0.0

    @property
    def size(self) -> float:
        """How many runs a draw has; where they differ, the number that makes mean squares comparable."""
        total = float(self.counts.sum())
        return (total - float((self.counts**2).sum()) / total) / (len(self.counts) - 1)

    def mean_squares(self) -> tuple[float, float]:
        """Return the mean squares among draws and within them."""
        total, groups = float(self.counts.sum()), len(self.counts)
        among = float((self.counts * (self.means - self.grand_mean) ** 2).sum() / (groups - 1))
        return among, float(self.squares.sum()) / max(total - groups, 1.0)

    def components(self) -> tuple[float, float]:
        """Return the variance between draws, freed of chance and at least 0, and the variance within them."""
        among, within = self.mean_squares()
        return max(0.0, (among - within) / self.size), within

    def whole_variance(self) -> float:
        """Return the variance of one run's value: that between draws, freed of chance, and that within them."""
        among, within = self.mean_squares()
        return (among - within) / self.size + within

    def without(self, index: int) -> "_Groups":
        return _Groups(np.delete(self.means, index), np.delete(self.squares, index), np.delete(self.counts, index))


def _groups(values: Floats, draws: npt.ArrayLike) -> _Groups:
    _, place = np.unique(draws, return_inverse=True)
    counts = np.bincount(place).astype(np.float64)
    means = np.bincount(place, values) / np.maximum(counts, 1)
    squares = np.bincount(place, (values - means[place]) ** 2)
    return _Groups(np.asarray(means, float), np.asarray(squares, float), np.asarray(counts, float))


def _variance_share(groups: _Groups, level: float) -> Estimate:
    """Estimate the share of the variance that lies between draws, from the ratio F of the two mean squares.

    The interval is the wider of two: that of the F distribution (Searle, Casella and McCulloch 1992, section 3.6),
    exact for normal results, and that of the jackknife on log F, which allows for draws of another law.
    """
    from sim.statistics.special import fdtri, stdtrit

    count, runs = len(groups.counts), int(groups.counts.sum())
    method = "F and jackknife over the draws, the wider"
    between, within = groups.components()
    if within <= 0.0:
        return Estimate(value=1.0 if between > 0 else 0.0, low=0.0, high=1.0, runs=runs, method=method, level=level)

    def ratio(part: _Groups) -> float:
        among, inside = part.mean_squares()
        return among / inside if inside > 0 else math.inf

    def share(found: float, size: float) -> float:
        return 1.0 if math.isinf(found) else max(0.0, (found - 1) / (found - 1 + size))

    tail, freedom = (1 - level) / 2, (count - 1, runs - count)
    found = ratio(groups)
    ends = [found / float(fdtri(*freedom, 1 - tail)), found * float(fdtri(*freedom[::-1], 1 - tail))]
    partial = np.array([ratio(groups.without(index)) for index in range(count)])
    if found > 0 and np.isfinite(partial).all() and partial.min() > 0:
        logs = np.log(partial)
        half = float(stdtrit(count - 1, 1 - tail)) * math.sqrt((count - 1) / count * ((logs - logs.mean()) ** 2).sum())
        ends = [min(ends[0], found * math.exp(-half)), max(ends[1], found * math.exp(half))]
    low, high = (share(end, groups.size) for end in ends)
    return Estimate(value=between / (between + within), low=low, high=high, runs=runs, method=method, level=level)


def variance_over_draws(values: Floats, draws: npt.ArrayLike, level: float = LEVEL) -> Estimate:
    """Estimate the variance of one run's value, drawn parameters and chance together, by the jackknife over the draws.

    The jackknife is that of its logarithm, so no end lies below 0. Fewer than three draws, or draws of one run each,
    give no interval; where all values are one there is no high end.
    """
    groups, count = _groups(values, draws), len(values)
    number = len(groups.counts)
    if number < 3 or count == number:
        return unbounded(None, count, JACKKNIFE, level)
    found = groups.whole_variance()
    partial = np.array([groups.without(index).whole_variance() for index in range(number)])
    if not found > 0 or not (np.isfinite(partial) & (partial > 0)).all():
        return Estimate(value=max(0.0, found), low=0.0, high=None, runs=count, method=JACKKNIFE, level=level)
    logs = np.log(partial)
    half = student_quantile(number - 1, level) * math.sqrt((number - 1) / number * ((logs - logs.mean()) ** 2).sum())
    low, high = found * math.exp(-half), found * math.exp(min(half, 700.0))
    return Estimate(value=found, low=low, high=high, runs=count, method=JACKKNIFE, level=level)


def variance_parts(
    scenarios: Mapping[str, tuple[Floats, npt.NDArray[np.int_]]], level: float = LEVEL
) -> dict[str, Estimate] | None:
    """Split the variance of a run's result into chance, parameters and scenario, each as a share of the whole.

    `scenarios` maps each to the values of its runs and their draws, the same draws in all; every scenario counts as
    equally likely. By the law of total variance: the mean variance within draws, the mean variance between draws,
    the variance of the scenarios' means (each freed of what the part before it adds). None with fewer than three
    draws in common or two scenarios, or where nothing varies.
    """
    common = sorted(set.intersection(*(set(draws.tolist()) for _, draws in scenarios.values())))
    if len(common) < 3 or len(scenarios) < 2:
        return None
    kept = [_groups(values[np.isin(draws, common)], draws[np.isin(draws, common)])
            for values, draws in scenarios.values()]  # fmt: skip
    whole = _parts(kept)
    if not sum(whole) > 0:
        return None
    count = len(common)
    left_out = [_parts([groups.without(index) for groups in kept]) for index in range(count)]
    partial = np.array([np.array(parts) / sum(parts) if sum(parts) > 0 else np.zeros(3) for parts in left_out])
    centre = np.array(whole) / sum(whole)
    shares = np.maximum(whole, 0.0) / np.maximum(whole, 0.0).sum()
    error = np.sqrt((count - 1) / count * ((partial - partial.mean(axis=0)) ** 2).sum(axis=0))
    half = student_quantile(count - 1, level) * error
    runs = int(sum(groups.counts.sum() for groups in kept))
    return {
        part: Estimate(
            value=float(value),
            low=min(float(np.clip(middle - end, 0.0, 1.0)), float(value)),
            high=max(float(np.clip(middle + end, 0.0, 1.0)), float(value)),
            runs=runs,
            method=JACKKNIFE,
            level=level,
        )
        for part, value, middle, end in zip(PARTS, shares, centre, half, strict=True)
    }


def _parts(scenarios: list[_Groups]) -> tuple[float, float, float]:
    """Return the variances from chance, parameters and scenario, each freed of the one before, and so below 0 at times.

    Cutting them at 0 before they are averaged or left out one by one would bias them.
    """
    squares = [groups.mean_squares() for groups in scenarios]
    within = float(np.mean([inside for _, inside in squares]))
    between = float(
        np.mean([(among - inside) / groups.size for (among, inside), groups in zip(squares, scenarios, strict=True)])
    )
    means = np.array([groups.grand_mean for groups in scenarios])
    # The scenarios share their draws, so what the draws add to the variance of the means is that of differences.
    draws = np.array([groups.means for groups in scenarios])
    centred = draws - draws.mean(axis=0)
    noise = float((centred.var(axis=1, ddof=1) / draws.shape[1]).mean()) * len(scenarios) / (len(scenarios) - 1)
    among = (float(np.var(means, ddof=1)) - noise) * (len(scenarios) - 1) / len(scenarios)
    return within, between, among
