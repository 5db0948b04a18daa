"""What can go wrong on disk, each with its code and with what to do about it.

    E703 damaged   E704 missing   E705 a newer format   E706 refused by the system   E707 runs disagree

Readers and writers find the faults; this module only names them.
"""

import errno
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from sim.errors import LedgerError
from sim.language.files import UnfitError, bytes_of, opened
from sim.language.visible import quoted
from sim.ledger.files.stored import Stored, StorePath

AGAIN = (
    "let `sim repair` set this file aside, or delete it and run the ensemble again: the same runs come out, bit for bit"
)

ONE_IS_WRONG = "the same ensemble gives the same runs: one of the two was made by a faulty or changed program"

MOST_BYTES = 1 << 28  # of a file other than a segment: a manifest of a million segments has fewer

_REMEDIES = {
    errno.ENOSPC: "make room on the disk and run again: what is sealed stays valid",
    errno.EDQUOT: "make room in your quota and run again: what is sealed stays valid",
    errno.EACCES: "ask for permission for this folder, or use another ledger folder",
    errno.EPERM: "ask for permission for this folder, or use another ledger folder",
    errno.EROFS: "the file system is read-only: use another ledger folder",
    errno.ENOTDIR: "a file stands where a folder is expected: use another ledger folder",
    errno.EEXIST: "a file stands where a folder is expected: use another ledger folder",
}


def damaged(path: StorePath, finding: str, remedy: str = AGAIN) -> LedgerError:
    """Make the error for a file whose content cannot be right; `finding` completes "the file ..."."""
    return LedgerError("E703", f"{path} {finding}", remedy)


def lost(path: StorePath, remedy: str) -> LedgerError:
    return LedgerError("E704", f"{path} is missing", remedy)


def unsealed(run: int, ensemble: str, have: Sequence[range]) -> LedgerError:
    """Make the error for a run that an ensemble has not; `have` are those that it has."""
    shown = ", ".join(f"{runs[0]} to {runs[-1]}" for runs in have[:5]) or "none"
    notes = f"{sum(map(len, have))} runs are: {shown}", "run the ensemble with more runs"
    return LedgerError("E704", f"run {run} of ensemble {ensemble[:12]} is not in the ledger", *notes)


def without_log(run: int, ensemble: str) -> LedgerError:
    """Make the error for a run of which outcomes alone are kept."""
    message = f"the log of run {run} of ensemble {ensemble[:12]} is not kept, only its outcomes"
    return LedgerError("E710", message, "`sim run --keep full` keeps the logs, too; `sim log` makes one again")


def newer(path: StorePath, found: int, known: int) -> LedgerError:
    message = f"{path} has format {found}, but this version of sim reads formats up to {known}"
    return LedgerError("E705", message, "read it with the version of sim that wrote it, or a later one")


def disagreeing(run: int, one: str, other: str) -> LedgerError:
    """Make the error for one run with two different logs; `one` and `other` name the files."""
    message = f"run {run} has two different logs, in {one} and in {other}"
    return LedgerError("E707", message, ONE_IS_WRONG, "delete the wrong file and run the ensemble again")


def otherwise(path: StorePath | str, runs: range) -> LedgerError:
    """Make the error for runs that were made again and do not have the digests that they were sealed with."""
    which = f"run {runs[0]} comes" if len(runs) == 1 else f"runs {runs[0]} to {runs[-1]} come"
    return LedgerError(
        "E707",
        f"{which} out otherwise than sealed in {path}: nothing was changed",
        "the same ensemble gives the same runs: they were made, or are made now, by a faulty or changed program",
        "repair with the version of sim that made them; `sim list --json` says which ensemble was made when",
    )


def on_disk(path: StorePath, what: str) -> Path:
    """Return a path that is on a file system; raise E712 for one in an object store, where `what` is not done."""
    if isinstance(path, Stored):
        ledger = str(path).rpartition("/ensembles/")[0] or str(path)
        remedy = f"copy the ledger to a folder, and do it there: sim copy {quoted(ledger)} FOLDER"
        raise LedgerError("E712", f"{path} is in an object store: {what}", remedy)
    return path


@contextmanager
def refusals(action: str, path: StorePath) -> Iterator[None]:
    """Turn an error of the operating system into E706; `action` is "read" or "write"."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        remedy = _REMEDIES.get(error.errno or 0, "mend the cause and run again: what is sealed stays valid")
        raise LedgerError("E706", f"cannot {action} {path}: {reason}", remedy) from error


def stands(path: StorePath) -> bool:
    """Return whether there is a file at `path`. Raise E706 if its folder cannot be read."""
    with refusals("read", path):
        return path.is_file()


def content(path: StorePath, remedy: str, most: int = MOST_BYTES) -> bytes:
    """Read a whole file: every file of a ledger is read by this function.

    Raise E704 (with `remedy`) if there is none, E706 if it cannot be read, E703 if it is not a file but, for example, a
    folder or a pipe, or has more than `most` bytes.
    """
    with _sound(path, remedy):
        return path.read_bytes() if isinstance(path, Stored) else bytes_of(path, most)


@contextmanager
def part(path: StorePath, remedy: str, most: int = MOST_BYTES) -> Iterator[BinaryIO]:
    """Open a file of which parts are read; raises as `content` does."""
    with refusals("read", path), ExitStack() as stack:  # closing it may fail, too
        with _sound(path, remedy):
            file = stack.enter_context(path.open("rb") if isinstance(path, Stored) else opened(path, most))
        yield file


@contextmanager
def _sound(path: StorePath, remedy: str) -> Iterator[None]:
    with refusals("read", path):
        try:
            yield
        except FileNotFoundError:
            raise lost(path, remedy) from None
        except UnfitError as unfit:
            raise damaged(path, f"is {unfit}") from None
        except MemoryError:
            raise LedgerError("E706", f"cannot read {path}: it does not fit into memory") from None
