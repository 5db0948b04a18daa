"""A check of all that an ensemble has on disk, down to every row, believing no file about itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sim.errors import LedgerError, SimError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.manifest import REMEDY, Manifest, Segment, manifest_numbers, manifest_path, read_manifest
from sim.ledger.segments import reader
from sim.ledger.segments.digest_ranges import DigestRanges
from sim.ledger.stored_documents import document_sets, lost_documents, read_documents

_GAP = "let `sim repair` seal anew what is there, or bring it back from a copy"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the file or folder that it is about, and what to tell of it.

    `what` is "runs" where two sound segments disagree, "opening" where all files are sound and the ensemble cannot be
    opened (see `sim.experiment.examine_whole`). `segment` is what the manifest says of a segment's file.
    """

    what: Literal["spec", "documents", "manifest", "segment", "runs", "opening"]
    path: StorePath
    problem: SimError
    segment: Segment | None = None


def verify(ensemble: Ensemble) -> tuple[SimError, ...]:
    """Recompute every digest and every file's hash; return what is wrong, nothing if all is well."""
    return tuple(finding.problem for finding in examine(ensemble))


def examine(ensemble: Ensemble) -> tuple[Finding, ...]:
    """Verify, and say of each problem which file or folder it is about."""
    manifests, chain = read_chain(ensemble)
    newest = manifests[-1] if manifests else None
    segments = list(_segments(ensemble, newest)) if newest else []
    return (*_spec(ensemble), *_documents(ensemble, newest), *chain, *segments)


def read_chain(ensemble: Ensemble) -> tuple[list[Manifest], list[Finding]]:
    """Read the manifests from the newest one's `oldest` on, and say what is wrong with the chain that they make."""
    try:
        numbers = manifest_numbers(ensemble.manifests)
    except LedgerError as problem:
        return [], [Finding("manifest", ensemble.manifests, problem)]
    read: dict[int, Manifest] = {}
    findings: dict[int, Finding] = {}
    for number in numbers:
        path = manifest_path(ensemble.manifests, number)
        try:
            read[number] = read_manifest(path, ensemble.id)
        except LedgerError as problem:
            findings[number] = Finding("manifest", path, problem)
    oldest = read[max(read)].oldest if read else 1
    chain = [number for number in numbers if number >= oldest]
    for before, number in zip([oldest - 1, *chain], chain, strict=False):
        path = manifest_path(ensemble.manifests, number)
        if number > before + 1:  # one finding for however many: a number may stand in a name that nobody wrote
            first = manifest_path(ensemble.manifests, before + 1)
            findings[before + 1] = Finding("manifest", first, _gap(first, number - before - 1))
        if number in read:
            known = number > oldest and number - 1 in read
            parent = "" if number == 1 else read[number - 1].digest if known else None
            if parent not in (None, read[number].parent):
                wrong = faults.damaged(path, "does not follow from the manifest before it", REMEDY)
                findings[number] = Finding("manifest", path, wrong)
    return (
        [read[number] for number in sorted(read) if number >= oldest],
        [findings[number] for number in sorted(findings) if number >= oldest],
    )


def _gap(first: StorePath, count: int) -> LedgerError:
    others = f", and so are the {count - 1:,} after it" if count > 1 else ""
    return LedgerError("E704", f"{first} is missing{others}", _GAP)


def _spec(ensemble: Ensemble) -> Iterator[Finding]:
    path = ensemble.folder / "spec.json"
    try:
        _ = ensemble.spec
    except LedgerError as problem:
        if problem.code != "E704" or not ensemble.is_begun():
            yield Finding("spec", path, problem)


def _documents(ensemble: Ensemble, newest: Manifest | None) -> Iterator[Finding]:
    folder = ensemble.folder / "documents"
    try:
        sets = document_sets(ensemble.folder)
    except LedgerError as problem:
        yield Finding("documents", folder, problem)
        return
    for path in sets:
        try:
            read_documents(path)
        except LedgerError as problem:
            yield Finding("documents", path, problem)
    if not sets and newest and newest.provenance.get("documents"):
        yield Finding("documents", folder, lost_documents(ensemble.folder))


def _segments(ensemble: Ensemble, manifest: Manifest) -> Iterator[Finding]:
    sound = []
    for segment in manifest.segments:
        path = ensemble.path(segment)
        try:
            sound.append((segment, reader.check_segment(path, segment, ensemble.id)))
        except LedgerError as problem:
            yield Finding("segment", path, problem, segment)
    try:
        root = DigestRanges(sound).ensemble_root()
    except LedgerError as problem:
        yield Finding("runs", ensemble.folder / "segments", problem)
        return
    if len(sound) == len(manifest.segments) and root != manifest.root:
        path = manifest_path(ensemble.manifests, manifest.number)
        yield Finding("manifest", path, faults.damaged(path, "states a root that its runs do not have", REMEDY))
