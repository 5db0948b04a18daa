"""The state after an event, claim by claim."""

import pytest

from sim.build.model import loads_model
from sim.errors import RunError
from sim.model.evolve import evolve, initial
from sim.model.program import compile_model
from sim.model.replay import state_of

MODEL = """
model: gauge
title: A gauge
time: {unit: abstract}
horizon: 10
factions: {}
state:
  level:  {type: int, range: [-2, 5], initial: 0, at_bounds: saturate}
  heat:   {type: real, range: [-0.5, 1.5], initial: 0, at_bounds: saturate}
  strict: {type: int, range: [-2, 5], initial: 0}
  first:  {type: real, initial: 0}
  second: {type: int, initial: 0}
  third:  {type: bool, initial: false}
events:
  moved: {exogenous: true, marks: {by: int}, effects: {level: level + by, heat: heat + by}}
  forced: {exogenous: true, marks: {by: int}, effects: {strict: strict + by, level: 1}}
  marked: {exogenous: true, marks: {a: real, b: int, c: bool}, effects: {first: a, second: b, third: c}}
  ran_on: {exogenous: true, effects: {first: second + 1, second: second + 1, level: second}}
"""


@pytest.fixture
def gauge():
    program = compile_model(loads_model(MODEL))
    return program, initial(program, ())


@pytest.mark.parametrize(
    ("by", "level", "heat"), [(-9, -2, -0.5), (-2, -2, -0.5), (-1, -1, -0.5), (1, 1, 1.0), (5, 5, 1.5), (9, 5, 1.5)]
)
def test_a_variable_that_saturates_stays_at_the_bound_that_it_would_pass(gauge, by, level, heat):
    program, frame = gauge

    evolve(program, frame, "moved", (float(by),), 1.0)

    state = state_of(program, frame)
    assert (state["level"], state["heat"]) == (level, heat)
    assert isinstance(state["level"], int)


@pytest.mark.parametrize("by", [-3, 6])
def test_a_value_out_of_range_is_an_error_and_leaves_the_state_as_it_was(gauge, by):
    program, frame = gauge
    before = state_of(program, frame)

    with pytest.raises(RunError) as error:
        evolve(program, frame, "forced", (float(by),), 1.0)

    assert error.value.code == "E602"
    assert state_of(program, frame) == before


def test_marks_are_those_of_their_names_and_types(gauge):
    program, frame = gauge

    evolve(program, frame, "marked", (2.5, 3.0, 1.0), 1.0)

    state = state_of(program, frame)
    assert (state["first"], state["second"], state["third"]) == (2.5, 3, True)


def test_all_effects_see_the_state_before_and_what_changed_is_said(gauge):
    program, frame = gauge

    changed = evolve(program, frame, "ran_on", (), 1.0)

    state = state_of(program, frame)
    assert (state["first"], state["second"], state["level"]) == (1.0, 1, 0)
    assert set(changed) == {program.slots["state", "first"], program.slots["state", "second"]}
