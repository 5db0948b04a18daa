from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.causes import Dependencies
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.event import Event
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer

MODEL = """
model: siege
title: A siege
time: {unit: abstract}
horizon: 10
factions: {town: {title: The town}, army: {title: The army}}
state:
  gate: {type: bool, initial: false}
  bread: {type: real, initial: 1}
  noise: {type: int, initial: 0}
parameters:
  haste: {value: 2, basis: {judgement: a guess}}
  greed: {value: 3, basis: {judgement: a guess}}
  doubt: {value: 1, basis: {judgement: a guess}}
derived: {hungry: {value: bread < 0.5}}
events:
  opened: {by: town, effects: {gate: true, noise: noise + 1}}
  eaten: {by: town, effects: {bread: bread - 0.1 * greed}}
  entered: {by: army, marks: {force: real}}
  fled: {by: army}
  horn_blown: {by: army, effects: {noise: noise + 1}}
rules:
  town_eats: {faction: town, when: not gate, clock: {fixed: 1}, emits: eaten}
  town_opens: {faction: town, when: hungry and not gate, clock: {rate: haste}, emits: opened}
  army_moves:
    faction: army
    on: [opened, horn_blown]
    when: gate
    clock: immediately
    choose: [{event: entered, weight: bread, force: doubt * noise}, {event: fled, weight: 1}]
"""


def siege():
    return Dependencies(loads_model(MODEL, "siege.yaml"))


def test_what_a_rule_needs_is_what_its_guard_reads_also_behind_a_derived_name():
    assert siege().enabling == {"town_eats": {"gate"}, "town_opens": {"bread", "gate"}, "army_moves": {"gate"}}


def test_effects_are_known_by_what_they_write():
    effects = siege().effects

    assert effects["opened"] == {"gate", "noise"}
    assert effects["eaten"] == {"bread"}
    assert effects["fled"] == set()


def log_of(*events):
    """Return a log: each event is its type and its rule, "" for one from the timetable."""
    made = [Event(0, 0.0, "started", "run_started")]
    for number, (kind, rule) in enumerate(events, 1):
        made.append(Event(number, float(number), "fired" if rule else "scheduled", kind, rule))
    return (*made, Event(len(made), 10.0, "ended", "run_ended", note="horizon"))


def test_an_event_is_made_possible_by_the_last_that_wrote_what_its_guard_reads_and_the_last_that_it_waited_for():
    log = log_of(
        ("eaten", "town_eats"),  # 1: nothing wrote the gate
        ("eaten", "town_eats"),  # 2
        ("opened", "town_opens"),  # 3: hungry since 2
        ("horn_blown", ""),  # 4: from the timetable
        ("entered", "army_moves"),  # 5: the gate is open since 3, and it waited for 4
    )

    found = siege().enablers(log)

    assert found == {1: set(), 2: set(), 3: {2}, 4: set(), 5: {3, 4}}


def test_what_a_rule_waits_for_made_it_possible_though_it_wrote_nothing_that_the_guard_reads():
    log = log_of(("horn_blown", ""), ("opened", ""), ("entered", "army_moves"))

    assert siege().enablers(log)[3] == {2}


@fewer
@given(model_data(), st.integers(0, 2**63 - 1))
def test_what_made_an_event_possible_came_before_it_and_wrote_or_was_waited_for(data, seed):
    scenario = scenario_of(data)
    log = ReferenceEngine(compile_model(scenario.model), scenario, seed).run(0)
    known = Dependencies(scenario.model)

    found = known.enablers(log)

    assert list(found) == [event.sequence for event in log if event.kind in CHANGING]
    for place, before in found.items():
        event = log[place]
        assert before == set() or event.rule
        for cause in before:
            assert cause < place
            needed = known.enabling[event.rule] & known.effects[log[cause].type]
            assert needed or log[cause].type in scenario.model.rules[event.rule].on


@fewer
@given(model_data(), st.integers(0, 2**63 - 1))
def test_a_guard_that_reads_what_an_event_wrote_has_that_event_or_a_later_writer_behind_it(data, seed):
    scenario = scenario_of(data)
    log = ReferenceEngine(compile_model(scenario.model), scenario, seed).run(1)
    known = Dependencies(scenario.model)

    found = known.enablers(log)

    written = {}
    for place in found:
        event = log[place]
        if event.rule:
            assert {written[name] for name in known.enabling[event.rule] if name in written} <= found[place]
        written.update(dict.fromkeys(known.effects[event.type], place))
