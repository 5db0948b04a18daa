"""Each way in which something does not happen is told from the others, and what would have been enough is enough."""

import math

import pytest
from hypothesis import given

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import PASSING, FollowedRun
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.explain.why_not import WhyNot, happened
from sim.model.model import Immediately
from sim.model.program import compile_model
from sim.model.scenario import Change, Scenario
from sim.report.causes.causal_trees import CausalTree, Naming
from sim.report.causes.missed_words import MissedWords
from tests.examples import fewer
from tests.explain.claims import unfired
from tests.explain.followed_runs import followed

CAMP = """
model: camp
title: A camp in a valley
time: {unit: day, origin: 2030-01-01}
horizon: 20 days
factions: {camp: {title: The camp}}
state:
  men: {for: i in 1..3, type: int, range: [0, 5000], initial: 300 + 20 * i}
  guest: {type: int, range: [1, 3], initial: 2}
  bread: {type: real, range: [0, 10], initial: 5}
  fear: {type: real, range: [0, 1], initial: 1, relaxes: {towards: 0, half_life: 10 days}}
  fire: {type: bool, initial: false}
  day: {type: int, range: [0, 99], initial: 0}
events:
  dawned: {by: camp, effects: {day: day + 1, "men[1]": "men[1] - 10"}}
  lit: {by: camp, effects: {fire: true}}
  left: {by: camp}
rules:
  dawns: {faction: camp, clock: {every: 1 day}, emits: dawned, basis: {judgement: a guess}}
  lights: {faction: camp, when: not fire, clock: {fixed: 7.5 days}, emits: lit, basis: {judgement: a guess}}
  leaves_in_fear: {faction: camp, when: fear > 0.9, clock: {at: 2030-01-10}, emits: left, basis: {judgement: a guess}}
  leaves_by_fire: {faction: camp, "on": [lit], when: day > 15, clock: {fixed: 1 day}, emits: left,
    basis: {judgement: a guess}}
  leaves_in_numbers: {faction: camp, when: "2 * men[guest] == 702", clock: {fixed: 1 day}, emits: left,
    basis: {judgement: a guess}}
  leaves_full: {faction: camp, when: "bread + 1 > 7 and bread * bread < 90", clock: {fixed: 1 day}, emits: left,
    basis: {judgement: a guess}}
  leaves_late: {faction: camp, when: day > 17, clock: {fixed: 1 hour}, emits: left, basis: {judgement: a guess}}
  leaves_few: {faction: camp, when: "men[1] + men[2] + men[3] < -1", clock: {fixed: 1 day}, emits: left,
    basis: {judgement: a guess}}
outcomes:
  lit: {"on": lit, when: day > 90}
  lit_early: {when: fire, within: 5 days}
  calm_while_dark: {when: day > 3, within: 2 days, while: not fire}
  dawns: {when: day > 99}
"""


def made(**changes):
    scenario = Scenario.of(loads_model(CAMP, "camp.yaml")).with_changes(changes.pop("changes", ()))
    return FollowedRun.by(ReferenceEngine(compile_model(scenario.model), scenario, 1), 0)


@pytest.fixture
def camp():
    late = Change(time=17.0, parameters={}, number=0, disabled=("leaves_late",))
    return made(changes=(late,))


def said(run, name):
    return "\n".join(MissedWords(Naming(run, {})).rule(WhyNot(run).rule(name)))


def test_a_clock_that_time_alone_stopped_did_run(camp):
    found = WhyNot(camp).rule("leaves_in_fear")

    assert found.how == "stopped"
    (lost,) = found.lost
    assert lost.stretch.ended == PASSING
    assert lost.until == pytest.approx(10 * math.log2(1 / 0.9))
    assert "stopped by the passing of time" in said(camp, "leaves_in_fear")


def test_a_rule_whose_event_came_at_the_wrong_time_lacked_its_guard_and_not_its_event(camp):
    found = WhyNot(camp).rule("leaves_by_fire")

    assert found.how == "never enabled"
    assert [camp.events[place].type for place in found.awaited] == ["lit"]
    assert (found.nearest.time, found.nearest.lacks[0].values) == (7.5, (("day", 7),))
    assert "1 event came for which it waits, and its guard did not hold then" in said(camp, "leaves_by_fire")


def test_a_rule_that_was_off_when_its_guard_held_is_said_to_have_been_off(camp):
    found = WhyNot(camp).rule("leaves_late")
    ((since, until),) = found.off

    assert found.how == "never enabled"
    assert (camp.events[since].kind, camp.events[since].time, until) == ("changed", 17.0, None)
    assert found.nearest.time < 17.0
    assert "the scenario does not let it fire from 2030-01-18 on" in said(camp, "leaves_late")


def test_an_outcome_an_event_and_a_rule_of_one_name_are_three_things(camp):
    assert not list(happened(camp, "lit")), "the event came, and the outcome did not"
    assert not list(happened(camp, "dawns")), "the rule fired, and the outcome did not come true"
    assert list(happened(camp, "dawned"))
    assert WhyNot(camp).outcome("lit").how == "never held"


def test_an_outcome_misses_its_time_whatever_comes_later(camp):
    early = WhyNot(camp).outcome("lit_early")
    calm = WhyNot(camp).outcome("calm_while_dark")

    assert early.how == "too late"
    assert early.nearest.time <= 5.0
    assert (calm.how, calm.failed) == ("too late", None), "what failed on day 7 did not keep it from coming by day 2"
    assert calm.nearest.lacks[0].values == (("day", 2),)


