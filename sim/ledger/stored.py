"""Objects in an object store, under names like paths: what a ledger asks of files, asked of S3 and its like.

There are no folders there, and no links. A name is given by a conditional write (put if absent), which is whole, and
durable, once it is acknowledged; a later reader sees it. Which store and which account, obstore reads from the
environment, as AWS's own tools do. obstore is an extra: it is imported when a store is asked for.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from sim.errors import UsageError

SCHEME = "s3://"
_RETRIES = {"max_retries": 5, "retry_timeout": timedelta(seconds=30)}
_TAIL = 1 << 16  # bytes that are asked for at once where a part of an object is read

_trusted: set[str] = set()  # buckets that have refused to write over an object


@dataclass(frozen=True, slots=True)
class Status:
    """What a store says of an object: its size in bytes, and when it was written (seconds since 1970)."""

    st_size: int
    st_mtime: float


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """A name in a bucket, of an object or of all that begin with it, with the methods of a `Path` that a ledger uses.

    `key` has no slash at its ends; it is "" for the bucket itself. Methods raise OSError if the store refuses, and
    FileNotFoundError, one of its kind, for what is not there; UsageError E030 without the extra.
    """

    bucket: str
    key: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    def __truediv__(self, name: str) -> "Stored":
        return Stored(self.bucket, f"{self.key}/{name}" if self.key else name)

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def parent(self) -> "Stored":
        return Stored(self.bucket, self.key.rpartition("/")[0])

    @property
    def parents(self) -> "tuple[Stored, ...]":
        return (self.parent, *self.parent.parents) if self.key else ()

    def absolute(self) -> "Stored":
        return self

    def relative_to(self, other: "Stored") -> PurePosixPath:
        return PurePosixPath(self.key).relative_to(other.key)

    def is_file(self) -> bool:
        try:
            self.lstat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        return next(self._listed(), None) is not None

    def lstat(self) -> Status:
        with _refusals():
            found = _obstore().head(self._store, self.key)
        return Status(found["size"], found["last_modified"].timestamp())

    def iterdir(self) -> "Iterator[Stored]":
        """Yield the names right below this one."""
        with _refusals():
            found = _obstore().list_with_delimiter(self._store, self.key or None)
        for key in (*found["common_prefixes"], *(each["path"] for each in found["objects"])):
            yield Stored(self.bucket, key)

    def files(self) -> "Iterator[Stored]":
        """Yield all objects below this name."""
        for each in self._listed():
            yield Stored(self.bucket, each["path"])

    def read_bytes(self) -> bytes:
        with _refusals():
            return bytes(_obstore().get(self._store, self.key).bytes())

    def read_range(self, start: int, stop: int) -> bytes:
        with _refusals():
            return bytes(_obstore().get_range(self._store, self.key, start=start, end=stop))

    def open(self, mode: str) -> io.BufferedReader:
        """Open it to read parts of it: what is not read is not fetched."""
        assert mode == "rb", "an object is written whole"
        return io.BufferedReader(_Parts(self), _TAIL)

    def create(self, content: bytes) -> bool:
        """Write it, unless it is there: then return False. No reader ever sees a part of it.

        The first time that it succeeds, it is tried once more, to see that the store refuses to write over it: one
        that does not know conditional writes would take any.
        """
        free = self._put(content)
        if free and self.bucket not in _trusted:
            if self._put(content):
                raise OSError(f"the store of {SCHEME}{self.bucket} knows no If-None-Match: it writes over objects")
            _trusted.add(self.bucket)
        return free

    def _put(self, content: bytes) -> bool:
        obstore = _obstore()
        try:
            with _refusals():
                obstore.put(self._store, self.key, content, mode="create", use_multipart=False)
        except FileExistsError:
            return False
        return True

    def _listed(self) -> Iterator[Any]:
        with _refusals():
            for some in _obstore().list(self._store, self.key or None):
                yield from some

    @property
    def _store(self) -> Any:
        return _opened(self.bucket)


Place: TypeAlias = Path | Stored


class _Parts(io.RawIOBase):
    """An object as a file that can be read from anywhere."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._size = stored.lstat().st_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        stop = min(self._size, self._at + len(buffer))
        data = self._stored.read_range(self._at, stop) if stop > self._at else b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _obstore() -> Any:
    try:
        import obstore
        import obstore.exceptions
    except ImportError:
        raise UsageError("E030", "obstore is not installed", "pip install '.[cluster]'") from None
    return obstore


@lru_cache(maxsize=8)
def _opened(bucket: str) -> Any:
    _obstore()
    from obstore.store import S3Store

    return S3Store(bucket, retry_config=_RETRIES)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the store's errors into those that a file system gives."""
    known = _obstore().exceptions
    try:
        yield
    except known.AlreadyExistsError as error:
        raise FileExistsError(_first_line(error)) from error
    except known.BaseError as error:
        raise OSError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
