from pathlib import Path

import pytest

from sim.errors import LedgerError
from sim.ledger import Ledger


def test_creating_an_ensemble_twice_gives_the_same_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "new" / "ledger")
    one = ledger.create({"seed": 7, "model": "a"})
    assert ledger.create({"model": "a", "seed": 7}) == one
    assert ledger.create(one.spec) == one
    assert ledger.ensembles() == (one,)


def test_ensembles_are_listed_by_id_and_other_files_ignored(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.ensembles() == ()
    made = {ledger.create({"seed": seed}).id for seed in range(20)}
    (tmp_path / "ensembles" / "notes.txt").write_text("mine")
    (tmp_path / "ensembles" / ("0" * 64)).mkdir()
    assert [ensemble.id for ensemble in ledger.ensembles()] == sorted(made)


def test_an_ensemble_is_found_by_any_unique_beginning(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    made = [ledger.create({"seed": seed}) for seed in range(20)]
    for ensemble in made:
        assert ledger.find(ensemble.id) == ensemble
        assert ledger.find(ensemble.id[:10].upper()) == ensemble


def test_an_ambiguous_beginning_names_the_candidates_and_how_many(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    made = sorted(ledger.create({"seed": seed}).id for seed in range(17))
    with pytest.raises(LedgerError, match="17 ensembles begin with ''") as caught:
        ledger.find("")
    assert caught.value.code == "E702"
    assert made[0][:16] in caught.value.notes[0]
    assert caught.value.notes[0].endswith(", ...")


def test_an_unknown_beginning_names_what_there_is(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(LedgerError, match="begins with 'xyz'") as caught:
        ledger.find("xyz")
    assert caught.value.code == "E701"
    assert "empty" in caught.value.notes[0]
    identity = ledger.create({}).id
    with pytest.raises(LedgerError, match="begins with 'xyz'") as caught:
        ledger.find("xyz")
    assert identity[:16] in caught.value.notes[0]


def test_a_ledger_that_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensemble = Ledger(tmp_path).create({})

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(LedgerError, match=r"cannot read .*: Permission denied") as caught:
        Ledger(tmp_path).find(ensemble.id)
    assert caught.value.code == "E706"


def test_an_empty_file_in_the_place_of_the_ledger_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger").touch()
    with pytest.raises(LedgerError, match="cannot write") as caught:
        Ledger(tmp_path / "ledger").create({})
    assert caught.value.code == "E706"
