"""A segment and its file's content, of a table of whole runs. Nothing is written here: see `publish`.

Where logs are not kept, the rows are those of the whole log that `KEPT` names, with the numbers that they have there.
What is left out can be made again, and is proved by the run's digest, which is that of the whole log.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from sim.ledger.manifest import Segment, segment_of
from sim.ledger.segments.complete import check_complete
from sim.ledger.segments.digest import run_digests
from sim.ledger.segments.schema import KEPT, Header, Retention
from sim.ledger.segments.writer import encode
from sim.ledger.spec import digest
from sim.model.event_table import EventTable

GROUP = 1 << 16  # events after which a row group is closed: bounds what a reader holds as objects


def whole_segment(ensemble: str, table: EventTable) -> tuple[Segment, bytes]:
    """Lay out the logs of runs, one at least, of the ensemble of that id. Runs that are not whole are an assertion."""
    check_complete(table)
    assert table.first >= 0, f"runs are numbered from 0, not from {table.first}"
    assert table.runs, "a segment has at least one run"
    groups = tuple(grouped(table))
    return _segment(groups, ensemble=ensemble, digests=b"".join(chain.from_iterable(map(run_digests, groups))))


def outcomes_segment(
    ensemble: str, table: EventTable, measured: str, digests: bytes | None = None
) -> tuple[Segment, bytes]:
    """Lay out what is kept of measured runs without their logs; `measured` is a digest of what the measures are.

    The table has all rows, or only those that are kept, with the `digests` of the whole runs.
    """
    assert table.measures is not None, "runs without logs are kept with their measures"
    groups, digests = tuple(grouped(kept_rows(table))), b"".join(run_digests(table)) if digests is None else digests
    return _segment(groups, ensemble=ensemble, digests=digests, retention="outcomes", measured=measured)


def _segment(
    groups: tuple[EventTable, ...], *, ensemble: str, digests: bytes, retention: Retention = "full", measured: str = ""
) -> tuple[Segment, bytes]:
    header = Header(
        ensemble=ensemble,
        groups=tuple(group.runs for group in groups),
        events=sum(group.rows for group in groups),
        digests=digests,
        retention=retention,
        measured=measured,
    )
    content = encode(header, groups)
    return segment_of(header, digest(content)), content


def grouped(table: EventTable) -> Iterator[EventTable]:
    """Cut a table into pieces of whole runs, each of about `GROUP` events: the same runs give the same pieces."""
    starts, low = table.starts, 0
    while low + 1 < len(starts):
        high = min(int(np.searchsorted(starts, starts[low] + GROUP)), len(starts) - 1)
        yield table.piece(low, high)
        low = high


def kept_rows(table: EventTable) -> EventTable:
    """Return runs without the rows that are not kept with outcomes alone."""
    kept = np.array([category.kind in KEPT for category in table.categories], bool)[table.codes]
    rows = np.flatnonzero(kept)
    return replace(
        table,
        starts=np.concatenate(([0], np.cumsum(kept)))[table.starts],
        codes=table.codes[rows],
        sequences=table.sequences[rows],
        times=table.times[rows],
        occurrences=table.occurrences[rows],
        marks=table.marks[np.repeat(kept, table.counts)],
    )
