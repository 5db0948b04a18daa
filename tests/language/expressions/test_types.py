"""Times and dates, there and back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.expressions.types import SECONDS, Calendar

ORIGIN = datetime(2030, 1, 1)  # noqa: DTZ001 - dates are local to the crisis and carry no zone
UNITS = st.sampled_from(sorted(SECONDS))


@given(UNITS, st.integers(0, 40 * 366 * 86400))
def test_a_date_comes_back_from_its_time_to_the_second(unit, seconds):
    calendar = Calendar(unit, ORIGIN)
    when = ORIGIN + timedelta(seconds=seconds)

    assert calendar.date_of(calendar.at(when.isoformat())) == when


@given(UNITS, st.integers(0, 40 * 366 * 86400))
def test_a_time_is_the_seconds_since_the_origin_in_the_models_unit(unit, seconds):
    written = (ORIGIN + timedelta(seconds=seconds)).isoformat()

    assert Calendar(unit, ORIGIN).at(written) * SECONDS[unit] == pytest.approx(seconds, rel=1e-12)


def test_a_long_time_is_written_out_in_full():
    calendar = Calendar("day", ORIGIN)

    assert [calendar.length(time, digits=3) for time in (1.0, 0.916, 719.2, 2011.0, 1e9)] == [
        "1 day", "0.916 days", "719 days", "2,010 days", "1e+09 days"
    ]  # fmt: skip
