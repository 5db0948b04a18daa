"""The last line of a terminal, while a command works: how far it is, or for how long it has been at it.

No command is silent for more than a second. The line is written on stderr where that is a terminal, and is gone before
anything else is written there or on stdout. Anywhere else nothing is written.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from threading import Event, RLock, Thread
from typing import Any, TextIO

SECONDS = 1.0  # of silence, at most
_CLEAR = "\r\033[K"


class LastLine:
    """The line. `tell` shows a text at once; after a second in which nothing is written it says how long it takes."""

    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream = stream
        self._text = what
        self._shown = False
        self._lock = RLock()
        self._written = self._begun = time.monotonic()
        self._over = Event()
        self._thread = Thread(target=self._watch, name="last line", daemon=True)
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
        width = get_terminal_size().columns - 1
        self._put(f"{_CLEAR}{text if len(text) <= width else f'{text[: width - 3]}...'}")

    def _put(self, text: str) -> None:
        with suppress(OSError, ValueError):  # a terminal that was closed is told elsewhere
            self._stream.write(text)
            self._stream.flush()


class _Watched:
    """A stream that takes the last line away before it writes. In all else it is the stream."""

    def __init__(self, stream: TextIO, line: LastLine) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> int:
        self._line.clear()
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        self._line.clear()
        self._stream.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_lines: list[LastLine] = []


@contextmanager
def last_line(what: str) -> Iterator[None]:
    """Keep the last line of stderr, where that is a terminal, while the block runs. `what` is what is done in it."""
    if not _is_terminal(sys.stderr):
        yield
        return
    streams = sys.stdout, sys.stderr
    line = LastLine(sys.stderr, what)
    _lines.append(line)
    sys.stdout, sys.stderr = (_Watched(one, line) if _is_terminal(one) else one for one in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        _lines.remove(line)
        line.close()


def tell(text: str) -> None:
    """Show a text in the last line; nothing where there is none."""
    for line in _lines[-1:]:
        line.tell(text)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False
