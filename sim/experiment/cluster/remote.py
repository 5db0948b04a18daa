"""What a worker of a cluster runs: assignments, one work item at a time, and the answer to what it is."""

import socket
import time
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar

from sim.errors import SimError, UsageError
from sim.experiment.cluster.identity import Identity, alike, described, identity
from sim.experiment.jobs import WorkerContext
from sim.experiment.packing import LostJobError, Receiver

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Work items that go to a worker together, pickled. `driver` identifies the command, `expected` its sources."""

    expected: Identity
    driver: str
    tasks: bytes


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The results of an assignment, as far as the worker got, and the seconds that it took.

    `refusal` is why this worker cannot do the rest, where another may; `lost` says that it lacks a job sent before.
    """

    results: list[T]
    seconds: float
    refusal: SimError | None = None
    lost: bool = False


_working = Lock()


def identify() -> tuple[Identity, str]:
    """Return what this process is, and the name of its host."""
    return identity(), socket.gethostname()


@lru_cache(maxsize=4)
def _context(driver: str) -> tuple[WorkerContext, Receiver]:  # noqa: ARG001 - each driver has a context of its own
    """Return this process's context for the work items of one driver, and what unpickles them."""
    return WorkerContext(), Receiver()


def done(assignment: Assignment) -> Done[Any]:
    """Do the work items of an assignment: one at a time, however many threads the worker has.

    Where a task fails, what was done before it is returned; raise what the first task raises. So nothing that is on
    disk waits for what may fail after it.
    """
    if not alike(identity(), assignment.expected):
        return Done([], 0.0, UsageError("E032", f"the worker on {socket.gethostname()} {described(identity())}"))
    results: list[Any] = []
    with _working:
        start = time.monotonic()
        context, receiver = _context(assignment.driver)
        try:
            tasks = receiver.unpacked(assignment.tasks)
        except LostJobError:
            return Done([], 0.0, lost=True)
        for task in tasks:
            try:
                results.append(task.do(context))
            except Exception as error:
                if isinstance(error, SimError) and error.code == "E711":
                    return Done(results, time.monotonic() - start, error)
                if not results:
                    raise
                break
        return Done(results, time.monotonic() - start)
