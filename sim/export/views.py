"""Draws of a monthly count for a country, in the columns in which ViEWS exchanges forecasts of conflict.

A run is a draw. The amounts of one measure fall into the calendar month of their events.
"""

import math
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.labels import measured
from sim.analysis.results import in_shown_order
from sim.analysis.unfollowed import withheld
from sim.build.words.assumptions import assumptions
from sim.errors import SimError, UsageError
from sim.experiment import EachRun, Experiment, record
from sim.export.ensembles import LOCAL, Exported, Request, refuse_without_dates
from sim.export.folder import Paragraph, paragraphs, write_json, write_text
from sim.language.suggest import did_you_mean
from sim.model.event import Log, is_whole
from sim.model.measures import amounts
from sim.model.measuring.quantities import CountOf, Measure, SumOf
from sim.model.model import Model
from sim.model.program import Program
from sim.model.scenario import Scenario

FIRST_YEAR = 1980  # month 1 of ViEWS is January 1980


@dataclass(frozen=True)
class Month:
    """A calendar month by its ViEWS's number and its first moment, and what share of it the runs cover."""

    number: int
    first: datetime
    covered: float

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def check(experiments: Sequence[Experiment], request: Request) -> None:
    """Raise UsageError E014 without dates, without a country, or without a measure that is a sum or a count."""
    if request.country is None:
        note = "expected ViEWS's own number of the country, from its table of countries; it is not known here"
        raise UsageError("E014", "the format 'views' needs --country-id", note)
    refuse_without_dates("views", experiments, request)
    for experiment in experiments:
        measure_of(experiment.scenario.model, request.measure)
        start = experiment.scenario.model.calendar.date_of(experiment.scenario.start)
        if start is not None and month_id(start) < 1:
            raise UsageError("E014", f"'{experiment.scenario.name}' branches before ViEWS's first month, January 1980")


def measure_of(model: Model, name: str | None) -> Measure:
    """Return the measure of that name, or the first that is a sum. Raise UsageError E014 if there is none such."""
    order = in_shown_order(model, "measures", model.measures)
    countable = [known for known in order if isinstance(model.measures[known].quantity, SumOf | CountOf)]
    if name is None:
        sums = [known for known in order if isinstance(model.measures[known].quantity, SumOf)]
        if not sums:
            notes = [f"--measure takes one that counts events: {', '.join(countable)}"] if countable else []
            raise UsageError("E014", f"the model '{model.name}' has no measure of kind sum", *notes)
        return model.measures[sums[0]]
    if name not in model.measures:
        raise UsageError("E014", f"the model '{model.name}' has no measure '{name}'", *did_you_mean(name, countable))
    if name not in countable:
        kind = model.measures[name].quantity.kind
        notes = [f"of these kinds are {', '.join(countable)}"] if countable else []
        raise UsageError("E014", f"'{name}' is of kind {kind}, and only a sum or a count falls into months", *notes)
    return model.measures[name]


def write(exported: Sequence[Exported], request: Request, folder: Path) -> None:
    """Write one Parquet file for each ensemble, and what they hold."""
    assert request.country is not None, "it was asked for before"
    files = []
    for one in exported:
        measure, months, path = measure_of(one.model, request.measure), months_of(one), folder / f"{one.label}.parquet"
        draws = _write_draws(one, measure, months, request.country, path)
        files.append(_described(one, measure, months, path.name, draws))
    write_json(folder / "metadata.json", {"country_id": request.country, "dates": LOCAL, "files": files})
    write_text(folder / "README.txt", _readme(files))


def months_of(exported: Exported) -> tuple[Month, ...]:
    """Return the months from the branch to the horizon; one that begins at the horizon is none of them."""
    start, end = exported.span()
    # A day's end is its last second as a date, and the whole day is covered.
    rest = timedelta(seconds=exported.model.calendar.ends_day(exported.scenario.horizon))
    last = max(month_id(start), month_id(end if rest else end - timedelta(microseconds=1)))
    return tuple(_month(number, start, end, rest) for number in range(month_id(start), last + 1))


def month_id(date: datetime) -> int:
    """Return ViEWS's number of a date's month."""
    return (date.year - FIRST_YEAR) * 12 + date.month


def _month(number: int, start: datetime, end: datetime, rest: timedelta) -> Month:
    years, months = divmod(number - 1, 12)
    first = datetime(FIRST_YEAR + years, months + 1, 1)  # noqa: DTZ001 - local, as all dates of a model
    length = timedelta(days=monthrange(first.year, first.month)[1])
    from_, to = max(start - first, timedelta()), min(end - first + rest, length)
    return Month(number, first, (to - from_) / length)


