"""Format 1 of a segment, in which older ledgers are: a row is an event, with its texts. `layout_2` has that of today.

Other readers than the ledger's get events in these columns, too, whatever the format of the file.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.ledger.segments.arrow_arrays import arrow_lists, arrow_numbers, arrow_texts, joined, lists_of, numbers_of
from sim.ledger.segments.schema import TEXTS, Header, event_schema
from sim.model.event_table import Category, EventTable, renumbered

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_PLACES = 1 << 18  # of possible numbers, each of which has a place in an array


def encode_1(header: Header, table: EventTable) -> bytes:
    """Write a segment: the header's row groups, checksums on every page, measures beside outcomes alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    schema = event_schema(header.retention)
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=list(TEXTS),
        column_encoding={
            "run": "DELTA_BINARY_PACKED",
            "sequence": "DELTA_BINARY_PACKED",
            "occurrence": "DELTA_BINARY_PACKED",
            "time": "BYTE_STREAM_SPLIT",
        },
        write_page_checksum=True,
        store_schema=False,
    ) as writer:
        for group in header.groups:
            part = table.piece(group.start - table.first, group.stop - table.first)
            writer.write_table(arrow_events(part, schema), row_group_size=max(1, part.rows))
        writer.add_key_value_metadata(header.metadata())
    return bytes(sink.getvalue())


def arrow_events(table: EventTable, schema: "pa.Schema") -> "pa.Table":
    """Lay out events as rows of an `event_schema`."""
    import numpy as np
    import pyarrow as pa

    arrays = {
        "run": np.repeat(np.arange(table.runs.start, table.runs.stop, dtype=np.int64), np.diff(table.starts)),
        "sequence": table.sequences,
        "time": table.times,
        "occurrence": table.occurrences,
    }
    columns = {name: arrow_numbers(schema.field(name).type, values) for name, values in arrays.items()}
    columns["marks"] = arrow_lists(schema.field("marks").type, table.offsets, table.marks)
    columns |= {name: arrow_texts([getattr(one, name) for one in table.categories], table.codes) for name in TEXTS}
    if "measures" in schema.names:
        assert table.measures is not None, "only measured runs are kept without their logs"
        counts = np.zeros(table.rows + 1, np.int32)
        counts[table.starts[1:]] = table.measures.shape[1]
        columns["measures"] = arrow_lists(schema.field("measures").type, np.cumsum(counts), table.measures.ravel())
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def decode_1(rows: "pa.Table", group: range) -> EventTable:
    """Read the rows of a row group that has just the runs of `group`. Raise ValueError if it has not."""
    import numpy as np

    sequence = numbers_of(rows["sequence"].chunks, "i4")
    starts = np.append(np.flatnonzero(sequence == 0), len(sequence))
    run = numbers_of(rows["run"].chunks, "i8")
    if len(starts) != len(group) + 1 or starts[0] != 0:
        raise ValueError("the rows are not those of so many runs")
    if not np.array_equal(run, np.repeat(np.arange(group.start, group.stop), np.diff(starts))):
        raise ValueError("the rows are not those of its runs")
    counts, marks = lists_of(rows["marks"].chunks)
    measured = "measures" in rows.schema.names
    measures = lists_of(rows["measures"].chunks)[1].reshape(len(group), -1) if measured else None
    texts = [_texts(rows[name].chunks) for name in TEXTS]
    codes, chosen = _coded([*(codes for codes, _ in texts), counts])
    distinct = [*([values[code] for code in own[chosen].tolist()] for own, values in texts), counts[chosen].tolist()]
    return EventTable(
        first=group.start,
        starts=starts,
        codes=codes,
        categories=[Category(*one) for one in zip(*distinct, strict=True)],
        times=numbers_of(rows["time"].chunks, "f8"),
        occurrences=numbers_of(rows["occurrence"].chunks, "i4"),
        marks=marks,
        numbers=sequence,
        measures=measures,
    )


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
    return numbers_of([array.dictionary_encode().indices], "i4")


def _texts(chunks: "list[pa.DictionaryArray]") -> "tuple[NDArray[Any], list[str]]":
    """Return a code for each row, and the texts that the codes stand for."""
    codes: list[NDArray[Any]] = []
    values: list[str] = []
    for chunk in chunks:
        rows = numbers_of([chunk.indices], "i4")
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(chunk.dictionary):
            raise ValueError("a text is not in its dictionary")
        codes.append(rows + len(values) if values else rows)
        values += chunk.dictionary.to_pylist()
    return joined(codes, "i4"), values
