"""SQL over the ledger, by DuckDB: the tables of `query_tables` for any ensembles, and the queries behind every figure.

Events, runs, parameters and outcomes are read straight from the segments' files, after those were held against their
hashes. Measures and divergences are projections, made only for a query that reads them.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sim.analysis import labels
from sim.analysis.query_loader import SHOWN, Loader, guarded
from sim.analysis.tables import Side, Table, as_html, frame
from sim.errors import UsageError
from sim.experiment import Workers, reopen
from sim.language.suggest import did_you_mean
from sim.ledger.ledger import Ledger
from sim.model.model import Model

if TYPE_CHECKING:
    import duckdb


TAKES_TWO = frozenset({"changes", "first", "ranks", "shifts", "turning", "unpaired", "variance"})


@dataclass(frozen=True, repr=False)
class Answer:
    """What a query gave: the columns' names and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_data(self) -> list[dict[str, Any]]:
        """Give the rows as mappings. What is no number, or has no bound, is None."""
        return [
            {name: None if isinstance(value, float) and not math.isfinite(value) else value
             for name, value in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]  # fmt: skip

    def table(self) -> Table:
        """Return it as a table of text."""
        sides: list[tuple[str, Side]] = [
            (name, "right" if all(_is_number(row[place]) for row in self.rows) else "left")
            for place, name in enumerate(self.columns)
        ]
        rows = tuple(tuple(_shown(value) for value in row) for row in self.rows)
        return Table("", tuple(sides), rows, f"{len(rows):,} rows")

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return as_html([self.table()])

    def to_frame(self) -> Any:
        """Return it as a pandas DataFrame. Raise UsageError E010 if pandas is not installed."""
        return frame({name: [row[place] for row in self.rows] for place, name in enumerate(self.columns)})


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


def named_queries() -> dict[str, str]:
    """Return the queries that outputs name, by name without '@': their SQL, with a first line that says what for."""
    folder = files("sim.analysis") / "queries"
    return {
        path.name.removesuffix(".sql"): path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql") and path.name != "macros.sql"
    }


def sql_of(text: str) -> str:
    """Return the SQL of a query, or of the one that `@name` names. Raise UsageError E008 if there is none such."""
    if not text.startswith("@"):
        return text
    known = named_queries()
    name = text[1:]
    if name not in known:
        notes = did_you_mean(name, known) or ("`sim query --queries` lists them",)
        raise UsageError("E008", f"there is no query '@{name}'", *notes)
    return known[name]


def query(
    text: str,
    ledger: Ledger,
    ensembles: Sequence[str] = (),
    *,
    first: int | None = None,
    workers: Workers | None = None,
) -> Answer:
    """Answer a SELECT, or the query that `@name` names, over ensembles given by their ids; over all if none is.

    With `first` only the runs below that number are seen. Raise UsageError E008 for what is no query, LedgerError for
    an ensemble that is not there or is damaged.
    """
    sql = sql_of(text)
    ledger.check_there()
    wanted = list(dict.fromkeys(ledger.find(name) for name in ensembles)) if ensembles else list(ledger.ensembles())
    if text.startswith("@") and text[1:] in TAKES_TWO and len(wanted) < 2:
        what = "the first is what the others are compared with"
        raise UsageError("E008", f"'{text}' takes two ensembles or more", f"expected {text} ENSEMBLE ENSEMBLE: {what}")
    opened = [(ensemble, reopen(ensemble, ledger)) for ensemble in wanted]
    with _connected() as connection:
        Loader(connection, opened, first, workers).load(sql)
        answer = _answer(connection, sql)
    if not text.startswith("@"):
        return answer
    return with_words(answer, {ensemble.id[:SHOWN]: one.scenario.model for ensemble, one in opened})


@contextmanager
def _connected() -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    try:
        yield connection
    finally:
        connection.close()


def _answer(connection: "duckdb.DuckDBPyConnection", sql: str) -> Answer:
    def ask() -> Answer:
        cursor = connection.execute(sql)
        columns = tuple(item[0] for item in cursor.description or ())
        return Answer(columns, tuple(tuple(row) for row in cursor.fetchall()))

    answer: Answer = guarded(ask)
    return answer


def with_words(answer: Answer, models: Mapping[str, Model]) -> Answer:
    """Return an answer with a column after each outcome or measure that says what of it is counted.

    `models` are those of the ensembles, by the ids that the answer has.
    """
    for column, words in (("outcome", labels.counted), ("measure", labels.measured)):
        if column not in answer.columns:
            continue
        place = answer.columns.index(column)
        whose = answer.columns.index("ensemble") if "ensemble" in answer.columns else None
        rows = []
        for row in answer.rows:
            model = next(iter(models.values())) if whose is None else models[row[whose]]
            rows.append((*row[: place + 1], words(model, row[place]), *row[place + 1 :]))
        return Answer((*answer.columns[: place + 1], "counted", *answer.columns[place + 1 :]), tuple(rows))
    return answer


_FIRST_LINE = re.compile(r"--\s*(.*)")


def purpose(sql: str) -> str:
    """Return what a named query says of itself in its first line."""
    found = _FIRST_LINE.match(sql)
    return found[1] if found else ""
