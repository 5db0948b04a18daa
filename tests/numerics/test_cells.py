"""Cells against closed forms and against exact arithmetic: their integral, its inverse, where they lie on the grid."""

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.numerics.cells import (
    NEAR,
    cell_age,
    cell_end,
    cell_factor,
    cell_part,
    cell_whole,
    grid_cell,
    grid_end,
    lasting_width,
    near_line,
)

EPS = 2.0**-52
RATES = st.one_of(st.just(0.0), st.floats(1e-12, 1e12))
WIDTHS = st.floats(1e-6, 1e6)
SHARES = st.one_of(st.sampled_from([0.0, 0.5, 1.0, math.nextafter(1.0, 0.0)]), st.floats(0.0, 1.0))
CELLS = st.tuples(RATES, RATES, RATES).filter(any)


def described(rates: tuple[float, float, float], width: float) -> tuple[float, float]:
    factor = cell_factor(*rates)
    return factor, cell_whole(*rates, factor, width)


def exact_part(rates: tuple[float, float, float], width: float, age: float) -> Fraction:
    """Return the integral of the two lines times the factor that makes the whole Simpson's, without a rounding."""
    first, middle, last = map(Fraction, rates)
    half = Fraction(width) / 2
    at = Fraction(age)

    def line(begin: Fraction, end: Fraction, along: Fraction) -> Fraction:
        return begin * along + (end - begin) * along**2 / (2 * half)

    lines = line(first, middle, min(at, half)) + line(middle, last, max(at - half, Fraction(0)))
    simpson, both = (first + 4 * middle + last) / 6, (first + 2 * middle + last) / 4
    return lines * simpson / both


@given(CELLS, WIDTHS, SHARES)
def test_a_part_is_that_of_two_lines_scaled_to_simpsons_integral(rates, width, share):
    factor, whole = described(rates, width)
    age = share * width

    part = cell_part(*rates, factor, whole, width, age)

    assert abs(Fraction(part) - exact_part(rates, width, age)) <= 16 * EPS * Fraction(whole)
    assert 2 / 3 - EPS <= factor <= 4 / 3 + EPS


@given(RATES, RATES, WIDTHS, SHARES)
def test_a_line_is_followed_exactly(first, last, width, share):
    rates = (first, 0.5 * (first + last), last)
    factor, whole = described(rates, width)
    age = share * width

    assert abs(factor - 1.0) <= EPS
    expected = first * age + (last - first) * age * age / (2.0 * width)
    assert cell_part(*rates, factor, whole, width, age) == pytest.approx(expected, rel=1e-14, abs=16 * EPS * whole)


@given(st.floats(0.0, 1e300, exclude_max=True), st.floats(1e-3, 1e3))
def test_a_constant_has_the_factor_one_and_the_product_as_its_integral(rate, width):
    factor, whole = described((rate, rate, rate), width)

    assert factor == 1.0
    assert whole == width * rate


@given(st.lists(st.floats(0.0, 10.0), min_size=4, max_size=4), st.floats(0.1, 10.0))
def test_the_integral_of_a_cubic_over_a_whole_cell_is_exact(coefficients, width):
    def rate(t: float) -> float:
        return sum(one * t**power for power, one in enumerate(coefficients))

    _, whole = described((rate(0.0), rate(0.5 * width), rate(width)), width)

    expected = sum(one * width ** (power + 1) / (power + 1) for power, one in enumerate(coefficients))
    assert whole == pytest.approx(expected, rel=1e-13)


@given(CELLS, WIDTHS, st.floats(1e-100, 1.0))
def test_the_age_at_which_a_part_is_reached_has_that_part(rates, width, share):
    factor, whole = described(rates, width)
    part = share * whole

    age = cell_age(*rates, factor, width, part)

    assert 0.0 <= age <= width
    found = cell_part(*rates, factor, whole, width, age)
    assert found == pytest.approx(part, rel=1e-13, abs=64 * EPS * whole)


@given(st.tuples(*[st.floats(0.1, 10.0)] * 3), WIDTHS, SHARES)
def test_the_part_at_an_age_is_reached_at_that_age(rates, width, share):
    factor, whole = described(rates, width)
    age = share * width

    found = cell_age(*rates, factor, width, cell_part(*rates, factor, whole, width, age))

    assert found == pytest.approx(age, rel=1e-12, abs=1e-13 * width)


@given(CELLS, WIDTHS, SHARES, SHARES)
def test_a_part_never_shrinks_nor_is_more_than_the_whole(rates, width, one, other):
    factor, whole = described(rates, width)
    early, late = sorted((one * width, other * width))

    before, after = (cell_part(*rates, factor, whole, width, age) for age in (early, late))

    assert 0.0 <= before <= after + 8 * EPS * whole
    assert after <= whole * (1.0 + 8 * EPS)


@given(CELLS, WIDTHS, SHARES, SHARES)
def test_what_is_reached_later_has_the_greater_part(rates, width, one, other):
    factor, whole = described(rates, width)
    small, large = sorted((one * whole, other * whole))

    early, late = (cell_age(*rates, factor, width, part) for part in (small, large))

    assert early <= late * (1.0 + 8 * EPS) + 8 * EPS * width


