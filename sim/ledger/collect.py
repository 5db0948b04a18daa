"""Removes from a ledger what no reader needs, no process can still be writing, and no manifest lists.

A file is old if it was written so long ago that its writer must have ended; one from the future counts as young. What
an ensemble's newest manifest lists is never touched; a new one shortens the chain of manifests (`Manifest.oldest`).
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sim.ledger.ensemble import Ensemble
from sim.ledger.files.faults import on_disk
from sim.ledger.files.publish import remove
from sim.ledger.ledger import Ledger
from sim.ledger.leftovers import Kind, Leftover, abandoned, leftovers, unknown_files, written
from sim.ledger.manifest import Manifest, Segment, in_turn, joined, manifest_numbers, manifest_path, with_logs, without

_COLLECTED: frozenset[Kind] = frozenset({"temporary", "unsealed", "superseded", "unfinished", "unindexed"})


@dataclass(frozen=True, slots=True)
class CollectionRule:
    """What goes: files written before `before` (seconds since 1970), those in quarantine if so wished."""

    before: float
    quarantine: bool = False

    def old(self, file: Leftover) -> bool:
        kinds = _COLLECTED | {"quarantined"} if self.quarantine else _COLLECTED
        return file.kind in kinds and file.written < self.before


def collect(ensemble: Ensemble, rule: CollectionRule, *, dry: bool = False) -> Iterator[Leftover]:
    """Remove what may go from an ensemble's folder and yield each file that went; with `dry`, that would go.

    If it is stopped at any moment, the ensemble stays whole, and the next call goes on. Raise E703 or E705 if the
    newest manifest cannot be read, since nothing is then known to be superfluous; E706 if the system refuses.
    """
    on_disk(ensemble.folder, "nothing is removed there")
    manifest = ensemble.manifest()
    kept = _opened(manifest) if manifest else ()
    if manifest and (kept != manifest.segments or _has_old_parents(ensemble, manifest, rule)):
        after = manifest.number
        if dry:
            manifest = replace(manifest, number=after + 1, oldest=after + 1, segments=kept)
        else:
            sealed = ensemble.seal_anew(kept, manifest.provenance, after=after, parent=manifest.digest)
            manifest = sealed or ensemble.manifest()
    for file in leftovers(ensemble, manifest):
        if file.kind == "unsealed" and not dry and rule.old(file):
            manifest = _newest(ensemble, manifest)
            if manifest and file.path.name in {segment.file for segment in manifest.segments}:
                continue  # sealed since it was listed
        yield from _removed((file,), rule, dry=dry)


def collect_outside(ledger: Ledger, rule: CollectionRule, *, dry: bool = False) -> Iterator[Leftover]:
    """Remove what may go from a ledger's folder outside of its ensembles; what is not the ledger's stays."""
    on_disk(ledger.folder, "nothing is removed there")
    yield from _removed(unknown_files(ledger), rule, dry=dry)


def collect_temporary(rule: CollectionRule, *, dry: bool = False) -> Iterator[Leftover]:
    """Remove what processes that were killed left in the system's temporary folder; yield each folder that went."""
    for folder in abandoned():
        path = on_disk(folder.path, "nothing is removed there")
        if rule.old(folder):
            if not dry:
                shutil.rmtree(path, ignore_errors=True)
            if dry or not path.exists():
                yield folder


def _removed(files: Iterable[Leftover], rule: CollectionRule, *, dry: bool) -> Iterator[Leftover]:
    for file in files:
        # A file may have been made young again since it was listed: somebody is about to seal it.
        if rule.old(file) and (dry or (rule.old(replace(file, written=written(file.path))) and remove(file.path))):
            yield file


def _newest(ensemble: Ensemble, known: Manifest | None) -> Manifest | None:
    """Read the newest manifest, unless it is the one that is known."""
    number = known.number if known else 0
    return known if manifest_numbers(ensemble.manifests)[-1:] == [number] else ensemble.manifest()


def _has_old_parents(ensemble: Ensemble, manifest: Manifest, rule: CollectionRule) -> bool:
    return any(
        written(manifest_path(ensemble.manifests, number)) < rule.before
        for number in manifest_numbers(ensemble.manifests)
        if manifest.oldest <= number < manifest.number
    )


def _opened(manifest: Manifest) -> tuple[Segment, ...]:
    """Leave out the segments whose runs all lie in one larger segment: no reader opens them.

    Outcomes never stand for whole logs; they go where the logs of all their runs are there.
    """
    logs = [segment for segment, _ in in_turn(with_logs(manifest.segments))]
    outcomes = in_turn(segment for segment in manifest.segments if segment.retention == "outcomes")
    whole = joined(segment.range for segment in logs)
    opened = {*logs, *(segment for segment, _ in outcomes if without((segment.range,), whole))}
    return tuple(segment for segment in manifest.segments if segment in opened)
