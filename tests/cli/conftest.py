"""The command line, called in this process: what it prints, what it says on stderr, its exit code."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.cli.main import main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Answer]:
    """Call `sim` with arguments, in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: Any) -> Answer:
        monkeypatch.setattr(sys, "argv", ["sim", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            main()
        printed = capsys.readouterr()
        return Answer(exit_.value.code, printed.out, printed.err)

    return call


@pytest.fixture
def case(sim: Callable[..., Answer], tmp_path: Path) -> Path:
    """The skeleton of a case, made by `sim new`."""
    assert sim("new", "ceasefire").code == 0
    return tmp_path / "scenarios" / "ceasefire"


@pytest.fixture
def ensemble(sim: Callable[..., Answer], case: Path) -> str:
    """The id of an ensemble of 25 runs; another of 25 lies beside it."""
    made = json.loads(sim("run", case, "--runs", 25, "--json").out)
    return str(next(item["ensemble"] for item in made if item["scenario"] == "status-quo"))
