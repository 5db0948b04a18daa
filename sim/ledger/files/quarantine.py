"""Sets damaged files aside, under a name that says when and what. Nothing is deleted.

    <ensemble>/quarantine/20300109T120000Z-damaged-00000002.json

What is replaced is copied first, so that it is never missing: its name may be all that is known of it.
"""

from datetime import UTC, datetime
from itertools import count

from sim.errors import LedgerError
from sim.ledger.files import faults
from sim.ledger.files.faults import on_disk
from sim.ledger.files.publish import make_folder, move, publish
from sim.ledger.files.stored import StorePath
from sim.ledger.segments.reader import MOST_BYTES

QUARANTINE = "quarantine"


def copy_aside(ensemble: StorePath, path: StorePath, now: datetime) -> StorePath | None:
    """Copy a damaged file, or move a folder that has its name, to the quarantine; return as `set_aside` does."""
    try:
        content = faults.content(path, "", MOST_BYTES)
    except LedgerError as problem:
        if problem.code == "E706":
            raise
        return None if problem.code == "E704" else set_aside(ensemble, path, now)
    target = _target(ensemble, path, now)
    publish(target, content)
    return target


def set_aside(ensemble: StorePath, path: StorePath, now: datetime) -> StorePath | None:
    """Move a damaged file or folder to the quarantine; return where it is, None if it is gone already. Raise E706."""
    target = _target(ensemble, path, now)
    return target if move(path, target) else None


def _target(ensemble: StorePath, path: StorePath, now: datetime) -> StorePath:
    folder = on_disk(ensemble, "nothing is set aside there") / QUARANTINE
    make_folder(folder, ensemble)
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stamp}-damaged-{path.name}" + (f"-{number}" if number > 1 else "") for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())
