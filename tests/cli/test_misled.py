"""What somebody is told who names a thing that is not there, or asks for nothing."""

import errno
import os
from pathlib import Path

import pytest


@pytest.mark.parametrize(("typed", "meant"), [("rum", "run"), ("chek", "check"), ("compar", "compare")])
def test_a_slip_in_a_command_is_set_right(sim, typed, meant):
    answer = sim(typed, "model.yaml")

    assert answer.code == 2
    assert answer.err == f"error E026: there is no command '{typed}'\n   = did you mean '{meant}'?\n"


def test_a_file_without_a_command_is_told_what_to_do_with_it(sim, case):
    assert f"For example: sim run {case / 'model.yaml'}" in sim(case / "model.yaml").err


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("compare",),
        ("check",),
        ("replay",),
        ("outcomes",),
        ("test",),
        ("plot", "probabilities", "-o", "x.svg"),
    ],
)
def test_a_folder_above_cases_says_where_they_are(sim, case, command):
    answer = sim(*command, ".")

    assert answer.code == 1
    assert "cases below it: scenarios/ceasefire" in answer.err


def test_a_folder_without_cases_says_how_to_make_one(sim, tmp_path):
    (tmp_path / "empty").mkdir()

    assert "`sim new NAME` makes one" in sim("run", "empty").err


@pytest.mark.parametrize("command", [("list",), ("query", "SELECT 1"), ("log", "abc", "--run", "0"), ("verify",)])
def test_a_ledger_that_is_not_there_is_said_to_be_none(sim, command):
    answer = sim(*command, "--ledger", "nowhere")

    assert answer.code == 1
    assert "E701" in answer.err
    assert "there is no ledger nowhere" in answer.err


MODEL = """\
model: m
title: M
time: {unit: day}
horizon: 3 days
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 1], initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, clock: {rate: 20 per day}, emits: e}}
"""


def test_a_model_without_outcomes_says_that_there_is_nothing_to_show(sim, tmp_path):
    (tmp_path / "m.yaml").write_text(MODEL.replace("20 per day", "0 per day"))

    answer = sim("run", "m.yaml", "--runs", 5)

    assert answer.code == 0
    assert "The model has no outcomes, so no probability is given." in " ".join(answer.out.split())


def test_the_time_of_a_failure_has_its_unit(sim, tmp_path):
    (tmp_path / "m.yaml").write_text(MODEL)

    assert " days after time 0" in sim("run", "m.yaml", "--runs", 5).out


LONG = "a" * 300  # no file system here has such names


@pytest.mark.parametrize(
    "command",
    [
        ("run", LONG),
        ("check", LONG),
        ("trace", LONG),
        ("describe", LONG),
        ("graph", LONG, "--format", "dot"),
        ("explain", "tension", "--case", LONG),
        ("log", "abc:0", "--ledger", LONG),
    ],
)
def test_a_name_that_no_file_can_have_is_refused(sim, command):
    answer = sim(*command)

    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"error E108: cannot open '{LONG}': File name too long",
        "   = expected the path of a file or folder that may be opened",
    ]


@pytest.mark.parametrize("command", [("run",), ("describe",), ("explain", "tension", "--case")])
def test_a_folder_that_may_not_be_looked_into_is_refused(sim, monkeypatch, command):
    stat = Path.stat

    def refused(path, **how):  # the system lets the superuser look everywhere
        if path.parent.name == "locked":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", refused)
    answer = sim(*command, "locked/case")

    assert answer.code == 1
    assert "error E108: cannot open 'locked/case': Permission denied" in answer.err


@pytest.mark.parametrize("length", [251, 300])
@pytest.mark.parametrize(("command", "ending"), [("describe", ".md"), ("graph", ".svg")])
def test_a_file_whose_name_is_too_long_to_be_written_is_refused(sim, case, command, ending, length):
    name = "a" * (length - len(ending)) + ending
    answer = sim(command, case, "-o", name)

    assert answer.code == 2
    assert f"error E015: cannot write '{name}': File name too long" in answer.err
