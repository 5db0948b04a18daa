import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.distributions.priors import PRIORS, prior_quantile

CASES = {
    "pert": ((2.0, 7.0, 30.0), stats.beta(1 + 4 * 5 / 28, 1 + 4 * 23 / 28, 2.0, 28.0), 7.0),
    "uniform": ((2.0, 7.0), stats.uniform(2.0, 5.0), 4.5),
    "triangular": ((2.0, 7.0, 30.0), stats.triang(5 / 28, 2.0, 28.0), 7.0),
    "beta": ((2.0, 6.0), stats.beta(2.0, 6.0), 0.25),
    "normal": ((-1.0, 2.0), stats.norm(-1.0, 2.0), -1.0),
    "lognormal": ((3.0, 0.7), stats.lognorm(0.7, scale=3.0), 3.0),
    "gamma": ((2.5, 10.0), stats.gamma(2.5, scale=4.0), 10.0),
    "loguniform": ((0.1, 10.0), stats.loguniform(0.1, 10.0), 1.0),
}


def test_every_prior_is_tested_and_says_which_of_its_arguments_have_the_unit():
    assert set(CASES) == set(PRIORS)
    for prior in PRIORS.values():
        assert len(prior.scaled) == len(prior.parameters)


@given(st.sampled_from(sorted(CASES)), st.floats(1e-9, 1 - 1e-9))
def test_a_quantile_is_scipys(name, u):
    arguments, known, _ = CASES[name]

    assert prior_quantile(name, arguments, u) == pytest.approx(float(known.ppf(u)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_central_value_is_what_is_said_and_lies_in_the_support(name):
    arguments, _, central = CASES[name]
    low, high = PRIORS[name].support(*arguments)

    assert PRIORS[name].central(*arguments) == pytest.approx(central)
    assert low <= central <= high


@given(st.sampled_from(sorted(CASES)), st.floats(0.0, 1.0, exclude_min=True))
def test_every_uniform_gives_a_finite_value_in_the_support(name, u):
    arguments, _, _ = CASES[name]
    low, high = PRIORS[name].support(*arguments)
    value = prior_quantile(name, arguments, u)

    assert math.isfinite(value)
    assert low <= value <= high


@given(
    st.sampled_from(("pert", "uniform", "triangular", "loguniform")),
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
    st.floats(0.0, 1.0),
    st.sampled_from((2.0**-53, 0.5, 1.0 - 2.0**-53, 1.0)),
)
def test_a_bounded_prior_never_leaves_its_bounds(name, low, width, part, u):
    high = low + width
    mode = min(low + width * part, high)
    value = prior_quantile(name, (low, mode, high) if name in ("pert", "triangular") else (low, high), u)

    assert low <= value <= high


@pytest.mark.parametrize("u", [2.0**-53, 1e-12, 0.5, 0.9, 0.99999, 1.0])
@pytest.mark.parametrize("arguments", [(0.05, 0.05), (0.01, 3.0), (3.0, 0.01), (1e7, 2e7)])
def test_a_beta_with_extreme_shapes_is_no_error(arguments, u):
    assert 0.0 <= prior_quantile("beta", arguments, u) <= 1.0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("uniform", (-1e308, 1e308)),
        ("normal", (0.0, 1e308)),
        ("lognormal", (1.0, 100.0)),
        ("gamma", (1e-300, 1e300)),
        ("gamma", (1e10, 1.0)),
        ("beta", (1e10, 1.0)),
        ("pert", (1.0, 1.0, 1.0)),
    ],
)
def test_a_prior_whose_draws_leave_the_floats_is_refused(name, arguments):
    with pytest.raises(ValueError, match=r"expected .* but got"):
        PRIORS[name].check(*arguments)


def test_a_loguniform_spans_all_floats():
    assert prior_quantile("loguniform", (1e-300, 1e300), 0.5) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", PRIORS)
def test_impossible_arguments_are_refused_with_their_values(name):
    good = list(CASES[name][0])
    for place in range(len(good)):
        for bad in (math.nan, math.inf):
            wrong = [*good]
            wrong[place] = bad
            with pytest.raises(ValueError, match=r"expected .* but got"):
                PRIORS[name].check(*wrong)
    PRIORS[name].check(*good)


@pytest.mark.parametrize("u", [2.0**-53, 1e-5, 0.2, 0.5, 0.99, 1.0])
def test_the_tables_of_all_priors_may_lie_end_to_end(u):
    row: list[float] = []
    starts = {}
    for name, (arguments, _, _) in CASES.items():
        starts[name] = len(row)
        row += PRIORS[name].prepare(*arguments)

    for name, (arguments, _, _) in CASES.items():
        assert PRIORS[name].quantile(row, starts[name], u) == prior_quantile(name, arguments, u)
