"""Where damaged files go: aside, under a name that says when and what, never away.

    <ensemble>/quarantine/20300109T120000Z-damaged-00000002.json

What is damaged, and what to put in its place, is the caller's business.
"""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sim.ledger.publish import make_folder, move

QUARANTINE = "quarantine"


def set_aside(ensemble: Path, path: Path, now: datetime) -> Path | None:
    """Move a damaged file, or a folder of documents, to the quarantine, and return where it is now.

    None if it is gone already. Raises E706 if the system refuses.
    """
    folder = ensemble / QUARANTINE
    make_folder(folder, ensemble)
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stamp}-damaged-{path.name}" + (f"-{number}" if number > 1 else "") for number in count(1))
    target = next(folder / name for name in names if not (folder / name).exists())
    return target if move(path, target) else None
