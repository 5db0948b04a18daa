"""When outcomes come true, as tables of text: by which date how likely, and the first time of each."""

from collections.abc import Callable, Sequence

from sim.analysis import labels
from sim.analysis.by_date import times_asked
from sim.analysis.results import Results
from sim.language.expressions.types import Calendar
from sim.report import result_tables as of_results
from sim.report.table import Table, sided
from sim.statistics.estimates import BOTH_WAYS, NO_INTERVAL, Estimate, Proportion


def tables(results: Results, dates: Sequence[str] = ()) -> list[Table]:
    """Return the outcomes by date, their first times, and the measures."""
    times = times_asked(results.scenario, dates)
    if not results.outcomes:
        return of_results.tables(results)
    shown = of_results.endings_before(results)
    return [
        _incidence_table(results, shown, times),
        _times_table(results, shown),
        *([of_results.measures_table(results)] if results.measures else []),
    ]


def _incidence_table(results: Results, shown: Sequence[labels.Counted], times: Sequence[float]) -> Table:
    calendar, start = results.model.calendar, results.scenario.start
    moments = [calendar.moment(time, hour=True).replace("the end of ", "the end of\n") for time in times]
    since = [time - start for time in times]
    curves = {one: results.incidence(one.outcome, since, first=one.first) for one in shown}

    def written(share: Proportion) -> str:
        return str(share) if share.bounded else f"{share} ({share.interval})"

    rows = [(_short(results, one), *map(written, curve.shares)) for one, curve in curves.items()]
    band = next(iter(curves.values())).band if curves else 1.0
    caption = (
        "How likely each is by then, with 95 % intervals that each hold by themselves; 'below' and 'above' are 95 % "
        f"bounds. A whole curve lies within {band * 100:.1f} points of the estimate with 95 %."
    )
    columns = sided(["outcome"], [f"by {moment}" for moment in moments])
    return Table(
        title=f"{results.scenario.title}: how likely by when", columns=columns, rows=rows, caption=caption, grid=True
    )


def _short(results: Results, one: labels.Counted) -> str:
    return labels.short(results.model, one.outcome, first=one.first)


def _times_table(results: Results, shown: Sequence[labels.Counted]) -> Table:
    calendar, start = results.model.calendar, results.scenario.start

    def when(found: Estimate) -> str:
        if found.value is None:
            return _open_ended(found, lambda time: _day(calendar, start + time))
        middle = _day(calendar, start + found.value)
        if found.method == NO_INTERVAL:
            return middle
        ends = ["?" if end is None else _day(calendar, start + end, middle) for end in (found.low, found.high)]
        return f"{middle} ({ends[0]} to {ends[1]})"

    unit = "" if calendar.abstract else f" {calendar.unit}s"
    mean_without = f"mean time without,\nup to {results.length:.4g}{unit}"
    figures = ["a tenth of all\nruns by", "a quarter by", "half by", "if it comes,\nhalf by", mean_without]
    rows = []
    for one in shown:
        found = results.milestone(one.outcome, first=one.first)
        mean = found.restricted_mean
        ends = "" if mean.low is None or mean.high is None else f" ({mean.low:.4g} to {mean.high:.4g})"
        times = [when(found.quantiles[share]) for share in (0.1, 0.25, 0.5)]
        if_it_comes = when(found.median_if) if found.median_if.runs else ""
        without = ends.strip() if mean.value is None else f"{mean.value:.4g}{ends}"
        rows.append((_short(results, one), *times, if_it_comes, without))
    without = "A run that ended without it" if results.model.stops_early else "A run without it by the horizon"
    caption = (
        f"In brackets: 95 % intervals, '?' where too few runs bound it. '-': not in so many runs. {without} is one in "
        "which it never comes."
    ) + ("" if results.draws is None else " With --draws, times have none.")
    return Table(
        title="When it first comes", columns=sided(["outcome"], figures), rows=rows, caption=caption, grid=True
    )


def _open_ended(found: Estimate, written: Callable[[float], str]) -> str:
    """Write a time that has no one value: between which ends it lies where runs broke off, else that it never comes."""
    if not found.method.endswith(BOTH_WAYS) or found.low is None:
        return "-"
    return f"{written(found.low)} or later" if found.high is None else f"{written(found.low)} to {written(found.high)}"


def _day(calendar: Calendar, time: float, beside: str = "") -> str:
    """Write the day of a time, without its year where that stands beside it; or a number where there are no dates."""
    date = calendar.date_of(time)
    if date is None:
        return calendar.moment(time)
    day = f"{date:%Y-%m-%d}"
    return day[5:] if day[:4] == beside[:4] else day
