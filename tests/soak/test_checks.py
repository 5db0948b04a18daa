"""The soak's checks find what they are for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sim.ledger import Ledger
from sim.model.event_table import table_of
from tests.ledger.faults.damage import small_ledger
from tests.ledger.faults.farm import TOP
from tests.ledger.faults.tasks import LOGS, SPEC
from tests.soak.bench import Bench, Round, ensembles
from tests.soak.checks import as_stopped, nothing_needless
from tests.soak.processes import MARK, left, marked
from tests.soak.seen import Digests, WatchedLedger

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")


@pytest.fixture
def round_(tmp_path: Path) -> Iterator[Round]:
    (tmp_path / "bench").mkdir()
    bench = Bench(tmp_path / "bench", only="dice")
    small_ledger(bench.watched.folder)
    assert bench.watched.look() == []
    yield Round(1, Random(1), bench, bench.watched, bench.cases[0], 500)  # noqa: S311
    assert marked(bench.token) == []


def test_nothing_is_told_of_a_ledger_that_grows(round_: Round) -> None:
    (ensemble,) = round_.watched.ledger.ensembles()
    ensemble.seal([ensemble.publish(table_of(3, LOGS[3:]))], {})
    nothing_needless(round_)
    assert round_.wrong == []
    assert round_.watched.sealed == {ensemble.id: set(range(len(LOGS)))}


def test_runs_that_were_sealed_and_are_gone_are_told(round_: Round) -> None:
    (ensemble,) = round_.watched.ledger.ensembles()
    max(ensemble.manifests.iterdir()).unlink()
    (told,) = round_.watched.look()
    assert told.endswith("runs 2 to 2 (1) were sealed and are gone")


def test_an_ensemble_that_is_gone_or_cannot_be_read_is_told(round_: Round) -> None:
    (ensemble,) = round_.watched.ledger.ensembles()
    max(ensemble.manifests.iterdir()).write_bytes(b"")
    assert "cannot be read" in round_.watched.look()[0]
    ensemble.folder.rename(round_.bench.folder / "elsewhere")
    assert round_.watched.look() == [f"ensemble {ensemble.id[:12]}: runs 0 to 2 (3) were sealed and are gone"]


def test_other_digests_of_runs_that_were_seen_before_are_told_in_any_ledger(tmp_path: Path) -> None:
    digests = Digests()
    small_ledger(tmp_path / "one")
    other = Ledger(tmp_path / "other").create(SPEC)
    other.seal([other.publish(table_of(0, [LOGS[0], LOGS[3]]))], {})
    assert WatchedLedger(tmp_path / "one", digests).look() == []
    assert WatchedLedger(tmp_path / "other", digests).look() == [
        f"ensemble {other.id[:12]}: other digests of runs 1 to 1 (1)"
    ]


@pytest.mark.parametrize(
    "where", ["ledger-1/ensembles/notes.txt", "ledger-1/.x.1-0123abcd.tmp", "temporary/x", "cache/.x.o.1-0123abcd"]
)
def test_a_file_that_gc_leaves_is_told(round_: Round, where: str) -> None:
    path = round_.bench.folder / where
    path.write_bytes(b"half")
    nothing_needless(round_)
    (told,) = round_.wrong
    assert str(path) in told


def test_damage_that_a_repair_would_have_mended_is_told(round_: Round) -> None:
    (ensemble,) = round_.watched.ledger.ensembles()
    path = next(iter((ensemble.folder / "segments").iterdir()))
    path.write_bytes(path.read_bytes()[:-1])
    nothing_needless(round_)
    assert "E703" in round_.wrong[0]


def test_a_process_that_is_left_is_told_and_ended() -> None:
    token = f"a-test-{os.getpid()}"
    waiting = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(waiting, env={**os.environ, MARK: token}, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert marked(token) == [process.pid]
        assert marked("another") == []
        (told,) = left(token, 0.0)
    assert f"process {process.pid} is left" in told
    assert marked(token) == []


def test_a_code_that_may_not_be_is_told_with_the_command_and_what_it_wrote(round_: Round) -> None:
    round_.finish(round_.sim("list"), {0})
    assert round_.wrong == []
    round_.finish(round_.sim("vreify"), {0, 1})
    (told,) = round_.wrong
    assert told.startswith("code 2, expected 0 or 1: sim vreify --ledger")
    assert "there is no command 'vreify'" in told


@pytest.mark.parametrize(("said", "told"), [("3", 0), ("1,003", 1)])
def test_a_command_that_says_more_is_sealed_than_there_is_is_told(round_: Round, said: str, told: int) -> None:
    (ensemble,) = round_.watched.ledger.ensembles()
    running = round_.sim("verify")
    running.wait(60)
    running.err.write_text(f"stopped: {said} of 2,000 runs of 'quo' are sealed in ensemble {ensemble.id[:12]}; so\n")
    round_.finished.append(running)
    as_stopped(round_)
    assert len(round_.wrong) == told


@pytest.mark.parametrize(("where", "told"), [("<frozen runpy>", 0), (f"{TOP}/sim/cli/main.py", 1)])
def test_a_traceback_of_an_interruption_is_told_from_when_sim_has_begun(round_: Round, where: str, told: int) -> None:
    running = round_.sim("verify")
    running.wait(60)
    running.err.write_text(f'Traceback:\n  File "{where}", line 18\nKeyboardInterrupt\n')
    round_.finish(running, {130})
    assert len(round_.wrong) == told


def test_the_ensembles_of_what_a_command_told_are_found() -> None:
    assert ensembles({"baseline": {"ensemble": "ab"}, "others": [{"ensemble": "cd", "runs": 3}]}) == {"ab", "cd"}
