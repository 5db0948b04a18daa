"""What goes, what stays, and that age decides."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sim.errors import LedgerError
from sim.ledger import Ensemble, Ledger, verify
from sim.ledger.collect import CollectionRule, collect, collect_outside, collect_temporary
from sim.ledger.leftovers import leftovers, unknown_files
from sim.ledger.manifest import manifest_numbers
from sim.ledger.stored_documents import keep_documents
from sim.model.event_table import table_of
from tests.ledger.logs import log

LOGS = [log(4, run) for run in range(12)]
NOW = time.time()
OLD, DAYS_AGO = CollectionRule(NOW - 86400), NOW - 3 * 86400


def aged(folder: Path, when: float = DAYS_AGO) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (when, when))


def littered(ensemble: Ensemble) -> None:
    """Three manifests, runs that were never sealed, what killed writers left, what is not the ledger's."""
    for first in (0, 2, 4):
        ensemble.seal([ensemble.publish(table_of(first, LOGS[first : first + 2]))], {"documents": "d"})
    ensemble.publish(table_of(6, LOGS[6:8]))
    kept = keep_documents(ensemble.folder, {"m.yaml": b"m"}, "m.yaml")
    unfinished = kept.with_name("0" * 16)
    unfinished.mkdir()
    (unfinished / "m.yaml").write_bytes(b"half")
    (ensemble.folder / "segments" / ".a.parquet.7-0123abcd.tmp").write_bytes(b"half")
    (ensemble.folder / "manifests" / "notes.txt").write_bytes(b"mine")
    (ensemble.folder / "quarantine").mkdir()
    (ensemble.folder / "quarantine" / "20300101T000000Z-damaged-00000001.json").write_bytes(b"damaged")


def kinds(ensemble: Ensemble, rule: CollectionRule, *, dry: bool = False) -> dict[str, int]:
    gone = [file.kind for file in collect(ensemble, rule, dry=dry)]
    return {kind: gone.count(kind) for kind in sorted(set(gone))}


def test_what_is_old_and_needless_goes_and_what_is_sealed_stays(ensemble: Ensemble) -> None:
    littered(ensemble)
    root, content = ensemble.root(6), list(ensemble.logs())
    aged(ensemble.folder)
    would = kinds(ensemble, OLD, dry=True)

    assert kinds(ensemble, OLD) == would == {"superseded": 3, "temporary": 1, "unfinished": 1, "unsealed": 1}

    assert (ensemble.root(6), list(ensemble.logs()), verify(ensemble)) == (root, content, ())
    assert [file.kind for file in leftovers(ensemble, ensemble.manifest())] == ["unknown", "quarantined"]
    assert kinds(ensemble, OLD) == {}


def test_a_dry_run_changes_nothing(ensemble: Ensemble) -> None:
    littered(ensemble)
    aged(ensemble.folder)
    before = {path: path.stat().st_mtime_ns for path in ensemble.folder.rglob("*")}
    assert kinds(ensemble, OLD, dry=True)
    assert {path: path.stat().st_mtime_ns for path in ensemble.folder.rglob("*")} == before


def test_what_is_young_stays_and_so_does_what_a_wrong_clock_dated_in_the_future(ensemble: Ensemble) -> None:
    littered(ensemble)
    for when in (NOW, NOW + 30 * 86400):
        aged(ensemble.folder, when)
        assert kinds(ensemble, OLD) == {}


def test_a_gc_whose_own_clock_is_far_behind_removes_nothing(ensemble: Ensemble) -> None:
    littered(ensemble)
    aged(ensemble.folder)
    assert kinds(ensemble, CollectionRule(-86400.0)) == {}


def test_the_quarantine_goes_only_when_it_is_asked_for(ensemble: Ensemble) -> None:
    littered(ensemble)
    aged(ensemble.folder)
    assert kinds(ensemble, CollectionRule(OLD.before, quarantine=True))["quarantined"] == 1


def test_the_chain_begins_anew_and_goes_on(ensemble: Ensemble) -> None:
    littered(ensemble)
    before = ensemble.manifest()
    aged(ensemble.folder)
    list(collect(ensemble, OLD))
    after = ensemble.manifest()
    assert before is not None
    assert after is not None
    assert (after.number, after.oldest, after.parent) == (4, 4, before.digest)
    assert (after.root, after.segments, after.provenance) == (before.root, before.segments, before.provenance)
    assert manifest_numbers(ensemble.manifests) == [4]
    child = ensemble.seal([ensemble.publish(table_of(6, LOGS[6:8]))], {})
    assert (child.number, child.oldest, child.parent) == (5, 4, after.digest)
    assert verify(ensemble) == ()
    (ensemble.manifests / "00000004.json").unlink()
    assert [problem.code for problem in verify(ensemble)] == ["E704"]


def test_a_segment_whose_runs_a_larger_one_has_goes(ensemble: Ensemble) -> None:
    small = [ensemble.publish(table_of(first, LOGS[first : first + 2])) for first in (0, 2, 8)]
    ensemble.seal(small, {})
    ensemble.seal([ensemble.publish(table_of(1, LOGS[1:6]))], {})
    root = ensemble.root(6)
    aged(ensemble.folder)

    assert kinds(ensemble, OLD)["unsealed"] == 1

    assert not ensemble.path(small[1]).exists()
    assert (ensemble.root(6), verify(ensemble)) == (root, ())
    assert list(ensemble.logs()) == [(run, LOGS[run]) for run in (0, 1, 2, 3, 4, 5, 8, 9)]


