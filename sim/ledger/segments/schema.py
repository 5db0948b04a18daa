"""What a segment file holds: its columns, and the header in its Parquet metadata. See `laying_out` and `reader`."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from sim.ledger.segments.digest import SIZE, segment_root
from sim.model.event_table import Category

if TYPE_CHECKING:
    import pyarrow as pa

# Of specs, manifests and segments alike: an ensemble has one format, in which it also grows. A reader refuses what is
# newer than FORMAT, in which new ensembles are made.
FORMAT = 2
FORMATS = range(1, FORMAT + 1)

# What a segment keeps of its runs: all events, or only how they began, which outcomes came true, and how they ended.
Retention: TypeAlias = Literal["full", "outcomes"]

TEXTS = ("kind", "type", "rule", "faction", "note")  # few distinct values each: written as dictionaries

_CATEGORY = (str, str, str, str, str, int)

_HEADER = b"sim.segment"
_DIGESTS = b"sim.digests"


def event_schema(retention: Retention = "full") -> "pa.Schema":
    """Name the columns where a row is an event: in segments of format 1, and for other readers than the ledger's.

    With outcomes alone, a run's last row has its measures, NaN for none.
    """
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
        ("marks", _lists_of(pa.float64())),
        ("note", text),
    ]
    if retention == "outcomes":
        columns.append(("measures", _lists_of(pa.float64())))
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns])


def run_schema(retention: Retention) -> "pa.Schema":
    """Name the columns where a row is a run: those of `EventTable`, a code being a place in the header's categories.

    Where no row is left out, the events' sequence numbers are; with outcomes alone there are measures, NaN for none.
    """
    import pyarrow as pa

    columns = [("code", pa.int32()), ("time", pa.float64()), ("occurrence", pa.int32()), ("marks", pa.float64())]
    if retention == "outcomes":
        columns += [("sequence", pa.int32()), ("measures", pa.float64())]
    return pa.schema([pa.field(name, _lists_of(kind), nullable=False) for name, kind in columns])


def _lists_of(kind: "pa.DataType") -> "pa.ListType":
    import pyarrow as pa

    return pa.list_(pa.field("element", kind, nullable=False))


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says about itself: whose it is, which runs, their digests.

    `groups` are the runs of each Parquet row group; `digests` are the digests of the whole runs, one after another.
    `measured` is a digest of what the measures are that it keeps. `categories` are what the events' codes stand for;
    none in format 1, where each event has its texts. `events` are those that have a row.
    """

    ensemble: str
    groups: tuple[range, ...]
    events: int
    digests: bytes
    retention: Retention = "full"
    measured: str = ""
    categories: tuple[Category, ...] = ()
    form: int = FORMAT

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
            "format": self.form,
            "ensemble": self.ensemble,
            "events": self.events,
            "groups": [[group.start, len(group)] for group in self.groups],
            "root": self.root,
            **({"keeps": self.retention, "measured": self.measured} if self.retention != "full" else {}),
            **({"categories": self.categories} if self.form > 1 else {}),
        }
        digests = self.digests.hex().encode() if self.form == 1 else b64encode(self.digests)
        return {_HEADER: json.dumps(header).encode(), _DIGESTS: digests}


def header_of(metadata: Mapping[bytes, bytes]) -> Header:
    """Read Parquet key-value metadata back. Raise ValueError, KeyError or TypeError if it cannot be right."""
    fields, digests = header_fields(metadata), metadata[_DIGESTS]
    groups = tuple(range(first, first + runs) for first, runs in fields["groups"])
    header = Header(
        ensemble=fields["ensemble"],
        groups=groups,
        events=fields["events"],
        digests=bytes.fromhex(digests.decode()) if fields["format"] == 1 else b64decode(digests, validate=True),
        retention=fields.get("keeps", "full"),
        measured=fields.get("measured", ""),
        categories=tuple(Category(*one) for one in fields.get("categories", ())),
        form=int(fields["format"]),
    )
    if header.retention not in get_args(Retention):
        raise ValueError("it keeps what is unknown")
    if not all(tuple(map(type, one)) == _CATEGORY for one in header.categories):
        raise TypeError("its categories are not texts and numbers of marks")
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
