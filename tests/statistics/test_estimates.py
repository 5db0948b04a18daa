import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.estimates import QUANTILES, Estimate, mean, order_interval, percent, proportion, quantile, spread

SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


def close(actual, expected):
    assert actual == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9))


@given(st.integers(2, 5000).flatmap(lambda runs: st.tuples(st.integers(1, runs - 1), st.just(runs))))
def test_the_interval_of_a_share_is_wilsons(pair):
    hits, runs = pair
    expected = stats.binomtest(hits, runs).proportion_ci(0.95, method="wilson")

    actual = proportion(hits, runs)

    assert actual.low == pytest.approx(expected.low, abs=1e-12)
    assert actual.high == pytest.approx(expected.high, abs=1e-12)
    assert actual.low < hits / runs < actual.high
    assert actual.share == hits / runs


@given(st.integers(1, 100_000))
def test_no_hit_gives_the_exact_one_sided_bound_and_no_share(runs):
    actual = proportion(0, runs)

    assert actual.share is None
    assert actual.low == 0.0
    assert (1 - actual.high) ** runs == pytest.approx(0.05, rel=1e-6)
    assert proportion(runs, runs).low == pytest.approx(1 - actual.high)
    assert proportion(runs, runs).high == 1.0
    assert "below" in str(actual)
    assert "above" in str(proportion(runs, runs))
    assert actual.interval == f"0 of {runs:,}: 95% bound"


@pytest.mark.parametrize("runs", [1, 2, 1_000_000])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_an_interval_of_nothing_but_hits_or_of_none_ends_at_the_exact_bound(runs, level):
    none, everything = proportion(0, runs, level), proportion(runs, runs, level)
    oracle = stats.binomtest(0, runs, alternative="less").proportion_ci(level, method="exact")

    assert (none.low, everything.high) == (0.0, 1.0)
    assert none.high == pytest.approx(oracle.high, rel=1e-9)
    assert 1 - everything.low == pytest.approx(oracle.high, rel=1e-9)


@pytest.mark.parametrize("hits", [1, 17, 500_000, 999_999])
def test_the_interval_of_a_share_of_a_million_runs_is_wilsons(hits):
    expected = stats.binomtest(hits, 1_000_000).proportion_ci(0.95, method="wilson")

    actual = proportion(hits, 1_000_000)

    assert (actual.low, actual.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_no_runs_say_nothing():
    nothing = proportion(0, 0)

    assert (nothing.low, nothing.high, nothing.share) == (0.0, 1.0, None)
    assert (str(nothing), nothing.interval) == ("no runs", "-")


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=200), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_of_a_mean_is_students(values, level):
    actual = mean(values, level)

    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    assert actual.value == pytest.approx(float(np.mean(values)), rel=1e-9, abs=1e-6)
    half = float(stats.t.ppf(0.5 + level / 2, len(values) - 1)) * error
    assert actual.low == pytest.approx(actual.value - half, rel=1e-9, abs=1e-6)
    assert actual.high == pytest.approx(actual.value + half, rel=1e-9, abs=1e-6)
    assert (actual.runs, actual.level) == (len(values), level)


def test_the_interval_of_a_mean_is_that_of_scipys_t_test():
    values = [3.1, 4.4, 2.0, 5.9, 4.1, 3.3]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)

    actual = mean(values)

    assert (actual.low, actual.high) == pytest.approx((expected.low, expected.high))


def test_one_value_is_its_mean_without_an_interval_and_none_has_no_mean():
    assert mean([4.0]) == Estimate(4.0, None, None, 1, "Student t")
    assert mean([]) == Estimate(None, None, None, 0, "Student t")


@given(NUMBERS, st.sampled_from(SHARES))
def test_quantiles_are_those_of_linear_interpolation(values, share):
    assert quantile(values, share).value == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-9)


@given(NUMBERS, st.sampled_from(SHARES), st.sampled_from([0.83, 0.95, 0.99]))
def test_the_interval_of_a_quantile_is_that_of_scipys_exact_test(values, share, level):
    with np.errstate(invalid="ignore"):
        expected = stats.quantile_test(values, q=0, p=share).confidence_interval(level)

    actual = quantile(values, share, level)

    close(actual.low, None if math.isnan(expected.low) else expected.low)
    close(actual.high, None if math.isnan(expected.high) else expected.high)


@given(st.integers(1, 3000), st.sampled_from(SHARES))
def test_the_interval_of_a_quantile_leaves_out_no_more_than_the_tails_and_could_not_be_narrower(runs, share):
    """With the values 0, 1, ..., an end is its own place: place k lies above the quantile with the chance that at most
    k of the values lie below it, a binomial one.
    """
    actual = quantile(np.arange(runs), share)
    below = stats.binom(runs, share)

    if actual.low is None:
        assert below.cdf(0) > 0.025 * (1 - 1e-9)
    else:
        assert below.cdf(int(actual.low)) <= 0.025 * (1 + 1e-9)
        assert below.cdf(int(actual.low) + 1) > 0.025 * (1 - 1e-9)
    if actual.high is None:
        assert below.sf(runs - 1) > 0.025 * (1 - 1e-9)
    else:
        assert below.sf(int(actual.high)) <= 0.025 * (1 + 1e-9)
        assert below.sf(int(actual.high) - 1) > 0.025 * (1 - 1e-9)


