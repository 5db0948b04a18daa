"""Each law against SciPy's distribution of the same name, in the body and in the far tails, and against itself."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.distributions.clock_laws import LAWS


class LogLogistic:
    """SciPy's logistic distribution on a log scale: its own log-logistic (fisk) loses the upper tail."""

    def __init__(self, shape: float, scale: float) -> None:
        self.shape, self.scale = shape, scale

    def __getattr__(self, name: str):
        known = getattr(stats.logistic, name)
        if name in ("ppf", "isf"):
            return lambda chance: self.scale * math.exp(known(chance) / self.shape)
        return lambda age: known(self.shape * math.log(age / self.scale))


# name -> canonical parameters, SciPy's distribution
CASES = {
    "exponential": [((3.0,), stats.expon(scale=3.0)), ((1e-3,), stats.expon(scale=1e-3))],
    "weibull": [((0.4, 2.0), stats.weibull_min(0.4, scale=2.0)), ((3.5, 30.0), stats.weibull_min(3.5, scale=30.0))],
    "gamma": [((0.3, 2.0), stats.gamma(0.3, scale=2.0)), ((7.0, 30.0), stats.gamma(7.0, scale=30.0))],
    "lognormal": [((4.0, 0.3), stats.lognorm(0.3, scale=4.0)), ((4.0, 2.5), stats.lognorm(2.5, scale=4.0))],
    "loglogistic": [((1.6, 2.0), LogLogistic(1.6, 2.0)), ((5.0, 30.0), LogLogistic(5.0, 30.0))],
    "uniform": [((0.0, 2.0), stats.uniform(0.0, 2.0)), ((5.0, 30.0), stats.uniform(5.0, 25.0))],
    "triangular": [
        ((0.0, 1.0, 5.0), stats.triang(0.2, 0.0, 5.0)),
        ((2.0, 2.0, 5.0), stats.triang(0.0, 2.0, 3.0)),
        ((2.0, 5.0, 5.0), stats.triang(1.0, 2.0, 3.0)),
    ],
}
ALL = [(name, *case) for name, cases in CASES.items() for case in cases]
UNBOUNDED = [case for case in ALL if case[0] not in ("uniform", "triangular")]


@pytest.mark.parametrize(("name", "parameters", "known"), ALL)
def test_the_hazard_is_minus_the_log_of_scipys_survival(name, parameters, known):
    for chance in (1e-12, 1e-6, 0.001, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9):
        age = float(known.ppf(chance))
        actual = LAWS[name].hazard(*parameters, age)
        if name in ("triangular", "uniform") and chance > 0.9999:
            continue  # SciPy takes 1 - cdf there, which has lost its digits
        if chance < 0.5:
            assert -math.expm1(-actual) == pytest.approx(known.cdf(age), rel=1e-11, abs=0.0)
        else:
            assert actual == pytest.approx(-known.logsf(age), rel=1e-11, abs=0.0)


@pytest.mark.parametrize(("name", "parameters", "known"), UNBOUNDED)
def test_the_far_tails_are_not_lost(name, parameters, known):
    for survival in (1e-20, 1e-100, 1e-300):
        hazard = -math.log(survival)
        age = LAWS[name].age(*parameters, hazard)
        assert age == pytest.approx(float(known.isf(survival)), rel=1e-10, abs=0.0)
        assert LAWS[name].hazard(*parameters, age) == pytest.approx(hazard, rel=1e-10, abs=0.0)
    for small in (1e-20, 1e-100, 1e-300):
        age = LAWS[name].age(*parameters, small)
        if age > 1e-300:
            assert LAWS[name].hazard(*parameters, age) == pytest.approx(small, rel=1e-10, abs=0.0)


def exact(name: str, parameters: tuple[float, ...], age: float) -> float:
    """The hazard of a bounded law from its survival as a fraction, which has no last digit to lose."""
    low, *mode, high = map(Fraction, parameters)
    at = Fraction(age)
    if name == "uniform":
        survival = (high - at) / (high - low)
    elif at < mode[0]:
        survival = 1 - (at - low) ** 2 / ((high - low) * (mode[0] - low))
    else:
        survival = (high - at) ** 2 / ((high - low) * (high - mode[0]))
    return -math.log(survival) if survival < 0.5 else -math.log1p(-float(1 - survival))


BOUNDED = st.tuples(st.floats(0.0, 9.0), st.floats(0.0, 9.0), st.floats(0.01, 9.0)).map(
    lambda steps: (steps[0], steps[0] + steps[1], steps[0] + steps[1] + steps[2])
)


@given(st.sampled_from(("uniform", "triangular")), BOUNDED, st.floats(0.0, 1.0))
def test_a_bounded_law_keeps_its_digits_up_to_its_ends(name, points, part):
    low, mode, high = points
    for parameters in ((low, high),) if name == "uniform" else ((low, mode, high), (low, low, high), (low, high, high)):
        inside = [low + (high - low) * part, math.nextafter(high, 0.0), math.nextafter(low, high)]
        inside += [parameters[1], math.nextafter(parameters[1], low), math.nextafter(parameters[1], high)]
        for age in inside:
            if low < age < high:
                assert LAWS[name].hazard(*parameters, age) == pytest.approx(
                    exact(name, parameters, age), rel=1e-12, abs=1e-300
                )


@given(st.sampled_from(("uniform", "triangular")), BOUNDED, st.floats(-30.0, 7.0).map(math.exp))
def test_a_bounded_law_fires_within_its_bounds(name, points, hazard):
    parameters = (points[0], points[2]) if name == "uniform" else points

    assert points[0] <= LAWS[name].age(*parameters, hazard) <= points[2]
    assert LAWS[name].age(*parameters, math.inf) == points[2]


