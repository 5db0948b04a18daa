"""Runs made by a real Dask scheduler and its workers: the same, however many, and whatever happens to them."""

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

import sim
from sim.analysis.runs import Tabulate
from sim.errors import LedgerError, SimError, SimWarning, UsageError
from sim.experiment import RunSettings, prepare, record
from sim.experiment import workers as shell
from sim.experiment.cluster import dispatch, identity, membership, open_pool, remote
from sim.experiment.cluster.remote import Assignment, done
from sim.experiment.jobs import MOST_OPENED, EnsembleJob, WorkerContext
from sim.experiment.packing import Sender
from sim.experiment.record import job_of
from sim.ledger import verify
from tests.dice import DICE
from tests.experiment.dask_processes import blind, dask, process

pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")

RUNS = 900
LAYERS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][
    0
]
DATA_FLOWS = {name.strip("( )") for layer in LAYERS["layers"] for name in layer.split("|")}
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
    return prepare(model, ledger, RunSettings(engine="reference"))


def wait_for(there, what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, f"no {what} in {seconds} s"
        time.sleep(0.05)


@pytest.mark.system
def test_the_runs_are_the_same_with_one_two_and_three_workers(model, tmp_path, root):
    with dask(tmp_path / "dask") as started:
        for number in (1, 2, 3):
            started.worker()
            with open_pool(started.address, None) as pool:
                pool.client.wait_for_workers(number, timeout=30)
                ledger = tmp_path / f"ledger-{number}"
                ensemble, parts = record(prepare(model, ledger), RUNS, Tabulate(), workers=pool)

            assert ensemble.root(RUNS) == root
            assert sum(map(len, parts)) == RUNS
            assert verify(ensemble) == ()


@pytest.mark.system
@pytest.mark.parametrize("sent", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_worker_that_is_killed_half_way_changes_nothing(model, tmp_path, root, sent, capfd):
    with dask(tmp_path / "dask", workers=1) as started, open_pool(started.address, None) as pool:
        doomed = started.worker()
        pool.client.wait_for_workers(2, timeout=30)

        def strike(done, *_):
            if 0 < done < RUNS and doomed.poll() is None:
                doomed.send_signal(sent)
                doomed.wait(20)

        ensemble, parts = record(slowly(model, tmp_path / "ledger"), RUNS, Tabulate(), workers=pool, progress=strike)

        assert doomed.returncode is not None
        assert capfd.readouterr().err == ""
        assert len(pool.client.nthreads()) == 1
        assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)
        assert verify(ensemble) == ()


@contextmanager
def quiet():
    """Leave aside that somebody is warned: another test reads what it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SimWarning)
        yield


@pytest.mark.system
@pytest.mark.parametrize("dead", ["every worker", pytest.param("the scheduler", marks=pytest.mark.slow)])
def test_a_cluster_that_gives_up_says_so_and_what_is_sealed_stays(model, tmp_path, root, dead, capfd, monkeypatch):
    with dask(tmp_path / "dask") as started:
        doomed = started.worker() if dead == "every worker" else started.scheduler
        if dead == "the scheduler":
            started.worker()

        def strike(done, *_):
            if 0 < done < RUNS and doomed.poll() is None:
                doomed.kill()

        experiment = slowly(model, tmp_path / "ledger")
        monkeypatch.setattr(dispatch, "SECONDS_WITHOUT_WORKERS", 1)
        with open_pool(started.address, None) as pool, quiet(), pytest.raises(SimError) as error:
            record(experiment, RUNS, Tabulate(), workers=pool, progress=strike)

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
        open_pool(started.address, None) as pool,
        pytest.raises(LedgerError) as error,
    ):
        record(experiment, 600, Tabulate(), workers=pool)

    assert error.value.code == "E703"


@pytest.fixture
def edited(tmp_path: Path) -> dict[str, str]:
    """The environment of a worker with a copy of this sim, of the same release, in which somebody edited one file."""
    shutil.copytree(Path(sim.__file__).parent, tmp_path / "other" / "sim")
    file = tmp_path / "other" / "sim" / "model" / "evolve.py"
    file.write_text(file.read_text() + "\n# edited\n")
    return {"PYTHONPATH": str(tmp_path / "other")}


def test_a_worker_with_other_sources_is_refused_by_name_before_anything_is_done(edited, tmp_path):
    with dask(tmp_path / "dask") as started:
        started.worker(**edited)
        with pytest.raises(UsageError) as error, open_pool(started.address, None):
            pass

    assert error.value.code == "E032"
    (note,) = error.value.notes
    assert "the worker at tcp://127.0.0.1:" in note
    assert f"has sim {sim.__version__}" in note


def did_something(pool) -> set[str]:
    """The addresses of the workers that have done a task."""
    desks = pool.client.run(remote._context.cache_info, workers=list(pool.able))
    return {worker for worker, of in desks.items() if of.misses}


@pytest.mark.system
def test_whoever_joins_later_gets_work_but_for_workers_with_other_sources(model, tmp_path, root, edited, monkeypatch):
    monkeypatch.setattr(shell, "CHUNK", 10)
    monkeypatch.setattr(dispatch, "SECONDS_OF_AN_ASSIGNMENT", 0)
    (tmp_path / "empty" / "sim").mkdir(parents=True)
    (tmp_path / "empty" / "sim" / "__init__.py").touch()
    with dask(tmp_path / "dask", workers=1) as started, open_pool(started.address, None) as pool:

        def join(done, *_):
            if done == 10:
                started.worker(threads=8)
                started.worker(**edited)
                started.worker(PYTHONPATH=str(tmp_path / "empty"))
                pool.client.wait_for_workers(4, timeout=30)
            elif done and not (len(pool.left_out) == len(pool) == 2):
                time.sleep(0.2)

        with pytest.warns(SimWarning) as warned:
            ensemble, parts = record(slowly(model, tmp_path / "ledger"), RUNS, Tabulate(), workers=pool, progress=join)

        assert [why.code for why in pool.left_out.values()] == ["E032", "E032"]
        named = sorted(f"warning W036: the worker at {worker} is left out" for worker in pool.left_out)
        assert sorted(str(one.message).split(",")[0] for one in warned) == named
        assert sum("has no sim that can be asked" in str(one.message) for one in warned) == 1
        assert len(pool) == 2
        assert pool.present() == pool.able.keys() | pool.left_out.keys(), "and none of them was ended by being asked"
        assert did_something(pool) == set(pool.able)
        assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)


@pytest.mark.system
def test_a_worker_that_does_not_see_the_ledger_says_on_which_host(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    with dask(tmp_path / "dask", workers=1) as started, open_pool(started.address, None) as pool:

        def hide(*_):
            (tmp_path / "ledger").rename(tmp_path / "elsewhere")

        with pytest.raises(LedgerError) as error:
            record(experiment, RUNS, Tabulate(), workers=pool, progress=hide)

    assert error.value.code == "E711"
    assert os.uname().nodename in error.value.message
    assert str(tmp_path / "ledger") in error.value.message


@pytest.mark.system
def test_workers_that_do_not_see_the_ledger_or_fail_at_all_are_left_out_by_name(model, tmp_path, root):
    ledger = tmp_path / "ledger"
    with dask(tmp_path / "dask", workers=1) as started:
        started.worker(**blind(tmp_path / "blind", ledger))
        started.worker(**blind(tmp_path / "failing", ledger, but="spec.json"))
        with open_pool(started.address, 3, wait=True) as pool:
            with pytest.warns(SimWarning) as warned:
                ensemble, parts = record(slowly(model, ledger), RUNS, Tabulate(), workers=pool)

            told = sorted(str(one.message) for one in warned)
            named = sorted(f"warning W036: the worker at {worker} is left out" for worker in pool.left_out)
            assert [line.split(",")[0] for line in told] == named
            assert sum(f"the worker on {os.uname().nodename} does not see" in line for line in told) == 1
            assert (len(pool), len(pool.left_out)) == (1, 2)
            assert len(pool.present()) == 3, "they may work for another driver"
            assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)


@pytest.mark.system
def test_each_task_is_told_when_it_is_done_and_what_is_told_is_sealed_wherever_one_stops(model, tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "CHUNK", 10)
    monkeypatch.setattr(dispatch, "SECONDS_OF_AN_ASSIGNMENT", 0)
    experiment = slowly(model, tmp_path / "ledger")
    told = []

    def stop(done, *_):
        told.append(done)
        if done == 300:
            raise KeyboardInterrupt

    with dask(tmp_path / "dask", workers=1) as started, open_pool(started.address, None) as pool:
        with pytest.raises(KeyboardInterrupt):
            record(experiment, 3000, Tabulate(), workers=pool, progress=stop)
        (ensemble,) = experiment.ledger.ensembles()
        on_disk = len(list(ensemble.folder.glob("segments/*")))

    assert told == list(range(0, 310, 10))
    assert sum(map(len, ensemble.manifest().runs)) == 300
    assert 30 <= on_disk <= 30 + dispatch.AHEAD


@pytest.mark.system
def test_what_a_worker_has_that_hangs_goes_to_one_that_has_nothing_to_do(model, tmp_path, root, monkeypatch):
    monkeypatch.setattr(dispatch, "SECONDS_OVERDUE", 0.5)
    with dask(tmp_path / "dask", workers=1) as started:
        hanging = started.worker()
        with open_pool(started.address, 2, wait=True) as pool:

            def hang(done, *_):
                if done == 100:
                    hanging.send_signal(signal.SIGSTOP)

            ensemble, parts = record(slowly(model, tmp_path / "ledger"), RUNS, Tabulate(), workers=pool, progress=hang)

            assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)
            assert len(pool) == 2, "it may go on later"
            hanging.send_signal(signal.SIGCONT)


@pytest.mark.system
def test_a_worker_that_hangs_before_the_start_holds_up_nobody(model, tmp_path, root, monkeypatch):
    monkeypatch.setattr(membership, "SECONDS_TO_ANSWER", 0.5)
    with dask(tmp_path / "dask", workers=1) as started:
        hanging = started.worker()
        with open_pool(started.address, 2, wait=True):
            pass  # both are there
        hanging.send_signal(signal.SIGSTOP)
        with open_pool(started.address, None) as cluster:
            ensemble, parts = record(slowly(model, tmp_path / "ledger"), RUNS, Tabulate(), workers=cluster)
        hanging.send_signal(signal.SIGCONT)

    assert (ensemble.root(RUNS), sum(map(len, parts))) == (root, RUNS)


@dataclass(frozen=True)
class Deadly:
    """A task that ends whoever does it."""

    def do(self, context):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_task_that_ends_three_workers_is_given_to_no_fourth(tmp_path):
    pytest.importorskip("cloudpickle").register_pickle_by_value(sys.modules[__name__])
    with dask(tmp_path / "dask", workers=4) as started, open_pool(started.address, 4, wait=True) as pool:
        with pytest.raises(SimError) as error:
            list(pool.do([Deadly()]))

        assert error.value.code == "E610"
        assert "has ended 3 workers" in error.value.message
        assert len(pool.present()) == 1


class Idle:
    """A crew of which nobody does anything."""

    def __init__(self, workers: int) -> None:
        self.client = SimpleNamespace(loop=object())
        self.able = dict.fromkeys(range(workers))

    def __len__(self) -> int:
        return len(self.able)


@pytest.mark.parametrize(
    ("pace", "tasks", "workers", "size"),
    [(None, 1000, 4, 1), (0.001, 1000, 4, 32), (0.1, 1000, 4, 5), (9.0, 1000, 4, 1), (0.001, 20, 4, 2), (0.0, 3, 4, 1)],
)
def test_a_parcel_is_half_a_second_of_work_and_leaves_as_much_for_every_worker(pace, tasks, workers, size):
    with_tasks = dispatch.Dispatch(Idle(workers), range(tasks))
    with_tasks.pace = pace

    assert len(with_tasks._next_assignment()) == size


@pytest.mark.system
def test_a_cluster_of_this_machine_gives_the_same_and_goes_on_after_an_interruption(model, tmp_path, root):
    command = (*COMMAND, "run", str(model), "--engine", "reference", "--runs", str(RUNS), "--ledger")
    more = (*COMMAND, "run", str(model), "--engine", "reference", "--runs", str(50 * RUNS), "--ledger")
    local = ("--cluster", "local", "--workers", "1")
    with process(*more, "stopped", *local, log=tmp_path / "log") as started:
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


@pytest.mark.parametrize(
    ("workers", "runs", "size", "cut"),
    [(64, 1_000_000, 10_000, 10_000), (400, 1_000_000, 10_000, 2_000), (9_999, 1_000_000, 10_000, 500),
     (3, 10_000, 500, 500), (50, 10_000, 500, 100), (4, 300, 10, 10)],
)  # fmt: skip
def test_there_is_a_chunk_for_each_worker_that_begins_where_others_would(workers, runs, size, cut):
    assert shell.size_for(Idle(workers), runs, size) == cut
    assert shell.size_for(workers, runs, size) == size, "processes of this machine are few"
    assert size % cut == 0


def test_two_who_cut_the_same_runs_otherwise_agree_on_them(model, tmp_path, root, monkeypatch):
    ledger = tmp_path / "ledger"
    experiment = prepare(model, ledger)
    ensemble, _ = record(experiment, RUNS, Tabulate(), workers=1)
    opened = WorkerContext().open(job_of(experiment, RUNS))
    opened.ensemble.seal([opened.publish(opened.made(range(50, 250)), "full")], {})

    assert ensemble.root(RUNS) == root
    assert verify(ensemble) == ()


def test_a_release_does_not_matter_and_an_edited_source_does(tmp_path):
    here = Path(sim.__file__).parent
    shutil.copytree(here, tmp_path / "sim")
    same = identity.sources(tmp_path / "sim")
    (tmp_path / "sim" / "cli" / "main.py").write_text("# the driver's own business")
    (tmp_path / "sim" / "__init__.py").write_text("__version__ = '9'")
    assert identity.sources(tmp_path / "sim") == same == identity.identity()[3]

    for name in ("engines/kernel/compiler/primitives.ll", "analysis/runs.py", "errors.py"):
        file = tmp_path / "sim" / name
        file.write_text(file.read_text() + "\n")
        assert identity.sources(tmp_path / "sim") != same
        same = identity.sources(tmp_path / "sim")
    assert identity.alike(("0.0.7", *identity.identity()[1:]), identity.identity())
    words_alone = ("cli", "docs", "explain", "testing", "report", "export", "__main__")
    assert {name for name in DATA_FLOWS if name not in words_alone} == {
        name.removesuffix(".py") for name in identity.DECISIVE
    }


def test_a_worker_that_lacks_a_job_asks_for_it_again(model, tmp_path):
    task = Named(job_of(prepare(model, tmp_path / "ledger"), 5, new=False))
    sender = Sender()
    first = sender.packed([task])

    assert done(Assignment(identity.identity(), "a driver", sender.packed([task]))).lost
    assert done(Assignment(identity.identity(), "a driver", first)).results == [task.job.ensemble]
    assert done(Assignment(identity.identity(), "a driver", sender.packed([task]))).results == [task.job.ensemble]


@dataclass(frozen=True)
class Named:
    """A task that says which ensemble its job is of."""

    job: EnsembleJob

    def do(self, context: WorkerContext) -> str:
        return self.job.ensemble


def test_a_worker_keeps_few_experiments_opened(model, tmp_path):
    context = WorkerContext()
    tasks = []
    for seed in range(MOST_OPENED + 2):
        experiment = prepare(model, tmp_path / "ledger", RunSettings(seed=seed))
        record(experiment, 5, Tabulate(), workers=1)
        tasks.append(job_of(experiment, 5))
    opened = [context.open(job) for job in tasks]

    assert context.open(tasks[-1]) is opened[-1]
    assert context.open(tasks[2]) is opened[2]
    assert context.open(tasks[0]) is not opened[0]
    assert len(context._opened) == MOST_OPENED
