"""A scenario's moment, to be given to another scenario: where it branches and how long its runs last, and nothing else.

Owns how the two are written as lines of a scenario file, so that they are read back to the last bit, and in words.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sim.language.expressions.types import Calendar
from sim.model.evidence.documented import Documented
from sim.model.scenario import Scenario

LONGEST_NAME = 100


@dataclass(frozen=True)
class Moment:
    """Lines of a scenario file that give the moment to the scenario that it extends, and what sets that one apart.

    `words` follow the title of the extended scenario, `suffix` its id.
    """

    lines: tuple[str, ...]
    words: str
    suffix: str

    def name(self, name: str) -> str:
        """Return an id for the scenario `name` at this moment, no longer than an id may be."""
        return name[: LONGEST_NAME - len(self.suffix)] + self.suffix


def moment_of(scenario: Scenario, documented: Sequence[Documented], since: Scenario) -> Moment:
    """Return the moment of `scenario` for one that extends `since`: only its horizon, if it branches from a run."""
    calendar = scenario.model.calendar
    lineage = scenario.lineage
    if lineage is not None:
        where = f", from event {lineage.event} of run {lineage.run} of {lineage.ensemble[:12]}"
        suffix = f"-from-{lineage.ensemble[:12]}-{lineage.run}-{lineage.event}"
        lines = [f"horizon: {_length(calendar, scenario.horizon, since.start)}"]
    else:
        stands = sum(event.kind == "documented" for event in scenario.past)
        key, value = _branch(scenario, documented, stands)
        before = key == "before"  # the event says the time of day
        where = f", from {in_words(calendar, scenario.start, day=before)}" + (f" (before {value})" if before else "")
        suffix = f"-from-{_slug(calendar, scenario.start, day=before)}" + (f"-before-{value}" if before else "")
        lines = [f"branch: {{{key}: '{value}'}}", f"horizon: {_length(calendar, scenario.horizon, scenario.start)}"]
    if scenario.horizon != since.horizon:
        where += f" to {in_words(calendar, scenario.horizon, closing=True)}"
        suffix += f"-to-{_slug(calendar, scenario.horizon)}"
    return Moment(tuple(lines), where, suffix[-LONGEST_NAME + 1 :])


def _branch(scenario: Scenario, documented: Sequence[Documented], stands: int) -> tuple[str, str]:
    """Return the key of a branch and its value: the event beside which it lies, or its time."""
    if stands and documented[stands - 1].event.time == scenario.start:
        return "after", documented[stands - 1].id
    if stands < len(documented) and documented[stands].event.time == scenario.start:
        return "before", documented[stands].id
    calendar = scenario.model.calendar
    date = _exact_date(calendar, scenario.start)
    return "at", date or f"{scenario.start!r}{_unit(calendar)}"


def _length(calendar: Calendar, horizon: float, start: float) -> str:
    """Write a horizon for a scenario that branches at `start`: as a date, or as the length of time that gives it."""
    date = _exact_date(calendar, horizon)
    if date is not None:
        return f"'{date}'"
    near = horizon - start
    lengths = (near, math.nextafter(near, math.inf), math.nextafter(near, 0.0))
    exact = next((length for length in lengths if start + length == horizon), near)
    return f"'{exact!r}{_unit(calendar)}'"


def _unit(calendar: Calendar) -> str:
    return "" if calendar.abstract else f" {calendar.unit}s"


def _exact_date(calendar: Calendar, time: float) -> str | None:
    """Write a time as a date, if a date means just this time."""
    found = calendar.date_of(time)
    if found is None:
        return None
    text = found.isoformat()
    return text if calendar.at(text) == time else None


def in_words(calendar: Calendar, time: float, *, day: bool = False, closing: bool = False) -> str:
    """Write a time as people do: 29 August 2014, with the time of day where it is not midnight, or only the day.

    The end of a day is said to be that. Of what is `closing` a span midnight is written, too: `29 August 2014, 00:00`,
    which nobody takes for the end of that day.
    """
    found = calendar.date_of(time)
    if found is None:
        return f"time {time:.12g}"
    if calendar.ends_day(time):
        return f"the end of {found.day} {found:%B %Y}"
    at_midnight = (found.hour, found.minute, found.second) == (0, 0, 0)
    return f"{found.day} {found:%B %Y}" + (", 00:00" if closing and at_midnight else _clock(found, ", ", day=day))


def _slug(calendar: Calendar, time: float, *, day: bool = False) -> str:
    found = calendar.date_of(time)
    text = f"{time:.12g}" if found is None else f"{found:%Y-%m-%d}" + _clock(found, "-", day=day)
    return re.sub(r"[^a-z0-9_.-]", "", text)


def _clock(date: datetime, before: str, *, day: bool) -> str:
    if day or not (date.hour or date.minute or date.second):
        return ""
    return before + (f"{date:%H:%M:%S}" if date.second else f"{date:%H:%M}")
