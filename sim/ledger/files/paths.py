"""Where a ledger is kept: a folder, or an object store. What differs between the two, apart from publishing."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

from sim.errors import UsageError
from sim.language.visible import quoted
from sim.ledger.files.faults import refusals, stands
from sim.ledger.files.stored import SCHEME, Stored, StorePath

DEFAULT = Path("ledger")  # where runs are kept unless one says otherwise

_LIKE_AN_ADDRESS = re.compile(r"\s*(s3[an]?:|\w+://)", re.IGNORECASE)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def place(text: str | StorePath) -> StorePath:
    """Return the place that a text means: a folder, or s3://bucket/prefix.

    Raise UsageError E033 for what only resembles the address of a store, so that it becomes no folder.
    """
    if not isinstance(text, str):
        return text
    if not _LIKE_AN_ADDRESS.match(text) and text.strip():
        return Path(text)
    problem, *notes = _wrong_with(text)
    if problem:
        raise UsageError("E033", f"'{text}' is not a valid ledger location: {problem}", *notes)
    bucket, _, key = text.removeprefix(SCHEME).rstrip("/").partition("/")
    return Stored(bucket, key)


def _wrong_with(text: str) -> tuple[str, ...]:
    """Return what is wrong with the address of a store, and what to write; an empty text if nothing is."""
    if not text.strip():
        return "it is empty", "expected a folder, or s3://bucket/prefix"
    if not text.startswith(SCHEME):
        meant = re.fullmatch(r"s3[an]?:/*(\w.*)", text.strip(), re.IGNORECASE)
        said = f"did you mean '{SCHEME}{meant[1]}'?" if meant else "expected a folder, or s3://bucket/prefix"
        return f"it does not begin with {SCHEME}", said
    bucket, _, key = text.removeprefix(SCHEME).rstrip("/").partition("/")
    if not bucket:
        return "it names no bucket", "expected s3://bucket/prefix"
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        return f"'{bucket}' cannot be a bucket", "a bucket's name has 3 to 63 small letters, digits, dots and hyphens"
    if not key:
        return "it names no prefix", f"expected such as {SCHEME}{bucket}/ledger: a ledger does not take a whole bucket"
    if any(part in ("", ".", "..") for part in key.split("/")):
        return "a part of the prefix is empty, '.' or '..'", "leave that part out"
    if not key.isprintable() or key != key.strip():
        return "the prefix begins or ends with a space, or has characters that are not shown", "leave them out"
    return ("",)


def as_option(folder: StorePath) -> str:
    """Write what a command needs to find a ledger, with a space before it; nothing where it is the default one."""
    return "" if folder == DEFAULT else f" --ledger {quoted(str(folder))}"


def mended_by(folder: StorePath, ensemble: str) -> str:
    """Write the commands that mend an ensemble of a ledger; one in a store is copied to a folder, and mended there."""
    if isinstance(folder, Stored):
        return f"sim copy {quoted(str(folder))} copied {ensemble}; sim repair {ensemble} --ledger copied"
    return f"sim repair {ensemble}{as_option(folder)}"


def files_below(folder: StorePath) -> list[StorePath]:
    """List all files below a folder, links too, in order."""
    if isinstance(folder, Stored):
        return sorted(folder.files())
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def parts_below(path: StorePath, folder: StorePath) -> tuple[str, ...]:
    """Return the names on the way from a folder to what is in it."""
    if isinstance(path, Stored):
        assert isinstance(folder, Stored), f"{path} is not in {folder}"
        return path.relative_to(folder).parts
    assert isinstance(folder, Path), f"{path} is not in {folder}"
    return path.relative_to(folder).parts


def right_in(folder: StorePath) -> list[StorePath]:
    """List what is right in a folder, in order; nothing if it is not there."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def standing(folder: StorePath, names: Iterable[str]) -> set[str]:
    """Return which of the files are there. Raise E706 if the folder cannot be read."""
    if isinstance(folder, Stored):
        wanted = set(names)
        with refusals("read", folder):
            listed = {path.name for path in folder.iterdir()}.intersection(wanted)
            # A listing may be out of date, so names that it lacks, which are few, are asked for one by one.
            return listed | {name for name in wanted - listed if (folder / name).is_file()}
    return {name for name in names if stands(folder / name)}


def temporary() -> str:
    """Return the prefix of this process's temporary folders, which their makers remove, or this process at its end."""
    return f"sim-{os.getpid()}-"


@lru_cache
def at_hand(folder: StorePath) -> Path:
    """Return where a folder can be read: where it is, or from a store in a copy, one for a process. Raise E706."""
    if isinstance(folder, Path):
        return folder
    copy = Path(tempfile.mkdtemp(prefix=temporary()))
    Finalize(None, shutil.rmtree, (copy,), {"ignore_errors": True}, exitpriority=0)  # in a worker process, too
    with refusals("read", folder):
        for file in folder.files():
            parts = file.relative_to(folder).parts
            assert ".." not in parts, f"{file} is not a name in a folder"
            target = copy.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return copy
