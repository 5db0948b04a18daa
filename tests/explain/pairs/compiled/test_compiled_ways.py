"""Compiled code finds the ways that the walk in Python finds, step for step, with the same strengths and costs."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import FollowedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.compiled.compiled_ways import CompiledWays, can_walk
from sim.explain.pairs.difference_nodes import Ended, Occurred
from sim.explain.pairs.pair_causes import Causes
from sim.explain.pairs.paired_runs import PairedRuns
from sim.explain.pairs.undoing import ending_of
from sim.explain.pairs.ways_back import ways
from sim.model.program import compile_model
from sim.testing.models import alone
from tests.analysis.tales import load
from tests.explain.pairs.compiled.walked_models import walked_models
from tests.explain.pairs.explained import SEED
from tests.explain.pairs.test_random_tales import scenario, tales

CASE = Path(__file__).parents[4] / "scenarios" / "lesotho-2014"
RUNS = 5
LESOTHO_PAIRS = 3
ENDS = Ended("either"), Ended("first"), Ended("later")
FRESH_CLOCKS = st.sampled_from([
    "{rate: 0.2 * speed}", "{rate: 0.5 if a else 0.1}", "{rate: 0.1 * d}", "{fixed: 2}", "{fixed: 1 + d}",
    "{gamma: {shape: 2, mean: 3 * odds}}", "{weibull: {shape: 2, scale: 4 / (d - 1)}}", "{every: 3}", "{rate: 1 / d}",
    "{uniform: {low: 1, high: 2 + d}}", "{at: 3 + d}",
])  # fmt: skip
FRESH = st.sampled_from(["", "on: [sets_a, sets_c], "])
SAID = st.sets(
    st.sampled_from([
        ("parameters", "speed: 2"), ("parameters", "odds: 0.9"), ("events", "{at: 1.5, event: sets_a}"),
        ("events", "{at: 2.5, event: sets_b}"), ("events", "{at: 4, event: sets_d, much: 2}"), ("disable", "r0"),
        ("disable", "r1"),
    ]),
    min_size=1, max_size=4,
)  # fmt: skip


def followed(one, run, seed=SEED):
    return FollowedRun.by(ReferenceEngine(compile_model(one.model), one, seed), run)


def check(assumptions, runs, seed=SEED):
    """Hold the compiled walk against the one in Python: from the ends back, and from each event of one run alone."""
    compiled = CompiledWays(assumptions, seed)
    from_ends = {end: list(compiled.of(runs, end)) for end in ENDS}
    for number, run in enumerate(runs):
        pair = PairedRuns(*(followed(each, run, seed) for each in (assumptions.one, assumptions.other)), assumptions)
        known = Causes(pair)
        if any(each.error for each in pair.runs):
            assert from_ends[ENDS[0]][number] is None
            continue
        if any(map(pair.came_to_an_ending, (0, 1))):
            for end, found in from_ends.items():
                assert found[number] == ways(known, end)
        for side in (0, 1):
            for place in pair.changing(side):
                if place not in pair.partners[side]:
                    node = Occurred(side, place)
                    assert list(compiled.of([run], node)) == [ways(known, node)]


@settings(max_examples=settings.default.max_examples // 2)
@given(tales(FRESH_CLOCKS, FRESH), SAID, SAID)
def test_the_ways_of_random_tales_are_those_of_the_walk_in_python(tmp_path_factory, body, one, two):
    assume(one != two)
    scenarios = load(tmp_path_factory.mktemp("tale"), body, scenario(one), scenario(two))
    assumptions = Assumptions(*scenarios)
    assert can_walk(*scenarios, assumptions)
    check(assumptions, range(RUNS))


@settings(max_examples=settings.default.max_examples // 4)
@given(walked_models(), st.data())
def test_so_are_those_of_random_models_of_which_a_rule_is_disabled(model, data):
    one = alone(model)
    other = replace(one, disabled=(data.draw(st.sampled_from(sorted(model.rules))),))
    assumptions = Assumptions(one, other)
    assert can_walk(one, other, assumptions)
    check(assumptions, range(2))


@pytest.mark.parametrize("name", sorted(path.stem for path in CASE.glob("*.yaml") if path.stem != "model"))
def test_every_scenario_of_lesotho_is_walked_over_alike(name):
    one, other = (load_scenario(CASE / f"{each}.yaml").scenario for each in ("status-quo", name))
    assumptions = Assumptions(one, other)
    assert can_walk(one, other, assumptions)
    logs = [list(KernelEngine(compile_model(each.model), each, SEED).make(range(60)).logs()) for each in (one, other)]
    apart = [run for run in range(60) if ending_of(one, logs[0][run]) != ending_of(other, logs[1][run])]
    compiled = CompiledWays(assumptions, SEED)
    for run, found in zip(apart[:LESOTHO_PAIRS], compiled.of(apart[:LESOTHO_PAIRS]), strict=True):
        assert found == ways(Causes(PairedRuns(followed(one, run), followed(other, run), assumptions)))


def test_pairs_for_which_there_is_little_room_are_walked_over_alike_and_one_without_any_is_given_up():
    one, other = (load_scenario(CASE / f"{each}.yaml").scenario for each in ("status-quo", "talks-hold"))
    assumptions = Assumptions(one, other)
    wanted = list(CompiledWays(assumptions, SEED).of(range(RUNS)))
    assert None not in wanted
    assert list(CompiledWays(assumptions, SEED, room=5000).of(range(RUNS))) == wanted
    first, *others = CompiledWays(assumptions, SEED, room=1000, most_room=1000).of(range(RUNS))
    assert first is None
    assert all(found in (None, known) for found, known in zip(others, wanted[1:], strict=True))


def test_a_rate_of_a_clock_that_ran_out_before_the_later_of_two_branches_is_read_alike():
    one, other = (
        load_scenario(CASE / f"{each}.yaml").scenario for each in ("status-quo", "troops-granted-1-september")
    )
    run, assumptions = 83, Assumptions(one, other)
    pair = PairedRuns(followed(one, run), followed(other, run), assumptions)
    assert pair.event(1, 34).time < one.start
    assert list(CompiledWays(assumptions, SEED).of([run])) == [ways(Causes(pair))]
