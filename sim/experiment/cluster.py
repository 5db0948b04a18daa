"""A crew on a cluster: Dask hands the tasks to its workers, which write to the ledger themselves.

Dask does a task again, elsewhere, when its worker dies. What it had published by then is published once more, which
changes nothing, so the ledger is the same. Dask is an extra: it is imported when a cluster is asked for.
"""

import logging
import os
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from sim import __version__
from sim.errors import SimError, UsageError
from sim.experiment.errand import Errand
from sim.experiment.jobs import Desk
from sim.experiment.pool import main_left_alone, signals_held
from sim.experiment.workers import Task, Workers
from sim.model.meaning import GENERATOR, SEMANTICS

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

LOCAL = "local"
SECONDS_TO_CONNECT = 10
SECONDS_FOR_A_WORKER = 60  # where many are started at once, the first may take a while
MOST_TASKS = 16  # in one parcel: Dask takes some milliseconds for each
PARCELS_EACH = 3  # that wait for a worker, or are with it
RETRIES = 2  # of a task that failed: a file system over a network may have had a bad moment
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d+")

T = TypeVar("T")
Version: TypeAlias = tuple[str, int, str]


def version() -> Version:
    """Return what driver and workers must have in common: of sim, the meaning of its models, the random numbers."""
    return __version__, SEMANTICS, GENERATOR


