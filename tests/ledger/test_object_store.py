"""A ledger in an object store: the same runs and roots as in a folder, against a real server that speaks S3."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.analysis.runs import Tabulate
from sim.cli.main import main
from sim.errors import LedgerError, UsageError
from sim.experiment import Origin, prepare, record, reopen
from sim.experiment.cluster import open_pool
from sim.ledger import Ledger, verify
from sim.ledger.files.paths import files_below
from sim.ledger.files.publish import publish
from sim.ledger.files.stored import Stored
from sim.model.event_table import table_of
from tests.dice import DICE
from tests.ledger.logs import log
from tests.ledger.object_store import BUCKET, in_the_environment, served

RUNS = 1200
COMMAND = (sys.executable, "-m", "sim")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which the server keeps its objects; the environment says where it listens."""
    folder = tmp_path_factory.mktemp("store") / "buckets"
    with served(folder) as said, in_the_environment(said):
        yield folder / BUCKET


@pytest.fixture
def ledger(files: Path, request: pytest.FixtureRequest) -> Stored:
    """A place of its own in the bucket."""
    return Stored(BUCKET, f"{request.node.name.replace('[', '-').replace(']', '')}/a ledger")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "dice.yaml"
    file.write_text(DICE, encoding="utf-8")
    return file


@pytest.fixture
def root(model: Path, tmp_path: Path) -> str:
    """The digest of the runs as they are in a folder."""
    ensemble, _ = record(prepare(model, tmp_path / "folder"), RUNS, Tabulate(), workers=1)
    return ensemble.root(RUNS)


def test_a_name_is_given_once_and_what_it_names_is_never_written_over(ledger):
    assert publish(ledger / "name", b"one")
    assert not publish(ledger / "name", b"other")

    assert (ledger / "name").read_bytes() == b"one"


def test_of_many_writers_of_one_name_one_has_it(ledger):
    won: list[tuple[int, int]] = []

    def write(writer):
        won.extend((name, writer) for name in range(20) if publish(ledger / f"{name}", b"%d" % writer * 5000))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(name for name, _ in won) == list(range(20))
    assert all((ledger / f"{name}").read_bytes() == b"%d" % writer * 5000 for name, writer in won)


def test_a_store_that_writes_over_what_is_there_is_found_out(ledger, monkeypatch):
    from sim.ledger.files import stored

    monkeypatch.setattr(stored, "_trusted", set())
    forgetful = stored._obstore()
    put = forgetful.put
    # Such servers there are: they pass over a header that they do not know.
    monkeypatch.setattr(forgetful, "put", lambda *what, mode, **how: put(*what, mode="overwrite", **how))

    with pytest.raises(LedgerError) as error:
        publish(ledger / "name", b"one")

    assert error.value.code == "E717"
    assert "If-None-Match" in error.value.message


def test_what_is_stored_is_listed_and_read_in_parts_like_a_folder(ledger, tmp_path):
    names = ["a/b", "a/c d", "e", "ä/[1] #2~%"]
    for name in names:
        publish(ledger / name, bytes(range(256)) * 1000)

    assert ["/".join(path.relative_to(ledger).parts) for path in files_below(ledger)] == sorted(names)
    assert sorted(path.name for path in ledger.iterdir()) == ["a", "e", "ä"]
    assert (ledger / "a").is_dir()
    assert not (ledger / "a").is_file()
    assert not (ledger / "nothing").is_dir()
    with (ledger / "e").open("rb") as file:
        file.seek(-1000, os.SEEK_END)
        assert file.read() == (bytes(range(256)) * 4)[-1000:]
        assert file.seek(513) == 513
        assert file.read(3) == b"\1\2\3"


@pytest.mark.parametrize("workers", [1, 2])
def test_the_runs_have_the_same_root_as_in_a_folder(model, ledger, root, workers):
    ensemble, parts = record(prepare(model, ledger), RUNS, Tabulate(), workers=workers)

    assert ensemble.root(RUNS) == root
    assert sum(map(len, parts)) == RUNS
    assert verify(ensemble) == ()


@pytest.mark.system
def test_a_cluster_writes_to_the_store_itself(model, ledger, root):
    pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")
    with open_pool("local", 2) as pool:
        ensemble, _ = record(prepare(model, ledger), RUNS, Tabulate(), workers=pool)

    assert ensemble.root(RUNS) == root
    assert verify(ensemble) == ()


