"""A folder of ensembles: create one, list them, find one by the beginning of its id."""

import re
from collections.abc import Iterable

from sim.errors import LedgerError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.paths import place, right_in
from sim.ledger.files.publish import make_folder, publish
from sim.ledger.files.stored import Stored, StorePath
from sim.ledger.segments.schema import FORMAT
from sim.ledger.spec import Spec, digest, spec_content

_ID = re.compile(r"[0-9a-f]{64}")
_SHOWN = 8  # candidates that an error lists


class Ledger:
    """Ensembles on disk. The folder need not exist before the first ensemble is created."""

    def __init__(self, folder: StorePath | str) -> None:
        self.folder = place(folder)

    def __repr__(self) -> str:
        return f"Ledger({str(self.folder)!r})"

    def ensemble(self, identity: str) -> Ensemble:
        """Return the ensemble of this whole id, whether it is there or not."""
        return Ensemble(self.folder / "ensembles" / identity)

    def ensembles(self) -> tuple[Ensemble, ...]:
        """List all ensembles by their ids, damaged ones too. Raise E706 if the folder cannot be read."""
        return tuple(ensemble for ensemble in self.remains() if _is_made(ensemble))

    def remains(self) -> tuple[Ensemble, ...]:
        """List all ensembles by their ids, with those that were only begun. Raise E706 as `ensembles` does."""
        folder = self.folder / "ensembles"
        with faults.refusals("read", folder):
            named = [path for path in right_in(folder) if _ID.fullmatch(path.name)]
            return tuple(Ensemble(path) for path in named if isinstance(path, Stored) or path.is_dir())

    def chosen(self, prefixes: Iterable[str]) -> tuple[Ensemble, ...]:
        """Return the ensembles that these are the beginnings of, or all if there are none; with those without specs.

        Raise E701 if one is not there, or no ledger is; E702 if a beginning is that of many.
        """
        self.check_there()
        return tuple(self.find(prefix, remains=True) for prefix in dict.fromkeys(prefixes)) or self.remains()

    def check_there(self, so: str = "") -> None:
        """Raise E701 if there is no such folder: who only reads has mistaken its name. `so` is what follows."""
        if not self.folder.is_dir():
            remedy = "`sim run` makes one; `--ledger` names another"
            raise LedgerError("E701", f"{so}there is no ledger {self.folder}", remedy)

    def create(self, spec: Spec, form: int = FORMAT) -> Ensemble:
        """Return the ensemble of `spec`, any JSON mapping, in a format, making it if there is none yet.

        Raise TypeError or ValueError for what is not JSON, E706 if the system refuses, E703 if its spec is damaged.
        """
        content = spec_content(spec, form)
        ensemble = self.ensemble(digest(content))
        path = ensemble.folder / "spec.json"
        if not faults.stands(path):
            make_folder(ensemble.folder, self.folder.parent)
            publish(path, content)
        if faults.content(path, "create the ensemble again") != content:
            remedy = "delete this file and create the ensemble again"
            raise faults.damaged(path, "was changed: it does not hold what its folder is named by", remedy)
        return ensemble

    def find(self, prefix: str, *, remains: bool = False) -> Ensemble:
        """Return the only ensemble whose id begins with `prefix`, with `remains` even one without its spec.

        Raise E701 if none does, or no ledger is there, E702 if many do.
        """
        self.check_there(f"no ensemble begins with '{prefix}': ")
        everything = self.remains() if remains else self.ensembles()
        found = [ensemble for ensemble in everything if ensemble.id.startswith(prefix.strip().lower())]
        if len(found) == 1:
            return found[0]
        candidates = [ensemble.id[:16] for ensemble in (found or everything)]
        shown = ", ".join(candidates[:_SHOWN]) + (", ..." if len(candidates) > _SHOWN else "")
        if found:
            raise LedgerError("E702", f"{len(found)} ensembles begin with '{prefix}'", f"give more of the id: {shown}")
        there = f"{len(everything)} are there: {shown}" if everything else "the ledger is empty: run a scenario first"
        raise LedgerError("E701", f"no ensemble in {self.folder} begins with '{prefix}'", there)


def _is_made(ensemble: Ensemble) -> bool:
    """Return whether an ensemble, or what is left of one, is there. True if that is unknown: reading it will tell."""
    try:
        return faults.stands(ensemble.folder / "spec.json") or not ensemble.is_begun()
    except LedgerError:
        return True
