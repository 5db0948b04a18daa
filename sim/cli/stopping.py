"""Ctrl-C, SIGTERM and SIGHUP: each is the same orderly stop, and a second one stops at once.

The first raises KeyboardInterrupt in the main thread: what is done is sealed, workers end, and the exit code is 128 and
the signal's number. Python does that only between two of its own instructions, so a thread beside it says what is
waited for, and ends the process where the main thread is in somebody else's code and does not come back in time. That
does no harm: what is written is whole or not there.
"""

import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread, current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any

import click

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
# A terminal that is closed, a shell and `timeout` may each send the same wish once more, to the process and to its
# group. What comes so soon is not a second one, and is too soon to be told what is waited for.
ONE_WISH = 0.3  # seconds
PATIENCE = 1.5  # seconds that the main thread has to answer, and to end all but a sealing


class Stopping:
    """Answers signals while it is entered, in the main thread; elsewhere it does nothing. Used once.

    Leaving after a signal ends the process, and removes the folders for what is temporary that bear its number.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._begun = self._answered = self._over = False

    def __enter__(self) -> None:
        self._active = current_thread() is main_thread()
        if not self._active:
            return
        self._ours, self._theirs = socket.socketpair()
        self._theirs.settimeout(0)
        self._wakeup = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        # The process that starts a command may have it ignore a signal, as `nohup` does; None is not one of Python's.
        self._before = {one: how for one, how in before.items() if how is not None and how != signal.SIG_IGN}
        with suppress(RuntimeError):  # the system's limit of threads is reached
            Thread(target=self._watch, name="sim-stopping", daemon=True).start()
        for number in self._before:
            signal.signal(number, self._interrupt)
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._lost
        self._begun = True
        if self.number is not None:
            self._leave()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over = True
        if not self._active:
            return
        if self.number is not None:
            if error is not None and not isinstance(error, click.exceptions.Exit):  # what raised that has said more
                _tell("stopped")
            self._leave()
        for number, how in self._before.items():
            signal.signal(number, how)
        sys.unraisablehook = self._unraisable
        signal.set_wakeup_fd(self._wakeup)
        self._theirs.close()

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        if self._over:
            return
        first, self._answered = not self._answered, True
        self.number = self.number or number
        if first and self._begun:
            raise KeyboardInterrupt

    def _lost(self, lost: "sys.UnraisableHookArgs") -> None:
        """Say nothing of an interrupt that Python drops, as in garbage collection: `_watch` ends the process."""
        if self.number is None or not isinstance(lost.exc_value, KeyboardInterrupt):
            self._unraisable(lost)

    def _watch(self) -> None:
        """Watch, in a thread, for signals and for how they are answered."""
        with self._ours:
            first = self._next()
            if first is not None:
                self._stop(first)

    def _stop(self, number: int) -> None:
        self.number = self.number or number
        time.sleep(ONE_WISH)
        while self._next(0.001) is not None:
            pass
        _tell(f"stopping{_what()}; press Ctrl-C again to stop at once")
        until, again = time.monotonic() + PATIENCE - ONE_WISH, None
        while again is None and time.monotonic() < until:
            again = self._next(0.1)
            if self._answered and _what():
                until = time.monotonic() + 2 * PATIENCE
        _tell("stopped" if again is None else "stopped at once")
        self._leave()

    def _next(self, seconds: float | None = None) -> int | None:
        """Wait for one of the signals. Return None if none comes in time, or the command has ended."""
        self._ours.settimeout(seconds)
        with suppress(TimeoutError):
            while received := self._ours.recv(1):
                if received[0] in self._before:
                    return received[0]
        return None

    def _leave(self) -> None:
        """End this process and its workers, now: no thread, and nothing that Python does as it ends, can hold it up."""
        if "multiprocessing" in sys.modules:
            import multiprocessing

            for child in multiprocessing.active_children():
                child.kill()
        places = sys.modules.get("sim.ledger.files.paths")
        if places is not None:
            for folder in Path(tempfile.gettempdir()).glob(f"{places.temporary()}*"):
                shutil.rmtree(folder, ignore_errors=True)
        for stream in (sys.stdout, sys.stderr):
            if current_thread() is main_thread() and _has_room(stream):
                with suppress(OSError, ValueError):
                    stream.flush()
        os._exit(128 + (self.number or signal.SIGINT))


def _what() -> str:
    """Return what a stop may wait for."""
    record = sys.modules.get("sim.experiment.record")
    return ": sealing what is done" if record is not None and record.is_sealing() else ""


def _tell(text: str) -> None:
    """Write a line to stderr, if somebody takes it: below a bar that may be drawn there, and with its cursor shown."""
    if not _has_room(sys.stderr):
        return
    before = "\r\033[K\033[?25h" if sys.stderr.isatty() else ""
    with suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{before}{text}\n".encode())


def _has_room(stream: Any) -> bool:
    try:
        return bool(select.select([], [stream], [], 0)[1])
    except (OSError, ValueError, TypeError):  # it is closed, or nothing that can be asked
        return False