def test_an_ensemble_is_read_back_and_gone_on_from_with_the_documents_in_the_store(model, ledger):
    ensemble, _ = record(prepare(model, ledger), 30, Tabulate(), workers=1)
    model.unlink()

    again = reopen(Ledger(ledger).find(ensemble.id[:12]), Ledger(ledger))
    branch, parts = record(
        prepare(again.case.path, ledger, origin=Origin(ensemble.id, 3, 1)), 10, Tabulate(), workers=2
    )

    assert again.spec == ensemble.spec
    assert sum(map(len, parts)) == 10
    assert verify(branch) == ()


def test_two_writers_at_once_converge(ledger):
    logs = [log(4 + run % 3, run / 3) for run in range(24)]
    alone = Ledger(ledger / "alone").create({"model": "ceasefire"})
    alone.seal([alone.publish(table_of(0, logs))], {})

    def write(pieces):
        ensemble = Ledger(ledger / "both").create({"model": "ceasefire"})
        for first, stop in pieces:
            ensemble.seal([ensemble.publish(table_of(first, logs[first:stop]))], {})

    ways = [[(0, 6), (6, 12), (12, 18), (18, 24)], [(12, 24), (0, 12)], [(0, 24)], [(18, 24), (3, 20), (0, 6)]]
    threads = [threading.Thread(target=write, args=(pieces,)) for pieces in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (both,) = Ledger(ledger / "both").ensembles()
    manifest = both.manifest()
    assert manifest.root == alone.manifest().root
    assert verify(both) == ()
    assert len(list((both.folder / "manifests").iterdir())) == manifest.number


@pytest.mark.system
def test_a_killed_run_goes_on_where_it_was(model, ledger, root, tmp_path):
    command = [*COMMAND, "run", str(model), "--runs", str(RUNS), "--engine", "reference", "--ledger", str(ledger)]
    killed = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not any("manifests" in path.key for path in files_below(ledger)):
        assert time.monotonic() < until
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    (ensemble,) = Ledger(ledger).ensembles()
    assert 0 < ensemble.manifest().runs[0].stop < RUNS
    before = {path for path in files_below(ledger) if "segments" in path.key}

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert f"digest {root[:12]}" in done.stdout
    assert before <= set(files_below(ledger))
    assert verify(ensemble) == ()


def said_by(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["sim", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.system
def test_commands_read_a_ledger_in_a_store_or_say_why_not(model, ledger, tmp_path, capsys):
    where = ("--ledger", str(ledger))
    faster = tmp_path / "faster.yaml"
    faster.write_text("scenario: faster\nmodel: dice.yaml\nparameters: {pace: 2}\n")
    code, out, err = said_by(capsys, "run", str(model), "--runs", "40", "--json", *where)
    assert code == 0, err
    (ensemble,) = Ledger(ledger).ensembles()
    short = ensemble.id[:12]

    for command in (
        ("list",), ("verify",), ("log", short, "--run", "3"), ("verify", "--root", ensemble.root(40)[:12]),
        ("outcomes", short, "--outcome", "low: last == 1"), ("compare", short, str(faster), "--runs", "40"),
        ("plot", "probabilities", short, "-o", str(tmp_path / "plot.svg")),
        ("export", "rocrate", short, "--to", str(tmp_path / "crate")), ("query", "@measures", short),
        ("query", "SELECT count(*) FROM events", short),
    ):  # fmt: skip
        code, out, err = said_by(capsys, *command, *where)
        assert (code, command) == (0, command), out + err
    for command in (("repair",), ("gc",)):
        code, out, err = said_by(capsys, *command, *where)
        assert (code, command) == (1, command), out + err
        assert "E712" in err


def test_damage_in_a_store_is_found(model, ledger, files, capsys):
    ensemble, _ = record(prepare(model, ledger), 30, Tabulate(), workers=1)
    (segment,) = (files / ledger.key).glob("ensembles/*/segments/*.parquet")
    segment.write_bytes(segment.read_bytes()[:-20] + b"\0" * 20)

    code, out, _ = said_by(capsys, "verify", "--json", "--ledger", str(ledger))

    assert code == 1
    assert [problem["code"] for problem in json.loads(out)["ensembles"][0]["problems"]] == ["E703"]
    with pytest.raises(LedgerError) as error:
        list(Ledger(ledger).find(ensemble.id).logs())
    assert error.value.code == "E703"


def test_without_the_extra_the_way_to_install_it_is_told(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(UsageError) as error:
        record(prepare(model, Stored("bucket", "x")), 2, Tabulate())

    assert error.value.code == "E030"
