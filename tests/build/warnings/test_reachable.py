"""What is said to be out of reach from the branch on is so, and what is said to be within reach can come."""

import json
from pathlib import Path

import pytest

from sim.build.cases.case import Case
from sim.build.scenario import load_scenario
from sim.build.warnings.reachable import ReachableValues, idle_rules

MODEL = {
    "model": "post",
    "title": "A general and his post",
    "time": {"unit": "day", "origin": "2030-01-01"},
    "sources": "sources.yaml",
    "factions": {"g": {"title": "The government"}},
    "state": {
        "post": {"type": "enum", "values": ["held", "lost", "fled"], "initial": "held"},
        "shots": {"type": "int", "range": [0, 9], "initial": 0, "at_bounds": "saturate"},
        "anger": {"type": "real", "range": [0, 1], "initial": 0.5, "at_bounds": "saturate"},
        "calm": {"type": "bool", "initial": "true"},
        "dated": {"type": "instant", "initial": "2030-01-05"},
    },
    "parameters": {
        "nerve": {"prior": {"uniform": [0.6, 0.9]}, "basis": {"judgement": "strong"}},
        "pull": {"value": 0.2, "basis": {"judgement": "weak"}},
        "speed": {"value": 0.1, "unit": "1/day", "basis": {"judgement": "slow"}},
    },
    "events": {
        "dismissed": {"by": "g", "effects": {"post": "lost"}},
        "fled": {"by": "g", "effects": {"post": "fled"}},
        "fired": {"by": "g", "exogenous": True, "effects": {"shots": "shots + 1", "calm": "false"}},
        "eased": {"by": "g", "exogenous": True, "effects": {"anger": "0.8 * anger"}},
        "asked": {"by": "g", "exogenous": True},
        "answered": {"by": "g"},
    },
    "outcomes": {"over": {"when": "shots > 8", "ends_run": True}},
}
SOURCES = {
    "sources": "post",
    "title": "Papers",
    "documents": {"paper": {"publisher": "P", "title": "T", "date": "2030-01-01", "reliability": "low"}},
}
BASIS = {"basis": {"judgement": "so"}}
FLEES = {"faction": "g", "when": "post == lost", "clock": {"rate": "0.1 per day"}, "emits": "fled"}
SHOOTS = {"faction": "g", "when": "post != held", "clock": {"rate": "0.1 per day"}, "emits": "fired"}
EASES = {"faction": "g", **BASIS, "clock": {"rate": "0.1 per day"}, "emits": "eased"}
DISMISSES = {"faction": "g", "when": "post == held", "clock": {"rate": "0.1 per day"}, "emits": "dismissed"}
ANSWERS = {"faction": "g", "on": ["asked"], "clock": {"fixed": "1 day"}, "emits": "answered"}


def case(folder: Path, rules: dict, past: str = "dismissed", more: dict | None = None) -> Case:
    """Write and load the case of these rules in which these events have happened, a day apart."""
    history = {
        "history": "h", "title": "H", "sources": "sources.yaml",
        "events": [
            {"id": f"e{day}", "at": f"2030-01-0{day}", "event": event, "claim": "So", "status": "attested",
             "act": "deed", "sources": [{"source": "paper"}]} for day, event in enumerate(past.split(), 2)
        ],
    }  # fmt: skip
    scenario = {
        "scenario": "s", "model": "model.yaml", "history": "history.yaml", "branch": {"at": "2030-01-10"},
        "horizon": "90 days",
    }  # fmt: skip
    known = {"dismisses": DISMISSES, **rules}
    files = {
        "model": {**MODEL, "rules": {name: {**BASIS, **rule} for name, rule in known.items()}}, "sources": SOURCES,
        "history": history, "s": {**scenario, **(more or {})},
    }  # fmt: skip
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")
    return load_scenario(folder / "s.yaml")


def rule(when: str, **more: object) -> dict[str, object]:
    return {"faction": "g", "when": when, "clock": {"rate": "1 per day"}, "emits": "answered", **more}


@pytest.mark.parametrize(
    ("when", "idle"),
    [
        ("post == held", True),  # what still writes it never restores it
        ("post != held", False),
        ("post == fled", False),
        ("not (post == lost or post == fled)", True),
        ("post == held if calm else post == held", True),
        ("calm", False),
        ("anger > 0.5", True),  # it only falls
        ("anger < 0.1", False),
        ("anger > nerve", True),  # 0.6 at least
        ("anger > pull", False),
        ("anger + pull >= 0.7", False),
        ("anger + pull > 0.7", True),
        ("shots < 0", True),
        ("shots >= 9", False),
        ("shots == 10", True),
        ("shots != 10 and post == held", True),
    ],
)
def test_a_guard_that_is_false_in_every_state_that_can_come_keeps_its_rule_idle(tmp_path, when, idle):
    scenario = case(tmp_path, {"flees": FLEES, "shoots": SHOOTS, "eases": EASES, "acts": rule(when)}).scenario

    assert ("acts" in idle_rules(scenario, ())) == idle


