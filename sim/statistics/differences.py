"""Two ensembles beside each other, run by run: paired differences, and the variance-reduction factor of common random
numbers.

Run i of the one and run i of the other have the same parameters and the same draws, so most of chance falls out of
their difference. What made them differ is left to `sim.analysis.divergence`, unknown runs to `unknown_pairs`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from sim.statistics.arrays import Bools, Floats
from sim.statistics.estimates import LEVEL, Estimate, Proportion, mean, normal_quantile, proportion
from sim.statistics.sequence import difference_sequence_between
from sim.statistics.uncertainty import over_draws, proportion_over_draws
from sim.statistics.unknown_pairs import (
    INDEPENDENT,
    PAIRED,
    WELCH,
    Between,
    Unknown,
    independent_between,
    welch_between,
)

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
        return (
            None
            if self.variance_reduction is None or self.variance_reduction.value is None
            else round(self.pairs * self.variance_reduction.value)
        )


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
    if unknown is not None and (unknown[0].any() or unknown[1].any()):
        return _open_change(outcome, one, other, draws, level, unknown)
    lost, gained = int((one & ~other).sum()), int((other & ~one).sum())
    both, neither = int((one & other).sum()), int((~one & ~other).sum())
    pairs = len(one)
    if draws is None:
        difference = paired_difference(gained, lost, pairs, level)
        first, second = proportion(lost + both, pairs), proportion(gained + both, pairs)
    else:
        difference = _difference_over_draws(one, other, draws, level)
        first, second = proportion_over_draws(one, draws), proportion_over_draws(other, draws)
    reduction = variance_reduction_of(both, lost, gained, neither) if draws is None else None
    return OutcomeDifference(
        outcome=outcome, one=first, other=second, difference=difference, both=both, lost=lost, gained=gained,
        neither=neither, variance_reduction=reduction,
    )  # fmt: skip


def _open_change(
    outcome: str, one: Bools, other: Bools, draws: Floats | None, level: float, unknown: Unknown
) -> OutcomeDifference:
    found, known = Between.of(one, other, unknown), ~(unknown[0] | unknown[1])
    (gained, most_gained), (lost, most_lost) = found.gained, found.lost
    return OutcomeDifference(
        outcome=outcome,
        one=share_of(one, unknown[0], draws),
        other=share_of(other, unknown[1], draws),
        difference=found.paired(level) if draws is None else found.over_draws(draws, level),
        both=int((one & other & known).sum()),
        lost=lost,
        gained=gained,
        neither=int((~one & ~other & known).sum()),
        unknown=int((~known).sum()),
        maybe_gained=most_gained - gained,
        maybe_lost=most_lost - lost,
    )


def at_every_look(found: OutcomeDifference) -> Estimate:
    """Return a difference over pairs with the interval of a confidence sequence."""
    gained, lost = (found.gained, found.gained + found.maybe_gained), (found.lost, found.lost + found.maybe_lost)
    return difference_sequence_between(gained, lost, found.pairs)


def share_of(hits: Bools, unknown: Bools, draws: Floats | None = None, level: float = LEVEL) -> Proportion:
    """Estimate a probability from runs of which some are unknown; over the draws in a nested design."""
    if draws is None:
        return proportion(int(hits.sum()), len(hits), level, int(unknown.sum()))
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
        pairs = paired_difference(int((other & ~one).sum()), int((one & ~other).sum()), len(one), level)
        assert pairs.low is not None, "pairs have an interval"
        assert pairs.high is not None, "pairs have an interval"
        return replace(found, low=max(-1.0, min(found.low, pairs.low)), high=min(1.0, max(found.high, pairs.high)))
    bound = -math.expm1(math.log1p(-level) / len(np.unique(draws)))
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
    if unknown is not None and (unknown[0].any() or unknown[1].any()):
        return _open_unpaired(
            outcome, one, other, draws, unknown, common_random_numbers=common_random_numbers, level=level
        )
    hits, other_hits = int(one.sum()), int(other.sum())
    nested = any(known is not None for known in draws)
    together = common_random_numbers and len(one) == len(other)
    if together and draws[0] is not None and draws[1] is not None and np.array_equal(draws[0], draws[1]):
        difference = _difference_over_draws(one, other, draws[0], level)
    elif nested:
        difference = _welch(one, other, draws, level)
    elif together:
        difference = paired_difference(int((other & ~one).sum()), int((one & ~other).sum()), len(one), level)
    else:
        difference = independent_difference(hits, len(one), other_hits, len(other), level)
    shares = [
        proportion(int(hit.sum()), len(hit)) if known is None else proportion_over_draws(hit, known)
        for hit, known in zip((one, other), draws, strict=True)
    ]
    return OutcomeDifference(outcome=outcome, one=shares[0], other=shares[1], difference=difference)


def _open_unpaired(
    outcome: str, one: Bools, other: Bools, draws: tuple[Floats | None, Floats | None], unknown: Unknown, *,
    common_random_numbers: bool, level: float,
) -> OutcomeDifference:  # fmt: skip
    shares = [share_of(*side) for side in zip((one, other), unknown, draws, strict=True)]
    together = common_random_numbers and len(one) == len(other)
    if together and draws[0] is not None and draws[1] is not None and np.array_equal(draws[0], draws[1]):
        difference = Between.of(one, other, unknown).over_draws(draws[0], level)
    elif draws[0] is not None or draws[1] is not None:
        difference = welch_between(one, other, draws, unknown, level)
    elif together:
        difference = Between.of(one, other, unknown).paired(level)
    else:
        difference = independent_between(shares[0], shares[1], level)
    return OutcomeDifference(outcome=outcome, one=shares[0], other=shares[1], difference=difference)


def _welch(one: Bools, other: Bools, draws: tuple[Floats | None, Floats | None], level: float) -> Estimate:
    """Estimate a difference of shares whose runs are independent only from draw to draw, by B. L. Welch (1947)."""
    from sim.statistics.special import stdtrit

    found = [
        over_draws(hit, np.arange(len(hit)) if known is None else known, level)
        for hit, known in zip((one, other), draws, strict=True)
    ]
    groups = [len(hit if known is None else np.unique(known)) for hit, known in zip((one, other), draws, strict=True)]
    runs, method = len(one) + len(other), WELCH
    if min(groups) < 2:
        return Estimate(value=None, low=None, high=None, runs=runs, method=method, level=level)
    assert found[0].value is not None, "what has draws has a mean"
    assert found[1].value is not None, "what has draws has a mean"
    value = found[1].value - found[0].value
    errors = [
        ((part.high or 0.0) - (part.value or 0.0)) / float(stdtrit(number - 1, 0.5 + level / 2))
        for part, number in zip(found, groups, strict=True)
    ]
    squares = [error**2 for error in errors]
    if sum(squares) == 0.0:
        bound = sum(-math.expm1(math.log1p(-level) / number) for number in groups)
        return Estimate(
            value=value,
            low=max(-1.0, value - bound),
            high=min(1.0, value + bound),
            runs=runs,
            method=method,
            level=level,
        )
    freedom = sum(squares) ** 2 / sum(square**2 / (number - 1) for square, number in zip(squares, groups, strict=True))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * math.sqrt(sum(squares))
    return Estimate(
        value=value, low=max(-1.0, value - half), high=min(1.0, value + half), runs=runs, method=method, level=level
    )


def paired_difference(gained: int, lost: int, pairs: int, level: float = LEVEL) -> Estimate:
    """Estimate (gained - lost) / pairs by the adjusted Wald interval of Bonett and Price (2012).

    One is added to each of the two changed cells: the interval has a width even if no pair changed.
    """
    if pairs == 0:
        return Estimate(value=None, low=None, high=None, runs=0, method=PAIRED, level=level)
    up, down = (gained + 1) / (pairs + 2), (lost + 1) / (pairs + 2)
    half = normal_quantile(level) * math.sqrt((up + down - (up - down) ** 2) / (pairs + 2))
    middle = up - down
    return Estimate(
        value=(gained - lost) / pairs,
        low=max(-1.0, middle - half),
        high=min(1.0, middle + half),
        runs=pairs,
        method=PAIRED,
        level=level,
    )


def independent_difference(hits: int, runs: int, other_hits: int, others: int, level: float = LEVEL) -> Estimate:
    """Estimate other_hits / others - hits / runs by the adjusted Wald interval of Agresti and Caffo (2000)."""
    if not runs or not others:
        return Estimate(value=None, low=None, high=None, runs=runs + others, method=INDEPENDENT, level=level)
    one, other = (hits + 1) / (runs + 2), (other_hits + 1) / (others + 2)
    half = normal_quantile(level) * math.sqrt(one * (1 - one) / (runs + 2) + other * (1 - other) / (others + 2))
    low, high = max(-1.0, other - one - half), min(1.0, other - one + half)
    return Estimate(
        value=other_hits / others - hits / runs, low=low, high=high, runs=runs + others, method=INDEPENDENT, level=level
    )


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
    low, high = middle * math.exp(-half), middle * math.exp(half)
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        runs=both + lost + gained + neither,
        method="jackknife",
        level=level,
    )


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
    if draws is None:
        found = [mean(column, level) for column in (a, b, b - a)]
    else:
        found = [over_draws(column, draws[known], level) for column in (a, b, b - a)]
    reduction = None
    if (
        draws is None and len(a) > 2 and float(np.var(b - a)) > 1e-24 * float(np.mean(a**2 + b**2))
    ):  # more than rounding
        ratio = (float(np.var(a)) + float(np.var(b))) / float(np.var(b - a))
        reduction = _jackknife_of_variances(a, b, ratio, level)
    return MeasureDifference(
        measure=measure, one=found[0], other=found[1], difference=found[2], variance_reduction=reduction
    )


def _jackknife_of_variances(a: Floats, b: Floats, value: float, level: float) -> Estimate | None:
    """Return the interval of the ratio of variances, each leave-one-out variance in closed form.

    Where a pair or two make nearly all of a variance the runs do not bound the ratio.
    """
    count = len(a)

    def without_each(column: Floats) -> Floats:
        centred = column - column.mean()
        spread: Floats = ((centred**2).sum() - centred**2 * count / (count - 1)) / (count - 1)
        return spread

    below = without_each(b - a)
    above = without_each(a) + without_each(b)
    if value <= 0 or below.min() <= 0 or above.min() <= 0:
        return Estimate(value=value, low=None, high=None, runs=count, method="jackknife", level=level)
    logs = np.log(above / below)
    half = normal_quantile(level) * math.sqrt((count - 1) / count * float(((logs - logs.mean()) ** 2).sum()))
    if half > MOST_UNSURE:
        return Estimate(value=value, low=None, high=None, runs=count, method="jackknife", level=level)
    return Estimate(
        value=value,
        low=value * math.exp(-half),
        high=value * math.exp(half),
        runs=count,
        method="jackknife",
        level=level,
    )
