"""Dates in other forms are refused with the form that this language has, which then is a date."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.expressions.dates import meant_as_date, why_no_date
from sim.language.expressions.types import DATE, date

MOMENTS = st.datetimes(min_value=date("1900-01-01"), max_value=date("2099-12-30"))
FORMS = (
    "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M+02:00", "%Y-%m-%d %H:%M:%S -0500", "%d.%m.%Y", "%m/%d/%Y",
    "%d/%m/%Y", "%d %B %Y", "%B %d, %Y", "%d. %b %Y", "%Y-%m-%dT24:00", "%Y-%m-%d 24:00", "%Y-%m", "%H:%M",
    "%Y-%m-%dt%H:%M", "%Y-%m-%dT%H:%M:%S.250",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(moment=MOMENTS)
def test_a_date_in_another_form_is_refused_with_dates_that_are_read(form: str, moment: datetime) -> None:
    text = moment.strftime(form)
    with pytest.raises(ValueError, match="is not a date") as caught:
        date(text)
    remedies = re.findall(rf"(?:write|or|as in) ({DATE})", str(caught.value))

    assert remedies
    assert all(date(remedy) for remedy in remedies)


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y-%m-%dt%H:%M"])
@given(moment=MOMENTS)
def test_the_remedy_is_the_moment_that_was_meant(form: str, moment: datetime) -> None:
    remedy = re.findall(DATE, why_no_date(moment.strftime(form)))[-1]

    assert date(remedy).strftime(form) == moment.strftime(form)


@given(year=st.integers(0, 9999), month=st.integers(0, 99), day=st.integers(0, 99), hour=st.integers(0, 99))
def test_what_no_calendar_has_is_refused_in_our_own_words(year: int, month: int, day: int, hour: int) -> None:
    for text in (f"{year:04}-{month:02}-{day:02}", f"{year:04}-{month:02}-{day:02}T{hour:02}:30"):
        said = ""
        try:
            read = date(text)
            assert text.startswith(f"{read.year:04}-{read.month:02}-{read.day:02}")
        except ValueError as error:
            said = str(error)
        assert not said or said.startswith(f"'{text}' is not a date: ")
        assert not re.search("range|must be", said)


@pytest.mark.parametrize(
    "text",
    ["2030-01-05", "2030-01-05T14:30 + 3 days", "max(deadline, 2030-01-05)", "x / 2 / 2000", "1/2/2000 * x", "a-10-20",
     "3 days", "2000 - 12", "may - 3", "x - 2014", "0.5 * 1.25"],
)  # fmt: skip
def test_arithmetic_and_dates_of_this_language_are_not_taken_for_other_dates(text: str) -> None:
    assert meant_as_date(text) is None
