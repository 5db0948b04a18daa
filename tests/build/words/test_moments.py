"""Moments in words: where a day ends and where it begins is never mistaken."""

from datetime import datetime

from sim.build.words.moments import in_words
from sim.language.expressions.types import Calendar

CLOCKWORK = Calendar("day", datetime(2030, 1, 1))  # noqa: DTZ001 - dates here carry no zone


def test_what_closes_a_span_at_midnight_has_its_time_of_day():
    midnight, end = CLOCKWORK.at("2030-01-30"), CLOCKWORK.closing("2030-01-30")

    assert in_words(CLOCKWORK, midnight) == "30 January 2030"
    assert in_words(CLOCKWORK, midnight, closing=True) == "30 January 2030, 00:00"
    assert in_words(CLOCKWORK, midnight + 0.5, closing=True) == "30 January 2030, 12:00"
    assert in_words(CLOCKWORK, end, closing=True) == "the end of 30 January 2030"
