"""Where a ledger is kept: a folder, or an object store. What differs between the two, apart from publishing."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

from sim.errors import UsageError
from sim.ledger.faults import refusals, stands
from sim.ledger.stored import SCHEME, Place, Stored


def place(text: str | Place) -> Place:
    """Return the place that a text means: a folder's path, or s3://bucket/prefix. Raise UsageError E033 for neither."""
    if not isinstance(text, str) or "://" not in text:
        return Path(text) if isinstance(text, str) else text
    bucket, _, key = text.removeprefix(SCHEME).rstrip("/").partition("/")
    if not text.startswith(SCHEME) or not bucket or "//" in key:
        raise UsageError("E033", f"'{text}' is no place for a ledger", "expected a folder, or s3://bucket/prefix")
    return Stored(bucket, key)


def files_below(folder: Place) -> list[Place]:
    """List all files below a folder, links too, in order."""
    if isinstance(folder, Stored):
        return sorted(folder.files())
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def parts_below(path: Place, folder: Place) -> tuple[str, ...]:
    """Return the names on the way from a folder to what is in it."""
    if isinstance(path, Stored):
        assert isinstance(folder, Stored), f"{path} is not in {folder}"
        return path.relative_to(folder).parts
    assert isinstance(folder, Path), f"{path} is not in {folder}"
    return path.relative_to(folder).parts


def right_in(folder: Place) -> list[Place]:
    """List what is right in a folder, in order; nothing if it is not there."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def standing(folder: Place, names: Iterable[str]) -> set[str]:
    """Say which of the files are there. Raises E706 if the folder cannot be read."""
    if isinstance(folder, Stored):
        with refusals("read", folder):
            return {path.name for path in folder.iterdir()}.intersection(names)
    return {name for name in names if stands(folder / name)}


def at_hand(folder: Place, entry: str) -> Path:
    """Return where a file can be read, with all that are in its folder: where they are, or from a store, in a copy."""
    return _copied(folder) / entry if isinstance(folder, Stored) else folder / entry


def temporary() -> str:
    """Return how the name of a folder begins that this process makes for what is temporary: so it is told whose it is.

    Whoever makes one removes it; a process that is stopped removes all of its own.
    """
    return f"sim-{os.getpid()}-"


@lru_cache
def _copied(folder: Stored) -> Path:
    """Copy a folder, once, for as long as this process lives. Raises E706 if the store or the system refuses."""
    copy = Path(tempfile.mkdtemp(prefix=temporary()))
    Finalize(None, shutil.rmtree, (copy,), {"ignore_errors": True}, exitpriority=0)  # in a worker process, too
    with refusals("read", folder):
        for file in folder.files():
            parts = file.relative_to(folder).parts
            assert ".." not in parts, f"{file} is no name in a folder"
            target = copy.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return copy
