"""The tables that a query may read, each column with its type and what it holds: for SQL and for people."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class QueryColumn:
    """A column: its DuckDB type and what it holds; one that is not `required` may be empty."""

    type: str
    holds: str
    required: bool = True


@dataclass(frozen=True)
class QueryTable:
    """A table: what one row is, and its columns in order."""

    row: str
    columns: Mapping[str, QueryColumn]


def _table(row: str, **columns: str) -> QueryTable:
    """Read columns written as `TYPE: what it holds`, or `TYPE?: what it holds` where it may be empty."""
    found = {}
    for name, text in columns.items():
        kind, holds = text.split(": ", 1)
        found[name] = QueryColumn(kind.removesuffix("?"), holds, not kind.endswith("?"))
    return QueryTable(row, found)


_ENSEMBLE = {"ensemble": "VARCHAR: the ensemble's id, its first 12 characters"}
_RUN = {**_ENSEMBLE, "run": "BIGINT: the run's number, from 0"}

TABLES: Mapping[str, QueryTable] = {
    "ensembles": _table(
        "one ensemble, in the order in which they were named",
        **_ENSEMBLE,
        place="INTEGER: its place among those that the query was given, from 0",
        paired="BOOLEAN: whether its runs pair with those of the first ensemble that was named",
        baseline="VARCHAR?: what it is compared with: the first ensemble named before it that it pairs with",
        scenario="VARCHAR: the scenario's name",
        title="VARCHAR: the scenario in words",
        question="VARCHAR?: the question that it answers",
        assumes="VARCHAR?: what it assumes against its model, in sentences",
        model="VARCHAR: the model's name",
        id="VARCHAR: the whole id",
        root="VARCHAR: the digest of all its runs",
        seed="UBIGINT: the seed",
        parameters="VARCHAR: how its parameters are drawn",
        runs_per_draw="INTEGER: how many runs share a draw of the parameters",
        runs="BIGINT: how many runs are seen, failed ones included",
        failures="BIGINT: how many of them failed; they have the outcomes that came true before, and no measures",
        start="DOUBLE: when the runs branch, in the model's unit since its origin",
        start_date="TIMESTAMP?: the same as a local date, if the model has dates",
        horizon="DOUBLE: when the runs end at the latest, in the model's unit since its origin",
        horizon_date="TIMESTAMP?: the same as a local date",
        unit="VARCHAR: the model's unit of time",
    ),
    "runs": _table(
        "one run",
        **_RUN,
        draw="BIGINT: the number of its draw of the parameters",
        failed="BOOLEAN: it could not go on",
        whole="BOOLEAN: it was followed to its end; of others nobody knows what had not come true by then",
        ended="VARCHAR: the outcome that ended it, 'horizon', 'limit of events', or the error's code",
        first_ending="VARCHAR: the first ending that came true, after the branch or before it; else what `ended` is",
        time="DOUBLE: when it ended, in the model's unit since the branch",
        date="TIMESTAMP?: the same as a local date",
        events="BIGINT: how many events its log has",
    ),
    "events": _table(
        "one event of one run's log, the documented past left out",
        **_RUN,
        sequence="INTEGER: its number in the run, from 0",
        time="DOUBLE: when it happened, in the model's unit since the branch",
        date="TIMESTAMP?: the same as a local date",
        kind="VARCHAR: started, fired (by a rule), scheduled (by a timetable), changed, outcome, ended or failed",
        event="VARCHAR: its type; an outcome's name",
        rule="VARCHAR?: the rule that emitted it",
        faction="VARCHAR?: whose act it is",
        occurrence="INTEGER: how many times the rule's clock had been started before",
        marks="DOUBLE[]: its values, in order of their names",
        note="VARCHAR?: how a run ended, or why it failed",
    ),
    "parameters": _table(
        "one parameter of one run",
        **_RUN,
        parameter="VARCHAR: its name",
        value="DOUBLE: its value, in the model's unit of time where it has one",
    ),
    "outcomes": _table(
        "one outcome in one run that reached it before the run ended, or that it ended",
        **_RUN,
        outcome="VARCHAR: its name",
        time="DOUBLE: when it came true first, up to the run's end, in the model's unit since the branch",
        date="TIMESTAMP?: the same as a local date",
    ),
    "asked": _table(
        "one outcome or measure of one ensemble's model",
        **_ENSEMBLE,
        kind="VARCHAR: outcome or measure",
        place="INTEGER: its place in the author's order, from 0",
        name="VARCHAR: its name",
        title="VARCHAR: it in words",
        ending="BOOLEAN: it is an ending: the first of them that comes true is how a run's story ends",
        ends_run="BOOLEAN: a run ends with it, or it comes at the horizon",
        otherwise="BOOLEAN: it is an outcome that comes at the horizon, where no other ending came before",
        low="DOUBLE: for a measure: the least that it can be whatever happens; -infinity where that is not known",
        high="DOUBLE: the greatest, likewise",
    ),
    "event_types": _table(
        "one event type of one ensemble's model",
        **_ENSEMBLE,
        event="VARCHAR: its name",
        title="VARCHAR: it in words",
        faction="VARCHAR: whose act it is",
        plover="VARCHAR?: its code in PLOVER",
        acled="VARCHAR?: its code in ACLED",
        cameo="VARCHAR?: its code in CAMEO",
    ),
    "measures": _table(
        "one measure of one run, up to the run's end",
        **_RUN,
        measure="VARCHAR: its name",
        value="DOUBLE?: its value; empty where the run has none",
        lacks="VARCHAR?: why it has none: never (its time never came), undefined, or stopped (with the run)",
    ),
    "divergences": _table(
        "where one run parts from the same run of the ensemble that its own is compared with",
        baseline="VARCHAR: the id of the ensemble that it is compared with",
        ensemble="VARCHAR: the other ensemble's id",
        run="BIGINT: the run's number",
        part="VARCHAR: first (the first difference) or turning (its turning point, of the first 100 with other ends)",
        time="DOUBLE: when, in the model's unit since the branch",
        how="VARCHAR: only in one, only in other, other time, other choice, other marks or other end",
        rule="VARCHAR: the rule that it is about",
        one="VARCHAR: the event's type in the baseline, '' if it is not there; of an other end, the run's ending",
        other="VARCHAR: the event's type in the other, '' if it is not there; of an other end, the run's ending",
        one_sequence="INTEGER: its number in the baseline's run, or -1",
        other_sequence="INTEGER: its number in the other's run, or -1",
        causes="VARCHAR[]: the assumptions that it rests on: assumed events, changed parameters, rules left out",
        undone="VARCHAR: of a turning point, where its run goes without the event: other end, third end or same end",
        needed="VARCHAR[]: of a turning point, the causes without any one of which the run ends as the baseline's",
    ),
}


# Those with rows of runs: what is counted there over several ensembles adds them up.
OF_RUNS = frozenset(name for name, table in TABLES.items() if "run" in table.columns)


def described() -> str:
    """Return the tables in words, for `sim query --tables`."""
    lines = []
    for name, table in TABLES.items():
        lines.append(f"{name}: {table.row}")
        width = max(len(column) for column in table.columns)
        types = max(len(column.type) for column in table.columns.values())
        lines += [
            f"    {column:<{width}}  {known.type:<{types}}  {known.holds}" for column, known in table.columns.items()
        ]
        lines.append("")
    return "\n".join(lines).rstrip()
