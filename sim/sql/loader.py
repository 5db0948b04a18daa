"""Fills a database with the tables that a query reads, from the ledger's checked files.

All tables are of one moment: of the manifests that were there when the query began. Measures and divergences are made
only for a query that reads them; where none reads events, only what other tables need is taken from the logs.
"""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.baselines import why_unpaired
from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.diverging_tables import DivergeTables
from sim.analysis.results import in_shown_order
from sim.analysis.runs import WHY, RunsBuilder, runs_of, why_lacking
from sim.build.ranges import natural_ranges
from sim.build.words.assumptions import in_sentences
from sim.errors import LedgerError, SimError, UsageError
from sim.experiment import Experiment, Workers, project_tables, record
from sim.explain.pairs.projected import turning_points
from sim.language.expressions.types import SECONDS, Calendar
from sim.ledger.ensemble import Ensemble
from sim.ledger.manifest import Manifest, joined, without
from sim.ledger.segments.schema import event_schema
from sim.model.canonical import measured
from sim.model.event import LIMIT_OF_EVENTS
from sim.model.outcomes import first_ending
from sim.sql.database import GIVEN, insert
from sim.sql.query_tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from sim.analysis.runs import Runs

SHOWN = 12  # characters of an ensemble's id
FROM_LOGS = frozenset({"ensembles", "runs", "events", "parameters", "outcomes", "measures", "divergences"})
_CODES = ("plover", "acled", "cameo")
_OF_A_DIFFERENCE = attrgetter("time", "how", "rule", "one", "other", "one_sequence", "other_sequence", "causes")


@dataclass(frozen=True, eq=False)
class Covered:
    """An ensemble that a query covers, as it was when the query began; of `first`, only the runs below that number."""

    ensemble: Ensemble
    experiment: Experiment
    manifest: Manifest | None
    first: int | None = None

    @property
    def short(self) -> str:
        return self.ensemble.id[:SHOWN]

    @property
    def runs(self) -> tuple[range, ...]:
        """The sealed runs that are seen, as ranges with gaps between them."""
        runs = self.manifest.runs if self.manifest else ()
        if self.first is None:
            return tuple(runs)
        return tuple(range(one.start, min(one.stop, self.first)) for one in runs if one.start < self.first)

    @property
    def without_logs(self) -> tuple[range, ...]:
        """Those of the runs of which outcomes alone are kept."""
        segments = self.manifest.segments if self.manifest else ()
        return without(self.runs, joined(segment.range for segment in segments if segment.retention == "full"))


class Unreadable(Exception):
    """One of the ensembles cannot be read: which, and why."""

    def __init__(self, ensemble: Ensemble, problem: SimError) -> None:
        super().__init__(str(problem))
        self.ensemble = ensemble
        self.problem = problem


@contextmanager
def _reading(*those: Covered) -> Iterator[None]:
    """Raise a complaint of what is read here as Unreadable: of the ensemble that it names, else of the last."""
    try:
        yield
    except LedgerError as problem:
        named = next((one for one in those if one.short in str(problem)), those[-1])
        raise Unreadable(named.ensemble, problem) from problem


