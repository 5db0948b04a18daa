"""`sim copy`: a ledger in another place has the same ensembles, with the same runs, and nothing was written over."""

import dataclasses
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.ledger import Ledger, verify
from sim.ledger.copying import copy
from sim.ledger.files.paths import place
from sim.ledger.manifest import manifest_path
from tests.dice import DICE
from tests.ledger.faulty_store import Request, Server, breaks, faulty, refuses
from tests.ledger.object_store import BUCKET, in_the_environment

RUNS = 60


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("sim.ledger.files.asking.FIRST_PAUSE", 0.01)
    with faulty(tmp_path / "buckets") as server, in_the_environment(server.environment):
        yield server


@pytest.fixture
def dice(sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model with two scenarios, in whose ledgers a file has five runs."""
    monkeypatch.setattr("sim.experiment.workers.CHUNK", 5)
    (tmp_path / "dice.yaml").write_text(DICE, encoding="utf-8")
    faster = tmp_path / "faster.yaml"
    faster.write_text("scenario: faster\nmodel: dice.yaml\nparameters: {pace: 2}\n", encoding="utf-8")
    for path in ("dice.yaml", "faster.yaml"):
        assert sim("run", path, "--runs", RUNS, "--workers", 1).code == 0
    return tmp_path / "dice.yaml"


def contents(folder: Path, but: str = "manifests") -> dict[str, bytes]:
    """Return all files but manifests, which say when they were made, and the index, which a ledger makes for itself."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and not {but, "index"} & set(path.parts)
    }  # fmt: skip


def roots(where: str) -> dict[str, str]:
    return {one.id: manifest.root for one in Ledger(place(where)).ensembles() if (manifest := one.manifest())}


WAYS = [("ledger", "copied"), ("ledger", f"s3://{BUCKET}/a b/ü")]


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_copy_has_the_same_files_and_roots_and_is_whole(sim, dice, server, source, target):
    answer = sim("copy", source, target)

    assert answer.code == 0, answer.err
    assert "of 2 ensembles of ledger" in answer.out
    assert roots(target) == roots(source)
    assert all(verify(one) == () for one in Ledger(place(target)).ensembles())
    back = sim("copy", target, "back")
    assert back.code == 0, back.err
    assert contents(Path("back")) == contents(Path("ledger"))
    for command in (["log", "--run", 3], ["outcomes"], ["query", "@outcomes"], ["verify"]):
        for id_ in roots(source):
            again = sim(*command, id_[:12], "--ledger", "back")
            assert (again.code, command) == (0, command), again.err


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_second_copy_writes_nothing_and_reads_no_runs(sim, dice, server, source, target):
    sim("copy", source, target)
    server.requests.clear()

    data = json.loads(sim("copy", source, target, "--json").out)

    assert [(one["files"], one["bytes"], one["problems"]) for one in data["ensembles"]] == [(0, 0, [])] * 2
    assert server.counted["PUT"] == 0
    assert not any("/segments/" in request.key for request in server.requests if request.kind == "GET")


def test_what_has_grown_in_the_source_is_added_and_what_the_target_has_of_its_own_stays(sim, dice, server):
    target = f"s3://{BUCKET}/x"
    first, second = sorted(roots("ledger"))
    assert sim("copy", "ledger", target, first[:12]).code == 0
    assert set(roots(target)) == {first}
    for path in ("dice.yaml", "faster.yaml"):
        sim("run", path, "--runs", 2 * RUNS, "--workers", 1)
    sim("run", "dice.yaml", "--seed", 2, "--runs", 10, "--ledger", target)
    server.requests.clear()

    answer = sim("copy", "ledger", target)

    assert answer.code == 0, answer.err
    assert len(roots(target)) == 3
    assert {first, second} <= set(roots(target))
    assert {id_: roots(target)[id_] for id_ in (first, second)} == roots("ledger")
    written = [request.key for request in server.requests if request.kind == "PUT" and first in request.key]
    assert sum("/segments/" in key for key in written) == RUNS // 5
    assert "manifests" in written[-1]


