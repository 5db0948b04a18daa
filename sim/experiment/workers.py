"""Worker processes: each opens the experiments that its tasks name once, and does one task after another.

A task is a frozen value with a method `do`; results come as they are done, in any order. With one worker all is
done in this process. Workers on other machines are a `Crew`; `cluster` has one.
"""

import math
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from types import ModuleType
from typing import Protocol, TypeAlias, TypeVar

import numpy as np

from sim.engines.choice import MANY, Name, chosen, engine, ready
from sim.engines.made import joined
from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError
from sim.experiment.batch import Batch, made_of
from sim.experiment.golden import check_machine
from sim.experiment.prepare import Experiment, Origin, prepare
from sim.ledger import faults
from sim.ledger.digest import SIZE, run_digests
from sim.ledger.documents import readable
from sim.ledger.faults import disagreeing
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment
from sim.ledger.schema import Keeps
from sim.ledger.stored import Place
from sim.model.event import Log
from sim.model.meaning import measured
from sim.model.measures import measure
from sim.model.program import compile_model

FEWEST_FOR_WORKERS = 400
FEWEST_FOR_KERNELS = 20_000
CHUNK = 500
AHEAD = 4  # tasks for each process that are handed out before their results are in
LARGE_CHUNK = 10_000  # where the kernel makes them and outcomes are kept
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


