"""Files in a ledger that are not part of it, and no faults: `verify` finds those, `collect` removes what may go."""

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from os import stat_result
from pathlib import Path
from stat import S_ISDIR
from typing import Literal, TypeAlias

from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.paths import files_below, parts_below, right_in
from sim.ledger.files.publish import LOCK, is_temporary
from sim.ledger.files.quarantine import QUARANTINE
from sim.ledger.files.stored import Status, StorePath
from sim.ledger.index import indexed
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest, manifest_number, runs_named
from sim.ledger.stored_documents import ENTRY

Kind: TypeAlias = Literal["temporary", "unsealed", "superseded", "unfinished", "unindexed", "quarantined", "unknown"]

WORDS: dict[Kind, str] = {
    "temporary": "being written, or left by a process that was stopped",
    "unsealed": "runs that no manifest lists",
    "superseded": "a manifest that newer ones stand for",
    "unfinished": "documents that were not kept to the end",
    "unindexed": "an entry in the index of an ensemble that is gone",
    "quarantined": "set aside by a repair",
    "unknown": "not the ledger's",
}


_OF_A_PROCESS = re.compile(r"sim-([1-9]\d{0,8})-.+")


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file: what it is, its size in bytes, and when it was last written (seconds since 1970)."""

    kind: Kind
    path: StorePath
    size: int
    written: float


def leftovers(ensemble: Ensemble, manifest: Manifest | None) -> tuple[Leftover, ...]:
    """List the files in an ensemble's folder that `manifest`, its newest, does not make part of it. Raise E706."""
    listed = {segment.file for segment in manifest.segments} if manifest else set()
    oldest = manifest.oldest if manifest else 1
    inside = ((path, parts_below(path, ensemble.folder)) for path in _files(ensemble.folder))
    return tuple(_leftovers((path, _kind(path, parts, listed, oldest)) for path, parts in inside))


def unknown_files(ledger: Ledger) -> tuple[Leftover, ...]:
    """List the files in a ledger's folder that are in no ensemble's."""
    known = {ensemble.folder for ensemble in ledger.remains()}
    outside = (path for path in _files(ledger.folder) if not known.intersection(path.parents))
    ids = {folder.name for folder in known}
    return tuple(_leftovers((path, _kind_outside(parts_below(path, ledger.folder), ids)) for path in outside))


def _kind_outside(inside: tuple[str, ...], ids: set[str]) -> Kind | None:
    """Return the kind of a file outside of all ensembles; None if it is the ledger's."""
    if is_temporary(inside[-1]):
        return "temporary"
    match inside:
        case ("index", name) if entry := indexed(name):
            return None if entry in ids else "unindexed"
    return "unknown"


def abandoned() -> Iterator[Leftover]:
    """Yield the temporary folders `sim-PID-...` of this user's processes that were killed. Raise E706."""
    if sys.platform == "win32":  # there is no harmless way to ask whether a process lives
        return
    for folder in right_in(Path(tempfile.gettempdir())):
        found = _OF_A_PROCESS.fullmatch(folder.name)
        status = _status(folder) if found else None
        if found and isinstance(status, stat_result) and S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
            try:
                os.kill(int(found[1]), 0)
            except ProcessLookupError:
                sizes = (inside.st_size for inside in map(_status, _files(folder)) if inside)
                yield Leftover("temporary", folder, sum(sizes), status.st_mtime)
            except PermissionError:
                continue


def written(path: StorePath) -> float:
    """Return when a file was last written; infinity, which counts as young, if it is gone. Raise E706."""
    status = _status(path)
    return status.st_mtime if status else inf


def _leftovers(found: "Iterable[tuple[StorePath, Kind | None]]") -> Iterator[Leftover]:
    for path, kind in found:
        status = _status(path) if kind else None
        if kind and status:
            yield Leftover(kind, path, status.st_size, status.st_mtime)


def _status(path: StorePath) -> stat_result | Status | None:
    with faults.refusals("read", path):
        try:
            return path.lstat()
        except FileNotFoundError:
            return None


def _files(folder: StorePath) -> list[StorePath]:
    with faults.refusals("read", folder):
        return files_below(folder)


def _kind(path: StorePath, inside: tuple[str, ...], listed: set[str], oldest: int) -> Kind | None:
    """Return a file's kind by where it lies; None if it is part of the ensemble."""
    if is_temporary(path.name) and inside[0] != QUARANTINE:
        return "temporary"
    if path.name == LOCK:
        return None
    match inside:
        case ("spec.json",):
            return None
        case ("segments", name) if runs_named(name):
            return None if name in listed else "unsealed"
        case ("manifests", name) if (number := manifest_number(name)) is not None:
            return None if number >= oldest else "superseded"
        case ("documents", name, _, *_):
            return None if (path.parents[len(inside) - 3] / ENTRY).is_file() else "unfinished"
        case ("quarantine", _, *_):
            return "quarantined"
    return "unknown"
