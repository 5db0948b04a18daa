"""What a segment file holds: its columns, and the header in its Parquet metadata. See `writer` and `reader`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from sim.ledger.segments.digest import SIZE, segment_root

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1  # of specs, manifests and segments alike; a reader refuses what is newer

# What a segment keeps of its runs: all events, or only how they began, which outcomes came true, and how they ended.
Retention: TypeAlias = Literal["full", "outcomes"]

KEPT = ("started", "outcome", "ended", "failed")  # kinds of the events that are kept where logs are not

TEXTS = ("kind", "type", "rule", "faction", "note")  # few distinct values each: written as dictionaries

_HEADER = b"sim.segment"
_DIGESTS = b"sim.digests"


def arrow_schema(retention: Retention = "full") -> "pa.Schema":
    """Name the columns; a row is an event. With outcomes alone, a run's last row has its measures, NaN for none."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    columns = [
        ("run", pa.int64()),
        ("sequence", pa.int32()),
        ("time", pa.float64()),
        ("kind", text),
        ("type", text),
        ("rule", text),
        ("faction", text),
        ("occurrence", pa.int32()),
        ("marks", pa.list_(pa.field("element", pa.float64(), nullable=False))),
        ("note", text),
    ]
    if retention == "outcomes":
        columns.append(("measures", pa.list_(pa.field("element", pa.float64(), nullable=False))))
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns])


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says about itself: whose it is, which runs, their digests.

    `groups` are the runs of each Parquet row group; `digests` are the digests of the whole runs, one after another.
    `measured` is a digest of what the measures are that it keeps.
    """

    ensemble: str
    groups: tuple[range, ...]
    events: int
    digests: bytes
    retention: Retention = "full"
    measured: str = ""

    @property
    def first(self) -> int:
        return self.groups[0].start

    @property
    def runs(self) -> range:
        return range(self.groups[0].start, self.groups[-1].stop)

    @property
    def root(self) -> str:
        return segment_root(self.first, self.digests)

    def metadata(self) -> dict[bytes, bytes]:
        """Write it as Parquet key-value metadata."""
        header = {
            "format": FORMAT,
            "ensemble": self.ensemble,
            "events": self.events,
            "groups": [[group.start, len(group)] for group in self.groups],
            "root": self.root,
            **({"keeps": self.retention, "measured": self.measured} if self.retention != "full" else {}),
        }
        return {_HEADER: json.dumps(header).encode(), _DIGESTS: self.digests.hex().encode()}


def header_of(metadata: Mapping[bytes, bytes]) -> Header:
    """Read Parquet key-value metadata back. Raise ValueError, KeyError or TypeError if it cannot be right."""
    fields = header_fields(metadata)
    groups = tuple(range(first, first + runs) for first, runs in fields["groups"])
    header = Header(
        ensemble=fields["ensemble"],
        groups=groups,
        events=fields["events"],
        digests=bytes.fromhex(metadata[_DIGESTS].decode()),
        retention=fields.get("keeps", "full"),
        measured=fields.get("measured", ""),
    )
    if header.retention not in get_args(Retention):
        raise ValueError("it keeps what is unknown")
    if not groups or any(one.stop != other.start for one, other in pairwise(groups)):
        raise ValueError("the row groups do not follow each other")
    if len(header.digests) != SIZE * len(header.runs) or header.root != fields["root"]:
        raise ValueError("the run digests do not give the root")
    return header


def header_fields(metadata: Mapping[bytes, bytes]) -> dict[str, Any]:
    """Read the fields, whose `format` says whether the rest can be read. Raise ValueError, KeyError or TypeError."""
    fields = json.loads(metadata[_HEADER])
    if not isinstance(fields, dict):
        raise TypeError("the header is not an object")
    return fields
