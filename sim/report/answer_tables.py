"""The answer to a query as a table of text."""

from datetime import datetime

from sim.language.counts import counted
from sim.report.table import Side, Table
from sim.sql.answer import Answer


def table(answer: Answer) -> Table:
    """Return an answer as a table: numbers to the right, below it how many rows there are."""
    sides: list[tuple[str, Side]] = [
        (name, "right" if all(_is_number(row[index]) for row in answer.rows) else "left")
        for index, name in enumerate(answer.columns)
    ]
    rows = tuple(tuple(_shown(value) for value in row) for row in answer.rows)
    several = f", over {len(answer.covers):,} ensembles" if len(answer.covers) > 1 else ""
    without = f"; without {counted(len(answer.left_out), 'ensemble')} that cannot be read" if answer.left_out else ""
    return Table(title="", columns=tuple(sides), rows=rows, caption=f"{counted(len(rows), 'row')}{several}{without}")


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
