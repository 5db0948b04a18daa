import os
import shutil

import pytest

from sim.errors import LedgerError
from sim.ledger import Ensemble, verify
from sim.ledger.stored_documents import keep_documents, read_documents, whole_documents
from sim.model.event_table import table_of

TEXTS = {"case/quo.yaml": b"scenario: quo", "case/model.yaml": b"model: m"}


def test_documents_are_found_by_name_or_else_any_whole_set(ensemble: Ensemble) -> None:
    one = keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    other = keep_documents(ensemble.folder, {**TEXTS, "case/model.yaml": b"model: m # retitled"}, "case/quo.yaml")

    assert whole_documents(ensemble.folder, one.name)[0] == one / "case/quo.yaml"
    assert whole_documents(ensemble.folder, other.name)[0] == other / "case/quo.yaml"
    (other / "case/model.yaml").write_bytes(b"model: n")
    assert whole_documents(ensemble.folder, other.name)[0] == one / "case/quo.yaml"


def test_documents_that_are_there_are_not_written_again(ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[int] = []
    monkeypatch.setattr(os, "fsync", forced.append)
    folder = keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    first = len(forced)

    assert keep_documents(ensemble.folder, TEXTS, "case/quo.yaml") == folder
    assert len(forced) == first

    shutil.rmtree(folder)
    assert keep_documents(ensemble.folder, TEXTS, "case/quo.yaml") == folder
    assert read_documents(folder) == ("case/quo.yaml", TEXTS)
    assert len(forced) == 2 * first


def test_documents_kept_over_damaged_ones_are_not_called_kept(ensemble: Ensemble) -> None:
    folder = keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    (folder / "case/model.yaml").write_bytes(b"model: n")
    with pytest.raises(LedgerError, match="was changed") as caught:
        keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    assert caught.value.code == "E703"


@pytest.mark.parametrize("name", ["case/quo.yaml", "case/model.yaml", "entry"])
@pytest.mark.parametrize("change", ["flip", "empty", "gone"])
def test_documents_that_are_not_as_they_were_are_found(ensemble: Ensemble, name: str, change: str) -> None:
    folder = keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    assert (read_documents(folder)[0], verify(ensemble)) == ("case/quo.yaml", ())
    content = (folder / name).read_bytes()
    if change == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(b"" if change == "empty" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(LedgerError, match="does not hold what it is named by") as caught:
        read_documents(folder)[0]
    assert caught.value.code == "E703"
    # without its entry it looks like a set that somebody was killed while keeping
    unfinished = (name, change) == ("entry", "gone")
    assert [problem.code for problem in verify(ensemble)] == ([] if unfinished else ["E703"])


def test_a_file_that_was_added_to_documents_is_found_but_not_one_that_is_being_written(ensemble: Ensemble) -> None:
    folder = keep_documents(ensemble.folder, TEXTS, "case/quo.yaml")
    (folder / "case" / ".quo.yaml.77-0123abcd.tmp").write_bytes(b"half")
    assert read_documents(folder)[0] == "case/quo.yaml"
    (folder / "case" / "notes.txt").write_bytes(b"mine")
    with pytest.raises(LedgerError, match="does not hold what it is named by"):
        read_documents(folder)[0]


def test_an_ensemble_that_names_documents_and_has_none_says_so(ensemble: Ensemble) -> None:
    from tests.ledger.logs import TINY

    ensemble.seal([ensemble.publish(table_of(0, [TINY]))], {"documents": "0123"})
    assert [problem.code for problem in verify(ensemble)] == ["E704"]
