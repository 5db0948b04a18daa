"""Worker processes: each opens the experiments that its tasks name once, and does one task after another.

A task is a frozen value with a method `do`; results come in any order. With one worker all is done in this process;
several are a `Pool`, those on other machines a `WorkerPool`, such as that of `cluster`.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from sim.engines.protocol import Name
from sim.experiment.background import Background
from sim.experiment.jobs import WorkerContext
from sim.experiment.pool import GRACE, NoWorkers, Pool
from sim.language.arguments import WORKER_LIMIT, whole_number

FEWEST_FOR_WORKERS = 400
FEWEST_FOR_KERNELS = 20_000
CHUNK = 500
LARGE_CHUNK = 10_000  # where the kernel makes them and outcomes are kept
PARTS = (2, 5, 10, 20)  # of a chunk, where there are more workers than chunks
FEWEST_IN_A_PART = 100
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


class Progress(Protocol):
    """Told how much is done, how much is wanted, and how many events were simulated meanwhile."""

    def __call__(self, done: int, wanted: int, events: int = 0) -> None: ...


class WorkItem(Protocol[R_co]):
    """A work item: a frozen value that any process can do, in a context."""

    def do(self, context: WorkerContext) -> R_co:
        """Do it and return what comes of it."""


class WorkerPool(Protocol):
    """Workers elsewhere, such as a cluster's: tasks go there instead of to processes of this machine."""

    def __len__(self) -> int:
        """Return how many workers there are at this moment."""

    def do(self, tasks: Sequence[WorkItem[T]]) -> Iterator[T]:
        """Do the tasks and yield each result as it comes. Raise what a task raises."""


# How many processes of this machine, or who else.
Workers: TypeAlias = int | WorkerPool


def work(
    tasks: Sequence[WorkItem[T]], workers: Workers, *, apart: bool = False, context: WorkerContext | None = None
) -> Iterator[T]:
    """Do the work items in `workers` processes, or in a pool elsewhere, and yield each result as it comes.

    One worker works in this process, unless the tasks are to be kept `apart` from whatever else is loaded here. What
    is opened in the `context` is not opened again here, nor in processes that are copies of this one. Raise SimError
    E613 or E614 for workers that die.
    """
    context = context or WorkerContext()
    if not tasks:
        return
    if not isinstance(workers, int):
        yield from workers.do(tasks)
        return
    if workers == 1 and not apart:
        yield from _here(tasks, context)
        return
    pool = Pool[T](tasks, workers, context, apart=apart)
    try:
        yield from pool.results()
    except NoWorkers:
        yield from _here(list(pool.left), context)


def _here(tasks: Iterable[WorkItem[T]], context: WorkerContext) -> Iterator[T]:
    """Do the tasks in this process. An interruption waits a moment for the task that is at hand."""
    for task in tasks:
        call = Background(partial(task.do, context))
        try:
            call.wait()
        except KeyboardInterrupt:
            if call.wait(GRACE):
                yield call.take()
            call.stop()
            raise
        yield call.take()


def checked(workers: Workers | None) -> Workers | None:
    """Return how many workers are wanted as a plain int. Raise UsageError E013 or E024 for anything else."""
    if workers is None or callable(getattr(workers, "do", None)):
        return workers
    return whole_number("workers", workers, 1, WORKER_LIMIT)


def workers_for(wanted: Workers | None, runs: int, name: Name = "reference") -> Workers:
    """Return how many processes to use for so many runs: as `wanted`, or all cores, or one where that is quicker."""
    if wanted is not None:
        return max(1, wanted) if isinstance(wanted, int) else wanted
    fewest = FEWEST_FOR_WORKERS if name == "reference" else FEWEST_FOR_KERNELS
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and runs >= fewest else 1


def chunks(runs: range, size: int | None = None) -> Iterator[range]:
    """Cut at multiples of `size`, by default CHUNK, so that the same runs always make the same segments."""
    size, first = size or CHUNK, runs.start
    while first < runs.stop:
        last = min(runs.stop, (first // size + 1) * size)
        yield range(first, last)
        first = last


def size_for(workers: Workers, runs: int, size: int | None = None) -> int:
    """Return the size of the chunks of so many runs: `size`, by default CHUNK, where there are few workers.

    Where a pool elsewhere has more workers than there would be chunks it is a half, a fifth, a tenth or a twentieth of
    that, so that all chunks still begin where others would; at least 100 runs.
    """
    size = size or CHUNK
    wanted = 1 if isinstance(workers, int) else len(workers)
    sizes = [size, *(size // part for part in PARTS if size % part == 0 and size // part >= FEWEST_IN_A_PART)]
    return next((one for one in sizes if one * wanted <= runs), sizes[-1])
