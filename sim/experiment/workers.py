"""Worker processes: each opens the experiments that its tasks name once, and does one task after another.

A task is a frozen value with a method `do`; results come as they are done, in any order. With one worker all is
done in this process.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeAlias, TypeVar

from sim.engines.reference import ReferenceEngine
from sim.experiment.prepare import Experiment, Origin, prepare
from sim.model.event import Log
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario

FEWEST_FOR_WORKERS = 400
CHUNK = 500
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

# Called with how many runs are done and how many are wanted.
Progress: TypeAlias = Callable[[int, int], None]
# A projection of one run, computed where the run is at hand; it must be picklable, and so its result.
Projection: TypeAlias = Callable[[Program, Scenario, int, Log], T]


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process needs to know to open an experiment: plain values."""

    entry: Path
    ledger: Path
    ensemble: str
    seed: int
    central: bool
    runs_per_draw: int
    origin: Origin | None

    @staticmethod
    def of(experiment: Experiment, entry: Path, ensemble: str) -> "Job":
        """Return the job of an experiment whose documents are kept at `entry`."""
        return Job(
            entry, experiment.ledger.folder, ensemble, experiment.seed, experiment.central, experiment.runs_per_draw,
            experiment.origin,
        )  # fmt: skip


class Opened:
    """An experiment opened in this process: its scenario, program, engine and ensemble."""

    def __init__(self, job: Job) -> None:
        experiment = prepare(
            job.entry, job.ledger, seed=job.seed, central=job.central, runs_per_draw=job.runs_per_draw,
            origin=job.origin, shown=job.entry.name,
        )  # fmt: skip
        self.scenario = experiment.scenario
        self.program = compile_model(self.scenario.model)
        self.engine = ReferenceEngine(
            self.program, self.scenario, job.seed, central=job.central, runs_per_draw=job.runs_per_draw
        )
        self.ledger = experiment.ledger
        self.ensemble = self.ledger.find(job.ensemble)


class Desk:
    """Where one process works: the experiments that it has opened."""

    def __init__(self) -> None:
        self._opened: dict[Job, Opened] = {}

    def open(self, job: Job) -> Opened:
        if job not in self._opened:
            self._opened[job] = Opened(job)
        return self._opened[job]


class Task(Protocol[R_co]):
    """Something to be done at a desk, in any process."""

    def do(self, desk: Desk) -> R_co:
        """Do it and return what comes of it."""
        ...


_desk = Desk()


def _sit_down() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver stops the pool; a task is whole or nothing


def _do(task: Task[T]) -> T:
    return task.do(_desk)


@contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep new processes from running the caller's script once more, as spawning does to find what it defines.

    Tasks are made of this package's own names, so a script or a notebook needs no `if __name__ == "__main__"`.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def work(tasks: Sequence[Task[T]], workers: int, *, apart: bool = False) -> Iterator[T]:
    """Do the tasks in `workers` processes and yield each result as it comes.

    One worker works in this process, unless the tasks are to be kept `apart` from whatever else is loaded here.
    """
    if not tasks:
        return
    if workers == 1 and not apart:
        desk = Desk()
        for task in tasks:
            yield task.do(desk)
        return
    pool = ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn"), _sit_down)
    try:
        with _main_left_alone():
            futures: list[Future[T]] = [pool.submit(_do, task) for task in tasks]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def workers_for(wanted: int | None, runs: int) -> int:
    """Return how many processes to use for so many runs: the machine's cores, or one where that is quicker."""
    if wanted is not None:
        return max(1, wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and runs >= FEWEST_FOR_WORKERS else 1


def chunks(runs: range) -> Iterator[range]:
    """Cut at multiples of CHUNK, so that whoever runs the same ensemble makes the same segments."""
    first = runs.start
    while first < runs.stop:
        last = min(runs.stop, (first // CHUNK + 1) * CHUNK)
        yield range(first, last)
        first = last
