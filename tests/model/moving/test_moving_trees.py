"""Which conditions flip at a time that is known beforehand, and which rates are looked at for waves."""

import pytest

from sim.model.model import Rate
from sim.model.moving.moving_trees import Moving, reads_wave
from sim.model.program import compile_model
from tests.model.moving.relaxing import relaxing

STATE = "  y: {type: real, initial: 1, relaxes: {towards: 0, half_life: 3}}"


def flags_of(condition: str) -> list[bool]:
    """Return, for each flag of a condition, whether its flip is known beforehand."""
    model = relaxing(outcomes=f'met: {{when: "{condition}"}}', state=STATE)
    moving = Moving(model)
    return [moving.crossing(tree) is not None for tree in moving.flags]


@pytest.mark.parametrize(
    "condition",
    ["x > 0.3", "0.3 >= x", "x > n", "-x < n", "2 * x + 1 > 0.1 * n", "3 - x / 4 < n", "x * (-2) > -1", "time > 3",
     "time > n + 1", "since(noted) > 3", "since(noted) - 1 > n", "3 > since(noted)"],
)  # fmt: skip
def test_one_moving_quantity_against_a_level_that_stands_is_a_closed_form(condition):
    assert flags_of(condition) == [True]


@pytest.mark.parametrize(
    "condition",
    ["x > y", "x + y > 1", "x * x > 0.1", "x > time", "n * x > 1", "exp(x) > 2", "max(x, 0.2) > 0.3", "1 / x > 3",
     "0 * x > 1"],
)  # fmt: skip
def test_all_else_is_searched_for(condition):
    assert flags_of(condition) == [False]


def test_conditions_within_others_come_before_them_and_each_stands_once():
    assert flags_of("x + (1 if time > 2 else 0) > 1 and time > 2") == [True, True]
    assert flags_of("n > 0") == []
    assert flags_of("x > 0.3 or not x > 0.3") == [True]


@pytest.mark.parametrize(
    ("rate", "waves"),
    [("floor(time)", True), ("time - floor(time)", True), ("ceil(x)", True), ("x", False), ("exp(x) * time", False),
     ("abs(x - 0.5) + max(x, 0.2)", False), ("0.1 if time < 3 else x", False), ("1 + floor(1 + time / 7)", True)],
)  # fmt: skip
def test_what_may_go_up_and_down_many_times_is_known(rate, waves):
    model = relaxing(f"  r: {{faction: a, clock: {{rate: '{rate}'}}, emits: noted}}")
    clock = model.rules["r"].clock
    assert isinstance(clock, Rate)

    assert reads_wave(clock.pace.tree) is waves
    program = compile_model(model)
    rule = program.rules[program.numbers["r"]]
    assert rule.moves
    assert rule.waves is waves
