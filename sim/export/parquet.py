"""The tables as Parquet files, with each column's title and meaning in its field's metadata."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from sim.export.ensembles import Exported, Request
from sim.export.export_tables import TABLES, ExportTable, Row, title_of

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 50_000  # that are held at a time


def write(exported: Sequence[Exported], _: Request, folder: Path) -> None:
    """Write each table, some rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for table in TABLES:
        schema = schema_of(table)
        with pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as writer:
            rows = chain.from_iterable(table.rows(one) for one in exported)
            for batch in _batches(rows):
                columns = zip(*batch, strict=True)
                arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                writer.write_table(pa.table(arrays, schema=schema))


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, ROWS)):
        yield batch


def schema_of(table: ExportTable) -> "pa.Schema":
    """Return a table's Arrow schema. A moment has no zone: Arrow's own way to say that it is local."""
    import pyarrow as pa

    types = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "TIMESTAMP": pa.timestamp("ms")}
    fields = []
    for name, column in table.columns.items():
        kind = types.get(column.type, pa.int64())
        words = {"title": title_of(name), "description": column.holds}
        fields.append(pa.field(name, kind, nullable=not column.required, metadata=words))
    return pa.schema(fields, metadata={"title": title_of(table.name), "description": table.row})
