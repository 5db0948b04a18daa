"""Outcomes by date: the times that are asked for, and how likely each outcome is by then, as data."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.analysis.incidence import MILESTONES
from sim.analysis.results import Results
from sim.errors import UsageError
from sim.model.scenario import Scenario

EXTRA = ("incidence", "times")  # the queries that give these figures again
STEPS = 4  # dates that are shown where none is asked for


def times_asked(scenario: Scenario, dates: Sequence[str]) -> tuple[float, ...]:
    """Return the times of dates, in order, or of equal steps to the horizon if there are none.

    A day is its end; without an origin dates are numbers. Raise UsageError E016 for a time not within the runs.
    """
    calendar = scenario.model.calendar
    if not dates:
        step = (scenario.horizon - scenario.start) / STEPS
        return (*(scenario.start + step * number for number in range(1, STEPS)), scenario.horizon)
    found = []
    for text in dates:
        try:
            time = calendar.closing(text) if calendar.origin else float(text)
        except ValueError as error:
            raise UsageError("E016", f"'{text}' is not a time by which to ask: {error}") from None
        if not scenario.start <= time <= scenario.horizon:
            raise UsageError(
                "E016", f"'{text}' does not lie within the runs",
                f"they go from {calendar.moment(scenario.start)} to {calendar.moment(scenario.horizon, hour=True)}",
                *([f"'{text}' means {calendar.moment(time)}"] if calendar.ends_day(time) else []),
            )  # fmt: skip
        found.append(time)
    return tuple(sorted(set(found)))


def as_data(results: Results, dates: Sequence[str] = ()) -> dict[str, Any]:
    """Give the results with outcomes by date and first times, as JSON-ready data."""
    times = times_asked(results.scenario, dates)
    calendar, start = results.model.calendar, results.scenario.start
    data = results.as_data()
    both = results.model.goes_on
    listed = [(name, found, False) for name, found in data["outcomes"].items()]
    listed += [(name, found["first"], True) for name, found, _ in listed if both and name in results.ending]
    for name, found, is_first in listed:
        curve = results.incidence(name, [time - start for time in times], first=is_first)
        first = results.milestone(name, first=is_first)
        found["by"] = [
            {
                "time": since,
                "date": date.isoformat() if (date := calendar.date_of(time)) else None,
                "moment": calendar.moment(time, hour=True),
                **asdict(share),
                "share": share.share,
            }
            for time, since, share in zip(times, curve.times, curve.shares, strict=True)
        ]
        found["band"] = curve.band
        found["first_time"] = {
            "quantiles": {f"{share:g}": asdict(first.quantiles[share]) for share in MILESTONES},
            "median_if_reached": asdict(first.median_if),
            "restricted_mean": asdict(first.restricted_mean),
            "limit": first.limit,
        }
    data["queries"] += [f"sim query @{name} {results.asked_of}" for name in EXTRA]
    return data
