"""A worker process: it does the tasks that come through its pipe, and ends when the pipe does.

The other end of the pipe is the driver's alone, so however the driver ends, the pipe does. A thread reads it, so that a
worker ends at once even in compiled code. Signals are for the driver: they are blocked from before the process began.
"""

import os
import pickle
import shutil
import sys
import tempfile
import traceback
import warnings
from _thread import interrupt_main
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from time import sleep
from typing import Any, TextIO

from sim.errors import SimError, SimWarning
from sim.experiment.forking import forget_signals
from sim.experiment.jobs import WorkerContext
from sim.experiment.packing import LostJobError, Receiver

# What comes through the pipe: a task, or that no more is to be done. Of each task comes one result or error, in order.
RESULT, ERROR, WARNING = "result", "error", "warning"
NO_MORE = b"."  # no pickle begins so
ENDING = 0.5  # seconds for a task that is interrupted to remove what it was writing
NO_THREAD = 71  # exit code of a worker that has no thread to read with, as EX_OSERR


def serve_as_copy(pipe: Connection, folder: str | None, context: WorkerContext, others: Sequence[Connection]) -> None:
    """Do in a copy of the driver what `serve` does, with what is opened there. `others` are ends that it keeps."""
    for other in others:
        other.close()
    forget_signals()
    serve(pipe, folder, context)


def serve(pipe: Connection, folder: str | None, context: WorkerContext | None = None) -> None:
    """Do tasks until the pipe ends. What is temporary goes into `folder`, which the driver removes."""
    tempfile.tempdir = folder or tempfile.tempdir
    server = _Server(pipe, folder, context or WorkerContext())
    warnings.showwarning = server.warn
    sys.unraisablehook = server.lost
    try:
        Thread(target=server.read, name="sim-worker", daemon=True).start()
    except RuntimeError:
        os._exit(NO_THREAD)
    with suppress(KeyboardInterrupt, OSError):
        server.work()
    os._exit(0)  # Python's own clean-up at exit is not needed


class _Server:
    def __init__(self, pipe: Connection, folder: str | None, context: WorkerContext) -> None:
        self.pipe = pipe
        self.folder = folder
        self.context = context
        self.waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self.busy = False
        self.over = False

    def read(self) -> None:
        """Take what comes through the pipe, and end this process with it."""
        driver = parent_process()
        with suppress(EOFError, OSError):
            while driver is None or driver.pid == os.getppid():
                if not self.pipe.poll(1.0):  # a process that the driver forked may hold the pipe open
                    continue
                message = self.pipe.recv_bytes()
                self.over = self.over or message == NO_MORE
                self.waiting.put(None if message == NO_MORE else message)
        self.over = True
        self.waiting.put(None)
        if self.busy:
            interrupt_main()
        sleep(ENDING)
        if self.folder and driver is not None and driver.pid != os.getppid():  # it is not there to remove it
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def work(self) -> None:
        receiver = Receiver(self.context.jobs)
        while (message := self.waiting.get()) is not None and not self.over:
            self.busy = True
            kind, result = _done(message, receiver, self.context)
            try:
                self.pipe.send((kind, result))
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                self.pipe.send((ERROR, _portable(error)))
            del message, result
            self.busy = False

    def lost(self, lost: "sys.UnraisableHookArgs") -> None:
        """Say nothing of an interrupt that Python drops, as in garbage collection: `read` ends the process."""
        if not self.over or not isinstance(lost.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(lost)

    def warn(
        self, message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None,
        line: str | None = None,
    ) -> None:  # fmt: skip
        """Let the driver give a warning of sim's; of all workers' once."""
        if isinstance(message, SimWarning):
            self.pipe.send((WARNING, message))
        elif (text := warnings.formatwarning(message, category, filename, lineno, line)) and file is None:
            os.write(2, text.encode())


def _done(message: bytes, receiver: Receiver, context: WorkerContext) -> tuple[str, Any]:
    try:
        return RESULT, receiver.unpacked(message).do(context)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - it is raised where the results are wanted
        return ERROR, _portable(error)


def _portable(error: BaseException) -> BaseException:
    """Make an error one that can travel, with where it came from if that is a fault of the program."""
    if not isinstance(error, SimError | MemoryError | LostJobError):
        error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)).rstrip())
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - it was made a moment ago
    except Exception:  # noqa: BLE001 - whatever keeps an error from travelling
        return RuntimeError("".join(traceback.format_exception(error)).rstrip())
    return error