@pytest.mark.parametrize(
    ("rules", "past", "idle"),
    [
        ({"answers": ANSWERS}, "dismissed", True),
        ({"answers": ANSWERS}, "dismissed asked", False),  # it is pending
        ({"answers": ANSWERS}, "dismissed asked answered", True),
        ({"answers": ANSWERS}, "dismissed asked answered asked", False),
        ({"answers": {**ANSWERS, "on": ["asked", "answered"]}}, "asked answered", False),  # it has heard itself
        ({"answers": ANSWERS, "asks": rule("post == lost", emits="asked")}, "dismissed", False),
        ({"answers": ANSWERS, "asks": rule("post == held", emits="asked")}, "dismissed", True),
        ({"answers": rule("calm", clock={"at": "dated"})}, "dismissed", True),  # on the fifth
        ({"answers": rule("calm", clock={"at": "2030-02-01"})}, "dismissed", False),
        ({"answers": rule("calm", clock={"at": "2030-06-01"})}, "dismissed", True),
        ({"answers": rule("calm", clock={"rate": "speed * (1 if post == held else 0)"})}, "dismissed", False),
        ({"answers": rule("calm", clock={"rate": "speed * shots"})}, "dismissed", True),
        ({"answers": rule("calm", clock={"rate": "speed * shots"}), "shoots": SHOOTS}, "dismissed", False),
    ],
)
def test_a_rule_is_idle_if_nothing_starts_its_clock_or_its_clock_never_runs_out(tmp_path, rules, past, idle):
    assert ("answers" in idle_rules(case(tmp_path, rules, past).scenario, ())) == idle


def test_what_an_assumed_event_makes_of_the_state_can_come(tmp_path):
    more = {"events": [{"at": "2030-01-20", "event": "fled"}]}
    one, other = (case(tmp_path, {"acts": rule("post == fled")}, more=given).scenario for given in ({}, more))

    assert "acts" in idle_rules(one, ())
    assert "acts" not in idle_rules(other, ())


def test_a_value_that_rests_on_a_parameter_is_not_taken_from_the_central_one(tmp_path):
    rests = {**MODEL["state"], "anger": {**MODEL["state"]["anger"], "initial": "nerve"}}
    written = case(tmp_path, {"acts": rule("anger > 0.8")})
    (tmp_path / "model.yaml").write_text((tmp_path / "model.yaml").read_text().replace(
        json.dumps(MODEL["state"]), json.dumps(rests)))  # fmt: skip

    assert "acts" in idle_rules(written.scenario, ())
    assert "acts" not in idle_rules(load_scenario(tmp_path / "s.yaml").scenario, ())


def test_a_model_without_a_state_has_rules_that_fire_and_rules_that_do_not(tmp_path):
    rules = {"goes": {**EASES, "emits": "asked"}, "rests": {**EASES, "emits": "asked", "clock": {"rate": "0 per day"}}}
    events = {"asked": MODEL["events"]["asked"]}
    (tmp_path / "model.yaml").write_text(
        json.dumps({**MODEL, "state": {}, "parameters": {}, "events": events, "rules": rules,
                    "outcomes": {}, "horizon": "9 days"})
    )  # fmt: skip
    (tmp_path / "sources.yaml").write_text(json.dumps(SOURCES))

    assert set(idle_rules(load_scenario(tmp_path / "model.yaml").scenario, ())) == {"rests"}


def test_a_number_that_grows_can_reach_its_declared_end_and_no_more(tmp_path):
    reach = ReachableValues(case(tmp_path, {}).scenario)
    event = case(tmp_path, {}).scenario.model.events["fired"]

    assert reach.known["state", "shots"] == (0.0, 0.0)
    assert reach.take("shots", event.effects["shots"].tree)
    assert reach.known["state", "shots"] == (0.0, 9.0)
    assert not reach.take("shots", event.effects["shots"].tree)


def test_a_disabled_rule_that_nothing_can_bring_back_is_warned_of(tmp_path):
    written = case(tmp_path, {"flees": FLEES}, more={"disable": ["dismisses", "flees"]})

    (warning,) = written.warnings
    assert (warning.code, warning.message) == (
        "W510", "'dismisses' could not fire in 's' anyway: disabling it changes nothing",
    )  # fmt: skip
    assert warning.notes == (
        "its guard 'post == held' is false at the branch, and nothing that can still happen changes that",
    )


STILL = {"parameters": {"speed": "0 per day"}}


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (rule("post == held", clock={"rate": "speed"}), ["W501"]),
        (rule("post == held", clock={"weibull": {"shape": 2, "mean": "9 days / (1 + speed * 1 day)"}}), ["W501"]),
        (rule("post == lost", clock={"rate": "speed"}), []),  # it is idle because of what is assumed
        (rule("post == held and speed > 0 per day", clock={"rate": "1 per day"}), []),  # in doubt, the guard reads it
    ],
)
def test_a_parameter_that_only_rules_read_whose_clocks_never_start_is_read_by_nothing(tmp_path, acts, expected):
    written = case(tmp_path, {"acts": acts}, more=STILL)

    assert [one.code for one in written.warnings] == expected
    for warning in written.warnings:
        assert warning.notes[0] == (
            "the rule 'acts' reads it and cannot fire: its guard 'post == held' is false at the branch, and nothing "
            "that can still happen changes that"
        )


def test_a_parameter_that_makes_another_rule_idle_is_read(tmp_path):
    chain = {
        "asks": rule("post == lost", emits="asked", clock={"rate": "speed"}),
        "answers": {**ANSWERS, "clock": {"fixed": "pull * 1 day"}},
    }
    assumed = {"parameters": {"speed": "0 per day", "pull": 0.3}}

    (warning,) = case(tmp_path, chain, more=assumed).warnings

    assert "nothing reads the parameter 'pull'" in warning.message
    assert warning.notes[0] == (
        "the rule 'answers' reads it and cannot fire: it waits for asked, which nothing brings any more"
    )
