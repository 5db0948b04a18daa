"""The ratio of two means, and variances: their intervals by what defines them, and by what their runs cannot tell."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.estimates import mean
from sim.statistics.second_moments import ratio_of_means, variance
from sim.statistics.uncertainty import over_draws, variance_over_draws

PAIRS = st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 20)), min_size=6, max_size=40)


def columns(pairs):
    above, below = np.array(pairs, dtype=float).T
    return above, below


def nested(seed=3, draws=30, each=20):
    """Return values whose mean is another in each draw, and the draws."""
    random = np.random.default_rng(seed)
    centres = random.gamma(4.0, 1.0, draws)
    return random.poisson(np.repeat(centres, each)).astype(float), np.repeat(np.arange(draws), each).astype(float)


@given(PAIRS)
def test_fiellers_ends_are_the_ratios_at_which_students_interval_of_the_difference_ends_at_0(pairs):
    above, below = columns(pairs)
    found = ratio_of_means(above, below)
    assume(found.low is not None and found.high - found.low > 1e-3)

    for end in (found.low, found.high):
        left = mean(above - end * below)
        assert min(abs(left.low), abs(left.high)) < 1e-6 * (1 + np.abs(above).max() + abs(end) * below.max())
    assert found.low <= found.value <= found.high


def test_over_draws_fiellers_interval_is_that_of_the_draws():
    above, draws = nested()
    below = nested(seed=4)[0] + 3
    alone, found = ratio_of_means(above, below), ratio_of_means(above, below, draws)

    for end in (found.low, found.high):
        left = over_draws(above - end * below, draws)
        assert min(abs(left.low), abs(left.high)) < 1e-9
    assert found.value == alone.value
    assert found.high - found.low > 1.5 * (alone.high - alone.low)
    assert found.method == "Fieller over the draws"


def test_it_is_the_ratio_of_means_and_not_the_mean_of_ratios():
    above, below = np.array([1.0, 1.0, 8.0, 2.0]), np.array([1.0, 2.0, 4.0, 1.0])

    assert ratio_of_means(above, below).value == 12 / 8 != np.mean(above / below)


def test_what_two_measures_have_in_common_makes_their_ratio_surer():
    random = np.random.default_rng(5)
    below = random.gamma(4.0, 1.0, 400)
    together, apart = below * 2 + random.normal(size=400), random.permutation(below) * 2 + random.normal(size=400)

    narrow, wide = ratio_of_means(together, below), ratio_of_means(apart, below)
    assert (narrow.high - narrow.low) * 2 < wide.high - wide.low


@pytest.mark.parametrize(
    ("above", "below", "value"),
    [
        ([], [], None),
        ([1.0], [2.0], 0.5),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], None),
        ([1.0, 2.0, 3.0], [-5.0, 0.0, 6.0], 6.0),
        ([1e300, 2e300], [1e-300, 1e-300], None),
    ],
)
def test_a_ratio_that_the_runs_do_not_bound_has_no_ends(above, below, value):
    found = ratio_of_means(np.array(above), np.array(below))

    assert (found.low, found.high) == (None, None)
    assert found.value == pytest.approx(value)


def bonett(values, level=0.95):
    """Return the interval as Bonett (2006) has it."""
    count, z = len(values), stats.norm.ppf(0.5 + level / 2)
    middle = stats.trim_mean(values, 1 / (2 * math.sqrt(count - 4)))
    squares = ((values - values.mean()) ** 2).sum()
    kurtosis = count * ((values - middle) ** 4).sum() / squares**2
    factor = count / (count - z)
    error = factor * math.sqrt((kurtosis - (count - 3) / count) / (count - 1))
    return [factor * squares / (count - 1) * math.exp(side * z * error) for side in (-1, 1)]


@pytest.mark.parametrize("count", [8, 50, 700])
def test_the_high_end_of_a_variance_is_bonetts_and_the_low_end_no_higher(count):
    values = np.random.default_rng(count).gamma(2.0, 3.0, count)
    found = variance(values)
    low, high = bonett(values)

    assert found.value == pytest.approx(values.var(ddof=1))
    assert found.high == pytest.approx(high)
    assert 0 < found.low <= low
    assert found.low == pytest.approx(low, rel=4 / count)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-1e3, 1e3))
def test_a_variance_lies_in_its_interval_which_has_nothing_below_0(values, shift):
    found = variance(np.array(values) + shift)

    assert 0 <= found.low <= found.value
    assert found.high is None or found.value <= found.high


@pytest.mark.parametrize("number", [1e-200, 3.0, 1e150])
def test_a_variance_goes_with_the_square_of_the_unit(number):
    values = np.random.default_rng(2).exponential(size=60)
    one, other = variance(values), variance(values * number)

    if math.isinf(number * number) or not number * number:
        assert other.value == pytest.approx(0.0) or other.value is None
    else:
        assert [other.low, other.high] == pytest.approx([one.low * number**2, one.high * number**2])


@pytest.mark.parametrize(
    ("values", "ends"), [([], (None, None)), ([1.0], (None, None)), ([2.0] * 50, (0.0, None)), ([1.0, 2], (0.0, None))]
)
def test_a_variance_of_too_few_values_or_of_values_that_are_one_is_not_bounded_above(values, ends):
    found = variance(np.array(values))
    assert (found.low, found.high) == ends


def test_over_draws_a_variance_is_that_of_one_run_whatever_is_due_to_its_draw():
    values, draws = nested(draws=400, each=5)
    found = variance_over_draws(values, draws)

    assert found.low < 4.0 + 4.0 < found.high, "Poisson around a gamma mean of 4 that varies by 4"
    assert found.value == pytest.approx(np.var(values, ddof=1), rel=0.01)
    assert variance(values, draws) == found


@pytest.mark.parametrize("draws", [[0, 0, 1, 1], [0, 1, 2, 3]])
def test_over_draws_a_variance_needs_three_draws_with_two_runs(draws):
    found = variance_over_draws(np.array([1.0, 2.0, 3.0, 5.0]), draws)
    assert (found.value, found.low, found.high) == (None, None, None)


def test_over_draws_that_are_all_one_a_variance_is_not_bounded_above():
    found = variance_over_draws(np.ones(12), np.repeat(np.arange(4), 3))
    assert (found.value, found.low, found.high) == (0.0, 0.0, None)
