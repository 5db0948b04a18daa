"""Waits and beats of whole times come as often as people count them, in every unit, on every engine."""

import pytest

from sim.build.model import loads_model
from sim.model.program import compile_model
from sim.testing.models import alone
from tests.engines.conformance.engines import ENGINES

MODEL = """
model: beats
title: A wait that is taken again and again, beside a beat
time: {{unit: {unit}}}
horizon: {horizon}
factions: {{a: {{title: A}}}}
state: {{n: {{type: int, initial: 0}}}}
events: {{waited: {{by: a, effects: {{n: n + 1}}}}, beaten: {{by: a}}}}
rules:
  waits: {{faction: a, clock: {{fixed: {step}}}, emits: waited}}
  beats: {{faction: a, clock: {{every: {step}}}, emits: beaten}}
outcomes: {{never: {{when: n < 0}}}}
"""
# the unit, the step, the horizon, how often it comes
COUNTS = (
    ("day", "1 hour", "30 days", 720),
    ("day", "0.1 day", "0.3 day", 3),
    ("day", "20 minutes", "7 days", 504),
    ("week", "1 day", "52 weeks", 364),
    ("hour", "1 second", "1 hour", 3600),
    ("minute", "0.1 second", "1 minute", 600),
    ("abstract", "0.1", "0.3", 3),
    ("abstract", "0.7", "700", 1000),
    ("abstract", "1/7", "10", 70),
)
UNEVEN = {"1/7"}  # no whole number of ticks: equal up to roundings


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("unit", "step", "horizon", "times"), COUNTS)
def test_a_repeated_wait_and_a_beat_come_equally_often_and_at_the_same_times(engine, unit, step, horizon, times):
    scenario = alone(loads_model(MODEL.format(unit=unit, step=step, horizon=horizon)))
    log = ENGINES[engine](compile_model(scenario.model), scenario, 1).run(0)
    waited, beaten = ([event.time for event in log if event.type == name] for name in ("waited", "beaten"))

    assert len(waited) == times
    assert waited == (pytest.approx(beaten, rel=1e-14) if step in UNEVEN else beaten)
    assert waited[-1] == scenario.horizon
