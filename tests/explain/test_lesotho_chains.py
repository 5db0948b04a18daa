"""Explanations of the Lesotho case: random events of every scenario, and rules that did not fire."""

import random
from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import FollowedRun
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.model.program import compile_model
from sim.report.causes.causal_trees import CausalTree, Naming
from tests.explain.claims import chain_ends, gives_again, is_enabled_by_what_lacked, lacks_what_it_says, unfired

CASE = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
SCENARIOS = sorted(path.stem for path in CASE.glob("*.yaml") if path.stem not in ("model", "history", "sources"))
SEED = 1


def followed_runs(name, count):
    scenario = load_scenario(CASE / f"{name}.yaml").scenario
    engine = ReferenceEngine(compile_model(scenario.model), scenario, SEED)
    return [FollowedRun.by(engine, number) for number in range(count)]


@pytest.mark.parametrize("count", [3, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SCENARIOS)
def test_five_random_events_of_each_run_are_given_again_by_their_chains(name, count):
    rng = random.Random(name)  # noqa: S311
    for run in followed_runs(name, count):
        reasons = Reasons(run)
        for place in rng.sample(range(run.branch, len(run.events)), 5):
            for all_read in (False, True):
                why = Why(reasons, place, all_read=all_read)
                chain_ends(why)
                for because in why.causes.values():
                    if because.event.kind == "fired" and because.place >= run.branch:
                        gives_again(reasons, because)


@pytest.mark.parametrize("count", [1, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SCENARIOS)
def test_rules_that_did_not_fire_lacked_what_is_named_and_fire_with_it(name, count):
    tried = 0
    for run in followed_runs(name, count):
        assert list(unfired(run))
        lacks_what_it_says(run)
        tried += is_enabled_by_what_lacked(run, SEED)
    assert tried


def test_a_parameter_that_a_scenario_sets_is_said_to_be_set_by_it():
    lines = []
    for run in followed_runs("mediator-leans-in", 3):
        lines += CausalTree(Why(Reasons(run), len(run.events) - 1), Naming(run, {})).lines()
    assert any("visit_rate was " in line and ", which the scenario sets from #0 on; before it was" in line
               for line in lines)  # fmt: skip
    assert any("the branch, from which on the scenario has its own demand_delay, visit" in line for line in lines)
