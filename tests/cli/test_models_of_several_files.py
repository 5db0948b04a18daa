"""A case whose model extends another and uses a part, in folders of their own, from its check to its ledger."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.build.assembling.whole_models import read_model
from sim.language.diagnostics import Complaints
from sim.language.shapes.documents import ModelShape
from sim.language.yaml.emitter import write

PART = """\
part: defection
title: A commander leaves
needs: {army: {is: faction}, strain: {is: quantity, type: int}}
state: {gone: {type: bool, initial: false}}
parameters: {loyalty: {value: 60, unit: day, basis: {judgement: months}}}
events: {commander_left: {title: A commander leaves, by: army, effects: {gone: true}}}
rules:
  leave: {faction: army, when: strain > 0 and not gone, clock: {rate: strain / loyalty}, emits: commander_left,
          basis: {judgement: so}}
outcomes: {split: {title: A commander has left, when: gone}}
"""
MODEL = """\
model: torn
extends: ../ceasefire/model.yaml
use: [{part: ../parts/defection.yaml, as: north, with: {army: north, strain: violations}}]
replace: {parameters: [north_loyalty]}
remove: {checks: [nothing_is_dead]}
parameters: {north_loyalty: {value: 40, unit: day, basis: {judgement: unpaid}}}
"""
SCENARIO = """\
scenario: as-it-goes
model: model.yaml
history: ../../seeds/ceasefire/history.yaml
branch: {after: first-shots}
horizon: 90 days
"""


@pytest.fixture
def torn(case: Path) -> Path:
    """The folder of a case whose model is that of another, with a part."""
    folder, parts = case.parent / "torn", case.parent / "parts"
    for made in (folder, parts):
        made.mkdir()
    (parts / "defection.yaml").write_text(PART)
    (folder / "model.yaml").write_text(MODEL)
    (folder / "as-it-goes.yaml").write_text(SCENARIO)
    return folder


def test_such_a_case_is_checked_with_its_parts(sim: Callable[..., Any], torn: Path) -> None:
    answer = sim("check", torn, torn.parent / "parts")

    assert answer.code == 0, answer.err
    assert "part 'defection': needs 2 names; 1 state variable, 1 parameter" in answer.out
    assert "model 'torn': 2 factions, 5 state variables, 3 parameters" in answer.out


def test_its_checks_are_those_that_it_takes_over_but_for_what_it_removes(sim: Callable[..., Any], torn: Path) -> None:
    answer = sim("test", torn, "--quick", "--json")

    assert answer.code == 0, answer.out + answer.err
    assert {one["check"] for one in json.loads(answer.out)["checks"]} == {
        "no_run_fails", "accord_holds", "envoy_after_shots", "violations_stay",
    }  # fmt: skip


def test_an_ensemble_of_it_is_read_from_its_ledger_alone(sim: Callable[..., Any], torn: Path, tmp_path: Path) -> None:
    (made,) = json.loads(sim("run", torn / "as-it-goes.yaml", "--runs", 30, "--json").out)
    name = made["ensemble"]
    before = [sim(*words).out for words in (("log", name, "--run", 3), ("outcomes", name, "--json"))]
    for folder in ("scenarios", "seeds"):
        shutil.rmtree(tmp_path / folder)
    after = [sim(*words).out for words in (("log", name, "--run", 3), ("outcomes", name, "--json"))]

    assert "A commander leaves" in before[0] or "A commander has left" in before[1]
    assert after == before
    assert sim("verify", "--against", "reference", 5).code == 0


def test_the_model_written_out_in_one_file_has_the_same_ensemble(sim: Callable[..., Any], torn: Path) -> None:
    whole = read_model(torn / "model.yaml", Complaints())
    assert whole is not None
    shape = ModelShape.model_validate({**whole.loaded.document.data, "sources": "../../seeds/ceasefire/sources.yaml"})
    (first,) = json.loads(sim("run", torn / "as-it-goes.yaml", "--runs", 10, "--json").out)
    (torn / "model.yaml").write_text(write(shape))
    (again,) = json.loads(sim("run", torn / "as-it-goes.yaml", "--runs", 10, "--json").out)

    assert "extends" not in (torn / "model.yaml").read_text()
    assert (again["ensemble"], again["root"]) == (first["ensemble"], first["root"])


def test_a_part_has_a_schema_and_its_keys_are_explained(sim: Callable[..., Any]) -> None:
    assert json.loads(sim("schema", "part").out)["required"] == ["part", "title", "needs"]
    assert "model.use.with: What stands for each name" in sim("explain", "use.with").out
    assert "part.needs.is: What it stands for" in sim("explain", "needs.is").out
