import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from sim.numerics import gamma
from sim.numerics.gamma import gamma_age, gamma_hazard, log_gamma

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


@pytest.mark.parametrize("shape", [1e3, 1e4, 1e5])
@pytest.mark.parametrize("deviations", [-2.0, -0.01, 0.01, 2.0])
def test_the_gamma_hazard_keeps_its_digits_at_large_shapes(shape, deviations):
    x = shape + deviations * math.sqrt(shape)

    assert gamma_hazard(shape, x) == pytest.approx(-math.log(special.gammaincc(shape, x)), rel=1e-12, abs=0.0)


def test_the_ends_are_the_ends():
    assert gamma_hazard(2.0, 0.0) == 0.0
    assert gamma_hazard(2.0, math.inf) == math.inf
    assert gamma_age(2.0, 0.0) == 0.0
    assert gamma_age(2.0, math.inf) == math.inf


@pytest.mark.parametrize("hazard", [1e3, 1e5, 1e18, 1e100, 1e300])
@pytest.mark.parametrize("shape", [0.01, 0.5, 2.0, 50.0, 1e5])
def test_the_gamma_age_goes_on_where_no_threshold_comes(shape, hazard):
    age = gamma_age(shape, hazard)

    assert gamma_hazard(shape, age) == pytest.approx(hazard, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 2.5, 12.0, 300.0, 1e4])
def test_an_age_takes_three_hazards_at_most_where_thresholds_come(shape, monkeypatch):
    asked = []
    plain = gamma._hazard
    monkeypatch.setattr(gamma, "_hazard", lambda *arguments: asked.append(arguments) or plain(*arguments))
    for number in range(1, 200):
        asked.clear()
        gamma_age(shape, -math.log(number / 200))
        assert len(asked) <= 3


@given(st.floats(0.05, 1e4))
def test_an_exponential_is_a_gamma_of_shape_1(hazard):
    assert gamma_hazard(1.0, hazard) == pytest.approx(hazard, rel=1e-14, abs=0.0)
    assert gamma_age(1.0, hazard) == pytest.approx(hazard, rel=1e-14, abs=0.0)
