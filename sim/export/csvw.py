"""The tables as CSV files, with a data dictionary in the form of CSV on the Web (W3C, 2015)."""

import csv
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.export.ensembles import Exported, Request
from sim.export.export_tables import TABLES, Cell, ExportTable, title_of
from sim.export.folder import write_json
from sim.export.spreadsheet import as_text
from sim.sql.query_tables import QueryColumn

DICTIONARY = "csv-metadata.json"
FOR_SPREADSHEETS = (
    "A text that a spreadsheet would take for a formula has an apostrophe before it, which is not its own."
)
_DATATYPES = {
    "VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "UBIGINT": "integer", "DOUBLE": "double",
    "BOOLEAN": "boolean", "TIMESTAMP": "dateTime",
}  # fmt: skip


def write(exported: Sequence[Exported], request: Request, folder: Path) -> None:
    """Write each table, row by row, and the data dictionary."""
    written: Callable[[str], str] = as_text if request.spreadsheet else str
    for table in TABLES:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.columns)
            for one in exported:
                writer.writerows([written(_cell(value)) for value in row] for row in table.rows(one))
    write_json(folder / DICTIONARY, dictionary(spreadsheet=request.spreadsheet))


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if math.isinf(value):
            return "INF" if value > 0 else "-INF"  # as XML Schema writes them
        case float():
            return repr(value)
        case datetime():
            return value.isoformat(timespec="seconds")
    return str(value)


def dictionary(*, spreadsheet: bool = False) -> dict[str, Any]:
    """Return the data dictionary: a CSVW table group. It says so where cells are made text for a `spreadsheet`."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": "Ensembles of simulated runs",
        "dc:description": "What a run is, how it ended, what happened in it. Dates are local and have no time zone."
        + (f" {FOR_SPREADSHEETS}" if spreadsheet else ""),
        "tables": [_table(table) for table in TABLES],
    }


def _table(table: ExportTable) -> dict[str, Any]:
    columns = [_column(name, column) for name, column in table.columns.items()]
    schema: dict[str, Any] = {"columns": columns, "primaryKey": list(table.key)}
    if table.whose:
        (target,) = (other for other in TABLES if other.name == table.whose)
        key = list(target.key)
        schema["foreignKeys"] = [
            {"columnReference": key, "reference": {"resource": f"{target.name}.csv", "columnReference": key}}
        ]
    title = title_of(table.name)
    return {"url": f"{table.name}.csv", "dc:title": title, "dc:description": table.row, "tableSchema": schema}


def _column(name: str, column: QueryColumn) -> dict[str, Any]:
    return {
        "name": name, "titles": [name, title_of(name)], "datatype": _DATATYPES[column.type],
        "required": column.required, "dc:description": column.holds,
    }  # fmt: skip
