"""What a difference rests on is followed through whatever read it: each tale has one way for it to come through."""

import pytest

from tests.analysis.tales import assumed, load
from tests.explain.pairs.explained import events_on, explain

BODY = """
state:
  omen: {type: bool, initial: false}
  dread: {type: real, initial: 0}
  hope: {type: real, initial: 0, relaxes: {towards: odds, half_life: 2}}
  stock: {type: real, initial: speed}
  end: {type: int, range: [0, 2], initial: 0}
events:
  omen_seen: {by: f, exogenous: true, effects: {omen: true}}
  omen_gone: {by: f, exogenous: true, effects: {omen: false}}
  feared: {by: f, marks: {much: real}, effects: {dread: much}}
  doubled: {by: f, effects: {dread: 2 * dread + (5 if omen else 0)}}
  hoped: {by: f, effects: {hope: hope + 1}}
  left: {by: f, effects: {end: 1}}
  stayed: {by: f, effects: {end: 2}}
rules: {%s}
outcomes: {gone: {when: end == 1, ends_run: true}, there: {when: end == 2, ends_run: true}, open: {otherwise: true}}
"""
OMEN = assumed((1, "omen_seen"))
AFTER_OMEN = ("left", "omen_seen"), "event omen_seen"


def leaves(when="", clock="{fixed: 3}"):
    return f"leaves: {{faction: f, when: end == 0{when}, clock: {clock}, emits: left}}"


def body(rules):
    """Return the tale of some rules; where they do not read what moves, nothing does."""
    lines = (BODY % rules).splitlines(keepends=True)
    return "".join(line for line in lines if "hope" in rules or "hope" not in line)


# What came through what: the rules, what the two scenarios say, the events on the way from the ends back, its end.
TALES = {
    "a condition that became true": (leaves(" and omen"), "", OMEN, *AFTER_OMEN),
    "a condition that became false": (leaves(" and not omen"), "", OMEN, *AFTER_OMEN),
    "a condition that no longer became false": (
        f"{leaves(' and omen')}, ends: {{faction: f, when: omen, clock: {{fixed: 2}}, emits: omen_gone}}",
        OMEN, f"{OMEN}\ndisable: [ends]", ("left", "omen_gone"), "without ends",
    ),
    "a rate": (leaves(clock="{rate: 5 if omen else 0}"), "", OMEN, *AFTER_OMEN),
    "a rate's parameter": (
        leaves(clock="{rate: 5 * (speed - 1)}"), "", "parameters: {speed: 2}", ("left",), "parameter speed",
    ),
    "a law": (leaves(clock="{fixed: 40 * speed}"), "", "parameters: {speed: 0.5}", ("left",), "parameter speed"),
    "a speed": (leaves(clock="{weibull: {shape: 2, scale: 5}, speed: 1 if omen else 0}"), "", OMEN, *AFTER_OMEN),
    "weights": (
        "decides: {faction: f, when: end == 0, clock: {fixed: 2}, "
        "choose: [{event: left, weight: 1 if omen else 0}, {event: stayed, weight: 0 if omen else 1}]}",
        "", OMEN, ("stayed", "omen_seen"), "event omen_seen",
    ),
    "a mark": (
        "fears: {faction: f, when: dread == 0, clock: {fixed: 2}, emits: {event: feared, much: speed}}, "
        + leaves(" and dread > 1"),
        "", "parameters: {speed: 2}", ("left", "feared"), "parameter speed",
    ),
    "an effect": (
        "doubles: {faction: f, when: dread == 0, clock: {at: 4}, emits: doubled}, " + leaves(" and dread > 1"),
        "", OMEN, *AFTER_OMEN,
    ),
    "the initial state": (
        leaves(" and stock > 1"), "", "parameters: {speed: 2}", ("left",), "parameter speed",
    ),
    "an event that is waited for": (
        "leaves: {faction: f, on: [omen_seen], clock: {fixed: 3}, emits: left}", "", OMEN, *AFTER_OMEN,
    ),
    "how long ago an event was": (
        leaves(" and omen and since(omen_seen) > 4", "immediately")
        + ", stays: {faction: f, when: end == 0, clock: {at: 6}, emits: stayed}",
        OMEN, assumed((1, "omen_seen"), (3, "omen_seen")), *AFTER_OMEN,
    ),
    "what a variable relaxes towards": (
        leaves(" and hope > 0.6"), "", "parameters: {odds: 0.9}", ("left",), "parameter odds",
    ),
    "a variable that relaxes since an event": (
        "hopes: {faction: f, when: omen, clock: {at: 4}, emits: hoped}, " + leaves(" and hope > 1.2", "immediately"),
        "", OMEN, ("left", "hoped", "omen_seen"), "event omen_seen",
    ),
    "a run that was over": (
        f"{leaves(' and omen')}, stays: {{faction: f, when: end == 0, clock: {{at: 9}}, emits: stayed}}",
        "", OMEN, *AFTER_OMEN,
    ),
    "a law that was given when a clock that keeps its age first started": (
        leaves(" and not omen", "{fixed: 25 * speed}").replace("emits", "memory: keep, emits"),
        assumed((2, "omen_seen"), (3, "omen_gone")), assumed((2, "omen_seen"), (3, "omen_gone"))
        + "\nparameters: {speed: 2}", ("left",), "parameter speed",
    ),
    "a clock that was stopped at the very time it was due": (
        "goes: {faction: f, when: not omen, clock: {at: 5}, emits: omen_gone, priority: -1}, "
        "fears: {faction: f, when: dread == 0, clock: {at: 5}, emits: {event: feared, much: 3}, priority: -2}, "
        + leaves(" and dread < 1", "{at: 5}"),
        "", "disable: [fears]", ("left", "feared"), "without fears",
    ),
    "a rule that is disabled": (leaves(), "", "disable: [leaves]", ("left",), "without leaves"),
    "a rule that a scenario adds": (
        leaves(" and omen"), "", "rules: {goes: {faction: f, when: end == 0, clock: {fixed: 2}, emits: left}}",
        ("left",), "rule goes",
    ),
    "a parameter that changes from a date on": (
        leaves(clock="{rate: 5 * (speed - 1)}"), "", "changes: [{from: 3, parameters: {speed: 2}}]", ("left",),
        "parameter speed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("through", TALES)
def test_a_difference_is_followed_back_through(through, tmp_path):
    rules, one, other, way, assumption = TALES[through]
    found = explain(*load(tmp_path, body(rules), one, other))

    assert events_on(found) == (*way, assumption)
    assert found.point.causes == (assumption,)
    assert all(step.strength > 0.02 for step in found.way.steps), "each step turned what it was read for"


@pytest.mark.parametrize("through", TALES)
def test_a_difference_is_followed_back_the_same_from_the_other_side(through, tmp_path):
    rules, one, other, _, assumption = TALES[through]
    scenarios = load(tmp_path, body(rules), one, other)
    there, back = explain(*scenarios), explain(*reversed(scenarios))

    assert back.way.assumption == there.way.assumption == assumption
    assert (back.point.one, back.point.other) == (there.point.other, there.point.one)
    assert back.point.undone == there.point.undone
