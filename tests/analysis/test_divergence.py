"""Small crises whose first difference and turning point are known by how they are made."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.analysis.divergence import Difference
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.model.event import is_whole
from sim.model.priors.joint_prior import affected
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.testing.models import Units, model_data, scenario_of
from tests.analysis.parting import Parts, as_difference
from tests.model.cut_off import cut_off

MODEL = """
model: bridge
title: Who holds the bridge
time: {unit: abstract}
horizon: 10
factions: {blue: {title: Blue}, red: {title: Red}}
state:
  seen: {type: bool, initial: false}
  warned: {type: bool, initial: false}
  force: {type: real, initial: 0}
  ticks: {type: int, initial: 0}
parameters:
  tension: {value: 0, basis: {judgement: a guess}}
  pace: {value: 1, basis: {judgement: a guess}}
  nerve: {value: 1, basis: {judgement: a guess}}
  size: {value: 5, basis: {judgement: a guess}}
events:
  scouts_came: {by: blue, effects: {seen: true}}
  ticked: {by: red, effects: {ticks: ticks + 1, warned: seen}}
  rumoured: {by: red}
  marched: {by: blue, marks: {men: real}, effects: {force: men}}
  taken: {by: blue}
  blown_up: {by: red}
  given_up: {by: red}
  prayed: {by: red}
rules: {%s}
outcomes:
  blue_wins: {on: [taken], ends_run: true}
  red_wins: {on: [blown_up], ends_run: true}
