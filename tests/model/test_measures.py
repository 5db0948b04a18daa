"""Measures on a run whose every event is known: a timetable switches a light on and off and adds to a store."""

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.canonical import measured
from sim.model.measures import UNDEFINED, measure, undefined
from sim.model.program import compile_model
from sim.model.scenario import Scenario

MODEL = """
model: light
title: A light and a store
time: {{unit: abstract}}
horizon: 10
factions: {{}}
state:
  lit:   {{type: bool, initial: false}}
  store: {{type: real, range: [0, 100], initial: 2}}
events:
  switched_on:  {{effects: {{lit: true}}}}
  switched_off: {{effects: {{lit: false}}}}
  filled:       {{marks: {{amount: real}}, effects: {{store: store + amount}}}}
timetable:
  - {{at: 1, event: switched_on}}
  - {{at: 2, event: filled, amount: 3}}
  - {{at: 4, event: switched_off}}
  - {{at: 4, event: filled, amount: 5}}
  - {{at: 7, event: switched_on}}
outcomes: {{{outcomes}}}
measures:
  m: {{{measure}}}
"""


def value(written: str, outcomes: str = "", start: float = 0.0) -> float | None:
    model = loads_model(MODEL.format(measure=written, outcomes=outcomes))
    timetable = tuple(item for item in model.timetable if item.time >= start)
    scenario = Scenario("light", "", "", model, (), start, 10.0, timetable, (), "light.yaml")
    program = compile_model(model)
    return measure(program, scenario, ReferenceEngine(program, scenario, 1).run(0))["m"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("value: store", 10.0),
        ("value: store, at: 3", 5.0),
        ("value: store, at: 4", 10.0),
        ("value: lit, at: 4", 0.0),
        ("value: time, at: 3", 3.0),
        ("value: time", 10.0),
        ("sum: amount, on: filled", 8.0),
        ("sum: amount * store, on: filled", 3 * 2 + 5 * 5),
        ("sum: time, on: [filled]", 6.0),
        ("count: filled", 2.0),
        ("count: [switched_on, switched_off]", 3.0),
        ("time_while: lit", 3 + 3),
        ("time_while: store > 4", 8.0),
        ("integral: store", 2 * 2 + 2 * 5 + 6 * 10),
        ("time_until: store > 4", 2.0),
        ("time_until: store > 1", 0.0),
        ("time_until: store > 99", None),
        ("max: store", 10.0),
        ("min: store", 2.0),
        ("max: lit", 1.0),
    ],
)
def test_a_measure_is_what_its_definition_says(written: str, expected: float | None) -> None:
    assert value(written) == expected


def test_times_count_from_the_branch_and_nothing_before_it_counts():
    assert value("time_until: lit", start=3.0) == 4.0
    assert value("sum: amount, on: filled", start=3.0) == 5.0
    assert value("time_while: lit", start=3.0) == 3.0
    assert value("value: store, at: 2", start=3.0) == 7.0
    assert value("value: store, at: 0.5", start=3.0) == 2.0


def test_a_run_that_ended_stays_as_it_was():
    ends = "dark: {when: store > 4, ends_run: true}"

    assert value("value: store", ends) == 5.0
    assert value("value: store, at: 9", ends) == 5.0
    assert value("time_while: lit", ends) == 1.0
    assert value("count: filled", ends) == 1.0


def test_a_time_after_the_horizon_has_no_value():
    assert value("value: store, at: 11") is None


def test_a_measure_without_a_value_is_undefined_and_says_why():
    assert value("max: 1 / (store - 5)") == UNDEFINED

    model = loads_model(MODEL.format(measure="max: 1 / (store - 5)", outcomes=""))
    scenario = Scenario("light", "", "", model, (), 0.0, 10.0, model.timetable, (), "light.yaml")
    program = compile_model(model)
    (error,) = undefined(program, scenario, ReferenceEngine(program, scenario, 1).run(0)).values()
    assert "the measure 'm' has no value: 1.0 is divided by zero" in error.message
    assert (error.code, error.time) == ("E604", 2.0)


@pytest.mark.parametrize(
    "written", ["time_until: 1 / (store - 5) > 0", "min: 1 / (store - 5)", "sum: 1 / (store - 2), on: filled"]
)
def test_what_has_no_value_once_has_none_whatever_comes_later(written: str) -> None:
    assert value(written) == UNDEFINED


def test_until_alone_is_the_time_until_a_condition_as_it_was_called_before():
    before, now = (loads_model(MODEL.format(measure=f"{kind}: lit", outcomes="")) for kind in ("until", "time_until"))

    assert value("until: lit", start=3.0) == value("time_until: lit", start=3.0) == 4.0
    assert measured(before) == measured(now)


OF_EACH_KIND = """
  a: {value: store}
  b: {value: store, at: 3}
  c: {sum: amount, on: filled}
  d: {count: [switched_on, filled]}
  e: {time_while: lit}
  f: {time_until: lit}
  g: {integral: store}
  h: {max: store}
  i: {min: store}
"""


def test_what_a_ledger_keeps_of_measures_has_the_digest_that_it_always_had():
    """The digest tells columns of kept ledgers apart: it must not move with what a kind is called."""
    text = MODEL.format(measure="max: store", outcomes="").replace("\n  m: {max: store}\n", OF_EACH_KIND)

    assert measured(loads_model(text)) == "23fc3b20389d78502fa7aaa440234eea076dc555e730e83de9effb14f4d41550"
