"""A measure over runs of which some were stopped: intervals hold whatever it came to in them, and say if none can."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics.estimates import BOTH_WAYS, spread
from sim.statistics.second_moments import ratio_of_means, variance
from sim.statistics.stopped_runs import ratio_of_runs, spread_of_runs, variance_of_runs
from sim.statistics.uncertainty import over_draws, spread_over_draws
from tests.statistics.test_unknown_runs import holds

NATURAL = (0.0, 10.0)
VALUES = st.lists(st.tuples(st.floats(*NATURAL), st.booleans()), min_size=6, max_size=30)


def columns(runs):
    """Return what the runs come to, the same with infinity for the stopped ones, and which those are."""
    whole, stopped = (np.array(column) for column in zip(*runs, strict=True))
    return whole, np.where(stopped, math.inf, whole), stopped


@pytest.mark.parametrize("nested", [False, True])
@given(VALUES)
def test_the_intervals_of_a_measure_hold_those_of_whatever_the_stopped_runs_came_to(nested, runs):
    whole, known, stopped = columns(runs)
    draws = np.arange(len(whole)) // 3.0 if nested else None
    found = spread_of_runs(known, draws, natural=NATURAL, stopped=stopped)
    alone = spread(known, stopped=stopped)
    if stopped.all():
        assert found.runs == 0
        return
    filled = spread(whole, natural=NATURAL) if draws is None else spread_over_draws(whole, draws, natural=NATURAL)

    holds(found.mean, filled.mean)
    assert found.mean.value == pytest.approx(alone.mean.value)
    for share, one in found.quantiles.items():
        assert one.value == alone.quantiles[share].value, "the figure is that of the runs that have it"
        holds(one, filled.quantiles[share])
    assert (found.stopped, found.missing) == (stopped.sum(), stopped.sum())


def test_where_a_stopped_run_may_have_any_value_there_is_no_end():
    known = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, math.inf])
    stopped = np.isinf(known)
    above = spread_of_runs(known, natural=(0.0, math.inf), stopped=stopped)
    nothing = spread_of_runs(known, stopped=stopped)

    assert 0 < above.mean.low < spread(np.where(stopped, 0.0, known)).mean.value
    assert (above.mean.value, above.mean.high) == (4.5, None)
    assert (nothing.mean.low, nothing.mean.high) == (None, None)
    assert above.median.high is not None, "a median holds whatever one run in nine comes to"
    assert above.mean.method == "Student t" + BOTH_WAYS


def test_over_draws_too_there_is_no_end_where_any_value_may_be():
    known = np.array([1.0, 2.0, 3.0, 4.0, 5.0, math.inf])
    found = spread_of_runs(known, np.array([0.0, 0, 1, 1, 2, 2]), natural=(0.0, math.inf), stopped=np.isinf(known))

    assert found.mean.method == "Student t over the draws" + BOTH_WAYS
    assert found.mean.high is None
    assert found.mean.low == over_draws([1.0, 2, 3, 4, 5, 0], [0, 0, 1, 1, 2, 2]).low > 0
    assert found.median.low is None


@given(VALUES)
def test_without_stopped_runs_it_is_the_spread_of_old(runs):
    whole, *_ = columns(runs)

    assert spread_of_runs(whole, natural=NATURAL, failed=2) == spread(whole, natural=NATURAL, failed=2)


POSITIVE = (NATURAL, (1.0, 4.0))


@pytest.mark.parametrize("nested", [False, True])
def test_the_interval_of_a_ratio_holds_the_ratio_whatever_the_stopped_runs_came_to(nested):
    random = np.random.default_rng(8)
    above, below = random.uniform(*NATURAL, 60), random.uniform(1.0, 4.0, 60)
    stopped = np.arange(60) % 20 == 3
    draws = np.arange(60) // 6.0 if nested else None
    known = [np.where(stopped, math.inf, column) for column in (above, below)]
    found = ratio_of_runs(*known, draws, natural=POSITIVE, stopped=stopped)

    for one in (0.0, 5.0, 10.0):
        for other in (1.0, 2.5, 4.0):
            filled = np.where(stopped, one, above), np.where(stopped, other, below)
            inside = ratio_of_means(*filled, draws)
            assert found.low <= inside.value <= found.high
    assert found.value == ratio_of_means(above[~stopped], below[~stopped]).value
    assert found.high - found.low > inside.high - inside.low
    assert found.method == "two means together" + BOTH_WAYS


def test_where_a_stopped_run_may_have_any_value_a_ratio_has_no_high_end_and_of_negative_ones_none():
    column, stopped = np.append(np.linspace(2.0, 4.0, 40), math.inf), np.arange(41) == 40
    counts = (0.0, math.inf)
    found = ratio_of_runs(column, column, natural=(counts, counts), stopped=stopped)
    below = ratio_of_runs(column, column, natural=(counts, POSITIVE[1]), stopped=stopped)
    any_sign = ratio_of_runs(column, column, natural=((-9.0, 9.0), NATURAL), stopped=stopped)

    assert (found.value, found.low, found.high) == (1.0, 0.0, None)
    assert 0 < below.low < 1
    assert (any_sign.low, any_sign.high) == (None, None)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("filling", [0.0, 3.0, 10.0])
def test_the_interval_of_a_variance_holds_it_whatever_the_stopped_runs_came_to(nested, filling):
    values = np.random.default_rng(9).uniform(*NATURAL, 200)
    stopped, draws = np.arange(200) % 40 == 3, np.arange(200) // 10.0 if nested else None
    known = np.where(stopped, math.inf, values)
    found = variance_of_runs(known, draws, natural=NATURAL)
    alone, filled = variance(values[~stopped]), variance(np.where(stopped, filling, values))

    assert found.low <= filled.low
    assert filled.value <= found.high <= max(25.0, found.value)
    assert found.value == pytest.approx(alone.value, rel=0.01)
    assert variance_of_runs(known, draws, natural=(0.0, math.inf)).high is None


def test_without_stopped_runs_ratios_and_variances_are_those_of_the_runs():
    random = np.random.default_rng(3)
    above, below = random.gamma(4.0, 1.0, 40), random.gamma(9.0, 1.0, 40)
    ranges = ((0.0, math.inf), (0.0, math.inf))

    assert ratio_of_runs(above, below, natural=ranges, stopped=np.zeros(40, bool)) == ratio_of_means(above, below)
    assert variance_of_runs(above, natural=ranges[0]) == variance(above)