"""
TICKS = "ticks: {faction: red, clock: {every: 2}, emits: ticked}"


@pytest.fixture
def parted(tmp_path):
    """Return a function that runs two scenarios of the bridge, with these rules, and says where they part."""

    def compare(rules, one="", other="", run=0, *, diverge=None):
        (tmp_path / "bridge.yaml").write_text(MODEL % rules, encoding="utf-8")
        found = []
        for name, text in (("one", one), ("other", other)):
            file = tmp_path / f"{name}.yaml"
            file.write_text(f"scenario: {name}\nmodel: bridge.yaml\n{text}\n", encoding="utf-8")
            scenario = load_scenario(file).scenario
            program = compile_model(scenario.model)
            found.append((program, scenario, ReferenceEngine(program, scenario, 1).run(run)))
        divergence = (diverge or Parts())(*found, run)
        assert_mirrored(divergence, Parts()(found[1], found[0], run))
        return divergence

    return compare


MIRRORED = {"only in one": "only in other", "only in other": "only in one"}


def mirrored(item):
    if item is None:
        return None
    return Difference(
        item.time, MIRRORED.get(item.how, item.how), item.rule, item.other, item.one, item.other_sequence,
        item.one_sequence, item.causes,
    )  # fmt: skip


def assert_mirrored(divergence, backwards):
    assert backwards.first == mirrored(divergence.first)
    assert (backwards.turning is None) == (divergence.turning is None)


def test_an_assumed_event_that_enables_a_rule_is_behind_what_the_rule_does(parted):
    found = parted(
        "takes: {faction: blue, when: seen, clock: {fixed: 2}, emits: taken}",
        other="events: [{at: 1, event: scouts_came}]",
    )

    assert found.first == Difference(3.0, "only in other", "takes", "", "taken", -1, 2, ("event scouts_came",))
    assert as_difference(found.turning) == found.first


def test_an_assumed_event_that_a_rule_waits_for_is_behind_what_it_does(parted):
    found = parted(
        "rumours: {faction: red, on: [scouts_came], clock: immediately, emits: rumoured}",
        one="events: [{at: 4, event: scouts_came}]",
    )

    assert found.first == Difference(4.0, "only in one", "rumours", "rumoured", "", 2, -1, ("event scouts_came",))
    assert found.turning is None


def test_a_parameter_that_speeds_a_rule_is_behind_the_time_at_which_it_fires(parted):
    found = parted(
        f"{TICKS}, takes: {{faction: blue, clock: {{fixed: 3 * pace}}, emits: taken}}",
        other="parameters: {pace: 0.5, nerve: 2}",
    )

    assert found.first == Difference(1.5, "other time", "takes", "taken", "taken", 2, 1, ("parameter pace",))


def test_a_rule_that_never_fires_is_behind_its_absence(parted):
    found = parted("takes: {faction: blue, clock: {fixed: 3}, emits: taken}", other="disable: [takes]")

    assert found.first == Difference(3.0, "only in one", "takes", "taken", "", 1, -1, ("without takes",))
    assert as_difference(found.turning) == found.first


CHOICE = (
    "decides: {faction: red, clock: {at: 1}, "
    "choose: [{event: blown_up, weight: nerve}, {event: given_up, weight: 1 - nerve}]}"
)


def test_a_choice_that_falls_otherwise_at_the_same_moment_is_the_first_difference_and_the_turning_point(parted):
    found = parted(CHOICE, other="parameters: {nerve: 0}")

    assert found.first == Difference(
        1.0, "other choice", "decides", "blown_up", "given_up", 1, 1, ("parameter nerve",)
    )  # fmt: skip
    assert as_difference(found.turning) == found.first


def test_other_numbers_in_the_same_event_are_a_difference(parted):
    found = parted(
        "marches: {faction: blue, when: force == 0, clock: {fixed: 1}, emits: {event: marched, men: size}}",
        other="parameters: {size: 6}",
    )

    assert found.first == Difference(
        1.0, "other marks", "marches", "marched", "marched", 1, 1, ("parameter size",)
    )  # fmt: skip
    assert found.turning is None


def test_nothing_that_is_changed_makes_nothing_part(parted):
    rules = f"{TICKS}, {CHOICE}"

    assert parted(rules).first is None
    assert parted(rules, other="parameters: {nerve: 1}").first is None
    assert parted(rules, other="title: Another title").turning is None


def test_an_assumed_event_that_changes_nothing_else_is_no_difference(parted):
    found = parted(TICKS, other="events: [{at: 3, event: prayed}, {at: 3.5, event: prayed}]")

    assert (found.first, found.turning) == (None, None)


@pytest.mark.parametrize("moment", [0, 2, 4])
def test_an_assumed_event_at_the_very_time_of_another_event_is_no_difference_either(parted, moment):
    rules = f"{TICKS}, prays: {{faction: red, when: ticks == 0, clock: immediately, emits: ticked}}"

    assert parted(rules, other=f"events: [{{at: {moment}, event: prayed}}]").first is None
    assert (
        parted(rules, one=f"events: [{{at: {moment}, event: prayed}}, {{at: {moment}, event: prayed}}]").first is None
    )


def test_each_scenarios_own_assumed_events_are_told_from_those_that_both_have(parted):
    both = "{at: 1, event: prayed}, {at: 4, event: rumoured}"

    found = parted(
        "takes: {faction: blue, when: seen, clock: {fixed: 2}, emits: taken}",
        one=f"events: [{both}, {{at: 2, event: prayed}}]",
        other=f"events: [{{at: 1, event: prayed}}, {both}, {{at: 4, event: scouts_came}}]",
    )

    assert found.first == Difference(6.0, "only in other", "takes", "", "taken", -1, 5, ("event scouts_came",))


def test_a_cause_is_followed_through_what_happens_in_both_runs(parted):
    """The scouts are seen at 1; the tick at 2, which both runs have, makes a warning of it; who is warned blows up."""
    found = parted(
        f"{TICKS}, blows: {{faction: red, when: warned, clock: {{fixed: 1.5}}, emits: blown_up}}",
        other="events: [{at: 1, event: scouts_came}]\nparameters: {pace: 3}",
    )

    assert found.first == Difference(3.5, "only in other", "blows", "", "blown_up", -1, 3, ("event scouts_came",))


def test_a_parameter_that_a_guard_reads_is_a_cause_and_one_that_nothing_reads_is_none(parted):
    found = parted(
        "blows: {faction: red, when: tension > 0.5, clock: {fixed: 2}, emits: blown_up}",
        other="parameters: {tension: 1, pace: 2}",
    )

    assert found.first == Difference(
        2.0, "only in other", "blows", "", "blown_up", -1, 1, ("parameter tension",)
    )  # fmt: skip


def test_several_assumptions_behind_one_difference_are_all_named(parted):
    found = parted(
        "takes: {faction: blue, when: seen, clock: {fixed: 2 * pace}, emits: taken}",
        other="events: [{at: 1, event: scouts_came}]\nparameters: {pace: 0.5, size: 9}",
    )

    assert found.first.time == 2.0
    assert found.first.causes == ("event scouts_came", "parameter pace")


CHAIN = """
  rumours: {faction: red, when: seen, clock: {fixed: 0.5}, emits: rumoured},
  marches: {faction: blue, when: seen and force == 0, clock: {fixed: 2}, emits: {event: marched, men: 7}},
  takes: {faction: blue, when: force > 5, clock: {fixed: 1}, emits: taken}
