"""Laws fitted to experts' quantiles: the published fits of SHELF, scipy's, and what two quantiles determine."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from sim.distributions.elicited.families import FAMILIES, Fitted
from sim.distributions.elicited.least_squares import best, fit, odds_ratio, worst_misfit

# The vignette "Eliciting Probability Distributions with SHELF" (J. Oakley, 29 June 2016; vignettes/SHELF-overview.html
# of the R package SHELF, github.com/OakleyJ/SHELF), which ends with what `feedback` prints of two experts' consensus:
# P(X < 25) = 0.25, P(X < 30) = 0.5, P(X < 40) = 0.75, with 0 < X < 100.
CONSENSUS = ((0.25, 25.0), (0.5, 30.0), (0.75, 40.0))
PUBLISHED = {  # the fitted quantiles at 0.05 and 0.95, and the fitted probabilities at the three values
    "normal": ((12.5, 50.4), (0.288, 0.451, 0.772)),
    "gamma": ((16.2, 53.2), (0.279, 0.461, 0.769)),
    "lognormal": ((17.3, 55.3), (0.274, 0.466, 0.767)),
    "beta": ((15.2, 51.2), (0.283, 0.456, 0.770)),
}


def as_scipy(known: Fitted):
    match known.family:
        case "normal":
            return stats.norm(known.first, known.second)
        case "lognormal":
            return stats.lognorm(known.second, scale=known.first)
        case "gamma":
            return stats.gamma(known.first, scale=known.second / known.first)
    return stats.beta(known.first, known.second, known.low, known.high - known.low)


@pytest.mark.parametrize("family", PUBLISHED)
def test_a_published_elicitation_gets_its_published_fit(family):
    found = fit(family, CONSENSUS, 0.0, 100.0)
    quantiles, chances = PUBLISHED[family]

    assert tuple(float(f"{found.quantile(u):.3g}") for u in (0.05, 0.95)) == quantiles
    assert tuple(float(f"{found.chance(value):.3g}") for _, value in CONSENSUS) == chances


def test_the_published_fits_are_told_apart_by_their_squares():
    assert [one.family for one in best(list(PUBLISHED), CONSENSUS, 0.0, 100.0)] == [
        "lognormal", "gamma", "beta", "normal"
    ]  # fmt: skip


def law(family: str, first: float, second: float, low: float = 0.0, high: float = 1.0) -> Fitted:
    return Fitted(family=family, first=first, second=second, low=low, high=high)


LAW = st.one_of(
    st.builds(law, st.just("normal"), st.floats(-50.0, 50.0), st.floats(0.01, 100.0)),
    st.builds(law, st.just("lognormal"), st.floats(0.01, 1000.0), st.floats(0.05, 2.5)),
    st.builds(law, st.just("gamma"), st.floats(0.3, 200.0), st.floats(0.01, 1000.0)),
    st.builds(law, st.just("beta"), st.floats(0.5, 60.0), st.floats(0.5, 60.0), st.just(-3.0), st.just(7.0)),
)
CHANCES = st.sampled_from(
    [(0.05, 0.5, 0.95), (0.25, 0.5, 0.75), (0.1, 0.9), (1 / 3, 2 / 3), (0.01, 0.3, 0.6, 0.99), (0.5, 0.95)]
)


@given(LAW, st.floats(1e-4, 1.0 - 1e-4))  # further out floats next to the end of a range are too few
def test_chances_tails_and_quantiles_are_scipys(given_law, u):
    known = as_scipy(given_law)
    x = given_law.quantile(u)

    assert float(known.cdf(x)) == pytest.approx(u, rel=1e-9, abs=1e-10)  # scipy's quantiles are less exact than this
    assert given_law.chance(x) == pytest.approx(float(known.cdf(x)), abs=1e-10)
    assert given_law.tail(x) == pytest.approx(float(known.sf(x)), abs=1e-10)


@given(LAW, CHANCES)
def test_the_quantiles_of_a_law_give_that_law_back(known, chances):
    judged = tuple((chance, known.quantile(chance)) for chance in chances)
    if any(not later > earlier for (_, earlier), (_, later) in pairwise(judged)):
        return
    found = fit(known.family, judged, known.low, known.high)

    assert worst_misfit(found, judged) < 1e-5


@given(LAW, CHANCES, st.lists(st.floats(-0.04, 0.04), min_size=4, max_size=4), st.sampled_from(sorted(FAMILIES)))
def test_no_other_parameters_near_by_are_better_by_scipys_search(known, chances, moved, family):
    judged = tuple((chance, known.quantile(min(max(chance + by, 0.005), 0.995)))
                   for chance, by in zip(chances, moved, strict=False))  # fmt: skip
    values = [value for _, value in judged]
    least, most = {"beta": (-3.0, 7.0), "normal": (-math.inf, math.inf)}.get(family, (0.0, math.inf))
    if any(not b > a for a, b in pairwise(values)) or not least < values[0] < values[-1] < most:
        return
    found = fit(family, judged, -3.0, 7.0)

    def squares(point):
        near = Fitted(family=family, first=point[0], second=point[1], low=-3.0, high=7.0)
        return float(np.sum((as_scipy(near).cdf(values) - np.array([chance for chance, _ in judged])) ** 2))

    start = [found.first, found.second]
    with np.errstate(all="ignore"):
        other = optimize.minimize(squares, start, method="Nelder-Mead", options={"maxiter": 200, "xatol": 1e-10})
    assert found.off <= other.fun + 1e-9


@pytest.mark.parametrize("family", ["lognormal", "gamma"])
@pytest.mark.parametrize("apart", [1.001, 2.0, 50.0, 1000.0])
def test_two_quantiles_are_met_however_far_apart_they_are(family, apart):
    judged = ((0.1, 3.0), (0.9, 3.0 * apart))

    assert worst_misfit(fit(family, judged), judged) < 1e-6


def test_of_equally_good_laws_the_first_named_is_best():
    judged = ((0.05, 2.0), (0.95, 30.0))

    assert best(["lognormal", "gamma"], judged)[0].family == "lognormal"
    assert best(["gamma", "lognormal"], judged)[0].family == "gamma"


def test_a_fit_has_the_same_digits_for_values_in_another_unit():
    days = fit("lognormal", ((0.05, 2.0), (0.5, 7.0), (0.95, 30.0)))
    weeks = fit("lognormal", ((0.05, 2.0 / 7.0), (0.5, 1.0), (0.95, 30.0 / 7.0)))

    assert math.isclose(days.first, 7.0 * weeks.first, rel_tol=1e-7)
    assert math.isclose(days.second, weeks.second, rel_tol=1e-7)


def test_odds_tell_what_differences_of_chances_hide():
    """A standard normal at its quantiles, against an expert who says 5 %: the odds of 1 % are a fifth of those."""
    standard = law("normal", 0.0, 1.0)

    for chance in (0.01, 0.05, 0.25, 0.9, 0.999):
        value = standard.quantile(chance)
        ratio = chance / (1.0 - chance) / (0.05 / 0.95)
        assert odds_ratio(standard, 0.05, value) == pytest.approx(max(ratio, 1.0 / ratio))
    assert odds_ratio(standard, 0.05, -40.0) == math.inf
