"""Segment files back into tables of runs, with nothing believed that is not checked.

A file is read whole and held against its SHA-256 before Parquet's reader sees it, which also checks the checksum of
every page. Memory is bounded by one segment's file and one row group. The ensemble decides which segments to read.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.manifest import Segment, segment_of
from sim.ledger.segments.digest import run_digests
from sim.ledger.segments.schema import FORMAT, TEXTS, Header, arrow_schema, header_fields, header_of
from sim.ledger.spec import digest
from sim.model.event_table import Category, EventTable, renumbered

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

_PLACES = 1 << 18  # of possible numbers, each of which has a place in an array
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
            yield _table(path, file, index, group).piece(low, high)


def read_batches(
    path: StorePath, segment: Segment, ensemble: str, parts: Sequence[range]
) -> "Iterator[pa.RecordBatch]":
    """Give the rows of `parts` of a listed segment's runs as they stand in the file, without its measures."""
    header, file = _open(path, check_file(path, segment), ensemble)
    names = arrow_schema().names
    for index, group in enumerate(header.groups):
        if any(part.start < group.stop and group.start < part.stop for part in parts):
            table = _row_group(path, file, index, names)
            runs = _numbers("i8", table["run"].chunks)
            for part in parts:
                start, stop = runs.searchsorted((part.start, part.stop)).tolist()
                yield from table.slice(start, stop - start).to_batches()


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
    found: list[bytes] = []
    for index, group in enumerate(header.groups):
        table = _table(path, file, index, group)
        # Else the digests are those of whole runs: only the file's hash covers these rows.
        if header.retention == "full":
            found += run_digests(table)
    if header.retention == "full" and b"".join(found) != header.digests:
        raise faults.damaged(path, "holds rows that do not give its digests")


def _open(path: StorePath, data: bytes, ensemble: str) -> "tuple[Header, pq.ParquetFile]":
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _decoding(path, _NOT_WHOLE):
        metadata = pq.read_metadata(pa.BufferReader(data))
        header = _header(path, metadata.metadata, ensemble)
        file = pq.ParquetFile(
            pa.BufferReader(data), metadata=metadata, read_dictionary=list(TEXTS), page_checksum_verification=True
        )
        fits = file.schema_arrow.equals(arrow_schema(header.retention))
    if not fits or file.num_row_groups != len(header.groups) or metadata.num_rows != header.events:
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


def _table(path: StorePath, file: "pq.ParquetFile", index: int, group: range) -> EventTable:
    rows = _row_group(path, file, index)
    with _decoding(path):
        return _decoded(rows, group)


def _row_group(path: StorePath, file: "pq.ParquetFile", index: int, names: list[str] | None = None) -> "pa.Table":
    with _decoding(path):
        return file.read_row_group(index, columns=names, use_threads=False)


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


def _decoded(rows: "pa.Table", group: range) -> EventTable:
    import numpy as np

    sequence = _numbers("i4", rows["sequence"].chunks)
    starts = np.append(np.flatnonzero(sequence == 0), len(sequence))
    run = _numbers("i8", rows["run"].chunks)
    if len(starts) != len(group) + 1 or starts[0] != 0:
        raise ValueError("the rows are not those of so many runs")
    if not np.array_equal(run, np.repeat(np.arange(group.start, group.stop), np.diff(starts))):
        raise ValueError("the rows are not those of its runs")
    counts, marks = _lists(rows["marks"].chunks)
    measured = "measures" in rows.schema.names
    measures = _lists(rows["measures"].chunks)[1].reshape(len(group), -1) if measured else None
    texts = [_texts(rows[name].chunks) for name in TEXTS]
    codes, chosen = _coded([*(codes for codes, _ in texts), counts])
    distinct = [*([values[code] for code in own[chosen].tolist()] for own, values in texts), counts[chosen].tolist()]
    return EventTable(
        first=group.start,
        starts=starts,
        codes=codes,
        categories=[Category(*one) for one in zip(*distinct, strict=True)],
        sequences=sequence,
        times=_numbers("f8", rows["time"].chunks),
        occurrences=_numbers("i4", rows["occurrence"].chunks),
        marks=marks,
        measures=measures,
    )


def _lists(chunks: "list[pa.ListArray]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return how long each list is, and what all of them hold."""
    import numpy as np

    counts, found = [], []
    for chunk in chunks:
        ends = _buffer("i4", chunk.buffers()[1], chunk.offset, len(chunk) + 1)
        values = chunk.values
        counts.append(np.diff(ends))
        found.append(_buffer("f8", values.buffers()[1], values.offset + int(ends[0]), int(ends[-1] - ends[0])))
    return _joined("i4", counts), _joined("f8", found)


def _coded(columns: "Sequence[NDArray[Any]]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Number the distinct rows of columns of int32 from 0 on; return each row's number, and a row of each number."""
    import numpy as np

    numbers, bound = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        size = int(column.max(initial=0)) + 1
        if bound * size > _PLACES:
            numbers = _numbered(numbers, bound).astype(np.int64)
            bound = int(numbers.max(initial=0)) + 1
        numbers *= size
        numbers += column
        bound *= size
    codes = _numbered(numbers, bound)
    chosen = np.empty(int(codes.max(initial=-1)) + 1, np.intp)
    chosen[codes] = np.arange(len(codes))
    return codes, chosen


def _numbered(values: "NDArray[Any]", bound: int) -> "NDArray[Any]":
    """Number distinct values of int64 below `bound` in the order in which they first come.

    Where many are possible Arrow hashes them; `np.unique` sorts, and takes fifteen times as long. For few it is not
    asked: loading its functions takes 20 ms.
    """
    if bound <= _PLACES:
        return renumbered(values, bound)[0]
    import pyarrow as pa

    array = pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])
    return _numbers("i4", [array.dictionary_encode().indices])


def _texts(chunks: "list[pa.DictionaryArray]") -> "tuple[NDArray[Any], list[str]]":
    """Return a code for each row, and the texts that the codes stand for."""
    codes: list[NDArray[Any]] = []
    values: list[str] = []
    for chunk in chunks:
        rows = _numbers("i4", [chunk.indices])
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(chunk.dictionary):
            raise ValueError("a text is not in its dictionary")
        codes.append(rows + len(values) if values else rows)
        values += chunk.dictionary.to_pylist()
    return _joined("i4", codes), values


def _numbers(form: str, chunks: "list[pa.Array]") -> "NDArray[Any]":
    return _joined(form, [_buffer(form, chunk.buffers()[1], chunk.offset, len(chunk)) for chunk in chunks])


def _joined(form: str, pieces: "list[NDArray[Any]]") -> "NDArray[Any]":
    import numpy as np

    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, form), *pieces])


def _buffer(form: str, buffer: "pa.Buffer | None", offset: int, length: int) -> "NDArray[Any]":
    import numpy as np

    if buffer is None or length == 0:
        return np.zeros(length, form)
    return np.frombuffer(buffer, form, length, offset * np.dtype(form).itemsize)
