"""Why something did not happen: what is named as lacking was lacking, and with it the rule would have been enabled."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import PASSING, FollowedRun
from sim.explain.why_not import WhyNot, happened
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer
from tests.explain.claims import is_enabled_by_what_lacked, lacks_what_it_says, unfired
from tests.explain.followed_runs import followed


@fewer
@given(followed())
def test_what_is_named_as_lacking_was_lacking_and_its_remedy_is_one(run):
    lacks_what_it_says(run)


@fewer
@given(followed())
def test_a_rule_that_was_never_enabled_ran_no_clock_and_one_that_was_stopped_did(run):
    for found in unfired(run):
        ran = [
            one
            for one in run.stretches_of(found.rule)
            if one.ended > run.branch or (one.ended == PASSING and one.until > run.scenario.start)
        ]
        assert bool(found.lost) == bool(ran)
        assert (found.how in ("stopped", "outraced", "pending")) == bool(ran)
        for lost in found.lost:
            assert lost.chance is None or 0.0 <= lost.chance <= 1.0
            assert lost.since <= lost.until


@st.composite
def composed(draw):
    """Draw a run of a random model in which nothing moves, with the seed that made it."""
    scenario, seed = scenario_of(draw(model_data(may_move=False))), draw(st.integers(0, 2**40))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed, most_events=300)
    return seed, FollowedRun.by(engine, 0)


@fewer
@given(composed())
def test_a_history_with_what_lacked_enables_the_rule(drawn):
    seed, run = drawn
    is_enabled_by_what_lacked(run, seed)


SIEGE = """
model: siege
title: A siege
time: {unit: day, origin: 2030-01-01}
horizon: 20 days
factions: {town: {title: The town}, army: {title: The army}}
state:
  bread: {type: int, range: [0, 9], initial: 9}
  gate: {type: enum, values: [shut, ajar, open], initial: shut}
  camp: {type: bool, initial: true}
events:
  eaten: {title: A loaf is eaten, by: town, effects: {bread: bread - 1}}
  opened: {title: The gate opens, by: town, effects: {gate: open}}
  sold: {title: The town is sold, by: town}
  entered: {title: The army enters, by: army}
  left: {title: The army leaves, by: army, effects: {camp: false}}
rules:
  town_eats: {faction: town, when: bread > 6, clock: {fixed: 5 days}, emits: eaten, basis: {judgement: a guess}}
  town_opens: {faction: town, when: bread < 4 and gate == shut, clock: {fixed: 3 days}, emits: opened,
    basis: {judgement: a guess}}
  army_leaves: {faction: army, when: camp, clock: {fixed: 12 days}, emits: left, basis: {judgement: a guess}}
  army_digs: {faction: army, when: camp, clock: {rate: 0.01 per day}, emits: entered, basis: {judgement: a guess}}
  army_enters: {faction: army, on: [opened], when: camp, clock: {fixed: 1 day}, emits: entered,
    basis: {judgement: a guess}}
outcomes:
  fallen: {title: The town falls, on: entered, ends_run: true}
  starved: {title: No bread is left, when: bread == 0}
  given_up: {title: The town gives up, when: gate == open}
  stands: {title: The town stands, otherwise: true}
"""


@pytest.fixture
def siege():
    scenario = Scenario.of(loads_model(SIEGE, "siege.yaml"))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1)
    number = next(number for number in range(100) if not any(event.type == "entered" for event in engine.run(number)))
    return FollowedRun.by(engine, number)


def test_the_nearest_moment_is_the_one_at_which_least_had_to_change(siege):
    found = WhyNot(siege).rule("town_opens")

    assert found.how == "never enabled"
    (lack,) = found.nearest.lacks
    assert (lack.text, lack.values) == ("bread < 4", (("bread", 6),))
    (remedy,) = lack.remedies
    assert (remedy.name, remedy.value, remedy.needed, remedy.written_by) == ("bread", 6, 3, ("eaten",))
    assert found.nearest.time == 15.0, "after the third loaf"


def test_a_rule_that_waits_for_an_event_is_told_from_one_whose_guard_did_not_hold(siege):
    assert WhyNot(siege).rule("army_enters").how == "not awaited"


def test_a_clock_that_was_stopped_says_by_what_and_what_was_missed(siege):
    found = WhyNot(siege).rule("army_digs")
    (lost,) = found.lost

    assert found.how == "stopped"
    assert siege.events[lost.stretch.ended].type == "left"
    assert (lost.since, lost.until) == (0.0, 12.0)
    assert lost.chance == pytest.approx(1 - math.exp(-0.12))
    assert lost.missed_by > 0.0


SHIFTS = """
model: shifts
title: Shifts
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {town: {title: The town}}
state: {light: {type: bool, initial: true}}
events:
  dusk: {by: town, effects: {light: false}}
  dawn: {by: town, effects: {light: true}}
  dug: {by: town}
rules:
  falls: {faction: town, when: light, clock: {fixed: 2 days}, emits: dusk, basis: {judgement: a guess}}
  rises: {faction: town, when: not light, clock: {fixed: 1 day}, emits: dawn, basis: {judgement: a guess}}
  digs: {faction: town, when: light, clock: {rate: 0.05 per day}, memory: MEMORY, emits: dug,
    basis: {judgement: a guess}}
outcomes:
  hole: {title: A hole, on: dug, ends_run: true}
"""


@pytest.mark.parametrize(("memory", "days"), [("fresh", 7), ("keep", 7), ("repeat", 2)])
def test_the_chance_of_several_stretches_is_that_of_the_draws_that_they_have(memory, days):
    """Light for 2, 2, 2 and 1 days: drawn anew in each, or once for all 7 days, or once for the longest stretch."""
    scenario = Scenario.of(loads_model(SHIFTS.replace("MEMORY", memory), "shifts.yaml"))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1)
    number = next(number for number in range(100) if not any(event.type == "dug" for event in engine.run(number)))
    found = WhyNot(FollowedRun.by(engine, number)).rule("digs")

    assert [(lost.since, lost.until) for lost in found.lost] == [(0.0, 2.0), (3.0, 5.0), (6.0, 8.0), (9.0, 10.0)]
    assert found.chance == pytest.approx(-math.expm1(-0.05 * days))


def test_an_outcome_is_followed_to_its_events_and_its_condition(siege):
    why_not = WhyNot(siege)

    fallen = why_not.outcome("fallen")
    assert fallen.how == "event did not come"
    assert [(event, [rule.rule for rule in rules]) for event, rules in fallen.events] == [
        ("entered", ["army_digs", "army_enters"])
    ]
    starved = why_not.outcome("starved")
    assert starved.how == "never held"
    assert starved.nearest.lacks[0].remedies[0].needed == 0
    assert not starved.events, "a loaf was eaten, so that this event came"


def test_an_outcome_whose_condition_never_held_is_followed_to_the_event_that_alone_could_have_made_it_hold(siege):
    given_up = WhyNot(siege).outcome("given_up")

    assert given_up.how == "never held"
    assert [(event, [rule.rule for rule in rules]) for event, rules in given_up.events] == [("opened", ["town_opens"])]


def test_what_happened_is_found_by_the_name_of_its_rule_its_event_or_its_outcome(siege):
    assert [siege.events[place].type for place in happened(siege, "army_leaves")] == ["left"]
    assert [siege.events[place].type for place in happened(siege, "stands")] == ["stands"]
    assert not list(happened(siege, "fallen"))
