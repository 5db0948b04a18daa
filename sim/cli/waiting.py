"""The last line of a terminal, while a command works: how far it is, or for how long it has been at it.

No command is silent for more than a second. The line is written on stderr where that is a terminal, and is gone before
anything else is written there or on stdout. Anywhere else nothing is written. What stands in the line while runs are
made is composed by rich (`sim.cli.terminal.progresses`); the line is kept here, since it is there before rich is loaded
and gives way to whatever is written.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from threading import Event, RLock, Thread

from sim.cli.output_streams import GuardedStream, drawn, writable

SECONDS = 1.0  # of silence, at most
_CLEAR = "\r\033[K"


class LastLine:
    """The line. `tell` shows a text at once; after a second in which nothing is written it says how long it takes."""

    def __init__(self, put: Callable[[str], None], what: str) -> None:
        self._put = put
        self._text = what
        self._shown = False
        self._lock = RLock()
        self._written = self._begun = time.monotonic()
        self._over = Event()
        self._thread = Thread(target=self._watch, name="sim-last-line", daemon=True)
        with suppress(RuntimeError):  # the system's limit of threads is reached
            self._thread.start()

    def tell(self, text: str) -> None:
        """Show a text until something else is written."""
        with self._lock:
            self._text, self._begun = text, time.monotonic()
            self._show(text)

    def clear(self) -> None:
        """Take the line away, since something else is to be written."""
        with self._lock:
            self._written = time.monotonic()
            if self._shown:
                self._shown = False
                self._put(_CLEAR)

    def close(self) -> None:
        """Take the line away for good."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.clear()

    def _watch(self) -> None:
        while not self._over.wait(SECONDS / 5):
            with self._lock:
                now = time.monotonic()
                if now - self._written >= 0.8 * SECONDS:
                    self._show(f"{self._text}, {now - self._begun:.0f} s")

    def _show(self, text: str) -> None:
        self._written = time.monotonic()
        self._shown = True
        text = writable(text, sys.stderr)
        width = get_terminal_size().columns - 1  # a line that breaks could not be taken back
        self._put(f"{_CLEAR}{text if len(text) <= width else f'{text[: width - 3]}...'}")


_lines: list[LastLine] = []


@contextmanager
def last_line(what: str) -> Iterator[None]:
    """Keep the last line of stderr, where that is a terminal, while the block runs. `what` is what is done in it."""
    err = drawn(sys.stderr)
    if not isinstance(err, GuardedStream) or not err.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        yield
        return
    line = LastLine(err.put, what)
    _lines.append(line)
    screen = [one for one in (drawn(sys.stdout), err) if isinstance(one, GuardedStream) and one.isatty()]
    for one in screen:
        one.before = line.clear
    try:
        yield
    finally:
        for one in screen:
            one.before = None
        _lines.remove(line)
        line.close()


def tell(text: str) -> None:
    """Show a text in the last line; nothing where there is none."""
    for line in _lines[-1:]:
        line.tell(text)
