"""The ways of many pairs are those of the walk over each, whether compiled code can find them or not."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError
from sim.explain.followed_run import FollowedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.pair_causes import Causes
from sim.explain.pairs.paired_runs import PairedRuns
from sim.explain.pairs.ways_back import ways
from sim.explain.pairs.ways_of_pairs import WaysOfPairs
from sim.model.program import compile_model
from tests.analysis.tales import IDLE, load, tale
from tests.explain.pairs.explained import SEED
from tests.explain.pairs.test_random_tales import SAID, scenario, tales

RUNS = 6


def walked(assumptions, runs):
    for run in runs:
        sides = (
            FollowedRun.by(ReferenceEngine(compile_model(each.model), each, SEED), run)
            for each in (assumptions.one, assumptions.other)
        )
        yield PairedRuns(*sides, assumptions)


@settings(max_examples=settings.default.max_examples // 2)
@given(tales(), SAID, SAID)
def test_they_are_those_of_each_pair_by_itself(tmp_path_factory, body, one, two):
    assume(one != two)
    assumptions = Assumptions(*load(tmp_path_factory.mktemp("tale"), body, scenario(one), scenario(two)))
    pairs = {run: pair for run, pair in enumerate(walked(assumptions, range(RUNS)))
             if not any(each.error for each in pair.runs) and any(map(pair.came_to_an_ending, (0, 1)))}  # fmt: skip
    logs = [tuple(each.log for each in pair.runs) for pair in pairs.values()]
    found = WaysOfPairs(assumptions, SEED).of([*pairs], logs)
    assert list(found) == [ways(Causes(pair)) for pair in pairs.values()]


RULES = {"end_comes": "when: not end, clock: {rate: 0.2 * speed}"}


@pytest.mark.parametrize("memory", ["fresh", "keep"])  # by compiled code, and in Python
def test_a_run_that_comes_out_at_other_times_than_its_log_has_is_reported(tmp_path, memory):
    rules = {event: f"{rule}, memory: {memory}" for event, rule in RULES.items()}
    assumptions = Assumptions(*load(tmp_path, tale(("end",), rules), IDLE, "parameters: {speed: 2}"))
    (pair,) = walked(assumptions, range(1))
    one, other = (each.log for each in pair.runs)
    (known,) = WaysOfPairs(assumptions, SEED).of([0], [(one, other)])
    assert known[0].assumption == "parameter speed"
    late = (*one[:1], replace(one[1], time=one[1].time + 1.0), *one[2:])
    with pytest.raises(LedgerError, match="E710"):
        list(WaysOfPairs(assumptions, SEED).of([0], [(late, other)]))