"""


def test_the_turning_point_is_the_earliest_event_behind_the_end_that_only_one_run_has(parted):
    """The rumours come first but nothing follows from them; the march is what the end rests on."""
    found = parted(CHAIN, other="events: [{at: 1, event: scouts_came}]")

    assert (found.first.time, found.first.other) == (1.5, "rumoured")
    assert (found.turning.time, found.turning.how, found.turning.rule) == (3.0, "only in other", "marches")
    assert found.turning.causes == ("event scouts_came",)


def test_a_turning_point_rests_on_the_assumed_event_and_on_the_changed_parameter_that_weighs_the_choice(parted):
    found = parted(
        "decides: {faction: red, when: seen, clock: {fixed: 1}, "
        "choose: [{event: blown_up, weight: nerve}, {event: taken, weight: 1 - nerve}]}",
        other="events: [{at: 1, event: scouts_came}]\nparameters: {nerve: 0, pace: 0.5}",
    )

    assert (found.turning.rule, found.turning.other) == ("decides", "taken")
    assert found.turning.causes == ("event scouts_came", "parameter nerve")


def test_a_pair_that_ends_alike_has_a_first_difference_and_no_turning_point(parted):
    found = parted(CHAIN, one="events: [{at: 1, event: scouts_came}]", other="events: [{at: 2, event: scouts_came}]")

    assert (found.first.time, found.first.how) == (1.5, "other time")
    assert found.turning is None


def test_an_event_that_both_runs_have_is_no_turning_point_though_an_assumed_one_of_its_kind_came_before(parted):
    """Two ticks are needed: one is assumed, the other comes in both runs, so no event of the model is the one's own."""
    rules = """
      tick: {faction: red, when: ticks < 2 and not seen, on: [prayed], clock: immediately, emits: ticked},
      takes: {faction: blue, when: ticks == 2, clock: immediately, emits: taken}
    """
    found = parted(
        rules, one="events: [{at: 3, event: prayed}]",
        other="events: [{at: 1, event: ticked}, {at: 3, event: prayed}]",
    )  # fmt: skip

    assert (found.first.time, found.first.rule, found.first.causes) == (3.0, "takes", ("event ticked",))
    assert (found.turning.rule, found.turning.how) == ("takes", "only in other")
    assert found.turning.causes == ("event ticked",)


def test_runs_that_part_at_the_same_time_in_two_ways_are_told_alike_from_both_sides(parted):
    rules = """
      first: {faction: blue, clock: {fixed: 3}, emits: taken},
      second: {faction: red, clock: {fixed: 3}, emits: blown_up}
    """

    found = parted(rules, one="disable: [first]", other="disable: [second]")

    assert (found.first.rule, found.first.how, found.first.causes) == ("first", "only in other", ("without first",))
    assert found.turning.rule == "first"


def test_one_comparer_may_serve_many_models(parted):
    diverge = Parts()
    for number in range(30):
        rule = f"rule_{number}"
        found = parted(
            f"{rule}: {{faction: blue, when: seen, clock: {{fixed: 2}}, emits: taken}}",
            other="events: [{at: 1, event: scouts_came}]",
            diverge=diverge,
        )
        assert found.first.rule == rule


def test_a_failed_run_is_told_nothing_of(parted):
    found = parted(
        "fails: {faction: blue, when: seen, clock: {rate: log(0 * size)}, emits: taken}",
        other="events: [{at: 1, event: scouts_came}]",
    )

    assert (found.first, found.turning) == (None, None)


SEEDS = st.integers(0, 2**63 - 1)
RUNS = 3
fewer = settings(max_examples=settings.default.max_examples // 2)  # each example is several runs


def side(scenario, seed, run):
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, seed).run(run)


def happened(log, without=()):
    """Return what happened in a run, each event with its place in the log, less the scheduled ones in `without`."""
    left = Counter(without)
    found = []
    for event in log:
        key = event.time, event.type, event.marks
        if event.kind == "scheduled" and left[key]:
            left[key] -= 1
        elif event.kind in CHANGING:
            found.append(event)
    return found


def first_parting(one, other):
    """Return the first place at which two lists of events differ, and the two events there; None if they do not."""
    longest = max(len(one), len(other))
    for place in range(longest):
        a, b = (events[place] if place < len(events) else None for events in (one, other))
        if a is None or b is None or replace(a, sequence=0) != replace(b, sequence=0):
            return a, b
    return None


