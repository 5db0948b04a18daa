"""SQL over the ledger, by DuckDB: the tables of `query_tables` for any ensembles, and the queries behind every figure.

Which tables a query reads and which ensembles it covers is decided here. How rows come into DuckDB, and what SQL cannot
reach there, is left to `database`; how a figure is estimated, to the functions of `functions`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sim.analysis import labels
from sim.analysis.frames import frame
from sim.analysis.shown import Shown
from sim.analysis.unfollowed import refusal, too_many
from sim.errors import LedgerError, SimError, UsageError
from sim.experiment import Workers, reopen
from sim.language.arguments import truth, whole_number
from sim.language.suggest import did_you_mean
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.model.model import Model
from sim.sql import functions
from sim.sql.database import answered, check_select, columns_of, connected, tables_of
from sim.sql.loader import SHOWN, Covered, Loader, Unreadable
from sim.sql.query_tables import OF_RUNS, TABLES

if TYPE_CHECKING:
    import duckdb


TAKES_TWO = frozenset({"changes", "first", "ranks", "shifts", "turning", "unpaired", "variance"})
AS_FIRST = "as_first"  # whether an outcome is counted only where it was the first ending to come true
_LISTED = 8  # ensembles that a message names
_DESCRIPTION = frozenset({"column_name", "column_type", "null", "key"})  # what DESCRIBE gives: nothing of any run


@dataclass(frozen=True)
class CoveredRuns:
    """An ensemble that an answer covers: its id, and of how many runs; of which some may have `failed`.

    Where a query reads nothing of any run it is not known whether some failed.
    """

    scenario: str
    ensemble: str
    seed: int
    runs: int
    failed: int = 0

    def __str__(self) -> str:
        return f"{self.scenario}, ensemble {self.ensemble}, seed {self.seed}, {self.runs:,} runs"


@dataclass(frozen=True, repr=False)
class Answer(Shown):
    """What a query gave: the columns' names, the rows, and the ensembles that they cover.

    `left_out` are those that a query over all could not read, or would give no figures of, by their ids, with the
    reason.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    covers: tuple[CoveredRuns, ...]
    left_out: tuple[tuple[str, SimError], ...] = ()

    def as_data(self) -> list[dict[str, Any]]:
        """Return the rows as mappings. NaN and infinity are None."""
        return [{name: _data(value) for name, value in zip(self.columns, row, strict=True)} for row in self.rows]

    def to_frame(self) -> Any:
        """Return it as a pandas DataFrame. Raise UsageError E010 if pandas is not installed."""
        return frame({name: [row[index] for row in self.rows] for index, name in enumerate(self.columns)})


def _data(value: object) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _data(item) for key, item in value.items()}
    return [_data(item) for item in value] if isinstance(value, list | tuple) else value


def named_queries() -> dict[str, str]:
    """Return the queries that outputs name, by name without '@': their SQL, with a first line that says what for."""
    inside = {path.name: path for path in (files("sim.sql") / "queries").iterdir() if path.name.endswith(".sql")}
    return {name.removesuffix(".sql"): path.read_text(encoding="utf-8") for name, path in sorted(inside.items())}


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
    all_ensembles: bool = False,
    despite_failures: bool = False,
    workers: Workers | None = None,
) -> Answer:
    """Answer a SELECT, or the query that `@name` names, over ensembles given by their ids; over all if none is.

    With `first` only the runs below that number are seen. Where none is given and there are several, the rows must say
    by a column `ensemble` which each is of, unless they are to be added up: `all_ensembles`. Raise UsageError E022 if
    they do not, E008 for a text that is not a query, E028 for what is not text, LedgerError for an ensemble that is
    named and is not there or is damaged. Where none is named, those that cannot be read are left out, and the answer
    says which.

    A query that `@name` names gives figures, and so none of an ensemble of which more than 1 % of the runs failed,
    unless `despite_failures` (SimError E611; left out where it was not named). A SELECT gives the rows as they are.
    """
    sql = sql_of(text)
    if any("\ud800" <= letter <= "\udfff" for letter in sql):
        raise UsageError("E028", "this SQL is not text in Unicode", "expected no lone surrogates")
    ledger.check_there()
    truth("all_ensembles", all_ensembles)
    strict = text.startswith("@") and not truth("despite_failures", despite_failures)
    first = None if first is None else whole_number("first", first, 1)
    if ensembles and all_ensembles:
        raise UsageError("E013", "either some ensembles, or all", "leave the ensembles or `--all` out")
    named = list(dict.fromkeys(ledger.find(name) for name in ensembles)) if ensembles else list(ledger.ensembles())
    if text.startswith("@") and text[1:] in TAKES_TWO and (not ensembles or len(named) < 2):
        what = "the first is what the others are compared with"
        raise UsageError("E008", f"'{text}' takes two ensembles or more", f"expected {text} ENSEMBLE ENSEMBLE: {what}")
    left_out: dict[str, SimError] = {}
    covered = []
    for one in named:
        try:
            covered.append(Covered(one, reopen(one, ledger), one.manifest(), first))
        except SimError as problem:
            if ensembles:
                raise
            if _has_runs(one):
                left_out[one.id] = problem
    while True:
        try:
            answer = _answered(sql, covered, workers, mix=bool(ensembles) or all_ensembles, strict=strict)
            break
        except Unreadable as found:
            if ensembles:
                raise found.problem from found
            left_out[found.ensemble.id] = found.problem
            covered = [one for one in covered if one.ensemble != found.ensemble]
    answer = replace(answer, left_out=tuple((key[:SHOWN], left_out[key]) for key in sorted(left_out)))
    if not text.startswith("@"):
        return answer
    return with_words(answer, {one.short: one.experiment.scenario.model for one in covered})


