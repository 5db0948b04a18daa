import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from sim.numerics.beta import beta_cdf, beta_quantile, beta_tail


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


@pytest.mark.parametrize("p", [2.0**-53, 0.5, 0.9999999999999999])
@pytest.mark.parametrize("shapes", [(2463.8, 7.7e-273), (7.7e-273, 2463.8), (1e-300, 1e-300), (1e9, 1e-9)])
def test_shapes_that_are_almost_nothing_have_a_quantile(shapes, p):
    assert 0.0 <= beta_quantile(*shapes, p) <= 1.0


def test_the_ends_are_the_ends():
    assert (beta_quantile(2.0, 3.0, 0.0), beta_quantile(2.0, 3.0, 1.0)) == (0.0, 1.0)
    assert (beta_cdf(2.0, 3.0, 0.0), beta_cdf(2.0, 3.0, 1.0)) == (0.0, 1.0)
    assert (beta_tail(2.0, 3.0, 0.0), beta_tail(2.0, 3.0, 1.0)) == (1.0, 0.0)
