"""Which runs are sealed: manifests, the segments that they list, and their text on disk.

A manifest lists all segments, so a reader needs the newest alone. Its digest covers everything but its provenance; its
checksum, which only guards the file, covers that too. `ensemble` decides when a manifest is written.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, get_args

from sim.errors import LedgerError
from sim.ledger.files import faults
from sim.ledger.files.paths import right_in
from sim.ledger.files.stored import StorePath
from sim.ledger.segments.schema import FORMAT, Header, Retention
from sim.ledger.spec import canonical, decoded, digest

REMEDY = (
    "let `sim repair` seal anew what is there; or delete it: the manifest before it stays valid, and the runs that "
    "only this one lists are made again"
)

MOST_NUMBER = 99_999_999  # of a manifest: what its name has room for
ALL_RUNS = range(sys.maxsize)

# Numbers are bounded: names with longer ones are not the ledger's, and no loop runs over what a name says.
_SEGMENT_NAME = re.compile(r"([0-9]{9,15})-([0-9]{1,15})-[0-9a-f]{16}(?:\.outcomes)?\.parquet")
_ENTRY = re.compile(r'\{"events":[^{}]*\}')
_MANIFEST_NAME = re.compile(r"[0-9]{8}\.json")


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of whole runs. `sha256` is of the file's bytes, `root` of what they mean."""

    file: str
    first: int
    runs: int
    events: int
    sha256: str
    root: str
    retention: Retention = "full"

    @property
    def range(self) -> range:
        return range(self.first, self.first + self.runs)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an ensemble has on disk at one moment.

    `root` is the digest of all sealed runs, however they were cut into segments. `parent` is the digest of the manifest
    before it, "" for the first. `oldest` is the number of the manifest with which the chain begins: its own where those
    before were collected or damaged. `provenance` is any JSON object: who, where, when. `form` is the format.
    """

    ensemble: str
    number: int
    parent: str
    segments: tuple[Segment, ...]
    root: str
    provenance: Mapping[str, Any] = field(default_factory=dict, compare=False)
    oldest: int = 1
    form: int = FORMAT

    @property
    def runs(self) -> tuple[range, ...]:
        """The sealed runs, as ranges with gaps between them."""
        return joined(segment.range for segment in self.segments)

    @property
    def digest(self) -> str:
        return digest(canonical(self._covered()))

    def content(self) -> bytes:
        """Write it as it stands in its file."""
        fields = self._fields()
        return canonical({**fields, "checksum": digest(canonical(fields))})

    def old_content(self) -> bytes:
        """Write it as it stood in its file when manifests had no checksum."""
        return canonical(self._fields())

    def _fields(self) -> dict[str, Any]:
        return {**self._covered(), "digest": self.digest, "provenance": self.provenance}

    def _covered(self) -> dict[str, Any]:
        return {
            **({"oldest": self.oldest} if self.oldest > 1 else {}),
            "format": self.form,
            "ensemble": self.ensemble,
            "number": self.number,
            "parent": self.parent,
            "root": self.root,
            "segments": [
                {
                    "file": segment.file,
                    "first": segment.first,
                    "runs": segment.runs,
                    "events": segment.events,
                    "sha256": segment.sha256,
                    "root": segment.root,
                    **({"keeps": segment.retention} if segment.retention != "full" else {}),
                }
                for segment in self.segments
            ],
        }


def _segment(entry: dict[str, Any]) -> Segment:
    """Return the segment of a manifest's entry, whose key for the retention is "keeps"."""
    return Segment(**{"retention" if key == "keeps" else key: value for key, value in entry.items()})


def in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Put segments in the order in which a manifest lists them."""
    return tuple(sorted(segments, key=lambda segment: (segment.first, segment.runs, segment.file)))


def segment_name(first: int, runs: int, root: str, retention: Retention = "full") -> str:
    return f"{first:09}-{runs}-{root[:16]}{'' if retention == 'full' else '.' + retention}.parquet"


def segment_of(header: Header, sha256: str) -> Segment:
    """Return what a manifest says of a file that has this header and this SHA-256."""
    runs, root, retention = len(header.runs), header.root, header.retention
    return Segment(
        file=segment_name(header.first, runs, root, retention),
        first=header.first,
        runs=runs,
        events=header.events,
        sha256=sha256,
        root=root,
        retention=retention,
    )


def runs_named(file: str) -> range | None:
    """Return the runs that a segment's name says it has; None if it is not the name of a segment."""
    found = _SEGMENT_NAME.fullmatch(file)
    return range(int(found[1]), int(found[1]) + int(found[2])) if found else None


