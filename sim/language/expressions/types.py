"""Types and units: what kind of value an expression has, and in which unit.

A unit is a product of powers of base units; `time` is the base unit of every length of time. Units are
checked, never converted at run time: literals and parameters are brought to the model's time unit when
they are read.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sim.language.expressions.dates import why_no_date

Unit: TypeAlias = tuple[tuple[str, int], ...]

PLAIN: Unit = ()
TIME: Unit = (("time", 1),)
RATE: Unit = (("time", -1),)

INTEGER_LIMIT = 2**53  # whole numbers of no greater size are exact as floats
LONGEST_IN_FULL = 1e9  # a length of time from which on a power of ten is written
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
TIME_WORDS = {
    **{word: unit for unit in SECONDS for word in (unit, unit + "s")},
    "s": "second", "min": "minute", "h": "hour", "d": "day", "w": "week",
}  # fmt: skip

DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"


@dataclass(frozen=True, slots=True)
class Bool:
    """The type of conditions."""

    def __str__(self) -> str:
        return "a condition"


@dataclass(frozen=True, slots=True)
class Integer:
    """The type of whole numbers. `unit` is None where a literal 0 fits every unit."""

    unit: Unit | None = PLAIN

    def __str__(self) -> str:
        return "a whole number" + (f" in {shown(self.unit)}" if self.unit else "")


@dataclass(frozen=True, slots=True)
class Real:
    """The type of real numbers. `unit` is None where a literal 0 fits every unit."""

    unit: Unit | None = PLAIN

    def __str__(self) -> str:
        if self.unit in (TIME, RATE):
            return "a length of time" if self.unit == TIME else "a rate per time"
        return "a number" + (f" in {shown(self.unit)}" if self.unit else "")


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The type of one of some words; a value is kept as its place among them."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return "one of " + ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class Instant:
    """The type of dates."""

    def __str__(self) -> str:
        return "a date"


Number: TypeAlias = Integer | Real
Type: TypeAlias = Bool | Number | Enumeration | Instant

BOOL = Bool()
INT = Integer()
REAL = Real()
DURATION = Real(TIME)
RATE_TYPE = Real(RATE)
INSTANT = Instant()


def shown(unit: Unit | None) -> str:
    """Write a unit as people do: `1/time`, `soldier*time`.

    >>> shown((("time", -1),))
    '1/time'
    """
    if not unit:
        return "no unit"
    over = "*".join(name if power == 1 else f"{name}^{power}" for name, power in unit if power > 0)
    under = "/".join(name if power == -1 else f"{name}^{-power}" for name, power in unit if power < 0)
    return (over or "1") + (f"/{under}" if under else "")


def product(left: Unit | None, right: Unit | None, power: int = 1) -> Unit | None:
    """Multiply two units, the second raised to `power`. A free unit (None), that of a literal 0, stays free."""
    if left is None or right is None:
        return None
    powers = dict(left)
    for name, exponent in right:
        powers[name] = powers.get(name, 0) + power * exponent
    return tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))


@dataclass(frozen=True)
class Calendar:
    """The model's time: its unit, the date of time 0 if it has dates, and the base units declared."""

    unit: str
    origin: datetime | None = None
    units: tuple[str, ...] = ()

    @property
    def abstract(self) -> bool:
        return self.unit == "abstract"

    @property
    def ticks(self) -> float:
        """How many of the smallest steps that are told apart make a unit: microseconds, or 1e-9 of abstract time."""
        return 1e9 if self.abstract else SECONDS[self.unit] * 1e6

    def words(self) -> set[str]:
        return {*self.units, *(() if self.abstract else TIME_WORDS)}

    def duration(self) -> Type:
        return REAL if self.abstract else DURATION

    def rate(self) -> Type:
        return REAL if self.abstract else RATE_TYPE

    def instant(self) -> Type:
        return REAL if self.abstract else INSTANT

    def unit_word(self, unit: Unit) -> str:
        """Write a unit in the model's own words, as `unit_of` reads it; "" for none.

        >>> Calendar("day").unit_word((("time", -1),))
        '1/day'
        """
        return shown(tuple((self.unit if base == "time" else base, power) for base, power in unit)) if unit else ""

    def unit_of(self, text: str) -> tuple[Unit, float]:
        """Return the unit that `text` names, such as `1/day`, and the factor into the model's own.

        Raise ValueError with the word that is not a unit.
        """
        unit: Unit = PLAIN
        factor = 1.0
        sign = 1
        for part in re.split(r"([*/])", re.sub(r"\bper\b", "/", text).replace(" ", "")):
            if part in ("*", "/"):
                sign = 1 if part == "*" else -1
            elif part not in ("1", ""):
                word, _, power = part.partition("^")
                if not re.fullmatch(r"-?[0-9]|", power):
                    raise ValueError(part)
                exponent = sign * int(power or 1)
                base, scale = self._base(word)
                unit = product(unit, ((base, 1),), exponent) or PLAIN
                factor *= scale**exponent
        if not 0 < factor < float("inf"):
            raise ValueError(text)
        return unit, factor

    def _base(self, word: str) -> tuple[str, float]:
        if not self.abstract and word in TIME_WORDS:
            return "time", SECONDS[TIME_WORDS[word]] / SECONDS[self.unit]
        if word in self.units:
            return word, 1.0
        raise ValueError(word)

    def at(self, text: str) -> float:
        """Return the time of a date, a day being its beginning: that of what opens or happens.

        Raise ValueError if it is none, or the model has no dates.
        """
        if self.origin is None:
            raise ValueError("this model has no dates: its time has no origin")
        return (date(text) - self.origin).total_seconds() / SECONDS[self.unit]

    def placed(self, time: float) -> str:
        """Return when something happens, for a sentence: `on 2014-09-12`, or without dates how long after time 0."""
        if self.origin is not None:
            return f"{'at' if self.ends_day(time) else 'on'} {self.moment(time)}"
        return f"at time {time:.4g}" if self.abstract else f"{time:.4g} {self.unit}s after time 0"

    def closing(self, text: str) -> float:
        """Return the time at which a date closes something: a day does so with its end, a time of day as it stands.

        Raise ValueError as `at` does.
        """
        return self.end_of_day(self.at(text)) if is_day(text) else self.at(text)

    def end_of_day(self, time: float) -> float:
        """Return the end of the day that begins at a time of a model with dates; a time within a day as it is.

        It is the day's last millisecond: a day is over at midnight, and what happens then belongs to the next one. So
        large a step makes sure that neither adding and subtracting times nor a clock's own rounding crosses midnight.
        """
        seconds = round(time * SECONDS[self.unit])
        if not self._at_midnight(seconds):
            return time
        return ((seconds + SECONDS["day"]) * 1000 - 1) / (SECONDS[self.unit] * 1000)

    def ends_day(self, time: float) -> bool:
        """Return whether a time is the end of a day: the last moment that belongs to it."""
        if self.origin is None:
            return False
        exact = time * SECONDS[self.unit]
        return math.isfinite(exact) and self._at_midnight(round(exact)) and 0.0005 < round(exact) - exact < 0.0015

    def _at_midnight(self, seconds: int) -> bool:
        """Return whether a day begins so many seconds after the origin."""
        return (self.seconds_of_day + seconds) % SECONDS["day"] == 0

    @property
    def seconds_of_day(self) -> int:
        """How many seconds of its day had passed at the origin, in a model with dates."""
        assert self.origin is not None, "only what has dates has days"
        return (self.origin - datetime.min).seconds  # noqa: DTZ901 - dates here carry no zone

    def date_of(self, time: float) -> datetime | None:
        """Return the date of a time, to the second, if the model has dates and it lies within the calendar.

        The end of a day is its last second, 23:59:59, so that the date is that of the day that it ends.
        """
        if self.origin is None:
            return None
        try:
            return self.origin + timedelta(seconds=round(time * SECONDS[self.unit]) - self.ends_day(time))
        except OverflowError:
            return None

    def length(self, time: float, *, digits: int = 6) -> str:
        """Write a length of time in the model's unit: `10 days`, `0.5 days`, `1 day`; a number in abstract time."""
        number = f"{time:.{digits}g}"
        if "e+" in number and abs(time) < LONGEST_IN_FULL:
            number = f"{float(number):,.0f}"
        return number if self.abstract else f"{number} {self.unit}" + ("" if number == "1" else "s")

    def moment(self, time: float, *, hour: bool = False) -> str:
        """Write a time as a date, with the hour where it is not midnight, or as a number where there are no dates.

        The end of a day is said to be that: `the end of 2014-09-12`. With `hour` midnight is written, too:
        `2014-09-12 00:00`, which nobody takes for the end of that day where it closes something.
        """
        found = self.date_of(time)
        if found is None:
            return f"{time:.4g}"
        if self.ends_day(time):
            return f"the end of {found:%Y-%m-%d}"
        at_midnight = (found.hour, found.minute, found.second) == (0, 0, 0)
        return f"{found:%Y-%m-%d}" if at_midnight and not hour else f"{found:%Y-%m-%d %H:%M}"