@pytest.mark.system
def test_a_copy_that_is_stopped_anywhere_is_sound_and_goes_on(sim, dice, server, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ledger.copying.SECONDS_BETWEEN_SEALS", 0.0)
    target = f"s3://{BUCKET}/x"
    sizes = []
    for stop in range(1, 45, 4):
        puts = [0]

        def refuse(request: Request, puts: list[int] = puts, stop: int = stop) -> bool:
            puts[0] += request.kind == "PUT"
            return puts[0] > stop and refuses(403, "AccessDenied")(request)

        server.fault = refuse
        answer = sim("copy", "ledger", target)
        server.fault = None
        assert "Traceback" not in answer.err
        assert answer.code == (1 if puts[0] > stop else 0)
        for one in Ledger(place(target)).ensembles():
            assert verify(one) == ()
            manifest = one.manifest()
            sizes.append(sum(map(len, manifest.runs)) if manifest else 0)
    assert sim("copy", "ledger", target).code == 0
    assert len(set(sizes) - {0, RUNS}) > 0
    assert roots(target) == roots("ledger")
    assert contents(server.folder / "x") == contents(tmp_path / "ledger")


def test_what_a_copy_got_as_far_as_is_sealed_when_it_is_stopped(sim, dice, tmp_path):
    def stop(done: int, wanted: int, events: int = 0) -> None:
        if done == wanted // 2:
            raise KeyboardInterrupt

    (source, *_) = (one for one in Ledger(tmp_path / "ledger").ensembles() if len(one.manifest().segments) > 1)
    target = Ledger(tmp_path / "copied")
    with pytest.raises(KeyboardInterrupt):
        copy(source, target, stop)

    assert verify(target.ensemble(source.id)) == ()
    assert len(target.ensemble(source.id).manifest().segments) == len(source.manifest().segments) // 2


@pytest.mark.parametrize("source", ["nothing", "ledger/ensembles"])
def test_what_is_no_ledger_is_not_copied_as_an_empty_one(sim, dice, tmp_path, source):
    (tmp_path / "nothing").mkdir()
    answer = sim("copy", source, "elsewhere")

    assert answer.code == 1
    assert "error E701: there is no ensemble in " in answer.err


def test_a_copy_that_is_killed_goes_on(sim, dice, server, tmp_path):
    target = f"s3://{BUCKET}/x"
    server.fault = lambda _: time.sleep(0.03) is not None
    command = [sys.executable, "-m", "sim", "copy", "ledger", target]
    killed = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, **server.environment})
    until = time.monotonic() + 30
    while not any("/segments/" in request.key for request in server.requests if request.kind == "PUT"):
        assert time.monotonic() < until
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    server.fault = None
    assert all(verify(one) == () for one in Ledger(place(target)).ensembles())

    assert sim("copy", "ledger", target).code == 0
    assert roots(target) == roots("ledger")


def test_a_damaged_file_of_the_source_is_left_out_and_told(sim, dice, tmp_path):
    damaged = sorted((tmp_path / "ledger").glob("ensembles/*/segments/*"))[3]
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"\0" * 9)

    answer = sim("copy", "ledger", "copied")

    assert answer.code == 1
    assert f"error E703: {damaged.relative_to(tmp_path)}" in answer.err
    hurt = Ledger(Path("copied")).find(damaged.parent.parent.name)
    assert sum(map(len, hurt.manifest().runs)) == RUNS - 5
    assert all(verify(one) == () for one in Ledger(Path("copied")).ensembles())
    assert sim("repair").code == 0
    assert sim("copy", "ledger", "copied").code == 0
    assert roots("copied") == roots("ledger")


@pytest.mark.parametrize("file", ["spec.json", "documents/*/dice.yaml", "segments/*"])
def test_what_stands_in_the_target_is_never_written_over(sim, dice, tmp_path, file):
    assert sim("copy", "ledger", "copied").code == 0
    for manifest in (tmp_path / "copied").rglob("manifests/*.json"):
        manifest.unlink()
    for entry in (tmp_path / "copied").rglob("entry"):
        entry.unlink()
    (theirs, *_) = sorted((tmp_path / "copied").glob(f"ensembles/*/{file}"))
    theirs.write_bytes(b"theirs")

    answer = sim("copy", "ledger", "copied")

    assert answer.code == 1
    assert "E703" in answer.err
    assert theirs.read_bytes() == b"theirs"


