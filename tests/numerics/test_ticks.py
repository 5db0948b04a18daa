"""Whole numbers of ticks: which times are meant to be whole, and that the order of times stays."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.expressions.types import SECONDS, Calendar
from sim.numerics.ticks import next_on_grid, settled

TIMES = st.floats(0, 1e15)
TICKS = st.sampled_from(sorted({Calendar(unit).ticks for unit in (*SECONDS, "abstract")}))


@given(st.integers(1, 10**6), st.integers(1, 10**5), TICKS)
def test_a_wait_of_whole_ticks_taken_many_times_is_that_number_of_ticks(wait, times, ticks):
    step = wait / ticks
    now = 0.0
    for number in range(1, min(times, 300) + 1):
        now = settled(now + step, ticks)
        assert now == float(Fraction(number * wait) / Fraction(ticks))


@given(TIMES, TIMES, TICKS)
def test_the_order_of_times_stays(one, other, ticks):
    low, high = sorted((one, other))

    assert settled(low, ticks) <= settled(high, ticks)
    assert settled(settled(low, ticks), ticks) == settled(low, ticks)


@given(TIMES, TICKS)
def test_a_time_moves_by_no_more_than_roundings_come_to(time, ticks):
    assert abs(settled(time, ticks) - time) <= 2.0**-48 * time


BEATS = (("0.1", 0.3, 3), ("1/24", 30.0, 720), ("1/7", 1.0, 7), ("1/3", 2.0, 6))


@pytest.mark.parametrize(("step", "until", "times"), BEATS)
def test_beats_and_waits_come_as_often_as_they_should_by_a_whole_time(step, until, times):
    wait, ticks = eval(step), Calendar("day").ticks  # noqa: S307 - numbers of this file
    waited, beaten, count = settled(wait, ticks), next_on_grid(wait, 0.0, ticks), 0
    while beaten <= until:
        count += 1
        assert waited == pytest.approx(beaten, rel=1e-14)
        waited, beaten = settled(waited + wait, ticks), next_on_grid(wait, beaten, ticks)

    assert count == times
    assert waited > until


@given(st.floats(1e-6, 100), st.floats(0, 1e5), TICKS)
def test_a_beat_comes_after_now_and_within_one_step(step, now, ticks):
    due = next_on_grid(step, now, ticks)

    assert now < due <= now + step * (1 + 1e-9) + 1e-9