def test_runs_that_waited_long_are_young_again_when_somebody_is_about_to_seal_them(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, LOGS[:2]))
    aged(ensemble.folder)
    assert kinds(ensemble, OLD, dry=True) == {"unsealed": 1}
    assert ensemble.publish(table_of(0, LOGS[:2])) == segment
    assert kinds(ensemble, OLD) == {}
    ensemble.seal([segment], {})
    assert verify(ensemble) == ()


def test_a_file_made_young_while_the_list_is_gone_through_stays(ensemble: Ensemble) -> None:
    segments = [ensemble.publish(table_of(first, LOGS[first : first + 1])) for first in range(2)]
    aged(ensemble.folder)
    going = collect(ensemble, OLD)
    assert next(going).path == ensemble.path(segments[0])
    ensemble.publish(table_of(1, LOGS[1:2]))
    assert list(going) == []
    assert ensemble.path(segments[1]).exists()


def test_runs_that_are_sealed_while_the_list_is_gone_through_stay_however_young_is_old_enough(
    ensemble: Ensemble,
) -> None:
    segments = [ensemble.publish(table_of(first, LOGS[first : first + 2])) for first in (0, 2, 4)]
    going = collect(ensemble, CollectionRule(time.time() + 60))
    assert next(going).path == ensemble.path(segments[0])
    Ensemble(ensemble.folder).seal([segments[2]], {})
    assert [file.path for file in going] == [ensemble.path(segments[1])]
    assert list(ensemble.logs()) == [(4, LOGS[4]), (5, LOGS[5])]


def test_with_a_damaged_manifest_nothing_is_known_to_be_needless(ensemble: Ensemble) -> None:
    littered(ensemble)
    (ensemble.manifests / "00000003.json").write_bytes(b"{")
    aged(ensemble.folder)
    before = sorted(ensemble.folder.rglob("*"))
    with pytest.raises(LedgerError) as caught:
        list(collect(ensemble, OLD))
    assert caught.value.code == "E703"
    assert sorted(ensemble.folder.rglob("*")) == before


def test_a_reader_that_listed_the_manifests_before_they_were_collected_finds_the_new_one(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    littered(ensemble)
    aged(ensemble.folder)
    calls = []

    def late(folder: Path) -> list[int]:
        numbers = manifest_numbers(folder)
        if not calls:
            calls.append(folder)
            list(collect(Ensemble(ensemble.folder), OLD))
        return numbers

    monkeypatch.setattr("sim.ledger.ensemble.manifest_numbers", late)
    manifest = ensemble.manifest()
    assert manifest is not None
    assert manifest.number == 4


def test_of_the_temporary_folder_only_what_processes_that_are_no_more_left_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    names = [f"sim-{ended.pid}-query-ab", f"sim-{os.getpid()}-query-ab", "sim-0-x", "sim-study", "other-1-x"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "spilled").write_bytes(b"rows")
    (tmp_path / f"sim-{ended.pid}-file").write_bytes(b"mine")
    (tmp_path / f"sim-{ended.pid}-link").symlink_to(tmp_path / "other-1-x")

    assert list(collect_temporary(OLD)) == []
    would = list(collect_temporary(CollectionRule(time.time() + 60), dry=True))
    (gone,) = collect_temporary(CollectionRule(time.time() + 60))

    assert (gone.path.name, gone.size, gone.kind) == (names[0], 4, "temporary")
    assert would == [gone]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*names[1:], f"sim-{ended.pid}-file", f"sim-{ended.pid}-link"]
    )


def test_outside_of_ensembles_only_what_a_killed_writer_left_goes(tmp_path: Path, ensemble: Ensemble) -> None:
    ledger = Ledger(ensemble.folder.parents[1])
    (ledger.folder / "notes.txt").write_bytes(b"mine")
    (ledger.folder / ".x.1-0123abcd.tmp").write_bytes(b"half")
    aged(ledger.folder)
    assert [file.kind for file in unknown_files(ledger)] == ["temporary", "unknown"]
    assert [file.path.name for file in collect_outside(ledger, OLD)] == [".x.1-0123abcd.tmp"]
    assert (ledger.folder / "notes.txt").exists()
    assert ledger.ensembles() == (ensemble,)


def test_what_somebody_seals_while_manifests_are_collected_is_not_forgotten(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    littered(ensemble)
    aged(ensemble.folder)
    rival, seal_anew = Ensemble(ensemble.folder), Ensemble.seal_anew

    def late(*arguments, **options):
        monkeypatch.setattr(Ensemble, "seal_anew", seal_anew)
        rival.seal([rival.publish(table_of(8, LOGS[8:10]))], {})
        return seal_anew(*arguments, **options)

    monkeypatch.setattr(Ensemble, "seal_anew", late)
    list(collect(ensemble, OLD))

    assert [run for run, _ in ensemble.logs()] == [0, 1, 2, 3, 4, 5, 8, 9]
    assert verify(ensemble) == ()
