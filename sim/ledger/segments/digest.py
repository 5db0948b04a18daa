"""Logical digests: what a run's log is, whatever file it lies in.

    run digest      SHA-256 of the run's number and its events
    segment root    SHA-256 of the segment's first run and its run digests
    ensemble root   SHA-256 of all run digests in the order of runs, however they were cut into segments

A run's bytes, all numbers little-endian: the tag, the run and the number of events as int64; for each event 32 bytes,
which are the first 16 of its category's digest, its time (float64), its occurrence and its number of marks (int32); at
last the marks of all events (float64). A category's digest is the SHA-256 of its kind, type, rule, faction and note,
each as uint32 length and UTF-8, and of its number of marks (int32). Events are numbered 0, 1, 2, ..., so their numbers
need not be in it. Two different logs have the same bytes only if two categories have the same 16 bytes, which nobody
finds with less than 2**64 tries. Parquet's own bytes change with its library's version and have no part in this.

Ledgers of format 1 have other run digests, which `run_digest_1` makes, and the same roots of them.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sim.ledger.segments.run_digest_1 import run_digests_1

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.model.event_table import Category, EventTable

SIZE = 32  # bytes of a run digest

TAG = b"sim run 2\n"  # of a run's bytes
_SEGMENT = b"sim segment 1\n"
_ROOT = b"sim runs 1\n"

_EVENT = 32  # bytes
_MARK = 8
_AT_ONCE = 1 << 15  # events whose bytes are laid out together: what a processor's cache holds


def run_digests(table: "EventTable", form: int = 2) -> Iterator[bytes]:
    """Digest each run of a table in which no row is left out, in order, as a ledger of format `form` does."""
    if form == 1:
        yield from run_digests_1(table)
        return
    starts, low = table.starts, 0
    while low + 1 < len(starts):
        high = min(max(low + 1, int(starts.searchsorted(starts[low] + _AT_ONCE))), len(starts) - 1)
        yield from _digested(table.part(low, high))
        low = high


def _digested(table: "EventTable") -> list[bytes]:
    heads, events, marks = map(_bytes, (_heads(table), _events(table), table.marks.astype("<f8", copy=False)))
    sha256, size = hashlib.sha256, len(heads) // len(table.runs)
    rows = [_EVENT * row for row in table.starts.tolist()]
    places = [_MARK * place for place in table.mark_starts.tolist()]
    found = []
    for head, (start, end), (low, high) in zip(
        range(0, len(heads), size), pairwise(rows), pairwise(places), strict=True
    ):
        run = sha256(heads[head : head + size])
        run.update(events[start:end])
        run.update(marks[low:high])
        found.append(run.digest())
    return found


def _heads(table: "EventTable") -> "NDArray[np.void]":
    """Lay out for each run the tag, its number and its number of events."""
    import numpy as np

    heads = np.empty(len(table.runs), [("tag", f"S{len(TAG)}"), ("run", "<i8"), ("events", "<i8")])
    heads["tag"], heads["run"], heads["events"] = TAG, np.asarray(table.runs), np.diff(table.starts)
    return heads


def _events(table: "EventTable") -> "NDArray[np.void]":
    """Lay out the bytes of each event."""
    import numpy as np

    of_categories = events_of(table.categories)
    words = of_categories.view(np.uint64).reshape(-1, 4)  # which NumPy copies faster than what has fields
    events: NDArray[Any] = words.take(table.codes, axis=0).view(of_categories.dtype)[:, 0]
    events["time"], events["occurrence"] = table.times, table.occurrences
    return events


def events_of(categories: "Sequence[Category]") -> "NDArray[np.void]":
    """Lay out the bytes of an event of each category, its time and its occurrence being 0."""
    import numpy as np

    form = np.dtype([("category", "V16"), ("time", "<f8"), ("occurrence", "<i4"), ("marks", "<i4")])
    events = np.zeros(len(categories), form)
    events["category"] = np.frombuffer(b"".join(map(_category_digest, categories)), "V16")
    events["marks"] = [category.marks for category in categories]
    return events


@lru_cache(1 << 14)
def _category_digest(category: "Category") -> bytes:
    *texts, marks = category
    encoded = [text.encode() for text in texts]
    parts = [part for data in encoded for part in (struct.pack("<I", len(data)), data)]
    return hashlib.sha256(b"".join((*parts, struct.pack("<i", marks)))).digest()[:16]


def _bytes(values: "NDArray[Any]") -> memoryview:
    import numpy as np

    return np.ascontiguousarray(values).view(np.uint8).data


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
