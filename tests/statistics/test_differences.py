import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.differences import (
    measure_difference,
    outcome_difference,
    paired_difference,
    unpaired_outcome_difference,
    variance_reduction_of,
)
from sim.statistics.estimates import mean, proportion
from sim.statistics.simultaneous import rank_ranges, sidak
from sim.statistics.uncertainty import over_draws, proportion_over_draws
from sim.statistics.unknown_pairs import independent_difference

Z = stats.norm.ppf(0.975)
CELLS = st.tuples(*[st.integers(0, 400)] * 4)
LEVELS = st.sampled_from([0.8, 0.95, 0.99])


def pairs_of(both, lost, gained, neither):
    """Return an outcome's truth in each run of the first and of the second scenario."""
    one = np.repeat([True, True, False, False], [both, lost, gained, neither])
    other = np.repeat([True, False, True, False], [both, lost, gained, neither])
    return one, other


@given(CELLS.filter(any), LEVELS)
def test_the_paired_interval_is_that_of_bonett_and_price(cells, level):
    """Bonett and Price 2012: Wald's interval with p12 = (f12 + 1) / (n + 2) and p21 = (f21 + 1) / (n + 2)."""
    _, lost, gained, _ = cells
    n = sum(cells)
    p12, p21 = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = stats.norm.ppf(0.5 + level / 2) * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (n + 2))

    found = paired_difference(gained, lost, n, level)

    assert found.value == pytest.approx((gained - lost) / n)
    assert found.low == pytest.approx(max(-1.0, p12 - p21 - half))
    assert found.high == pytest.approx(min(1.0, p12 - p21 + half))
    assert (found.runs, found.level) == (n, level)


def test_the_paired_interval_of_a_worked_table():
    """f12 = 9, f21 = 1 of 50 pairs: (10 - 2) / 52 = 0.15385, +- 1.95996 sqrt((12/52 - 0.15385^2) / 52)."""
    found = paired_difference(9, 1, 50)

    assert (found.low, found.high) == pytest.approx((0.03017, 0.27753), abs=5e-5)


@given(st.integers(1, 10**6))
def test_pairs_that_never_differ_still_leave_a_difference_open(pairs):
    found = paired_difference(0, 0, pairs)

    assert found.value == 0.0
    assert found.low == -found.high < 0.0


@given(st.integers(1, 500), st.integers(1, 500), st.floats(0, 1), st.floats(0, 1), LEVELS)
def test_the_independent_interval_is_that_of_agresti_and_caffo(runs, others, share, mate, level):
    """Agresti and Caffo 2000: Wald's interval after adding one hit and one miss to each sample."""
    hits, mates = round(share * runs), round(mate * others)
    a, b = (hits + 1) / (runs + 2), (mates + 1) / (others + 2)
    half = stats.norm.ppf(0.5 + level / 2) * math.sqrt(a * (1 - a) / (runs + 2) + b * (1 - b) / (others + 2))

    found = independent_difference(proportion(hits, runs), proportion(mates, others), level)

    assert found.value == pytest.approx(mates / others - hits / runs)
    assert (found.low, found.high) == pytest.approx((max(-1.0, b - a - half), min(1.0, b - a + half)))
    assert found.runs == runs + others


def test_no_pairs_and_no_runs_say_nothing_of_a_difference():
    assert (paired_difference(0, 0, 0).value, paired_difference(0, 0, 0).low) == (None, None)
    none, half = proportion(0, 0), proportion(1, 2)
    assert (independent_difference(none, half).value, independent_difference(half, none).low) == (None, None)
    found = outcome_difference("o", *pairs_of(0, 0, 0, 0))
    assert (found.pairs, found.difference.value, found.variance_reduction, found.independent_runs) == (
        0,
        None,
        None,
        None,
    )


@given(CELLS.filter(any))
def test_a_change_counts_the_four_kinds_of_pair(cells):
    both, lost, gained, _neither = cells
    pairs = sum(cells)

    found = outcome_difference("o", *pairs_of(*cells))

    assert (found.both, found.lost, found.gained, found.neither) == cells
    assert (found.pairs, found.changed) == (pairs, lost + gained)
    assert found.one == proportion(both + lost, pairs)
    assert found.other == proportion(both + gained, pairs)
    assert found.difference == paired_difference(gained, lost, pairs)
    assert found.difference.value == pytest.approx((found.other.hits - found.one.hits) / pairs)


