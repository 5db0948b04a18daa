"""The logarithm's table against mpmath: each row says what it must, and leaves nothing to rounding."""

import math
from fractions import Fraction

import pytest

from sim.numerics.log_table import LOG_2_HIGH, LOG_2_LOW, LOG_TABLE
from tests.model.exact import exact

ROWS = [LOG_TABLE[at : at + 4] for at in range(0, len(LOG_TABLE), 4)]


def test_it_has_a_place_for_each_256th_from_a_half_to_one():
    assert len(ROWS) == 128
    for cell, (place, *_) in enumerate(ROWS, 128):
        assert cell / 256 <= place <= (cell + 1) / 256


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_the_logarithm_at_its_place(row):
    place, factor, high, low = row
    wanted = exact.mpf(place) * exact.mpf(factor) - 1 - exact.log(exact.mpf(factor))

    assert abs(exact.mpf(high) + exact.mpf(low) - wanted) < exact.mpf(2) ** -88


@pytest.mark.parametrize("row", ROWS)
def test_what_is_multiplied_and_added_first_is_exact(row):
    place, factor, high, _ = row
    cell = int(place * 256.0) if place < 1.0 else 255
    for part in (cell / 256, math.nextafter(cell / 256, 1.0), math.nextafter((cell + 1) / 256, 0.0)):
        near = (part - place) * factor
        assert Fraction(near) == (Fraction(part) - Fraction(place)) * Fraction(factor)
    for exponent in (-1073, -1, 0, 1, 1024):
        assert Fraction(exponent * LOG_2_HIGH + high) == exponent * Fraction(LOG_2_HIGH) + Fraction(high)


def test_nothing_is_left_over_next_to_one():
    assert ROWS[-1] == (1.0, 1.0, 0.0, 0.0)
    assert ROWS[0] == (0.5, 2.0, -LOG_2_HIGH, -LOG_2_LOW)
