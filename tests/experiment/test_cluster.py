"""Runs made by a real Dask scheduler and its workers: the same, however many, and whatever happens to them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.analysis.runs import Tabulate
from sim.errors import LedgerError, SimError, UsageError
from sim.experiment import prepare, record
from sim.experiment import workers as shell
from sim.experiment.cluster import hired
from sim.ledger import verify
from tests.dice import DICE
from tests.experiment.dask_processes import dask, process

pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")

RUNS = 900
COMMAND = (sys.executable, "-m", "sim")


@pytest.fixture(autouse=True)
def _many_tasks(monkeypatch):
    monkeypatch.setattr(shell, "CHUNK", 100)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "dice.yaml"
    file.write_text(DICE, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the runs as one process makes them."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "dice.yaml").write_text(DICE, encoding="utf-8")
    ensemble, _ = record(prepare(folder / "dice.yaml", folder / "ledger"), RUNS, Tabulate(), workers=1)
    return ensemble.root(RUNS)


def slowly(model: Path, ledger: Path):
    """An experiment that takes the workers a while, so that something can happen meanwhile."""
    return replace(prepare(model, ledger), engine="reference")


def wait_for(there, what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, f"no {what} in {seconds} s"
        time.sleep(0.05)


def test_the_runs_are_the_same_with_one_two_and_three_workers(model, tmp_path, root):
    with dask(tmp_path / "dask") as started:
        for number in (1, 2, 3):
            started.worker()
            with hired(started.address, None) as crew:
                crew.client.wait_for_workers(number, timeout=30)
                ledger = tmp_path / f"ledger-{number}"
                ensemble, parts = record(prepare(model, ledger), RUNS, Tabulate(), workers=crew)

            assert ensemble.root(RUNS) == root
            assert sum(map(len, parts)) == RUNS
            assert verify(ensemble) == ()


@pytest.mark.parametrize("sent", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_worker_that_is_killed_half_way_changes_nothing(model, tmp_path, root, sent, capfd):
    with dask(tmp_path / "dask", workers=1) as started, hired(started.address, None) as crew:
        doomed = started.worker()
        crew.client.wait_for_workers(2, timeout=30)

        def strike(done, *_):
            if 0 < done < RUNS and doomed.poll() is None:
                doomed.send_signal(sent)
                doomed.wait(20)

        ensemble, parts = record(slowly(model, tmp_path / "ledger"), RUNS, Tabulate(), workers=crew, progress=strike)

        assert doomed.returncode is not None
        assert capfd.readouterr().err == ""
        assert len(crew.client.nthreads()) == 1
        assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)
        assert verify(ensemble) == ()


@pytest.mark.parametrize("dead", ["every worker", pytest.param("the scheduler", marks=pytest.mark.slow)])
def test_a_cluster_that_gives_up_says_so_and_what_is_sealed_stays(model, tmp_path, root, dead, capfd):
    with dask(tmp_path / "dask", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as started:
        doomed = started.worker() if dead == "every worker" else started.scheduler
        if dead == "the scheduler":
            started.worker()

        def strike(done, *_):
            if 0 < done < RUNS and doomed.poll() is None:
                doomed.kill()

        experiment = slowly(model, tmp_path / "ledger")
        with hired(started.address, None) as crew, pytest.raises(SimError) as error:
            record(experiment, RUNS, Tabulate(), workers=crew, progress=strike)

    assert error.value.code == "E610"
    assert capfd.readouterr().err == ""
    (ensemble,) = experiment.ledger.ensembles()
    assert 0 < len(list(ensemble.logs())) < RUNS
    record(experiment, RUNS, Tabulate(), workers=1)
    assert ensemble.root(RUNS) == root


def test_an_error_of_a_worker_reaches_the_caller_as_it_is(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    ensemble, _ = record(experiment, 600, Tabulate(), workers=1)
    for segment in ensemble.folder.glob("segments/*"):
        segment.write_bytes(segment.read_bytes()[:-9] + b"\0" * 9)

    with (
        dask(tmp_path / "dask", workers=1) as started,
        hired(started.address, None) as crew,
        pytest.raises(LedgerError) as error,
    ):
        record(experiment, 600, Tabulate(), workers=crew)

    assert error.value.code == "E703"


def test_a_worker_of_another_version_is_refused_by_name_before_anything_is_done(model, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(Path(sim.__file__).parent, other / "sim")
    init = other / "sim" / "__init__.py"
    init.write_text(init.read_text().replace(f'"{sim.__version__}"', '"0.0.7"'))

    with dask(tmp_path / "dask", workers=1) as started:
        with hired(started.address, None) as crew:
            started.worker(PYTHONPATH=str(other))
            crew.client.wait_for_workers(2, timeout=30)
        with pytest.raises(UsageError) as error, hired(started.address, None):
            pass

    assert error.value.code == "E032"
    (note,) = error.value.notes
    assert "the worker at tcp://127.0.0.1:" in note
    assert "has sim 0.0.7" in note


def test_a_worker_that_does_not_see_the_ledger_says_on_which_host(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    with dask(tmp_path / "dask", workers=1) as started, hired(started.address, None) as crew:

        def hide(*_):
            (tmp_path / "ledger").rename(tmp_path / "elsewhere")

        with pytest.raises(LedgerError) as error:
            record(experiment, RUNS, Tabulate(), workers=crew, progress=hide)

    assert error.value.code == "E711"
    assert os.uname().nodename in error.value.message
    assert str(tmp_path / "ledger") in error.value.message


def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_FOR_A_WORKER", 1)
    with dask(tmp_path / "dask") as started, pytest.raises(UsageError) as error, hired(started.address, None):
        pass

    assert error.value.code == "E031"
    assert "no worker has joined" in error.value.message


@pytest.mark.parametrize(
    ("cluster", "workers", "code"),
    [("scheduler", None, "E031"), ("tcp://127.0.0.1:9", None, "E031"), ("tcp://127.0.0.1:9", 3, "E013")],
)
def test_an_address_that_makes_no_sense_or_where_nobody_answers_is_refused(monkeypatch, cluster, workers, code):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(UsageError) as error, hired(cluster, workers):
        pass

    assert error.value.code == code


def test_without_the_extra_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as error, hired("local", None):
        pass

    assert error.value.code == "E030"
    assert error.value.notes == ("pip install '.[cluster]'",)


def test_a_cluster_of_this_machine_gives_the_same_and_goes_on_after_an_interruption(model, tmp_path, root):
    command = (*COMMAND, "run", str(model), "--runs", str(RUNS), "--engine", "reference", "--ledger")
    local = ("--cluster", "local", "--workers", "1")
    with process(*command, "stopped", *local, log=tmp_path / "log") as started:
        wait_for(lambda: list(tmp_path.glob("stopped/ensembles/*/manifests/*.json")), "manifest")
        os.killpg(started.pid, signal.SIGINT)
        assert started.wait(30) == 130
    said = (tmp_path / "log").read_text()
    assert "the same command goes on from there" in said
    assert "Traceback" not in said

    done = subprocess.run([*command, "stopped", *local], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert f"digest {root[:12]}" in done.stdout
    assert done.stderr == ""
