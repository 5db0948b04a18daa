"""A ledger as sim wrote it in format 1: it is read, verified, copied, collected, mended, and grows in that format.

`ledger_1/ledger` was made by the last version of sim that made ensembles of that format, from the files beside it. They
have segments of logs, segments of outcomes, runs that failed, and branches from another ensemble's runs. `answers.json`
is what that version answered to queries.
"""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

import sim
from sim.analysis.runs import Tabulate
from sim.experiment import prepare, record
from sim.experiment.against import compare_with
from sim.experiment.logs import log_of
from sim.experiment.prepare import Experiment, reopen
from sim.experiment.repair import repair
from sim.ledger.collect import CollectionRule, collect
from sim.ledger.copying import copy
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.ledger.segments.schema import FORMAT
from sim.ledger.verify import verify
from sim.sql.answer import query
from tests.specimens.harness import FOLDER

PLACE = FOLDER / "ledger_1"
ANSWERS = json.loads((PLACE / "answers.json").read_text(encoding="utf-8"))
RAIDS, FEWER, KEPT_LUCK, FRESH = "add6512f09cc", "b6db6b962045", "2a222feb61cb", "0b377683b064"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(shutil.copytree(PLACE / "ledger", tmp_path / "ledger"))


def test_all_of_it_is_well_and_of_format_1(ledger: Ledger) -> None:
    for ensemble in ledger.ensembles():
        assert ensemble.form == ensemble.manifest().form == 1
        assert verify(ensemble) == ()
    assert len(ledger.ensembles()) == 4


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["sql"].split(" FROM ")[1].split()[0])
def test_queries_have_the_answers_that_they_had(ledger: Ledger, answer: dict) -> None:
    found = query(answer["sql"], ledger, answer["ensembles"], first=answer["first"])

    rows = [[value.isoformat() if isinstance(value, datetime) else value for value in row] for row in found.rows]
    assert rows == answer["rows"]
    assert list(found.columns) == answer["columns"]


@pytest.mark.parametrize("engine", ["reference", "kernel"])
@pytest.mark.parametrize(("which", "runs"), [(RAIDS, 20), (FEWER, 20), (KEPT_LUCK, 1), (FRESH, 5)])
def test_runs_that_are_made_again_have_the_digests_that_were_sealed(
    ledger: Ledger, which: str, runs: int, engine: str
) -> None:
    found = compare_with(ledger.find(which), ledger, engine, runs, workers=1)

    assert (len(found.runs), found.different) == (runs, ())


def test_a_log_that_is_not_kept_comes_back(ledger: Ledger) -> None:
    ensemble = ledger.find(RAIDS)

    log = log_of(ensemble, ledger, 17)

    assert (log[-1].kind, log[-1].type, len(log)) == ("failed", "E602", 3)


def test_its_runs_are_those_of_the_ensemble_of_today(ledger: Ledger) -> None:
    old = reopen(ledger.find(RAIDS), ledger)
    new = prepare(PLACE / "raids.yaml", ledger.folder)

    before, after = (tables_of(experiment, 20) for experiment in (old, new))

    assert (old.ensemble.form, new.ensemble.form) == (1, FORMAT)
    assert old.spec == new.spec
    assert before == after
    assert old.ensemble.id != new.ensemble.id


def tables_of(experiment: Experiment, runs: int) -> dict[str, list[object]]:
    _, parts = record(experiment.with_settings(retention="outcomes"), runs, Tabulate(), workers=1)
    found: dict[str, list[object]] = {}
    for part in parts:
        columns = {**part.times, **part.measures, **part.parameters, "ended": part.ended, "sizes": part.sizes}
        for name, column in columns.items():
            found.setdefault(name, []).extend(str(value) for value in column.tolist())
    return found


def formats_in(ensemble: Ensemble) -> set[object]:
    manifest = ensemble.manifest()
    assert manifest
    return {manifest.form, *(ensemble._header(segment).form for segment in manifest.segments)}


def test_it_grows_in_its_own_format(ledger: Ledger) -> None:
    ensemble = ledger.find(RAIDS)

    record(reopen(ensemble, ledger), 30, Tabulate(), workers=1)

    assert ensemble.manifest().runs == (range(30),)
    assert formats_in(ensemble) == {1}
    assert verify(ensemble) == ()


def test_what_is_damaged_is_made_again_in_its_own_format(ledger: Ledger) -> None:
    ensemble = ledger.find(RAIDS)
    root = ensemble.manifest().root
    for path in sorted((ensemble.folder / "segments").iterdir()):
        path.write_bytes(path.read_bytes()[:-9])
    (ensemble.folder / "spec.json").write_bytes(b"{}")

    mended = repair(ensemble, ledger, workers=1)

    again = ledger.find(RAIDS)
    assert mended.left == []
    assert verify(again) == ()
    assert again.manifest().root == root
    assert formats_in(again) == {1}


def test_it_is_copied_as_it_is(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "copy")
    for ensemble in ledger.ensembles():
        copied = copy(ensemble, other)
        assert copied.problems == []
        assert verify(copied.target) == ()
        assert copied.target.manifest().root == ensemble.manifest().root
        assert formats_in(copied.target) == {1}


def test_what_is_superseded_in_it_is_collected(ledger: Ledger) -> None:
    ensemble = ledger.find(RAIDS)

    gone = list(collect(ensemble, CollectionRule(float("inf"))))

    assert verify(ledger.find(RAIDS)) == ()
    assert formats_in(ledger.find(RAIDS)) == {1}
    assert gone


def test_a_diff_of_the_ensemble_of_today_finds_all_runs_the_same(ledger: Ledger) -> None:
    new = prepare(PLACE / "raids.yaml", ledger.folder)
    record(new, 20, Tabulate(), workers=1)

    found = sim.diff(RAIDS, new.ensemble.id, ledger=ledger.folder, runs=20)

    assert (found.runs.count, found.runs.same) == (20, 20)
