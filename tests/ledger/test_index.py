import time
from pathlib import Path

import pytest

from sim.ledger import index
from sim.ledger.collect import CollectionRule, collect_outside
from sim.ledger.files.publish import publish
from sim.ledger.index import with_key
from sim.ledger.ledger import Ledger
from sim.ledger.leftovers import unknown_files
from sim.ledger.spec import Spec, canonical, digest


def key_of(spec: Spec) -> str:
    return digest(canonical(spec["runs"]))


def made(ledger: Ledger, count: int) -> list[str]:
    """Make ensembles, of which each third has the same runs."""
    return sorted(ledger.create({"runs": number % 3, "questions": number}).id for number in range(count))


def read_by(ledger: Ledger, key: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """Look for a key, and say how many specs were read."""
    read = []
    content = index.faults.content
    with monkeypatch.context() as watched:
        watched.setattr(index.faults, "content", lambda path, *rest: read.append(path) or content(path, *rest))
        found = with_key(ledger, key, key_of)
    return [ensemble.id for ensemble in found], len(read)


def alike(ledger: Ledger, runs: int) -> list[str]:
    return [ensemble.id for ensemble in ledger.ensembles() if ensemble.spec["runs"] == runs]


def test_who_looks_again_reads_only_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path / "ledger")
    made(ledger, 30)
    key = key_of({"runs": 1})
    assert read_by(ledger, key, monkeypatch) == (alike(ledger, 1), 30)
    assert read_by(ledger, key, monkeypatch) == (alike(ledger, 1), 10)
    ledger.create({"runs": 1, "questions": "new"})
    assert read_by(ledger, key, monkeypatch) == (alike(ledger, 1), 11)
    assert read_by(ledger, key_of({"runs": 7}), monkeypatch) == ([], 0)


@pytest.mark.parametrize("harm", ["deleted", "half", "wrong key", "a file", "read-only", "torn"])
def test_whatever_befalls_the_index_the_same_ensembles_are_found(
    tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    made(ledger, 9)
    key = key_of({"runs": 1})
    with_key(ledger, key, key_of)
    folder = tmp_path / "ledger" / "index"
    entries = sorted(folder.iterdir())
    if harm == "wrong key":  # an entry that lies about another ensemble is not believed
        other = next(entry for entry in entries if not entry.name.startswith(key[:16]))
        (folder / f"{key[:16]}-{other.name[17:]}").touch()
        other.unlink()
    else:
        for entry in entries if harm in ("deleted", "a file", "read-only") else entries[::2]:
            entry.unlink()
    if harm == "a file":
        folder.rmdir()
        folder.touch()
    if harm == "read-only":
        monkeypatch.setattr(Path, "touch", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no")))
    if harm == "torn":
        (folder / "0123-abc").touch()
        (folder / f".{entries[0].name}.1-00000000.tmp").touch()
    assert [ensemble.id for ensemble in with_key(ledger, key, key_of)] == alike(ledger, 1)


def test_a_damaged_ensemble_is_passed_over(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    made(ledger, 9)
    key = key_of({"runs": 1})
    first, *rest = alike(ledger, 1)
    (tmp_path / "ledger" / "ensembles" / first / "spec.json").write_bytes(b"{}")
    for _ in range(2):
        assert [ensemble.id for ensemble in with_key(ledger, key, key_of)] == rest


def test_entries_of_what_is_gone_are_collected_and_no_others(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    made(ledger, 6)
    with_key(ledger, "0" * 64, key_of)
    assert unknown_files(ledger) == ()
    gone = ledger.ensembles()[0].id
    (tmp_path / "ledger" / "ensembles" / gone / "spec.json").unlink()
    (tmp_path / "ledger" / "ensembles" / gone).rmdir()
    publish(tmp_path / "ledger" / "index" / "notes", b"somebody's")
    assert [file.kind for file in unknown_files(ledger)] == ["unindexed", "unknown"]
    removed = list(collect_outside(ledger, CollectionRule(time.time() + 10)))
    assert [file.path.name[17:] for file in removed] == [gone]
    assert len(list((tmp_path / "ledger" / "index").iterdir())) == 6
