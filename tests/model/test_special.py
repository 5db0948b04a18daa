import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special, stats

from sim.model.special import (
    beta_cdf,
    beta_quantile,
    beta_tail,
    gamma_age,
    gamma_hazard,
    log_gamma,
    normal_age,
    normal_hazard,
    normal_quantile,
)

SHAPE = st.floats(0.05, 500.0)
HAZARD = st.floats(-690.0, math.log(690.0)).map(math.exp)


@given(st.floats(1e-3, 1e6))
def test_log_gamma_is_scipys(x):
    assert log_gamma(x) == pytest.approx(special.gammaln(x), rel=2e-14, abs=2e-14)


@example(500.0, 1.0)
@given(SHAPE, st.floats(1e-3, 1e3))
def test_the_gamma_hazard_is_scipys_in_both_tails(shape, x):
    lower, upper = special.gammainc(shape, x), special.gammaincc(shape, x)
    actual = gamma_hazard(shape, x)

    if lower <= 1e-280:
        assert 0.0 <= actual < 1.1e-280
    elif lower < 0.5:
        assert -math.expm1(-actual) == pytest.approx(lower, rel=2e-12, abs=0.0)
    elif upper > 1e-280:
        assert actual == pytest.approx(-math.log(upper), rel=1e-12, abs=0.0)
    else:
        assert actual > 640.0


@given(SHAPE, HAZARD)
def test_the_gamma_age_is_the_inverse_of_its_hazard(shape, hazard):
    age = gamma_age(shape, hazard)

    if age > 1e-300:
        assert gamma_hazard(shape, age) == pytest.approx(hazard, rel=3e-12, abs=0.0)


@given(st.floats(-37.0, 37.0))
def test_the_normal_hazard_is_scipys_in_both_tails(z):
    actual = normal_hazard(z)

    if z < 0:
        assert -math.expm1(-actual) == pytest.approx(special.ndtr(z), rel=1e-13, abs=0.0)
    else:
        assert actual == pytest.approx(-stats.norm.logsf(z), rel=1e-13, abs=0.0)


@given(st.floats(25.0, 1e6))
def test_the_normal_hazard_goes_on_where_erfc_ends(z):
    assert normal_hazard(z) == pytest.approx(-special.log_ndtr(-z), rel=1e-13, abs=0.0)


@given(HAZARD)
def test_the_normal_age_is_the_inverse_of_its_hazard(hazard):
    assert normal_hazard(normal_age(hazard)) == pytest.approx(hazard, rel=1e-12, abs=0.0)


@given(st.floats(1e-15, 1 - 1e-15))
def test_the_normal_quantile_is_scipys(p):
    assert normal_quantile(p) == pytest.approx(special.ndtri(p), rel=1e-13, abs=1e-13)


@given(st.floats(0.2, 300), st.floats(0.2, 300), st.floats(1e-9, 1 - 1e-9))
def test_a_beta_quantile_inverts_a_distribution_that_is_scipys(a, b, p):
    x = beta_quantile(a, b, p)

    assert beta_cdf(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-11, abs=0.0)
    # Close to 1 one step of x moves the distribution by much: p lies between x's neighbours.
    below, above = x * (1.0 - 1e-13), min(x * (1.0 + 1e-13), 1.0)
    assert beta_cdf(a, b, below) <= p * (1.0 + 1e-12)
    assert beta_cdf(a, b, above) >= p * (1.0 - 1e-12)


@given(st.floats(0.05, 300), st.floats(0.05, 300), st.floats(0.0, 1.0, exclude_min=True, exclude_max=True))
def test_the_beta_tail_is_scipys_and_the_rest_of_the_distribution(a, b, x):
    assert beta_tail(a, b, x) == pytest.approx(special.betaincc(a, b, x), rel=1e-11, abs=1e-290)
    assert beta_tail(a, b, x) + beta_cdf(a, b, x) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("p", [2.0**-53, 1e-12, 0.1, 0.5, 0.9, 0.999999999, 1 - 2.0**-53])
@pytest.mark.parametrize("shape", [0.01, 0.05, 1.0, 16.0, 300.0])
def test_a_beta_quantile_with_one_shape_of_1_is_a_power_at_both_ends(shape, p):
    assert beta_quantile(shape, 1.0, p) == pytest.approx(p ** (1.0 / shape), rel=1e-12, abs=1e-300)
    assert 1.0 - beta_quantile(1.0, shape, p) == pytest.approx((1.0 - p) ** (1.0 / shape), rel=1e-12, abs=2.0**-52)


@pytest.mark.parametrize("shape", [1e3, 1e4, 1e5])
@pytest.mark.parametrize("deviations", [-2.0, -0.01, 0.01, 2.0])
def test_the_gamma_hazard_keeps_its_digits_at_large_shapes(shape, deviations):
    x = shape + deviations * math.sqrt(shape)

    assert gamma_hazard(shape, x) == pytest.approx(-math.log(special.gammaincc(shape, x)), rel=1e-12, abs=0.0)


def test_the_normal_age_goes_on_where_no_threshold_comes():
    for hazard in (1e4, 1e12, 1e17, 1e19, 1e300):
        z = normal_age(hazard)
        assert 0.5 * z * z <= hazard * (1.0 + 1e-15)
        assert normal_hazard(z) == pytest.approx(hazard, rel=1e-14, abs=0.0)


def test_the_ends_are_the_ends():
    assert gamma_hazard(2.0, 0.0) == 0.0
    assert gamma_hazard(2.0, math.inf) == math.inf
    assert gamma_age(2.0, 0.0) == 0.0
    assert gamma_age(2.0, math.inf) == math.inf
    assert normal_age(0.0) == -math.inf
    assert normal_age(math.inf) == math.inf
    assert (beta_quantile(2.0, 3.0, 0.0), beta_quantile(2.0, 3.0, 1.0)) == (0.0, 1.0)
