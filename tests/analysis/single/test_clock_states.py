"""A clock at a moment of a run: its hazard, its threshold and when it is due, by their formulas and by the log."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.single.clock_states import clock_state, clock_states
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.engines.stepped_run import SteppedRun
from sim.model.model import LawClock, Rate
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.numerics.streams import stream_key, threshold
from sim.testing.models import model_data, scenario_of
from tests.analysis.crises import experiment, write
from tests.examples import fewer

MODEL = """
model: two
title: Two clocks
time: {unit: abstract}
horizon: 10
factions: {a: {title: A}}
state: {pace: {type: real, range: [0, 9], initial: 0.01}, off: {type: bool, initial: false}}
events: {quickened: {by: a, effects: {pace: 0.04}}, slow_one: {by: a}, law_one: {by: a}, dated: {by: a}}
rules:
  quickens: {faction: a, clock: {at: 2}, emits: quickened}
  slow: {faction: a, clock: {rate: pace}, emits: slow_one}
  law: {faction: a, clock: {weibull: {shape: 2, scale: 100}}, emits: law_one}
  never: {faction: a, when: off, clock: {rate: 1}, emits: dated}
  late: {faction: a, clock: {at: 9}, emits: dated}
"""


def test_hazards_accumulate_as_their_formulas_say():
    scenario = Scenario.of(loads_model(MODEL))
    program = compile_model(scenario.model)
    made = SteppedRun(ReferenceEngine(program, scenario, 3).begin(5))
    while made.next().time <= 6.0:
        made.step()
    found = {rule.rule.name: clock_state(made, rule.number, 6.0) for rule in program.rules}

    slow, law, never, late = (found[name] for name in ("slow", "law", "never", "late"))
    assert slow.threshold == threshold(stream_key(3, "rule:slow"), 5, 0)
    assert law.threshold == threshold(stream_key(3, "rule:law"), 5, 0)
    assert slow.accumulated == pytest.approx(0.01 * 2 + 0.04 * 4)
    assert slow.due == pytest.approx(6.0 + (slow.threshold - slow.accumulated) / 0.04)
    assert law.accumulated == pytest.approx((6 / 100) ** 2)
    assert law.due == pytest.approx(100 * math.sqrt(law.threshold))
    assert slow.left == pytest.approx(slow.threshold - slow.accumulated)
    assert slow.wait == slow.due - 6.0
    assert (never.enabled, never.threshold, never.due) == (False, None, math.inf)
    assert (late.threshold, late.due, late.accumulated) == (None, 9.0, 0.0)


@fewer
@given(model_data(), st.integers(0, 2**63 - 1))
def test_a_rule_fires_when_it_is_due_with_its_threshold_reached(data, seed):
    scenario = scenario_of(data)
    made = SteppedRun(ReferenceEngine(compile_model(scenario.model), scenario, seed).begin(0))
    while not made.over:
        act = made.next()
        if act.rule is not None:
            state = clock_state(made, act.rule, act.time)
            assert state.enabled
            assert state.due == act.time
            clock = made.run.program.rules[act.rule].clock
            if isinstance(clock, Rate) or (isinstance(clock, LawClock) and clock.law.name not in ("fixed", "uniform")):
                assert state.accumulated == pytest.approx(state.threshold, rel=1e-6, abs=1e-9)
        made.step()


def test_the_clocks_of_a_stored_run_are_those_that_made_its_log(tmp_path):
    found = experiment(write(tmp_path))
    log = ReferenceEngine(found.program, found.scenario, 1).run(4)
    fired = next(event for event in log if event.rule == "coin_falls")

    before = clock_states(found, 4, fired.time * 0.5)["coin_falls"]
    after = clock_states(found, 4, fired.time)["coin_falls"]

    assert before.due == fired.time
    assert before.accumulated == pytest.approx(0.15 * fired.time)
    assert not after.enabled
    assert replace(before, time=0.0).wait == fired.time
