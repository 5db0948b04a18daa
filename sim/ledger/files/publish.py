"""How a file comes into being: whole under its final name, or not at all, and never over another.

In a folder the content goes to a temporary file, is forced to the disk, is linked to its final name, and the folder is
forced to the disk; only then is it acknowledged. A process that is killed leaves at most a temporary file, which no
reader looks at. An object store does all that by itself. Callers decide what to do when the name is taken.
"""

import errno
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from sim.ledger.files.faults import on_disk, refusals
from sim.ledger.files.stored import Stored, StorePath

LOCK = ".lock"

_TEMPORARY = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.tmp")
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.EMLINK}


def publish(path: StorePath, content: bytes) -> bool:
    """Give `content` the name `path`, durably; return False, and change nothing, if the name was taken.

    Even then the name is durable when this returns: the process that took it may not have got as far as that.
    Raise E706 if the system refuses; nothing is then acknowledged.
    """
    if isinstance(path, Stored):
        with refusals("write", path):
            return path.create(content)
    with _written(path, content) as temporary:
        return _name(temporary, path)


def replace(path: StorePath, content: bytes) -> None:
    """Give `content` the name `path`, durably, in the place of a damaged file. Raise E706, E712 in an object store."""
    path = on_disk(path, "nothing is replaced there")
    with _written(path, content) as temporary:
        temporary.rename(path)


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """Write a temporary file beside `path`, which the caller names; force the name to the disk. Raise E706."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with refusals("write", path):
        try:
            _write(temporary, content)
            yield temporary
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


def make_folder(path: StorePath, within: StorePath) -> None:
    """Make a folder and those above it, durably, as far up as `within`. Raise E706 if the system refuses.

    Names below `within` are forced to the disk in any case: who made one may have been killed before that. An object
    store has no folders: nothing is done.
    """
    if isinstance(path, Stored) or isinstance(within, Stored):
        return
    with refusals("write", path):
        folders = [path, *path.parents]
        fresh = [folder for folder in folders if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        below = folders[: folders.index(within)] if within in folders else []
        for folder in dict.fromkeys([*fresh, *below]):
            with nullcontext() if folder in fresh else suppress(PermissionError):  # one that others made, and keep
                _sync_folder(folder.parent)


def move(path: StorePath, target: StorePath) -> bool:
    """Give a file or folder another name, durably; return False if it is not there. Raise as `replace`."""
    path, target = on_disk(path, "nothing is moved there"), on_disk(target, "nothing is moved there")
    with refusals("write", target):
        try:
            path.rename(target)
        except FileNotFoundError:
            return False
        _sync_folder(target.parent)
        _sync_folder(path.parent)
    return True


def remove(path: StorePath) -> bool:
    """Remove a file; return False if it is not there. Raise as `replace`."""
    path = on_disk(path, "nothing is removed there")
    with refusals("write", path):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
    return True


def is_temporary(name: str) -> bool:
    """Return whether a file of this name is temporary: a process is writing to it, or was stopped while it did."""
    return _TEMPORARY.fullmatch(name) is not None


def _write(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _name(temporary: Path, path: Path) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        # Over a network a link can succeed, its answer be lost, and the repeated call find the name taken.
        return path.samefile(temporary)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _name_without_links(temporary, path)
    return True


def _name_without_links(temporary: Path, path: Path) -> bool:
    """Rename `temporary` to `path` unless the name is taken.

    Some file systems (FAT, some network shares) have no hard links, and POSIX has no other call that names a finished
    file without overwriting. So writers take turns: each looks and renames while it holds a lock, which the system
    drops when its holder dies. Where the lock does not reach between hosts, a segment may be replaced by its equal,
    which does no harm; of two manifests sealed at the same instant one may be lost, and its runs are made again. On
    Windows a rename is exclusive by itself.
    """
    if sys.platform == "win32":
        try:
            temporary.rename(path)
        except FileExistsError:
            return False
        return True
    import fcntl

    lock = os.open(path.with_name(LOCK), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with suppress(OSError):  # a file system without locks: only the look before the rename is left
            fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return False
        temporary.rename(path)
        return True
    finally:
        os.close(lock)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # folders cannot be opened there; NTFS journals names by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot sync folders
            raise
    finally:
        os.close(handle)
