"""What undoing one firing does to a run, and that it does nothing else."""

import pytest

from sim.engines.reference import ReferenceEngine
from sim.engines.undone_run import Counterfactual, Undone
from sim.explain.pairs.undoing import ending_of
from sim.model.event import HORIZON, Event
from sim.model.program import compile_model
from tests.analysis.tales import load

HORNS = """
state:
  blown: {type: int, range: [0, 99], initial: 0}
  won: {type: bool, initial: false}
events:
  horn_blown: {by: f, effects: {blown: blown + 1}}
  battle_won: {by: f, effects: {won: true}}
  battle_lost: {by: f}
  bird_flew: {by: f}
rules:
  blows: {faction: f, when: blown < 9, clock: {rate: 0.5}, emits: horn_blown}
  flies: {faction: f, clock: {rate: 1}, emits: bird_flew}
  fights: {faction: f, when: blown >= 3, clock: {fixed: 1},
           choose: [{event: battle_won, weight: odds}, {event: battle_lost, weight: 1 - odds}]}
outcomes:
  victory: {when: won, ends_run: true}
  defeat: {on: [battle_lost], ends_run: true}
"""


@pytest.fixture
def engine(tmp_path):
    scenario = load(tmp_path, HORNS, "")[0]
    return ReferenceEngine(compile_model(scenario.model), scenario, 1)


def undone(engine, run, what):
    return engine.counterfactual(Counterfactual(run, what))


def of(log, rule):
    return [(event.time, event.type) for event in log if event.rule == rule]


def event(time, kind):
    return Event(sequence=0, time=time, kind="fired", type=kind)


@pytest.mark.parametrize("run", range(8))
def test_a_barred_rule_fires_as_before_and_then_no_more_and_nothing_else_moves(engine, run):
    known, log = engine.run(run), undone(engine, run, Undone("blows", 1))

    assert of(log, "blows") == of(known, "blows")[:1]
    assert ending_of(engine.scenario, log) == HORIZON
    until = known[-1].time
    assert [one for one in of(log, "flies") if one[0] < until] == of(known, "flies")


@pytest.mark.parametrize("run", range(8))
def test_a_choice_that_is_undone_falls_at_its_time_and_otherwise(engine, run):
    known = engine.run(run)
    ((time, chosen),) = of(known, "fights")[-1:]
    instead = {"battle_won": "battle_lost", "battle_lost": "battle_won"}[chosen]
    log = undone(engine, run, Undone("fights", 0, event(time, instead)))

    assert of(log, "fights") == [(time, instead)]
    assert [one for one in log if one.time < time] == [one for one in known if one.time < time]


@pytest.mark.parametrize("run", range(8))
@pytest.mark.parametrize("shift", [-0.4, 0.4])
def test_a_firing_that_is_moved_comes_at_that_time(engine, run, shift):
    first, second = of(engine.run(run), "blows")[:2]
    at = second[0] + shift * (second[0] - first[0])
    log = undone(engine, run, Undone("blows", 1, event(at, "horn_blown")))

    assert of(log, "blows")[:2] == [first, (at, "horn_blown")]


def test_a_firing_that_is_moved_before_its_clock_starts_comes_at_once(engine):
    first, _ = of(engine.run(0), "blows")[:2]
    log = undone(engine, 0, Undone("blows", 1, event(first[0] / 2, "horn_blown")))

    assert of(log, "blows")[1] == first
