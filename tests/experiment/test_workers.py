"""The processes that work: what they are given, what is held of what they give, and what becomes of one that dies."""

import os
import signal
import warnings
import weakref
from dataclasses import dataclass, replace
from importlib.resources import files
from multiprocessing import active_children, get_context
from pathlib import Path

import numpy as np
import pytest

from sim.errors import LedgerError, SimError, SimWarning
from sim.experiment import prepare
from sim.experiment.jobs import EnsembleJob, WorkerContext
from sim.experiment.packing import MOST_KEPT
from sim.experiment.pool import AHEAD
from sim.experiment.record import job_of
from sim.experiment.workers import work


@pytest.fixture(params=[False, True], ids=["new processes", "copies"], autouse=True)
def started(request, monkeypatch):
    """Whether workers are copies of this process."""
    monkeypatch.setattr("sim.experiment.pool.may_fork", lambda: request.param)
    return request.param


@pytest.fixture
def new_children():
    """Return the function to the processes that this test has started and that live; other tests may have some too."""
    before = active_children()
    return lambda: [process for process in active_children() if process not in before]


@dataclass(frozen=True)
class Fill:
    """A task whose result can be watched: an array of a number."""

    number: int

    def do(self, context: WorkerContext) -> "np.ndarray":
        return np.full(100_000, self.number)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_task_is_done_once(workers):
    found = [int(result[0]) for result in work([Fill(number) for number in range(40)], workers)]

    assert sorted(found) == list(range(40))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_result_is_held_no_longer_than_it_is_wanted(workers):
    watched, most = [], 0
    for result in work([Fill(number) for number in range(60)], workers):
        watched.append(weakref.ref(result))
        del result
        most = max(most, sum(one() is not None for one in watched[:-1]))

    assert len(watched) == 60
    assert most <= 1
    assert AHEAD * workers < len(watched)


@dataclass(frozen=True)
class OfJob:
    """A task that says which documents its job was built from, once its scenario is there."""

    job: EnsembleJob

    def do(self, context: WorkerContext) -> str:
        return f"{self.job.documents} {self.job.scenario.name}"


def test_a_worker_that_keeps_a_job_no_longer_is_sent_it_again(tmp_path):
    text = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    job = job_of(prepare(tmp_path / "model.yaml", tmp_path / "ledger"), 5, new=False)
    numbers = [*range(MOST_KEPT + 3), 0, 1]

    found = list(work([OfJob(replace(job, documents=f"{number}")) for number in numbers], 1, apart=True))

    assert sorted(found) == sorted(f"{number} {job.scenario.name}" for number in numbers)


@dataclass(frozen=True)
class Fate:
    """A task that is the end of its worker, or an error, the first time or each time. It is at runs 500 to 999."""

    how: int | str
    number: int
    place: Path | None = None  # what is made the first time, so that there is only one

    @property
    def runs(self) -> range:
        return range(500 * self.number, 500 * self.number + 500)

    def do(self, context: WorkerContext) -> int:
        if self.number != 1 or (self.place and self.place.exists()):
            return self.number
        if self.place:
            self.place.touch()
        if isinstance(self.how, int):
            os.kill(os.getpid(), self.how)
        if self.how == "exits":
            os._exit(3)
        if self.how == "memory":
            raise MemoryError
        if self.how == "refuses":
            raise LedgerError("E703", "it is damaged", "a note")
        if self.how == "fails":
            raise ZeroDivisionError("by nothing")
        if self.how == "warns":
            warnings.warn(SimWarning("W021", "the kernel cannot be used here"), stacklevel=1)
        return self.number


def fates(how, place=None):
    return [Fate(how, number, place) for number in range(12)]


@pytest.mark.parametrize("how", [signal.SIGKILL, "memory"], ids=["killed", "out of memory"])
@pytest.mark.parametrize(("workers", "left"), [(2, "1 of 2"), pytest.param(3, "1 of 3", marks=pytest.mark.system)])
def test_where_memory_runs_out_half_the_workers_do_it_all(tmp_path, new_children, how, workers, left):
    with pytest.warns(SimWarning) as warned:
        found = sorted(work(fates(how, tmp_path / "once"), workers))

    assert found == list(range(12))
    (told,) = warned
    assert told.message.code == "W613"
    assert f"on with {left} workers" in told.message.message
    assert "at runs 500 to 999" in told.message.message
    assert new_children() == []


@pytest.mark.filterwarnings("ignore:warning W613")
@pytest.mark.parametrize("how", [signal.SIGKILL, "memory"], ids=["killed", "out of memory"])
def test_the_death_of_the_last_worker_says_what_it_was_at(new_children, how):
    with pytest.raises(SimError) as error:
        list(work(fates(how), 4))

    assert error.value.code == "E613"
    assert "at runs 500 to 999" in error.value.message
    assert new_children() == []


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (signal.SIGSEGV, "E614", "crashed with signal 11 (SIGSEGV)"),
        (signal.SIGUSR1, "E613", "killed by signal 10 (SIGUSR1)"),
        ("exits", "E614", "exit code 3"),
    ],
)
def test_another_death_stops_the_work_and_is_told(new_children, how, code, said):
    with pytest.raises(SimError) as error:
        list(work(fates(how), 2))

    assert error.value.code == code
    assert said in error.value.message
    assert "at runs 500 to 999" in error.value.message
    assert new_children() == []


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.system)])
def test_an_error_of_a_task_is_raised_as_it_is(workers):
    with pytest.raises(LedgerError) as refused:
        list(work(fates("refuses"), workers))
    with pytest.raises(ZeroDivisionError, match="by nothing") as failed:
        list(work(fates("fails"), workers))

    assert (refused.value.code, refused.value.notes) == ("E703", ("a note",))
    assert workers == 1 or "test_workers.py" in failed.value.__notes__[0]


def test_a_warning_of_a_worker_is_given_here():
    with pytest.warns(SimWarning) as warned:
        list(work(fates("warns"), 2))

    assert [str(one.message) for one in warned] == ["warning W021: the kernel cannot be used here"]


def _summed(results):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        results.put((sum(work(fates("nothing"), 2)), [one.message.code for one in warned]))


def test_where_no_worker_can_be_started_the_work_is_done_here():
    context = get_context("spawn")
    results = context.SimpleQueue()
    process = context.Process(target=_summed, args=(results,), daemon=True)
    process.start()

    assert results.get() == (66, ["W614"])
    process.join()


def test_work_that_is_given_up_leaves_no_process(new_children):
    coming = work(fates("nothing"), 2)
    next(coming)
    assert new_children()
    coming.close()

    assert new_children() == []
