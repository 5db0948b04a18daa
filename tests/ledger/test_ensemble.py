"""Publishing, sealing and reading runs, by one process or by several."""

import dataclasses
import errno
import multiprocessing
import os
import pickle
import subprocess
import sys
import time
from itertools import permutations
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import LedgerError
from sim.ledger import Ensemble, Ledger, Manifest, verify
from sim.ledger.collect import CollectionRule, collect
from sim.ledger.manifest import joined
from sim.model.event_table import Category, table_of
from tests.ledger.logs import TINY, log

LOGS = [log(4 + run % 3, run / 3) for run in range(12)]


def manifest_of(ensemble: Ensemble) -> Manifest:
    manifest = ensemble.manifest()
    assert manifest is not None
    return manifest


def test_an_ensemble_without_runs_has_no_manifest(ensemble: Ensemble) -> None:
    assert ensemble.manifest() is None
    assert ensemble.missing(3) == (range(3),)
    assert list(ensemble.logs()) == []
    assert list(ensemble.logs(range(0))) == []
    assert verify(ensemble) == ()


def test_published_runs_are_not_there_until_they_are_sealed(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, LOGS))
    assert ensemble.missing(12) == (range(12),)
    manifest = ensemble.seal([segment], {"host": "here"})
    assert manifest == ensemble.manifest()
    assert manifest_of(ensemble).provenance == {"host": "here"}
    assert ensemble.missing(12) == ()
    assert ensemble.missing(14) == (range(12, 14),)
    assert list(ensemble.logs()) == list(enumerate(LOGS))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.sets(st.integers(1, 11)).map(sorted), st.randoms(use_true_random=False), st.booleans())
def test_the_root_depends_neither_on_chunking_nor_on_the_order_of_publishing(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], dice: Any, at_once: bool
) -> None:
    whole = Ledger(tmp_path_factory.mktemp("whole")).create({})
    expected = whole.seal([whole.publish(table_of(0, LOGS))], {}).root
    ensemble = Ledger(tmp_path_factory.mktemp("cut")).create({})
    pieces = list(zip([0, *cuts], [*cuts, 12], strict=True))
    dice.shuffle(pieces)
    segments = [ensemble.publish(table_of(start, LOGS[start:stop])) for start, stop in pieces]
    for batch in [segments] if at_once else [[segment] for segment in segments]:
        ensemble.seal(batch, {})
    assert manifest_of(ensemble).root == expected
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert verify(ensemble) == ()


def test_publishing_and_sealing_twice_changes_nothing(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, LOGS))
    manifest = ensemble.seal([segment], {"host": "here"})
    before = {path: path.stat().st_mtime_ns for path in ensemble.folder.rglob("*") if path.is_file()}
    assert ensemble.publish(table_of(0, LOGS)) == segment
    assert ensemble.seal([segment, segment], {"host": "there"}) == manifest
    assert {path: path.stat().st_mtime_ns for path in ensemble.folder.rglob("*") if path.is_file()} == before


def test_a_manifest_lists_all_and_names_its_parent(ensemble: Ensemble) -> None:
    first = ensemble.seal([ensemble.publish(table_of(0, LOGS[:5]))], {})
    second = ensemble.seal([ensemble.publish(table_of(8, LOGS[8:]))], {})
    assert (first.number, first.parent, second.number, second.parent) == (1, "", 2, first.digest)
    assert second.runs == (range(5), range(8, 12))
    assert ensemble.missing(12) == (range(5, 8),)
    assert ensemble.missing(3) == ()


def test_segments_stand_in_the_manifest_in_the_order_of_their_runs_whichever_came_first(ensemble: Ensemble) -> None:
    late, early = ensemble.publish(table_of(8, LOGS[8:])), ensemble.publish(table_of(0, LOGS[:5]))
    ensemble.seal([late, early], {})
    assert manifest_of(ensemble).segments == (early, late)
    middle = ensemble.publish(table_of(5, LOGS[5:8]))
    assert ensemble.seal([middle], {}).segments == (early, middle, late)


def test_runs_in_two_segments_are_read_once(ensemble: Ensemble) -> None:
    ensemble.seal([ensemble.publish(table_of(0, LOGS[:7])), ensemble.publish(table_of(2, LOGS[2:4]))], {})
    ensemble.seal([ensemble.publish(table_of(5, LOGS[5:]))], {})
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert list(ensemble.logs(range(3, 9))) == list(enumerate(LOGS))[3:9]
    count = len(manifest_of(ensemble).segments)
    ensemble.seal([ensemble.publish(table_of(1, LOGS[1:6]))], {})
    assert len(manifest_of(ensemble).segments) == count, "a segment that adds no run is not listed"