class Progress(Protocol):
    """Told how much is done, how much is wanted, and how many events were simulated meanwhile."""

    def __call__(self, done: int, wanted: int, events: int = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process needs to know to open an experiment: plain values, and paths that hold in any folder."""

    entry: Place
    ledger: Place
    ensemble: str
    seed: int
    central: bool
    runs_per_draw: int
    origin: Origin | None
    engine: Name
    thorough: bool = False
    strict: bool = False  # no other engine where this one cannot be used: it was asked for by name

    @staticmethod
    def of(experiment: Experiment, entry: Place, ensemble: str, runs: int, *, new: bool = True) -> "Job":
        """Return the job of making so many runs of an experiment whose documents are kept at `entry`.

        `new` says that some of them are not sealed yet.
        Where the kernel is to make them, its code is made here, once for all processes. Raise UsageError E021 where it
        cannot be used and was asked for by name.
        """
        model = experiment.scenario.model
        name = chosen(experiment.engine, model, runs, (lambda: _one_run(experiment)) if new else None)
        thorough, strict = runs >= MANY, experiment.engine != "auto"
        name = ready(name, model, thorough=thorough, strict=strict)
        return Job(
            entry.absolute(), experiment.ledger.folder.absolute(), ensemble, experiment.seed, experiment.central,
            experiment.runs_per_draw, experiment.origin, name, thorough, strict,
        )  # fmt: skip


def _one_run(experiment: Experiment) -> Log:
    """Make a run on the reference engine."""
    program = compile_model(experiment.scenario.model)
    return ReferenceEngine(program, experiment.scenario, experiment.seed, central=experiment.central).run(0)


class Opened:
    """An experiment opened in this process: its scenario, program, engine and ensemble.

    Raises LedgerError E711 where this process does not see the ensemble: it is on another machine.
    """

    def __init__(self, job: Job) -> None:
        _check_seen(job)
        self.ledger = Ledger(job.ledger)
        self.ensemble = self.ledger.ensemble(job.ensemble)
        experiment = prepare(
            readable(self.ensemble.folder, job.entry), job.ledger, seed=job.seed, central=job.central,
            runs_per_draw=job.runs_per_draw, origin=job.origin, shown=job.entry.name,
        )  # fmt: skip
        self.scenario = experiment.scenario
        self.program = compile_model(self.scenario.model)
        self.engine = engine(
            job.engine, self.program, self.scenario, job.seed, central=job.central, runs_per_draw=job.runs_per_draw,
            thorough=job.thorough, strict=job.strict,
        )  # fmt: skip
        self.name: Name = "reference" if isinstance(self.engine, ReferenceEngine) else "kernel"
        check_machine(self.name)

    def sealed(self, runs: range, *, reads_logs: bool) -> Batch:
        """Return sealed runs: read, or made again and proved by their digests where what is kept does not do."""
        if not reads_logs:
            wanted = measured(self.scenario.model)
            pieces = [made_of(kept) for kept in self.ensemble.kept(runs) if kept.measured == wanted]
            if sum(len(piece.starts) - 1 for piece in pieces) == len(runs):
                return Batch(runs.start, made=joined(pieces))
        if not any(gap for gap in self.ensemble.missing(runs.stop, "full") if gap.stop > runs.start) and (
            reads_logs or isinstance(self.engine, ReferenceEngine)
        ):
            return Batch(runs.start, logs=[log for _, log in self.ensemble.logs(runs)])
        batch = self.made(runs)
        known = self.ensemble.run_digests(runs)
        for place, digest in enumerate(run_digests(batch.columns)):
            if digest != known[SIZE * place : SIZE * (place + 1)]:
                raise disagreeing(runs[place], "the ledger", f"what the {self.name} engine makes of it")
        return batch

    def publish(self, batch: Batch, keeps: Keeps, *, over: bool = False) -> Segment:
        """Put runs on disk: their logs, or their outcomes and measures; `over` what is known to be damaged."""
        if keeps == "full":
            return self.ensemble.publish_columns(batch.columns, over=over)
        model = self.scenario.model
        if batch.made is not None:
            return self.ensemble.publish_outcomes(batch.columns, batch.made.measures, measured(model), over=over)
        values = [
            [math.nan] * len(model.measures) if log[-1].kind == "failed"
            else [math.nan if value is None else value for value in measure(self.program, self.scenario, log).values()]
            for log in batch.logs
        ]  # fmt: skip
        table = np.array(values, dtype=np.float64).reshape(len(batch.runs), len(model.measures))
        return self.ensemble.publish_outcomes(batch.columns, table, measured(model), over=over)

    def made(self, runs: range) -> Batch:
        """Make runs."""
        if isinstance(self.engine, ReferenceEngine):
            return Batch(runs.start, logs=[self.engine.run(run) for run in runs])
        return Batch(runs.start, made=self.engine.make(runs))


def _check_seen(job: Job) -> None:
    ensemble = Ledger(job.ledger).ensemble(job.ensemble)
    if not faults.stands(ensemble.folder / "spec.json"):
        raise LedgerError(
            "E711",
            f"the worker on {socket.gethostname()} does not see ensemble {job.ensemble[:12]} in {job.ledger}",
            "expected a folder that all workers share, under this very path, or an object store",
        )


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


class Crew(Protocol):
    """Workers elsewhere, such as a cluster's: tasks go there instead of to processes of this machine."""

    def do(self, tasks: Sequence[Task[T]]) -> Iterator[T]:
        """Do the tasks and yield each result as it comes. Raise what a task raises."""
        ...


# How many processes of this machine, or who else.
Workers: TypeAlias = int | Crew

_desk = Desk()


def _sit_down() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver stops the pool; a task is whole or nothing


def _do(task: Task[T]) -> T:
    return task.do(_desk)


@contextmanager
def main_left_alone() -> Iterator[None]:
    """Keep new processes from running the caller's script once more, as spawning does to find what it defines.

    Tasks are made of this package's own names, so a script or a notebook needs no `if __name__ == "__main__"`.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def work(tasks: Sequence[Task[T]], workers: Workers, *, apart: bool = False) -> Iterator[T]:
    """Do the tasks in `workers` processes, or by a crew, and yield each result as it comes.

    One worker works in this process, unless the tasks are to be kept `apart` from whatever else is loaded here.
    """
    if not tasks:
        return
    if not isinstance(workers, int):
        yield from workers.do(tasks)
        return
    if workers == 1 and not apart:
        desk = Desk()
        for task in tasks:
            yield task.do(desk)
        return
    pool = ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn"), _sit_down)
    rest, waiting = iter(tasks), set[Future[T]]()
    try:
        while True:
            with main_left_alone():
                waiting |= {pool.submit(_do, task) for task in islice(rest, AHEAD * workers - len(waiting))}
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            while done:  # a result that has been yielded is held no longer: a million runs have many
                yield done.pop().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def workers_for(wanted: Workers | None, runs: int, name: Name = "reference") -> Workers:
    """Return how many processes to use for so many runs: the machine's cores, or one where that is quicker.

    What is wanted is what is used.
    """
    if wanted is not None:
        return max(1, wanted) if isinstance(wanted, int) else wanted
    fewest = FEWEST_FOR_WORKERS if name == "reference" else FEWEST_FOR_KERNELS
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and runs >= fewest else 1


def chunks(runs: range, size: int | None = None) -> Iterator[range]:
    """Cut at multiples of `size`, by default CHUNK, so that whoever runs the same ensemble makes the same segments."""
    size = size or CHUNK
    first = runs.start
    while first < runs.stop:
        last = min(runs.stop, (first // size + 1) * size)
        yield range(first, last)
        first = last
