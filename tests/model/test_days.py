"""A day that closes something is its end, a day that opens something its beginning: in every unit, on both engines."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.by_date import times_asked
from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.language.expressions.types import SECONDS, Calendar
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from tests.engines.kernel.alike import check_alike

UNITS = sorted(SECONDS)
DAY, NEXT = "2014-09-12", "2014-09-13"
HAPPENS = {"opening": f"{DAY}T00:00", "noon": f"{DAY}T12:00", "late": f"{DAY}T23:59", "last": f"{DAY}T23:59:59",
           "over": NEXT, "later": f"{NEXT}T00:00:01"}  # fmt: skip
INSIDE = ["opening", "noon", "late", "last"]

MODEL = """
model: days
title: What happens on a day, and right after it
time: {{unit: {unit}, origin: {origin}}}
horizon: {horizon}
factions: {{fate: {{title: Fate}}}}
state: {{n: {{type: int, initial: 0}}, struck: {{type: bool, initial: false}}}}
events:
  opening: {{effects: {{n: n + 1}}}}
  noon:    {{effects: {{n: n + 1}}}}
  late:    {{effects: {{n: n + 1}}}}
  last:    {{effects: {{n: n + 1}}}}
  over:    {{effects: {{n: n + 1}}}}
  later:   {{effects: {{n: n + 1}}}}
  struck:  {{by: fate, effects: {{struck: true}}}}
rules: {{strikes: {{faction: fate, when: not struck, clock: {{at: {NEXT}}}, emits: struck, basis: {{judgement: so}}}}}}
timetable: [{timetable}]
outcomes: {{{outcomes}}}
measures: {{by_the_day: {{value: n, at: {DAY}}}, by_noon: {{value: n, at: {DAY}T12:00}}}}
"""
TIMETABLE = ", ".join(f"{{at: {at}, event: {event}}}" for event, at in HAPPENS.items())
OUTCOMES = ", ".join(f"{event}: {{on: {event}, by: {DAY}}}" for event in [*HAPPENS, "struck"])


def scenario(unit: str, *, horizon: str = "2014-10-01", origin: str = "2014-09-01", start: str = "") -> Scenario:
    model = loads_model(MODEL.format(
        unit=unit, origin=origin, horizon=horizon, timetable=TIMETABLE, outcomes=OUTCOMES, DAY=DAY, NEXT=NEXT
    ))  # fmt: skip
    begun = model.calendar.at(start) if start else 0.0
    assert model.horizon is not None
    coming = tuple(item for item in model.timetable if item.time >= begun)
    return Scenario("days", "", "", model, (), begun, model.horizon, coming, (), "days.yaml")


def run(one: Scenario):
    (log,) = check_alike(compile_model(one.model), one, 1, range(1))
    return log


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("origin", ["2014-09-01", "2012-05-26T07:13:11"])
def test_a_day_as_horizon_is_its_end_and_the_next_midnight_is_over(unit, origin):
    one = scenario(unit, horizon=DAY, origin=origin)
    log = run(one)

    assert [event.type for event in log if event.kind in CHANGING] == INSIDE
    assert log[-1].note == "horizon"
    assert one.model.calendar.moment(log[-1].time) == f"the end of {DAY}"
    assert str(one.model.calendar.date_of(log[-1].time)) == f"{DAY} 23:59:59"


@pytest.mark.parametrize("unit", UNITS)
def test_a_time_of_day_as_horizon_is_that_moment(unit):
    at_noon, at_midnight = (run(scenario(unit, horizon=f"{DAY}T{hour}")) for hour in ("12:00", "00:00"))
    calendar = scenario(unit).model.calendar

    assert [event.type for event in at_noon if event.kind in CHANGING] == ["opening", "noon"]
    assert [event.type for event in at_midnight if event.kind in CHANGING] == ["opening"]
    assert calendar.moment(at_midnight[-1].time, hour=True) == f"{DAY} 00:00"


@pytest.mark.parametrize("unit", UNITS)
def test_an_outcome_by_a_day_counts_to_its_end_and_a_measure_at_a_day_is_that_at_its_end(unit):
    one = scenario(unit)
    log = run(one)  # both engines, measures included
    (noon, day) = (one.model.measures[name].quantity.at.time for name in ("by_noon", "by_the_day"))

    assert [event.type for event in log if event.kind == "outcome"] == INSIDE
    assert one.model.calendar.moment(day) == f"the end of {DAY}"
    assert one.model.calendar.moment(noon) == f"{DAY} 12:00"


@pytest.mark.parametrize("unit", UNITS)
def test_a_day_on_which_something_happens_or_begins_is_its_beginning(unit):
    calendar = scenario(unit).model.calendar
    log = run(scenario(unit, start=f"{DAY}"))
    times = {event.type: event.time for event in log if event.kind in CHANGING}

    assert log[0].time == times["opening"] == calendar.at(f"{DAY}T00:00")
    assert times["over"] == times["struck"] == calendar.at(f"{NEXT}T00:00")


@pytest.mark.parametrize("unit", UNITS)
def test_asking_by_a_day_takes_in_all_of_it(unit):
    one = scenario(unit)
    (by_day,), (by_noon,) = (times_asked(one, [text]) for text in (DAY, f"{DAY}T12:00"))
    at = {event: one.model.calendar.at(text) for event, text in HAPPENS.items()}

    assert [event for event in HAPPENS if at[event] - one.start <= by_day - one.start] == INSIDE
    assert [event for event in HAPPENS if at[event] <= by_noon] == ["opening", "noon"]


@pytest.mark.parametrize(
    ("written", "closes_at"),
    [
        (DAY, f"the end of {DAY}"), (f"{DAY} + 30 days", "the end of 2014-10-12"),
        ("2014-08-31 + 12 days", f"the end of {DAY}"), (f"max({DAY}, 2014-09-01)", f"the end of {DAY}"),
        (f"{DAY} + 12 hours", f"{DAY} 12:00"), (f"{DAY}T00:00", f"{DAY} 00:00"),
        (f"{DAY}T00:00 + 1 day", f"{NEXT} 00:00"), ("12 days", f"{NEXT} 00:00"), ("12.5 days", f"{NEXT} 12:00"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("unit", UNITS)
def test_a_day_moved_by_whole_days_closes_as_a_day_and_a_length_of_time_is_exact(unit, written, closes_at):
    model = scenario(unit, horizon=f'"{written}"').model

    assert model.calendar.moment(model.horizon, hour=True) == closes_at


HISTORY = f"""
history: h
title: A day
sources: sources.yaml
events:
  - {{id: without-an-hour, at: {DAY}, until: {DAY}, event: opening, claim: It was, sources: [{{source: note}}]}}
  - {{id: at-noon, at: {DAY}T12:00, event: noon, claim: It was, sources: [{{source: note}}]}}