class Cluster:
    """The workers of a Dask scheduler, as a crew. `client` is connected to it.

    Raises UsageError E031 if it has no worker, E032 if one is not of this version.
    """

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._check_workers()

    def __repr__(self) -> str:
        return f"Cluster({self._client.scheduler.address!r})"

    def do(self, tasks: Sequence[Task[T]]) -> Iterator[T]:
        """Do the tasks and yield each result as it comes. Few are on their way at once, however many there are.

        Raise what a task raises, E032 for a worker of another version that joined meanwhile, and SimError E610 if the
        scheduler is gone, or a task was the death of every worker that had it.
        """
        from distributed import CancelledError, KilledWorker, as_completed
        from distributed.comm.core import CommClosedError

        size = max(1, min(MOST_TASKS, len(tasks) // (PARCELS_EACH * self._slots())))
        parcels = (
            _Parcel(version(), self._client.id, tuple(tasks[at : at + size])) for at in range(0, len(tasks), size)
        )
        there: set[Future] = set()
        coming = as_completed(loop=self._client.loop, raise_errors=False)
        try:
            while True:
                for parcel in islice(parcels, max(0, PARCELS_EACH * self._slots() - len(there))):
                    future = self._client.submit(_done, parcel, pure=False, retries=RETRIES)
                    there.add(future)
                    coming.add(future)
                if not there:
                    return
                future = next(coming)
                there.discard(future)
                yield from future.result()
        except (CancelledError, KilledWorker, CommClosedError) as error:
            raise _gave_up(error) from None
        finally:
            with suppress(Exception):  # whatever it is that a cluster which is going says
                self._client.cancel(list(there))

    def _slots(self) -> int:
        """Count the threads of the workers that are there now: they come and go."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except OSError as error:
            raise _gave_up(error) from None
        return max(1, sum(threads.values()))

    def _check_workers(self) -> None:
        from distributed import TimeoutError as Late

        try:
            self._client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
        except Late:
            raise UsageError(
                "E031",
                f"no worker has joined the scheduler at {self._client.scheduler.address}",
                "start one: dask worker ADDRESS --nthreads 1",
            ) from None
        answers: dict[str, Any] = self._client.run(version, on_error="return")
        strange = {worker: answer for worker, answer in answers.items() if answer != version()}
        if strange:
            notes = [f"the worker at {worker} {_said(answer)}" for worker, answer in sorted(strange.items())]
            raise UsageError("E032", f"not every worker {_said(version())}, as is the case here", *notes)


@contextmanager
def hired(cluster: str | None, workers: int | None) -> Iterator[Workers | None]:
    """Give the workers that are meant: those of a scheduler by its address, of a cluster made here, or processes.

    `cluster` is an address, "local" (processes of this machine, as many as `workers`, under a scheduler of their own)
    or None. Raise UsageError E030 without Dask, E031 for an address that nobody answers at, E013 for a number of
    workers where they are not made here.
    """
    if cluster is None:
        yield workers
        return
    if cluster != LOCAL and not _ADDRESS.fullmatch(cluster):
        raise UsageError("E031", f"'{cluster}' is no cluster", f"expected {LOCAL}, or such as tcp://scheduler:8786")
    if cluster != LOCAL and workers is not None:
        raise UsageError("E013", "a scheduler has the workers that joined it", "leave --workers out")
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UsageError("E030", "Dask is not installed", "pip install '.[cluster]'") from None
    with _dask_silent(), ExitStack() as stack:
        address: Any = cluster
        if cluster == LOCAL:
            address = stack.enter_context(_of_this_machine(LocalCluster, workers or _cores()))
        try:
            client = stack.enter_context(Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False))
            crew = Cluster(client)
        except (OSError, TypeError, ValueError, OverflowError) as error:  # all but the first: of its settings
            raise UsageError("E031", f"no scheduler answers at {cluster}: {_line(error)}") from None
        yield crew


@dataclass(frozen=True, slots=True)
class _Parcel(Generic[T]):
    """Tasks that go to a worker together, and what they ask of it. `driver` is another one each time."""

    version: Version
    driver: str
    tasks: tuple[Task[T], ...]


_working = Lock()


@lru_cache(maxsize=4)
def _desk(driver: str) -> Desk:  # noqa: ARG001 - it is what desks are told apart by
    """Return this process's desk for the tasks of one driver."""
    return Desk()


def _done(parcel: _Parcel[T]) -> list[T]:
    """Do a parcel's tasks, in a worker: one at a time, though it may have many threads."""
    if parcel.version != version():
        raise UsageError("E032", f"a worker that joined {_said(version())}; the driver {_said(parcel.version)}")
    with _working:
        return [task.do(_desk(parcel.driver)) for task in parcel.tasks]


def _gave_up(error: BaseException) -> SimError:
    remedy = "what is sealed stays, and the same command goes on from there"
    return SimError("E610", f"the cluster gave up: {_line(error)}", remedy)


def _said(answer: object) -> str:
    match answer:
        case (str(release), int(meaning), str(generator)):
            return f"has sim {release} (meaning {meaning}, {generator})"
        case Exception():
            return f"has no sim that can be asked: {_line(answer)}"
    return f"answers {answer!r}"


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def _dask_silent() -> Iterator[None]:
    """Keep Dask from logging, with tracebacks, what is raised here as an error or mended by Dask itself."""
    loggers = {name: logging.getLogger(name) for name in ("distributed", "distributed.client")}
    levels = {name: logger.level for name, logger in loggers.items()}
    for logger in loggers.values():
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, logger in loggers.items():
            logger.setLevel(levels[name])


@contextmanager
def _of_this_machine(maker: "type[LocalCluster]", workers: int) -> "Iterator[LocalCluster]":
    """Make a cluster of so many processes, and end it: if it is given up, without waiting for what they are at.

    Signals do not reach the processes: this one stops them.
    """
    given_up = Event()

    def make() -> "LocalCluster":
        with main_left_alone(), signals_held():
            made = maker(
                n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1",
                silence_logs=50, memory_limit=0, scheduler_kwargs={"dashboard": False},
            )  # fmt: skip
        if given_up.is_set():
            _end(made)
        return made

    making = Errand(make)
    try:
        cluster = making.take()
    except KeyboardInterrupt:
        given_up.set()
        raise
    try:
        yield cluster
    except BaseException:
        _end(cluster)
        raise
    cluster.close()


def _end(cluster: "LocalCluster") -> None:
    """Kill a cluster's processes, and close it."""
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        if nanny.pid:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)
    cluster.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
