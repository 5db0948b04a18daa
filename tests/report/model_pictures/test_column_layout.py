from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from sim.report.model_pictures.column_layout import Box, Spacing, crossings, grouped, layout, spread

SPACING = Spacing(within=5.0, between=12.0, heading=16.0)
GROUPS = st.sampled_from(["", "north", "south"])


@st.composite
def pictures(draw):
    """Columns of boxes, and links from each to the next."""
    boxes = st.builds(Box, st.floats(10, 60), GROUPS)
    found = draw(st.lists(st.lists(boxes, min_size=1, max_size=8), min_size=1, max_size=4))
    edges = [
        draw(
            st.lists(st.tuples(st.integers(0, len(one) - 1), st.integers(0, len(other) - 1)), max_size=12, unique=True)
        )
        for one, other in pairwise(found)
    ]
    return found, edges


@given(pictures())
def test_no_box_touches_another_nor_its_groups_heading(picture):
    columns, edges = picture
    for column, place in zip(columns, layout(columns, edges, SPACING), strict=True):
        assert sorted(place.order) == list(range(len(column)))
        for above, below in pairwise(place.order):
            gap = place.tops[below] - place.tops[above] - column[above].height
            new = column[above].group != column[below].group
            assert gap >= (12.0 + 16.0 * bool(column[below].group) if new else 5.0) - 1e-6


@given(pictures())
def test_groups_stand_together_and_nothing_stands_above_the_sheet(picture):
    columns, edges = picture
    for column, place in zip(columns, layout(columns, edges, SPACING), strict=True):
        named = [group for group, _ in grouped(column, place.order) if group]
        assert len(named) == len(set(named))
        assert all(top - 16.0 * bool(column[key].group) > -1e-6 for key, top in place.tops.items())


@given(pictures())
def test_the_same_picture_is_laid_out_the_same(picture):
    assert layout(*picture, SPACING) == layout(*picture, SPACING)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=15, unique=True))
def test_crossings_are_the_pairs_of_edges_that_cross(edges):
    found = crossings(range(6), range(6), edges)

    assert found == sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(edges, 2))


def test_sweeps_untangle_two_columns():
    column = [Box(20.0)] * 4
    edges = [(0, 3), (1, 2), (2, 1), (3, 0)]
    first, second = layout([column, column], [edges], SPACING)

    assert crossings(first.order, second.order, edges) == 0
    assert all(abs(first.tops[one] - second.tops[other]) < 1e-6 for one, other in edges)


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(1, 20)), min_size=1, max_size=10))
def test_places_are_the_nearest_that_keep_their_distances(pairs):
    aims, distances = [aim for aim, _ in pairs], [distance for _, distance in pairs]
    found = spread(aims, distances, [False] * len(pairs))

    assert all(b - a >= gap - 1e-6 for a, b, gap in zip(found, found[1:], distances[1:], strict=False))
    if all(b - a >= gap for a, b, gap in zip(aims, aims[1:], distances[1:], strict=False)):
        assert all(abs(place - aim) < 1e-6 for place, aim in zip(found, aims, strict=True))
    cost = sum((place - aim) ** 2 for place, aim in zip(found, aims, strict=True))
    for shift in (-0.5, 0.5):  # no shift of all places is nearer
        assert cost <= sum((place + shift - aim) ** 2 for place, aim in zip(found, aims, strict=True)) + 1e-6


def test_what_is_bound_together_keeps_its_distance():
    assert spread([0.0, 100.0, 0.0], [0.0, 10.0, 10.0], [False, True, False])[1:] == [
        spread([0.0, 100.0, 0.0], [0.0, 10.0, 10.0], [False, True, False])[0] + 10.0,
        spread([0.0, 100.0, 0.0], [0.0, 10.0, 10.0], [False, True, False])[0] + 20.0,
    ]
