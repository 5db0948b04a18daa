"""Worker processes: each opens the experiments that its tasks name once, and does one task after another.

A task is a frozen value with a method `do`; results come as they are done, in any order. With one worker all is
done in this process. Workers on other machines are a `Crew`; `cluster` has one.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from types import ModuleType
from typing import Protocol, TypeAlias, TypeVar

from sim.engines.choice import Name
from sim.experiment.jobs import Desk

FEWEST_FOR_WORKERS = 400
FEWEST_FOR_KERNELS = 20_000
CHUNK = 500
AHEAD = 4  # tasks for each process that are handed out before their results are in
LARGE_CHUNK = 10_000  # where the kernel makes them and outcomes are kept
PARTS = (2, 5, 10, 20)  # of a chunk, where there are more workers than chunks
FEWEST_IN_A_PART = 100
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


class Progress(Protocol):
    """Told how much is done, how much is wanted, and how many events were simulated meanwhile."""

    def __call__(self, done: int, wanted: int, events: int = 0) -> None: ...


class Task(Protocol[R_co]):
    """Something to be done at a desk, in any process."""

    def do(self, desk: Desk) -> R_co:
        """Do it and return what comes of it."""
        ...


class Crew(Protocol):
    """Workers elsewhere, such as a cluster's: tasks go there instead of to processes of this machine."""

    def __len__(self) -> int:
        """Return how many workers there are at this moment."""
        ...

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


def size_for(workers: Workers, runs: int, size: int | None = None) -> int:
    """Return the size of the chunks of so many runs: `size`, by default CHUNK, where there are few workers.

    Where a crew has more workers than there would be chunks it is a half, a fifth, a tenth or a twentieth of that, so
    that all chunks still begin where others would; at least 100 runs. The runs and their digest stay the same.
    """
    size = size or CHUNK
    wanted = 1 if isinstance(workers, int) else len(workers)
    sizes = [size, *(size // part for part in PARTS if size % part == 0 and size // part >= FEWEST_IN_A_PART)]
    return next((one for one in sizes if one * wanted <= runs), sizes[-1])
