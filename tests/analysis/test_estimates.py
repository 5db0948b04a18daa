import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.estimates import percent, proportion, quantile, spread


@given(st.integers(2, 5000).flatmap(lambda runs: st.tuples(st.integers(1, runs - 1), st.just(runs))))
def test_the_interval_of_a_share_is_wilsons(pair):
    hits, runs = pair
    expected = stats.binomtest(hits, runs).proportion_ci(0.95, method="wilson")

    actual = proportion(hits, runs)

    assert actual.low == pytest.approx(expected.low, abs=1e-12)
    assert actual.high == pytest.approx(expected.high, abs=1e-12)
    assert actual.low < hits / runs < actual.high


@given(st.integers(1, 100_000))
def test_no_hit_gives_the_exact_one_sided_bound_and_no_share(runs):
    actual = proportion(0, runs)

    assert actual.share is None
    assert actual.low == 0.0
    assert (1 - actual.high) ** runs == pytest.approx(0.05, rel=1e-6)
    assert proportion(runs, runs).low == pytest.approx(1 - actual.high)
    assert "below" in str(actual)
    assert "above" in str(proportion(runs, runs))


def test_no_runs_say_nothing():
    nothing = proportion(0, 0)

    assert (nothing.low, nothing.high, nothing.share) == (0.0, 1.0, None)
    assert str(nothing) == "no runs"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_quantiles_are_those_of_linear_interpolation(values):
    ordered = sorted(values)
    for share in (0.0, 0.05, 0.5, 0.95, 1.0):
        assert quantile(ordered, share) == pytest.approx(stats.mstats.mquantiles(ordered, share, 1, 1)[0], abs=1e-6)


@given(st.integers(6, 400))
def test_the_medians_interval_holds_the_binomial_level_and_could_not_be_narrower(runs):
    actual = spread([float(value) for value in range(runs)])

    assert actual.median_low is not None
    assert actual.median_high is not None
    below = int(actual.median_low)
    assert actual.median_high == runs - 1 - below
    assert stats.binom.cdf(below, runs, 0.5) <= 0.025 + 1e-12
    assert stats.binom.cdf(below + 1, runs, 0.5) > 0.025 - 1e-12


def test_too_few_runs_do_not_bound_the_median():
    actual = spread([1.0, 2.0, 3.0])

    assert actual.median == 2.0
    assert actual.median_low is None


def test_missing_values_are_counted_and_left_out():
    actual = spread([None, 1.0, None, 3.0])

    assert (actual.runs, actual.missing, actual.mean) == (2, 2, 2.0)
    assert spread([None]).median is None


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_percentage_is_never_nought_nor_a_hundred(share):
    text = percent(share)

    assert text.endswith(" %")
    assert 0 < float(text[:-2]) < 100
    assert math.isclose(float(text[:-2]), share * 100, rel_tol=0.06) or share > 0.99