"""
SOURCES = "sources: s\ndocuments: {note: {title: A note, reliability: high}}\n"


def case(folder: Path, text: str, *, measured: bool = True):
    model = (
        MODEL.format(
            unit="week", origin="2014-09-01", horizon="4 weeks", timetable="", outcomes=OUTCOMES, DAY=DAY, NEXT=NEXT
        )
        .replace("factions:", "sources: sources.yaml\nfactions:")
        .replace("{effects:", "{exogenous: true, effects:")
    )
    if not measured:
        model = "".join(line for line in model.splitlines(keepends=True) if not line.startswith("measures:"))
    for name, content in (("model.yaml", model), ("history.yaml", HISTORY), ("sources.yaml", SOURCES)):
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "s.yaml").write_text(f"scenario: s\nmodel: model.yaml\nhistory: history.yaml\n{text}", encoding="utf-8")
    return load_scenario(folder / "s.yaml", "s.yaml")


def test_a_scenario_that_ends_on_a_day_has_what_it_assumes_for_that_day_and_not_for_the_next(tmp_path):
    events = f"[{{at: {DAY}, event: late}}, {{at: {DAY}T23:59:59, event: last}}]"
    text = f"branch: {{at: {DAY}}}\nhorizon: {DAY}\nevents: {events}\n"
    one = case(tmp_path, text).scenario

    assert [event.type for event in run(one) if event.kind in CHANGING] == ["late", "last"]
    with pytest.raises(Exception, match="'over' would happen after the horizon"):
        case(tmp_path, text.replace("event: last", "event: last}, {event: over, at: 2014-09-13"))


def test_a_branch_at_a_day_is_its_beginning_and_says_which_events_of_the_day_do_not_stand(tmp_path):
    found = case(tmp_path, f"branch: {{at: {DAY}}}\nhorizon: {NEXT}\n")

    assert found.scenario.model.calendar.moment(found.scenario.start, hour=True) == f"{DAY} 00:00"
    assert [event.type for event in found.scenario.past] == ["opening"]
    assert [(warning.code, "at-noon" in warning.notes[0]) for warning in found.warnings] == [("W324", True)]
    for branch in (f"{{at: {DAY}T12:00}}", "{after: at-noon}", f"{{at: {NEXT}}}", "{at: 12 days}"):
        again = case(tmp_path, f"branch: {branch}\nhorizon: 2014-09-20\n", measured=False)
        assert [event.type for event in again.scenario.past] == ["opening", "noon"]
        assert again.warnings == ()


ORIGINS = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - local dates


@given(st.sampled_from(UNITS), ORIGINS, st.dates(datetime(1990, 1, 1).date(), datetime(2060, 1, 1).date()))  # noqa: DTZ001
def test_the_end_of_any_day_lies_between_its_last_second_and_the_next_midnight(unit, origin, day):
    calendar = Calendar(unit, origin.replace(microsecond=0))
    end = calendar.closing(str(day))

    assert calendar.at(f"{day}T23:59:59") < end < calendar.at(str(day + timedelta(days=1)))
    assert calendar.ends_day(end)
    assert calendar.moment(end) == f"the end of {day}"
    assert str(calendar.date_of(end)) == f"{day} 23:59:59"
    assert calendar.closing(f"{day}T00:00") == calendar.at(str(day))


@given(
    st.sampled_from(UNITS), ORIGINS, st.integers(0, 40 * 366 * 86400),
    st.dates(datetime(2031, 1, 1).date(), datetime(2060, 1, 1).date()),  # noqa: DTZ001
)  # fmt: skip
def test_the_end_of_a_day_survives_being_counted_from_the_branch_and_back(unit, origin, since, day):
    calendar = Calendar(unit, origin.replace(microsecond=0))
    start, end = since / SECONDS[unit] * 0.999, calendar.closing(str(day))

    assert calendar.moment(start + (end - start)) == f"the end of {day}"


@given(st.sampled_from(UNITS), ORIGINS, st.integers(-(10**9), 10**9))
def test_no_whole_second_is_taken_for_the_end_of_a_day(unit, origin, seconds):
    assert not Calendar(unit, origin.replace(microsecond=0)).ends_day(seconds / SECONDS[unit])


def test_abstract_time_and_time_without_dates_have_no_days():
    for calendar in (Calendar("abstract"), Calendar("day")):
        assert not calendar.ends_day(2 - 1e-8)
        assert calendar.moment(2.0) == "2"
