"""Standard output and standard error: what is shown there, and what happens when it cannot be.

`guarded` stands around the command line. Inside of it every stream is one of these:

- What is written is `visible` first, for titles, file names and values may hold anything. What has been made visible
  and laid out already goes to the stream's `drawn`, with the terminal's own sequences for colours and progress.
- What the stream's encoding lacks is written in other letters, or as Python writes it, such as \\xe9.
- What cannot be written is let go, and the command goes on: what it was to record is recorded. Then:

    a reader has seen enough (a closed pipe)            the exit code is the command's own
    output, to a stream that is full, broken, closed    E027 on stderr, and exit code 1 instead of 0
    messages, to a stream that is full or broken        exit code 1 instead of 0
    messages, to a stream that was closed at the start  nothing: nobody wanted them
"""

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, TextIO

from sim.errors import SimError
from sim.language.visible import isolated, visible

_IN_OTHER_LETTERS = "sim.in-other-letters"  # the name of a way to encode, as `codecs` knows it
_INSTEAD = {
    "±": "+-", "–": "-", "—": "-", "…": "...", "→": "->", "×": "x", "≤": "<=", "≥": ">=", "‘": "'", "’": "'",
    "“": '"', "”": '"', "○": "o", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


class GuardedStream(io.TextIOBase):
    """A stream that takes what is fit to be shown, and never raises: it remembers why it could not write.

    `before` is called before anything is written but by `put`.
    """

    def __init__(self, stream: TextIO | None, name: str) -> None:
        self._stream = stream
        self.title = name
        self.trouble: Exception | None = None
        self.before: Callable[[], None] | None = None
        self._isolates = self.isatty() and self.encoding.lower().startswith("utf")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return _IN_OTHER_LETTERS

    @property
    def closed_at_start(self) -> bool:
        return self._stream is None

    def write(self, text: str) -> int:
        if self.before is not None:
            self.before()
        self._try(lambda stream: stream.write(isolated(text) if self._isolates else text))
        return len(text)

    def put(self, text: str) -> None:
        """Write a text that stands until something else is written, at once."""
        self._try(lambda stream: (stream.write(text), stream.flush()))

    def write_data(self, text: str) -> None:
        """Write data for another program as it is, in UTF-8 whatever the locale."""
        if self.before is not None:
            self.before()
        buffer = getattr(self._stream, "buffer", None)
        if buffer is None or codecs.lookup(self.encoding).name == "utf-8":
            self._try(lambda stream: stream.write(text))
        else:
            self.flush()
            self._try(lambda stream: buffer.write(text.encode()))

    def flush(self) -> None:
        if self._stream is not None:
            self._try(lambda stream: stream.flush())

    def isatty(self) -> bool:
        return self._stream is not None and not self._stream.closed and self._stream.isatty()

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def _try(self, act: Callable[[TextIO], object]) -> None:
        if self.trouble is not None:
            return
        try:
            if self._stream is None:
                raise ValueError("it is closed")
            act(self._stream)
        except (OSError, ValueError) as error:
            self.trouble = error
            # What is left in a buffer goes nowhere; else Python would complain when it closes the stream.
            with suppress(OSError, ValueError):
                number, nowhere = self.fileno(), os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, number)
                os.close(nowhere)

    def close(self) -> None:
        """Leave the stream open: it is the process's, not this object's."""


class ShownStream(GuardedStream):
    """A stream that makes visible what is written to it."""

    def __init__(self, stream: TextIO | None, name: str) -> None:
        super().__init__(stream, name)
        self.drawn = GuardedStream(stream, name)

    def write(self, text: str) -> int:
        self.drawn.write(visible(text))
        return len(text)

    def flush(self) -> None:
        self.drawn.flush()

    @property
    def lost(self) -> Exception | None:
        """Why something could not be written that somebody wanted to read; None if that did not happen."""
        trouble = self.drawn.trouble
        return None if isinstance(trouble, BrokenPipeError) else trouble


def drawn(stream: TextIO) -> Any:
    """Return where to write what is visible already, with a terminal's own sequences."""
    return stream.drawn if isinstance(stream, ShownStream) else stream


def writable(text: str, stream: TextIO) -> str:
    """Return text as it will stand in a stream: visible, in letters that the stream's encoding has."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return visible(text).encode(encoding, _IN_OTHER_LETTERS).decode(encoding)


def write_data(text: str, stream: TextIO) -> None:
    """Write data, such as CSV: as it is, in UTF-8, for another program; on a terminal visible, as all else."""
    target = drawn(stream)
    if isinstance(target, GuardedStream) and not target.isatty():
        target.write_data(text)
    else:
        target.write(visible(text))


def guarded(command: Callable[[], None]) -> Callable[[], None]:
    """Let a command, which ends with SystemExit, write to streams that never raise, and end as the table above says."""

    @wraps(command)
    def run() -> None:
        _take_numbers()
        before = sys.stdout, sys.stderr
        with _writing_what_can_be(before[0]), _writing_what_can_be(before[1]):
            out, err = ShownStream(before[0], "stdout"), ShownStream(before[1], "stderr")
            sys.stdout, sys.stderr = out, err
            try:
                command()
            except SystemExit as end:
                raise SystemExit(_code(out, err, end.code)) from None
            finally:
                out.flush()
                err.flush()
                sys.stdout, sys.stderr = before

    return run


def _code(out: ShownStream, err: ShownStream, code: object) -> object:
    """Return the exit code, and say on stderr what could not be written to stdout.

    What could not be written to stderr is said nowhere: stdout is for the answer, which another program may read.
    """
    for stream in (out, err):
        stream.flush()
        if stream.lost is None or (stream is err and stream.closed_at_start):
            continue
        if stream is out:
            err.write(f"{_unwritten(stream)}\n")
            err.flush()
        code = code or 1
    return code


def _unwritten(stream: ShownStream) -> SimError:
    trouble = stream.lost
    why = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else str(trouble)
    note = "the command went on without it: what it was to record is recorded"
    return SimError("E027", f"cannot write to {stream.title}: {why}", note)


def _take_numbers() -> None:
    """Open what is closed of the first three file numbers on nothing: the next file that is opened would get one.

    What a library prints would then go into that file, such as a ledger's.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - positional alone


@contextmanager
def _writing_what_can_be(stream: TextIO | None) -> Iterator[None]:
    """Let a stream write what its encoding lacks in other letters, and wait for a slow reader."""

    def write_with(errors: str | None) -> None:
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=errors)

    if stream is not None:
        with suppress(OSError, ValueError, AttributeError):
            os.set_blocking(stream.fileno(), True)
    before = getattr(stream, "errors", None)
    write_with(_IN_OTHER_LETTERS)
    try:
        yield
    finally:
        write_with(before)


def _in_other_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(one) or one.encode("ascii", "backslashreplace").decode() for one in letters), error.end


codecs.register_error(_IN_OTHER_LETTERS, _in_other_letters)
