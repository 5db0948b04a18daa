"""A check of all that an ensemble has on disk, down to every row, believing no file about itself."""

from sim.errors import LedgerError
from sim.ledger import faults, reader
from sim.ledger.ensemble import Ensemble
from sim.ledger.manifest import REMEDY, Manifest, manifest_numbers, manifest_path, read_manifest
from sim.ledger.stretches import Stretches


def verify(ensemble: Ensemble) -> tuple[LedgerError, ...]:
    """Recompute every digest and every file's hash; return what is wrong, nothing if all is well."""
    problems: list[LedgerError] = []
    try:
        _ = ensemble.spec
    except LedgerError as problem:
        problems.append(problem)
    manifest = _newest(ensemble, problems)
    if manifest is None:
        return tuple(problems)
    sound = []
    for segment in manifest.segments:
        path = ensemble.path(segment)
        try:
            if reader.check_content(path, ensemble.id, segment.root) != segment.sha256:
                raise faults.damaged(path, f"was changed: its SHA-256 is not {segment.sha256}")
            sound.append((segment, ensemble.digests(segment)))
        except LedgerError as problem:
            problems.append(problem)
    try:
        root = Stretches(sound).ensemble_root()
        if len(sound) == len(manifest.segments) and root != manifest.root:
            path = manifest_path(ensemble.manifests, manifest.number)
            raise faults.damaged(path, "states a root that its runs do not have", REMEDY)
    except LedgerError as problem:
        problems.append(problem)
    return tuple(problems)


def _newest(ensemble: Ensemble, problems: list[LedgerError]) -> Manifest | None:
    """Follow the chain of manifests; return the newest unless it is damaged or one before it is missing."""
    newest: Manifest | None = None
    parent: str | None = ""  # the digest that the next manifest must name; None: the one before is damaged
    for expected, number in enumerate(manifest_numbers(ensemble.manifests), 1):
        if number != expected:
            path = manifest_path(ensemble.manifests, expected)
            problems.append(faults.lost(path, "bring it back from a copy, or delete those after it"))
            return None
        path = manifest_path(ensemble.manifests, number)
        try:
            newest = read_manifest(path, ensemble.id)
            if parent not in (None, newest.parent):
                raise faults.damaged(path, "does not follow from the manifest before it", REMEDY)
            parent = newest.digest
        except LedgerError as problem:
            problems.append(problem)
            newest = parent = None
    return newest
