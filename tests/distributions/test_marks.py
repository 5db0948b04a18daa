import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.distributions.marks import MARK_LAWS, one_of
from sim.language.expressions.operations import RANDOM
from sim.numerics.streams import stream_key, uniform

U = st.floats(1e-9, 1 - 1e-9)


def test_the_language_and_the_draws_know_the_same_laws():
    assert {name: (len(draw.parameters), draw.type) for name, draw in MARK_LAWS.items()} == {
        name: (len(scaled), kind) for name, (kind, scaled) in RANDOM.items()
    }


@given(st.floats(0.0, 2000.0), U)
def test_a_poisson_is_the_least_count_whose_chance_reaches_u(mean, u):
    k = MARK_LAWS["poisson"].quantile(mean, u)

    assert isinstance(k, int)
    assert stats.poisson.cdf(k, mean) >= u * (1 - 1e-11)
    assert k == 0 or stats.poisson.cdf(k - 1, mean) < u * (1 + 1e-11)


@given(st.integers(0, 500), st.floats(0.0, 1.0), U)
def test_a_binomial_is_the_least_count_whose_chance_reaches_u(n, p, u):
    k = MARK_LAWS["binomial"].quantile(float(n), p, u)

    assert stats.binom.cdf(k, n, p) >= u - 1e-11
    assert k == 0 or stats.binom.cdf(k - 1, n, p) < u + 1e-11


@given(st.floats(1e-3, 0.999), U)
def test_a_geometric_is_scipys(p, u):
    k = MARK_LAWS["geometric"].quantile(p, u)

    assert stats.geom.cdf(k, p) >= u - 1e-11
    assert k == 1 or stats.geom.cdf(k - 1, p) < u + 1e-11


@given(st.floats(0.0, 1.0), U)
def test_a_bernoulli_is_true_with_its_chance(p, u):
    assert MARK_LAWS["bernoulli"].quantile(p, u) == (u > 1 - p)


@given(U)
def test_real_draws_are_scipys_quantiles(u):
    assert MARK_LAWS["uniform_real"].quantile(2.0, 5.0, u) == pytest.approx(2 + 3 * u)
    assert MARK_LAWS["exponential"].quantile(3.0, u) == pytest.approx(stats.expon.ppf(u, scale=3.0))
    assert MARK_LAWS["normal"].quantile(1.0, 3.0, u) == pytest.approx(stats.norm.ppf(u, 1.0, 3.0))
    assert MARK_LAWS["lognormal"].quantile(2.0, 0.5, u) == pytest.approx(stats.lognorm.ppf(u, 0.5, scale=2.0))


SHAPES = st.floats(0.05, 500.0)


@given(SHAPES, st.floats(1e-6, 1e6), U)
def test_a_gamma_is_scipys_with_this_mean(shape, mean, u):
    known = stats.gamma.ppf(u, shape, scale=mean / shape)

    assert MARK_LAWS["gamma"].quantile(shape, mean, u) == pytest.approx(known, rel=1e-9, abs=1e-290)


@given(st.floats(0.05, 50.0), st.floats(1e-6, 1e6), U)
def test_a_weibull_is_scipys_with_this_scale(shape, scale, u):
    known = stats.weibull_min.ppf(u, shape, scale=scale)

    assert MARK_LAWS["weibull"].quantile(shape, scale, u) == pytest.approx(known, rel=1e-9, abs=1e-290)


def test_a_mean_a_scale_or_a_width_of_nought_gives_one_value():
    assert MARK_LAWS["gamma"].quantile(2.0, 0.0, 0.7) == MARK_LAWS["weibull"].quantile(2.0, 0.0, 0.7) == 0.0
    assert MARK_LAWS["triangular"].quantile(3.0, 3.0, 3.0, 0.7) == 3.0


@given(SHAPES, SHAPES, U)
def test_a_beta_is_scipys(a, b, u):
    drawn = MARK_LAWS["beta"].quantile(a, b, u)

    assert 0.0 <= drawn <= 1.0
    assert drawn == pytest.approx(stats.beta.ppf(u, a, b), rel=1e-8, abs=1e-290)


@given(st.floats(-1e3, 1e3), st.floats(0.0, 1e3), st.floats(0.0, 1e3), U)
def test_a_triangular_is_scipys_and_within_its_ends(low, rise, fall, u):
    mode = low + rise
    high = mode + fall
    drawn = MARK_LAWS["triangular"].quantile(low, mode, high, u)

    assert low <= drawn <= high
    if high - low > 1e-6:
        known = stats.triang.ppf(u, (mode - low) / (high - low), loc=low, scale=high - low)
        assert drawn == pytest.approx(known, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "arguments", "known"),
    [
        ("beta", (2.0, 6.0), stats.beta(2.0, 6.0)),
        pytest.param("beta", (0.5, 0.3), stats.beta(0.5, 0.3), marks=pytest.mark.slow),
        ("gamma", (4.0, 10.0), stats.gamma(4.0, scale=2.5)),
        pytest.param("gamma", (0.3, 2.0), stats.gamma(0.3, scale=2.0 / 0.3), marks=pytest.mark.slow),
        ("triangular", (2.0, 7.0, 30.0), stats.triang(5.0 / 28.0, loc=2.0, scale=28.0)),
        ("triangular", (-1.0, -1.0, 2.0), stats.triang(0.0, loc=-1.0, scale=3.0)),
        ("weibull", (0.8, 10.0), stats.weibull_min(0.8, scale=10.0)),
        ("weibull", (3.0, 2.0), stats.weibull_min(3.0, scale=2.0)),
    ],
)
def test_a_hundred_thousand_draws_have_the_laws_mean_variance_and_distribution(name, arguments, known):
    count, key = 100_000, stream_key(7, f"{name} {arguments}")
    drawn = np.array([MARK_LAWS[name].quantile(*arguments, uniform(key, run, 0, 2)) for run in range(count)])
    mean, variance, excess = (float(one) for one in known.stats("mvk"))

    # Bounds that each miss less than once in a million: 5 standard errors, and 2.7 / sqrt(n) of Kolmogorov's statistic.
    assert abs(drawn.mean() - mean) < 5.0 * math.sqrt(variance / count)
    assert abs(drawn.var() - variance) < 5.0 * variance * math.sqrt((excess + 2.0) / count)
    assert stats.kstest(drawn, known.cdf).statistic < 2.7 / math.sqrt(count)