def _has_runs(ensemble: Ensemble) -> bool:
    """Return whether an ensemble has sealed runs, or may have: its manifest cannot be read."""
    try:
        return ensemble.manifest() is not None
    except LedgerError:
        return True


def _answered(sql: str, covered: Sequence[Covered], workers: Workers | None, *, mix: bool, strict: bool) -> Answer:
    """Answer a SELECT over ensembles.

    Raise Unreadable for one whose files cannot be read, or where it is `strict`, of which too many runs failed.
    """
    parts = tuple(
        CoveredRuns(
            scenario=one.experiment.scenario.name, ensemble=one.short, seed=one.experiment.settings.seed,
            runs=sum(map(len, one.runs)),
        )
        for one in covered
    )  # fmt: skip
    with connected() as connection:
        prepare(connection)
        check_select(connection, sql)
        columns, tables = columns_of(connection, sql), tables_of(connection, sql)
        if not mix and tables & OF_RUNS:
            _refuse_to_mix(columns, parts)
        if not tables & OF_RUNS:
            Loader(connection, covered, workers).load(tables)
            return Answer(*answered(connection, sql), parts)
        Loader(connection, covered, workers).load(tables | {"ensembles", "runs"})
        failed = dict(connection.execute("SELECT ensemble, failures FROM ensembles").fetchall())
        parts = tuple(replace(part, failed=failed.get(part.ensemble, 0)) for part in parts)
        for one, part in zip(covered, parts, strict=True):
            if strict and too_many(part.failed, part.runs):
                raise Unreadable(one.ensemble, refusal(part.scenario, part.failed, part.runs))
        return Answer(*answered(connection, sql), parts)


def prepare(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the tables, still empty, the functions that queries may call, and the views that they share."""
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column}" {known.type}' for column, known in table.columns.items())
        connection.execute(f"CREATE TABLE {name} ({columns})")
    functions.register(connection)
    connection.execute((files("sim.sql") / "views.sql").read_text(encoding="utf-8"))


def _refuse_to_mix(columns: Sequence[str], parts: Sequence[CoveredRuns]) -> None:
    """Raise UsageError E022 for an answer over several ensembles whose rows do not say which they are of."""
    known = {column.lower() for column in columns}
    one_each = len({part.scenario for part in parts}) == len(parts)
    if len(parts) < 2 or "ensemble" in known or ("scenario" in known and one_each) or known >= _DESCRIPTION:
        return
    raise UsageError(
        "E022",
        f"the answer would mix {len(parts):,} ensembles: its rows do not say which they are of",
        *listed(parts),
        f'name those that are meant: sim query "SELECT ..." {parts[0].ensemble}',
        "or let the rows say it: SELECT ensemble, ... GROUP BY ensemble",
        "or take all together: `--all`, in Python all_ensembles=True",
    )


def listed(parts: Sequence[CoveredRuns]) -> tuple[str, ...]:
    """Return a line for each ensemble, for the first eight of them if there are more."""
    more = len(parts) - _LISTED
    return (*map(str, parts[:_LISTED]), *([f"and {more:,} more, which `sim list` names"] if more > 0 else []))


def with_words(answer: Answer, models: Mapping[str, Model]) -> Answer:
    """Return an answer with a column after each outcome or measure that says what of it is counted; of an outcome with
    what the column `as_first` has, which is left out.

    `models` are those of the ensembles, by the ids that the answer has.
    """
    for column in ("outcome", "measure"):
        if column not in answer.columns:
            continue
        as_first = answer.columns.index(AS_FIRST) if AS_FIRST in answer.columns else None
        behind = answer.columns.index(column) + 1
        whose = answer.columns.index("ensemble") if "ensemble" in answer.columns else None
        rows = []
        for row in answer.rows:
            model = next(iter(models.values())) if whose is None else models[row[whose]]
            name, first = row[behind - 1], as_first is not None and row[as_first]
            words = labels.measured(model, name) if column == "measure" else labels.counted(model, name, first=first)
            rest = [cell for place, cell in enumerate(row) if place >= behind and place != as_first]
            rows.append((*row[:behind], words, *rest))
        rest = [name for place, name in enumerate(answer.columns) if place >= behind and place != as_first]
        columns = (*answer.columns[:behind], "counted", *rest)
        return replace(answer, columns=columns, rows=tuple(rows))
    return answer


def purpose(sql: str) -> str:
    """Return what a named query says of itself in its first line."""
    found = re.match(r"--\s*(.*)", sql)
    return found[1] if found else ""
