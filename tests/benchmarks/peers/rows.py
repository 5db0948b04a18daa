"""Logs as rows and as an Arrow table, and back: the forms in which stores take them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import pyarrow as pa

from sim.model.event import Event, Log

SCHEMA = pa.schema(
    [
        ("run", pa.int64()),
        ("sequence", pa.int32()),
        ("time", pa.float64()),
        ("kind", pa.string()),
        ("type", pa.string()),
        ("rule", pa.string()),
        ("faction", pa.string()),
        ("occurrence", pa.int32()),
        ("marks", pa.list_(pa.float64())),
        ("note", pa.string()),
    ]
)


def rows_of(logs: Iterable[Log]) -> list[tuple[Any, ...]]:
    """Return logs as rows: the run, then what an event has, in the order of `SCHEMA`."""
    return [
        (run, one.sequence, one.time, one.kind, one.type, one.rule, one.faction, one.occurrence, one.marks, one.note)
        for run, log in enumerate(logs)
        for one in log
    ]


def logs_of(rows: Iterable[Sequence[Any]]) -> list[Log]:
    """Return the logs whose rows these are, in order. Marks may be any sequence of numbers."""
    return [
        tuple(Event(*row[1:8], tuple(row[8]), row[9]) for row in group)
        for _, group in groupby(rows, key=lambda row: row[0])
    ]


def table_of(logs: Iterable[Log]) -> pa.Table:
    """Return logs as a table."""
    columns = zip(*rows_of(logs), strict=True)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, SCHEMA.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def logs_of_table(table: pa.Table) -> list[Log]:
    """Return the logs whose table this is, in whatever order its rows and columns stand."""
    ordered = table.sort_by([("run", "ascending"), ("sequence", "ascending")])
    return logs_of(zip(*(ordered.column(name).to_pylist() for name in SCHEMA.names), strict=True))
