"""The documents that an ensemble was made from, kept beside its runs, so that it can be read without the case.

    <ensemble>/documents/<digest>/entry            the path of the scenario among them
                                  <paths>          the files, by their paths below the folder that they share

Titles, bases and measures may change without changing a run, so one ensemble may have several sets; readers check that
they mean what its id says. A set's name is the digest of its content. Its entry is written last.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sim.errors import LedgerError
from sim.ledger.files import faults
from sim.ledger.files.paths import at_hand, files_below, parts_below, right_in
from sim.ledger.files.publish import LOCK, is_temporary, make_folder, publish
from sim.ledger.files.stored import StorePath
from sim.ledger.spec import canonical, digest

ENTRY = "entry"

_KEPT: dict[str, tuple[tuple[int, ...] | None, ...]] = {}  # the files of sets that this process has kept, by folder

_REMEDY = "let `sim repair` set it aside, and run its scenario again: they are kept anew"


def keep_documents(ensemble: StorePath, texts: Mapping[str, bytes], entry: str) -> StorePath:
    """Keep files, of which `entry` names the others; return their folder. Raise E706, and E703 for damaged ones."""
    folder = ensemble / "documents" / _name(texts, entry)
    files = {**texts, ENTRY: entry.encode()}
    known = _KEPT.get(str(folder))
    if known is not None and all(_seen(folder / path) == seen for path, seen in zip(files, known, strict=True)):
        return folder
    for path, text in files.items():
        make_folder((folder / path).parent, ensemble)
        if not publish(folder / path, text) and faults.content(folder / path, _REMEDY) != text:
            raise faults.damaged(folder / path, "was changed", _REMEDY)
    if isinstance(folder, Path):
        _KEPT[str(folder)] = tuple(_seen(folder / path) for path in files)
    return folder


def _seen(path: StorePath) -> tuple[int, ...] | None:
    """Return what tells a file from any that was written later; None if it is not there."""
    with suppress(OSError):
        found = os.stat(str(path))  # noqa: PTH116 - as fast as can be
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return None


def whole_documents(ensemble: StorePath, name: str = "") -> list[StorePath]:
    """Return the entries of all whole sets, that of the set `name` first. Raise E704 or E703 if none is whole."""
    problems, found = [], []
    for folder in sorted(document_sets(ensemble), key=lambda folder: folder.name != name):
        try:
            found.append(folder / read_documents(folder)[0])
        except LedgerError as problem:
            problems.append(problem)
    if not found:
        raise problems[0] if problems else lost_documents(ensemble)
    return found


def readable(ensemble: StorePath, entry: StorePath) -> Path:
    """Return where a kept document can be read, with those that it names: in a copy, if they are in a store."""
    name, *path = parts_below(entry, ensemble / "documents")
    return at_hand(ensemble / "documents" / name).joinpath(*path)


def lost_documents(ensemble: StorePath) -> LedgerError:
    """Make the error for an ensemble that cannot say what it was made from."""
    remedy = "run its scenario again, from the case's own files: they are kept anew"
    return LedgerError("E704", f"ensemble {ensemble.name[:12]} has lost its documents", remedy)


def document_sets(ensemble: StorePath) -> list[StorePath]:
    """List the sets that were kept to the end, whole or damaged."""
    folder = ensemble / "documents"
    with faults.refusals("read", folder):
        return [path for path in right_in(folder) if (path / ENTRY).is_file()]


def read_documents(folder: StorePath) -> tuple[str, dict[str, bytes]]:
    """Return a set's entry, and its files by their paths. Raise E703 if one was changed, is missing, or was added."""
    with faults.refusals("read", folder):
        files = [path for path in files_below(folder) if path.is_file()]
    files = [path for path in files if not is_temporary(path.name) and path.name != LOCK]
    texts = {"/".join(parts_below(path, folder)): faults.content(path, _REMEDY) for path in files}
    try:
        entry = texts.pop(ENTRY, b"").decode()
    except UnicodeDecodeError:
        entry = ""
    if entry not in texts or _name(texts, entry) != folder.name:
        finding = "does not hold what it is named by: a file was changed, added or taken away"
        raise faults.damaged(folder, finding, _REMEDY)
    return entry, texts


def _name(texts: Mapping[str, bytes], entry: str) -> str:
    files = {path: digest(text) for path, text in texts.items()}
    return digest(canonical({"entry": entry, "files": files}))[:16]