def _write_draws(exported: Exported, measure: Measure, months: Sequence[Month], country: int, path: Path) -> int:
    """Write the draws, month by month and run by run, and return how many there are of each month."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    projection = partial(by_month, measure.name, months[0].number, len(months))
    if exported.results.withheld:
        raise withheld(exported.scenario.name, exported.results.runs)
    _, found = record(exported.experiment, exported.runs, EachRun(projection))
    made = [(run, row) for run, row in enumerate(chain.from_iterable(found)) if row is not None]
    if not made:
        raise SimError("E014", f"all runs of '{exported.scenario.name}' failed", "there is no draw to export")
    for run, row in made:
        if min(row) < 0:
            where = f"{months[row.index(min(row))]} of run {run} of '{exported.scenario.name}'"
            note = "ViEWS counts from 0 up: choose a measure that cannot be negative"
            raise SimError("E014", f"'{measure.name}' is {min(row):g} in {where}", note)
    values = np.array([row for _, row in made], dtype=np.float64).T
    draws = values.shape[1]
    numbers = np.array([month.number for month in months], dtype=np.int64)
    columns = {
        "month_id": np.repeat(numbers, draws),
        "country_id": np.full(values.size, country, dtype=np.int64),
        "draw": np.tile(np.arange(draws, dtype=np.int64), len(numbers)),
        "outcome": values.reshape(-1),
    }
    schema = pa.schema([
        pa.field(name, pa.from_numpy_dtype(column.dtype), nullable=False) for name, column in columns.items()
    ])  # fmt: skip
    pq.write_table(pa.table(columns, schema=schema), path, compression="zstd")
    return int(draws)


def by_month(
    name: str, first: int, months: int, program: Program, scenario: Scenario, run: int, log: Log
) -> tuple[float, ...] | None:
    """Return what a measure amounts to in each month of one run: a projection.

    None if that is not known: of a run that failed or was stopped, and where an amount has no value. Together they are
    what the measure is over the whole run. An event at the horizon belongs to the last month.
    """
    if not is_whole(log):
        return None
    found = [0.0] * months
    for time, amount in amounts(program, scenario, log, name):
        date = program.model.calendar.date_of(time)
        assert date is not None, f"run {run} is of a model with dates: others were refused"
        found[min(max(month_id(date) - first, 0), months - 1)] += amount
    return tuple(found) if all(map(math.isfinite, found)) else None


def _described(exported: Exported, measure: Measure, months: Sequence[Month], name: str, draws: int) -> dict[str, Any]:
    scenario, calendar = exported.scenario, exported.model.calendar
    return {
        "file": name,
        "scenario": scenario.name,
        "title": scenario.title,
        "assumes": [str(one) for one in assumptions(scenario)],
        "ensemble": exported.ensemble.id,
        "measure": measure.name,
        "measure_title": measure.title,
        "measure_counted": measured(exported.model, measure.name),
        "draws": draws,
        "failed_runs_left_out": exported.results.failed,
        "runs_left_out": exported.runs - draws,
        "branch": calendar.moment(scenario.start),
        "horizon": calendar.moment(scenario.horizon, hour=True),
        "months": [
            {"month_id": month.number, "month": str(month), "share_covered": round(month.covered, 4)}
            for month in months
        ],
        "partly_covered": [month.number for month in months if month.covered < 1],
    }


def _readme(files: Sequence[dict[str, Any]]) -> str:
    texts: list[Paragraph] = [
        "Draws of a monthly count, in the columns in which ViEWS (https://viewsforecasting.org) exchanges forecasts.",
        (
            "month_id    1 is January 1980, 2 is February 1980",
            "country_id  ViEWS's own number of the country, as it was given to the export",
            "draw        from 0; a draw is a run, in the order of their numbers; left out are runs that failed, were "
            "stopped at the limit of events, or have no value",
            "outcome     what the measure amounts to in that month of that run; 0 or more, never missing",
        ),
        f"Months are calendar months by the {LOCAL}. What happened before the branch is not in the draws, and after "
        "the horizon nothing is simulated, so the first and the last month may be covered in part only: such a month "
        "must not be taken for a whole one. A run that an outcome ended has 0 in the months after its end, because "
        "nothing is simulated there.",
    ]
    for item in files:
        partly = [month for month in item["months"] if month["share_covered"] < 1]
        listed = ", ".join(f"{month['month_id']} ({month['month']}): {month['share_covered']:.0%}" for month in partly)
        texts.append(
            f"{item['file']}: scenario '{item['scenario']}', measure '{item['measure']}' "
            f"({item['measure_title']}, {item['measure_counted']}), "
            f"from {item['branch']} to {item['horizon']}, {item['draws']:,} draws of each month. "
            f"Covered in part: {listed or 'no month'}."
        )
    return paragraphs(*texts)
