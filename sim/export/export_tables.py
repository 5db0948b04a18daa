"""The six tables that are exported, with the columns that queries know them by: once for all formats."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from sim.analysis.runs import value_or_why
from sim.build.words.assumptions import in_sentences
from sim.export.ensembles import Exported
from sim.model.event import is_whole
from sim.model.outcomes import first_ending
from sim.sql.query_tables import TABLES as QUERY_TABLES
from sim.sql.query_tables import QueryColumn

Cell: TypeAlias = "str | int | float | bool | datetime | None"
Row: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True)
class ExportTable:
    """A table: its name, the columns that name a row, how rows are made, and the table whose key each row has."""

    name: str
    key: tuple[str, ...]
    rows: Callable[[Exported], Iterator[Row]]
    whose: str = ""

    @property
    def row(self) -> str:
        """What one row is."""
        return QUERY_TABLES[self.name].row

    @property
    def columns(self) -> dict[str, QueryColumn]:
        """The columns as queries know them; an event's marks are JSON here, for they differ by type."""
        known = {**QUERY_TABLES[self.name].columns, **({"marks": _MARKS} if self.name == "events" else {})}
        return {name: column for name, column in known.items() if name not in _OF_A_QUERY}


_OF_A_QUERY = ("place", "paired", "baseline")  # they are about the order in which a query was given its ensembles
_MARKS = QueryColumn("VARCHAR", "its values by name, as JSON; at the start of a run its parameters", required=False)


def title_of(name: str) -> str:
    """Return a table's or a column's name as a title."""
    return name.replace("_", " ").capitalize()


def _ensembles(exported: Exported) -> Iterator[Row]:
    scenario, results = exported.scenario, exported.results
    source = results.source
    yield (
        exported.short, scenario.name, scenario.title, scenario.question or None, in_sentences(scenario) or None,
        exported.model.name, source.ensemble, source.root, source.settings.seed, exported.experiment.spec["parameters"],
        source.settings.runs_per_draw, results.count, results.failed, scenario.start, exported.date(scenario.start),
        scenario.horizon, exported.date(scenario.horizon), exported.model.calendar.unit,
    )  # fmt: skip


def _runs(exported: Exported) -> Iterator[Row]:
    per_draw = exported.results.source.settings.runs_per_draw
    for run, log in exported.logs():
        last = log[-1]
        failed = last.kind == "failed"
        ended = last.type if failed else last.note
        first = first_ending(exported.model, (*exported.scenario.past, *log))
        yield (
            exported.short, run, run // per_draw, failed, is_whole(log), ended, first.type if first else ended,
            exported.since_branch(last), exported.date(last.time), len(log),
        )  # fmt: skip


def _outcomes(exported: Exported) -> Iterator[Row]:
    runs, start = exported.results.runs, exported.scenario.start
    for index, run in enumerate(runs.numbers):
        for name, times in runs.times.items():
            time = float(times[index])
            if np.isfinite(time):
                yield exported.short, int(run), name, time, exported.date(start + time)


def _measures(exported: Exported) -> Iterator[Row]:
    runs = exported.results.runs
    cut, broken = runs.stopped, runs.broken
    for index, run in enumerate(runs.numbers):
        for name, values in () if broken[index] else runs.measures.items():
            yield exported.short, int(run), name, *value_or_why(float(values[index]), stopped=bool(cut[index]))


def _parameters(exported: Exported) -> Iterator[Row]:
    runs = exported.results.runs
    for index, run in enumerate(runs.numbers):
        for name, values in runs.parameters.items():
            yield exported.short, int(run), name, float(values[index])


def _events(exported: Exported) -> Iterator[Row]:
    for run, log in exported.logs():
        for event in log:
            marks = exported.marks(event)
            yield (
                exported.short, run, event.sequence, exported.since_branch(event), exported.date(event.time),
                event.kind, event.type, event.rule or None, event.faction or None, event.occurrence,
                json.dumps(marks, ensure_ascii=False) if marks else None, event.note or None,
            )  # fmt: skip


TABLES = (
    ExportTable("ensembles", ("ensemble",), _ensembles),
    ExportTable("runs", ("ensemble", "run"), _runs, "ensembles"),
    ExportTable("outcomes", ("ensemble", "run", "outcome"), _outcomes, "runs"),
    ExportTable("measures", ("ensemble", "run", "measure"), _measures, "runs"),
    ExportTable("parameters", ("ensemble", "run", "parameter"), _parameters, "runs"),
    ExportTable("events", ("ensemble", "run", "sequence"), _events, "runs"),
)
