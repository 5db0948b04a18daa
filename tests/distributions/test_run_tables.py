"""Priors whose arguments are known only in a run give what the same priors give that are known beforehand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.distributions.priors import PRIORS, prior_quantile, run_quantile
from sim.distributions.run_tables import SIZE

ANY_NUMBER = st.one_of(
    st.floats(), st.floats(0.01, 100.0), st.sampled_from((0.0, -0.0, 1.0, 1e-320, 1e300, 1.7e308, 1e15, 2e15, -1.0))
)


def arguments_of(name: str) -> st.SearchStrategy[tuple[float, ...]]:
    count = len(PRIORS[name].parameters)
    return st.tuples(*[ANY_NUMBER] * count) | st.tuples(*[st.floats(0.01, 50.0)] * count).map(sorted).map(tuple)


PRIOR = st.sampled_from(sorted(PRIORS)).flatmap(lambda name: st.tuples(st.just(name), arguments_of(name)))


@given(PRIOR)
def test_compiled_code_refuses_exactly_the_arguments_that_the_check_refuses_in_words(prior):
    name, arguments = prior
    try:
        PRIORS[name].check(*arguments)
    except ValueError:
        with pytest.raises(ValueError, match="no such prior"):
            PRIORS[name].lay([0.0] * SIZE, 0, *arguments)
    else:
        PRIORS[name].lay([0.0] * SIZE, 0, *arguments)


@given(PRIOR, st.floats(0.0, 1.0, exclude_min=True))
def test_a_prior_known_in_a_run_is_the_one_known_beforehand(prior, u):
    name, arguments = prior
    try:
        found = run_quantile(name, arguments, u)
    except ValueError:
        return
    known = prior_quantile(name, arguments, u)

    if name in ("pert", "beta"):  # whose tables beforehand are polynomials, right to 1e-12
        assert math.isclose(found, known, rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, arguments)))
    else:
        assert found == known
