"""Fills a DuckDB connection with the tables of `query_tables`, straight from the ledger.

Each segment's file is held against its hash before DuckDB reads it. Measures and divergences are projections, made
only for a query that reads them.
"""

import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sim.analysis import query_functions
from sim.analysis.divergence import Diverge
from sim.analysis.pairing import why_unpaired
from sim.analysis.query_tables import TABLES
from sim.analysis.results import in_shown_order
from sim.analysis.runs import Table, value_or_why
from sim.errors import UsageError
from sim.experiment import Experiment, Workers, project_pairs, record
from sim.language.types import SECONDS
from sim.ledger.ensemble import Ensemble
from sim.model.event import LIMIT_OF_EVENTS
from sim.model.ranges import natural_range

if TYPE_CHECKING:
    import duckdb

SHOWN = 12  # characters of an ensemble's id
_CODES = ("plover", "acled", "cameo")


def guarded(act: Callable[[], Any]) -> Any:
    """Call DuckDB, and make of its complaint one of ours."""
    import duckdb

    try:
        return act()
    except duckdb.Error as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        complaint = (lines[0], *(line.rstrip() for line in lines[1:6]))
    raise UsageError("E008", complaint[0], *complaint[1:], "`sim query --tables` lists the tables")


class Loader:
    """Fills a connection with the tables that a query reads."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        opened: Sequence[tuple[Ensemble, Experiment]],
        first: int | None,
        workers: Workers | None,
    ) -> None:
        self.connection = connection
        self.opened = opened
        self.first = first
        self.workers = workers

    def load(self, sql: str) -> None:
        for name, table in TABLES.items():
            columns = ", ".join(f'"{column}" {known.type}' for column, known in table.columns.items())
            self.connection.execute(f"CREATE TABLE {name} ({columns})")
        query_functions.register(self.connection)
        self.connection.execute((files("sim.analysis") / "queries" / "macros.sql").read_text(encoding="utf-8"))
        self._refuse_others(sql)
        words = set(re.findall(r"\w+", sql.lower()))
        if "events" in words:
            self._refuse_without_logs()
        self._models()
        self._events()
        if "measures" in words:
            self._measures()
        if "divergences" in words:
            self._divergences()
        self.connection.execute("SET enable_external_access = false")

    def _refuse_others(self, sql: str) -> None:
        """Refuse what is not one SELECT."""
        import duckdb

        statements = guarded(lambda: self.connection.extract_statements(sql))
        kinds = [statement.type for statement in statements]
        if kinds != [duckdb.StatementType.SELECT]:
            raise UsageError(
                "E008", "expected one SELECT, and nothing else", "`sim export` writes whole tables to files"
            )

    def _refuse_without_logs(self) -> None:
        """Refuse to count events of runs of which outcomes alone are kept."""
        for ensemble, _ in self.opened:
            gaps = ensemble.missing(self._runs_of(ensemble), "full")
            if gaps:
                kept = f"those of the first {gaps[0].start:,} are: `--first {gaps[0].start}` asks them alone"
                raise UsageError(
                    "E710",
                    f"the logs of {sum(map(len, gaps)):,} runs of ensemble {ensemble.id[:SHOWN]} are not kept, only "
                    "their outcomes",
                    *([kept] if gaps[0].start else []),
                    "`sim run --keep full` keeps the logs, too; the other tables can be asked as it is",
                )

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            places = ", ".join("?" for _ in TABLES[table].columns)
            self.connection.executemany(f"INSERT INTO {table} VALUES ({places})", [list(row) for row in rows])  # noqa: S608

    def _models(self) -> None:
        for place, (ensemble, experiment) in enumerate(self.opened):
            paired = place == 0 or not why_unpaired(self.opened[0][1], experiment)
            scenario, clockwork = experiment.scenario, experiment.scenario.model.clockwork
            manifest = ensemble.manifest()
            sealed = sum(map(len, manifest.runs)) if manifest else 0
            self._insert(
                "ensembles",
                [(
                    ensemble.id[:SHOWN], place, paired, scenario.name, scenario.title, scenario.question,
                    scenario.model.name, ensemble.id,
                    manifest.root if manifest else "", experiment.seed, ensemble.spec["parameters"],
                    experiment.runs_per_draw, sealed if self.first is None else min(sealed, self.first),
                    0,
                    scenario.start, clockwork.date_of(scenario.start), scenario.horizon,
                    clockwork.date_of(scenario.horizon), clockwork.unit,
                )],
            )  # fmt: skip
            self._asked(ensemble, experiment)

    def _asked(self, ensemble: Ensemble, experiment: Experiment) -> None:
        model = experiment.scenario.model
        short = ensemble.id[:SHOWN]
        outcomes = in_shown_order(model, "outcomes", model.outcomes)
        self._insert(
            "asked",
            [
                *(
                    (short, "outcome", place, name, model.outcomes[name].title,
                     model.outcomes[name].ends_run or model.outcomes[name].otherwise, 0.0, 1.0)
                    for place, name in enumerate(outcomes)
                ),
                *(
                    (short, "measure", place, name, model.measures[name].title, False,
                     *natural_range(experiment.scenario, model.measures[name]))
                    for place, name in enumerate(in_shown_order(model, "measures", model.measures))
                ),
            ],
        )  # fmt: skip
        self._insert(
            "event_types",
            [
                (short, kind.name, kind.title, kind.faction, *(kind.codes.get(key) for key in _CODES))
                for kind in model.events.values()
            ],
        )  # fmt: skip

    def _events(self) -> None:
        """Fill the tables that the logs hold: straight from their files."""
        self.connection.execute("DROP TABLE events")
        parts = [part for ensemble, experiment in self.opened if (part := self._events_of(ensemble, experiment))]
        if not parts:
            columns = ", ".join(f'"{column}" {known.type}' for column, known in TABLES["events"].columns.items())
            self.connection.execute(f"CREATE TABLE events ({columns})")
            return
        self.connection.execute("CREATE TABLE events AS " + " UNION ALL ".join(parts))
        for ensemble, experiment in self.opened:
            self._from_events(ensemble.id[:SHOWN], experiment)
        self.connection.execute(
            "UPDATE ensembles SET failures = "
            "(SELECT count(*) FROM runs WHERE runs.ensemble = ensembles.ensemble AND runs.failed)"
        )

    def _events_of(self, ensemble: Ensemble, experiment: Experiment) -> str:
        scenario, clockwork = experiment.scenario, experiment.scenario.model.clockwork
        found = ensemble.files()
        if not found:
            return ""
        listed = ", ".join(_quoted(str(path)) for path, _ in found)
        within = " OR ".join(
            f"(filename = {_quoted(str(path))} AND run >= {part.start} AND run < {part.stop})" for path, part in found
        )
        if all(path.name.startswith(f"{part.start:09}-{len(part)}-") for path, part in found):
            within = "true"  # no file has runs that another has, too
        if self.first is not None:
            within = f"({within}) AND run < {self.first}"
        return (
            f"SELECT {_quoted(ensemble.id[:SHOWN])} AS ensemble, run, sequence, "  # noqa: S608
            f"time - {scenario.start!r}::DOUBLE AS time, "
            f"{_date_of('time', clockwork)} AS date, kind, type AS event, rule, faction, occurrence, marks, note "
            f"FROM read_parquet([{listed}], filename = true, union_by_name = true) WHERE {within}"
        )

    def _from_events(self, short: str, experiment: Experiment) -> None:
        scenario = experiment.scenario
        names = ", ".join(f"({number}, {_quoted(name)})" for number, name in enumerate(scenario.model.parameters, 1))
        ensemble = _quoted(short)
        self.connection.execute(
            f"INSERT INTO runs SELECT ensemble, run, run // {experiment.runs_per_draw}, kind = 'failed', "  # noqa: S608
            f"kind = 'ended' AND note <> '{LIMIT_OF_EVENTS}', "
            "CASE WHEN kind = 'failed' THEN event ELSE note END, time, date, sequence + 1 FROM events "
            f"WHERE ensemble = {ensemble} AND kind IN ('ended', 'failed')"
        )
        self.connection.execute(
            "INSERT INTO outcomes SELECT ensemble, run, event, time, date FROM events "  # noqa: S608
            f"WHERE ensemble = {ensemble} AND kind = 'outcome'"
        )
        for event in scenario.past:
            if event.kind == "outcome":
                date = _date_of(repr(event.time), scenario.model.clockwork)
                self.connection.execute(
                    f"INSERT INTO outcomes SELECT ensemble, run, {_quoted(event.type)}, "  # noqa: S608
                    f"{event.time - scenario.start!r}, {date} FROM runs WHERE ensemble = {ensemble}"
                )
        if names:
            self.connection.execute(
                "INSERT INTO parameters SELECT ensemble, run, names.name, marks[names.number] FROM events, "  # noqa: S608
                f"(VALUES {names}) AS names(number, name) WHERE ensemble = {ensemble} AND kind = 'started'"
            )

    def _runs_of(self, ensemble: Ensemble) -> int:
        manifest = ensemble.manifest()
        sealed = manifest.runs[0].stop if manifest and manifest.runs and manifest.runs[0].start == 0 else 0
        return sealed if self.first is None else min(sealed, self.first)

    def _measures(self) -> None:
        for ensemble, experiment in self.opened:
            runs = self._runs_of(ensemble)
            model = experiment.scenario.model
            table = Table(model, runs, lean=True)
            if runs:
                record(experiment, runs, table.project, workers=self.workers, take=table.add)
            made = table.runs(runs)
            short = ensemble.id[:SHOWN]
            stopped, broken = made.stopped.tolist(), made.broken.tolist()
            rows = [
                (short, run, name, *value_or_why(float(made.measures[name][place]), stopped=stopped[place]))
                for place, run in enumerate(made.numbers.tolist())
                if not broken[place]
                for name in model.measures
            ]
            self._bulk("measures", rows)

    def _divergences(self) -> None:
        if len(self.opened) < 2:
            return
        (baseline, one), *others = self.opened
        rows = []
        for ensemble, other in others:
            if why_unpaired(one, other):
                continue
            runs = min(self._runs_of(baseline), self._runs_of(ensemble))
            for found in project_pairs([(one, other)], runs, Diverge(), workers=self.workers)[0]:
                for part, difference in (("first", found.first), ("turning", found.turning)):
                    if difference is not None:
                        rows.append(
                            (baseline.id[:SHOWN], ensemble.id[:SHOWN], found.run, part, difference.time, difference.how,
                             difference.rule, difference.one, difference.other, difference.one_sequence,
                             difference.other_sequence, list(difference.causes))
                        )  # fmt: skip
        self._bulk("divergences", rows)

    def _bulk(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows at once: one parameter a column, each a list."""
        if not rows:
            return
        columns = list(zip(*rows, strict=True))
        types = [column.type for column in TABLES[table].columns.values()]
        unnested = ", ".join(f"unnest(?::{kind}[])" for kind in types)
        self.connection.execute(f"INSERT INTO {table} SELECT {unnested}", [list(column) for column in columns])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _date_of(time: str, clockwork: Any) -> str:
    """Return the SQL for the date of a time, to the second, as the model's clock gives it."""
    if clockwork.origin is None:
        return "NULL::TIMESTAMP"
    seconds = SECONDS[clockwork.unit]
    return f"(TIMESTAMP '{clockwork.origin:%Y-%m-%d %H:%M:%S}' + to_seconds(round_even({time} * {seconds}, 0)::BIGINT))"
