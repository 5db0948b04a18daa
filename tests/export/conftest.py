"""Ensembles exported by the command line, called in this process, and the same ensembles as the ledger has them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.analysis.results import Results
from sim.ledger.ledger import Ledger
from sim.model.event import Log
from sim.study import api as study
from tests.cli.conftest import Answer, case, sim
from tests.dice import DICE

__all__ = ["case", "sim"]


@dataclass(frozen=True)
class Made:
    """An export: its folder, what the command printed, and the ensembles that it was made from."""

    folder: Path
    printed: dict[str, Any]
    results: list[Results]
    logs: list[list[tuple[int, Log]]]


@pytest.fixture
def export(sim: Callable[..., Answer], tmp_path: Path) -> Callable[..., Made]:
    """Export targets and read the same ensembles from the ledger."""

    def made(form: str, *arguments: Any, code: int = 0) -> Made:
        folder = tmp_path / "exports" / form
        answer = sim("export", form, *arguments, "--to", folder, "--json")
        assert answer.code == code, answer.err
        printed = json.loads(answer.out)
        ledger = Ledger(tmp_path / "ledger")
        found = [ledger.find(item["ensemble"]) for item in printed["ensembles"]]
        runs = [item["runs"] for item in printed["ensembles"]]
        return Made(
            folder,
            printed,
            [
                study.run(one.id, runs=count, ledger=ledger.folder, workers=1)
                for one, count in zip(found, runs, strict=True)
            ],
            [list(one.logs(range(count))) for one, count in zip(found, runs, strict=True)],
        )

    return made


@pytest.fixture
def dice(tmp_path: Path) -> Path:
    """A model without dates."""
    file = tmp_path / "dice.yaml"
    file.write_text(DICE + "measures: {eyes: {sum: eyes, on: thrown}}\n", encoding="utf-8")
    return file