def rows_of(ensemble: Ensemble, runs: range, manifest: Manifest | None = None) -> list[tuple[int, int, float]]:
    batches = ensemble.batches(manifest or manifest_of(ensemble), runs)
    return [(row["run"], row["sequence"], row["time"]) for batch in batches for row in batch.to_pylist()]


def rows_in(logs: dict[int, Any]) -> list[tuple[int, int, float]]:
    return [(run, event.sequence, event.time) for run, log in logs.items() for event in log]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12), st.booleans()), min_size=1, max_size=5),
    st.integers(0, 12), st.integers(0, 12), st.integers(1, 40),
)  # fmt: skip
def test_batches_have_each_run_once_however_the_segments_lie(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int, bool]], first: int, stop: int, group: int
) -> None:
    ensemble = Ledger(tmp_path_factory.mktemp("batches")).create({})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.ledger.segments.laying_out.GROUP", group)
        for start, runs, whole in cuts:
            logs = LOGS[start : start + runs]
            table = table_of(start, logs, np.zeros((len(logs), 2)))
            made = ensemble.publish(table) if whole else ensemble.publish_outcomes(table, "measured")
            ensemble.seal([made], {})
    manifest = manifest_of(ensemble)
    full = {run for segment in manifest.segments if segment.retention == "full" for run in segment.range}
    wanted = {run for part in manifest.runs for run in part if first <= run < stop}

    found = rows_of(ensemble, range(first, stop))

    ends = {run: [event for event in LOGS[run] if run in full or event.kind != "fired"] for run in wanted}
    assert sorted(found) == rows_in(dict(sorted(ends.items())))


def test_what_batches_are_made_of_is_what_was_checked(ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.ledger.segments.laying_out.GROUP", 10)
    segments = [ensemble.publish(table_of(0, LOGS[:6])), ensemble.publish(table_of(6, LOGS[6:]))]
    manifest = ensemble.seal(segments, {})
    other = Ledger(ensemble.folder.parent.parent.parent / "other").create({})
    swapped = [other.path(other.publish(table_of(first, [log(5, 99.0)] * 6))).read_bytes() for first in (0, 6)]

    batches = ensemble.batches(manifest, range(12))
    before = next(batches)
    ensemble.path(segments[0]).write_bytes(swapped[0])
    ensemble.path(segments[1]).write_bytes(swapped[1])

    found = [(row["run"], row["sequence"], row["time"]) for row in before.to_pylist()]
    assert 0 < len(found) < sum(map(len, LOGS[:6])), "there is more to come of the first file"
    rest = (row for batch in batches for row in batch.to_pylist())
    with pytest.raises(LedgerError) as caught:
        found.extend((row["run"], row["sequence"], row["time"]) for row in rest)
    assert caught.value.code == "E703"
    assert segments[1].file in caught.value.message
    assert found == rows_in(dict(enumerate(LOGS[:6])))


@pytest.mark.parametrize("how", ["pipe", "endless"])
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_not_read(ensemble: Ensemble, how: str) -> None:
    segment = ensemble.publish(table_of(0, LOGS))
    manifest = ensemble.seal([segment], {})
    path = Path(str(ensemble.path(segment)))
    path.unlink()
    if how == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(LedgerError, match="not a file") as caught:
        next(ensemble.batches(manifest, range(12)))
    assert caught.value.code == "E703"


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("at_once", [False, True])
def test_segments_that_disagree_about_a_run_are_refused(
    ensemble: Ensemble, order: tuple[int, ...], at_once: bool
) -> None:
    other = [*LOGS[4:7], TINY, *LOGS[8:]]
    segments = [ensemble.publish(table_of(0, LOGS[:9])), ensemble.publish(table_of(4, other))]
    batches = [segments] if at_once else [[segments[index]] for index in order]
    for batch in batches[:-1]:
        ensemble.seal(batch, {})
    with pytest.raises(LedgerError, match="run 7 has two different logs") as caught:
        ensemble.seal(batches[-1], {})
    assert caught.value.code == "E707"
    assert all(segment.file in caught.value.message for segment in segments)


def test_a_run_that_is_not_sealed_is_named_with_what_is(ensemble: Ensemble) -> None:
    ensemble.seal([ensemble.publish(table_of(0, LOGS[:5])), ensemble.publish(table_of(8, LOGS[8:]))], {})
    for act in (lambda: ensemble.log(6), lambda: ensemble.logs(range(3, 9)), lambda: ensemble.log(12)):
        with pytest.raises(LedgerError, match="is not in the ledger") as caught:
            act()
        assert caught.value.code == "E704"
        assert "9 runs are: 0 to 4, 8 to 11" in str(caught.value)


def test_wrong_use_is_an_assertion_with_a_sentence(ensemble: Ensemble) -> None:
    with pytest.raises(AssertionError, match="at least one run"):
        ensemble.publish(table_of(0, []))
    with pytest.raises(AssertionError, match="numbered from 0"):
        ensemble.publish(table_of(-1, [TINY]))
    with pytest.raises(AssertionError, match="begins with 'fired'"):
        ensemble.publish(table_of(0, [TINY[1:]]))
    with pytest.raises(AssertionError, match="nothing to seal"):
        ensemble.seal([], {})
    with pytest.raises(AssertionError, match="steps of 2"):
        ensemble.logs(range(0, 4, 2))
    assert not (ensemble.folder / "segments").exists()


def test_lost_runs_count_as_missing_and_are_made_again(ensemble: Ensemble) -> None:
    segments = [ensemble.publish(table_of(0, LOGS[:6])), ensemble.publish(table_of(6, LOGS[6:]))]
    before = ensemble.seal(segments, {})
    ensemble.path(segments[1]).unlink()
    assert ensemble.missing(12) == (range(6, 12),)
    assert list(ensemble.logs(range(6))) == list(enumerate(LOGS[:6]))
    after = ensemble.seal([ensemble.publish(table_of(5, LOGS[5:9])), ensemble.publish(table_of(9, LOGS[9:]))], {})
    assert (after.root, after.number) == (before.root, 2)
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert verify(ensemble) == ()


def test_lost_runs_that_come_out_different_are_refused(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, LOGS[:6]))
    ensemble.seal([segment], {})
    ensemble.path(segment).unlink()
    with pytest.raises(LedgerError, match="two different logs") as caught:
        ensemble.seal([ensemble.publish(table_of(0, [*LOGS[:5], TINY]))], {})
    assert caught.value.code == "E707"


