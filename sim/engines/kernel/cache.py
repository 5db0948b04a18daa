"""The folder in which compiled code is kept, and whose code is run. Beside it lies what else need not be made twice.

A file is held against its own digest, which says that it is whole and not who wrote it: anybody who can write to the
folder can have code run here. So the folder and each file in it must belong to the user, or to root, and nobody else
may write to them. Another folder is left alone, another file is made again, and a warning (W027) says why. The folder
is made for the user alone. What is checked is what is opened, and all that follows goes through it, so nothing can be
put in its place in between. Windows keeps other rights, which are those of the user's own folders, and nothing is
checked there.
"""

import hashlib
import os
import secrets
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import parent_process
from pathlib import Path

from platformdirs import user_cache_path

from sim.errors import SimWarning

VARIABLE = "SIM_CACHE"  # of the environment: another folder
MOST_KEPT = 400  # modules, some 50 MB
_SIZE = 32  # bytes of the digest that a file begins with
_CHECKS = hasattr(os, "geteuid") and {os.open, os.stat, os.unlink, os.rename} <= os.supports_dir_fd
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Links are not followed, and a pipe or a device is not waited for.
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Folder:
    """The folder as it was when it was opened; None for its number where nothing is checked.

    Of a file that is not to be trusted a warning tells, unless it is `silent`.
    """

    def __init__(self, path: Path, number: int | None, *, silent: bool = False) -> None:
        self.path = path
        self._number = number
        self._silent = silent

    def _at(self, name: str) -> str:
        return name if self._number is not None else str(self.path / name)

    def read(self, name: str) -> bytes | None:
        """Return what is kept under a name; None if that is nothing, damaged, or not to be trusted."""
        place = self._at(name)
        with suppress(OSError):
            if self._number is not None and stat.S_ISLNK(self._stat(name).st_mode):
                self._refuse(name, "it is a link")
                return None
            file = os.open(place, os.O_RDONLY | _FLAGS | _AS_IT_IS, dir_fd=self._number)
            with open(file, "rb") as opened:
                known = os.fstat(file)
                why = "it is not a file" if not stat.S_ISREG(known.st_mode) else _distrusted(known)
                if why:
                    self._refuse(name, why)
                    return None
                data = opened.read()
            if hashlib.sha256(data[_SIZE:]).digest() == data[:_SIZE]:
                with suppress(OSError):  # nothing may be written there
                    os.utime(place, dir_fd=self._number)  # what is used stays longest
                return data[_SIZE:]
        return None

    def keep(self, name: str, code: bytes, most: int | None = None) -> None:
        """Keep code under a name, readable for the user alone. At most `most` whose names end alike stay, by
        default MOST_KEPT: those that were used last. Where the disk refuses, there is just no next time.
        """
        temporary = f".{name}.{os.getpid()}-{secrets.token_hex(4)}"
        with suppress(OSError):
            wanted = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
            file = os.open(self._at(temporary), wanted, 0o600, dir_fd=self._number)
            try:
                with open(file, "wb") as opened:
                    opened.write(hashlib.sha256(code).digest() + code)
                os.replace(self._at(temporary), self._at(name), src_dir_fd=self._number, dst_dir_fd=self._number)
            except OSError:
                os.unlink(self._at(temporary), dir_fd=self._number)
                raise
            names = os.listdir(self.path if self._number is None else self._number)
            alike = (one for one in names if Path(one).suffix == Path(name).suffix)
            kept = sorted(alike, key=lambda one: self._stat(one).st_mtime)
            for old in kept[: -(most or MOST_KEPT)]:
                os.unlink(self._at(old), dir_fd=self._number)

    def has(self, name: str) -> bool:
        """Return whether something is kept under a name."""
        with suppress(OSError):
            return stat.S_ISREG(self._stat(name).st_mode)
        return False

    def _refuse(self, name: str, why: str) -> None:
        if not self._silent:
            _refuse(self.path / name, why)

    def _stat(self, name: str) -> os.stat_result:
        return os.stat(self._at(name), dir_fd=self._number, follow_symlinks=False)


def place() -> Path:
    """Return where the folder is, or would be."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else user_cache_path("sim") / "kernels"


@contextmanager
def opened(*, make: bool = False, silent: bool = False) -> Iterator[Folder | None]:
    """Yield the folder, made if it is not there and wanted; None if it is not there, or not to be trusted.

    Where it is not to be trusted a warning says why, unless it is `silent`: for what is not code.
    """
    path = place().absolute()
    number = None
    why = ""
    try:
        if make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _CHECKS:
            number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
            why = _led_astray(path) or _distrusted(os.fstat(number))
        there = number is not None or path.is_dir()
    except OSError:
        there = False  # or nobody may look: there is just no cache
    try:
        if there and why and not silent:
            _refuse(path, why)
        yield Folder(path, number, silent=silent) if there and not why else None
    finally:
        if number is not None:
            os.close(number)


def _led_astray(path: Path) -> str:
    """Return which link on the way to a folder is another user's, who could lead it anywhere; nothing if none is."""
    for part in (*reversed(path.parents), path):
        known = part.lstat()
        if stat.S_ISLNK(known.st_mode) and not _own(known):
            return f"'{part}' on the way to it is a link of another user (number {known.st_uid})"
    return ""


def _distrusted(known: os.stat_result) -> str:
    """Return why what is opened cannot be trusted; nothing if it can."""
    if not _CHECKS:
        return ""
    if not _own(known):
        return f"it belongs to another user (number {known.st_uid})"
    mode = stat.S_IMODE(known.st_mode)
    others = mode & (stat.S_IWGRP | stat.S_IWOTH)
    return f"others than its owner may write to it (mode {mode:04o})" if others else ""


def _own(known: os.stat_result) -> bool:
    return known.st_uid in (0, os.geteuid())  # root can do anything here already


def _refuse(path: Path, why: str) -> None:
    if parent_process() is None:  # workers meet what their driver has told of
        _warn(str(path), why)


@cache  # once for a process
def _warn(path: str, why: str) -> None:
    what = f"compiled code in '{path}' is not used: {why}, so it may be anybody's"
    way = (
        f"code is compiled anew each time; a folder of your own with mode 700, there or named by {VARIABLE}, ends that"
    )
    warnings.warn(SimWarning("W027", f"{what}; {way}"), stacklevel=3)
