"""Every snippet of the pages works: tutorials print what they show, documents are right, scripts run, commands are."""

import contextlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from sim.cli.main import group
from sim.cli.topics import find, pages
from sim.language.codes.entries import CODES, explain_key
from sim.testing.session import try_checks
from tests.docs.pages import blocks, rewritten, shortened, tutorials, written_by_hand
from tests.docs.shell import TOP, typed, with_cases

OWN = {page: blocks(text) for page, text in written_by_hand().items()}
TESTS = {"test_lesotho.py": 2}  # how many tests each script of tests has


def of(language: str, *, titled: bool) -> list[object]:
    """Return (page, title, text) of the blocks of a language that have a title, or that have none."""
    return [
        pytest.param(page, block.title, block.text, id=f"{page}:{block.title or number}")
        for page, listed in OWN.items()
        for number, block in enumerate(listed)
        if block.language == language and bool(block.title) == titled
    ]


LONG = (  # for the gate alone
    "tutorial/lesotho.md", "tutorial/first-case.md", "how-to/rule-tests.md", "lesotho.py", "changed.py", "frames.py",
)  # fmt: skip


def _marked(*values: str) -> Any:
    return pytest.param(*values, marks=pytest.mark.system if set(LONG) & set(values) else ())


@pytest.mark.parametrize("page", [_marked(page) for page in tutorials()])
def test_a_tutorial_shows_what_its_commands_print(page: str, tmp_path: Path) -> None:
    text = pages()[page]

    assert rewritten(text, with_cases(tmp_path)) == text, "write it again: python -m tests.docs"


def test_of_a_long_output_as_many_lines_are_shown_as_before() -> None:
    output = "1\n2\n3\n4\n5"
    assert shortened(output, "a\n...\nb\nc\n") == "1\n...\n4\n5\n"
    assert shortened(output, "a\n") == f"{output}\n"
    assert shortened(output, "a\nb\nc\n...\nd\ne\n") == f"{output}\n"


@pytest.mark.parametrize("output", ["", "1", "1\n2\n3"])
def test_a_block_of_an_ellipsis_alone_is_refused(output: str) -> None:
    with pytest.raises(ValueError, match="a line of output"):
        shortened(output, "...\n")


@pytest.mark.parametrize(
    ("page", "title", "text"), [one for one in of("yaml", titled=True) if "tutorial/" not in one.values[0]]
)
def test_a_whole_document_is_right(page: str, title: str, text: str, tmp_path: Path) -> None:
    folder = with_cases(tmp_path) if "/" in title else tmp_path  # a scenario of a case stands beside the others
    for block in OWN[page]:  # it may name others of its page
        if block.title and block.language == "yaml":
            (folder / block.title).write_text(block.text, encoding="utf-8")

    assert ": fine: " in typed(f"sim check {title}", folder)


def test_no_check_of_the_page_on_rule_tests_is_broken(tmp_path: Path) -> None:
    (model,) = (block for block in OWN["how-to/rule-tests.md"] if block.title == "model.yaml")
    (tmp_path / "model.yaml").write_text(model.text, encoding="utf-8")

    report = try_checks(tmp_path / "model.yaml", budget="quick", workers=1)

    assert {verdict.check.name: verdict.status for verdict in report.verdicts} == {
        **dict.fromkeys(yaml.safe_load(model.text)["checks"], "held"),
        "no_run_fails": "held",
    }
    assert len(report.verdicts) == 6


def test_a_part_of_the_page_on_shared_models_has_a_share_in_the_runs(tmp_path: Path) -> None:
    for block in OWN["how-to/shared-models.md"]:
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")

    shown = typed("sim run status-quo.yaml --runs 100 --ledger runs", tmp_path)

    assert re.search(r"A commander has left the northern army +before the run ended +\d+\.\d %", shown)


@pytest.mark.parametrize(("page", "title", "text"), of("yaml", titled=False))
def test_a_part_of_a_document_is_yaml(page: str, title: str, text: str) -> None:
    assert yaml.safe_load(text)


@pytest.mark.parametrize(("page", "title", "text"), [_marked(*one.values) for one in of("python", titled=True)])
def test_a_script_runs(page: str, title: str, text: str, tmp_path: Path) -> None:
    (with_cases(tmp_path) / title).write_text(text, encoding="utf-8")
    tests = title in TESTS
    program = [sys.executable, *(["-m", "pytest", "-q", "-p", "no:cacheprovider"] if tests else [])]

    done = subprocess.run([*program, title], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^{TESTS[title]} passed in ", done.stdout, re.MULTILINE) if tests else done.stdout


def test_every_script_of_tests_has_its_number_of_tests() -> None:
    assert {one.values[1] for one in of("python", titled=True) if one.values[1].startswith("test_")} == set(TESTS)


@pytest.mark.system
def test_scripts_and_tests_pass_mypy_strict(tmp_path: Path) -> None:
    for one in of("python", titled=True):
        (tmp_path / one.values[1]).write_text(one.values[2], encoding="utf-8")
    settings = f"[mypy]\nstrict = True\nmypy_path = {TOP}\nignore_missing_imports = True\n"
    settings += "[mypy-sim.*]\nfollow_imports = silent\n"  # as of an installed package
    (tmp_path / "mypy.ini").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", "."]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_python_block_of_the_pages_is_a_script() -> None:
    assert not of("python", titled=False)


def commands() -> list[object]:
    """Return every line with `sim` in a block of shell commands."""
    return [
        pytest.param(line, id=f"{page}:{line}")
        for page, listed in OWN.items()
        for block in listed
        if block.language == "sh"
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.startswith("sim ")
    ]


@pytest.mark.parametrize("line", commands())
def test_a_command_is_understood(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)[1:]
    command = group.get_command(click.Context(group), name)

    assert command is not None
    with contextlib.suppress(click.MissingParameter):
        command.make_context(name, arguments)


def test_every_topic_that_a_page_asks_for_is_there() -> None:
    asked = {what for text in pages().values() for what in re.findall(r"`sim explain ([^`\n]+)`", text)}

    assert len(asked) > 5
    for what in asked - {"codes", "NAME", "TOPIC"}:
        assert what in CODES or find(what) or explain_key(what), what
