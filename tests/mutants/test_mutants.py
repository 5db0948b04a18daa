"""The faults are what they say they are, and a fault that is planted gets the verdict that it deserves."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.__main__ import summed_up, verdicts_of
from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.mutants.trials import TOP, Copy, Verdict, first_failed, tried

ERRORS = "tests/test_errors.py"
FORGETFUL = Fault(
    "an error loses its notes on its way from one process to another",
    "errors.py",
    "    error.__dict__.update(state)\n",
    '    error.code = str(state["code"])\n',
    (ERRORS,),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("mutants") / "copy")


def test_there_are_many_faults_each_with_its_own_name_and_in_every_part_that_runs_or_tells():
    assert len(FAULTS) >= 45
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.file.split("/")[0] for fault in FAULTS} == {
        "analysis", "engines", "experiment", "language", "ledger", "model", "testing",
    }  # fmt: skip


def test_every_fault_stands_where_it_says_and_leaves_something_else_that_is_still_python():
    for fault in FAULTS:
        text = (TOP / "sim" / fault.file).read_text(encoding="utf-8")
        planted = fault.planted(text)
        assert planted != text, fault.name
        compile(planted, fault.file, "exec")


def test_every_fault_names_tests_that_are_there():
    assert all(fault.tests for fault in FAULTS)
    assert [path for fault in FAULTS for path in fault.tests if not (TOP / path).exists()] == []


def test_a_fault_is_planted_in_the_place_that_it_names_and_refused_where_that_is_open():
    once = Fault("one", "a.py", "x", "y", ("t",))
    text = "x = 1\nz = x\n"

    assert replace(once, place=1).planted(text) == "x = 1\nz = y\n"
    assert replace(once, place=0).planted(text) == "y = 1\nz = x\n"
    for wrong in (once, replace(once, place=2), replace(once, old="absent")):
        with pytest.raises(ValueError, match="its old text stands"):
            wrong.planted(text)


def test_a_copy_runs_its_own_sim_and_passes_its_tests_without_a_fault(copy: Copy):
    assert copy.check([ERRORS]) == ""


def test_a_copy_that_would_run_another_sim_says_so(tmp_path: Path):
    lost = Copy(tmp_path / "lost")
    (lost.tree / "sim").rename(tmp_path / "sim")

    assert "another sim" in lost.check([ERRORS])


def test_a_fault_is_killed_by_the_test_that_notices_it_and_leaves_the_copy_as_it_was(copy: Copy):
    verdict = tried(copy, FORGETFUL, FORGETFUL.tests)

    assert verdict.fate == "killed"
    assert verdict.by.startswith(f"{ERRORS}::test_an_error_crosses_from_a_worker_to_the_driver_whole[")
    assert (copy.tree / "sim" / FORGETFUL.file).read_bytes() == (TOP / "sim" / FORGETFUL.file).read_bytes()


def test_other_words_for_the_same_are_no_fault_that_a_test_could_notice(copy: Copy):
    reworded = replace(FORGETFUL, new="    error.__dict__.update(dict(state))\n")

    assert tried(copy, reworded, FORGETFUL.tests).fate == "survived"


def test_tests_that_hang_have_noticed_and_are_stopped(copy: Copy):
    endless = replace(FORGETFUL, new="    while state:\n        pass\n")

    verdict = tried(copy, endless, FORGETFUL.tests, patience=5)

    assert (verdict.fate, verdict.by) == ("killed", "the tests hang: over 5 s")
    assert verdict.seconds < 60


def test_a_fault_that_no_test_can_be_collected_with_gets_no_verdict(copy: Copy):
    broken = replace(FORGETFUL, old="class RunError(SimError):", new="class RunError(Nothing):")

    assert tried(copy, broken, FORGETFUL.tests).fate == "error"


@pytest.mark.parametrize(("suite", "fate"), [(ERRORS, "killed"), ("tests/no_such_test.py", "error")])
def test_what_the_named_tests_miss_goes_to_the_whole_suite_if_that_passes_without_a_fault(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, suite: str, fate: str
):
    missed = replace(FORGETFUL, tests=("tests/report/pictures/test_text.py",))
    monkeypatch.setattr("tests.mutants.__main__.WHOLE", (suite,))

    (verdict,) = verdicts_of([copy], [missed], whole=False, named_only=False)

    assert verdict.fate == fate


def test_with_the_named_tests_only_what_they_miss_survives(copy: Copy):
    missed = replace(FORGETFUL, tests=("tests/report/pictures/test_text.py",))

    (verdict,) = verdicts_of([copy], [missed], whole=False, named_only=True)

    assert verdict.fate == "survived"


@pytest.mark.parametrize(
    ("said", "failed"),
    [
        ("1 passed in 0.01s", ""),
        ("FAILED tests/a.py::test_b[x y] - assert 1 == 2", "tests/a.py::test_b[x y]"),
        ("..F\nFAILED tests/a.py::test_b\nFAILED tests/a.py::test_c", "tests/a.py::test_b"),
        ("ERROR tests/a.py::test_b - OSError", "tests/a.py::test_b"),
        ("ERROR tests/a.py - ImportError", ""),
    ],
)
def test_the_first_test_that_failed_is_found_in_what_pytest_said(said: str, failed: str):
    assert first_failed(said) == failed


@pytest.mark.parametrize(
    ("fates", "code"),
    [
        (["killed"] * 20, 0),
        (["killed"] * 19 + ["survived"], 0),
        (["killed"] * 18 + ["survived"], 1),
        (["killed"] * 99 + ["error"], 2),
    ],
)
def test_nineteen_in_twenty_must_be_killed_and_the_others_are_named(
    fates: list, code: int, capsys: pytest.CaptureFixture[str]
):
    verdicts = [Verdict(replace(FORGETFUL, name=f"fault {number}"), fate, "", 0.0) for number, fate in enumerate(fates)]

    assert summed_up(verdicts) == code

    said = capsys.readouterr().out
    assert f"killed {fates.count('killed')} of {len(fates)}" in said
    assert [line.strip() for line in said.splitlines() if line.startswith("  ")] == [
        verdict.fault.name for verdict in verdicts if verdict.fate != "killed"
    ]