@given(
    st.one_of(st.integers(1, 60), st.sampled_from([10_000, 1_000_000])),
    st.one_of(st.sampled_from([*SHARES, 1e-9, 1 - 1e-9]), st.floats(0.0, 1.0)),
    st.sampled_from([0.5, 0.9, 0.95, 0.999]),
)
def test_the_places_that_bound_a_quantile_are_those_of_scipys_binomial_law(runs, share, level):
    low, high = order_interval(runs, share, level)
    below, tail = stats.binom(runs, share), (1 - level) / 2

    assert low is None or 0 <= low < runs
    assert high is None or 0 <= high < runs
    assert below.cdf(-1 if low is None else low) <= tail * (1 + 1e-9)
    assert below.cdf(0 if low is None else low + 1) > tail * (1 - 1e-9) or low == runs - 1
    assert below.sf(runs if high is None else high) <= tail * (1 + 1e-9)
    assert below.sf(runs - 1 if high is None else high - 1) > tail * (1 - 1e-9) or high == 0


@pytest.mark.parametrize("runs", [1, 2, 1_000_000])
def test_the_least_value_bounds_the_quantile_of_no_share_and_the_greatest_that_of_all(runs):
    assert order_interval(runs, 0.0, 0.95) == (None, 0)
    assert order_interval(runs, 1.0, 0.95) == (runs - 1, None)


@given(NUMBERS, st.sampled_from(SHARES), st.sampled_from([0.95, 0.99]))
def test_quantiles_of_opposite_values_are_opposite(values, share, level):
    one = quantile(values, share, level)
    other = quantile([-value for value in values], 1 - share, level)

    close(other.value, None if one.value is None else -one.value)
    close(other.low, None if one.high is None else -one.high)
    close(other.high, None if one.low is None else -one.low)


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(SHARES))
def test_what_never_came_counts_as_later_than_all_that_did(reached, never, share):
    """A quantile among the values that never came is None, and so is an end; else both are as if they were late."""
    actual = quantile([*range(reached), *[math.inf] * never], share)

    late = quantile(range(reached + never), share)

    def known(end):
        return None if end is None or end > reached - 1 else end

    assert actual.value == (None if reached + never == 0 else known(late.value))
    assert (actual.low, actual.high) == (known(late.low), known(late.high))
    assert actual.runs == reached + never


def test_too_few_runs_do_not_bound_a_quantile():
    assert quantile([1.0, 2.0, 3.0], 0.5) == Estimate(2.0, None, None, 3, "order statistics")
    assert quantile([], 0.5) == Estimate(None, None, None, 0, "order statistics")


def test_a_measure_is_summed_up_over_the_runs_that_have_it():
    values = [math.nan, 1.0, math.nan, 3.0, 8.0]

    actual = spread(values)

    assert (actual.runs, actual.missing) == (3, 2)
    assert actual.mean == mean([1.0, 3.0, 8.0])
    assert actual.quantiles == {share: quantile([1.0, 3.0, 8.0], share) for share in QUANTILES}
    assert actual.median.value == 3.0


def test_a_measure_that_no_run_has_has_no_numbers():
    actual = spread([math.nan, math.nan])

    assert (actual.runs, actual.missing, actual.mean.value, actual.median.value) == (0, 2, None, None)


def test_an_interval_excludes_nought_if_it_lies_to_one_side_of_it():
    def between(low, high):
        return Estimate(0.0, low, high, 1, "").excludes_zero

    assert between(0.1, 0.2)
    assert between(-0.2, -0.1)
    assert not between(-0.1, 0.1)
    assert not between(0.0, 0.1)
    assert not between(None, None)


def test_another_unit_scales_a_value_and_its_ends():
    assert Estimate(0.5, None, 0.75, 9, "m", 0.9).scaled(100) == Estimate(50.0, None, 75.0, 9, "m", 0.9)


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_percentage_is_never_nought_nor_a_hundred(share):
    text = percent(share)

    assert text.endswith(" %")
    assert 0 < float(text[:-2]) < 100
    assert math.isclose(float(text[:-2]), share * 100, rel_tol=0.06) or share > 0.99


def test_none_and_all_are_written_without_places():
    assert (percent(0.0), percent(1.0)) == ("0 %", "100 %")


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_bound_is_never_written_on_its_wrong_side(share):
    assert float(percent(share, "down")[:-2]) <= share * 100 <= float(percent(share, "up")[:-2])


@pytest.mark.parametrize("values", [[1e200, -1e200, 1.0], [1.7e308, 1.7e308], [1e308] * 5, [1e154] * 3 + [-1e154]])
def test_a_mean_whose_squares_pass_all_bounds_has_no_interval(values):
    found = mean(values)

    assert found.value == pytest.approx(sum(value / len(values) for value in values))
    assert (found.low, found.high) in {(None, None), (found.value, found.value)} or math.isfinite(found.high)