@given(CELLS, WIDTHS)
def test_a_cells_ends_have_nothing_and_the_whole_as_their_parts(rates, width):
    factor, whole = described(rates, width)

    assert cell_part(*rates, factor, whole, width, 0.0) == 0.0
    assert cell_part(*rates, factor, whole, width, width) == whole
    assert cell_part(*rates, factor, whole, width, math.nextafter(width, math.inf)) == whole
    assert cell_age(*rates, factor, width, 0.0) == 0.0


@example(3.0, 0.1, 1.0)
@example(1.0, 7.0, math.nextafter(1.0, 0.0))
@given(st.floats(1e-9, 1e9), WIDTHS, st.floats(0.999999, 1.0))
def test_a_rate_that_falls_to_nought_is_inverted_up_to_its_very_end(first, width, share):
    """There the root is of a number that rounding makes negative in a third of cases."""
    rates = (first, 0.5 * first, 0.0)
    factor, whole = described(rates, width)

    age = cell_age(*rates, factor, width, share * whole)

    assert width * (1.0 - 2.0 * math.sqrt(1.0 - share + 1e-15)) <= age <= width


@given(st.floats(1e-9, 1e9), WIDTHS, st.one_of(st.just(0.0), st.floats(1e-100, 1.0)))
def test_a_rate_that_rises_from_nought_is_inverted_from_its_very_beginning(last, width, share):
    rates = (0.0, 0.5 * last, last)
    factor, whole = described(rates, width)

    age = cell_age(*rates, factor, width, share * whole)

    assert age == pytest.approx(width * math.sqrt(share), rel=1e-7, abs=0.0)


def test_a_rate_that_is_nought_in_half_a_cell_fires_in_the_other():
    rates = (0.0, 0.0, 6.0)
    factor, whole = described(rates, 2.0)

    assert factor == pytest.approx(2 / 3)
    assert whole == pytest.approx(2.0)
    assert cell_part(*rates, factor, whole, 2.0, 1.0) == 0.0
    assert cell_age(*rates, factor, 2.0, 1e-300) >= 1.0
    assert cell_factor(0.0, 0.0, 0.0) == 1.0


@pytest.mark.parametrize("step", [0.1, 0.3, 1 / 3, 1 / 7, 0.7, 1.0, 1e-3, 24.0])
def test_each_of_two_thousand_grid_points_begins_its_cell(step):
    for number in range(2000):
        point = number * step
        assert grid_cell(point, step) == number
        assert grid_end(point, step) == (number + 1) * step
        if number:
            assert grid_cell(math.nextafter(point, 0.0), step) == number - 1


@given(st.floats(0.0, 1e9), st.floats(1e-3, 1e3))
def test_a_time_lies_in_its_grid_cell(time, step):
    number = grid_cell(time, step)

    assert number == math.floor(number)
    assert number * step <= time < (number + 1.0) * step <= grid_end(time, step) <= (number + 2.0) * step


@pytest.mark.parametrize("step", [0.1, 0.3, 1.0, 1 / 7])
def test_before_the_next_grid_point_there_is_a_moment_in_the_middle(step):
    """A date such as 0.3 may be the float before three steps of 0.1: its cell ends at the next point but one."""
    for number in range(1, 500):
        time = math.nextafter(number * step, 0.0)
        end = grid_end(time, step)

        assert end == (number + 1) * step
        assert time < time + 0.5 * (end - time) < end
        assert grid_end(math.nextafter(time, 0.0), step) == number * step


@given(st.floats(0.0, 1e3), st.floats(0.01, 10.0), st.one_of(st.just(0.0), st.floats(1e-9, 20.0)))
def test_a_cell_ends_at_the_grid_or_at_twice_the_last_width_and_leaves_no_sliver(start, step, last):
    grid = grid_end(start, step)

    end = cell_end(start, grid, last)

    assert start < end <= grid
    assert end in (grid, start + 2.0 * last)
    assert end == grid or grid - end >= 0.25 * last
    assert end == grid or last > 0.0
    assert lasting_width(start, grid, grid, 0) == 0.0
    assert lasting_width(start, end, grid, 1) == end - start
    assert lasting_width(start, end, grid, 0) == (0.0 if end == grid else end - start)


@pytest.mark.parametrize(
    ("last", "end"), [(0.0, 1.0), (0.25, 0.5), (0.4, 0.8), (0.44, 0.88), (0.45, 1.0), (0.5, 1.0), (2.0, 1.0)]
)
def test_a_cell_is_twice_as_wide_as_the_last_unless_little_would_be_left(last, end):
    assert cell_end(0.0, 1.0, last) == end


def test_a_wave_as_long_as_a_cell_is_seen_off_the_middle_and_a_line_is_none():
    def wave(t: float) -> float:
        return 1.0 + 0.5 * math.sin(2.0 * math.pi * t)

    rates = (wave(0.0), wave(0.5), wave(1.0))
    factor = cell_factor(*rates)
    assert abs(factor - 1.0) < NEAR / 16.0
    assert not near_line(*rates, factor, wave(0.3125))

    line = (1.0, 1.5, 2.0)
    assert near_line(*line, cell_factor(*line), 1.3125)
    assert near_line(*line, cell_factor(*line), 1.3125 + 5.9 * NEAR * 1.5)
    assert not near_line(*line, cell_factor(*line), 1.3125 + 6.1 * NEAR * 1.5)
    assert not near_line(*line, cell_factor(*line), 1.3125 - 6.1 * NEAR * 1.5)
