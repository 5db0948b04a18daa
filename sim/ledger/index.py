"""An index of a ledger's ensembles by a key that their specs give, so that a search need not read all specs.

    <ledger>/index/<key>-<id>          an empty file; the key has 16 hexadecimal digits

An entry is a hint and proves nothing: a reader that follows it reads the spec. Ensembles without one are read and
entered at the next search, so the index may be deleted at any time. Callers decide what the key is.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from sim.errors import LedgerError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.paths import right_in
from sim.ledger.files.stored import Stored
from sim.ledger.ledger import Ledger
from sim.ledger.spec import Spec

INDEX = "index"

_ENTRY = re.compile(r"([0-9a-f]{16})-([0-9a-f]{64})")


def with_key(ledger: Ledger, key: str, key_of: Callable[[Spec], str]) -> tuple[Ensemble, ...]:
    """Return the ensembles whose specs have a key, in order of their ids, but for damaged ones. Raise E706."""
    known = _known(ledger)
    found = []
    for ensemble in ledger.remains():
        if known.get(ensemble.id, key[:16]) != key[:16]:
            continue
        with suppress(LedgerError):
            own = key_of(ensemble.spec)
            if ensemble.id not in known:
                _enter(ledger, f"{own[:16]}-{ensemble.id}")
            if own == key:
                found.append(ensemble)
    return tuple(found)


def indexed(name: str) -> str | None:
    """Return the ensemble that an entry's name is about; None if it is not the name of an entry."""
    found = _ENTRY.fullmatch(name)
    return found[2] if found else None


def _known(ledger: Ledger) -> dict[str, str]:
    """Return the keys of the ensembles that have an entry; of none where the index cannot be read."""
    folder = ledger.folder / INDEX
    try:
        with faults.refusals("read", folder):
            names = [path.name for path in right_in(folder)]
    except LedgerError:
        return {}
    return {entry[2]: entry[1] for entry in map(_ENTRY.fullmatch, names) if entry}


def _enter(ledger: Ledger, name: str) -> None:
    """Make an entry. It is looked for again if it cannot be made, or is lost before it has reached the disk."""
    path = ledger.folder / INDEX / name
    with suppress(LedgerError), faults.refusals("write", path):
        if isinstance(path, Stored):
            path.create(b"")
        else:
            path.parent.mkdir(exist_ok=True)
            path.touch()
