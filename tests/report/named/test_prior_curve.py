"""A prior as a curve of text: its height is its density."""

from itertools import pairwise

import pytest

from sim.report.named.prior_curve import ASCII, BLOCKS, curve


def triangle(chance):
    return chance**0.5  # the quantile of the density 2x on 0 to 1


def test_what_is_as_dense_everywhere_has_one_height():
    low, high, drawn = curve(lambda chance: 1 + 4 * chance)

    assert (low, high) == pytest.approx((1.02, 4.98))
    assert {*drawn} == {BLOCKS[-1]}


def test_what_grows_denser_rises_from_one_end_to_the_other():
    _, _, drawn = curve(triangle, ASCII)

    heights = [ASCII.index(sign) for sign in drawn]
    assert all(one <= next_ + 1 for one, next_ in pairwise(heights))
    assert (heights[0], heights[-1]) == (1, len(ASCII) - 1)
    middle = heights[len(heights) // 2] / (len(ASCII) - 1)
    assert middle == pytest.approx(0.5, abs=0.12)


def test_between_two_peaks_there_is_nothing():
    _, _, drawn = curve(lambda chance: chance / 10 if chance < 0.5 else 0.9 + chance / 10)

    assert drawn.strip(" ") == drawn
    assert " " in drawn


def test_one_value_is_one_sign():
    assert curve(lambda _: 3.0) == (3.0, 3.0, BLOCKS[-1])


def test_a_curve_has_as_many_signs_as_cells():
    assert len(curve(triangle, BLOCKS, 10)[2]) == 10
