import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.errors import SimError
from sim.language.files import UnfitError, bytes_of
from sim.language.yaml.parser import read

MODEL = """model: m
title: M
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 9], initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, when: n < 4, clock: {rate: 0.1 per day}, emits: e}}
"""
NAMED = {
    "model": "scenario: s\nquestion: q\nmodel: odd\n",
    "extends": "scenario: s\nquestion: q\nextends: odd\n",
    "history": "scenario: s\nquestion: q\nmodel: model.yaml\nhistory: odd\n",
}


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as held, suppress(OSError):
        held.bind(path.name)  # a socket's path may have about a hundred bytes


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (Path.mkdir, "is a directory, not a file"),
    "pipe": (os.mkfifo, "is a pipe, not a file"),
    "socket": (_socket, "is a socket, not a file"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), "is a "),
    "terminal": (lambda path: path.symlink_to("/dev/tty"), "is a "),
    "environment": (lambda path: path.symlink_to("/proc/self/environ"), "is a file of the system's"),
    "memory": (lambda path: path.symlink_to("/proc/self/mem"), "is a file of the system's"),
    "the kernel's": (lambda path: path.symlink_to("/sys/kernel/notes"), "is a "),
    "loop of links": (lambda path: path.symlink_to(path.name), "is a link that leads nowhere"),
    "dead link": (lambda path: path.symlink_to("nothing"), "is a link that leads nowhere"),
    "terabyte": (_sparse, "is a file of 1,099,511,627,776 bytes"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_OF_THIS_PROCESS", "hunter2")
    (tmp_path / "model.yaml").write_text(MODEL)
    return tmp_path


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("key", NAMED)
def test_what_is_no_ordinary_file_is_refused_where_it_is_named(folder: Path, key: str, kind: str) -> None:
    make, said = ODD[kind]
    make(folder / "odd")
    (folder / "s.yaml").write_text(NAMED[key])
    with pytest.raises(SimError) as caught:
        load_scenario(folder / "s.yaml", "s.yaml")
    text = str(caught.value)
    assert said in text
    assert kind == "terabyte" or f"{key}: odd" in text, "the line that names the file is shown"
    assert "hunter2" not in text


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_ordinary_file_is_refused_as_the_scenario(folder: Path, kind: str) -> None:
    make, said = ODD[kind]
    make(folder / "odd")
    with pytest.raises(SimError) as caught:
        load_scenario(folder / "odd", "odd")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content", ["root:x:0:0\nPASSWORD=hunter2\n", "password: hunter2\n", "{hunter2: [", "- hunter2"]
)
def test_nothing_is_shown_of_a_file_that_is_no_case_file(folder: Path, content: str) -> None:
    (folder / "shadow").write_text(content)
    (folder / "s.yaml").write_text("scenario: s\nquestion: q\nmodel: shadow\n")
    with pytest.raises(SimError) as caught:
        load_scenario(folder / "s.yaml", "s.yaml")
    assert "shadow: error E109: this is not a file of a case" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_case_file_may_have_any_name(folder: Path) -> None:
    (folder / "crisis").write_text(MODEL)
    assert read(folder / "crisis", "crisis").data["model"] == "m"


def test_a_file_that_says_it_is_empty_and_is_not_is_not_read() -> None:
    with pytest.raises(UnfitError, match="without a size"):
        bytes_of(Path("/proc/self/environ"), 1000)


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert bytes_of(tmp_path / "file", 5) == b"12345"
    with pytest.raises(UnfitError, match="5 bytes; at most 4"):
        bytes_of(tmp_path / "file", 4)