@given(CELLS.filter(any))
def test_the_two_scenarios_are_treated_alike(cells):
    one, other = pairs_of(*cells)

    forwards, backwards = outcome_difference("o", one, other), outcome_difference("o", other, one)

    assert (backwards.lost, backwards.gained) == (forwards.gained, forwards.lost)
    assert backwards.difference.low == pytest.approx(-forwards.difference.high)
    assert backwards.difference.high == pytest.approx(-forwards.difference.low)
    assert (backwards.variance_reduction is None) == (forwards.variance_reduction is None)
    if forwards.variance_reduction is not None:
        assert backwards.variance_reduction.value == pytest.approx(forwards.variance_reduction.value)


def variance_ratio(one, other):
    """Return the variance of a difference from independent runs over that from pairs; None if the latter is 0."""
    below = np.var(np.subtract(other, one, dtype=float))
    return (np.var(one) + np.var(other)) / below if below > 1e-12 and np.var(one) + np.var(other) > 0 else None


def jackknifed(one, other):
    """Return the ratio and the ends of its interval by leaving out each pair in turn, on the scale of logarithms."""
    count = len(one)
    value = variance_ratio(one, other)
    without = [variance_ratio(np.delete(one, place), np.delete(other, place)) for place in range(count)]
    if None in without:
        return value, None, None
    logs = np.log(without)
    half = Z * math.sqrt((count - 1) / count * ((logs - logs.mean()) ** 2).sum())
    return value, value * math.exp(-half), value * math.exp(half)


@given(st.tuples(*[st.integers(0, 12)] * 4).filter(lambda cells: sum(cells) > 2))
def test_the_gain_of_an_outcome_is_the_ratio_of_variances_with_a_jackknife_over_pairs(cells):
    """The jackknife leaves out one pair of each kind in turn, as often as there are such, after half a pair is added to
    each of the four kinds.
    """
    found = variance_reduction_of(*cells)

    plain = variance_ratio(*pairs_of(*cells))
    if plain is None:
        assert found is None
        return

    def ratio(counts):
        both, lost, gained, _ = shares = [count / sum(counts) for count in counts]
        one, other = both + lost, both + gained
        return (one * (1 - one) + other * (1 - other)) / (shares[1] + shares[2] - (other - one) ** 2)

    padded = [count + 0.5 for count in cells]
    pairs = sum(padded)
    logs = np.log([ratio([max(0.0, n - (at == place)) for at, n in enumerate(padded)]) for place in range(4)])
    weights = np.array(padded) / pairs
    half = Z * math.sqrt((pairs - 1) * (weights * (logs - (weights * logs).sum()) ** 2).sum())
    assert found.value == pytest.approx(plain)
    assert found.low == pytest.approx(min(plain, ratio(padded) * math.exp(-half)))
    assert found.high == pytest.approx(max(plain, ratio(padded) * math.exp(half)))


def test_the_gain_says_how_many_independent_runs_the_same_precision_would_cost():
    """Of 100 pairs 40 have both, 50 neither, 10 gain: (0.4 * 0.6 + 0.5 * 0.5) / (0.1 - 0.01) = 5.444 times as many."""
    found = outcome_difference("o", *pairs_of(40, 0, 10, 50))

    assert found.variance_reduction.value == pytest.approx(0.49 / 0.09)
    assert found.independent_runs == 544


def test_luck_that_is_not_shared_gains_nothing():
    """Cells of independent outcomes, each true in half of the runs: the ratio of variances is 1."""
    assert variance_reduction_of(25, 25, 25, 25).value == pytest.approx(1.0)


def test_where_no_pair_changed_there_is_no_gain():
    assert variance_reduction_of(5, 0, 0, 7) is None
    assert variance_reduction_of(0, 0, 0, 0) is None
    assert variance_reduction_of(1, 1, 0, 0) is None


COLUMNS = st.tuples(st.integers(3, 40), st.integers(0, 2**32 - 1)).map(
    lambda made: np.cumsum(np.random.default_rng(made[1]).normal(size=(2, made[0])), axis=0)
)


