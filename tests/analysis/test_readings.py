import pytest

from sim.analysis.readings import Readings, shares
from sim.build.model import loads_model
from sim.model.expression import Fault
from sim.model.program import compile_model

MODEL = """
model: kettle
title: A kettle
time: {unit: abstract}
horizon: 10
factions: {f: {title: F}}
state:
  a: {type: bool, initial: false}
  b: {type: bool, initial: false}
  heat: {type: real, range: [0, 1], initial: 0, at_bounds: saturate}
  steam: {type: real, initial: 0}
parameters:
  limit: {value: 0.5, basis: {judgement: a guess}}
events:
  heated: {by: f, marks: {much: real, long: real}, effects: {heat: heat + much, steam: steam + 1 / long}}
  boiled: {by: f}
rules:
  either: {faction: f, when: a or b, clock: {fixed: 1 + heat}, emits: boiled}
  both: {faction: f, when: heat > limit and steam > 0.5, clock: {rate: 1 / steam}, emits: boiled}
  chooses:
    faction: f
    clock: {fixed: 1}
    choose: [{event: boiled, weight: heat}, {event: heated, much: heat, long: 1, weight: 2 * heat}]
  five: {faction: f, when: (a or b) and heat + steam > limit, clock: {fixed: 1}, emits: boiled}
outcomes:
  hot: {when: heat > limit, while: not a}
"""


@pytest.fixture
def readings():
    return Readings(compile_model(loads_model(MODEL, "kettle.yaml")))


def frame_of(readings, **values):
    program = readings.program
    frame = [0.0] * program.width
    for name, value in values.items():
        frame[program.slots["parameter" if name == "limit" else "state", name]] = value
    return frame


def named(readings, slots):
    names = {slot: name for (_, name), slot in readings.program.slots.items()}
    return sorted(names[slot] for slot in slots)


def rule_of(readings, name):
    return readings.program.rules[readings.program.numbers[name]]


@pytest.mark.parametrize(
    ("rule", "here", "there", "telling"),
    [
        ("either", {"a": False, "b": False}, {"a": True, "b": True}, ["a", "b"]),
        ("either", {"a": True, "b": False}, {"a": False, "b": True}, []),
        ("either", {"a": False, "b": False}, {"a": True, "b": False}, ["a"]),
        ("both", {"heat": 0.6, "steam": 0.1, "limit": 0.5}, {"heat": 0.9, "steam": 0.9, "limit": 0.5}, ["steam"]),
        ("both", {"heat": 0.6, "steam": 0.9, "limit": 0.5}, {"heat": 0.6, "steam": 0.9, "limit": 0.7}, ["limit"]),
        ("both", {"heat": 0.4, "steam": 0.1, "limit": 0.5}, {"heat": 0.6, "steam": 0.9, "limit": 0.5},
         ["heat", "steam"]),
        ("both", {"heat": 0.4, "steam": 0.1, "limit": 0.5}, {"heat": 0.6, "steam": 0.2, "limit": 0.5}, []),
        ("five", {"a": True, "b": False, "heat": 0.1, "steam": 0.1, "limit": 1},
         {"a": False, "b": True, "heat": 0.9, "steam": 0.9, "limit": 0.9}, ["a", "b", "heat", "limit", "steam"]),
        ("five", {"a": True, "b": False, "heat": 0.1, "steam": 0.1, "limit": 1},
         {"a": True, "b": True, "heat": 0.9, "steam": 0.2, "limit": 0.9}, ["heat", "limit", "steam"]),
    ],
)  # fmt: skip
def test_a_slot_tells_if_it_changes_the_guard_beside_some_of_the_others(readings, rule, here, there, telling):
    guard = readings.guard(rule_of(readings, rule))

    frames = frame_of(readings, **here), frame_of(readings, **there)

    assert named(readings, guard.telling(*frames)) == telling
    assert named(readings, guard.telling(*reversed(frames))) == telling


def test_a_value_that_does_not_exist_is_one_that_differs(readings):
    (rate,) = readings.arguments(rule_of(readings, "both"))

    assert named(readings, rate.telling(frame_of(readings, steam=0.0), frame_of(readings, steam=2.0))) == ["steam"]


def test_weights_tell_only_as_shares_of_their_sum(readings):
    rule = rule_of(readings, "chooses")
    weights = readings.weights(rule)

    assert named(readings, weights.slots) == ["heat"]
    assert weights.telling(frame_of(readings, heat=0.25), frame_of(readings, heat=0.5)) == ()
    assert shares(rule, frame_of(readings, heat=0.25)) == pytest.approx((1 / 3, 2 / 3))
    with pytest.raises(Fault):
        shares(rule, frame_of(readings, heat=0.0))


def test_an_effect_reads_variables_and_marks_and_stops_at_its_variables_bounds(readings):
    slots = readings.program.slots
    effects = readings.effects("heated")
    heat = effects[slots["state", "heat"]]

    assert (named(readings, heat.reader.slots), heat.marks) == (["heat"], (1,))
    assert effects[slots["state", "steam"]].marks == (0,)
    full = [frame_of(readings, heat=value) for value in (0.8, 0.9)]
    for frame in full:
        frame[slots["mark", "much"]] = 0.5
    assert heat.reader.telling(*full) == ()


def test_what_writes_a_slot_and_what_an_end_needs(readings):
    slots = readings.program.slots
    (outcome,) = readings.program.outcomes

    assert readings.writing((slots["state", "heat"],)) == {"heated"}
    assert readings.writing((slots["state", "a"],)) == frozenset()
    assert named(readings, readings.ending(outcome).slots) == ["a", "heat", "limit"]
