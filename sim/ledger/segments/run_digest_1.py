"""Run digests of format 1, in which older ledgers are sealed. `digest` has those of today.

A run's bytes: the tag, the run and the number of events as int64; then whole columns one after another:
sequence (int32), time (float64), kind, type, rule, faction (each text as uint32 length and UTF-8),
occurrence (int32), the number of marks (int32), all marks (float64), note (texts).
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model.event_table import EventTable, Integers

_RUN = b"sim run 1\n"


def run_digests_1(table: "EventTable") -> Iterator[bytes]:
    """Digest each run of a table in which no row is left out, in order."""
    starts = table.starts
    sequence, occurrence = _little("<i4", table.sequences), _little("<i4", table.occurrences)
    time, marks = _little("<f8", table.times), _little("<f8", table.marks)
    counts = _little("<i4", table.counts)
    kind, type_, rule, faction, note = (
        _encoded([getattr(category, name) for category in table.categories], table.codes, starts)
        for name in ("kind", "type", "rule", "faction", "note")
    )
    rows, places = pairwise(starts.tolist()), pairwise(table.mark_starts.tolist())
    for run, (start, end), (low, high) in zip(table.runs, rows, places, strict=True):
        columns = (
            _RUN,
            struct.pack("<qq", run, end - start),
            sequence[4 * start : 4 * end],
            time[8 * start : 8 * end],
            next(kind),
            next(type_),
            next(rule),
            next(faction),
            occurrence[4 * start : 4 * end],
            counts[4 * start : 4 * end],
            marks[8 * low : 8 * high],
            next(note),
        )
        yield hashlib.sha256(b"".join(columns)).digest()


def _little(kind: str, values: "NDArray[Any]") -> memoryview:
    return memoryview(values.astype(kind, copy=False).tobytes())


def _encoded(texts: "Sequence[str]", codes: "Integers", starts: "Integers") -> Iterator[memoryview]:
    """Give the bytes of one column of texts, run by run."""
    import numpy as np

    encoded = np.empty(len(texts), object)
    for code, text in enumerate(texts):
        data = text.encode()
        encoded[code] = struct.pack("<I", len(data)) + data
    sizes = np.fromiter(map(len, encoded), np.int64, len(encoded))
    column = memoryview(b"".join(encoded[codes].tolist()))
    ends = np.concatenate(([0], np.cumsum(sizes[codes])))[starts].tolist()
    return (column[start:end] for start, end in pairwise(ends))
