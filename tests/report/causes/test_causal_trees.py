"""A causal past as lines: each event stands in it once, however far back it goes, and no line is too long to read."""

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import FollowedRun
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.report.causes.causal_trees import DEEPEST, INSET, CausalTree, Naming

CHAIN = """
model: chain
title: Day and night
time: {unit: day}
horizon: DAYS days
factions: {sky: {title: The sky}}
state: {light: {type: bool, initial: false}}
events: {rose: {by: sky, effects: {light: true}}, "set": {by: sky, effects: {light: false}}}
rules:
  rises: {faction: sky, when: not light, clock: {fixed: 0.5 days}, emits: rose, basis: {judgement: seen}}
  sets: {faction: sky, when: light, clock: {fixed: 0.5 days}, emits: set, basis: {judgement: seen}}
"""


def tree(days):
    scenario = Scenario.of(loads_model(CHAIN.replace("DAYS", str(days)), "chain.yaml"))
    run = FollowedRun.by(ReferenceEngine(compile_model(scenario.model), scenario, 1), 0)
    last = max(place for place, event in enumerate(run.events) if event.kind == "fired")
    return CausalTree(Why(Reasons(run), last), Naming(run, {})), last


@pytest.mark.parametrize("days", [5, 11, 900])
def test_a_chain_of_any_length_is_written_with_each_event_once(days):
    found, last = tree(days)
    lines = found.lines()
    headings = [line.split()[0] for line in lines if line.lstrip().startswith("#")]

    assert headings[:last] == [f"#{number}" for number in range(last, 0, -1)]
    assert max(len(line) - len(line.lstrip()) for line in lines) <= (DEEPEST + 1) * INSET
    assert any("as below" in line for line in lines) == (last > DEEPEST + 1)
