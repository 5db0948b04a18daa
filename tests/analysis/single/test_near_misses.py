"""Closest calls whose distance is known: in time, from dates; by a draw, from weights."""

import pytest

from sim.analysis.single.near_misses import leading_rules, nearest_by_draw, nearest_in_time
from sim.analysis.single.stopped_clocks import FindAlmostHappened
from sim.engines.reference import ReferenceEngine
from sim.experiment import record
from sim.model.program import compile_model
from sim.study.plan import Plan, open_target
from tests.analysis.tales import HEAD

WORLD = """
state:
  open: {type: bool, initial: true}
  hot: {type: bool, initial: false}
  lost: {type: bool, initial: false}
events:
  shut: {exogenous: true, effects: {open: false}}
  heated: {exogenous: true, effects: {hot: true}}
  burnt: {exogenous: true, effects: {lost: true}}
  won: {exogenous: true}
  drew: {exogenous: true}
rules:
  shuts: {faction: f, clock: {at: 5}, when: open, emits: shut}
  heats: {faction: f, when: open, clock: {at: 7.25}, emits: heated}
  burns: {faction: f, when: hot, clock: immediately, emits: burnt}
  goes_on: {faction: f, when: not open, clock: {at: 40}, emits: heated}
  chooses: {faction: f, clock: {at: 1}, choose: [{event: won, weight: 0.001}, {event: drew, weight: 0.999}]}
outcomes:
  fire: {when: lost, ends_run: true}
  late_fire: {when: lost, by: 6}
  victory: {on: [won]}
  nothing: {otherwise: true}
"""


@pytest.fixture
def almost(tmp_path):
    """Return what almost happened in 20 runs of the world, and their experiment."""
    (tmp_path / "model.yaml").write_text(HEAD + WORLD, encoding="utf-8")
    experiment = open_target(tmp_path / "model.yaml", Plan(tmp_path / "ledger"))
    projection = FindAlmostHappened.of(experiment, experiment.scenario.model.rules, range(20))
    _, parts = record(experiment, 20, projection, workers=1)
    return experiment, [one for part in parts for one in part]


def test_what_was_stopped_was_missed_by_what_its_clock_still_needed(almost):
    experiment, found = almost
    event, outcome = (nearest_in_time(experiment, found, name) for name in ("heated", "fire"))

    assert (event.run, event.rule, event.time, event.due) == (0, "heats", 5.0, 7.25)
    assert event.wait == 2.25
    assert (event.by.type, event.ended) == ("shut", False)
    assert (outcome.rule, outcome.emits, outcome.wait) == ("heats", "heated", 2.25), "what burns at once follows it"


def test_what_could_come_only_after_the_run_was_missed_by_the_time_after_its_end(almost):
    experiment, found = almost
    only = [stop for one in found for stop in one.stopped if experiment.program.rules[stop.rule].rule.name == "goes_on"]

    assert {(stop.time, stop.due, stop.wait) for stop in only} == {(30.0, 40.0, 10.0)}


def test_what_would_have_come_too_late_is_no_near_miss(almost):
    experiment, found = almost

    assert nearest_in_time(experiment, found, "late_fire") is None
    assert nearest_in_time(experiment, found, "nothing") is None
    assert leading_rules(experiment.program, "nothing") == frozenset()


def test_what_was_not_chosen_was_missed_by_the_distance_of_the_draw_from_its_share(almost):
    experiment, found = almost
    event, outcome = (nearest_by_draw(experiment, found, name) for name in ("won", "victory"))

    assert (event.emits, event.chose, event.share) == ("won", "drew", pytest.approx(0.001))
    assert event.distance == pytest.approx(event.drawn - 0.001)
    draws = [lost.drawn for one in found for lost in one.lost]
    assert len(draws) == 20
    assert event.drawn == min(draws)
    assert (outcome.run, outcome.distance) == (event.run, event.distance)


def test_rules_lead_to_an_outcome_through_what_fires_immediately(almost):
    program = almost[0].program

    assert leading_rules(program, "fire") >= {"burns", "heats", "goes_on"}
    assert "chooses" not in leading_rules(program, "fire")
    assert leading_rules(program, "won") == {"chooses"}


def test_a_run_that_is_made_again_for_this_is_the_run(almost):
    experiment, found = almost
    engine = ReferenceEngine(compile_model(experiment.scenario.model), experiment.scenario, 1)

    for one in found:
        assert one.happened == {event.type for event in engine.run(one.run)[1:-1]}
