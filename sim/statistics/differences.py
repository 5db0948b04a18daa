"""Two ensembles beside each other, run by run: paired differences, and the variance-reduction factor of common random
numbers.

Run i of the one and run i of the other have the same parameters and the same draws, so most of the chance cancels in
their difference. What made them differ is left to `sim.analysis.divergence`, unknown runs to `unknown_pairs`.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from sim.statistics.arrays import Bools, Floats
from sim.statistics.estimates import (
    LEVEL,
    Estimate,
    Proportion,
    mean,
    normal_quantile,
    one_sided_bound,
    proportion,
    share_difference,
    student_quantile,
    unbounded,
)
from sim.statistics.sequence import difference_sequence_between
from sim.statistics.uncertainty import over_draws, proportion_over_draws
from sim.statistics.unknown_pairs import PAIRED, WELCH, Between, Unknown, independent_difference, welch_between

MOST_UNSURE = math.log(30)  # a ratio known only to a factor of more than this is as good as not known


@dataclass(frozen=True)
class OutcomeDifference:
    """One outcome under two scenarios: `both`, `lost` (in the first alone), `gained` (in the second alone), `neither`;
    all 0 where runs are not pairs.

    `variance_reduction` is the variance of the difference from independent runs over that from these pairs: how many
    times as many independent runs the same precision would cost; `independent_runs` is that number. None where nothing
    varies, and in a nested design, whose runs are not independent anyhow.

    Of `unknown` pairs nobody knows which of the four they are, as one of the runs failed or was stopped: so many more
    may be gained or lost as `maybe_gained` and `maybe_lost` say. The difference has then no one value, and its interval
    holds that of whatever they came to; there is no gain.
    """

    outcome: str
    one: Proportion
    other: Proportion
    difference: Estimate
    both: int = 0
    lost: int = 0
    gained: int = 0
    neither: int = 0
    variance_reduction: Estimate | None = None
    unknown: int = 0
    maybe_gained: int = 0
    maybe_lost: int = 0

    @property
    def pairs(self) -> int:
        return self.both + self.lost + self.gained + self.neither + self.unknown

    @property
    def changed(self) -> int:
        """The pairs in which the outcome came true in one of the two only."""
        return self.lost + self.gained

    @property
    def independent_runs(self) -> int | None:
        """How many runs of each scenario the same precision would cost without common random numbers."""
        factor = None if self.variance_reduction is None else self.variance_reduction.value
        return None if factor is None else round(self.pairs * factor)


@dataclass(frozen=True)
class MeasureDifference:
    """One measure under two scenarios, over the pairs in which both runs have it; `variance_reduction` as for an
    outcome.
    """

    measure: str
    one: Estimate
    other: Estimate
    difference: Estimate
    variance_reduction: Estimate | None


def outcome_difference(
    outcome: str, one: Bools, other: Bools, draws: Floats | None = None, level: float = LEVEL,
    unknown: Unknown | None = None,
) -> OutcomeDifference:  # fmt: skip
    """Compare an outcome between pairs of runs; with `draws`, of a nested design, whose draws alone are independent.

    `level` is that of the difference's interval; the two shares have theirs at 95 %. Runs that are `unknown` may have
    had it or not.
    """
    here, there = unknown or (np.zeros(len(one), np.bool_), np.zeros(len(one), np.bool_))
    known = ~(here | there)
    changes = Between.of(one, other, (here, there))
    (gained, most_gained), (lost, most_lost) = changes.gained, changes.lost
    both, neither = int(np.count_nonzero(one & other & known)), int(np.count_nonzero(~one & ~other & known))
    independent = draws is None and bool(known.all())
    reduction = variance_reduction_of(both, lost, gained, neither) if independent else None
    return OutcomeDifference(
        outcome=outcome,
        one=share_of(one, here, draws),
        other=share_of(other, there, draws),
        difference=_difference_of_pairs(one, other, draws, level, unknown),
        both=both,
        lost=lost,
        gained=gained,
        neither=neither,
        variance_reduction=reduction,
        unknown=int(np.count_nonzero(~known)),
        maybe_gained=most_gained - gained,
        maybe_lost=most_lost - lost,
    )


def _difference_of_pairs(
    one: Bools, other: Bools, draws: Floats | None, level: float, unknown: Unknown | None
) -> Estimate:
    """Estimate a difference over pairs of runs, or over their draws, of which some runs may be unknown."""
    if _some(unknown):
        changes = Between.of(one, other, unknown)
        return changes.paired(level) if draws is None else changes.over_draws(draws, level)
    if draws is not None:
        return _difference_over_draws(one, other, draws, level)
    return paired_difference(int(np.count_nonzero(other & ~one)), int(np.count_nonzero(one & ~other)), len(one), level)


def _some(unknown: Unknown | None) -> TypeGuard[Unknown]:
    return unknown is not None and bool(unknown[0].any() or unknown[1].any())


def at_every_look(found: OutcomeDifference) -> Estimate:
    """Return a difference over pairs with the interval of a confidence sequence."""
    gained, lost = (found.gained, found.gained + found.maybe_gained), (found.lost, found.lost + found.maybe_lost)
    return difference_sequence_between(gained, lost, found.pairs)


def share_of(hits: Bools, unknown: Bools | None, draws: Floats | None = None, level: float = LEVEL) -> Proportion:
    """Estimate a probability from runs of which some are unknown; over the draws in a nested design."""
    if draws is None:
        return proportion(
            int(np.count_nonzero(hits)), len(hits), level, 0 if unknown is None else int(np.count_nonzero(unknown))
        )
    return proportion_over_draws(hits, draws, level, unknown)


def _difference_over_draws(one: Bools, other: Bools, draws: Floats, level: float) -> Estimate:
    """Estimate a difference by the draws' own differences.

    It is never narrower than that of independent pairs. If no pair changed, it is bounded as the share of draws that
    have a changed pair is, which it cannot pass.
    """
    found = over_draws(other.astype(float) - one.astype(float), draws, level)
    if found.low is None or found.high is None:
        return found
    if (one != other).any():
        pairs = _difference_of_pairs(one, other, None, level, None)
        assert pairs.low is not None, "pairs have an interval"
        assert pairs.high is not None, "pairs have an interval"
        return replace(found, low=max(-1.0, min(found.low, pairs.low)), high=min(1.0, max(found.high, pairs.high)))
    bound = one_sided_bound(len(np.unique(draws)), level)
    return replace(found, low=-bound, high=bound)


def unpaired_outcome_difference(
    outcome: str,
    one: Bools,
    other: Bools,
    draws: tuple[Floats | None, Floats | None] = (None, None),
    *,
    common_random_numbers: bool = False,
    level: float = LEVEL,
    unknown: Unknown | None = None,
) -> OutcomeDifference:
    """Compare an outcome between ensembles whose runs are not pairs; with `draws` of those that are nested designs.

    With `common_random_numbers` they share draws all the same, and the interval goes run by run, whatever that comes
    to. Runs that are `unknown` may have had it or not.
    """
    shares = [share_of(*side) for side in zip((one, other), unknown or (None, None), draws, strict=True)]
    together = common_random_numbers and len(one) == len(other)
    nested = draws[0] is not None or draws[1] is not None
    same_draws = draws[0] is not None and draws[1] is not None and np.array_equal(draws[0], draws[1])
    if together and (same_draws or not nested):
        difference = _difference_of_pairs(one, other, draws[0], level, unknown)
    elif nested:
        difference = (
            welch_between(one, other, draws, unknown, level) if _some(unknown) else _welch(one, other, draws, level)
        )
    else:
        difference = independent_difference(shares[0], shares[1], level)
    return OutcomeDifference(outcome=outcome, one=shares[0], other=shares[1], difference=difference)


def _welch(one: Bools, other: Bools, draws: tuple[Floats | None, Floats | None], level: float) -> Estimate:
    """Estimate a difference of shares whose runs are independent only from draw to draw, by B. L. Welch (1947)."""
    sides = [
        (hits, np.arange(len(hits)) if known is None else known)
        for hits, known in zip((one, other), draws, strict=True)
    ]
    found = [over_draws(hits, groups, level) for hits, groups in sides]
    numbers = [len(np.unique(groups)) for _, groups in sides]
    runs = len(one) + len(other)
    if min(numbers) < 2:
        return unbounded(None, runs, WELCH, level)
    here, there = (part.value or 0.0 for part in found)
    squares = [
        (((part.high or 0.0) - (part.value or 0.0)) / student_quantile(number - 1, level)) ** 2
        for part, number in zip(found, numbers, strict=True)
    ]
    if sum(squares) == 0.0:
        half = sum(one_sided_bound(number, level) for number in numbers)
    else:
        freedom = sum(squares) ** 2 / sum(
            square**2 / (number - 1) for square, number in zip(squares, numbers, strict=True)
        )
        half = student_quantile(freedom, level) * math.sqrt(sum(squares))
    value = there - here
    return share_difference(value, value - half, value + half, runs, WELCH, level)


def paired_difference(gained: int, lost: int, pairs: int, level: float = LEVEL) -> Estimate:
    """Estimate (gained - lost) / pairs by the adjusted Wald interval of Bonett and Price (2012).

    One is added to each of the two changed cells: the interval has a width even if no pair changed.
    """
    if pairs == 0:
        return unbounded(None, 0, PAIRED, level)
    up, down = (gained + 1) / (pairs + 2), (lost + 1) / (pairs + 2)
    half = normal_quantile(level) * math.sqrt((up + down - (up - down) ** 2) / (pairs + 2))
    middle = up - down
    return share_difference((gained - lost) / pairs, middle - half, middle + half, pairs, PAIRED, level)


def variance_reduction_of(both: int, lost: int, gained: int, neither: int, level: float = LEVEL) -> Estimate | None:
    """Estimate how many times as many independent runs would give the same precision, by the jackknife over pairs.

    The ratio of var(one) + var(other) to var(other - one). None where no pair changed, and the ratio has no bound. The
    interval is that of the jackknife on its logarithm with half a pair added to each of the four kinds, as few of a
    kind would else make it too narrow.
    """
    value = _ratio((both, lost, gained, neither)) if both + lost + gained + neither > 2 else None
    if value is None:
        return None
    counts = tuple(number + 0.5 for number in (both, lost, gained, neither))
    pairs = sum(counts)
    partial = []
    for index in range(4):
        less = _ratio(tuple(max(0.0, number - (at == index)) for at, number in enumerate(counts)))
        assert less is not None, "with half a pair of each kind something varies"
        partial.append(math.log(less))
    centre = sum(log * weight for log, weight in zip(partial, counts, strict=True)) / pairs
    squares = sum(weight * (log - centre) ** 2 for log, weight in zip(partial, counts, strict=True))
    half = normal_quantile(level) * math.sqrt((pairs - 1) / pairs * squares)
    middle = _ratio(counts) or value
    low, high = min(middle * math.exp(-half), value), max(middle * math.exp(half), value)
    runs = both + lost + gained + neither
    return Estimate(value=value, low=low, high=high, runs=runs, method="jackknife", level=level)


def _ratio(counts: tuple[float, ...]) -> float | None:
    both, lost, gained, neither = counts
    pairs = both + lost + gained + neither
    one, other = (both + lost) / pairs, (both + gained) / pairs
    paired = (lost + gained) / pairs - (other - one) ** 2
    independent = one * (1 - one) + other * (1 - other)
    return independent / paired if paired > 1e-12 and independent > 0 else None


def measure_difference(
    measure: str, one: Floats, other: Floats, draws: Floats | None = None, level: float = LEVEL
) -> MeasureDifference:
    """Compare a measure between pairs of runs, by the mean of the differences."""
    known = np.isfinite(one) & np.isfinite(other)
    a, b = one[known], other[known]
    first, second, difference = (
        mean(column, level) if draws is None else over_draws(column, draws[known], level) for column in (a, b, b - a)
    )
    reduction = _ratio_of_variances(a, b, level) if draws is None and len(a) > 2 else None
    return MeasureDifference(
        measure=measure, one=first, other=second, difference=difference, variance_reduction=reduction
    )


def _ratio_of_variances(a: Floats, b: Floats, level: float) -> Estimate | None:
    """Estimate the ratio of var(a) + var(b) to var(b - a) by the jackknife, each leave-one-out variance in closed form.

    None where b - a varies by no more than rounding. Where a pair or two make nearly all of a variance the runs do not
    bound the ratio.
    """
    count, paired = len(a), float(np.var(b - a))
    if not paired > 1e-24 * float(np.mean(a**2 + b**2)):
        return None
    value = (float(np.var(a)) + float(np.var(b))) / paired

    def without_each(column: Floats) -> Floats:
        centred = column - column.mean()
        spread: Floats = ((centred**2).sum() - centred**2 * count / (count - 1)) / (count - 1)
        return spread

    below = without_each(b - a)
    above = without_each(a) + without_each(b)
    half = math.inf
    if value > 0 and below.min() > 0 and above.min() > 0:
        logs = np.log(above / below)
        half = normal_quantile(level) * math.sqrt((count - 1) / count * float(((logs - logs.mean()) ** 2).sum()))
    if half > MOST_UNSURE:
        return unbounded(value, count, "jackknife", level)
    low, high = value * math.exp(-half), value * math.exp(half)
    return Estimate(value=value, low=low, high=high, runs=count, method="jackknife", level=level)
