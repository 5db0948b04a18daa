"""A segment and its file's content, of the columns of whole runs. Nothing is written here: see `publish`."""

from itertools import chain
from typing import TYPE_CHECKING

from sim.ledger.manifest import Segment, segment_name
from sim.ledger.segments.columns import Columns, grouped
from sim.ledger.segments.digest import run_digests
from sim.ledger.segments.outcomes import ends_of
from sim.ledger.segments.schema import Header
from sim.ledger.segments.writer import encode
from sim.ledger.spec import digest

if TYPE_CHECKING:
    from sim.ledger.segments.columns import Floats


def whole_segment(ensemble: str, columns: Columns) -> tuple[Segment, bytes]:
    """Lay out the logs of runs, one at least, of the ensemble of that id."""
    assert columns.first >= 0, f"runs are numbered from 0, not from {columns.first}"
    assert columns.runs, "a segment has at least one run"
    groups = tuple(grouped(columns))
    header = Header(
        ensemble,
        tuple(group.runs for group in groups),
        columns.events,
        b"".join(chain.from_iterable(map(run_digests, groups))),
    )
    name = segment_name(columns.first, len(columns.runs), header.root)
    content = encode(header, groups)
    return Segment(name, columns.first, len(columns.runs), header.events, digest(content), header.root), content


def outcomes_segment(ensemble: str, columns: Columns, measures: "Floats", measured: str) -> tuple[Segment, bytes]:
    """Lay out what is kept of runs without their logs; `measured` is a digest of what `measures` are."""
    ends = ends_of(columns)
    groups = tuple(grouped(ends))
    header = Header(
        ensemble, tuple(group.runs for group in groups), ends.events, b"".join(run_digests(columns)), "outcomes",
        measured,
    )  # fmt: skip
    name = segment_name(columns.first, len(columns.runs), header.root, "outcomes")
    content = encode(header, groups, measures)
    sealed = Segment(name, columns.first, len(columns.runs), ends.events, digest(content), header.root, "outcomes")
    return sealed, content