@pytest.mark.parametrize("u", [2.0**-53, 1e-12, 1e-9])
def test_an_exponential_mark_keeps_its_digits_near_nought(u):
    assert MARK_LAWS["exponential"].quantile(3.0, u) == pytest.approx(3.0 * (u + u * u / 2), rel=1e-14, abs=0.0)


def test_every_uniform_gives_a_finite_draw():
    for name, arguments in {
        "poisson": (29.0,), "binomial": (10.0, 0.3), "geometric": (0.2,), "bernoulli": (0.5,),
        "uniform_real": (0.0, 1.0),        "exponential": (2.0,), "normal": (0.0, 1.0), "lognormal": (1.0, 1.0),
        "gamma": (0.1, 2.0), "weibull": (0.1, 2.0), "beta": (0.1, 0.1), "triangular": (0.0, 0.0, 1.0),
    }.items():  # fmt: skip
        for u in (2.0**-53, 1.0 - 2.0**-53, 1.0):
            assert math.isfinite(MARK_LAWS[name].quantile(*arguments, u)), (name, u)
    assert MARK_LAWS["poisson"].quantile(29.0, 1.0) < 120
    assert MARK_LAWS["poisson"].quantile(1e6, 1.0) < 1.01e6
    assert MARK_LAWS["poisson"].quantile(0.0, 1.0) == 0


@pytest.mark.parametrize("u", [2.0**-53, 1e-9, 0.3, 0.5, 0.9, 1 - 1e-9])
def test_large_counts_are_scipys(u):
    assert MARK_LAWS["poisson"].quantile(1e6, u) == stats.poisson.ppf(u, 1e6)
    assert MARK_LAWS["binomial"].quantile(1e6, 0.3, u) == stats.binom.ppf(u, 1e6, 0.3)
    assert MARK_LAWS["binomial"].quantile(1e9, 1e-8, u) == stats.binom.ppf(u, 1e9, 1e-8)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("geometric", (1e-320,)),
        ("geometric", (1e-15,)),
        ("uniform_real", (-1e308, 1e308)),
        ("exponential", (1e308,)),
        ("normal", (0.0, 1e308)),
        ("lognormal", (1.0, 1e3)),
        ("gamma", (0.01, 1e307)),
        ("weibull", (0.001, 1.0)),
        ("triangular", (-1e308, 0.0, 1e308)),
    ],
)
def test_a_draw_that_leaves_the_floats_is_refused(name, arguments):
    with pytest.raises(ValueError, match=r"expected .* but got"):
        MARK_LAWS[name].quantile(*arguments, 1.0)


@pytest.mark.parametrize("name", MARK_LAWS)
def test_impossible_parameters_are_refused_with_their_values(name):
    count = len(MARK_LAWS[name].parameters)
    with pytest.raises(ValueError, match=r"expected .* but got"):
        MARK_LAWS[name].quantile(*[math.nan] * count, 0.5)


@pytest.mark.parametrize(
    ("weights", "u", "place"),
    [
        ((0.5, 0.3, 0.2), 2.0**-53, 0),
        ((0.5, 0.3, 0.2), 0.5, 0),
        ((0.5, 0.3, 0.2), math.nextafter(0.5, 1.0), 1),
        ((0.5, 0.3, 0.2), 1.0, 2),
        ((2.0, 6.0), 0.25, 0),
        ((0.0, 1.0, 0.0), 2.0**-53, 1),
        ((0.0, 1.0, 0.0), 1.0, 1),
        ((0.1, 0.2, 0.3), 1.0, 2),
    ],
)
def test_one_of_some_values_is_the_first_up_to_which_weights_reach_the_uniform(weights, u, place):
    assert one_of(weights, u) == place


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8).filter(any), st.floats(0.0, 1.0, exclude_min=True))
def test_a_value_whose_weight_is_nought_is_never_drawn(weights, u):
    assert weights[one_of(weights, u)] > 0.0


def test_a_hundred_thousand_draws_of_some_values_come_as_often_as_their_weights_say():
    weights, count, key = (5.0, 3.0, 0.0, 2.0), 100_000, stream_key(7, "one_of")
    drawn = np.bincount([one_of(weights, uniform(key, run, 0, 2)) for run in range(count)], minlength=4)

    assert drawn[2] == 0
    # Missed less than once in a million: the quantile of chi-squared.
    assert stats.chisquare(drawn[[0, 1, 3]], [0.5 * count, 0.3 * count, 0.2 * count]).pvalue > 1e-6


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ((1.0, -0.5), "expected weights of at least 0 but got -0.5"),
        ((math.nan, 1.0), "expected weights of at least 0 but got nan"),
        ((1.0, math.inf), "expected weights of at least 0 but got inf"),
        ((0.0, 0.0), "expected weights of which one is above 0 but they add up to 0"),
        ((1e308, 1e308), "expected weights of which one is above 0 but they add up to inf"),
    ],
)
def test_weights_that_cannot_be_are_refused_with_their_values(weights, said):
    with pytest.raises(ValueError, match=said):
        one_of(weights, 0.5)
