"""Dates as people write them, and what to write instead where this language has another form.

A date is 2014-09-12, or 2014-09-12T14:30 with a time of day: local to the crisis, without a zone.
"""

import re
from calendar import monthrange
from datetime import datetime, timedelta

FORMS = "expected 2014-09-12 or 2014-09-12T14:30"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_MONTH = rf"(?P<name>(?:{'|'.join(_MONTHS)})[a-z]*)"
_AFTER = rf"(?:(?:[Tt]|\s*[Tt]?\s+){_TIME}(?:\s*(?P<zone>[Zz]\b|[+-]\d{{2}}:?\d{{2}}))?)?"

# Texts that somebody means as a date. Arithmetic that looks like one has a year in its last place, or a zero in front.
LIKE_A_DATE = re.compile(
    rf"(?<![\w.])(?:{_ISO}{_AFTER}"
    rf"|(?P<first>\d{{1,2}})(?P<sign>[./])(?P<second_part>\d{{1,2}})(?P=sign)(?P<last>(?:19|20)\d{{2}})"
    rf"|(?P<year_month>(?:19|20)\d{{2}}-(?:0\d|1[0-2]))"
    rf"|(?P<of_month>\d{{1,2}})\.?\s+{_MONTH}\s+(?P<of_year>\d{{4}})"
    rf"|{_MONTH.replace('name', 'name2')}\s+(?P<of_month2>\d{{1,2}}),?\s+(?P<of_year2>\d{{4}})"
    rf"|(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?))(?![\w-])",
    re.IGNORECASE,
)


def why_no_date(text: str) -> str:
    """Return why a text is not a date, and what to write instead."""
    found = LIKE_A_DATE.fullmatch(text.strip())
    return f"'{text}' is not a date: {_why(found) if found else FORMS}"


def meant_as_date(text: str) -> re.Match[str] | None:
    """Return the first part of an expression that looks like a date and is not one."""
    for found in LIKE_A_DATE.finditer(text):
        if found["sign"] == "/" and len(found["first"] + found["second_part"]) < 4:
            continue  # 1/2/2000 may be a fraction
        if found["year_month"] and found["year_month"][5] != "0":
            continue  # 2000-12 may be a difference
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?", found.group()):
            return found
    return None


def _why(found: re.Match[str]) -> str:
    if found["clock"]:
        return f"a time of day stands after its date, as in 2014-09-12T{found['clock'].zfill(5)}"
    if found["year_month"]:
        return f"the day is missing, as in {found['year_month']}-01"
    if found["first"]:
        return _year_first(found)
    if name := found["name"] or found["name2"]:
        month = _MONTHS.index(name[:3].lower()) + 1
        day, year = found["of_month"] or found["of_month2"], found["of_year"] or found["of_year2"]
        return _checked(int(year), month, int(day), "", "write")
    return _iso(found)


def _year_first(found: re.Match[str]) -> str:
    year, one, two = int(found["last"]), int(found["first"]), int(found["second_part"])
    if found["sign"] == "." or one > 12:
        return _checked(year, two, one, "", "the year stands first: write")
    if two > 12:
        return _checked(year, one, two, "", "the year stands first: write")
    both = f"{year}-{two:02}-{one:02}" + ("" if one == two else f" or {year}-{one:02}-{two:02}")
    return f"the year stands first, then the month: write {both}"


def _iso(found: re.Match[str]) -> str:
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if not found["hour"]:
        return _checked(year, month, day, "", "month and day have two digits: write")
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour == 24 and minute == 0:
        following = _day_after(year, month, day)
        return f"a day's hours go from 00 to 23: write {following}T00:00" if following else FORMS
    if hour > 23 or minute > 59 or int(found["second"] or 0) > 59:
        return "a day's hours go from 00 to 23, its minutes and seconds from 00 to 59"
    time = f"T{hour:02}:{minute:02}" + (f":{found['second']}" if found["second"] else "")
    if found["zone"]:
        how = "times have no zone: write the local time of the case, as in"
        return _checked(year, month, day, time, how)
    if found["hour"] and len(found["month"] + found["day"] + found["hour"]) < 6:
        return _checked(year, month, day, time, "month, day and hour have two digits: write")
    return _checked(year, month, day, time, "expected a T between day and time: write")


def _checked(year: int, month: int, day: int, time: str, how: str) -> str:
    if not 1 <= month <= 12:
        return f"a year has 12 months, and {month} is none of them; expected year, month, day, as in 2014-09-12"
    if year < 1:
        return "years count from 0001"
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return f"{_NAMES[month - 1]} {year} has {last} days"
    return f"{how} {year:04}-{month:02}-{day:02}{time}"


def _day_after(year: int, month: int, day: int) -> str | None:
    try:
        return f"{datetime(year, month, day) + timedelta(days=1):%Y-%m-%d}"  # noqa: DTZ001 - dates carry no zone
    except (ValueError, OverflowError):
        return None
