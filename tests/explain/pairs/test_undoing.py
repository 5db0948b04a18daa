"""How runs end that are made again: what is read off a table is what their logs say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.explain.pairs.undoing import Ends, MadeAgain, ending_of, endings_of
from sim.model.event_table import table_of
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.analysis.tales import load
from tests.engines.kernel.alike import branches

ENDED = """
state: {x: {type: int, range: [0, 9], initial: 0}}
events: {up: {by: f, effects: {x: x + 1}}, down: {by: f}, out: {by: f, effects: {x: x + 9}}}
rules:
  goes: {faction: f, when: x < 9, clock: {rate: speed}, choose: [{event: up, weight: 4}, {event: down, weight: 1}]}
  fails: {faction: f, when: x >= 1, clock: {rate: 0.3}, emits: out}
outcomes: {far: {when: x >= 2, ends_run: true}, fell: {on: [down], ends_run: true}, none: {otherwise: true}}
"""


@settings(max_examples=settings.default.max_examples // 2)
@given(model_data(), st.integers(0, 2**63 - 1), st.data())
def test_the_endings_of_a_table_are_those_of_its_logs(data, seed, drawn):
    scenario = scenario_of(data)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    logs = [engine.run(run) for run in range(4)]
    branch = drawn.draw(branches(scenario, logs[1], seed, 1))
    for each in [scenario] if branch is None else [scenario, branch]:
        again = ReferenceEngine(compile_model(each.model), each, seed)
        logs = [again.run(run) for run in range(4)]
        assert endings_of(each, table_of(0, logs)) == [ending_of(each, log) for log in logs]


@pytest.mark.parametrize("wanted", ["reference", "kernel"])
def test_ends_are_told_in_the_order_in_which_they_are_asked_for(tmp_path, wanted):
    scenarios = load(tmp_path, ENDED, "", "parameters: {speed: 0.05}")
    ends = Ends(seed=1, central=False, runs_per_draw=1, wanted=wanted)
    asked = [MadeAgain(scenarios[run % 2], run) for run in range(20)]
    engines = [ReferenceEngine(compile_model(each.model), each, 1) for each in scenarios]
    known = [ending_of(one.scenario, engines[one.run % 2].run(one.run)) for one in asked]

    assert ends.of(asked) == known
    assert {*known} >= {"far", "fell", "none", "E602"}


def test_searches_are_answered_side_by_side_and_each_as_it_asks(tmp_path):
    (scenario,) = load(tmp_path, ENDED, "")
    ends = Ends(seed=1, central=False, runs_per_draw=1, wanted="reference")
    known = ends.of([MadeAgain(scenario, run) for run in range(9)])

    def search(runs):
        found = []
        for run in runs:
            (end,) = yield [MadeAgain(scenario, run)]
            found.append(end)
        nothing = yield []
        assert [*nothing] == []
        both = yield [MadeAgain(scenario, run) for run in (0, 8)]
        return [*found, *both]

    wanted = [range(3), range(0), range(2, 8)]
    assert ends.answer([search(runs) for runs in wanted]) == [
        [*(known[run] for run in runs), known[0], known[8]] for runs in wanted
    ]
