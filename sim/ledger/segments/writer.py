"""Tables of runs into the bytes of one Parquet segment. `publish` puts the bytes on disk."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.ledger.segments.schema import TEXTS, Header, arrow_schema
from sim.model.event_table import EventTable


def encode(header: Header, groups: Sequence[EventTable]) -> bytes:
    """Write a segment: a row group for each of `groups`, checksums on every page, measures beside outcomes alone."""
    sink = pa.BufferOutputStream()
    schema = arrow_schema(header.retention)
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
            writer.write_table(_arrow_table(group, schema), row_group_size=max(1, group.rows))
        writer.add_key_value_metadata(header.metadata())
    return bytes(sink.getvalue())


def _arrow_table(group: EventTable, schema: pa.Schema) -> pa.Table:
    run = np.repeat(np.arange(group.runs.start, group.runs.stop, dtype=np.int64), np.diff(group.starts))
    arrays = {
        "run": _numbers(pa.int64(), "i8", run),
        "sequence": _numbers(pa.int32(), "i4", group.sequences),
        "time": _numbers(pa.float64(), "f8", group.times),
        "occurrence": _numbers(pa.int32(), "i4", group.occurrences),
        "marks": _lists(schema.field("marks").type, group.offsets, group.marks),
        **{name: _dictionary([getattr(one, name) for one in group.categories], group.codes) for name in TEXTS},
    }
    if "measures" in schema.names:
        assert group.measures is not None, "only measured runs are kept without their logs"
        counts = np.zeros(group.rows + 1, np.int32)
        counts[group.starts[1:]] = group.measures.shape[1]
        arrays["measures"] = _lists(schema.field("measures").type, np.cumsum(counts), group.measures.ravel())
    return pa.Table.from_arrays([arrays[name] for name in schema.names], schema=schema)


# From buffers, not `pa.array`: the latter looks whether it was given a pandas object, and so imports pandas
# (seconds) wherever pandas is installed.
def _numbers(kind: pa.DataType, form: str, values: NDArray[Any]) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values, form))])


def _lists(kind: pa.DataType, offsets: NDArray[Any], values: NDArray[Any]) -> pa.Array:
    buffers = [None, pa.py_buffer(np.ascontiguousarray(offsets, np.int32))]
    return pa.Array.from_buffers(kind, len(offsets) - 1, buffers, children=[_numbers(pa.float64(), "f8", values)])


def _dictionary(texts: Sequence[str], codes: NDArray[Any]) -> pa.DictionaryArray:
    """Write the texts that the codes stand for, the distinct ones in their order."""
    places = {text: index for index, text in enumerate(dict.fromkeys(texts))}
    encoded = [text.encode() for text in places]
    offsets = np.array([0, *accumulate(map(len, encoded))], np.int32)
    values = pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))
    indices = np.array([places[text] for text in texts], np.int32)[codes]
    return pa.DictionaryArray.from_arrays(_numbers(pa.int32(), "i4", indices), values)
