"""The six tables that are exported: each column with its name, title, type and meaning, once for all formats."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np

from sim.export.ensembles import LOCAL, Exported

Kind: TypeAlias = Literal["text", "integer", "number", "boolean", "moment"]
Cell: TypeAlias = "str | int | float | bool | datetime | None"
Row: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True)
class Column:
    """A column. A `moment` is a local date with its time of day; a column that is not `required` may be empty."""

    name: str
    title: str
    kind: Kind
    holds: str
    required: bool = True


@dataclass(frozen=True)
class Table:
    """A table: what it is called, what one row is, its columns, which of them name a row, and how rows are made."""

    name: str
    title: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Exported], Iterator[Row]]
    whose: str = "runs"


_ENSEMBLE = Column("ensemble", "Ensemble", "text", "The ensemble's id, its first 12 characters.")
_RUN = Column("run", "Run", "integer", "The run's number, from 0.")
_SINCE = "in the model's unit of time since the branch"


def _ensembles(exported: Exported) -> Iterator[Row]:
    scenario, results = exported.scenario, exported.results
    source = results.source
    yield (
        exported.short, scenario.name, scenario.title, scenario.question or None, exported.model.name, source.ensemble,
        source.root, source.seed, results.parameters, source.runs_per_draw, results.count, results.failed,
        scenario.start, exported.date(scenario.start), scenario.horizon, exported.date(scenario.horizon),
        exported.model.clockwork.unit,
    )  # fmt: skip


def _runs(exported: Exported) -> Iterator[Row]:
    per_draw = exported.results.source.runs_per_draw
    for run, log in exported.logs():
        last = log[-1]
        failed = last.kind == "failed"
        yield (
            exported.short, run, run // per_draw, failed, last.type if failed else last.note,
            exported.since_branch(last), exported.date(last.time), len(log),
        )  # fmt: skip


def _outcomes(exported: Exported) -> Iterator[Row]:
    runs, start = exported.results.runs, exported.scenario.start
    for place, run in enumerate(runs.numbers):
        for name, times in runs.times.items():
            time = float(times[place])
            if np.isfinite(time):
                yield exported.short, int(run), name, time, exported.date(start + time)


def _measures(exported: Exported) -> Iterator[Row]:
    runs = exported.results.runs
    for place, run in enumerate(runs.numbers):
        for name, values in runs.measures.items():
            value = float(values[place])
            yield exported.short, int(run), name, None if np.isnan(value) else value


def _parameters(exported: Exported) -> Iterator[Row]:
    runs = exported.results.runs
    for place, run in enumerate(runs.numbers):
        for name, values in runs.parameters.items():
            yield exported.short, int(run), name, float(values[place])


def _events(exported: Exported) -> Iterator[Row]:
    for run, log in exported.logs():
        for event in log:
            marks = exported.marks(event)
            yield (
                exported.short, run, event.sequence, exported.since_branch(event), exported.date(event.time),
                event.kind, event.type, event.rule or None, event.faction or None, event.occurrence,
                json.dumps(marks, ensure_ascii=False) if marks else None, event.note or None,
            )  # fmt: skip


TABLES: tuple[Table, ...] = (
    Table(
        "ensembles",
        "Ensembles",
        "One ensemble: many runs of one scenario.",
        (
            _ENSEMBLE,
            Column("scenario", "Scenario", "text", "The scenario's name."),
            Column("title", "Title", "text", "The scenario in words."),
            Column("question", "Question", "text", "The question that the scenario answers.", required=False),
            Column("model", "Model", "text", "The model's name."),
            Column("id", "Whole id", "text", "The ensemble's whole id: the SHA-256 of all that made it."),
            Column("root", "Digest", "text", "The digest of all runs that the ledger has of the ensemble."),
            Column("seed", "Seed", "integer", "The seed of all draws."),
            Column(
                "parameters", "Parameters", "text", "How parameters came about: drawn, central, or kept from a run."
            ),
            Column("runs_per_draw", "Runs per draw", "integer", "How many runs share a draw of the parameters."),
            Column("runs", "Runs", "integer", "How many runs are exported, failed ones included."),
            Column("failed", "Failed runs", "integer", "How many of them failed; they have no outcomes and measures."),
            Column("start", "Branch", "number", "When the runs branch, in the model's unit since its origin."),
            Column("start_date", "Date of the branch", "moment", f"The same as a date; {LOCAL}.", required=False),
            Column("horizon", "Horizon", "number", "When the runs end at the latest, in the unit since the origin."),
            Column("horizon_date", "Date of the horizon", "moment", f"The same as a date; {LOCAL}.", required=False),
            Column("unit", "Unit of time", "text", "The model's unit of time; 'abstract' if it has none."),
        ),
        ("ensemble",),
        _ensembles,
        whose="",
    ),
    Table(
        "runs",
        "Runs",
        "One run: one of many futures that the model allows, not a forecast of events.",
        (
            _ENSEMBLE,
            _RUN,
            Column("draw", "Draw", "integer", "The number of the run's draw of the parameters."),
            Column("failed", "Failed", "boolean", "Whether the run could not go on. Leave such runs out of estimates."),
            Column("ended", "Ended by", "text", "The outcome that ended the run, 'horizon', or an error's code."),
            Column("time", "Time of its end", "number", f"When the run ended, {_SINCE}."),
            Column("date", "Date of its end", "moment", f"The same as a date; {LOCAL}.", required=False),
            Column("events", "Events", "integer", "How many events the run's log has."),
        ),
        ("ensemble", "run"),
        _runs,
        whose="ensembles",
    ),
    Table(
        "outcomes",
        "Outcomes reached",
        "One outcome in one run that reached it; no row means that the run did not.",
        (
            _ENSEMBLE,
            _RUN,
            Column("outcome", "Outcome", "text", "The outcome's name."),
            Column("time", "Time", "number", f"When it first came true, {_SINCE}; below 0 if before the branch."),
            Column("date", "Date", "moment", f"The same as a date; {LOCAL}.", required=False),
        ),
        ("ensemble", "run", "outcome"),
        _outcomes,
    ),
    Table(
        "measures",
        "Measures",
        "One measure of one run that did not fail.",
        (
            _ENSEMBLE,
            _RUN,
            Column("measure", "Measure", "text", "The measure's name."),
            Column("value", "Value", "number", "Its value; empty where the run has none.", required=False),
        ),
        ("ensemble", "run", "measure"),
        _measures,
    ),
    Table(
        "parameters",
        "Parameters",
        "One parameter of one run that did not fail.",
        (
            _ENSEMBLE,
            _RUN,
            Column("parameter", "Parameter", "text", "The parameter's name."),
            Column("value", "Value", "number", "Its value, in the model's unit of time where it has one."),
        ),
        ("ensemble", "run", "parameter"),
        _parameters,
    ),
    Table(
        "events",
        "Events",
        "One event of one run's log. The documented past before the branch is left out.",
        (
            _ENSEMBLE,
            _RUN,
            Column("sequence", "Number", "integer", "The event's number in its run, from 0."),
            Column("time", "Time", "number", f"When it happened, {_SINCE}."),
            Column("date", "Date", "moment", f"The same as a date; {LOCAL}.", required=False),
            Column("kind", "Kind", "text", "started, fired (by a rule), scheduled, outcome, ended or failed."),
            Column("event", "Event", "text", "The type of event; an outcome's name; an error's code."),
            Column("rule", "Rule", "text", "The rule that emitted it.", required=False),
            Column("faction", "Faction", "text", "Whose act it is.", required=False),
            Column("occurrence", "Occurrence", "integer", "How often the rule's clock had been started before."),
            Column(
                "marks", "Values", "text", "Its values by name, as JSON; at the start the parameters.", required=False
            ),
            Column("note", "Note", "text", "How a run ended, or why it failed.", required=False),
        ),
        ("ensemble", "run", "sequence"),
        _events,
    ),
)
