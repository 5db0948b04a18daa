"""Worker processes of this machine: who has which task, what becomes of the tasks of one that dies, and how all end.

Each worker has a pipe of its own, see `worker_process`, so a death is the end of a pipe, and its tasks are known.
"""

import atexit
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe, current_process, get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Generic, TypeVar

from sim.errors import SimError, SimWarning
from sim.experiment.background import Background
from sim.experiment.forking import may_fork
from sim.experiment.jobs import WorkerContext
from sim.experiment.packing import LostJobError, Sender
from sim.experiment.worker_process import ENDING, ERROR, NO_MORE, NO_THREAD, WARNING, serve, serve_as_copy
from sim.ledger.files.paths import temporary

AHEAD = 2  # tasks that a worker has: the one that it is at, and the next
GRACE = 0.8  # seconds for the tasks that workers are at when the driver is interrupted
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_CRASHES = {getattr(signal, f"SIG{name}", None) for name in ("SEGV", "BUS", "ILL", "FPE", "ABRT")}
_KILLED = getattr(signal, "SIGKILL", None)
T = TypeVar("T")


class NoWorkers(Exception):
    """No worker process can be started here."""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    tasks: deque[Any] = field(default_factory=deque)
    sender: Sender = field(default_factory=Sender)
    whole: bool = True  # nothing was interrupted half-way through a message
    starved: bool = False

    def at(self) -> str:
        """Return which runs it was making."""
        runs = getattr(self.tasks[0], "runs", None) if self.tasks else None
        return f" at runs {runs[0]:,} to {runs[-1]:,}" if isinstance(runs, range | tuple) and runs else ""


