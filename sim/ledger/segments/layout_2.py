"""Format 2 of a segment: a row is a run, with lists of its events' columns; the header says what their codes mean."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.ledger.segments.arrow_arrays import arrow_lists, lists_of
from sim.ledger.segments.schema import Header, run_schema
from sim.model.event_table import Category, EventTable

if TYPE_CHECKING:
    import pyarrow as pa

_SPLIT = "BYTE_STREAM_SPLIT"  # the high bytes of numbers are alike, and so are packed well


def encode_2(header: Header, table: EventTable) -> bytes:
    """Write a segment: the header's row groups, checksums on every page, measures beside outcomes alone.

    The table's categories are those of the header, in their order.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    schema = run_schema(header.retention)
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=False,
        column_encoding={f"{name}.list.element": _SPLIT for name in schema.names},
        write_page_checksum=True,
        store_schema=False,
    ) as writer:
        for group in header.groups:
            part = table.part(group.start - table.first, group.stop - table.first)
            writer.write_table(_arrow_runs(part, schema), row_group_size=len(group))
        writer.add_key_value_metadata(header.metadata())
    return bytes(sink.getvalue())


def _arrow_runs(table: EventTable, schema: "pa.Schema") -> "pa.Table":
    import numpy as np
    import pyarrow as pa

    columns = {
        "code": (table.starts, table.codes),
        "time": (table.starts, table.times),
        "occurrence": (table.starts, table.occurrences),
        "marks": (table.mark_starts, table.marks),
    }
    if "measures" in schema.names:
        assert table.measures is not None, "only measured runs are kept without their logs"
        runs, count = table.measures.shape
        columns["sequence"] = (table.starts, table.sequences)
        columns["measures"] = (np.arange(runs + 1) * count, table.measures.ravel())
    arrays = [arrow_lists(schema.field(name).type, *columns[name]) for name in schema.names]
    return pa.Table.from_arrays(arrays, schema=schema)


def decode_2(rows: "pa.Table", group: range, categories: Sequence[Category]) -> EventTable:
    """Read the rows of a row group with the runs of `group`. Raise ValueError where columns do not fit each other."""
    import numpy as np

    sizes, codes = lists_of(rows["code"].chunks, "i4")
    if len(sizes) != len(group) or not np.all(sizes > 0):
        raise ValueError("the rows are not those of so many runs")
    if not 0 <= codes.min() <= codes.max() < len(categories):
        raise ValueError("there are codes that stand for no category")
    times, occurrences = lists_of(rows["time"].chunks), lists_of(rows["occurrence"].chunks, "i4")
    numbers, measures = None, None
    if "measures" in rows.schema.names:
        own, numbers = lists_of(rows["sequence"].chunks, "i4")
        counts, values = lists_of(rows["measures"].chunks)
        if not np.array_equal(own, sizes) or not np.all(counts == counts[0]):
            raise ValueError("the columns do not fit each other")
        measures = values.reshape(len(group), -1)
    held, marks = lists_of(rows["marks"].chunks)
    table = EventTable(
        first=group.start,
        starts=np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))),
        codes=codes,
        categories=categories,
        times=times[1],
        occurrences=occurrences[1],
        marks=marks,
        numbers=numbers,
        measures=measures,
    )
    if not all(np.array_equal(own, sizes) for own, _ in (times, occurrences)):
        raise ValueError("the columns do not fit each other")
    if not np.array_equal(held, np.diff(table.mark_starts)):
        raise ValueError("the marks are not as many as its categories say")
    return table
