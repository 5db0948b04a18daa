"""Turning points of the Lesotho case, held against scenarios that are written and run for the purpose."""

from itertools import count, islice
from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.explain.pairs.explained_pair import TurningPoints
from sim.explain.pairs.undoing import ending_of
from sim.model.program import compile_model
from sim.model.scenario import Change

CASE = Path(__file__).parents[3] / "scenarios" / "lesotho-2014"
SEED = 1
HALVES = {
    "parameter word_kept": "events: [{at: 2014-09-12, event: date_announced, days: 21}]",
    "event date_announced": "parameters: {word_kept: {prior: {beta: [8, 3]}}}",
}


class Made:
    """A scenario and its runs, by the reference engine."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.engine = ReferenceEngine(compile_model(scenario.model), scenario, SEED)

    def side(self, run):
        return self.engine.program, self.scenario, self.engine.run(run)

    def ending(self, run):
        return ending_of(self.scenario, self.engine.run(run))


def made(name):
    return Made(load_scenario(CASE / f"{name}.yaml").scenario)


def turned(one, other, wanted="auto"):
    """Yield the pairs that ended otherwise: the run, its turning point, and both ends."""
    points = TurningPoints(seed=SEED, central=False, runs_per_draw=1, wanted=wanted)
    for run in count():
        ends = one.ending(run), other.ending(run)
        if ends[0] != ends[1]:
            yield run, points(one.side(run), other.side(run), run), ends


def where(end, own, theirs):
    return "other end" if end == theirs else "same end" if end == own else "third end"


@pytest.mark.parametrize("pairs", [10, pytest.param(60, marks=pytest.mark.slow)])
def test_an_assumption_is_needed_where_a_scenario_without_it_ends_as_the_baseline(tmp_path, pairs):
    baseline, both = made("status-quo"), made("talks-hold")
    without = {}
    for name, rest in HALVES.items():
        text = f"scenario: half\nquestion: What if only one of the two?\nextends: {CASE / 'status-quo.yaml'}\n{rest}\n"
        (tmp_path / "half.yaml").write_text(text, encoding="utf-8")
        without[name] = Made(load_scenario(tmp_path / "half.yaml").scenario)

    for run, point, (theirs, own) in islice(turned(baseline, both), pairs):
        gone = {name: where(half.ending(run), own, theirs) for name, half in without.items()}
        assert dict(point.without) == gone
        assert set(point.needed) == {name for name, to in gone.items() if to == "other end"}


@pytest.mark.parametrize("pairs", [8, pytest.param(40, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["talks-hold", "general-arrest-tried", "mediator-leans-in"])
def test_a_run_whose_scenario_bars_the_rule_from_the_turning_point_on_ends_where_it_says(name, pairs):
    one, other = made("status-quo"), made(name)
    tried = 0
    for run, point, ends in islice(turned(one, other), pairs):
        if point.how not in ("only in one", "only in other") or point.assumed or not point.rule:
            continue
        place = ("only in one", "only in other").index(point.how)
        scenario = (one, other)[place].scenario
        sequence = (point.one_sequence, point.other_sequence)[place]
        event = (one, other)[place].engine.run(run)[sequence]
        bars = Change(time=event.time, parameters={}, number=len(scenario.changes), disabled=(event.rule,))
        barred = Made(scenario.with_changes((*scenario.changes, bars)))
        assert where(barred.ending(run), ends[place], ends[1 - place]) == point.undone
        tried += 1
    assert tried


@pytest.mark.parametrize("pairs", [5, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["talks-hold", "mediator-leans-in"])
def test_pairs_turn_together_on_the_kernel_where_each_turns_on_the_reference_engine(name, pairs):
    one, other = made("status-quo"), made(name)
    found = [*islice(turned(one, other, wanted="reference"), pairs)]
    kernel = TurningPoints(seed=SEED, central=False, runs_per_draw=1, wanted="kernel")

    together = kernel.together((one.side(run), other.side(run), run) for run, *_ in found)
    assert together == [point for _, point, _ in found]