class Pool(Generic[T]):
    """So many workers for these tasks, used once: `results` starts and ends them. `left` are tasks that none has.

    Workers are copies of this process, with what is opened in the `context`, where that is sound, and they need not be
    kept `apart`; else they are new processes, which import and open everything themselves.
    """

    def __init__(
        self, tasks: Sequence[Any], workers: int, context: WorkerContext | None = None, *, apart: bool = False
    ) -> None:
        self.left: deque[Any] = deque(tasks)
        self.context = context or WorkerContext()
        self.apart = apart
        self.most = min(workers, len(tasks))
        self.workers: list[_Worker] = []

    def results(self) -> Iterator[T]:
        """Do the tasks and yield each result as it comes. Raise what a task raises.

        After an interruption the results of the tasks that workers are at still come, for a short while. Raise SimError
        E613 if the last worker is killed, E614 if one crashes, NoWorkers, with tasks `left`, if none can be started.
        """
        with _folder() as folder:
            atexit.register(self._end_all)
            try:
                yield from self._results(folder)
            except KeyboardInterrupt:
                yield from self._last_results()
                raise
            finally:
                self._end_all()
                atexit.unregister(self._end_all)

    def _results(self, folder: str | None) -> Iterator[T]:
        self._start_workers(folder)
        while True:
            self._hand_out()
            if not any(worker.tasks for worker in self.workers):
                return
            dead = []
            for worker in self._heard():
                found = self._received(worker)
                if found is None:
                    dead.append(worker)
                else:
                    self._hand_out()  # before what is done with the result, which may take long
                    yield from found
                    del found
            if dead:
                self._recover(dead)
                self._start_workers(folder)

    def _start_workers(self, folder: str | None) -> None:
        """Start the workers that are missing. A start is not interrupted half-way."""
        copies = not self.apart and may_fork()
        starting = Background(lambda: self._start(folder, copies=copies))
        try:
            starting.take()
        finally:
            starting.wait()
        if not self.workers:
            raise NoWorkers

    def _start(self, folder: str | None, *, copies: bool) -> None:
        if current_process().daemon:
            self._too_few("a daemonic process may have none")
            return
        try:
            while len(self.workers) < self.most:
                self.workers.append(self._copy(folder) if copies else self._new(folder))
        except OSError as error:
            self._too_few(error.strerror or str(error))

    def _copy(self, folder: str | None) -> _Worker:
        """Start a worker as a copy of this process."""
        self.context.open_all()
        ours, theirs = Pipe()
        others = [ours, *(worker.pipe for worker in self.workers)]
        arguments = (theirs, folder, self.context, others)
        process = get_context("fork").Process(target=serve_as_copy, args=arguments, name="sim-worker")
        with theirs, signals_held(tracker=False):
            process.start()
        return _Worker(process=process, pipe=ours, sender=Sender(self.context.jobs))

    def _new(self, folder: str | None) -> _Worker:
        """Start a worker as a new process."""
        ours, theirs = Pipe()
        process = get_context("spawn").Process(target=serve, args=(theirs, folder), name="sim-worker")
        with theirs, main_left_alone(), signals_held():
            process.start()
        return _Worker(process=process, pipe=ours)

    def _too_few(self, why: str) -> None:
        there = f"{len(self.workers)} of {self.most} workers" if self.workers else "this process alone"
        _warn("W614", f"no further worker process can be started: {why}; on with {there}")
        self.most = len(self.workers)

    def _hand_out(self) -> None:
        for index in range(AHEAD if len(self.left) > len(self.workers) else 1):
            for worker in self.workers:
                if self.left and len(worker.tasks) == index:
                    worker.tasks.append(self.left.popleft())
                    with suppress(OSError):  # it is dead, and will be found to be
                        worker.pipe.send_bytes(worker.sender.packed(worker.tasks[-1]))

    def _heard(self, seconds: float | None = None) -> list[_Worker]:
        """Wait for a message, or the end, of any worker."""
        heard = wait([worker.pipe for worker in self.workers if worker.whole], seconds)
        return [worker for worker in self.workers if worker.pipe in heard]

    def _received(self, worker: _Worker) -> list[T] | None:
        """Receive one message of a worker: a list of one result, or an empty one. Return None if it is dead."""
        worker.whole = False
        try:
            kind, message = worker.pipe.recv()
        except (EOFError, OSError):
            return None
        worker.whole = True
        if kind == WARNING:
            _warn(message.code, message.message)
            return []
        if kind == ERROR and isinstance(message, MemoryError):
            worker.starved = True
            return None
        task = worker.tasks.popleft()
        if isinstance(message, LostJobError):
            worker.sender = Sender()
            self.left.appendleft(task)
            return []
        if kind == ERROR:
            raise message
        return [message]

    def _recover(self, dead: list[_Worker]) -> None:
        """Take the tasks of dead workers back, and go on with fewer if memory was the cause. Raise what else it was."""
        for worker in dead:
            self._end(worker)
        for worker in dead:
            code = worker.process.exitcode or 0
            if code == NO_THREAD:
                self._too_few("no thread can be started in it")
            elif not worker.starved and code != -(_KILLED or 0):
                raise _died(worker, code)
        starved = [worker for worker in dead if worker.process.exitcode != NO_THREAD]
        if not starved:
            return
        what = "ran out of memory" if starved[0].starved else f"was killed by signal {_KILLED:d}"
        often = "" if starved[0].starved else ", most often because memory ran out"
        if self.most <= 1:
            message = f"the only worker process left {what}{starved[0].at()}{often}"
            raise SimError("E613", message, "see how much memory is free, and what else needs it")
        before, self.most = self.most, self.most // 2
        for worker in self.workers[self.most :]:
            self._end(worker)
        _warn("W613", f"a worker process {what}{starved[0].at()}{often}; on with {self.most} of {before} workers")

    def _end(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        self.left.extendleft(reversed(worker.tasks))
        worker.pipe.close()
        if not wait([worker.process.sentinel], ENDING):
            worker.process.kill()
        worker.process.join()

    def _last_results(self) -> Iterator[T]:
        """Yield the results of the tasks that workers are at, as far as they come within the time of grace."""
        until = time.monotonic() + GRACE
        for worker in self.workers:
            with suppress(OSError):
                worker.pipe.send_bytes(NO_MORE)
        while any(worker.tasks and worker.whole for worker in self.workers):
            heard = self._heard(max(0.0, until - time.monotonic()))
            if not heard:
                return
            for worker in heard:
                try:
                    yield from self._received(worker) or ()
                except Exception:  # noqa: BLE001 - of a task whose result nobody waits for any more
                    worker.whole = False

    def _end_all(self) -> None:
        """End all workers: those that are idle at once, others when they have tidied up, or after a moment."""
        for worker in self.workers:
            worker.pipe.close()
        until = time.monotonic() + ENDING
        there = {worker.process.sentinel for worker in self.workers}
        while there and (ended := wait(list(there), max(0.0, until - time.monotonic()))):
            there -= {sentinel for sentinel in there if sentinel in ended}
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
        self.workers = []


def _died(worker: _Worker, code: int) -> SimError:
    """Return the error of a worker that died of something else than memory, and what it was doing."""
    if code < 0 and -code not in _CRASHES:
        return SimError("E613", f"a worker process was killed by {_signal(-code)}{worker.at()}")
    how = f"crashed with {_signal(-code)}" if code < 0 else f"ended by itself, with exit code {code},"
    note = "this is a fault of sim, of a library or of this machine: please report it, with the model and the command"
    return SimError("E614", f"a worker process {how}{worker.at()}", note)


def _signal(number: int) -> str:
    with suppress(ValueError):
        return f"signal {number} ({signal.Signals(number).name})"
    return f"signal {number}"


def _warn(code: str, message: str) -> None:
    """Give a warning, once."""
    warnings.warn(SimWarning(code, message), stacklevel=2)


@contextmanager
def main_left_alone() -> Iterator[None]:
    """Keep new processes from running the caller's script again: it needs no `if __name__ == "__main__"`."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _folder() -> Iterator[str | None]:
    """Make a folder for what workers write that is temporary, and remove it when they are gone."""
    try:
        folder = TemporaryDirectory(prefix=f"{temporary()}workers-", ignore_cleanup_errors=True)
    except OSError:  # there is nowhere to write
        yield None
        return
    with folder as path:
        yield path


@contextmanager
def signals_held(*, tracker: bool = True) -> Iterator[None]:
    """Start processes that signals to all of a terminal, or of a group, do not reach: the driver answers them.

    With the first new process, though not with a copy, goes Python's `tracker` of resources.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        if tracker:
            resource_tracker.ensure_running()  # which lets signals through again
            signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
