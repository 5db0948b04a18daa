"""The tables as CSV files, with a data dictionary in the form of CSV on the Web (W3C, 2015)."""

import csv
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.export.ensembles import Exported, Request
from sim.export.export_tables import TABLES, Cell, ExportColumn, ExportTable, Kind
from sim.export.folder import write_json
from sim.export.spreadsheet import as_text

DICTIONARY = "csv-metadata.json"
FOR_SPREADSHEETS = (
    "A text that a spreadsheet would take for a formula has an apostrophe before it, which is not its own."
)
_DATATYPES: dict[Kind, str] = {
    "text": "string",
    "integer": "integer",
    "number": "double",
    "boolean": "boolean",
    "moment": "dateTime",
}


def write(exported: Sequence[Exported], request: Request, folder: Path) -> None:
    """Write each table, row by row, and the data dictionary."""
    written: Callable[[str], str] = as_text if request.spreadsheet else str
    for table in TABLES:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(column.name for column in table.columns)
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
    schema: dict[str, Any] = {"columns": [_column(column) for column in table.columns], "primaryKey": list(table.key)}
    if table.whose:
        (target,) = (other for other in TABLES if other.name == table.whose)
        key = list(target.key)
        schema["foreignKeys"] = [
            {"columnReference": key, "reference": {"resource": f"{target.name}.csv", "columnReference": key}}
        ]
    return {"url": f"{table.name}.csv", "dc:title": table.title, "dc:description": table.row, "tableSchema": schema}


def _column(column: ExportColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "titles": [column.name, column.title],
        "datatype": _DATATYPES[column.kind],
        "required": column.required,
        "dc:description": column.holds,
    }
