import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from sim.numerics.normal import normal_age, normal_hazard, normal_quantile, scaled_tail, upper_start
from tests.model.exact import between, exact, ulps

SCALED_TAIL = 9.0  # ulps
WORST = 0.011991673636622428  # of 40 million
HAZARD = st.floats(-690.0, math.log(690.0)).map(math.exp)


def upper_tail(z: float) -> object:
    return exact.erfc(exact.mpf(z) / exact.sqrt(2)) / 2


@given(st.floats(-37.0, 37.0))
def test_the_normal_hazard_keeps_all_its_digits_in_both_tails(z):
    """Against mpmath: far out SciPy itself is off by 2e-13."""
    wanted = -exact.log1p(-upper_tail(-z)) if z < 0.0 else -exact.log(upper_tail(z))

    assert normal_hazard(z) == pytest.approx(float(wanted), rel=2e-15, abs=0.0)


@given(st.floats(25.0, 1e6))
def test_the_normal_hazard_goes_on_where_no_tail_is_a_float(z):
    assert normal_hazard(z) == pytest.approx(-special.log_ndtr(-z), rel=1e-13, abs=0.0)


@given(HAZARD)
def test_the_normal_age_is_the_inverse_of_its_hazard(hazard):
    assert normal_hazard(normal_age(hazard)) == pytest.approx(hazard, rel=1e-12, abs=0.0)


@given(st.floats(1e-15, 1 - 1e-15))
def test_the_normal_quantile_is_scipys(p):
    assert normal_quantile(p) == pytest.approx(special.ndtri(p), rel=1e-13, abs=1e-13)


def test_the_normal_age_goes_on_where_no_threshold_comes():
    for hazard in (1e4, 1e12, 1e17, 1e19, 1e300):
        z = normal_age(hazard)
        assert 0.5 * z * z <= hazard * (1.0 + 1e-15)
        assert normal_hazard(z) == pytest.approx(hazard, rel=1e-14, abs=0.0)


def scaled(z: object) -> object:
    return upper_tail(z) * exact.exp(exact.mpf(z) ** 2 / 2)


def error(z: float) -> float:
    return ulps(scaled_tail(z), scaled(z))


@example(0.0)
@example(5.0)
@example(27.210723849327938)
@example(5e-324)
@given(st.floats(0.0, 1e9))
def test_the_scaled_tail_is_mpmaths_to_nine_ulps(z):
    assert error(z) <= SCALED_TAIL


def test_the_scaled_tail_is_off_by_seven_ulps_and_more_just_above_nought():
    assert 7.5 < error(WORST) < 7.7
    assert 7.0 < max(error(WORST + place * 2.0**-30) for place in range(-1000, 1000)) <= SCALED_TAIL


def test_the_polynomial_of_the_scaled_tail_is_right_to_7e_17():
    """Without rounding: what is off is the polynomial, and its coefficients, which are floats."""
    ages = [5 * (1 + t) / (1 - t) for t in between(-1.0, 1.0)]

    assert 5e-17 < max(abs((scaled_tail(z) - scaled(z)) * (1 + exact.mpf(5) / 4 * z)) for z in ages) <= 7e-17


def age_of(hazard: float) -> object:
    """Solve for the normal's age, from above, to all digits."""
    z = exact.mpf(normal_age(hazard))
    for _ in range(3):
        tail = scaled(z)
        z += (hazard - (z * z / 2 - exact.log(tail))) * tail * exact.sqrt(2 * exact.pi)
    return z


@pytest.mark.parametrize(("low", "high", "bound"), [(math.log(2.0), 700.0, 7e-6), (700.0, 1e18, 1e-3)])
def test_the_start_is_near_enough_for_one_step(low, high, bound):
    hazards = [low, *(low * (high / low) ** (place / 2000) for place in range(1, 2000)), high]
    worst = max(abs(upper_start(hazard) - age_of(hazard)) for hazard in hazards)

    assert 0.8 * bound < worst <= bound


def test_the_ends_are_the_ends():
    assert (normal_hazard(-math.inf), normal_hazard(-50.0)) == (0.0, 0.0)
    assert (normal_hazard(1.7e308), normal_hazard(math.inf)) == (math.inf, math.inf)
    assert (normal_age(0.0), normal_age(math.inf)) == (-math.inf, math.inf)
    assert normal_quantile(0.5) == 0.0


POINTS = [
    lambda streams: streams.uniform(0.0, 0.02),
    lambda streams: streams.uniform(0.02, 0.1),
    lambda streams: streams.uniform(0.1, 1.0),
    lambda streams: streams.uniform(1.0, 6.0),
    lambda streams: streams.uniform(6.0, 40.0),
    lambda streams: math.exp(streams.uniform(3.0, 20.0)),
    lambda streams: 2.0 ** streams.uniform(-1074.0, -5.0),
]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(POINTS)))
def test_over_a_million_points_the_scaled_tail_is_never_off_by_more_than_said(number):
    streams = random.Random(number)  # noqa: S311 - points, not secrets
    worst = max((error(z), z) for z in (POINTS[number](streams) for _ in range(150_000)))

    print("scaled_tail is off by", *worst)  # noqa: T201 - shown by -s, for the docstring
    assert worst[0] <= SCALED_TAIL