def test_a_segment_made_again_with_other_bytes_takes_the_place_of_the_lost_one(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = ensemble.publish(table_of(0, LOGS))
    before = ensemble.seal([segment], {})
    ensemble.path(segment).unlink()
    from sim.ledger.segments.layout_2 import encode_2

    monkeypatch.setattr("sim.ledger.segments.laying_out.GROUP", 10)
    monkeypatch.setattr("sim.ledger.segments.laying_out.encode_2", lambda header, table: encode_2(header, table))
    again = ensemble.publish(table_of(0, LOGS))
    assert again.file == segment.file
    assert again.sha256 != segment.sha256
    after = ensemble.seal([again], {})
    assert (after.root, after.number) == (before.root, 2)
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert verify(ensemble) == ()


def test_what_a_killed_process_left_is_ignored(ensemble: Ensemble) -> None:
    ensemble.seal([ensemble.publish(table_of(0, LOGS))], {})
    for folder in ("segments", "manifests"):
        (ensemble.folder / folder / ".00000002.json.77-abcd.tmp").write_bytes(b"half")
        (ensemble.folder / folder / "notes.txt").write_bytes(b"mine")
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert verify(ensemble) == ()


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_process_killed_while_it_publishes_or_seals_does_no_harm(ensemble: Ensemble, call: str) -> None:
    for deaths in range(1, 5):
        program = f"""
import os
from pathlib import Path
from sim.ledger import Ensemble
from sim.model.event_table import table_of
from tests.ledger.logs import log
real, count = os.{call}, 0
def dying(*arguments, **options):
    global count
    count += 1
    if count == {deaths}:
        os._exit(9)
    return real(*arguments, **options)
os.{call} = dying
ensemble = Ensemble(Path({str(ensemble.folder)!r}))
ensemble.seal([ensemble.publish(table_of(0, [log(5)]))], {{}})
"""
        run = subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2])
        assert run.returncode in (0, 9)
        assert verify(ensemble) == ()
        assert sum(map(len, joined(ensemble.missing(1)))) + len(list(ensemble.logs())) == 1
    ensemble.seal([ensemble.publish(table_of(0, [log(5)]))], {})
    assert list(ensemble.logs()) == [(0, log(5))]


