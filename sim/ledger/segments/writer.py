"""Columns into the bytes of one Parquet segment. Putting the bytes on disk is `publish`'s business."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sim.ledger.segments.columns import Columns, Texts
from sim.ledger.segments.schema import TEXTS, Header, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from sim.ledger.segments.columns import Floats


def encode(header: Header, groups: Sequence[Columns], measures: "Floats | None" = None) -> bytes:
    """Write a segment: one row group for each of `groups`, checksums on every page.

    `measures` has a line for each run; it stands in segments that keep outcomes alone.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    schema = arrow_schema(header.keeps)
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
        for group in groups:
            table = _table(group, schema, measures, header.first)
            writer.write_table(table, row_group_size=max(1, group.events))
        writer.add_key_value_metadata(header.metadata())
    return bytes(sink.getvalue())


def _table(columns: Columns, schema: "pa.Schema", measures: "Floats | None", first: int) -> "pa.Table":
    import numpy as np
    import pyarrow as pa

    rows = columns.events
    run = np.repeat(np.arange(columns.runs.start, columns.runs.stop, dtype=np.int64), np.diff(columns.starts))
    offsets = np.ascontiguousarray(columns.offsets, np.int32)
    arrays = {
        "run": _numbers(pa.int64(), "i8", run),
        "sequence": _numbers(pa.int32(), "i4", columns.sequence),
        "time": _numbers(pa.float64(), "f8", columns.time),
        "occurrence": _numbers(pa.int32(), "i4", columns.occurrence),
        "marks": pa.Array.from_buffers(
            schema.field("marks").type,
            rows,
            [None, pa.py_buffer(offsets)],
            children=[_numbers(pa.float64(), "f8", columns.marks)],
        ),
        **{name: _dictionary(columns.texts[name]) for name in TEXTS},
    }
    if measures is not None:
        own = measures[columns.runs.start - first : columns.runs.stop - first]
        counts = np.zeros(rows + 1, np.int32)
        counts[columns.starts[1:]] = own.shape[1]
        arrays["measures"] = pa.Array.from_buffers(
            schema.field("measures").type,
            rows,
            [None, pa.py_buffer(np.cumsum(counts, dtype=np.int32))],
            children=[_numbers(pa.float64(), "f8", own.ravel())],
        )
    return pa.Table.from_arrays([arrays[name] for name in schema.names], schema=schema)


# From buffers, not `pa.array`: the latter looks whether it was given a pandas object, and so imports pandas
# (seconds) wherever pandas is installed.
def _numbers(kind: "pa.DataType", form: str, values: "NDArray[Any]") -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values, form))])


def _dictionary(texts: Texts) -> "pa.DictionaryArray":
    import numpy as np
    import pyarrow as pa

    encoded = [value.encode() for value in texts.values]
    offsets = np.array([0, *accumulate(map(len, encoded))], np.int32)
    values = pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))
    return pa.DictionaryArray.from_arrays(_numbers(pa.int32(), "i4", texts.codes), values)
