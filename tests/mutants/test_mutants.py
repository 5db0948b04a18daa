"""The faults are what they say they are, and a fault that is planted gets the verdict that it deserves."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.__main__ import summed_up, verdicts_of
from tests.mutants.fault import TOP, Fault
from tests.mutants.listed import FAULTS, read
from tests.mutants.trials import Copy, Verdict, first_failed, tried

ERRORS = "tests/test_errors.py"
FORGETFUL = Fault(
    name="an error loses its notes on its way from one process to another",
    place="sim/errors.py::_remade",
    old="error.__dict__.update(state)",
    new="error.code = str(state['code'])",
    tests=(ERRORS,),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("mutants") / "copy")


def test_there_are_many_faults_each_with_its_own_name_and_in_every_part_that_runs_or_tells():
    assert len(FAULTS) >= 300
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.place.split("/")[1] for fault in FAULTS} >= {
        "analysis", "build", "distributions", "engines", "experiment", "language", "ledger", "model", "numerics",
        "statistics", "testing",
    }  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_can_be_planted_and_names_tests_that_are_there(fault: Fault):
    file, planted = fault.planted()

    compile(planted, file, "exec")
    assert ast.dump(ast.parse(planted)) != ast.dump(ast.parse(file.read_text(encoding="utf-8")))
    assert fault.tests
    assert [path for path in fault.tests if not (TOP / path).exists()] == []


def test_a_list_of_faults_says_where_what_and_who_notices():
    first = "sim/a.py::f noticed by tests/a.py tests/b.py\none\n- x\n- y\n+ z\ntwo\n- x"
    text = f"Faults.\n\n{first}\n\nsim/b.py noticed by tests/b.py\nthree\n- 1\n+ 2\n"

    assert list(read(text)) == [
        Fault("one", "sim/a.py::f", "x\ny", "z", ("tests/a.py", "tests/b.py")),
        Fault("two", "sim/a.py::f", "x", "", ("tests/a.py", "tests/b.py")),
        Fault("three", "sim/b.py", "1", "2", ("tests/b.py",)),
    ]


def planted(old: str, new: str, code: str, top: Path, place: str = "sim/a.py::f") -> str:
    (top / "sim").mkdir(exist_ok=True)
    (top / "sim" / "a.py").write_text(code, encoding="utf-8")
    return Fault("wrong", place, old, new, ("t",)).planted(top)[1]


@pytest.mark.parametrize(
    ("old", "new", "code", "wrong"),
    [
        ("x + 1", "x", "def f(x):\n    return (x\n        + 1) * 2", "def f(x):\n    return x * 2"),
        ("x + 1", "x", "def f(time):\n    return time + 1", "def f(time):\n    return time"),
        ("self.old(x)", "", "def f(self, x):\n    self.new(x)", "def f(self, x):\n    pass"),
        ("x", "", "def f(y):\n    return g(1, x)", "def f(y):\n    return g(1)"),
        ("key=len", "", "def f(y):\n    return sorted(y, key=len)", "def f(y):\n    return sorted(y)"),
        ("while x:\n ...", "if x:\n ...", "def f(x):\n while x:\n  g()", "def f(x):\n    if x:\n        g()"),
        ("a()\nb()", "b()\na()", "def f():\n    a()\n    b()", "def f():\n    b()\n    a()"),
    ],
)
def test_a_fault_is_planted_whatever_the_layout_and_the_names(
    old: str, new: str, code: str, wrong: str, tmp_path: Path
):
    assert planted(old, new, code, tmp_path) == wrong


def test_a_fault_follows_a_definition_that_has_moved_to_another_file(tmp_path: Path):
    assert planted("1", "2", "def f():\n    return 1", tmp_path, "sim/before.py::f") == "def f():\n    return 2"


@pytest.mark.parametrize(
    ("old", "place"), [("1", "sim/a.py"), ("3", "sim/a.py"), ("2", "sim/a.py::g"), ("x + x", "sim/a.py::f")]
)
def test_a_fault_whose_place_is_gone_or_open_says_so_by_name(old: str, place: str, tmp_path: Path):
    with pytest.raises(ValueError, match=r"'wrong'.*: plant it anew"):
        planted(old, "0", "A = 1\ndef f(a, b):\n    return a + b + 1 + 2", tmp_path, place)


def test_a_copy_runs_its_own_sim_and_passes_its_tests_without_a_fault(copy: Copy):
    assert copy.check([ERRORS]) == ""


def test_a_copy_that_would_run_another_sim_says_so(tmp_path: Path):
    lost = Copy(tmp_path / "lost")
    (lost.tree / "sim").rename(tmp_path / "sim")

    assert "another sim" in lost.check([ERRORS])


def test_a_fault_is_killed_by_the_test_that_notices_it_and_leaves_the_copy_as_it_was(copy: Copy):
    file = copy.tree / "sim" / "errors.py"
    before = file.read_bytes()

    verdict = tried(copy, FORGETFUL, FORGETFUL.tests)

    assert verdict.fate == "killed"
    assert verdict.by.startswith(f"{ERRORS}::test_an_error_crosses_from_a_worker_to_the_driver_whole[")
    assert file.read_bytes() == before


def test_other_words_for_the_same_are_no_fault_that_a_test_could_notice(copy: Copy):
    reworded = replace(FORGETFUL, new="error.__dict__.update(dict(state))")

    assert tried(copy, reworded, FORGETFUL.tests).fate == "survived"


@pytest.mark.system
def test_tests_that_hang_have_noticed_and_are_stopped(copy: Copy):
    endless = replace(FORGETFUL, new="while state:\n    pass")

    verdict = tried(copy, endless, FORGETFUL.tests, patience=5)

    assert (verdict.fate, verdict.by) == ("killed", "the tests hang: over 5 s")
    assert verdict.seconds < 60


def test_a_fault_that_no_test_can_be_collected_with_gets_no_verdict(copy: Copy):
    broken = replace(
        FORGETFUL, place="sim/errors.py", old="def lacks_memory(error: BaseException) -> bool:\n    ...", new=""
    )

    assert tried(copy, broken, FORGETFUL.tests).fate == "error"


@pytest.mark.parametrize(
    ("suite", "fate"), [pytest.param(ERRORS, "killed", marks=pytest.mark.system), ("tests/no_such_test.py", "error")]
)
def test_what_the_named_tests_miss_goes_to_the_whole_suite_if_that_passes_without_a_fault(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, suite: str, fate: str
):
    missed = replace(FORGETFUL, tests=("tests/report/pictures/test_text_width.py",))
    monkeypatch.setattr("tests.mutants.__main__.WHOLE", (suite,))

    (verdict,) = verdicts_of([copy], [missed], whole=False, named_only=False)

    assert verdict.fate == fate


def test_with_the_named_tests_only_what_they_miss_survives(copy: Copy):
    missed = replace(FORGETFUL, tests=("tests/report/pictures/test_text_width.py",))

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
