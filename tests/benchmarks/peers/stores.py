"""The stores: each puts logs into a folder and gets them back, as events (Python objects) or as columns (Arrow).

A store that takes columns alone has events laid out for it first, and its columns read row by row after.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from sim.ledger import Ledger
from sim.model import event_table
from sim.model.event import Log
from tests.benchmarks.peers.rows import SCHEMA, logs_of, logs_of_table, rows_of, table_of

EVENTS, COLUMNS = "events", "columns"


@dataclass(frozen=True)
class Store:
    """A store: what writes each form that it takes, and what reads each form that it gives.

    `synced` says what is told to the system before a write is acknowledged, `checked` what is checked by reading.
    """

    name: str
    package: str
    synced: str
    checked: str
    write: Mapping[str, Callable[[Any, Path], None]]
    read: Mapping[str, Callable[[Path], Any]]


def write_ledger(logs: list[Log], folder: Path) -> None:
    ensemble = Ledger(folder).create({"benchmark": "peers"})
    ensemble.seal([ensemble.publish(event_table.table_of(0, logs))], {})


def read_ledger(folder: Path) -> list[Log]:
    (ensemble,) = Ledger(folder).ensembles()
    return [log for _, log in ensemble.logs()]


def read_ledger_columns(folder: Path) -> pa.Table:
    """Read the rows that the ledger has checked, as any reader of Arrow may."""
    (ensemble,) = Ledger(folder).ensembles()
    manifest = ensemble.manifest()
    assert manifest
    return pa.Table.from_batches(ensemble.batches(manifest, manifest.runs[0]))


CREATE = (
    "CREATE TABLE events (run BIGINT, sequence INTEGER, time DOUBLE, kind VARCHAR, type VARCHAR, rule VARCHAR, "
    "faction VARCHAR, occurrence INTEGER, marks {}, note VARCHAR"
)
ORDERED = "SELECT * FROM events ORDER BY run, sequence"


def write_sqlite(logs: list[Log], folder: Path) -> None:
    """One transaction; marks, for which SQLite has no type, in JSON."""
    base = sqlite3.connect(folder / "events.sqlite")
    rows = ((*row[:8], json.dumps(row[8]), row[9]) for row in rows_of(logs))
    with base:
        base.execute(f"{CREATE.format('VARCHAR')}, PRIMARY KEY (run, sequence)) WITHOUT ROWID")
        base.executemany(f"INSERT INTO events VALUES ({', '.join('?' * len(SCHEMA))})", rows)  # noqa: S608 - no values
    base.close()


def read_sqlite(folder: Path) -> list[Log]:
    base = sqlite3.connect(folder / "events.sqlite")
    logs = logs_of((*row[:8], json.loads(row[8]), row[9]) for row in base.execute(ORDERED))
    base.close()
    return logs


def write_eventsourcing(logs: list[Log], folder: Path) -> None:
    """One transaction; a run is an aggregate, and all that has no column of the recorder's is its state, in JSON."""
    from eventsourcing.persistence import StoredEvent

    recorder = recorder_in(folder)
    recorder.create_table()
    recorder.insert_events(
        [
            StoredEvent(UUID(int=row[0]), row[1], row[4], json.dumps([*row[2:4], *row[5:]]).encode())
            for row in rows_of(logs)
        ]
    )
    recorder.datastore.close()


def read_eventsourcing(folder: Path) -> list[Log]:
    recorder = recorder_in(folder)
    logs: list[Log] = []
    while stored := recorder.select_events(UUID(int=len(logs))):
        states = ((one.originator_version, one.topic, json.loads(one.state)) for one in stored)
        logs += logs_of((0, version, *state[:2], topic, *state[2:]) for version, topic, state in states)
    recorder.datastore.close()
    return logs


def recorder_in(folder: Path) -> Any:
    from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

    return SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "events.sqlite")))


def write_duckdb(table: pa.Table, folder: Path) -> None:
    with duckdb.connect(str(folder / "events.duckdb")) as base:
        base.register("given", table)
        base.execute(f"{CREATE.format('DOUBLE[]')})")
        base.execute("INSERT INTO events SELECT * FROM given")


def read_duckdb(folder: Path) -> list[Log]:
    with duckdb.connect(str(folder / "events.duckdb")) as base:
        return logs_of(base.sql(ORDERED).fetchall())


def read_duckdb_columns(folder: Path) -> pa.Table:
    with duckdb.connect(str(folder / "events.duckdb")) as base:
        return base.sql(ORDERED).to_arrow_table()


def write_deltalake(table: pa.Table, folder: Path) -> None:
    from deltalake import write_deltalake as write

    write(folder, table)


def read_deltalake_columns(folder: Path) -> pa.Table:
    from deltalake import DeltaTable

    return DeltaTable(folder).to_pyarrow_table()


STORES = (
    Store(
        "sim, ledger", "sim", "fsync of files and folders", "SHA-256 of each file; CRC-32 of each page",
        {EVENTS: write_ledger}, {EVENTS: read_ledger, COLUMNS: read_ledger_columns},
    ),
    Store(
        "eventsourcing, SQLite recorder", "eventsourcing", "fsync of the log (WAL)", "nothing but the structure",
        {EVENTS: write_eventsourcing}, {EVENTS: read_eventsourcing},
    ),
    Store(
        "SQLite, executemany", "sqlite3", "fsync of journal and file", "nothing but the structure",
        {EVENTS: write_sqlite}, {EVENTS: read_sqlite},
    ),
    Store(
        "DuckDB", "duckdb", "fsync of log and file", "a checksum of each block",
        {EVENTS: lambda logs, folder: write_duckdb(table_of(logs), folder), COLUMNS: write_duckdb},
        {EVENTS: read_duckdb, COLUMNS: read_duckdb_columns},
    ),
    Store(
        "deltalake", "deltalake", "no fsync", "nothing but the structure",
        {EVENTS: lambda logs, folder: write_deltalake(table_of(logs), folder), COLUMNS: write_deltalake},
        {EVENTS: lambda folder: logs_of_table(read_deltalake_columns(folder)), COLUMNS: read_deltalake_columns},
    ),
)  # fmt: skip