def is_day(text: str) -> bool:
    """Return whether a text is a date without a time of day."""
    return re.fullmatch(DATE, text) is not None and "T" not in text


def day_after(text: str) -> str | None:
    """Return the day after a date, None where the calendar ends. Raise ValueError if it is not a date."""
    try:
        return f"{date(text) + timedelta(days=1):%Y-%m-%d}"
    except OverflowError:
        return None


def date(text: str) -> datetime:
    """Read `2014-09-12` (its beginning, 00:00) or `2014-09-12T14:30`. Raise ValueError on anything else."""
    if not re.fullmatch(DATE, text):
        raise ValueError(why_no_date(text))
    try:
        return datetime.fromisoformat(text)  # dates here are local to the crisis and carry no zone
    except ValueError:
        raise ValueError(why_no_date(text)) from None


def common(left: Type, right: Type) -> Type | None:
    """Return the type that both fit, None if there is none: int widens to real, a literal 0 takes any unit."""
    if isinstance(left, Number) and isinstance(right, Number):
        if left.unit is not None and right.unit is not None and left.unit != right.unit:
            return None
        unit = right.unit if left.unit is None else left.unit
        return Integer(unit) if isinstance(left, Integer) and isinstance(right, Integer) else Real(unit)
    return left if left == right else None
