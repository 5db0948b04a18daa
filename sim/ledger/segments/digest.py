"""Logical digests: what a run's log is, whatever file it lies in.

    run digest      SHA-256 of the run's number and its columns as little-endian bytes
    segment root    SHA-256 of the segment's first run and its run digests
    ensemble root   SHA-256 of all run digests in the order of runs, however they were cut into segments

A run's bytes: the tag, the run and the number of events as int64; then whole columns one after another:
sequence (int32), time (float64), kind, type, rule, faction (each text as uint32 length and UTF-8),
occurrence (int32), the number of marks (int32), all marks (float64), note (texts). No two different logs
have the same bytes. Parquet's own bytes change with its library's version and have no part in this.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model.event_table import EventTable, Integers

SIZE = 32  # bytes of a run digest

_RUN = b"sim run 1\n"
_SEGMENT = b"sim segment 1\n"
_ROOT = b"sim runs 1\n"


def run_digests(table: "EventTable") -> Iterator[bytes]:
    """Digest each run of a table in which no row is left out, in order."""
    starts = table.starts
    sequence, occurrence = _little("<i4", table.sequences), _little("<i4", table.occurrences)
    time, marks = _little("<f8", table.times), _little("<f8", table.marks)
    counts = _little("<i4", table.counts)
    kind, type_, rule, faction, note = (
        _encoded([getattr(category, name) for category in table.categories], table.codes, starts)
        for name in ("kind", "type", "rule", "faction", "note")
    )
    rows, places = pairwise(starts.tolist()), pairwise(table.offsets[starts].tolist())
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


def segment_root(first: int, digests: bytes) -> str:
    """Digest a segment; `digests` are its run digests, one after another."""
    return hashlib.sha256(_SEGMENT + struct.pack("<q", first) + digests).hexdigest()


def ensemble_root(digests: Iterable[bytes | bytearray]) -> str:
    """Digest an ensemble; `digests` are its run digests in the order of runs, in pieces of any length."""
    root = hashlib.sha256(_ROOT)
    for piece in digests:
        root.update(piece)
    return root.hexdigest()


def growing_roots(digests: bytes) -> Iterator[str]:
    """Give the ensemble roots of the first run, the first two, and so on; `digests` are their run digests."""
    root = hashlib.sha256(_ROOT)
    for start in range(0, len(digests), SIZE):
        root.update(digests[start : start + SIZE])
        yield root.hexdigest()


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
