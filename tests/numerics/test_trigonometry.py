"""The sine and the cosine against mpmath, in units of the last place, over all angles and where it is hard."""

import math
import random
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.numerics.trigonometry import LARGEST_ANGLE, QUARTER_OF_PI, cos, cosine_rest, reduced, sin, sine_rest
from tests.model.exact import between, exact, ulps

EXACT = {sin: exact.sin, cos: exact.cos}
# What the docstrings say, and what a caller may count on.
BOUND = 0.85


def error(function: Callable[[float], float], x: float) -> float:
    return ulps(function(x), EXACT[function](exact.mpf(x)))


def hardest() -> Iterator[float]:
    """The floats of each exponent that lie nearest to multiples of pi / 2, by continued fractions (Kahan 1983)."""
    for exponent in range(-52, -20):
        ratio = exact.ldexp(1, exponent) / (exact.pi / 2)
        before, denominator, rest = 0, 1, ratio
        for _ in range(60):
            rest = 1 / (rest - exact.floor(rest))
            before, denominator = denominator, int(exact.floor(rest)) * denominator + before
            if denominator >= 2**53:
                break
            times = -(-(2**52) // denominator)
            yield math.ldexp(denominator * times, exponent)


@example(math.pi)
@example(math.pi / 4)
@example(math.nextafter(math.pi / 4, 1.0))
@example(-3 * math.pi / 4)
@example(LARGEST_ANGLE)
@example(5e-324)
@given(st.floats(-LARGEST_ANGLE, LARGEST_ANGLE))
def test_both_are_right_to_an_ulp_at_every_angle(x):
    assert error(sin, x) <= BOUND
    assert error(cos, x) <= BOUND


def test_angles_next_to_multiples_of_a_quarter_turn_keep_all_digits():
    angles = list(hardest())
    assert min(abs(reduced(x)[1]) for x in angles) < 1e-18

    for x in angles:
        assert error(sin, x) <= BOUND
        assert error(cos, x) <= BOUND


@given(st.floats(-LARGEST_ANGLE, LARGEST_ANGLE))
def test_an_angle_is_reduced_to_a_quarter_of_pi_either_way(x):
    turns, angle, rest = reduced(x)
    wanted = exact.mpf(x) - exact.nint(exact.mpf(x) / (exact.pi / 2)) * exact.pi / 2

    assert turns in range(4)
    assert abs(angle) <= QUARTER_OF_PI * (1 + 2.0**-40)
    if abs(wanted) < QUARTER_OF_PI * (1 - 2.0**-40):
        assert abs(exact.mpf(angle) + rest - wanted) <= exact.ldexp(abs(wanted), -62)


@given(st.floats(-LARGEST_ANGLE, LARGEST_ANGLE))
def test_they_lie_within_one_and_are_odd_and_even(x):
    assert -1.0 <= sin(x) <= 1.0
    assert -1.0 <= cos(x) <= 1.0
    assert (sin(-x), cos(-x)) == (-sin(x), cos(x))
    assert sin(x) ** 2 + cos(x) ** 2 == pytest.approx(1.0, rel=1e-15)


def test_the_polynomials_are_as_near_as_they_are_said_to_be():
    """Without rounding: what is off is the polynomial, and its coefficients, which are floats."""
    sines, cosines = [], []
    for z in between(0.0, QUARTER_OF_PI**2):
        x = exact.sqrt(z)
        whole = exact.sin(x) / x
        sines.append(abs(z * z * sine_rest(z) + 1 - z / 6 - whole) / whole)
        cosines.append(abs(z * z * cosine_rest(z) + 1 - z / 2 - exact.cos(x)) / exact.cos(x))

    assert max(sines) <= exact.ldexp(1, -62)
    assert exact.ldexp(1, -60) < max(cosines) <= exact.ldexp(1, -59)


def test_the_ends_are_the_ends():
    assert (sin(0.0), cos(0.0)) == (0.0, 1.0)
    assert math.copysign(1.0, sin(-0.0)) == -1.0
    assert (sin(math.pi / 2), cos(math.pi)) == (1.0, -1.0)
    assert sin(math.pi) == 1.2246467991473532e-16


@pytest.mark.parametrize("function", [sin, cos])
@pytest.mark.parametrize("x", [math.nextafter(LARGEST_ANGLE, math.inf), -1e300, math.inf, -math.inf, math.nan])
def test_what_is_no_angle_is_refused_with_its_value(function, x):
    with pytest.raises(ValueError, match=re.escape(f"but got {x}")):
        function(x)


def near_a_turn(streams: random.Random) -> float:
    turn = float(exact.pi / 4 * streams.randrange(1, 2**32))
    return turn * (1.0 + streams.choice((-1.0, 1.0)) * 2.0 ** streams.uniform(-55.0, -2.0))


REGIONS: list[Callable[[random.Random], float]] = [
    lambda streams: streams.uniform(-math.pi, math.pi),
    lambda streams: streams.uniform(-100.0, 100.0),
    lambda streams: streams.uniform(-1e9, 1e9),
    lambda streams: streams.choice((-1.0, 1.0)) * 2.0 ** streams.uniform(-60.0, 32.0),
    near_a_turn,
]


@pytest.mark.slow
@pytest.mark.parametrize("function", [sin, cos])
@pytest.mark.parametrize("number", range(len(REGIONS)))
def test_over_hundreds_of_thousands_of_angles_no_error_is_larger_than_said(function, number):
    streams = random.Random(number)  # noqa: S311 - points, not secrets
    points = (REGIONS[number](streams) for _ in range(200_000))
    worst = max((error(function, x), x) for x in points if abs(x) <= LARGEST_ANGLE)

    print(function.__name__, "is off by", *worst)  # noqa: T201 - shown by -s, for the docstrings
    assert worst[0] <= BOUND