@given(COLUMNS, LEVELS)
def test_a_shifts_interval_is_that_of_scipys_paired_t_test(columns, level):
    one, other = columns
    expected = stats.ttest_rel(other, one).confidence_interval(level)

    found = measure_difference("m", one, other, level=level)

    assert found.difference.value == pytest.approx(float((other - one).mean()))
    assert (found.difference.low, found.difference.high) == pytest.approx((expected.low, expected.high))
    assert (found.one, found.other) == (mean(one, level), mean(other, level))


@given(COLUMNS)
def test_the_gain_of_a_measure_is_the_ratio_of_variances_with_a_jackknife_over_pairs(columns):
    one, other = columns
    value, low, high = jackknifed(one, other)

    found = measure_difference("m", one, other).variance_reduction

    assert found.value == pytest.approx(value)
    if high / value > 30:  # a pair or two make nearly all of a variance
        assert (found.low, found.high) == (None, None)
    else:
        assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_a_shift_is_over_the_pairs_in_which_both_runs_have_the_measure():
    nan = math.nan
    one, other = np.array([1.0, nan, 3.0, 4.0, nan]), np.array([2.0, 2.0, nan, 9.0, nan])

    found = measure_difference("m", one, other)

    assert (found.one.value, found.other.value, found.difference.value) == (2.5, 5.5, 3.0)
    assert found.difference.runs == 2
    assert found.variance_reduction is None
    nothing = measure_difference("m", np.array([nan]), np.array([1.0]))
    assert (nothing.difference.value, nothing.difference.runs) == (None, 0)


@given(st.floats(0.1, 10), st.integers(0, 2**32 - 1))
def test_a_shift_that_is_the_same_in_every_pair_has_no_gain_that_rounding_could_make(by, seed):
    one = np.random.default_rng(seed).normal(size=30)

    found = measure_difference("m", one, one + by)

    assert found.difference.value == pytest.approx(by)
    assert found.variance_reduction is None


DRAWS = np.repeat(np.arange(8.0), 5)


def nested_outcomes(seed):
    random = np.random.default_rng(seed)
    chances = np.repeat(random.uniform(0.2, 0.8, 8), 5)
    streams = random.uniform(size=40)
    return streams < chances, streams < np.minimum(1.0, chances + 0.1)


@given(st.integers(0, 2**32 - 1))
def test_in_a_nested_design_the_draws_alone_are_independent(seed):
    one, other = nested_outcomes(seed)
    expected = over_draws(other.astype(float) - one.astype(float), DRAWS)

    found = outcome_difference("o", one, other, DRAWS)

    assert found.difference.value == expected.value
    if (one != other).any():
        pairs = paired_difference(int((other & ~one).sum()), int((one & ~other).sum()), len(one))
        assert found.difference.low == pytest.approx(max(-1.0, min(expected.low, pairs.low)))
        assert found.difference.high == pytest.approx(min(1.0, max(expected.high, pairs.high)))
    assert found.variance_reduction is None
    assert found.one == proportion_over_draws(one, DRAWS)
    assert found.other == proportion_over_draws(other, DRAWS)
    measured = measure_difference("m", one.astype(float), other.astype(float), DRAWS)
    assert measured.difference == expected


def test_draws_in_which_no_pair_changed_still_leave_a_difference_open():
    """The share of draws with a changed pair is at most 1 - 0.05^(1/8) with 95 %, and no difference passes it."""
    one, _ = nested_outcomes(1)

    found = outcome_difference("o", one, one, DRAWS).difference

    assert found.value == 0.0
    assert (1 - found.high) ** 8 == pytest.approx(0.05)
    assert found.low == -found.high
    alone = outcome_difference("o", one[:5], one[:5], DRAWS[:5]).difference
    assert (alone.value, alone.low) == (0.0, None)


def test_what_is_no_pair_is_compared_as_independent_or_run_by_run_if_it_shares_luck():
    one, other = pairs_of(30, 5, 20, 45)

    independent = unpaired_outcome_difference("o", one, other)
    together = unpaired_outcome_difference("o", one, other, common_random_numbers=True)

    assert independent.difference == independent_difference(proportion(35, 100), proportion(50, 100))
    assert together.difference == paired_difference(20, 5, 100)
    assert (independent.one, independent.other) == (proportion(35, 100), proportion(50, 100))
    assert (independent.pairs, independent.variance_reduction) == (0, None)
    longer = unpaired_outcome_difference("o", one, np.append(other, other), common_random_numbers=True)
    assert longer.difference == independent_difference(proportion(35, 100), proportion(100, 200))


