# ruff: noqa: E501 - one measure a line is read at a glance
"""A measure that has no value in a run spoils nothing but itself: both engines say of which, and go on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.model.measures import UNDEFINED, measure, undefined
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, program_of

MODEL = """
model: down
title: A number goes down
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{x: {{type: int, range: [-50, 50], initial: {initial}}}, y: {{type: real, range: [-1e308, 1e308], initial: 1e308}}}}
events: {{e: {{by: a, marks: {{m: int}}, effects: {{x: x - 1}}}}}}
rules: {{r: {{faction: a, clock: {{rate: 0.3}}, emits: {{event: e, m: poisson(1)}}}}}}
outcomes: {{some: {{when: x < 2}}, none: {{otherwise: true}}}}
measures: {{m: {{{measure}}}, n: {{value: x}}}}
"""

FAULTY = [
    "value: 1 / x", "value: 1 / x, at: 5", "time_until: 1 / x < 0", "time_until: log(x * 1.0) > 2", "max: 1 / x", "min: 1 / x",
    "min: -1 / x", "max: log(x * 1.0)", "integral: 1 / x", "integral: sqrt(x * 1.0)", "time_while: 1 / x > 0.1",
    "sum: 1 / x, on: e", "sum: m / x, on: e", "sum: 1 / m, on: e", "value: y * 10", "max: y * 10", "min: -y * 10",
    "sum: y, on: e", "sum: -y, on: e", "integral: y", "sum: y * 10 - y * 10, on: e",
]  # fmt: skip


@pytest.mark.parametrize("faulty", FAULTY)
def test_both_engines_know_which_runs_have_no_value(faulty):
    scenario = alone(loads_model(MODEL.format(initial=2, measure=faulty)))
    program = program_of(scenario)

    logs = check_alike(program, scenario, 5, range(40))

    values = [measure(program, scenario, log) for log in logs]
    assert any(found["m"] == UNDEFINED for found in values), "the case is of use"
    assert all(math.isfinite(found["n"]) for found in values)
    assert {log[-1].kind for log in logs} == {"ended"}


@pytest.mark.parametrize("faulty", FAULTY)
def test_the_reason_names_the_measure_the_expression_and_when_it_was(faulty):
    scenario = alone(loads_model(MODEL.format(initial=2, measure=faulty)))
    program = program_of(scenario)

    for log in check_alike(program, scenario, 5, range(10)):
        why = undefined(program, scenario, log)
        assert why.keys() == {name for name, value in measure(program, scenario, log).items() if value == UNDEFINED}
        for error in why.values():
            assert error.code == "E604"
            assert "the measure 'm' has no value: " in error.message
            assert 0.0 <= error.time <= 10.0


@given(st.sampled_from(FAULTY), st.integers(0, 2**63 - 1), st.integers(-3, 3), st.integers(0, 8))
def test_a_measure_without_a_value_and_a_limit_go_together(faulty, seed, initial, most):
    scenario = alone(loads_model(MODEL.format(initial=initial, measure=faulty)))

    check_alike(program_of(scenario), scenario, seed, range(3), most_events=most)
