"""A table against the quantile that it stands for, and against SciPy's."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from sim.numerics.beta import beta_quantile
from sim.numerics.beta_table import CENTRAL, COEFFICIENTS, HEAD, beta_table, table_quantile

SHAPES = [
    (1.0, 5.0),
    (1.02, 4.98),
    (3.0, 3.0),
    (2.0, 4.0),
    (4.7, 1.3),
    (0.6, 0.7),
    (0.5, 0.5),
    (20.0, 3.0),
    (200.0, 300.0),
    (1.0, 50.0),
]
OF_X, OF_LOGIT = 1.0, 2.0
TABLES = {shapes: beta_table(*shapes) for shapes in SHAPES}


@pytest.mark.parametrize("shapes", SHAPES)
def test_a_table_is_made_for_every_shape_that_priors_usually_have(shapes):
    assert TABLES[shapes][:HEAD] == (OF_LOGIT if min(shapes) < 1.0 else OF_X, *shapes)
    assert len(TABLES[shapes]) == HEAD + 18 * COEFFICIENTS


@given(st.sampled_from(SHAPES), st.floats(CENTRAL, 1.0 - CENTRAL))
def test_a_quantile_from_a_table_is_that_of_the_iteration(shapes, u):
    assert table_quantile(TABLES[shapes], 0, u) == pytest.approx(beta_quantile(*shapes, u), rel=2e-13, abs=0.0)


@given(st.sampled_from(SHAPES), st.floats(1e-12, 1.0 - 1e-12))
def test_a_quantile_from_a_table_is_scipys(shapes, u):
    assert table_quantile(TABLES[shapes], 0, u) == pytest.approx(special.betaincinv(*shapes, u), rel=1e-12, abs=0.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(-3.0, 7.0).map(math.exp), st.floats(-3.0, 7.0).map(math.exp), st.data())
def test_a_table_of_any_shapes_is_right_or_says_that_it_is_none(a, b, data):
    table = beta_table(a, b)
    for _ in range(20):
        u = data.draw(st.floats(CENTRAL, 1.0 - CENTRAL))
        assert table_quantile(table, 0, u) == pytest.approx(beta_quantile(a, b, u), rel=1e-12, abs=0.0)


@given(st.floats(0.0, 1.0))
def test_every_pert_has_a_table(part):
    assert beta_table(1.0 + 4.0 * part, 5.0 - 4.0 * part)[0] == OF_X


@pytest.mark.parametrize("shapes", [(0.01, 3.0), (3.0, 1e-300), (0.06, 0.06), (1e-9, 1e9)])
def test_shapes_that_no_table_fits_have_the_iterations_quantile(shapes):
    table = beta_table(*shapes)

    assert table == (0.0, *shapes)
    for u in (2.0**-53, 1e-3, 0.3, 0.9, 1.0):
        assert table_quantile(table, 0, u) == beta_quantile(*shapes, u)


def test_a_table_may_begin_anywhere_in_a_row():
    table = TABLES[2.0, 4.0]

    assert table_quantile((9.0, 9.0, *table), 2, 0.3) == table_quantile(table, 0, 0.3)


@given(st.sampled_from(SHAPES), st.floats(CENTRAL / 2.0, 1.0 - CENTRAL / 2.0), st.floats(1e-9, 1e-3))
def test_a_quantile_never_falls_where_pieces_meet_or_a_table_ends(shapes, u, step):
    later = min(u + step, 1.0)

    assert table_quantile(TABLES[shapes], 0, u) <= table_quantile(TABLES[shapes], 0, later)
