"""Powers against mpmath and against C's pow: values in units of the last place, special cases one by one."""

import math
import random
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.numerics.powers import _series_tail, log_in_two, power
from tests.model.exact import any_float, between, exact, ulps

BOUND = 0.85
ODD_ONES = [0.0, 1.0, 2.0, 3.0, 0.5, 1.5, 1e-320, 1e19, 1e300, 2.0**53 - 1.0, 2.0**53, 2.0**53 + 2.0, math.inf]
ALL_ODD = [*ODD_ONES, *(-x for x in ODD_ONES), math.nan, math.nextafter(1.0, 2.0), math.nextafter(1.0, 0.0)]


def error(x: float, y: float) -> float:
    return ulps(power(x, y), exact.power(exact.mpf(x), exact.mpf(y)))


@example(10.0, 22.0)
@example(1.0000000000000002, 3.196577161300664e18)
@given(st.floats(0.0, exclude_min=True, allow_infinity=False), st.floats(-1e19, 1e19))
def test_a_power_is_right_to_an_ulp(x, y):
    size = y * math.log(x)
    assume(-744.0 < size < 709.0)

    assert error(x, y) <= BOUND


@given(st.floats(0.0, exclude_min=True, allow_infinity=False), st.floats(-744.0, 709.0))
def test_a_power_of_any_size_is_right_to_an_ulp(x, size):
    assume(x != 1.0)
    y = size / math.log(x)

    assert error(x, y) <= BOUND


@given(st.integers(0, 40), st.integers())
def test_a_power_that_is_a_float_is_exact(exponent, number):
    most = min(3000, int(2 ** (53 / max(1, exponent))))
    base = number % (2 * most + 1) - most

    assert power(float(base), float(exponent)) == base**exponent


@given(st.integers(1, 2**26 - 1), st.integers(-400, 400), st.sampled_from((-1, 1)))
def test_squares_and_square_roots_are_exact_at_every_scale(digits, exponent, sign):
    root = sign * math.ldexp(float(digits), exponent)

    assert power(root, 2.0) == root * root
    assert power(root * root, 0.5) == abs(root)


@pytest.mark.parametrize(("x", "y"), list(product(ALL_ODD, ALL_ODD)))
def test_a_special_case_is_that_of_c(x, y):
    try:
        expected = math.pow(x, y)
    except (ValueError, OverflowError):
        with pytest.raises(ValueError, match="to the power"):
            power(x, y)
        return
    actual = power(x, y)

    assert actual == pytest.approx(expected, rel=1e-15, abs=0.0, nan_ok=True)
    assert math.isnan(actual) or math.copysign(1.0, actual) == math.copysign(1.0, expected)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_power_has_no_value_exactly_where_cs_has_none(x, y):
    assume(not 709.0 < abs(y) * abs(math.log(abs(x) or 1.0)) < 711.0)  # at the brink the two may round apart
    try:
        expected = math.pow(x, y)
    except (ValueError, OverflowError):
        with pytest.raises(ValueError, match="to the power"):
            power(x, y)
        return

    assert power(x, y) == pytest.approx(expected, rel=1e-15, abs=5e-324)


def test_the_largest_powers_are_floats_and_the_next_are_refused():
    assert power(1.7976931348623157e308, 1.0) == 1.7976931348623157e308
    assert power(2.0, 1023.0) == 2.0**1023
    assert power(2.0, -1074.0) == 5e-324
    assert power(2.0, -1076.0) == 0.0
    for x, y in ((2.0, 1024.0), (1.3407807929942597e154, 2.0), (1e-320, -1.0)):
        with pytest.raises(ValueError, match="too large"):
            power(x, y)


@given(st.floats(0.0, exclude_min=True, allow_infinity=False))
def test_a_logarithm_in_two_floats_has_64_bits(x):
    high, low = log_in_two(x)
    wanted = exact.log(exact.mpf(x))

    assert high + low == high
    assert abs(exact.mpf(high) + exact.mpf(low) - wanted) <= exact.ldexp(abs(wanted), -64)


def test_the_polynomial_of_the_logarithm_in_two_floats_is_as_near_as_it_is_said_to_be():
    off = [
        abs(z * z * _series_tail(z) + 2 + 2 * z / 3 - whole) / whole
        for z in between(0.0, 0.02945)
        for whole in [2 * exact.atanh(exact.sqrt(z)) / exact.sqrt(z)]
    ]

    assert exact.ldexp(1, -67) < max(off) <= exact.ldexp(1, -66)


@pytest.mark.slow
def test_over_half_a_million_floats_a_logarithm_in_two_has_64_bits():
    streams = random.Random(7)  # noqa: S311 - points, not secrets
    worst = exact.mpf(0)
    for _ in range(500_000):
        x = streams.choice(
            (
                any_float(streams),
                streams.uniform(0.7, 1.42),
                1.0 + streams.uniform(-1.0, 1.0) * 2.0 ** -streams.uniform(1.0, 50.0),
            )
        )
        if x != 1.0:
            high, low = log_in_two(x)
            wanted = exact.log(exact.mpf(x))
            worst = max(worst, abs((exact.mpf(high) + exact.mpf(low) - wanted) / wanted))

    assert worst <= exact.ldexp(1, -64)


@pytest.mark.slow
@pytest.mark.parametrize("lowest", [-708.3, -744.4])
def test_over_half_a_million_powers_no_error_is_larger_than_said(lowest):
    streams = random.Random(5)  # noqa: S311 - points, not secrets
    worst = (0.0, 0.0, 0.0)
    for _ in range(500_000):
        x = streams.choice((any_float(streams), streams.uniform(0.01, 50.0), 1.0 + streams.uniform(-0.1, 0.1)))
        size = streams.uniform(lowest, 709.7) if lowest > -740.0 else streams.uniform(lowest, -708.3)
        y = size / math.log(x)
        worst = max(worst, (error(x, y), x, y))

    print("power is off by", *worst)  # noqa: T201 - shown by -s, for the docstring
    assert worst[0] <= BOUND
