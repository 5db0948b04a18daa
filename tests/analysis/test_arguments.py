"""What Python's entries take for a number: 1.0 and True equal 1, and would name other runs, or no runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import UsageError
from sim.experiment import RunSettings

MODEL = """model: m
title: M
time: {unit: day}
horizon: 10 days
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 9], initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, when: n < 4, clock: {rate: 0.1 per day}, emits: e}}
outcomes: {o: {when: n > 1}}
"""
WRONG: list[tuple[str, Any, str]] = [
    ("seed", 1.0, "E024"),
    ("seed", True, "E024"),
    ("seed", "1", "E024"),
    ("seed", np.float64(1), "E024"),
    ("seed", float("nan"), "E024"),
    ("seed", -1, "E013"),
    ("seed", 2**63, "E013"),
    ("seed", 2**64 + 1, "E013"),
    ("seed", np.uint64(2**63), "E013"),
    ("runs", 10.0, "E024"),
    ("runs", True, "E024"),
    ("runs", 0, "E013"),
    ("runs", 10**12, "E013"),
    ("draws", 5.0, "E024"),
    ("draws", 1, "E013"),
    ("max_runs", 200.0, "E024"),
    ("central", 1, "E024"),
    ("central", "no", "E024"),
    ("despite_failures", "no", "E024"),
    ("workers", 1.0, "E024"),
    ("workers", True, "E024"),
    ("workers", 0, "E013"),
    ("workers", "all", "E024"),
    ("engine", "fast", "E024"),
]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(MODEL)
    (tmp_path / "n.yaml").write_text("scenario: n\nquestion: q\nmodel: m.yaml\nhorizon: 10 days\n")
    return tmp_path


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
@pytest.mark.parametrize("entry", [sim.run, sim.compare])
def test_a_number_that_is_none_is_refused_before_anything_is_made(
    case: Path, entry: Any, name: str, value: Any, code: str
) -> None:
    targets = ["m.yaml"] if entry is sim.run else ["m.yaml", "n.yaml"]
    with pytest.raises(UsageError, match=name) as caught:
        entry(*targets, **{"runs": 5, name: value})
    assert caught.value.code == code
    assert not (case / "ledger").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", 1.0),
        ("seed", True),
        ("seed", 2**63),
        ("central", 1),
        ("runs_per_draw", True),
        ("runs_per_draw", 1.0),
        ("runs_per_draw", 0),
    ],
)
def test_settings_are_named_by_plain_numbers(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=name):
        RunSettings(**{name: value})


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.int32, int])
def test_a_whole_number_of_numpys_names_the_same_ensemble(case: Path, kind: Any) -> None:
    one = sim.run("m.yaml", seed=kind(3), runs=kind(5), workers=kind(1))
    assert one.source.ensemble == sim.run("m.yaml", seed=3, runs=5).source.ensemble
    assert type(one.source.settings.seed) is int


def test_a_query_takes_whole_numbers_too(case: Path) -> None:
    sim.run("m.yaml", runs=5)
    assert sim.query("SELECT count(*) FROM runs", first=np.int64(3)).rows == ((3,),)
    for wrong in ({"first": 3.0}, {"first": True}, {"all_ensembles": 1}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            sim.query("SELECT count(*) FROM runs", **wrong)


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_least_and_the_greatest_seed_can_be_asked_about(case: Path, seed: int) -> None:
    sim.run("m.yaml", seed=seed, runs=5)
    assert sim.query("SELECT seed, count(*) FROM ensembles JOIN runs USING (ensemble) GROUP BY seed").rows == (
        (seed, 5),
    )


def test_central_values_that_are_drawn_are_refused_as_a_contradiction() -> None:
    with pytest.raises(UsageError, match="contradict") as refused:
        RunSettings(central=True, runs_per_draw=2)

    assert refused.value.code == "E013"
