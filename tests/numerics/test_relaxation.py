"""What relaxes against mpmath, where it must be exact, and when it passes a level."""

import math
import random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.numerics.elementary import exp
from sim.numerics.relaxation import LOG_2, lies_over, passing_age, relaxed
from tests.model.exact import exact

VALUES = st.floats(-1e6, 1e6)
HALF_LIVES = st.floats(1e-6, 1e6)
AGES = st.floats(0.0, 1e9)


@given(VALUES, VALUES, HALF_LIVES, AGES)
def test_it_follows_the_exponential(start, target, half_life, age):
    found = relaxed(start, target, LOG_2 / half_life, age)

    power = exact.mpf(age) / exact.mpf(half_life)
    assume(power < 1e4)
    expected = exact.mpf(target) + (exact.mpf(start) - exact.mpf(target)) * exact.power(2, -power)
    near = float(1 + power) * 4 * 2.0**-52 * float(abs(expected - target)) + 4 * math.ulp(max(abs(start), abs(target)))
    assert abs(found - expected) <= near


@example(0.1, 0.3)
@example(0.7, 0.1)
@given(VALUES, VALUES)
def test_at_its_anchor_it_is_the_start_itself(start, target):
    assert relaxed(start, target, LOG_2 / 12.0, 0.0) == start


@given(VALUES, VALUES, HALF_LIVES, AGES)
def test_it_stays_between_its_start_and_its_target(start, target, half_life, age):
    assert min(start, target) <= relaxed(start, target, LOG_2 / half_life, age) <= max(start, target)


def test_no_rounding_takes_it_beyond_its_start():
    """Just after its anchor the formula alone does so in one case of six."""
    luck, beyond = random.Random(1), 0  # noqa: S311 - the same examples each time
    for _ in range(5000):
        start, target, age = luck.random() ** 3, luck.random() ** 3, 1e-17 * luck.random()
        low, high = sorted((start, target))

        assert low <= relaxed(start, target, LOG_2, age) <= high
        beyond += not low <= target + (start - target) * exp(-age * LOG_2) <= high

    assert beyond > 500


@given(VALUES, VALUES, HALF_LIVES, AGES, AGES)
def test_it_comes_no_further_from_its_target(start, target, half_life, one, other):
    early, late = sorted((one, other))
    decay = LOG_2 / half_life

    before, after = (abs(relaxed(start, target, decay, age) - target) for age in (early, late))

    assert after <= before + 4 * math.ulp(max(abs(start), abs(target)))


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), HALF_LIVES, st.integers(1, 30))
def test_it_has_come_half_of_the_way_after_each_half_life(start, target, half_life, number):
    found = relaxed(start, target, LOG_2 / half_life, number * half_life)

    assert found == pytest.approx(target + (start - target) / 2**number, rel=1e-13, abs=1e-12)


@given(VALUES, VALUES, HALF_LIVES)
def test_after_a_very_long_time_it_is_its_target_itself(start, target, half_life):
    for age in (1080.0 * half_life, 1e300, math.inf):
        assert relaxed(start, target, LOG_2 / half_life, age) == target


@given(VALUES, VALUES, HALF_LIVES, st.floats(0.001, 0.999))
def test_it_is_at_a_level_when_it_passes_it(start, target, half_life, share):
    level = start + share * (target - start)
    assume(abs(target - start) > 1e-6)
    assume(min(start, target) < level < max(start, target))
    decay = LOG_2 / half_life

    age = passing_age(start, target, decay, level)

    assert age >= 0.0
    near = 1e-13 * abs(target - start) + 8 * math.ulp(max(abs(start), abs(target)))
    assert relaxed(start, target, decay, age) == pytest.approx(level, rel=0, abs=near)
    before, after = (relaxed(start, target, decay, age * factor) for factor in (0.999, 1.001))
    assert (before - level) * (start - level) >= -near * abs(start - level)
    assert (after - level) * (target - level) >= -near * abs(target - level)


@given(VALUES, VALUES, VALUES)
def test_only_a_level_strictly_between_is_passed(start, target, level):
    passed = passing_age(start, target, 1.0, level) < math.inf

    assert passed == (min(start, target) < level < max(start, target))
    assert passing_age(start, target, 1.0, start) == math.inf
    assert passing_age(start, target, 1.0, target) == math.inf


@pytest.mark.parametrize(("half_life", "share"), [(1.0, 0.5), (12.0, 0.25), (0.1, 0.125), (7.0, 2.0**-20)])
def test_a_level_is_passed_after_the_half_lives_that_come_to_it(half_life, share):
    age = passing_age(1.0, 0.0, LOG_2 / half_life, share)

    assert age == pytest.approx(-math.log2(share) * half_life, rel=4e-16)


@pytest.mark.parametrize(
    ("start", "target", "strictly", "weakly"),
    [
        (0.5, 1.0, True, True),  # on the level, and going up
        (0.5, 0.0, False, False),  # and going down
        (0.5, 0.5, False, True),  # and staying
        (0.6, 0.0, True, True),
        (0.4, 1.0, False, False),
    ],
)
def test_just_after_its_anchor_it_lies_over_a_level_by_where_it_goes(start, target, strictly, weakly):
    assert lies_over(start, target, 0.5, True) is strictly
    assert lies_over(start, target, 0.5, False) is weakly
