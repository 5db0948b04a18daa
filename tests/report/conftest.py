"""Results of the Lesotho case with few runs, made once for all tests of pictures."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from sim.study.api import compare, run

CASE = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
RUNS = 30


@pytest.fixture(scope="session")
def ledger(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures") / "ledger"


@pytest.fixture(scope="session")
def status_quo(ledger):
    return run(CASE / "status-quo.yaml", runs=RUNS, ledger=ledger, workers=1)


@pytest.fixture(scope="session")
def talks_hold(ledger):
    return run(CASE / "talks-hold.yaml", runs=RUNS, ledger=ledger, workers=1)


@pytest.fixture(scope="session")
def nested(ledger):
    return run(CASE / "talks-hold.yaml", runs=6, draws=5, ledger=ledger, workers=1)


@pytest.fixture(scope="session")
def comparison(ledger):
    names = ("status-quo", "talks-hold", "general-not-dismissed")
    paths = [CASE / f"{name}.yaml" for name in names]
    return compare(*paths, runs=RUNS, ledger=ledger, unpaired=True, workers=1)


@pytest.fixture(scope="session")
def pair(ledger):
    return compare(CASE / "status-quo.yaml", CASE / "talks-hold.yaml", runs=RUNS, ledger=ledger, workers=1)


def milliseconds(results: Any, time: float) -> float:
    """A time as the data of a picture have it."""
    return float(results.model.calendar.date_of(time).replace(tzinfo=UTC).timestamp() * 1000)


def panels(picture) -> list[Any]:
    """The panels of a picture, in their order."""
    return list(picture.spec["vconcat"][0]["concat"])


def rows_with(panel: Any, key: str) -> list[dict[str, Any]]:
    """All data of a panel that have a key, each once, wherever they stand."""
    found = [panel.get("data"), *(layer.get("data") for layer in panel["layer"])]
    rows = [row for data in found if data for row in data["values"] if key in row]
    return [json.loads(text) for text in dict.fromkeys(json.dumps(row) for row in rows)]