def check(divergence, logs, assumed=()):
    """Hold a first difference against the first place at which the logs are not the same."""
    parting = first_parting(happened(logs[0]), happened(logs[1], assumed))
    if parting is None:
        assert divergence.first is None
        return
    earliest = min(event.time for event in parting if event is not None)
    found = divergence.first
    over = [log[-1] for log, event in zip(logs, parting, strict=True) if event is None and log[-1].note != "horizon"]
    if over:
        assert (found.how, found.time) == ("other end", over[0].time), "it could have nothing more"
        assert found.time <= earliest
        return
    assert found.time == earliest
    numbers = [event.sequence if event is not None else None for event in parting]
    assert found.one_sequence == numbers[0] or found.other_sequence == numbers[1]
    if found.how in MIRRORED:
        assert -1 in (found.one_sequence, found.other_sequence)
    else:
        assert found.one_sequence >= 0
        assert found.other_sequence >= 0


@fewer
@given(model_data(), SEEDS, st.sampled_from(["pace", "heat0"]))
def test_runs_agree_up_to_the_first_difference_whose_cause_is_the_one_parameter_that_is_changed(data, seed, name):
    changed = json.loads(json.dumps(data))
    changed["parameters"][name] = {"value": 0.9, "basis": {"judgement": "assumed"}}
    for run in range(RUNS):
        one, other = side(scenario_of(data), seed, run), side(scenario_of(changed), seed, run)
        assume("failed" not in (one[2][-1].kind, other[2][-1].kind))

        found = Parts(seed)(one, other, run)

        check(found, (one[2], other[2]))
        if found.first is not None:
            reading = affected(one[1].model.parameters, [name])
            assert found.first.causes
            assert {*found.first.causes} <= {f"parameter {reader}" for reader in reading}
        assert_mirrored(found, Parts(seed)(other, one, run))


@fewer
@given(model_data(may_move=False), SEEDS, st.lists(st.sampled_from([0, 1, 2.5, 4, 7]), min_size=1, max_size=3))
def test_what_a_scenario_assumes_is_no_difference_but_what_follows_from_it_is(data, seed, times):
    units = Units(days=data["time"]["unit"] == "day")
    more = json.loads(json.dumps(data))
    more["timetable"] += [{"at": units.moment(time), "event": "e_one"} for time in times]
    one, other = scenario_of(data), scenario_of(more)
    assumed = [(item.time, item.event, item.marks) for item in other.timetable]
    for item in one.timetable:
        assumed.remove((item.time, item.event, item.marks))
    for run in range(RUNS):
        sides = side(one, seed, run), side(other, seed, run)
        assume(not any(log[-1].type == "E620" for *_, log in sides))  # they fail before anything is assumed
        assume("failed" not in (sides[0][2][-1].kind, sides[1][2][-1].kind))

        found = Parts(seed)(*sides, run)

        check(found, (sides[0][2], sides[1][2]), assumed)
        if found.first is not None:
            assert found.first.causes == ("event e_one",)
        assert_mirrored(found, Parts(seed)(*reversed(sides), run))


@fewer
@given(model_data(), SEEDS, st.integers(0, 5))
def test_the_turning_point_is_in_one_run_alone_and_only_if_they_end_otherwise(data, seed, which):
    scenario = scenario_of(data)
    names = [name for name in scenario.model.rules if name.startswith("rule_")]
    other = replace(scenario, disabled=(names[which % len(names)],))
    for run in range(RUNS):
        sides = side(scenario, seed, run), side(other, seed, run)

        found = Parts(seed)(*sides, run)

        assert_mirrored(found, Parts(seed)(*reversed(sides), run))
        if found.first is not None:
            assert found.first.causes == (f"without {other.disabled[0]}",)
        logs = [cut_off(scenario.model, log) for *_, log in sides]
        ends = [log[-1] for log in logs]
        if ends[0].note == ends[1].note or not (is_whole(sides[0][2]) and is_whole(sides[1][2])):
            assert found.turning is None
            continue
        here, there = (Counter(event.type for event in log if event.kind in CHANGING) for log in logs)
        turning = found.turning
        assert turning.time <= min(end.time for end in ends), "a run has nothing after it has ended"
        if turning.how == "other end":
            assert [turning.one, turning.other] == [end.note for end in ends]
            continue
        own = turning.one if turning.one and here[turning.one] > there[turning.one] else turning.other
        assert own
        assert here[own] != there[own]
        if turning.how == "other choice":
            assert turning.one != turning.other
