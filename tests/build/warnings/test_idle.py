"""What is said to matter to no run of a scenario matters to none."""

import json
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sim.build.scenario import load_scenario
from sim.build.warnings.idle import Following
from sim.build.warnings.reachable import idle_rules
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.program import compile_model
from sim.testing.models import EVENTS, alone, model_data, random_models, text_of

RUNS = 15
FOLDERS = count()
TINY = {
    "model": "tiny",
    "title": "Tiny",
    "time": {"unit": "abstract"},
    "horizon": 10,
    "factions": {"a": {"title": "A"}},
    "state": {"x": {"type": "bool", "initial": "false"}, "n": {"type": "int", "range": [0, 9], "initial": 0}},
    "events": {"went": {"by": "a", "effects": {"x": "true"}}, "noted": {"by": "a"}, "counted": {"by": "a"}},
    "rules": {"goes": {"faction": "a", "when": "not x", "clock": {"rate": 0.3}, "emits": "went"}},
    "outcomes": {"gone": {"when": "x"}},
    "measures": {"counts": {"count": ["counted"]}},
}


def logs_of(scenario, seed=3):
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    return [engine.run(run) for run in range(RUNS)]


def what_happened(log):
    return [(event.time, event.kind, event.type, event.rule, event.marks) for event in log if event.kind != "scheduled"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(random_models(), st.integers(0, 999))
def test_a_rule_that_is_said_not_to_fire_fires_in_no_run(model, seed):
    scenario = alone(model)
    idle = idle_rules(scenario, ())

    fired = {event.rule for log in logs_of(scenario, seed) for event in log}
    assert not fired & set(idle)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(random_models(), st.integers(0, 999), st.data())
def test_a_rule_that_is_said_not_to_fire_after_a_branch_fires_in_no_run_of_it(model, seed, data):
    scenario = alone(model)
    log = ReferenceEngine(compile_model(model), scenario, seed).run(0)
    places = [place for place, event in enumerate(log[:-1]) if event.time < scenario.horizon]
    assume(log[-1].note == "horizon" and places)
    event = data.draw(st.sampled_from(places))
    branch = branch_from_run(scenario, scenario, log, ensemble="e" * 64, run=0, event=event, seed=seed, streams="fresh")

    fired = {event.rule for log in logs_of(branch, seed + 1) for event in log}
    assert not fired & set(idle_rules(branch, ()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(model_data(), st.sampled_from(EVENTS), st.floats(0, 14))
def test_an_event_from_which_nothing_is_said_to_follow_changes_nothing_else(tmp_path_factory, data, event, time):
    data["events"]["unheard"] = {"by": "alpha", "effects": {}}
    data["state"]["unseen"] = {"type": "int", "range": [0, 99], "initial": 0, "at_bounds": "saturate"}
    data["events"]["unwatched"] = {"by": "alpha", "effects": {"unseen": "unseen + stock"}}
    folder = tmp_path_factory.mktemp(f"idle-{next(FOLDERS)}")
    (folder / "model.yaml").write_text(text_of(data), encoding="utf-8")
    unit = " days" if data["time"]["unit"] == "day" else ""
    for name in (event, "unheard", "unwatched"):
        text = {"scenario": "one", "model": "model.yaml", "events": [{"at": f"{time}{unit}", "event": name}]}
        (folder / "one.yaml").write_text(json.dumps(text), encoding="utf-8")
        scenario = load_scenario(folder / "one.yaml").scenario
        nothing = Following.of(scenario).none_from(scenario.model, name)
        assert nothing or name == event
        if nothing:
            own = [item for item in scenario.timetable if item.event == name and item.location.find("one.yaml") >= 0]
            without = replace(scenario, timetable=tuple(item for item in scenario.timetable if item not in own))
            assume(len(without.timetable) == len(scenario.timetable) - 1)
            for log, other in zip(logs_of(scenario), logs_of(without), strict=True):
                assert what_happened(log) == what_happened(other)


def codes(folder: Path, **files: dict[str, object]) -> list[str]:
    (folder / "model.yaml").write_text(json.dumps(TINY), encoding="utf-8")
    for name, text in {"base": {"model": "model.yaml"}, **files}.items():
        (folder / f"{name}.yaml").write_text(json.dumps({"scenario": name, **text}), encoding="utf-8")
    return [warning.code for warning in load_scenario(folder / "s.yaml").warnings]


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ({"extends": "base.yaml"}, ["W512"]),
        ({"extends": "base.yaml", "title": "Another", "question": "What?"}, ["W512"]),
        ({"extends": "base.yaml", "branch": {"at": 2}}, []),
        ({"extends": "base.yaml", "horizon": 9}, []),
        ({"extends": "base.yaml", "horizon": 10}, ["W512"]),
        ({"extends": "base.yaml", "disable": ["goes"]}, []),
        ({"extends": "base.yaml", "outcomes": {"asked": {"when": "not x"}}}, []),
        ({"model": "model.yaml"}, []),
        ({"extends": "base.yaml", "events": [{"at": 1, "event": "went"}]}, []),
        ({"extends": "base.yaml", "events": [{"at": 1, "event": "noted"}]}, ["W511"]),
        ({"extends": "base.yaml", "events": [{"at": 1, "event": "counted"}]}, []),
        ({"extends": "base.yaml", "events": [{"at": 1, "event": "went"}], "disable": ["goes"]}, []),
        ({"extends": "off.yaml", "disable": ["goes"]}, ["W510", "W512"]),
        ({"extends": "off.yaml", "events": [{"at": 1, "event": "noted"}]}, ["W511"]),
    ],
)
def test_a_scenario_whose_change_changes_nothing_is_said_to_be_one(tmp_path, scenario, expected):
    off = {"extends": "base.yaml", "disable": ["goes"]}

    assert codes(tmp_path, off=off, s=scenario) == expected


def test_a_baseline_may_assume_nothing(tmp_path):
    codes(tmp_path, s={"extends": "base.yaml"})
    (tmp_path / "status-quo.yaml").write_text("scenario: status-quo\nextends: base.yaml\n", encoding="utf-8")

    assert load_scenario(tmp_path / "status-quo.yaml").warnings == ()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ["W501"]),
        ({"outcomes": {"gone": {"when": "x and n >= most"}}}, []),
        ({"measures": {"above": {"value": "n - most"}}}, []),
        ({"checks": {"few": {"always": "n <= most", "because": "it is so"}}}, []),
        ({"checks": {"few": {"leads_to": "x", "when": "n > most", "within": "5", "because": "so"}}}, []),
    ],
)
def test_a_parameter_that_only_a_question_or_a_check_reads_is_read(tmp_path, more, expected):
    most = {"most": {"value": 5, "basis": {"judgement": "few"}}}
    assumed = {"scenario": "s", "model": "model.yaml", "parameters": {"most": 3}}
    (tmp_path / "model.yaml").write_text(json.dumps({**TINY, "parameters": most, **more}), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(json.dumps(assumed), encoding="utf-8")

    assert [warning.code for warning in load_scenario(tmp_path / "s.yaml").warnings] == expected


@pytest.mark.parametrize("relaxes", [{"towards": "few", "half_life": 3}, {"towards": 1, "half_life": "few"}])
@pytest.mark.parametrize("given", [{"parameters": {"few": 3}}, {"changes": [{"from": 2, "parameters": {"few": 3}}]}])
def test_a_parameter_that_a_variable_relaxes_by_is_read(tmp_path, relaxes, given):
    model = {
        **TINY,
        "parameters": {"few": {"value": 5, "basis": {"judgement": "few"}}},
        "state": {**TINY["state"], "ease": {"type": "real", "initial": 1, "relaxes": relaxes}},
    }
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(json.dumps({"scenario": "s", "model": "model.yaml", **given}), encoding="utf-8")

    assert load_scenario(tmp_path / "s.yaml").warnings == ()


@pytest.mark.parametrize(
    ("assumed", "expected"),
    [
        ({"parameters": {"most": 3}}, []),
        ({"parameters": {"deaf": 3}}, ["W501"]),
        ({"changes": [{"from": 2, "parameters": {"most": 3}}]}, ["W501"]),
    ],
)
def test_a_parameter_that_a_prior_reads_is_read_when_parameters_are_drawn_and_not_later(tmp_path, assumed, expected):
    basis = {"basis": {"judgement": "few"}}
    parameters = {
        "most": {"value": 5, **basis},
        "share": {"prior": {"uniform": [0, "most"]}, **basis},
        "deaf": {"value": 5, **basis},
        "unread": {"prior": {"uniform": [0, "deaf"]}, **basis},
    }
    model = {**TINY, "parameters": parameters, "measures": {"above": {"value": "n - share"}}}
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(json.dumps({"scenario": "s", "model": "model.yaml", **assumed}), encoding="utf-8")

    assert [warning.code for warning in load_scenario(tmp_path / "s.yaml").warnings] == expected


@pytest.mark.parametrize(("branch", "expected"), [({}, []), ({"branch": {"at": 2}}, ["W501"])])
def test_the_initial_state_reads_what_a_scenario_assumes_only_where_nothing_is_past(tmp_path, branch, expected):
    model = {
        **TINY,
        "parameters": {"most": {"type": "int", "value": 5, "basis": {"judgement": "few"}}},
        "state": {**TINY["state"], "begun": {"type": "int", "initial": "most"}},
    }
    assumed = {"scenario": "s", "model": "model.yaml", "parameters": {"most": 3}, **branch}
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(json.dumps(assumed), encoding="utf-8")

    assert [warning.code for warning in load_scenario(tmp_path / "s.yaml").warnings] == expected