def manifest_number(file: str) -> int | None:
    """Return the number in a manifest's name, from 1 to MOST_NUMBER; None if it is not the name of a manifest."""
    return int(file[:-5]) or None if _MANIFEST_NAME.fullmatch(file) else None


def manifest_path(folder: StorePath, number: int) -> StorePath:
    return folder / f"{number:08}.json"


def manifest_numbers(folder: StorePath) -> list[int]:
    """List the manifests in `folder`, oldest first; anything else there is ignored."""
    with faults.refusals("read", folder):
        names = [path.name for path in right_in(folder)]
    return sorted(number for number in map(manifest_number, names) if number is not None)


def read_manifest(path: StorePath, ensemble: str) -> Manifest:
    """Read a manifest. Raise E703 if it is damaged or another ensemble's, E704 if missing, E705 if newer."""
    data = faults.content(path, "run the ensemble again")
    fields = decoded(path, data, REMEDY)
    if fields["format"] > FORMAT:
        raise faults.newer(path, fields["format"], FORMAT)
    try:
        segments = tuple(_segment(entry) for entry in fields["segments"])
        stated = {name: fields[name] for name in ("ensemble", "number", "parent", "root", "provenance")}
        manifest = Manifest(**stated, segments=segments, oldest=fields.get("oldest", 1), form=fields["format"])
        whole = fields["digest"] == manifest.digest and data in (manifest.content(), manifest.old_content())
        whole = whole and all(map(_is_consistent, segments)) and isinstance(manifest.provenance, dict)
        whole = whole and 1 <= manifest.oldest <= manifest.number
    except (KeyError, TypeError, ValueError) as error:
        raise faults.damaged(path, "does not hold a manifest", REMEDY) from error
    if not whole:
        raise faults.damaged(path, "was changed: its digest or checksum does not fit its content", REMEDY)
    if manifest.ensemble != ensemble:
        raise faults.damaged(path, f"belongs to another ensemble, {manifest.ensemble}", REMEDY)
    if manifest_path(path.parent, manifest.number) != path:
        raise faults.damaged(path, f"is a copy of manifest {manifest.number}", REMEDY)
    return manifest


def legible_segments(path: StorePath) -> list[Segment]:
    """Read from a damaged manifest the entries whose name, runs and root say the same. Raise E706."""
    try:
        text = faults.content(path, "").decode("utf-8", "replace")
    except LedgerError as problem:
        if problem.code == "E706":
            raise
        return []
    found = []
    for entry in _ENTRY.findall(text):
        with suppress(TypeError, ValueError):
            segment = _segment(json.loads(entry))
            found += [segment] if _is_consistent(segment) else []
    return found


def _is_consistent(segment: Segment) -> bool:
    """Return whether the parts of an entry say the same. What is of another type may raise TypeError or ValueError."""
    named = segment_name(segment.first, segment.runs, segment.root, segment.retention)
    typed = isinstance(segment.sha256, str) and isinstance(segment.events, int)
    known = segment.retention in get_args(Retention)
    return typed and known and named == segment.file and runs_named(named) == segment.range and segment.runs > 0


def joined(ranges: Iterable[range]) -> tuple[range, ...]:
    """Unite ranges: in order, without overlaps, adjoining ones made one."""
    union: list[range] = []
    for piece in sorted(ranges, key=lambda piece: piece.start):
        if union and piece.start <= union[-1].stop:
            union[-1] = range(union[-1].start, max(union[-1].stop, piece.stop))
        else:
            union.append(piece)
    return tuple(union)


def without(ranges: Iterable[range], holes: Iterable[range]) -> tuple[range, ...]:
    """Return what is left of ranges when others are taken out of them, in order."""
    left = [piece for piece in ranges if piece]
    for hole in holes:
        before = [range(piece.start, min(piece.stop, hole.start)) for piece in left]
        after = [range(max(piece.start, hole.stop), piece.stop) for piece in left]
        left = [part for pair in zip(before, after, strict=True) for part in pair if part]
    return tuple(left)


def in_turn(segments: Iterable[Segment], runs: range = ALL_RUNS) -> Iterator[tuple[Segment, range]]:
    """Yield the segments that have some of the runs, each with those that no segment before it has."""
    start = runs.start
    for segment in sorted(segments, key=lambda one: (one.first, -one.runs)):
        part = range(max(start, segment.first), min(segment.range.stop, runs.stop))
        if part:
            yield segment, part
            start = part.stop


def with_logs(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the segments that keep whole logs."""
    return tuple(segment for segment in segments if segment.retention == "full")


def holds(segments: Iterable[Segment], runs: range) -> bool:
    """Return whether segments have all of some runs."""
    return not without((runs,), joined(segment.range for segment in segments))