def test_an_ensemble_whose_runs_are_others_in_the_target_is_told(sim, dice, tmp_path):
    (first, *_) = sorted(roots("ledger"))
    shutil.copytree("ledger", "copied")
    copied = Ledger(Path("copied")).find(first)
    newest = copied.manifest()
    otherwise = dataclasses.replace(newest, root=hashlib.sha256(b"").hexdigest())
    manifest_path(copied.manifests, newest.number).write_bytes(otherwise.content())

    answer = sim("copy", "ledger", "copied", first[:12])

    assert answer.code == 1
    assert "E719" in answer.err


def test_a_branch_takes_along_what_it_branches_from(sim, dice, tmp_path):
    (first, *_) = [id_ for id_ in roots("ledger") if sim("log", id_, "--run", 0).code == 0]
    before = set(roots("ledger"))
    assert sim("run", "dice.yaml", "--from", f"{first[:12]}:0:1", "--runs", 5).code == 0
    (branch,) = set(roots("ledger")) - before

    answer = sim("copy", "ledger", "copied", branch[:12])

    assert answer.code == 0, answer.err
    assert set(roots("copied")) == {branch, first}
    assert sim("log", branch[:12], "--run", 0, "--ledger", "copied").code == 0


@pytest.mark.system
def test_a_source_may_grow_while_it_is_copied(sim, dice, server, tmp_path):
    ending = threading.Event()

    def grow() -> None:
        for runs in range(RUNS + 5, 3 * RUNS, 5):
            if not ending.is_set():
                subprocess.run(
                    [sys.executable, "-m", "sim", "run", "dice.yaml", "--runs", str(runs)], cwd=tmp_path,
                    capture_output=True, check=True,
                )  # fmt: skip

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        for _ in range(5):
            answer = sim("copy", "ledger", f"s3://{BUCKET}/x")
            assert answer.code == 0, answer.err
            assert all(verify(one) == () for one in Ledger(place(f"s3://{BUCKET}/x")).ensembles())
    finally:
        ending.set()
        growing.join()


@pytest.mark.parametrize(
    ("source", "target"),
    [("ledger", "ledger"), ("ledger", "ledger/copied"), ("ledger/ensembles", "ledger"), ("ledger", "./x/../ledger")],
)
def test_a_ledger_is_not_copied_into_itself(sim, dice, source, target):
    answer = sim("copy", source, target)

    assert answer.code == 1
    assert "E719" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("nowhere", "copied"), 1, "E701"),
        (("ledger", "copied", "ffff"), 1, "E701"),
        (("ledger", "s3:/bucket/x"), 2, "E033"),
        (("ledger", "dice.yaml"), 1, "E706"),
        (("ledger",), 2, "TARGET"),
    ],
)
def test_a_copy_that_makes_no_sense_is_refused(sim, dice, arguments, code, word):
    answer = sim("copy", *arguments)

    assert (answer.code, word in answer.err) == (code, True), answer.err
    assert not Path("s3:").exists()


def test_a_store_that_breaks_now_and_then_is_copied_to_all_the_same(sim, dice, server):
    server.fault = lambda request: len(server.requests) % 3 == 0 and breaks(request)

    answer = sim("copy", "ledger", f"s3://{BUCKET}/x")

    assert answer.code == 0, answer.err
    assert roots(f"s3://{BUCKET}/x") == roots("ledger")


def test_ctrl_c_stops_a_copy_at_once_and_says_that_it_goes_on(sim, dice, server, tmp_path):
    ending = threading.Event()
    target = f"s3://{BUCKET}/x"
    server.fault = lambda request: "/segments/" in request.key and request.kind == "PUT" and ending.wait(60)
    copying = subprocess.Popen(
        [sys.executable, "-m", "sim", "copy", "ledger", target], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **server.environment},
    )  # fmt: skip
    while not any("/segments/" in request.key for request in server.requests if request.kind == "PUT"):
        time.sleep(0.02)
    copying.send_signal(signal.SIGINT)
    _, err = copying.communicate(timeout=20)
    ending.set()

    assert copying.returncode == 130
    assert "the same command goes on from there" in err
    server.fault = None
    assert sim("copy", "ledger", target).code == 0
    assert roots(target) == roots("ledger")
