"""A question about a time that no run reaches is refused, wherever it is asked."""

from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.language.diagnostics import LanguageError

MODEL = """
model: late
title: What comes late
time: {{unit: {unit}}}
factions: {{n: {{title: N}}}}
state: {{x: {{type: int, initial: 0}}}}
events: {{up: {{by: n, effects: {{x: x + 1}}}}}}
rules: {{ups: {{faction: n, clock: {{rate: {rate}}}, emits: up}}}}
{added_questions}
"""
DATED = {"unit": "day, origin: 2030-01-01", "rate": "0.1 per day"}
ABSTRACT = {"unit": "abstract", "rate": "0.1"}


def said(folder: Path, added_questions: str, scenario: str, time: dict = DATED) -> list[str]:
    (folder / "model.yaml").write_text(MODEL.format(added_questions=added_questions, **time), encoding="utf-8")
    (folder / "s.yaml").write_text(f"scenario: s\nmodel: model.yaml\n{scenario}\n", encoding="utf-8")
    try:
        return [
            f"{one.code} {one.span.path}" for one in load_scenario(folder / "s.yaml", "s.yaml").warnings if one.span
        ]
    except LanguageError as error:
        return [f"{one.code} {one.span.path}" for one in error.diagnostics if one.span]


@pytest.mark.parametrize(
    ("added_questions", "fine"),
    [
        ("outcomes: {o: {when: x >= 1, within: 10 days}}", True),
        ("outcomes: {o: {when: x >= 1, within: 10.1 days}}", False),
        ("outcomes: {o: {when: x >= 1, within: 0 days}}", True),
        ("outcomes: {o: {when: x >= 1, by: 2030-02-10}}", True),
        ("outcomes: {o: {when: x >= 1, by: 2030-02-11T06:00}}", True),
        ("outcomes: {o: {when: x >= 1, by: 2030-02-12T06:00}}", False),
        ("outcomes: {o: {when: x >= 1, by: 2030-01-30}}", False),
        ("measures: {m: {value: x, at: 10 days}}", True),
        ("measures: {m: {value: x, at: 2 weeks}}", False),
        ("measures: {m: {value: x, at: 2030-02-05}}", True),
        ("measures: {m: {value: x, at: 2030-02-15}}", False),
        ("measures: {m: {value: x, at: 2030-01-15}}", False),
        ("measures: {m: {value: x, until: 2 weeks}}", False),
        ("measures: {m: {max: x, from: 2030-02-05, until: 2030-02-06}}", True),
        ("measures: {m: {max: x, from: 2030-02-02, until: 10 days}}", True),
        ("measures: {m: {max: x, from: 2030-02-05, until: 2030-02-15}}", False),
        ("measures: {m: {max: x, from: 2030-02-15}}", False),
        ("measures: {m: {max: x, from: 2030-01-15}}", False),
        ("measures: {m: {max: x, until: 2030-01-15}}", False),
        ("measures: {m: {count: up, from: 11 days}}", False),
        ("measures: {m: {count: up, from: 2030-02-08, until: 3 days}}", False),
        ("measures: {m: {value: x, from: 2030-02-08, at: 3 days}}", False),
    ],
)
def test_a_question_must_lie_within_the_runs_of_each_scenario(tmp_path: Path, added_questions: str, fine: bool) -> None:
    scenario = "branch: {at: 2030-02-01T12:00}\nhorizon: 10 days"

    assert said(tmp_path, added_questions, scenario) == ([] if fine else ["E519 model.yaml"])
    assert said(tmp_path, "", f"{scenario}\n{added_questions}") == ([] if fine else ["E519 s.yaml"])


@pytest.mark.parametrize(("within", "fine"), [("10", True), ("11", False)])
def test_abstract_time_is_no_exception(tmp_path: Path, within: str, fine: bool) -> None:
    added_questions = f"outcomes: {{o: {{when: x >= 1, within: {within}}}}}"

    assert said(tmp_path, added_questions, "horizon: 10", ABSTRACT) == ([] if fine else ["E519 model.yaml"])


def test_what_is_as_long_as_the_runs_is_not_refused_by_a_rounding(tmp_path: Path) -> None:
    for day in range(1, 28):
        scenario = f"branch: {{at: 2030-02-{day:02}T07:11}}\nhorizon: 33.1 days"

        assert said(tmp_path, "outcomes: {o: {when: x >= 1, within: 33.1 days}}", scenario) == []


def test_a_check_may_not_outlast_the_runs_unnoticed(tmp_path: Path) -> None:
    for within, expected in (("10 days", []), ("11 days", ["W522 model.yaml"])):
        check = f"checks: {{c: {{after: up, leads_to: x > 3, within: {within}, because: it does}}}}"

        assert said(tmp_path, check, "horizon: 10 days") == expected


def test_a_model_that_is_run_alone_is_held_to_its_own_horizon(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    added_questions = "horizon: 10 days\noutcomes: {o: {when: x >= 1, within: 50 days}}"
    path.write_text(MODEL.format(added_questions=added_questions, **DATED), encoding="utf-8")

    with pytest.raises(LanguageError) as error:
        load_scenario(path, "model.yaml")
    (found,) = error.value.diagnostics
    assert found.code == "E519"
    assert found.notes == (
        "the runs end at the horizon, 2030-01-11 00:00: model.yaml:9:10",
        "lengthen the horizon, or ask for less",
    )
