"""A measure over runs of which some were stopped: intervals hold whatever it came to in them, and say if none can."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics.estimates import BOTH_WAYS, spread
from sim.statistics.stopped_runs import spread_of_runs
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
