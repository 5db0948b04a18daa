"""Time on a picture's axis: dates where a model has them, else its own numbers; and the past that a scenario has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sim.language.expressions.types import SECONDS
from sim.model.evidence.documented import Documented
from sim.model.scenario import Scenario
from sim.report.pictures.style import Spec

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale
DOUBT = {"alleged": " ?", "disputed": " ??"}


@dataclass(frozen=True)
class Axis:
    """The time axis of a picture from `first` to `last`, `pixels` wide, in the unit of a scenario's model."""

    scenario: Scenario
    first: float
    last: float
    pixels: float

    @property
    def dated(self) -> bool:
        return None not in map(self.scenario.model.calendar.date_of, (self.first, self.last))

    def value(self, time: float) -> float:
        """Return what the data hold for a time: milliseconds since 1970 where there are dates, else the time."""
        return _milliseconds(self._date(time)) if self.dated else time

    def _date(self, time: float) -> datetime:
        date = self.scenario.model.calendar.date_of(time)
        assert date is not None, "the axis lies within the calendar"
        return date

    def place(self, time: float) -> float:
        """Return how many pixels from the axis' beginning a time lies."""
        return (time - self.first) / (self.last - self.first) * self.pixels

    def encoding(self, field: str = "time") -> Spec:
        """Encode a field of such values as x."""
        domain = [self.value(self.first), self.value(self.last)]
        count = max(2, int(self.pixels / 75))
        if not self.dated:
            calendar = self.scenario.model.calendar
            title = "the model's time" if calendar.abstract else f"{calendar.unit}s since the model's time 0"
            axis: Spec = {"title": title, "tickCount": count, "grid": False}
            return {"field": field, "type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": axis}
        marks = {str(_milliseconds(tick)): text for tick, text in self.ticks(count)}
        axis = {
            "title": None, "grid": False, "values": [int(value) for value in marks],
            "labelExpr": f"{json.dumps(marks)}[toNumber(datum.value)]",
        }  # fmt: skip
        scale = {"type": "utc", "domain": domain, "nice": False}
        return {"field": field, "type": "temporal", "scale": scale, "axis": axis}

    def ticks(self, count: int) -> list[tuple[datetime, list[str]]]:
        """Return about so many dates within the axis, each with its label: the year where it is new."""
        first, last = self._date(self.first), self._date(self.last)
        hours = max((last - first).total_seconds() / 3600 / count, 1.0)
        made: list[tuple[datetime, list[str]]] = []
        for tick in _dates(first, last, hours):
            new_year = not made or made[-1][0].year != tick.year
            label = [_day(tick), *([str(tick.year)] if new_year else [])]
            if hours > 24 * 365 / 2:
                label = [str(tick.year)]
            elif hours < 24:
                label = [f"{tick:%H:%M}", *([_day(tick)] if not made or tick.hour == 0 else [])]
            made.append((tick, label))
        return made

    def day(self, time: float) -> str:
        """Write a time as people do, without its year: `9 Sep`, or as a number."""
        date = self.scenario.model.calendar.date_of(time) if self.dated else None
        if date is None:
            return f"{time:.4g}"
        three_days = 3 * SECONDS["day"] / SECONDS[self.scenario.model.calendar.unit]
        return _day(date) + (f" {date:%H:%M}" if self.last - self.first <= three_days else "")

    def moment(self, time: float) -> str:
        """Write a time in full: `9 Sep 2014`, `9 Sep 2014 12:00`, `the end of 9 Sep 2014`, or as a number."""
        calendar = self.scenario.model.calendar
        date = calendar.date_of(time) if self.dated else None
        if date is None:
            return f"time {time:.4g}"
        day = f"{_day(date)} {date.year}"
        if calendar.ends_day(time):
            return f"the end of {day}"
        return f"{day} {date:%H:%M}" if date.hour or date.minute else day


def _day(date: datetime) -> str:
    return f"{date.day} {MONTHS[date.month - 1]}"


def _milliseconds(date: datetime) -> int:
    return round(date.replace(tzinfo=UTC).timestamp() * 1000)


def _dates(first: datetime, last: datetime, hours: float) -> Iterator[datetime]:
    """Yield round dates about so many hours apart: of years, of months, of weeks, of days or of hours."""
    if hours > 24 * 20:
        steps = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)))
        months = next(step for step in steps if hours <= step * 24 * 31)
        number = (first.year * 12 + first.month - 1) // months * months
        while number // 12 <= last.year:
            tick = datetime(max(1, number // 12), number % 12 + 1, 1)  # noqa: DTZ001 - dates here carry no zone
            if first <= tick <= last:
                yield tick
            number += months
        return
    step = next((step for step in (1, 2, 3, 6, 12, 24, 48, 72, 168, 336) if hours <= step * 1.2), 336)
    tick = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while tick <= last:
        if tick >= first:
            yield tick
        tick += timedelta(hours=step)


def documented_past(scenario: Scenario, documented: tuple[Documented, ...]) -> tuple[Documented, ...]:
    """Return the documented events before a scenario's branch, in their order."""
    return documented[: sum(event.kind == "documented" for event in scenario.past)]


def short(item: Documented) -> str:
    """Name a documented event in a few words, with `?` if it is only alleged and `??` if it is disputed."""
    return item.id.replace("-", " ").replace("_", " ") + DOUBT.get(item.status, "")
