"""What a measure can be at the least and at the most: told without a run, and never passed by one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.build.ranges import natural_ranges
from sim.engines.reference import ReferenceEngine
from sim.model.measures import UNDEFINED, measure
from sim.model.program import compile_model
from sim.testing.models import alone, model_data, scenario_of
from tests.effort import effort

MODEL = """
model: ranges
title: Ranges
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state:
  x: {{type: int, range: [-2, 5], initial: 0}}
  seen: {{type: int, initial: 0}}
  debt: {{type: int, initial: 0}}
  trust: {{type: real, range: [0.25, 1], initial: 0.5}}
  on: {{type: bool, initial: true}}
parameters: {{p: {{prior: {{uniform: [0, 1]}}, basis: {{judgement: d}}}}}}
events:
  e: {{by: a, marks: {{deaths: int, loss: real}}, effects: {{seen: seen + 1, debt: debt - 1}}}}
  f: {{by: a, marks: {{deaths: int}}, effects: {{seen: "seen + max(x, 0)", x: x - 1}}}}
rules:
  r: {{faction: a, clock: {{rate: 1}}, emits: {{event: e, deaths: poisson(1), loss: "normal(0, 1)"}}}}
timetable: [{{at: 2, event: f, deaths: {given}}}]
measures: {{m: {{{measure}}}}}
"""
ANYTHING, NOT_NEGATIVE = (-math.inf, math.inf), (0.0, math.inf)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("time_until: x > 3", (0.0, 10.0)),
        ("time_while: on", (0.0, 10.0)),
        ("time_until: x > 3, from: 3, until: 7", (0.0, 4.0)),
        ("time_while: on, from: 3", (0.0, 7.0)),
        ("time_while: on, until: 3", (0.0, 3.0)),
        ("integral: x, from: 3, until: 7, when: on", (-8.0, 20.0)),
        ("max: trust, from: 3, when: on", (0.25, 1.0)),
        ("count: e", NOT_NEGATIVE),
        ("value: x", (-2.0, 5.0)),
        ("max: trust", (0.25, 1.0)),
        ("min: 2 - trust * x", (-3.0, 4.0)),
        ("value: on", (0.0, 1.0)),
        ("value: abs(x)", (0.0, 5.0)),
        ("integral: trust", (0.0, 10.0)),
        ("integral: x", (-20.0, 50.0)),
        ("sum: deaths, on: [e, f]", NOT_NEGATIVE),
        ("sum: deaths * trust, on: e", NOT_NEGATIVE),
        ("sum: -deaths, on: e", (-math.inf, 0.0)),
        ("sum: loss, on: e", ANYTHING),
        ("sum: x, on: e", ANYTHING),
        ("value: p", ANYTHING),
        ("max: exp(p)", NOT_NEGATIVE),
    ],
)
def test_a_range_is_told_by_the_kind_and_by_what_the_model_declares(written, expected):
    scenario = alone(loads_model(MODEL.format(measure=written, given=3)))

    assert natural_ranges(scenario)["m"] == expected


def test_a_formula_lies_within_what_those_that_it_reads_allow():
    text = MODEL.format(measure="time_while: on", given=3).replace(
        "measures: {", "measures: {f: {formula: 1 - m / g}, g: {formula: m + 5}, "
    )

    found = natural_ranges(alone(loads_model(text)))

    assert (found["g"], found["f"]) == ((5.0, 15.0), (-1.0, 1.0))
    assert list(found) == ["f", "g", "m"]


def test_what_only_grows_is_never_negative_and_what_falls_may_be():
    for name, low in (("seen", 0.0), ("debt", None)):
        scenario = alone(loads_model(MODEL.format(measure=f"value: {name}", given=3)))
        found = natural_ranges(scenario)["m"]
        assert (found[0] == low) == (low is not None)


def test_a_mark_that_the_timetable_makes_negative_is_no_count():
    scenario = alone(loads_model(MODEL.format(measure="sum: deaths, on: [e, f]", given=-1)))

    assert natural_ranges(scenario)["m"] == ANYTHING


def test_what_is_never_negative_is_found_once_for_all_measures():
    one, many = (_work(chain(100, measures)) for measures in (1, 30))

    assert many < 8 * one


def chain(length, measures):
    """A scenario whose variables each get the next one's number, so that the last, which falls, drags down them all."""
    names = [f"x{place}" for place in range(length)]
    effects = dict(zip(names, [*names[1:], f"{names[-1]} - 1"], strict=True))
    return scenario_of({
        "model": "chain", "title": "Chain", "time": {"unit": "abstract"}, "horizon": 10,
        "factions": {"a": {"title": "A"}},
        "state": {name: {"type": "real", "initial": 0} for name in names},
        "events": {"e": {"by": "a", "effects": effects}},
        "rules": {"r": {"faction": "a", "clock": {"rate": 1}, "emits": "e"}},
        "measures": {f"m{place}": {"value": names[0]} for place in range(measures)},
    })  # fmt: skip


def _work(scenario):
    """Return how much work it is to tell all ranges of a scenario."""
    assert set(natural_ranges(scenario).values()) == {ANYTHING}
    return effort(lambda: natural_ranges(scenario))


@settings(max_examples=60)
@given(model_data(), st.integers(0, 2**63 - 1))
def test_no_run_of_any_model_passes_the_range_of_a_measure(data, seed):
    scenario = scenario_of(data)
    program, natural = compile_model(scenario.model), natural_ranges(scenario)
    for run in range(2):
        log = ReferenceEngine(program, scenario, seed, most_events=200).run(run)
        if log[-1].kind == "failed":
            continue
        for name, value in measure(program, scenario, log).items():
            low, high = natural[name]
            if value is not None and value != UNDEFINED:
                assert low - 1e-9 <= value <= high + 1e-9