def test_a_member_that_the_state_chooses_has_a_remedy(camp):
    (lack,) = WhyNot(camp).rule("leaves_in_numbers").nearest.lacks

    assert [(one.name, one.needed) for one in lack.remedies] == [("men[2]", 351)]


def test_a_remedy_is_the_nearest_one_also_where_a_variable_is_part_of_a_sum(camp):
    (lack,) = WhyNot(camp).rule("leaves_full").nearest.lacks
    (remedy,) = lack.remedies

    assert remedy.needed + 1 > 7 >= math.nextafter(remedy.needed, 0.0) + 1
    assert "with bread above 6 it would have been" in said(camp, "leaves_full")


def test_the_nearest_moment_is_the_last_one_where_no_value_would_do_but_it_came_nearer_each_day(camp):
    found = WhyNot(camp).rule("leaves_few").nearest

    assert found.lacks[0].remedies == ()
    assert found.time == max(event.time for event in camp.events if event.type == "dawned")
    assert "no change of one variable alone was found" in said(camp, "leaves_few")


@fewer
@given(followed())
def test_a_rule_whose_guard_held_waits_for_an_event_that_did_not_come_or_has_fired_before(run):
    for found in unfired(run):
        if found.how == "not awaited" and run.error is None:
            rule = run.program.model.rules[found.rule]
            assert (rule.on and not found.awaited) or isinstance(rule.clock, Immediately)


@fewer
@given(followed())
def test_what_time_or_a_change_stopped_is_no_less_a_clock_that_ran(run):
    for found in unfired(run):
        ended = {stretch.ended for stretch in run.stretches_of(found.rule) if stretch.until > run.scenario.start}
        assert bool(found.lost) >= bool(ended)


WORK = """
model: work
title: Work that is interrupted
time: {unit: day}
horizon: 10 days
factions: {all: {title: All}}
state: {light: {type: bool, initial: true}}
events: {turned: {by: all, effects: {light: not light}}, done: {by: all}, found: {by: all}}
rules:
  turns: {faction: all, clock: {every: 3 days}, emits: turned, basis: {judgement: seen}}
  works: {faction: all, when: light, memory: MEMORY, clock: {rate: 0.01 per day}, emits: done, basis: {judgement: seen}}
  finds: {faction: all, when: light, memory: MEMORY, clock: {fixed: 4 days}, emits: found, basis: {judgement: seen}}
outcomes: {}
"""


@pytest.mark.parametrize("memory", ["keep", "fresh", "repeat"])
def test_stretches_with_one_draw_are_not_counted_as_several(memory):
    scenario = Scenario.of(loads_model(WORK.replace("MEMORY", memory), "work.yaml"))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1)
    number = next(number for number in range(50) if not any(event.type == "done" for event in engine.run(number)))
    run = FollowedRun.by(engine, number)
    found = WhyNot(run).rule("works")

    assert [lost.until - lost.since for lost in found.lost] == [3.0, 3.0]
    assert found.chance == pytest.approx(1 - math.exp(-0.01 * (6 if memory != "repeat" else 3)))


def test_an_age_that_was_kept_is_told_from_the_time_since_the_clock_went_on():
    scenario = Scenario.of(loads_model(WORK.replace("MEMORY", "keep"), "work.yaml"))
    run = FollowedRun.by(ReferenceEngine(compile_model(scenario.model), scenario, 1), 0)
    place = next(at for at, event in enumerate(run.events) if event.type == "found")
    wait = Reasons(run).of(place).wait

    assert (run.events[place].time, wait.time, wait.earlier, wait.since_branch) == (7.0, 1.0, 3.0, 4.0)
    lines = "\n".join(CausalTree(Why(Reasons(run), place), Naming(run, {})).lines())
    assert "its clock had run for 1 day, since #2, and for 3 days before" in lines


GATE = """
model: gate
title: A gate
time: {unit: day, origin: 2030-01-01}
horizon: 5 days
factions: {town: {title: The town}}
state:
  gate: {type: enum, values: [shut, ajar, open], initial: shut}
  guards: {type: int, range: [0, 9], initial: 3}
events:
  closed: {title: The gate shuts, by: town, effects: {gate: shut}}
  opened: {title: The gate opens, by: town, effects: {gate: open}}
  hired: {title: A guard is hired, by: town, effects: {guards: guards + 1}}
  doubled: {title: Six guards stand, by: town, effects: {guards: 6}}
  halved: {title: Two guards stand, by: town, effects: {guards: 2}}
rules:
  enters: {faction: town, when: gate != shut, clock: {fixed: 1 day}, emits: hired, basis: {judgement: a guess}}
  slips: {faction: town, when: gate == ajar, clock: {fixed: 1 day}, emits: hired, basis: {judgement: a guess}}
  drills: {faction: town, when: guards > 4, clock: {fixed: 1 day}, emits: hired, basis: {judgement: a guess}}
outcomes:
  stands: {title: The town stands, otherwise: true}
"""


@pytest.mark.parametrize(
    ("rule", "written_by", "words"),
    [
        ("enters", ("opened",), "events that change gate: The gate opens"),
        ("slips", (), "no event gives gate such a value"),
        ("drills", ("doubled", "hired"), "events that change guards: Six guards stand, A guard is hired"),
    ],
)
def test_an_event_that_always_sets_a_value_that_would_not_do_is_no_way_to_it(rule, written_by, words):
    scenario = Scenario.of(loads_model(GATE, "gate.yaml"))
    run = FollowedRun.by(ReferenceEngine(compile_model(scenario.model), scenario, 1), 0)
    (lack,) = WhyNot(run).rule(rule).nearest.lacks
    (remedy,) = lack.remedies

    assert remedy.written_by == written_by
    assert said(run, rule).endswith(words)