def test_nested_designs_that_are_no_pairs_are_compared_by_their_draws():
    """As SciPy compares the means of their draws, by Welch's test."""
    one, other = nested_outcomes(5)[0], nested_outcomes(6)[1]
    means = [column.reshape(8, 5).mean(axis=1) for column in (one, other)]
    expected = stats.ttest_ind(means[1], means[0], equal_var=False).confidence_interval()

    found = unpaired_outcome_difference("o", one, other, (DRAWS, DRAWS))

    assert found.difference.value == pytest.approx(other.mean() - one.mean())
    assert (found.difference.low, found.difference.high) == pytest.approx((expected.low, expected.high))
    assert found.one == proportion_over_draws(one, DRAWS)
    together = unpaired_outcome_difference("o", one, other, (DRAWS, DRAWS), common_random_numbers=True)
    assert together.difference == over_draws(other.astype(float) - one.astype(float), DRAWS)


def test_a_nested_design_and_one_that_is_not_are_compared_by_what_is_independent_in_each():
    one, other = nested_outcomes(5)[0], nested_outcomes(6)[1]
    expected = stats.ttest_ind(other.astype(float), one.reshape(8, 5).mean(axis=1), equal_var=False)

    found = unpaired_outcome_difference("o", one, other, (DRAWS, None)).difference

    interval = expected.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_unpaired_draws_of_which_none_has_a_hit_leave_a_difference_open():
    never = np.zeros(40, dtype=bool)

    found = unpaired_outcome_difference("o", never, never, (DRAWS, DRAWS)).difference

    assert found.low < 0.0 < found.high
    assert unpaired_outcome_difference("o", never[:5], never, (DRAWS[:5], DRAWS)).difference.low is None


@given(st.integers(1, 500), LEVELS)
def test_intervals_at_sidaks_level_hold_together_if_they_are_independent(comparisons, level):
    assert sidak(comparisons, level) ** comparisons == pytest.approx(level)
    assert sidak(0, level) == level


def stepped(*counts, runs=1000):
    """Return scenarios in which the outcome is true in the first so many runs, on the same luck."""
    return [np.arange(runs) < count for count in counts]


def test_clear_differences_give_every_scenario_its_own_rank():
    assert rank_ranges(stepped(100, 900, 500)) == [(3, 3, 3), (1, 1, 1), (2, 2, 2)]


def test_scenarios_that_cannot_be_told_apart_share_a_range():
    assert rank_ranges(stepped(500, 501, 100)) == [(2, 1, 2), (1, 1, 2), (3, 3, 3)]


def test_equal_scenarios_have_the_same_rank_and_the_whole_range():
    assert rank_ranges(stepped(500, 500, 500)) == [(1, 1, 3)] * 3


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5), st.integers(0, 2**32 - 1))
def test_the_ranges_are_those_of_the_simultaneous_differences(counts, seed):
    random = np.random.default_rng(seed)
    columns = [random.permutation(60) < count for count in counts]
    level = sidak(len(counts) * (len(counts) - 1) // 2)

    ranges = rank_ranges(columns)

    for place, (rank, low, high) in enumerate(ranges):
        differences = [outcome_difference("", columns[place], column, None, level).difference
                       for other, column in enumerate(columns) if other != place]  # fmt: skip
        assert rank == 1 + sum(count > counts[place] for count in counts)
        assert low == 1 + sum(found.low > 0 for found in differences)
        assert high == len(counts) - sum(found.high < 0 for found in differences)
        assert low <= rank <= high


def test_ranks_of_a_nested_design_go_by_its_draws():
    """Within three draws all runs agree, so a difference that thirty independent runs would settle is not settled."""
    draws = np.repeat(np.arange(3.0), 10)
    one, other = np.repeat([False, False, True], 10), np.repeat([False, True, True], 10)

    assert rank_ranges([one, other]) == [(2, 2, 2), (1, 1, 1)]
    assert rank_ranges([one, other], draws=draws) == [(2, 1, 2), (1, 1, 2)]