@given(st.sampled_from(ALL), st.floats(-8.0, 2.0).map(math.exp))
def test_an_age_comes_back_from_its_hazard(case, hazard):
    name, parameters, _ = case
    age = LAWS[name].age(*parameters, hazard)

    assert LAWS[name].age(*parameters, LAWS[name].hazard(*parameters, age)) == pytest.approx(age, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("hazard", [0.01, 0.5, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 8.0, 15.0, 25.0, 39.9, 40.1, 60.0])
@pytest.mark.parametrize(("name", "parameters", "known"), UNBOUNDED)
def test_an_age_is_scipys_quantile_from_the_body_into_the_tail(name, parameters, known, hazard):
    age = LAWS[name].age(*parameters, hazard)

    assert age == pytest.approx(float(known.isf(math.exp(-hazard))), rel=1e-10, abs=0.0)
    assert LAWS[name].hazard(*parameters, age) == pytest.approx(hazard, rel=1e-11, abs=0.0)


def test_a_triangular_law_from_its_mode_keeps_small_ages():
    for age in (1e-3, 1e-10, 1e-100):
        hazard = LAWS["triangular"].hazard(0.0, 0.0, 5.0, age)
        assert LAWS["triangular"].age(0.0, 0.0, 5.0, hazard) == pytest.approx(age, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("name", ["weibull", "gamma", "lognormal", "loglogistic"])
def test_ages_and_scales_far_apart_are_no_error(name):
    two = (1e200, 2.0) if name == "lognormal" else (2.0, 1e200)
    assert LAWS[name].hazard(*two, 1e-200) == pytest.approx(0.0, abs=1e-300)
    assert LAWS[name].age(*two, 1e30) > 0.0


HAZARDS = st.floats(-30.0, 4.0).map(math.exp)


@given(st.sampled_from(ALL), HAZARDS, st.floats(1.0000001, 3.0))
def test_a_larger_threshold_never_fires_earlier(case, hazard, factor):
    name, parameters, _ = case

    assert LAWS[name].age(*parameters, hazard) <= LAWS[name].age(*parameters, hazard * factor)


@given(st.sampled_from(UNBOUNDED), HAZARDS, st.floats(1e-3, 1e3))
def test_a_law_on_another_scale_is_the_same_law(case, hazard, factor):
    name, parameters, _ = case
    scaled = (parameters[0] * factor, *parameters[1:]) if name in ("exponential", "lognormal") else (
        *parameters[:-1], parameters[-1] * factor,
    )  # fmt: skip

    expected = factor * LAWS[name].age(*parameters, hazard)
    assert LAWS[name].age(*scaled, hazard) == pytest.approx(expected, rel=1e-12, abs=0.0)


@given(st.sampled_from(ALL), st.floats(-10.0, 0.0))
def test_nothing_has_accumulated_before_the_start(case, age):
    name, parameters, _ = case

    assert LAWS[name].hazard(*parameters, age) == 0.0


def test_a_bounded_law_has_fired_by_its_upper_end():
    for name, parameters in (("uniform", (2.0, 5.0)), ("triangular", (2.0, 3.0, 5.0)), ("fixed", (5.0,))):
        assert LAWS[name].hazard(*parameters, 5.0) == math.inf
        assert LAWS[name].age(*parameters, math.inf) == 5.0
        assert LAWS[name].hazard(*parameters, 1.9) == 0.0
    assert LAWS["fixed"].age(5.0, 1e-9) == 5.0


@pytest.mark.parametrize(
    ("name", "given_by", "values", "mean"),
    [
        ("weibull", ("shape", "mean"), (1.7, 12.0), 12.0),
        ("gamma", ("shape", "mean"), (3.0, 12.0), 12.0),
        ("lognormal", ("mean", "sd"), (12.0, 30.0), 12.0),
        ("exponential", ("mean",), (12.0,), 12.0),
    ],
)
def test_a_law_given_by_its_mean_has_that_mean(name, given_by, values, mean):
    form = next(form for form in LAWS[name].forms if form.parameters == given_by)
    parameters = form.canonical(*values)
    known = {
        "weibull": lambda: stats.weibull_min(parameters[0], scale=parameters[1]),
        "gamma": lambda: stats.gamma(parameters[0], scale=parameters[1]),
        "lognormal": lambda: stats.lognorm(parameters[1], scale=parameters[0]),
        "exponential": lambda: stats.expon(scale=parameters[0]),
    }[name]()

    assert known.mean() == pytest.approx(mean, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("name", LAWS)
def test_a_form_refuses_what_cannot_be_and_shows_it(name):
    for form in LAWS[name].forms:
        for bad in (-1.0, math.nan, math.inf):
            for place in range(len(form.parameters)):
                values = [1.0, 2.0, 3.0][: len(form.parameters)]
                values[place] = bad
                with pytest.raises(ValueError, match="expected"):
                    form.canonical(*values)


@pytest.mark.parametrize(
    ("name", "form", "values"),
    [
        ("gamma", 0, (1e10, 1.0)),
        ("gamma", 1, (1e-320, 5.0)),
        ("weibull", 1, (1e-3, 5.0)),
        ("lognormal", 1, (1e-200, 1e200)),
        ("lognormal", 1, (1e-300, 1e-150)),
        ("lognormal", 1, (1.0, 1e-200)),
    ],
)
def test_a_form_whose_law_leaves_the_floats_is_refused(name, form, values):
    with pytest.raises(ValueError, match=r"expected .*"):
        LAWS[name].forms[form].canonical(*values)


def test_a_refusal_shows_the_value_in_full():
    with pytest.raises(ValueError, match=r"^expected shape above 0 but got shape=-1\.0$"):
        LAWS["weibull"].forms[0].canonical(-1.0, 2.0)
