import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from sim.model.normal import normal_age, normal_hazard, normal_quantile, scaled_tail, upper_start
from tests.model.exact import exact, ulps

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


@given(st.floats(0.0, 1e4))
def test_the_scaled_tail_is_mpmaths_to_four_ulps(z):
    wanted = upper_tail(z) * exact.exp(exact.mpf(z) ** 2 / 2)

    assert ulps(scaled_tail(z), wanted) <= 4.0


@given(st.floats(math.log(2.0), 700.0))
def test_the_start_is_near_enough_for_one_step(hazard):
    assert upper_start(hazard) == pytest.approx(-special.ndtri_exp(-hazard), abs=8e-6)


def test_the_ends_are_the_ends():
    assert (normal_hazard(-math.inf), normal_hazard(-50.0)) == (0.0, 0.0)
    assert (normal_hazard(1.7e308), normal_hazard(math.inf)) == (math.inf, math.inf)
    assert (normal_age(0.0), normal_age(math.inf)) == (-math.inf, math.inf)
    assert normal_quantile(0.5) == 0.0
