"""One ensemble on disk: publish runs, seal them, read them back. `spec` names it, `segments` has its files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import LedgerError
from sim.ledger.files import faults
from sim.ledger.files.paths import files_below, parts_below, standing
from sim.ledger.files.publish import make_folder, publish, replace
from sim.ledger.files.stored import Stored, StorePath
from sim.ledger.manifest import (
    ALL_RUNS,
    MOST_NUMBER,
    Manifest,
    Segment,
    holds,
    in_order,
    in_turn,
    joined,
    manifest_numbers,
    manifest_path,
    read_manifest,
    with_logs,
    without,
)
from sim.ledger.segments import reader
from sim.ledger.segments.digest import SIZE, ensemble_root, run_digests
from sim.ledger.segments.digest_ranges import DigestRanges
from sim.ledger.segments.schema import Header, Retention
from sim.ledger.spec import read_spec
from sim.model.event import Log
from sim.model.event_table import EventTable

if TYPE_CHECKING:
    import pyarrow as pa


class Ensemble:
    """All sealed runs of one spec, in one folder. Get one from `Ledger`; it may be sent to other processes.

    Runs are numbered from 0. Publishing puts runs on disk; sealing makes them part of the ensemble. Both may
    be done twice, and by several processes at once, without harm.
    """

    def __init__(self, folder: StorePath) -> None:
        self.folder = folder
        self._headers: dict[Segment, Header] = {}
        self._last: tuple[Manifest | None, tuple[Segment, ...]] = (None, ())

    def __repr__(self) -> str:
        return f"Ensemble({str(self.folder)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ensemble) and self.folder == other.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def __reduce__(self) -> "tuple[type[Ensemble], tuple[StorePath]]":
        return Ensemble, (self.folder,)

    @property
    def id(self) -> str:
        """The SHA-256 of the canonical spec, in hexadecimal."""
        return self.folder.name

    @property
    def spec(self) -> dict[str, Any]:
        """The mapping that the ensemble was created with. Raise E703, E704 or E705."""
        return read_spec(self.folder / "spec.json", self.id)[0]

    @cached_property
    def form(self) -> int:
        """The format of its files: its spec's, and so part of its id. Raise E703, E704 or E705."""
        return read_spec(self.folder / "spec.json", self.id)[1]

    def is_begun(self) -> bool:
        """Return whether there is only an empty folder, left by a process that was killed. Raise E706."""
        with faults.refusals("read", self.folder):
            inside = [parts_below(path, self.folder) for path in files_below(self.folder)]
        return not any("." in parts[-1] and len(parts) == 2 for parts in inside)

    @property
    def manifests(self) -> StorePath:
        return self.folder / "manifests"

    def path(self, segment: Segment) -> StorePath:
        return self.folder / "segments" / segment.file

    def manifest(self) -> Manifest | None:
        """Read the newest manifest; None if nothing was sealed yet. Raise E703, E705 or E706."""
        while numbers := manifest_numbers(self.manifests):
            try:
                return read_manifest(manifest_path(self.manifests, numbers[-1]), self.id)
            except LedgerError as problem:
                # Old manifests are removed only after a newer one was written.
                if problem.code != "E704" or manifest_numbers(self.manifests)[-1:] == numbers[-1:]:
                    raise
        return None

    def missing(self, runs: int, retention: Retention = "outcomes") -> tuple[range, ...]:
        """Return which of the runs 0 to `runs` - 1 are to be made: not sealed, the file gone, or no log kept."""
        present = self._present(self.manifest())
        have = present if retention == "outcomes" else with_logs(present)
        return without((range(runs),), joined(segment.range for segment in have))

    def retains_logs(self, runs: range) -> bool:
        """Return whether the logs of all of `runs` are kept."""
        _, present = self._seen(runs, whole=True)
        return holds(with_logs(present), runs)

    def publish(self, table: EventTable, digests: bytes | None = None, *, over: bool = False) -> Segment:
        """Put whole runs on disk as one segment. Runs that are not whole are an assertion.

        `digests` are those of the runs, where they are known. With `over`, what already has the segment's name is known
        to be damaged, and is replaced. Raise E706 if the system refuses, E703 if a damaged file already has the
        segment's name.
        """
        from sim.ledger.segments.laying_out import whole_segment

        found = self.digests_of(table) if digests is None else digests
        return self._put(*whole_segment(self.id, table, found, self.form), over=over)[0]

    def publish_outcomes(
        self, table: EventTable, measured: str, digests: bytes | None = None, *, over: bool = False
    ) -> Segment:
        """Put on disk what is kept of runs without logs, as `publish` does; `measured` digests what measures are.

        `digests` are those of the whole runs, where the table has only the rows that are kept.
        """
        from sim.ledger.segments.laying_out import outcomes_segment

        found = self.digests_of(table) if digests is None else digests
        return self._put(*outcomes_segment(self.id, table, found, measured, self.form), over=over)[0]

    def adopt(self, segment: Segment, content: bytes) -> tuple[Segment, bool]:
        """Put a segment's file from another ledger on disk, to be sealed; return whether it is new.

        Raise E703 if it is another ensemble's or other than the segment says, or a damaged file has its name.
        """
        self._headers[segment] = reader.check_header(self.path(segment), content, segment, self.id)
        return self._put(segment, content)

    def _put(self, segment: Segment, content: bytes, *, over: bool = False) -> tuple[Segment, bool]:
        """Put a segment's file on disk; return the segment that is now there, and whether it is new."""
        path = self.path(segment)
        make_folder(path.parent, self.folder)
        if over:
            replace(path, content)
        elif not publish(path, content):
            self._renew(path)
            if faults.content(path, reader.REMAKE, reader.MOST_BYTES) == content:
                return segment, False
            # Another library wrote the same runs in other bytes, or somebody with other measures.
            return reader.read_segment(path, self.id), False
        return segment, True

    def seal(self, segments: Iterable[Segment], provenance: Mapping[str, Any]) -> Manifest:
        """Make published segments part of the ensemble, and return the newest manifest.

        Nothing is written when all their runs are sealed already. Of two processes that seal at the same time the
        second builds on what the first wrote. A sealed segment whose file is gone leaves the manifest. `provenance` is
        any JSON and is not part of a digest. Raise E707 where segments, a lost one too, disagree on runs that they
        share, E714 where manifests have no number left.
        """
        new = tuple(dict.fromkeys(segments))
        make_folder(self.manifests, self.folder)
        while True:
            parent = self.manifest()
            assert parent or new, "there is nothing to seal"
            child = self._child(parent, new, provenance)
            if parent and child.segments == parent.segments:
                return parent
            publish(self._free(child.number), child.content())
            found = self.manifest()
            # It counts once it is read back. Where there are neither hard links nor locks another writer may have
            # written over it; and a number that was free may lie in a past that somebody has collected.
            if found and set(child.segments) <= set(found.segments):
                return found

    def seal_anew(
        self, segments: Iterable[Segment], provenance: Mapping[str, Any], *, after: int, parent: str
    ) -> Manifest | None:
        """Begin a new chain of manifests with one that lists just these segments, and return it.

        The manifests up to the number `after` are superseded, whatever they say; `parent` is the digest of the newest
        that could be read. Return None if somebody has sealed after that. Raise what `seal` raises.
        """
        kept, number = in_order(set(segments)), after + 1
        root = DigestRanges((segment, self.digests(segment)) for segment in kept).ensemble_root()
        make_folder(self.manifests, self.folder)
        child = Manifest(
            ensemble=self.id,
            number=number,
            parent=parent,
            segments=kept,
            root=root,
            provenance=provenance,
            oldest=number,
            form=self.form,
        )
        return child if publish(self._free(number), child.content()) else None

    def _free(self, number: int) -> StorePath:
        """Return where the manifest of this number belongs. Raise E714 beyond what its name has room for."""
        if number > MOST_NUMBER:
            message = f"ensemble {self.id[:12]} has manifest {MOST_NUMBER:,}, and names have room for no further number"
            raise LedgerError("E714", message, "use another ledger folder")
        return manifest_path(self.manifests, number)

    def log(self, run: int) -> Log:
        """Read one run. Raise E704 if it is not sealed or its file is gone, E703 if the file is damaged."""
        return next(log for _, log in self.logs(range(run, run + 1)))

    def logs(self, runs: range | None = None) -> Iterator[tuple[int, Log]]:
        """Read runs in order, each with its number, as `tables` does."""
        tables = self.tables(runs)
        return ((run, log) for table in tables for run, log in zip(table.runs, table.logs(), strict=True))

    def tables(self, runs: range | None = None) -> Iterator[EventTable]:
        """Read whole runs in order, in tables that are not large; all sealed ones if `runs` is None.

        Reads the manifest now, and the files one by one as the iterator gets to them. Raise E704 if one of
        the runs is not sealed or its file is gone; the iterator raises E703 at a damaged file.
        """
        assert runs is None or runs.step == 1, f"runs are read one after another, not in steps of {runs.step}"
        manifest, present = self._seen(runs, whole=True)
        whole = with_logs(present)
        for stretch in manifest.runs if manifest and runs is None else (runs or range(0),):
            self._check_there(stretch, manifest, present)
            for gap in without((stretch,), joined(segment.range for segment in whole)):
                raise faults.without_log(gap.start, self.id)
        return self._tables(whole, ALL_RUNS if runs is None else runs)

    def kept(self, runs: range, measured: str | None = None) -> Iterator[EventTable]:
        """Read what is kept of those of `runs` of which outcomes are kept, each once, in order, in measured tables.

        With `measured`, the digest of what measures are, only what keeps just these.
        """
        _, present = self._seen(runs)
        taken: tuple[range, ...] = ()
        for segment in present:
            for part in without((segment.range,), taken) if segment.retention == "outcomes" else ():
                wanted = range(max(part.start, runs.start), min(part.stop, runs.stop))
                if not wanted:
                    continue
                for table in reader.read_tables(self.path(segment), segment, self.id, wanted, measured):
                    yield table
                    taken = joined((*taken, table.runs))

    def with_measures(self, manifest: Manifest, measured: str) -> tuple[range, ...]:
        """Return the runs of which a manifest's segments keep the measures that `measured` is the digest of."""
        kept = [segment for segment in manifest.segments if segment.retention == "outcomes"]
        return joined(segment.range for segment in kept if self._header(segment).measured == measured)

    def batches(self, manifest: Manifest, runs: range, *, whole: bool = True) -> "Iterator[pa.RecordBatch]":
        """Give what is kept of those of `runs` that a manifest lists, each once, as Arrow batches of `event_schema()`.

        If not `whole`, of logs only what is kept with outcomes alone. Whole logs come before outcomes. For readers
        other than this ledger's, which need no file: each is read once, and held against its SHA-256 before it is
        decoded. Raise E703 at a damaged one, E704 where one is missing.
        """
        taken: tuple[range, ...] = ()
        for segment in sorted(manifest.segments, key=lambda one: (one.retention != "full", one.first, -one.runs)):
            within = range(max(segment.first, runs.start), min(segment.range.stop, runs.stop))
            parts = without((within,), taken) if within else ()
            if parts:
                yield from reader.read_batches(self.path(segment), segment, self.id, parts, whole=whole)
                taken = joined((*taken, *parts))

    def root(self, runs: int) -> str:
        """Give the digest of runs 0 to `runs` - 1. Raise E704 if one of them is not sealed, E703 for a damaged file."""
        manifest, present = self._seen(None)
        if manifest and manifest.runs == (range(runs),) and present == manifest.segments:
            return manifest.root
        return ensemble_root([self.run_digests(range(runs))])

    def run_digests(self, runs: range) -> bytes:
        """Return the digests of sealed runs, one after another. Raise E704 if one is not sealed, E703 as `root`."""
        manifest, present = self._seen(runs)
        self._check_there(runs, manifest, present)
        found = bytearray()
        for segment, part in in_turn(present, runs):
            found += self.digests(segment)[SIZE * (part.start - segment.first) : SIZE * (part.stop - segment.first)]
        return bytes(found)

    def digests_of(self, table: EventTable) -> bytes:
        """Digest whole runs, as this ensemble's format does; return the digests, one after another."""
        return b"".join(run_digests(table, self.form))

    def digests(self, segment: Segment) -> bytes:
        """Give the run digests of a segment, one after another, as its file states them."""
        return self._header(segment).digests

    def _header(self, segment: Segment) -> Header:
        if segment not in self._headers:
            self._headers[segment] = reader.read_header(self.path(segment), segment, self.id)
        return self._headers[segment]

    def _renew(self, path: StorePath) -> None:
        """Make a file young again that waited long to be sealed, lest somebody collect it just before it is."""
        with suppress(LedgerError):
            manifest = self.manifest()
            if manifest and path.name in {segment.file for segment in manifest.segments}:
                return
        if isinstance(path, Path):  # nothing is ever collected in an object store
            with suppress(OSError):
                os.utime(path)

    def _tables(self, segments: Iterable[Segment], runs: range) -> Iterator[EventTable]:
        for segment, part in in_turn(segments, runs):
            yield from reader.read_tables(self.path(segment), segment, self.id, part)

    def _check_there(self, runs: range, manifest: Manifest | None, present: Iterable[Segment]) -> None:
        have = joined(segment.range for segment in present)
        for gap in without((runs,), have):
            for segment in manifest.segments if manifest else ():
                if gap.start in segment.range:
                    raise faults.lost(self.path(segment), reader.REMAKE)
            raise faults.unsealed(gap.start, self.id, have)

    def _seen(self, runs: range | None, *, whole: bool = False) -> tuple[Manifest | None, tuple[Segment, ...]]:
        """Return the newest manifest, and which of its segments are there.

        A look into an object store costs requests, and nothing is removed there: what was seen before will do if it has
        `runs`, with their logs if they are to be `whole`; where they are None, all, it will not.
        """
        known = with_logs(self._last[1]) if whole else self._last[1]
        if runs is None or not isinstance(self.folder, Stored) or not holds(known, runs):
            manifest = self.manifest()
            self._last = manifest, self._present(manifest)
        return self._last

    def _present(self, manifest: Manifest | None) -> tuple[Segment, ...]:
        segments = manifest.segments if manifest else ()
        there = standing(self.folder / "segments", [segment.file for segment in segments])
        return tuple(segment for segment in segments if segment.file in there)

    def _child(self, parent: Manifest | None, new: Sequence[Segment], provenance: Mapping[str, Any]) -> Manifest:
        present = self._present(parent)
        there = standing(self.folder / "segments", [segment.file for segment in new])
        for segment in new:
            if segment.file not in there:
                raise faults.lost(self.path(segment), reader.REMAKE)
        retained = {"full": with_logs(present), "outcomes": present}
        union = DigestRanges((segment, self.digests(segment)) for segment in (*present, *new))
        kept = {segment.file: segment for segment in present}
        for segment in new:
            # A file that was lost and made again by another Parquet library has other bytes under its name.
            if segment.file in kept or not holds(retained[segment.retention], segment.range):
                kept[segment.file] = segment
        for segment in set(parent.segments if parent else ()).difference(present):
            if union.holds(segment.range) and union.root(segment.range) != segment.root:
                raise faults.disagreeing(segment.first, segment.file, "the files made in its stead")
        return Manifest(
            ensemble=self.id,
            number=parent.number + 1 if parent else 1,
            parent=parent.digest if parent else "",
            segments=in_order(kept.values()),
            root=union.ensemble_root(),
            provenance=provenance,
            oldest=parent.oldest if parent else 1,
            form=parent.form if parent else self.form,
        )
