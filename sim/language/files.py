"""How a file is opened for reading: an ordinary file, of a bounded size, never one that lets its reader wait.

A pipe waits for its writer, a device has no end, and a file of the operating system's (`/proc`, `/sys`) may show this
process's environment. Callers decide what to tell the user. A document is read once: as long as the system shows it
unchanged, it is not opened again.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
MOST_BYTES = 2_000_000  # of a document
MOST_REMEMBERED = 64  # documents
SETTLED = 2.0  # seconds: the coarsest step of a file system's times, so that a later change shows in them
_SYSTEM = ("/dev", "/proc", "/sys")
_ORDINARY = "/dev/shm"  # noqa: S108 - a file system in memory, in which anybody keeps ordinary files


# What is read while somebody asks: the path of each document as it was named, and the bytes that were found each time.
_noted: ContextVar[list[tuple[Path, bytes]] | None] = ContextVar("noted", default=None)


class UnfitError(Exception):
    """What has this name cannot be read as a document, or is `too_large`; its text completes "this is"."""

    def __init__(self, what: str, *, too_large: bool = False) -> None:
        super().__init__(what)
        self.too_large = too_large


@contextmanager
def opened(path: Path, most: int) -> Iterator[BinaryIO]:
    """Open an ordinary file of at most `most` bytes. Raise UnfitError for anything else, OSError as the system does."""
    try:
        _check(path.stat(), most)  # before it is opened: a device may do something then
    except OSError:
        if path.is_symlink():
            raise UnfitError("a link that leads nowhere") from None
        raise
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        _check(found, most)
        if found.st_size == 0 and file.read(1):
            raise UnfitError("a file of the system's, without a size")
        file.seek(0)
        yield file


def bytes_of(path: Path, most: int) -> bytes:
    """Read an ordinary file of at most `most` bytes. Raise what `opened` raises."""
    with opened(path, most) as file:
        data = file.read()  # never read(most): that asks for so much memory at once
    if len(data) > most:
        raise UnfitError(f"a file that grows beyond {most:,} bytes", too_large=True)
    return data


def is_systems(path: Path) -> bool:
    """Return whether a path leads to where the system shows itself as files: `/dev`, `/proc`, `/sys`."""
    found = Path(os.path.realpath(path))
    within = [Path(folder) for folder in _SYSTEM]
    return not found.is_relative_to(_ORDINARY) and any(found.is_relative_to(folder) for folder in within)


def document_bytes(path: Path) -> bytes:
    """Read a document's bytes: every file that a user names is read by this function.

    Raise UnfitError for a file that is not ordinary or is too large, OSError as the system does.
    """
    version = _version(path)
    found = _read(path) if version is None else _remembered(path.absolute(), version)
    if (noted := _noted.get()) is not None:
        noted.append((path, found))
    return found


@contextmanager
def noting() -> Iterator[list[tuple[Path, bytes]]]:
    """Yield a list to which each document is added as it is read: its path as it was named, and its bytes."""
    found: list[tuple[Path, bytes]] = []
    before = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(before)


def _version(path: Path) -> tuple[int, ...] | None:
    """Return what tells one version of a file from another; None where a change might not show in it."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if time.time() - max(found.st_mtime, found.st_ctime) < SETTLED:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(MOST_REMEMBERED)
def _remembered(path: Path, version: tuple[int, ...]) -> bytes:  # noqa: ARG001 - another version is another entry
    return _read(path)


def _read(path: Path) -> bytes:
    if is_systems(path):
        raise UnfitError("a file of the system's, not of a case")
    return bytes_of(path, MOST_BYTES)


def meant_as(path: Path, kind: str) -> bool:
    """Return whether a file is meant as a document of this kind, right or wrong: one of its top keys tells."""
    try:
        text = document_bytes(path).decode("utf-8", "replace")
    except (UnfitError, OSError, ValueError):
        return False
    return any(line.startswith(f"{kind}:") for line in text.splitlines())


def why_unfit(path: Path) -> str | None:
    """Return what a path that is not a document leads to, such as "a pipe".

    Return None for a document, "" if nothing is there, or if the system cannot even look for such a name.
    """
    try:
        if is_systems(path):
            return "a file of the system's"
        document_bytes(path)
    except UnfitError as error:
        return None if error.too_large else str(error)  # reading it says so
    except PermissionError:
        return None
    except (OSError, ValueError):
        return ""
    return None


def _check(found: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnfitError(f"{_KINDS.get(stat.S_IFMT(found.st_mode), 'something else')}, not a file")
    if found.st_size > most:
        raise UnfitError(f"a file of {found.st_size:,} bytes; at most {most:,} are read", too_large=True)
