"""An ensemble copied from one ledger to another: only what is missing there, and never over anything.

The files of runs come last, each held against the digest that the source's manifest states, and count once they are
sealed, so a copy that was stopped is a sound, smaller ensemble. What no manifest lists, or a repair set aside, stays.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.errors import LedgerError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.paths import right_in
from sim.ledger.files.publish import make_folder, publish
from sim.ledger.files.stored import Stored, StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest, Segment, without
from sim.ledger.segments import reader
from sim.ledger.spec import digest
from sim.ledger.stored_documents import ENTRY, document_sets, read_documents

CopyProgress: TypeAlias = Callable[[int, int], None]  # told how many files of runs are done, and how many are to do
SECONDS_BETWEEN_SEALS = 10.0
_OF_THE_ENSEMBLE = {"E703", "E704", "E705", "E707", "E719"}  # wrong with this one: others can still be copied


@dataclass
class Copied:
    """What became of an ensemble: `target` is it in the other ledger; so many files, of `size` bytes, were written."""

    source: Ensemble
    target: Ensemble
    manifest: Manifest | None = None
    files: int = 0
    size: int = 0
    problems: list[LedgerError] = field(default_factory=list)

    def put(self, path: StorePath, content: bytes) -> None:
        """Put a file into the target. Raise E703 if it is there with another content."""
        make_folder(path.parent, self.target.folder)
        if publish(path, content):
            self.wrote(content)
        elif faults.content(path, faults.AGAIN) != content:
            raise faults.damaged(path, f"is there, and differs from the one in {self.source.folder}")

    def wrote(self, content: bytes) -> None:
        self.files += 1
        self.size += len(content)


def check_apart(source: StorePath, target: StorePath) -> None:
    """Raise E719 where a ledger would be copied into itself."""
    one, other = (place if isinstance(place, Stored) else place.resolve() for place in (source, target))
    if one == other or one in other.parents or other in one.parents:
        raise LedgerError("E719", f"{source} and {target} are not two places", "name a place outside of the ledger")


def copy(source: Ensemble, ledger: Ledger, progress: CopyProgress | None = None) -> Copied:
    """Copy an ensemble, as it is now, to a ledger, which may have some or all of it already; and say what was copied.

    What cannot be read, or is there otherwise, is among the `problems`; the rest is copied. Raise E706, E717 and E718
    where one of the two places refuses: the next call goes on.
    """
    copied = Copied(source=source, target=ledger.ensemble(source.id))
    with _noting(copied):
        copied.manifest = source.manifest()
        _copy_spec(copied, ledger)
        _copy_documents(copied)
        if copied.manifest:
            _copy_runs(copied, copied.manifest, progress)
    return copied


@contextmanager
def _noting(copied: Copied) -> Iterator[None]:
    """Keep what is wrong with the ensemble among what is told of it."""
    try:
        yield
    except LedgerError as error:
        if error.code not in _OF_THE_ENSEMBLE:
            raise
        copied.problems.append(error)


def _copy_spec(copied: Copied, ledger: Ledger) -> None:
    path = copied.target.folder / "spec.json"
    if not faults.stands(path):
        _ = copied.source.spec  # its digest is checked
        make_folder(copied.target.folder, ledger.folder.parent)
        copied.put(path, faults.content(copied.source.folder / "spec.json", faults.AGAIN))
    _ = copied.target.spec


def _copy_documents(copied: Copied) -> None:
    for folder in document_sets(copied.source.folder):
        target = copied.target.folder / "documents" / folder.name
        if faults.stands(target / ENTRY):
            continue
        with _noting(copied):
            entry, texts = read_documents(folder)
            for name, text in {**texts, ENTRY: entry.encode()}.items():
                copied.put(target / name, text)


def _copy_runs(copied: Copied, manifest: Manifest, progress: CopyProgress | None) -> None:
    wanted = list(_wanted(copied.target, manifest.segments))
    with faults.refusals("read", copied.target.folder):
        there = {path.name for path in right_in(copied.target.folder / "segments")}
    sealed = time.monotonic()
    waiting: list[Segment] = []
    try:
        for done, segment in enumerate(wanted):
            if progress:
                progress(done, len(wanted))
            with _noting(copied):
                waiting.append(_copied_segment(copied, segment, there=segment.file in there))
            if time.monotonic() - sealed > SECONDS_BETWEEN_SEALS:
                _seal(copied, waiting, manifest)
                sealed = time.monotonic()
    finally:  # what was copied is sealed, however that ends
        _seal(copied, waiting, manifest)
    if progress:
        progress(len(wanted), len(wanted))
    found = copied.target.manifest()
    if found and found.runs == manifest.runs and found.root != manifest.root:
        which = f"ensemble {copied.source.id[:12]} has other runs in {copied.target.folder}"
        raise LedgerError("E719", f"{which}: nothing was changed there", faults.ONE_IS_WRONG)


def _wanted(target: Ensemble, segments: Iterable[Segment]) -> Iterator[Segment]:
    """Yield the segments that have runs which are not sealed in the target."""
    stop = max((segment.range.stop for segment in segments), default=0)
    gaps = {retention: target.missing(stop, retention) for retention in ("full", "outcomes")}
    for segment in segments:
        if without((segment.range,), gaps[segment.retention]) != (segment.range,):
            yield segment


def _copied_segment(copied: Copied, segment: Segment, *, there: bool) -> Segment:
    path = copied.target.path(segment)
    if there and digest(faults.content(path, reader.REMAKE)) == segment.sha256:
        return segment  # a copy that was stopped got as far as this
    content = reader.check_file(copied.source.path(segment), segment)
    adopted, new = copied.target.adopt(segment, content)
    if new:
        copied.wrote(content)
    return adopted


def _seal(copied: Copied, waiting: list[Segment], manifest: Manifest) -> None:
    if not waiting:
        return
    before = copied.target.manifest()
    sealed = copied.target.seal(waiting, manifest.provenance)
    waiting.clear()
    if before is None or sealed.number != before.number:
        copied.wrote(sealed.content())
