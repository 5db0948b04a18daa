"""The documents that an ensemble was made from, kept beside its runs, so that it can be read without the case.

    <ensemble>/documents/<digest>/entry            the path of the scenario among them
                                  <paths>          the files, by their paths below the folder that they share

Titles, bases and measures may change without changing a run, so one ensemble may have several sets. They are
no part of its id; that they mean what the id says is checked by whoever reads them.
"""

from collections.abc import Mapping
from pathlib import Path

from sim.errors import LedgerError
from sim.ledger import faults
from sim.ledger.publish import make_folder, publish
from sim.ledger.spec import canonical, digest

ENTRY = "entry"


def keep_documents(ensemble: Path, texts: Mapping[str, bytes], entry: str) -> Path:
    """Keep the files and return the folder that holds them. `entry` is the one that names the others.

    Keeping the same files again changes nothing. Raise E706 if the system refuses.
    """
    name = digest(canonical({"entry": entry, "files": {path: digest(text) for path, text in texts.items()}}))
    folder = ensemble / "documents" / name[:16]
    for path, text in texts.items():
        make_folder((folder / path).parent)
        publish(folder / path, text)
    publish(folder / ENTRY, entry.encode())
    return folder


def kept_documents(ensemble: Path, name: str = "") -> Path:
    """Return the path of the entry among the documents called `name`, or among any whole set.

    Raise E704 if there are none.
    """
    folder = ensemble / "documents"
    with faults.refusals("read", folder):
        sets = sorted(path for path in folder.glob("*") if (path / ENTRY).is_file())
    for found in sorted(sets, key=lambda path: path.name != name):
        return found / (found / ENTRY).read_text(encoding="utf-8")
    raise LedgerError(
        "E704", f"ensemble {ensemble.name[:12]} has lost its documents", "run its scenario again: they are kept anew"
    )
