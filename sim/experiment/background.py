"""A call in a background thread, so that the main thread answers signals meanwhile.

Python answers a signal in the main thread alone, between two of its own instructions; compiled code may take minutes.
"""

import ctypes
from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Thread, current_thread, main_thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Calls `act` at once, in a thread of its own where it can. An interrupted caller may `wait` on, or `stop` it."""

    def __init__(self, act: Callable[[], T]) -> None:
        self._act = act
        self._done = Event()
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="sim-background", daemon=True)
        if current_thread() is not main_thread():
            self._run()
            return
        try:
            self._thread.start()
        except RuntimeError:  # the system's limit of threads is reached
            self._run()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is done, or so long, and say whether it is."""
        return self._done.wait(seconds)

    def take(self) -> T:
        """Wait for what came of it, and hand it over, once. Raise what it raised."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._results.pop()

    def stop(self) -> None:
        """Interrupt it where it next comes to an instruction of Python's."""
        if self._thread.ident is not None and not self._done.is_set():
            thread, error = ctypes.c_ulong(self._thread.ident), ctypes.py_object(KeyboardInterrupt)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)

    def _run(self) -> None:
        try:
            self._results.append(self._act())
        except BaseException as error:  # noqa: BLE001 - it is raised by `take`
            self._error = error
        finally:
            self._done.set()
