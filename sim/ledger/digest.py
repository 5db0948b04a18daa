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
import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.ledger.columns import Columns, Texts

SIZE = 32  # bytes of a run digest

_RUN = b"sim run 1\n"
_SEGMENT = b"sim segment 1\n"
_ROOT = b"sim runs 1\n"


def run_digests(columns: "Columns") -> Iterator[bytes]:
    """Digest each run of `columns`, in order."""
    sequence, occurrence = _little(columns.sequence), _little(columns.occurrence)
    time, marks = _little(columns.time), _little(columns.marks)
    offsets = columns.offsets
    counts = _little(array("i", [end - start for start, end in pairwise(offsets)]))
    kind, type_, rule, faction, note = (
        _encoded(columns.texts[name]) for name in ("kind", "type", "rule", "faction", "note")
    )
    for run, (start, end) in zip(columns.runs, pairwise(columns.starts), strict=True):
        parts = [
            _RUN,
            struct.pack("<qq", run, end - start),
            sequence[4 * start : 4 * end],
            time[8 * start : 8 * end],
            *kind[start:end],
            *type_[start:end],
            *rule[start:end],
            *faction[start:end],
            occurrence[4 * start : 4 * end],
            counts[4 * start : 4 * end],
            marks[8 * offsets[start] : 8 * offsets[end]],
            *note[start:end],
        ]
        yield hashlib.sha256(b"".join(parts)).digest()


def segment_root(first: int, digests: bytes) -> str:
    """Digest a segment; `digests` are its run digests, one after another."""
    return hashlib.sha256(_SEGMENT + struct.pack("<q", first) + digests).hexdigest()


def ensemble_root(digests: Iterable[bytes | bytearray]) -> str:
    """Digest an ensemble; `digests` are its run digests in the order of runs, in pieces of any length.

    A run digest covers the run's number, so gaps between runs show too.
    """
    root = hashlib.sha256(_ROOT)
    for piece in digests:
        root.update(piece)
    return root.hexdigest()


def _little(values: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def _encoded(texts: "Texts") -> list[bytes]:
    table = []
    for value in texts.values:
        data = value.encode()
        table.append(struct.pack("<I", len(data)) + data)
    return [table[code] for code in texts.codes]
