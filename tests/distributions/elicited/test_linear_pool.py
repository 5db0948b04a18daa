"""The pool of experts' laws: the average of their chances, read from a table whose greatest error is stated."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.distributions.elicited.linear_pool import (
    ALLOWED,
    IN_TAILS,
    arguments_of,
    chance_of,
    laws_of,
    pool_in_words,
    pool_median,
    pool_quantile,
    pool_support,
    pool_table,
    solved,
)  # fmt: skip
from sim.distributions.priors import prior_quantile
from sim.numerics.elementary import logistic
from tests.distributions.elicited.test_least_squares import LAW, law

POOLS = st.lists(st.tuples(st.floats(0.1, 5.0), LAW), min_size=1, max_size=4).map(tuple)
SLOWEST = [  # a wide gap between experts, and a beta that is next to both of its ends
    ((1.0, law("gamma", 2.0, 5.0)), (1.0, law("normal", 100.0, 0.6))),
    ((1.0, law("beta", 0.5, 0.5, 0.0, 1.0)), (3.0, law("beta", 9.0, 2.0, 0.0, 1.0))),
    ((1.0, law("normal", 0.0, 1e-3)), (1.0, law("normal", 1.0, 1e-3)), (1.0, law("normal", 2.0, 1e-3))),
]


def rest(laws, x: float, u: float) -> float:
    """Return how far the chance of x is from u, from the nearer end."""
    if u <= 0.5:
        return abs(chance_of(laws, x) - u)
    return abs(sum(weight * one.tail(x) for weight, one in laws) - (1.0 - u))


@pytest.mark.parametrize("pool", SLOWEST)
def test_the_chance_of_every_quantile_is_within_what_is_stated(pool):
    arguments = arguments_of(pool)
    table, laws = pool_table(*arguments), laws_of(arguments)

    for number in range(4001):
        u = logistic(-20.0 + 0.01 * number)
        found = pool_quantile(table, 0, u)
        assert rest(laws, found, u) <= 1.05 * ALLOWED
        told_apart = min(u, 1.0 - u) >= 1e-9 and abs(found - 1.0) > 1e-12  # else floats are too few
        assert rest(laws, found, u) <= 1.05 * IN_TAILS * min(u, 1.0 - u) or not told_apart


@settings(max_examples=settings.default.max_examples // 3)
@given(POOLS, st.lists(st.floats(1e-9, 1.0 - 1e-9), min_size=20, max_size=20))
def test_the_chance_of_any_pools_quantiles_is_within_what_is_stated(pool, us):
    arguments = arguments_of(pool)
    laws = laws_of(arguments)
    found = [prior_quantile("elicited", arguments, u) for u in sorted(us)]

    assert found == sorted(found)
    for u, x in zip(sorted(us), found, strict=True):
        assert rest(laws, x, u) <= 1.05 * ALLOWED


@given(POOLS, st.floats(1e-6, 1.0 - 1e-6))
def test_a_solved_quantile_has_its_chance_and_lies_between_those_of_the_laws(pool, u):
    laws = laws_of(arguments_of(pool))
    x = solved(laws, u)

    assert rest(laws, x, u) < 1e-8  # as near as floats are next to the end of a range
    quantiles = [one.quantile(u) for _, one in laws]
    assert min(quantiles) <= x <= max(quantiles)


@pytest.mark.parametrize("u", [2.0**-60, 2.0**-54, 1e-12, 0.5, 1.0 - 2.0**-53, 1.0])
@pytest.mark.parametrize("pool", SLOWEST)
def test_every_uniform_gives_a_finite_value_in_the_support(pool, u):
    arguments = arguments_of(pool)
    low, high = pool_support(*arguments)
    found = prior_quantile("elicited", arguments, u)

    assert math.isfinite(found)
    assert low <= found <= high


@given(POOLS)
def test_what_stands_for_a_pool_gives_its_laws_back_with_weights_that_add_up_to_1(pool):
    laws = laws_of(arguments_of(pool))

    assert [one for _, one in laws] == [one for _, one in pool]
    assert math.isclose(sum(weight for weight, _ in laws), 1.0)


def test_the_median_of_one_expert_is_that_of_the_law_and_of_two_lies_between():
    one, other = law("lognormal", 7.0, 0.8), law("gamma", 2.0, 20.0)

    assert pool_median(*arguments_of(((1.0, one),))) == 7.0
    assert 7.0 < pool_median(*arguments_of(((1.0, one), (1.0, other)))) < other.quantile(0.5)


def test_a_pool_is_written_as_its_laws():
    one, other = law("lognormal", 7.0, 0.8), law("beta", 2.0, 3.0, 0.0, 10.0)

    assert pool_in_words(arguments_of(((1.0, one),))) == "lognormal(7, 0.8)"
    assert (
        pool_in_words(arguments_of(((1.0, one), (3.0, other))))
        == "0.25 lognormal(7, 0.8) + 0.75 beta(2, 3) over 0 to 10"
    )