class Loader:
    """Fills a connection with the tables that a query reads."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", covered: Sequence[Covered], workers: Workers | None
    ) -> None:
        self.connection = connection
        self.covered = covered
        self.workers = workers

    def load(self, tables: frozenset[str]) -> None:
        """Fill the tables that a query reads. Raise UsageError E710 where logs are needed that are not kept."""
        if "events" in tables:
            self._refuse_without_logs()
        self._models()
        if tables & FROM_LOGS:
            self._logs(whole="events" in tables)
        if "measures" in tables:
            self._measures()
        if "divergences" in tables:
            self._divergences()

    def _refuse_without_logs(self) -> None:
        """Refuse to count events of runs of which outcomes alone are kept."""
        for one in self.covered:
            if gaps := one.without_logs:
                first = gaps[0].start
                what = f"the logs of {sum(map(len, gaps)):,} runs of ensemble {one.short} are not kept"
                notes = [f"those of the first {first:,} are: `--first {first}` asks them alone"] if first else []
                notes.append(f"this makes them, and keeps them: {_command_that_retains(one)}")
                raise UsageError(
                    "E710", f"{what}, only their outcomes", *notes, "the other tables can be asked as it is"
                )

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows at once: one parameter a column, each a list."""
        if rows:
            unnested = ", ".join(f"unnest(?::{column.type}[])" for column in TABLES[table].columns.values())
            columns = [list(column) for column in zip(*rows, strict=True)]
            self.connection.execute(f"INSERT INTO {table} SELECT {unnested}", columns)

    def _models(self) -> None:
        for index, one in enumerate(self.covered):
            experiment, manifest = one.experiment, one.manifest
            paired = index == 0 or not why_unpaired(self.covered[0].experiment, experiment)
            baseline = self._baseline(index)
            scenario, calendar = experiment.scenario, experiment.scenario.model.calendar
            row = (
                one.short, index, paired, None if baseline is None else self.covered[baseline].short, scenario.name,
                scenario.title, scenario.question, in_sentences(scenario), scenario.model.name, one.ensemble.id,
                manifest.root if manifest else "", experiment.settings.seed, one.ensemble.spec["parameters"],
                experiment.settings.runs_per_draw, sum(map(len, one.runs)), 0, scenario.start,
                calendar.date_of(scenario.start), scenario.horizon, calendar.date_of(scenario.horizon), calendar.unit,
            )  # fmt: skip
            self._insert("ensembles", [row])
            self._asked(one)

    def _baseline(self, index: int) -> int | None:
        """Return the place of the first ensemble before this one whose runs pair with its own, if there is any."""
        own = self.covered[index].experiment
        before = enumerate(self.covered[:index])
        return next((number for number, one in before if not why_unpaired(one.experiment, own)), None)

    def _asked(self, one: Covered) -> None:
        model, short = one.experiment.scenario.model, one.short
        natural, asked = natural_ranges(one.experiment.scenario), []
        for index, name in enumerate(in_shown_order(model, "outcomes", model.outcomes)):
            known = model.outcomes[name]
            last = known.ends_run or known.otherwise
            asked.append((short, "outcome", index, name, known.title, known.ending, last, known.otherwise, 0.0, 1.0))
        for index, name in enumerate(in_shown_order(model, "measures", model.measures)):
            title = model.measures[name].title
            asked.append((short, "measure", index, name, title, False, False, False, *natural[name]))
        self._insert("asked", asked)
        kinds = model.events.values()
        codes = [[kind.codes.get(key) for key in _CODES] for kind in kinds]
        rows = [(short, one.name, one.title, one.faction, *each) for one, each in zip(kinds, codes, strict=True)]
        self._insert("event_types", rows)

    def _logs(self, *, whole: bool) -> None:
        """Fill the tables that the logs hold, `events` only if they are wanted `whole`."""
        for one in self.covered:
            if one.manifest:
                with _reading(one):
                    self._events(one, whole=whole)
                self._from_events(one.short, one.experiment)
        if not whole:
            self.connection.execute("TRUNCATE events")
        self.connection.execute(
            "UPDATE ensembles SET failures = "
            "(SELECT count(*) FROM runs WHERE runs.ensemble = ensembles.ensemble AND runs.failed)"
        )

    def _events(self, one: Covered, *, whole: bool) -> None:
        scenario, calendar = one.experiment.scenario, one.experiment.scenario.model.calendar

        def batches() -> "Iterator[pa.RecordBatch]":
            assert one.manifest
            for runs in one.runs:
                yield from one.ensemble.batches(one.manifest, runs, whole=whole)

        insert(
            self.connection,
            f"INSERT INTO events SELECT {_quoted(one.short)}, run, sequence, time - {scenario.start!r}::DOUBLE, "  # noqa: S608
            f"{_date_of('time', calendar)}, kind, type, rule, faction, occurrence, marks, note FROM {GIVEN}",
            event_schema(),
            batches(),
        )

    def _from_events(self, short: str, experiment: Experiment) -> None:
        scenario = experiment.scenario
        names = ", ".join(f"({number}, {_quoted(name)})" for number, name in enumerate(scenario.model.parameters, 1))
        ensemble = _quoted(short)
        before = first_ending(scenario.model, scenario.past)
        first = "firsts.event" if before is None else _quoted(before.type)
        endings = [_quoted(name) for name, outcome in scenario.model.outcomes.items() if outcome.ending]
        self.connection.execute(
            f"WITH firsts AS (SELECT run, arg_min(event, sequence) AS event FROM events WHERE ensemble = {ensemble} "  # noqa: S608
            f"AND kind = 'outcome' AND event IN ({', '.join(endings) or 'NULL'}) GROUP BY run), "
            "lasts AS (SELECT *, CASE WHEN kind = 'failed' THEN event ELSE note END AS ended FROM events "
            f"WHERE ensemble = {ensemble} AND kind IN ('ended', 'failed')) "
            f"INSERT INTO runs SELECT ensemble, run, run // {experiment.settings.runs_per_draw}, kind = 'failed', "
            f"kind = 'ended' AND note <> '{LIMIT_OF_EVENTS}', ended, coalesce({first}, ended), time, date, "
            "sequence + 1 FROM lasts LEFT JOIN firsts USING (run)"
        )
        self.connection.execute(
            "INSERT INTO outcomes SELECT ensemble, run, event, time, date FROM events "  # noqa: S608
            f"WHERE ensemble = {ensemble} AND kind = 'outcome'"
        )
        for event in scenario.past:
            if event.kind == "outcome":
                date = scenario.model.calendar.date_of(event.time)
                self.connection.execute(
                    "INSERT INTO outcomes SELECT ensemble, run, ?, ?, ? FROM runs WHERE ensemble = ?",
                    [event.type, event.time - scenario.start, date, short],
                )
        if names:
            self.connection.execute(
                "INSERT INTO parameters SELECT ensemble, run, names.name, marks[names.number] FROM events, "  # noqa: S608
                f"(VALUES {names}) AS names(number, name) WHERE ensemble = {ensemble} AND kind = 'started'"
            )

    def _measures(self) -> None:
        for one in self.covered:
            if one.manifest:
                with _reading(one):
                    scenario = one.experiment.scenario
                    wanted = measured(scenario.model)
                    made = without(one.runs, one.ensemble.with_measures(one.manifest, wanted))
                    for part in without(one.runs, made):
                        for kept in one.ensemble.kept(part, wanted):
                            self._insert_measures(one, runs_of(scenario.model, scenario, kept))
                    self._measures_made(one, made)

    def _measures_made(self, one: Covered, runs: Sequence[range]) -> None:
        """Measure runs of which these measures are not kept, from their logs or by making them again."""
        builder = RunsBuilder(one.experiment.scenario.model, runs[-1].stop if runs else 0, lean=True)
        lean = one.experiment.with_settings(retention="outcomes")
        for part in runs:
            record(lean, part.stop, builder.project, first=part.start, workers=self.workers, take=builder.add)
        for part in runs:
            self._insert_measures(one, builder.runs(part.stop, first=part.start))

    def _insert_measures(self, one: Covered, runs: "Runs") -> None:
        for name in runs.measures:
            self._measure(one.short, name, runs)

    def _measure(self, short: str, name: str, runs: "Runs") -> None:
        import pyarrow as pa

        known = ~runs.broken
        values = runs.measures[name][known]
        fields = [pa.field("run", pa.int64()), pa.field("value", pa.float64()), pa.field("why", pa.int8())]
        columns = (runs.numbers[known], values, why_lacking(values, runs.stopped[known]))
        arrays = [
            pa.Array.from_buffers(field.type, len(values), [None, pa.py_buffer(np.ascontiguousarray(column))])
            for field, column in zip(fields, columns, strict=True)
        ]
        schema = pa.schema(fields)
        whys = " ".join(f"WHEN {number} THEN {_quoted(why)}" for number, why in enumerate(WHY))
        insert(
            self.connection,
            f"INSERT INTO measures SELECT {_quoted(short)}, run, {_quoted(name)}, "  # noqa: S608
            f"CASE WHEN isfinite(value) THEN value END, CASE why {whys} END FROM {GIVEN}",
            schema,
            [pa.RecordBatch.from_arrays(arrays, schema=schema)],
        )

    def _divergences(self) -> None:
        rows = []
        for index, other in enumerate(self.covered):
            number = self._baseline(index)
            if number is None:
                continue
            baseline = self.covered[number]
            runs = min(_beginning(baseline.runs), _beginning(other.runs))
            pair = [(baseline.experiment, other.experiment)]
            with _reading(baseline, other):
                (tables,) = project_tables(pair, runs, DivergeTables(), workers=self.workers)
                divergences = Divergences.joined(tables)
                (points,) = turning_points(pair, [divergences], runs, workers=self.workers)
            short = baseline.short, other.short
            rows += [(*short, found.run, "first", *_OF_A_DIFFERENCE(found.first), "", ())
                     for found in divergences if found.first is not None]  # fmt: skip
            rows += [(*short, point.run, "turning", *_OF_A_DIFFERENCE(point), point.undone, point.needed)
                     for point in points]  # fmt: skip
        self._insert("divergences", rows)