def test_an_ensemble_goes_to_another_process_as_its_folder(ensemble: Ensemble) -> None:
    ensemble.seal([ensemble.publish(table_of(0, LOGS))], {})
    assert pickle.loads(pickle.dumps(ensemble)) == ensemble  # noqa: S301
    assert len(pickle.dumps(ensemble)) < 1000


def seal_some(ensemble: Ensemble, barrier: Barrier, start: int, step: int) -> None:
    for first in range(start, len(LOGS), step):
        segment = ensemble.publish(table_of(first, LOGS[first : first + 1]))
        barrier.wait(60)
        ensemble.seal([segment], {"process": os.getpid()})


def test_two_processes_that_seal_at_the_same_time_converge(ensemble: Ensemble) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    processes = [spawn.Process(target=seal_some, args=(ensemble, barrier, start, 2)) for start in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert list(ensemble.logs()) == list(enumerate(LOGS))
    assert verify(ensemble) == ()
    assert {manifest_of(ensemble).number} == {12}


def test_the_loser_of_a_race_builds_on_the_winner(ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = ensemble.publish(table_of(0, LOGS[:6])), ensemble.publish(table_of(6, LOGS[6:]))
    link, rival = os.link, Ensemble(ensemble.folder)

    def late(source: Path, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        rival.seal([theirs], {})
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    manifest = ensemble.seal([mine], {})
    assert (manifest.number, manifest.runs) == (2, (range(12),))
    assert verify(ensemble) == ()


def test_importing_the_ledger_does_not_import_pyarrow() -> None:
    program = "import sys, sim.ledger; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_table_published_by_its_maker_is_the_segment_that_its_logs_are(ensemble: Ensemble, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other").create(ensemble.spec)
    table = table_of(3, LOGS)
    other_way = [*table.categories[::-1], Category("fired", "nobody does this")]
    codes = (len(table.categories) - 1 - table.codes).astype("i4")
    renumbered = dataclasses.replace(table, starts=table.starts.astype("i4"), codes=codes, categories=other_way)

    segment = ensemble.publish(renumbered)

    assert segment == other.publish(table_of(3, LOGS))
    assert ensemble.path(segment).read_bytes() == other.path(segment).read_bytes()


def test_importing_the_ledger_does_not_import_numpy() -> None:
    program = "import sys, sim.ledger; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_writer_that_slept_while_manifests_were_collected_does_not_seal_in_the_past(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of the manifest that it was about to write was taken, and is free again."""
    ensemble.seal([ensemble.publish(table_of(0, LOGS[:2]))], {})
    mine = ensemble.publish(table_of(8, LOGS[8:]))
    os.utime(ensemble.path(mine), (time.time() + 99,) * 2)
    link, rival = os.link, Ensemble(ensemble.folder)

    def late(source: Path, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        rival.seal([rival.publish(table_of(2, LOGS[2:4]))], {})
        os.utime(source, (time.time() + 99,) * 2)
        list(collect(rival, CollectionRule(time.time() + 10)))
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    manifest = ensemble.seal([mine], {})
    assert manifest == ensemble.manifest()
    assert manifest.runs == (range(4), range(8, 12))
    assert verify(ensemble) == ()


def test_runs_that_were_collected_before_they_are_sealed_are_not_called_sealed(ensemble: Ensemble) -> None:
    mine = ensemble.publish(table_of(8, LOGS[8:]))
    ensemble.digests(mine)
    list(collect(ensemble, CollectionRule(time.time() + 10)))
    with pytest.raises(LedgerError) as caught:
        ensemble.seal([mine], {})
    assert caught.value.code == "E704"
    assert ensemble.manifest() is None


def test_a_manifest_that_was_written_over_is_sealed_once_more(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without hard links and locks two writers may both find a name free; the second rename wins."""
    mine, theirs = ensemble.publish(table_of(0, LOGS[:6])), ensemble.publish(table_of(6, LOGS[6:]))
    rename, rival = Path.rename, Ensemble(ensemble.folder)

    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no links")

    def overtaken(source: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        rename(source, target)
        content = rival._child(None, [theirs], {}).content()
        target.write_bytes(content)
        return target

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "rename", overtaken)
    ensemble.seal([mine], {})
    assert manifest_of(ensemble).runs == (range(12),)
    assert verify(ensemble) == ()


def test_publishing_what_is_there_needs_no_sound_manifest(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, LOGS))
    ensemble.seal([segment], {})
    (ensemble.manifests / "00000001.json").write_bytes(b"{")
    assert ensemble.publish(table_of(0, LOGS)) == segment
