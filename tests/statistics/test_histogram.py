"""Bins by a rule that is stated, and shares that hold together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.estimates import clopper_pearson, one_sided_bound, proportion
from sim.statistics.histogram import MOST_BINS, bonferroni, edges_of, simultaneous_shares
from sim.statistics.uncertainty import proportion_over_draws

VALUES = st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=1, max_size=60)


@given(VALUES, st.booleans())
def test_every_value_lies_in_one_of_at_most_twenty_bins_of_one_round_width(values, whole):
    values = np.round(values) if whole else np.array(values)
    edges = np.array(edges_of(values, whole=whole))
    widths = np.diff(edges)

    assert 1 <= len(widths) <= MOST_BINS
    assert edges[0] <= values.min()
    assert values.max() < edges[-1]
    assert widths.min() > 0
    assert np.ptp(widths) <= 1e-6 * widths.max() + 4 * math.ulp(np.abs(edges).max())
    digits = f"{widths[0]:.3e}"[:4]
    assert digits in ("1.00", "2.00", "5.00")
    if whole:
        assert (edges == np.round(edges)).all()


def test_the_width_is_that_of_freedman_and_diaconis_rounded_up():
    values = np.random.default_rng(1).normal(size=1000)  # 2 * 1.35 / 10 = 0.27
    assert np.diff(edges_of(values)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("values", "whole", "edges"),
    [
        ([], True, ()),
        ([3.0], True, (3.0, 4.0)),
        ([0.0, 1.0, 1.0, 2.0], True, (0.0, 1.0, 2.0, 3.0)),
        ([0.0] * 90 + [4.0] * 10, True, (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)),
        ([0.1, 0.3], False, (0.0, 0.2, 0.4)),
    ],
)
def test_bins_of_few_values(values, whole, edges):
    assert edges_of(np.array(values), whole=whole) == edges


def parted(counts):
    """Return a mask for each bin of runs that lie in bins so often."""
    place, nobody = np.repeat(np.arange(len(counts)), counts), np.zeros(sum(counts), dtype=np.bool_)
    return [(place == number, nobody) for number in range(len(counts))]


def test_shares_hold_together_at_bonferronis_level_and_an_empty_bin_has_a_bound_and_no_share():
    found = simultaneous_shares(parted([30, 70, 0, 100]))

    assert bonferroni(4) == pytest.approx(0.9875)
    for one, hits in zip(found, (30, 70, 0, 100), strict=True):
        exact = stats.binomtest(hits, 200).proportion_ci(bonferroni(4))
        assert (one.hits, one.runs, one.level) == (hits, 200, bonferroni(4))
        assert hits == 0 or (one.low, one.high) == pytest.approx((exact.low, exact.high))
    assert found[2].share is None
    assert found[2].high == one_sided_bound(200, 1 - 0.05 / 4) > one_sided_bound(200, 0.95)


def test_over_draws_the_shares_are_those_of_the_draws():
    draws = np.repeat(np.arange(20), 10).astype(float)
    bins = parted([100, 100])
    found = simultaneous_shares(bins, draws)

    assert found == [proportion_over_draws(hits, draws, 0.975, exact=True) for hits, _ in bins]


def test_unknown_runs_are_counted_both_ways_in_every_bin_that_they_may_lie_in():
    hits, other = np.array([True] * 5 + [False] * 5), np.array([False] * 7 + [True] * 3)
    unknown = np.array([False] * 5 + [True] * 2 + [False] * 3)
    first, second = simultaneous_shares([(hits, unknown), (other, unknown)])

    assert (first.hits, first.most, second.hits, second.most) == (5, 7, 3, 5)
    assert first.low == clopper_pearson(5, 10, 0.975)[0]
    assert first.high == clopper_pearson(7, 10, 0.975)[1]


def test_a_bin_that_no_run_is_known_to_miss_has_a_bound_alone():
    whole, nobody = np.ones(50, np.bool_), np.zeros(50, np.bool_)
    (found,) = simultaneous_shares([(whole, nobody)])

    assert found == proportion(50, 50)
