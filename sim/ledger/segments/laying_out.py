"""A segment and its file's content, of a table of whole runs. Nothing is written here: see `publish`.

Where logs are not kept, the rows are those of the whole log whose kinds `KEPT` names, with the numbers that they have
there. What is left out can be made again, and is proved by the run's digest, which is that of the whole log.
"""

from dataclasses import replace

import numpy as np

from sim.ledger.manifest import Segment, segment_of
from sim.ledger.segments.complete import check_complete
from sim.ledger.segments.layout_1 import encode_1
from sim.ledger.segments.layout_2 import encode_2
from sim.ledger.segments.schema import FORMAT, Header, Retention
from sim.ledger.spec import digest
from sim.model.event_table import EventTable

GROUP = 1 << 16  # events after which a row group is closed: bounds what a reader holds as objects


def whole_segment(ensemble: str, table: EventTable, digests: bytes, form: int = FORMAT) -> tuple[Segment, bytes]:
    """Lay out the logs of runs, one at least, of the ensemble of that id and format; `digests` are those of the runs.

    Runs that are not whole are an assertion.
    """
    check_complete(table)
    assert table.first >= 0, f"runs are numbered from 0, not from {table.first}"
    assert table.runs, "a segment has at least one run"
    return _segment(table, ensemble=ensemble, digests=digests, form=form)


def outcomes_segment(
    ensemble: str, table: EventTable, digests: bytes, measured: str, form: int = FORMAT
) -> tuple[Segment, bytes]:
    """Lay out what is kept of measured runs without their logs; `measured` is a digest of what the measures are."""
    assert table.measures is not None, "runs without logs are kept with their measures"
    return _segment(
        table.outcomes, ensemble=ensemble, digests=digests, retention="outcomes", measured=measured, form=form
    )


def _segment(
    table: EventTable, *, ensemble: str, digests: bytes, form: int, retention: Retention = "full", measured: str = ""
) -> tuple[Segment, bytes]:
    table = in_standard_order(table)
    header = Header(
        ensemble=ensemble,
        groups=row_groups(table),
        events=table.rows,
        digests=digests,
        retention=retention,
        measured=measured,
        categories=tuple(table.categories) if form > 1 else (),
        form=form,
    )
    content = encode_1(header, table) if form == 1 else encode_2(header, table)
    return segment_of(header, digest(content)), content


def row_groups(table: EventTable) -> tuple[range, ...]:
    """Cut the runs of a table into pieces, each of about `GROUP` rows: the same runs give the same pieces."""
    starts, low, groups = table.starts, 0, []
    while low + 1 < len(starts):
        high = min(int(np.searchsorted(starts, starts[low] + GROUP)), len(starts) - 1)
        groups.append(table.runs[low:high])
        low = high
    return tuple(groups)


def in_standard_order(table: EventTable) -> EventTable:
    """Number the categories that are used, in order, so that the same runs give the same file."""
    used = np.flatnonzero(np.bincount(table.codes, minlength=len(table.categories)))
    order = sorted(used.tolist(), key=table.categories.__getitem__)
    renamed = np.zeros(len(table.categories), np.int32)
    renamed[order] = np.arange(len(order), dtype=np.int32)
    return replace(table, codes=renamed[table.codes], categories=[table.categories[code] for code in order])
