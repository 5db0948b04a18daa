"""Segment files back into tables of runs, with nothing believed that is not checked.

A file is read whole and held against its SHA-256 before Parquet's reader sees it, which also checks the checksum of
every page. Memory is bounded by one segment's file and one row group. The ensemble decides which segments to read.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.manifest import Segment, segment_of
from sim.ledger.segments.digest import run_digests
from sim.ledger.segments.layout_1 import arrow_events, decode_1
from sim.ledger.segments.layout_2 import decode_2
from sim.ledger.segments.schema import FORMAT, TEXTS, Header, event_schema, header_fields, header_of, run_schema
from sim.ledger.spec import digest
from sim.model.event_table import EventTable

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_NOT_WHOLE = "is not a whole Parquet file"
MOST_BYTES = 1 << 32  # of a segment, which usually has some megabytes
REMAKE = "run the ensemble again: the same runs come out, bit for bit"


def read_header(path: StorePath, segment: Segment, ensemble: str) -> Header:
    """Read what `path` says about itself, without its rows. Its run digests must give the segment's root."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with faults.part(path, REMAKE, MOST_BYTES) as file, _decoding(path, _NOT_WHOLE):
        metadata = pq.read_metadata(pa.PythonFile(file, mode="r"))
    header = _header(path, metadata.metadata, ensemble)
    _check_listed(path, header, segment)
    return header


def check_header(path: StorePath, content: bytes, segment: Segment, ensemble: str) -> Header:
    """Read what a segment's file says about itself from its content, whatever stands under `path`."""
    header, _ = _open(path, content, ensemble)
    _check_listed(path, header, segment)
    return header


def read_tables(
    path: StorePath, segment: Segment, ensemble: str, runs: range, measured: str | None = None
) -> Iterator[EventTable]:
    """Give those of `runs` that a listed segment has, a row group at a time; none if `measured` is another than its."""
    header, file = _open(path, check_file(path, segment), ensemble)
    for index, group in enumerate(header.groups if measured in (None, header.measured) else ()):
        low, high = max(runs.start, group.start) - group.start, min(runs.stop, group.stop) - group.start
        if low < high:
            yield _table(path, file, index, header).piece(low, high)


def read_batches(
    path: StorePath, segment: Segment, ensemble: str, parts: Sequence[range], *, whole: bool = True
) -> "Iterator[pa.RecordBatch]":
    """Give the rows of `parts` of a listed segment's runs as events; those kept with outcomes alone if not `whole`."""
    header, file = _open(path, check_file(path, segment), ensemble)
    schema = event_schema()
    for index, group in enumerate(header.groups):
        within = [range(max(part.start, group.start), min(part.stop, group.stop)) for part in parts]
        if any(within):
            table = _table(path, file, index, header)
            for part in filter(None, within):
                piece = table.part(part.start - group.start, part.stop - group.start)
                yield from arrow_events(piece if whole else piece.outcomes, schema).to_batches()


def check_file(path: StorePath, segment: Segment) -> bytes:
    """Return the content of a listed segment's file. Raise E704 if it is missing, E703 if it is not as it was."""
    data = faults.content(path, REMAKE, MOST_BYTES)
    if digest(data) != segment.sha256:
        raise faults.damaged(path, f"was changed: its SHA-256 is not {segment.sha256}")
    return data


def check_segment(path: StorePath, segment: Segment, ensemble: str) -> bytes:
    """Check a listed segment's file, byte by byte and row by row; return its run digests, one after another."""
    header, file = _open(path, check_file(path, segment), ensemble)
    _check_listed(path, header, segment)
    _check_rows(path, header, file)
    return header.digests


def read_segment(path: StorePath, ensemble: str) -> Segment:
    """Check a file that no manifest lists, row by row, and return what one would say of it. Raise as the others do."""
    data = faults.content(path, REMAKE, MOST_BYTES)
    header, file = _open(path, data, ensemble)
    segment = segment_of(header, digest(data))
    if segment.file != path.name:
        raise faults.damaged(path, "holds other runs than its name says")
    _check_rows(path, header, file)
    return segment


def _check_listed(path: StorePath, header: Header, segment: Segment) -> None:
    said = (header.root, header.runs, header.events, header.retention)
    if said != (segment.root, segment.range, segment.events, segment.retention):
        raise faults.damaged(path, "holds other runs than the manifest says")


def _check_rows(path: StorePath, header: Header, file: "pq.ParquetFile") -> None:
    found, events = list[bytes](), 0
    for index in range(len(header.groups)):
        table = _table(path, file, index, header)
        events += table.rows
        # Else the digests are those of whole runs: only the file's hash covers these rows.
        if header.retention == "full":
            found += run_digests(table, header.form)
    if header.retention == "full" and b"".join(found) != header.digests:
        raise faults.damaged(path, "holds rows that do not give its digests")
    if events != header.events:
        raise faults.damaged(path, "has not as many events as it says")


def _open(path: StorePath, data: bytes, ensemble: str) -> "tuple[Header, pq.ParquetFile]":
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _decoding(path, _NOT_WHOLE):
        metadata = pq.read_metadata(pa.BufferReader(data))
        header = _header(path, metadata.metadata, ensemble)
        schema, texts, rows = event_schema(header.retention), list(TEXTS), header.events
        if header.form > 1:
            schema, texts, rows = run_schema(header.retention), [], len(header.runs)
        file = pq.ParquetFile(
            pa.BufferReader(data), metadata=metadata, read_dictionary=texts, page_checksum_verification=True
        )
        fits = file.schema_arrow.equals(schema)
    if not fits or file.num_row_groups != len(header.groups) or metadata.num_rows != rows:
        raise faults.damaged(path, "has not the columns or rows that a segment has")
    return header, file


def _header(path: StorePath, metadata: Mapping[bytes, bytes] | None, ensemble: str) -> Header:
    try:
        form = int(header_fields(metadata or {})["format"])
        header = header_of(metadata or {}) if form <= FORMAT else None
    except (KeyError, TypeError, ValueError) as error:
        raise faults.damaged(path, "is not a segment of this ledger, or its header is damaged") from error
    if header is None:
        raise faults.newer(path, form, FORMAT)
    if header.ensemble != ensemble:
        raise faults.damaged(path, f"belongs to another ensemble, {header.ensemble}")
    return header


def _table(path: StorePath, file: "pq.ParquetFile", index: int, header: Header) -> EventTable:
    with _decoding(path):
        rows = file.read_row_group(index, use_threads=False)
        if header.form == 1:
            return decode_1(rows, header.groups[index])
        return decode_2(rows, header.groups[index], header.categories)


@contextmanager
def _decoding(path: StorePath, finding: str = "") -> Iterator[None]:
    """Turn what Arrow complains of into E703, with its own words where there is no other `finding`."""
    import pyarrow as pa

    try:
        yield
    except MemoryError:  # Arrow's own is one of its exceptions, too, and no file is damaged by it
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError) as error:
        if getattr(error, "errno", None):  # the system's own errors have a number, Arrow's have none
            raise
        raise faults.damaged(path, finding or f"cannot be decoded: {str(error).splitlines()[0]}") from error
