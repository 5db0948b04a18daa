"""What was ever seen sealed: no run may go from a ledger, and no digest may change, in whatever ledger it is."""

from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import LedgerError
from sim.ledger import Ledger
from sim.ledger.segments.digest import SIZE

Runs = dict[int, bytes]  # number of the run -> its digest


@dataclass
class Digests:
    """The digest of every run of every ensemble, as it was seen first."""

    known: dict[str, Runs] = field(default_factory=dict)

    def changed(self, ensemble: str, runs: Runs) -> list[int]:
        """Take note of the digests of runs, and say which of them are other than they were."""
        known = self.known.setdefault(ensemble, {})
        return [run for run, digest in runs.items() if known.setdefault(run, digest) != digest]


@dataclass
class WatchedLedger:
    """A ledger, and what was seen sealed in it."""

    folder: Path
    digests: Digests
    sealed: dict[str, set[int]] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder)

    def look(self) -> list[str]:
        """Read all manifests, and say what is gone, or other than it was."""
        wrong = []
        found: dict[str, set[int]] = {}
        for ensemble in self.ledger.remains():
            try:
                runs = _sealed_runs(self.ledger, ensemble.id)
            except LedgerError as problem:
                wrong.append(f"ensemble {ensemble.id[:12]} cannot be read: {problem}")
                continue
            found[ensemble.id] = set(runs)
            if changed := self.digests.changed(ensemble.id, runs):
                wrong.append(f"ensemble {ensemble.id[:12]}: other digests of runs {_shown(changed)}")
        for identity, before in self.sealed.items():
            if gone := sorted(before - found.get(identity, set())):
                wrong.append(f"ensemble {identity[:12]}: runs {_shown(gone)} were sealed and are gone")
        for identity, now in found.items():
            self.sealed.setdefault(identity, set()).update(now)
        return wrong

    def forget(self, ensemble: str) -> None:
        """Expect nothing more to be sealed: its newest manifest was taken away. The digests stay known."""
        self.sealed.pop(ensemble, None)


def _sealed_runs(ledger: Ledger, identity: str) -> Runs:
    ensemble = ledger.ensemble(identity)
    manifest = ensemble.manifest()
    found: Runs = {}
    for segment in manifest.segments if manifest else ():
        digests = ensemble.digests(segment)
        for place, run in enumerate(segment.range):
            one = digests[SIZE * place : SIZE * (place + 1)]
            if found.setdefault(run, one) != one:
                raise LedgerError("E707", f"run {run} has two digests in {ensemble.folder}")
    return found


def _shown(runs: list[int]) -> str:
    return f"{runs[0]} to {runs[-1]} ({len(runs):,})"
