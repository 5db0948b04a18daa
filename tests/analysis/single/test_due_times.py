"""When a clock is due: by the formulas of its hazard, and by the rules that fired in runs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.single.due_times import due_time
from sim.analysis.single.stopped_clocks import Noting
from sim.analysis.single.watched_runs import Act, WatchedRun, watch
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.numerics.streams import stream_key, threshold
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer

MODEL = """
model: stopped
title: Clocks that are stopped at 6
time: {unit: abstract}
horizon: 10
factions: {a: {title: A}}
state: {pace: {type: real, range: [0, 9], initial: 0.01}, on: {type: bool, initial: true}}
events: {quickened: {by: a, effects: {pace: 0.04}}, stopped: {by: a, effects: {on: false}}, came: {by: a}}
rules:
  quickens: {faction: a, clock: {at: 2}, emits: quickened}
  stops: {faction: a, clock: {at: 6}, emits: stopped}
  steps: {faction: a, when: on, clock: {rate: pace}, emits: came}
  law: {faction: a, when: on, clock: {weibull: {shape: 2, scale: 100}}, emits: came}
  moving: {faction: a, when: on, clock: {rate: 0.002 * time}, emits: came}
  dated: {faction: a, when: on, clock: {at: 9}, emits: came}
  never: {faction: a, when: on and pace > 5, clock: {rate: 1}, emits: came}
"""


def test_a_clock_that_is_stopped_was_due_as_the_formula_of_its_hazard_says():
    scenario = Scenario.of(loads_model(MODEL))
    program = compile_model(scenario.model)
    by_rule = {"steps": 0, "law": 0, "moving": 0, "dated": 0}
    for run in range(20):
        noting = Noting(range(len(program.rules)))
        watch(ReferenceEngine(program, scenario, 3), run, noting)
        found = {program.rules[one.rule].rule.name: one for one in noting.stopped if one.occurrence == 0}
        assert found.keys() <= by_rule.keys()
        for name, stop in found.items():
            by_rule[name] += 1
            reached = threshold(stream_key(3, f"rule:{name}"), run, 0)
            due = {
                "steps": 2.0 + (reached - 0.01 * 2) / 0.04, "law": 100 * math.sqrt(reached),
                "moving": math.sqrt(reached / 0.001), "dated": 9.0,
            }[name]  # fmt: skip
            assert (stop.time, stop.due) == (6.0, pytest.approx(due, rel=1e-9))
            assert stop.wait == stop.due - 6.0 > 0.0
    assert min(by_rule.values()) >= 10


class Due:
    """Asks before each firing when the clock of its rule is due."""

    def before(self, run: WatchedRun, act: Act) -> None:
        if act.rule is not None:
            assert due_time(run.clocks, run.clocks.clocks[act.rule], run.frame) == act.time

    def after(self, run: WatchedRun, act: Act) -> None:
        for clock in run.clocks.clocks:
            if not clock.enabled:
                assert due_time(run.clocks, clock, run.frame) == math.inf


@fewer
@given(model_data(), st.integers(0, 2**63 - 1))
def test_a_rule_fires_when_it_is_due(data, seed):
    scenario = scenario_of(data)

    watch(ReferenceEngine(compile_model(scenario.model), scenario, seed), 0, Due())
