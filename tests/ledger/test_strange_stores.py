"""Object stores that are late, forgetful, damaged or full of other things: the runs are right, or an error says why."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.analysis.runs import Tabulate
from sim.errors import LedgerError
from sim.experiment import prepare, record
from sim.ledger import Ledger, verify
from sim.ledger.files.stored import Stored
from sim.ledger.leftovers import unknown_files
from sim.model.event_table import table_of
from tests.dice import DICE
from tests.ledger.faulty_store import STAMPED, Request, Server, breaks, faulty, lists, loses_answer, refuses
from tests.ledger.logs import log
from tests.ledger.object_store import BUCKET, in_the_environment

RUNS = 60


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("sim.ledger.files.asking.FIRST_PAUSE", 0.01)
    with faulty(tmp_path / "buckets") as server, in_the_environment(server.environment):
        yield server


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sim.experiment.workers.CHUNK", 10)
    file = tmp_path / "dice.yaml"
    file.write_text(DICE, encoding="utf-8")
    return file


@pytest.fixture
def root(model: Path, tmp_path: Path) -> str:
    ensemble, _ = record(prepare(model, tmp_path / "folder"), RUNS, Tabulate(), workers=1)
    return ensemble.root(RUNS)


LEDGER = Stored(BUCKET, "some where")


def test_a_store_that_passes_over_the_condition_is_refused(server, model):
    def forget_it(request: Request) -> bool:
        del request.handler.headers["If-None-Match"]
        return False

    server.fault = forget_it
    with pytest.raises(LedgerError) as error:
        record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    assert error.value.code == "E717"
    assert "If-None-Match" in error.value.message


@pytest.mark.parametrize("kind", ["HEAD", "GET", "PUT", "LIST"])
def test_a_key_that_expires_in_mid_run_loses_nothing(server, model, root, kind):
    for after in (0, 3, 9):
        seen = [0]

        def expire(request: Request, seen: list[int] = seen, after: int = after) -> bool:
            seen[0] += request.kind == kind
            return seen[0] > after and refuses(400, "ExpiredToken")(request)

        server.fault = expire
        problem: LedgerError | None = None
        try:
            record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
        except LedgerError as error:
            problem = error
        server.fault = None
        assert (problem is None) == (seen[0] <= after)
        assert problem is None or (problem.code == "E717" and "have expired" in problem.message)
        assert all(verify(one) == () for one in Ledger(LEDGER).ensembles())

    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
    assert ensemble.root(RUNS) == root


def test_a_listing_that_is_late_delays_and_loses_nothing(server, model, root):
    server.fault = lists(lambda _, objects: [each for each in objects if time.time() - each[1].stat().st_mtime > 0.2])

    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    server.fault = None
    assert ensemble.root(RUNS) == root
    assert verify(ensemble) == ()


def test_writers_at_once_in_a_store_that_fails_at_random_converge(server):
    logs = [log(4 + run % 3, run / 3) for run in range(24)]
    chance = random.Random(1)  # noqa: S311 - a test
    faults = [
        refuses(503, "SlowDown"),
        refuses(500, "InternalError"),
        refuses(409, "ConditionalRequestConflict"),
        breaks,
    ]

    def sometimes(request: Request) -> bool:
        if request.kind == "PUT" and chance.random() < 0.2:
            return loses_answer(request)
        return chance.random() < 0.2 and chance.choice(faults)(request)

    alone = Ledger(LEDGER / "alone").create({"model": "ceasefire"})
    alone.seal([alone.publish(table_of(0, logs))], {})
    server.fault = sometimes
    failed: list[BaseException] = []

    def write(pieces: list[tuple[int, int]]) -> None:
        try:
            ensemble = Ledger(LEDGER / "both").create({"model": "ceasefire"})
            for first_, stop in pieces:
                ensemble.seal([ensemble.publish(table_of(first_, logs[first_:stop]))], {})
        except BaseException as error:  # noqa: BLE001 - a thread's errors are nobody's
            failed.append(error)

    ways = [[(0, 6), (6, 12), (12, 18), (18, 24)], [(12, 24), (0, 12)], [(18, 24), (3, 20), (0, 6)]]
    threads = [threading.Thread(target=write, args=(pieces,)) for pieces in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    server.fault = None
    assert failed == []
    (both,) = Ledger(LEDGER / "both").ensembles()
    assert both.manifest().root == alone.manifest().root
    assert verify(both) == ()


@pytest.mark.parametrize("part", ["segments", "manifests", "spec.json", "documents"])
def test_what_arrives_damaged_is_an_error_and_never_another_number(server, model, root, part):
    record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    def damage(request: Request) -> bool:
        if request.kind == "GET" and part in request.key:
            body = bytearray((server.folder / request.key).read_bytes())
            body[len(body) // 3] ^= 4
            where = request.handler.headers.get("Range", "bytes=0-").removeprefix("bytes=")
            start, stop = (int(end) if end else None for end in where.split("-"))
            if start is None:
                start, stop = max(0, len(body) - (stop or 0)), None
            piece = bytes(body[start : None if stop is None else stop + 1])
            more = {**STAMPED, "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(body)}"}
            whole = "Range" not in request.handler.headers
            request.handler._send(200 if whole else 206, piece, STAMPED if whole else more)
            return True
        return False

    server.fault = damage
    with pytest.raises(LedgerError) as error:
        _read_all(model)
    assert error.value.code == "E703"


def _read_all(model: Path) -> None:
    record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
    (ensemble,) = Ledger(LEDGER).ensembles()
    assert ensemble.spec
    assert list(ensemble.logs())


def test_a_store_that_sends_readers_elsewhere_is_followed(server, model, root):
    record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    def elsewhere(request: Request) -> bool:
        handler = request.handler
        if request.kind != "GET" or "x-id" in handler.path:
            return False
        handler.close_connection = True
        handler._send(307, b"", {"Location": f"{server.address}{handler.path}?x-id=GetObject", "Connection": "close"})
        return True

    server.fault = elsewhere
    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    assert ensemble.root(RUNS) == root


def test_other_objects_beside_a_ledger_and_markers_of_folders_do_no_harm(server, model, root):
    record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
    for name in ("readme.txt", "ensembles/notes", "ensembles/" + "a" * 64 + "/stray", "../some where else/x"):
        path = server.folder / LEDGER.key / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not the ledger's")
    marker = server.folder / "marker"
    marker.touch()
    server.fault = lists(lambda prefix, objects: [(prefix, marker), *objects])  # as consoles make for a folder

    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    assert ensemble.root(RUNS) == root
    assert [verify(one) for one in Ledger(LEDGER).ensembles()] == [()]
    assert sorted(file.path.name for file in unknown_files(Ledger(LEDGER))) == ["notes", "readme.txt"]


@pytest.mark.parametrize("name", ["a//b", "../a", "./a", "a\tb"])
def test_an_object_that_cannot_be_named_is_named_as_the_reason(server, model, name):
    record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
    stray = server.folder / "stray"
    stray.touch()
    server.fault = lists(lambda prefix, objects: [(prefix + name, stray), *objects])

    with pytest.raises(LedgerError) as error:
        Ledger(LEDGER).ensembles()

    assert error.value.code == "E717"
    assert name.replace("\t", " ") in error.value.message
    assert "remove this object" in error.value.notes[0]


def test_an_empty_object_where_runs_should_be_is_damage(server, model):
    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)
    for segment in (server.folder / LEDGER.key).rglob("*.parquet"):
        segment.write_bytes(b"")

    with pytest.raises(LedgerError) as error:
        Ledger(LEDGER).find(ensemble.id).root(5)

    assert error.value.code == "E703"
    assert {problem.code for problem in verify(ensemble)} == {"E703"}


def test_what_lies_in_a_part_of_an_object_is_read_as_from_a_file(server):
    content = bytes(range(251)) * 800
    assert (LEDGER / "large").create(content)

    with (LEDGER / "large").open("rb") as file:
        for at, size in ((0, 10), (200_790, 100), (130_000, 10_000), (0, 200_800), (200_800, 5), (64, 140_000)):
            file.seek(at)
            assert file.read(size) == content[at : at + size]


def test_no_lost_answer_to_a_write_makes_a_run_fail(server, model, root):
    seen: set[str] = set()

    def lose(request: Request) -> bool:
        if request.kind != "PUT" or request.key in seen:
            return False
        seen.add(request.key)
        return loses_answer(request)

    server.fault = lose
    ensemble, _ = record(prepare(model, LEDGER), RUNS, Tabulate(), workers=1)

    assert len(seen) > RUNS / 10
    assert ensemble.root(RUNS) == root
