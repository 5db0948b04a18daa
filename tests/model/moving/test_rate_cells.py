"""Cells that follow a rate: how near their integral is, where they end, what is no rate, and what is only looked at."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.moving.rate_cells import Cell, cell_of
from sim.numerics.cells import TINY

Rate = Callable[[float], float]

STEPS = (0.125, 0.5, 1.0, 2.0, 4.0, 8.0)


def wave(period: float) -> tuple[Rate, Rate]:
    pace = 2.0 * math.pi / period
    return lambda t: 1.0 + 0.9 * math.sin(pace * t), lambda t: t + 0.9 / pace * (1.0 - math.cos(pace * t))


def softplus(t: float) -> float:
    return math.log1p(math.exp(t - 3.0))


# Rates, and their integrals from 0.
SMOOTH: dict[str, tuple[Rate, Rate]] = {
    "gompertz": (math.exp, math.expm1),
    "square": (lambda t: t * t, lambda t: t**3 / 3.0),
    "calming": (lambda t: math.exp(-t) + 0.1, lambda t: 0.1 * t - math.expm1(-t)),
    "logistic": (lambda t: 1.0 / (1.0 + math.exp(3.0 - t)), lambda t: softplus(t) - softplus(0.0)),
    "wave": wave(7.0),
    "short_wave": wave(1.0),
}


def cells(rate: Rate, until: float, step: float, *, waves: bool = True, start: float = 0.0) -> list[Cell]:
    """Follow a rate until a time lies in the last cell."""
    found: list[Cell] = []
    width = 0.0
    while not found or found[-1].end < until:
        cell = cell_of(rate, found[-1].end if found else start, step, width, waves=waves)
        assert cell is not None
        found.append(cell)
        width = cell.width
    return found


def integral(found: list[Cell], time: float) -> float:
    return math.fsum(cell.whole if cell.end <= time else cell.part(time) for cell in found if cell.start < time)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", SMOOTH)
def test_the_integral_of_a_smooth_rate_is_right_to_two_parts_in_ten_thousand_at_any_step(name, step):
    rate, exact = SMOOTH[name]
    found = cells(rate, 8.0, step)

    worst = max(
        abs(integral(found, cell.end) - exact(cell.end)) / exact(cell.end) for cell in found if cell.whole > 1e-3
    )
    assert worst < (2e-4 if "wave" in name else 7e-5)


@pytest.mark.parametrize(("name", "least"), [("gompertz", 12.0), ("calming", 12.0), ("wave", 12.0)])
def test_half_the_step_makes_whole_cells_sixteen_times_as_right(name, least):
    rate, exact = SMOOTH[name]
    errors = [abs(integral(cells(rate, 2.0, step), 2.0) - exact(2.0)) for step in (0.125, 0.0625)]

    assert errors[0] > least * errors[1]


@pytest.mark.parametrize(("step", "least", "most"), [(1.0, 1e-4, 1e-3), (2.0, 1e-3, 1e-2)])
def test_a_rate_that_bends_both_ways_about_the_middle_of_a_cell_is_right_at_its_ends_alone(step, least, most):
    """Its middle lies on the line between its ends, so nothing shows that its halves are none."""

    def exact(t: float) -> float:
        return softplus(t) - softplus(3.0 - 0.5 * step)

    rate = SMOOTH["logistic"][0]
    cell = cell_of(lambda t: rate(t - 0.5 * step + 3.0), 0.0, step, 0.0, waves=True)
    assert cell is not None

    assert cell.end == step
    assert cell.whole == pytest.approx(exact(3.0 + 0.5 * step), rel=1e-4)
    assert least < abs(cell.part(0.5 * step) - exact(3.0)) < most


@pytest.mark.parametrize("step", STEPS)
def test_a_rate_with_a_vertical_tangent_is_followed_to_two_parts_in_ten_thousand(step):
    found = cells(lambda t: 1.5 * math.sqrt(t), 8.0, step)

    assert max(abs(integral(found, cell.end) / cell.end**1.5 - 1.0) for cell in found if cell.end > 0.01) < 2e-4


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("jump", [7.3, 2.0, 1.0 / 3.0])
def test_a_jump_costs_no_more_than_a_few_millionths(step, jump):
    found = cells(lambda t: 0.1 if t < jump else 0.7, 9.0, step)

    assert integral(found, 9.0) == pytest.approx(0.1 * jump + 0.7 * (9.0 - jump), abs=3 * TINY)


@given(st.floats(0.0, 100.0), st.floats(0.01, 10.0), st.floats(0.0, 5.0), st.floats(0.0, 3.0), st.booleans())
def test_cells_of_a_line_go_from_grid_point_to_grid_point(start, step, begin, slope, waves):
    found = cells(lambda t: begin + slope * t, start + 5 * step, step, waves=waves, start=start)

    ends = [cell.end for cell in found]
    assert [cell.start for cell in found] == [start, *ends[:-1]]
    assert all(end == round(end / step) * step for end in ends)
    assert len(found) <= 7
    assert all(cell.width == 0.0 for cell in found)


@given(st.sampled_from(sorted(SMOOTH)), st.floats(0.1, 3.0), st.floats(0.0, 6.0), st.floats(0.0, 1.0, exclude_min=True))
def test_what_a_cell_reaches_lies_in_it_and_is_what_it_had_at_that_time(name, step, start, share):
    cell = cell_of(SMOOTH[name][0], start, step, 0.0, waves=True)
    assert cell is not None
    part = share * cell.whole

    time = cell.reaching(part)

    assert cell.start <= time <= cell.end
    assert cell.part(cell.start) == 0.0
    assert cell.part(cell.end) == cell.whole
    # Two floats that differ by one time that can be told apart differ by as much as that times the rate.
    near = 4 * math.ulp(cell.end) * max(cell.first, cell.middle, cell.last)
    assert cell.part(time) == pytest.approx(part, rel=1e-12, abs=near + 1e-300)


def test_a_wave_whose_period_is_the_cell_hides_where_nobody_looks_off_the_middle():
    rate, exact = SMOOTH["short_wave"]

    seen, hidden = (cells(rate, 1.0, 1.0, waves=waves) for waves in (True, False))

    assert len(hidden) == 1
    assert len(seen) > 1
    assert integral(seen, 0.25) == pytest.approx(exact(0.25), rel=1e-3)
    assert integral(hidden, 0.25) == pytest.approx(0.25)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, 1e300])
def test_a_cell_cannot_begin_where_the_rate_is_none(bad):
    assert cell_of(lambda t: bad, 0.0, 1.0, 0.0, waves=True) is None


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, 1e300])
def test_what_is_no_rate_ends_the_cells_before_it_and_is_refused_only_there(bad):
    def rate(t: float) -> float:
        return 0.5 if t < 0.7 else bad

    time, width, looked = 0.0, 0.0, []
    while (cell := cell_of(rate, time, 1.0, width, waves=True)) is not None:
        assert cell.end < 0.7
        assert 0.5 == cell.first == cell.middle == cell.last
        time, width = cell.end, cell.width
        looked.append(cell.end)

    assert 0.7 - time < 1e-15
    assert len(looked) < 60


def test_a_rate_that_has_a_pole_is_followed_as_near_to_it_as_times_can_be_told_apart():
    def rate(t: float) -> float:
        return 1.0 / (3.3 - t) if t != 3.3 else math.nan

    time, width, hazard = 0.0, 0.0, 0.0
    while hazard < 25.0:
        cell = cell_of(rate, time, 1.0, width, waves=False)
        assert cell is not None
        time, width, hazard = cell.end, cell.width, hazard + cell.whole
        assert math.exp(-hazard) == pytest.approx((3.3 - time) / 3.3, rel=1e-3)


def test_a_rate_of_nought_has_whole_cells_and_reaches_nothing():
    cell = cell_of(lambda t: 0.0, 0.3, 1.0, 0.0, waves=True)

    assert cell is not None
    assert (cell.start, cell.end, cell.whole, cell.factor) == (0.3, 1.0, 0.0, 1.0)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e290])
def test_the_scale_of_a_rate_does_not_matter_unless_it_is_tiny(scale):
    found = cells(lambda t: scale * (1.0 + t * t), 2.0, 1.0)

    assert integral(found, 2.0) == pytest.approx(scale * (2.0 + 8.0 / 3.0), rel=1e-6)


@pytest.mark.parametrize("base", [1.0, 3.0, 1000.5])
def test_only_what_lies_in_a_cell_decides_it(base):
    """A clock that is followed from elsewhere on has the same grid, and the same cells from the next point on."""

    def rate(t: float) -> float:
        return 0.2 + 0.01 * t

    one = cells(rate, base + 4.0, 1.0, start=base)
    other = cells(rate, base + 4.0, 1.0, start=base + 0.7)

    assert one[-2:] == other[-2:]