def _command_that_retains(one: Covered) -> str:
    """Write the command that keeps the logs of all runs of an ensemble that are seen."""
    experiment, runs = one.experiment, one.runs[-1].stop
    settings, origin = experiment.settings, experiment.origin
    per_draw = settings.runs_per_draw
    words = ["sim", "run", str(experiment.case.path), "--runs", str(per_draw if per_draw > 1 else runs)]
    words += ["--seed", str(settings.seed), "--ledger", str(experiment.ledger.folder), "--keep", "full"]
    if origin is not None:
        words += ["--from", f"{origin.ensemble[:SHOWN]}:{origin.run}:{origin.event}", "--luck", origin.streams]
    words += ["--draws", str(-(-runs // per_draw))] if per_draw > 1 else []
    return shlex.join([*words, *(["--central"] if settings.central else [])])


def _beginning(runs: Sequence[range]) -> int:
    """Return how many runs there are from run 0 to the first gap."""
    return runs[0].stop if runs and runs[0].start == 0 else 0


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _date_of(time: str, calendar: Calendar) -> str:
    """Return the SQL for the date of a time, to the second, as the model's clock gives it; NULL beyond the calendar."""
    if calendar.origin is None:
        return "NULL::TIMESTAMP"
    exact = f"{time} * {SECONDS[calendar.unit]}"
    whole = f"round_even({exact}, 0)"
    first, last = (int((end - calendar.origin).total_seconds()) for end in (datetime.min, datetime.max))  # noqa: DTZ901 - local times
    at_midnight = f"({whole}::BIGINT + {calendar.seconds_of_day}) % {SECONDS['day']} = 0"
    ends_day = f"({at_midnight} AND {whole} - {exact} BETWEEN 0.0005 AND 0.0015)"
    origin = f"TIMESTAMP {_quoted(calendar.origin.isoformat(sep=' '))}"
    date = f"{origin} + to_seconds({whole}::BIGINT - {ends_day}::BIGINT)"
    return f"CASE WHEN {whole} BETWEEN {first} AND {last} THEN {date} END"
