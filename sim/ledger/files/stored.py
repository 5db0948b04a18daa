"""Objects in an object store (S3 and others that speak its protocol), under names like paths.

An object store has no folders and no links. A name is given by a conditional write (put if absent), which is whole, and
durable, once it is acknowledged; a later reader sees it. obstore reads from the environment which store and which
account are meant; it is an extra, imported when a store is used. `asking` makes the requests.
"""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias, TypeVar

from sim.errors import LedgerError, UsageError
from sim.ledger.files.answers import StoreRequest, check_settings, store, unsettled
from sim.ledger.files.asking import ask

SCHEME = "s3://"
_ONCE = {"max_retries": 0}  # `ask` asks again, and says so
# How long a request may take: to connect, without a byte of the answer (while it is sent, too), and in all.
_PATIENCE = {"aws_connect_timeout": "5s", "aws_read_timeout": "60s", "aws_timeout": "15m"}
_TAIL = 1 << 16  # bytes that are asked for at once where a part of an object is read
_PAGE = 1000  # names that a store lists in one answer

T = TypeVar("T")

_trusted: set[str] = set()  # buckets that have refused to write over an object


@dataclass(frozen=True, slots=True)
class Status:
    """What a store says of an object: its size in bytes, and when it was written (seconds since 1970)."""

    st_size: int
    st_mtime: float


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """A name in a bucket, of an object or of all that begin with it, with the methods of a `Path` that a ledger uses.

    `key` has no slash at its ends; it is "" for the bucket itself. Methods raise what `ask` raises, FileNotFoundError
    for what is not there, and UsageError E030 without the extra.
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
        found = self._ask("s3:GetObject", lambda: _obstore().head(self._store, self.key), self._first_page)
        return Status(found["size"], found["last_modified"].timestamp())

    def iterdir(self) -> "Iterator[Stored]":
        """Yield the names right below this one."""
        found = self._ask("s3:ListBucket", lambda: _obstore().list_with_delimiter(self._store, self.key or None))
        for key in (*found["common_prefixes"], *(each["path"] for each in found["objects"])):
            if self._is_above(key):
                yield Stored(self.bucket, key)

    def files(self) -> "Iterator[Stored]":
        """Yield all objects below this name."""
        for each in self._listed():
            yield Stored(self.bucket, each["path"])

    def read_bytes(self) -> bytes:
        return self._ask("s3:GetObject", lambda: bytes(_obstore().get(self._store, self.key).bytes()))

    def read_range(self, start: int, stop: int) -> bytes:
        request = partial(_obstore().get_range, self._store, self.key, start=start, end=stop)
        return bytes(self._ask("s3:GetObject", request))

    def read_tail(self, most: int) -> tuple[bytes, int]:
        """Return its last bytes, so many at most, and how many it has in all."""

        def end() -> tuple[bytes, int]:
            found = _obstore().get(self._store, self.key, options={"range": {"suffix": most}})
            return bytes(found.bytes()), found.meta["size"]

        try:
            return self._ask("s3:GetObject", end)
        except LedgerError as error:
            if " 416 " not in error.message:  # an empty object has no last bytes
                raise
        content = self.read_bytes()
        return content, len(content)

    def open(self, mode: str) -> io.BufferedReader:
        """Open it to read parts of it: what is not read is not fetched."""
        assert mode == "rb", "an object is written whole"
        return io.BufferedReader(_Parts(self), _TAIL)

    def create(self, content: bytes) -> bool:
        """Write it whole, unless it is there: then return False.

        The first time it is tried once more: a store that does not know conditional writes would write over it.
        """
        free = self._put(content)
        if free and self.bucket not in _trusted:
            if self._put(content, anew=False):
                remedy = "two writers could destroy each other's runs there: use another store, or a folder"
                raise LedgerError("E717", f"{store()} knows no If-None-Match: it writes over objects", remedy)
            _trusted.add(self.bucket)
        return free

    def _put(self, content: bytes, *, anew: bool = True) -> bool:
        tries = 0

        def put() -> None:
            nonlocal tries
            tries += 1
            _obstore().put(self._store, self.key, content, mode="create", use_multipart=False)

        try:
            self._ask("s3:PutObject", put)
        except FileExistsError:
            # Where the answer to an earlier try was lost, what is there is what was written then.
            return anew and tries > 1 and self.read_bytes() == content
        return True

    def _listed(self) -> Iterator[Any]:
        last: str | None = None
        pages: Iterator[Any] | None = None

        def page() -> Any:
            nonlocal pages
            if pages is None:
                pages = _obstore().list(self._store, self.key or None, offset=last, chunk_size=_PAGE)
            try:
                return next(pages, None)
            except BaseException:
                pages = None  # the next try goes on after the last name that came
                raise

        while some := self._ask("s3:ListBucket", page):
            last = some[-1]["path"]
            yield from (each for each in some if self._is_above(each["path"]))

    def _is_above(self, key: str) -> bool:
        """Return whether a listed key is below this name; consoles make an empty object for the folder itself."""
        return not self.key or key.startswith(f"{self.key}/")

    def _first_page(self) -> object:
        return next(_obstore().list(self._store, self.key or None), None)

    def _ask(self, right: str, request: Callable[[], T], listen: Callable[[], object] | None = None) -> T:
        return ask(StoreRequest(self.bucket, str(self), right), request, listen)

    @property
    def _store(self) -> Any:
        return _opened(self.bucket)


StorePath: TypeAlias = Path | Stored


class _Parts(io.RawIOBase):
    """An object as a file that can be read from anywhere."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._tail, self._size = stored.read_tail(_TAIL)  # what says where the rest is stands at the end
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
        before = self._size - len(self._tail)
        if self._at >= before:
            data = self._tail[self._at - before : stop - before]
        else:
            data = self._stored.read_range(self._at, stop)
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
    known = _obstore().exceptions
    from obstore.store import S3Store

    check_settings()
    limits = {name: limit for name, limit in _PATIENCE.items() if name.upper() not in os.environ}
    try:
        return S3Store(bucket, retry_config=_ONCE, config=limits)
    except (known.BaseError, ValueError) as error:
        raise unsettled(error) from None
