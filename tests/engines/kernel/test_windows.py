"""Measures with windows: both engines make the same numbers, whichever events fall on a window's ends."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.model_text import ModelText
from sim.model.measures import measure
from sim.model.measuring.quantities import OnDate, Window
from sim.model.program import compile_model
from sim.testing.models import alone
from tests.engines.kernel.alike import branches, check_alike, program_of

MODEL = """
model: windows
title: Numbers go up and down
time: {{unit: abstract}}
horizon: 15
factions: {{a: {{title: A}}}}
state: {{x: {{type: int, range: [-9, 9], initial: 2, at_bounds: saturate}}, lit: {{type: bool, initial: true}}}}
events:
  down: {{by: a, marks: {{m: int}}, effects: {{x: x - 1}}}}
  up: {{by: a, effects: {{x: x + 2}}}}
  turned: {{by: a, effects: {{lit: not lit}}}}
rules:
  r: {{faction: a, clock: {{rate: 0.5}}, emits: {{event: down, m: poisson(1)}}}}
  s: {{faction: a, clock: {{every: 2}}, emits: up}}
  t: {{faction: a, clock: {{every: 1}}, emits: turned}}
outcomes: {{over: {{when: x > {end}, ends_run: true}}, rest: {{otherwise: true}}}}
measures:
{measures}
"""
KINDS = (
    "value: x", "value: time", "value: 1 / x", "sum: m, on: down", "sum: m / x, on: down", "count: down",
    "count: [up, turned]", "time_while: x > 1", "time_while: 1 / x > 0.3", "integral: x", "integral: 1 / x",
    "time_until: x < 1", "time_until: 1 / x < 0.4", "max: x", "max: 1 / x", "min: x", "min: 1 / x", "min: lit",
)  # fmt: skip
WINDOWS = (
    "", "from: 3", "from: 3.5", "until: 6", "until: 5.7", "from: 2, until: 7", "from: 4, until: 4",
    "from: 0", "until: 15", "from: 12", "when: lit", "when: x > 0", "when: 1 / x > 0", "when: lit, from: 4",
    "when: not lit, until: 6", "when: x > 1, from: 1, until: 8", "when: 1 / x > 0, from: 1, until: 8",
)  # fmt: skip
EVERY = [
    f"{kind}, {window}" if window else kind
    for kind in (*KINDS, "count: down, when: m > 0", "sum: x, on: down, when: m > x")
    for window in WINDOWS
    if not ("when" in kind and "when" in window)
]


def scenario_of(written, end=9):
    lines = "\n".join(f"  m{place:03}: {{{one}}}" for place, one in enumerate(written))
    return alone(loads_model(MODEL.format(measures=lines, end=end)))


def text_of(written):
    return ModelText(Layout(compile_model(scenario_of(written).model))).source


@pytest.fixture(scope="module")
def whole():
    return scenario_of(EVERY, end=4)


def test_every_kind_with_every_window_is_the_same_in_both_engines(whole):
    logs = check_alike(program_of(whole), whole, 3, range(40))

    values = [measure(program_of(whole), whole, log).values() for log in logs]
    found = [set(column) for column in zip(*values, strict=True)]
    assert sum(len(different) > 1 for different in found) > len(found) / 2, "the case is of use"
    assert {log[-1].note for log in logs} == {"horizon", "over"}


FORMULAS = (
    "m000 + m001", "m002 / m003", "f0 * f1 - m004", "1 / m005", "m005 if m003 > 1 else f3", "log(m006)", "f2 > f0",
    "min(f1, f2) / 3", "m007 * 1e308 * 1e308", "f8 - f8",
)  # fmt: skip


@given(st.permutations(EVERY), st.permutations(FORMULAS), st.integers(0, 2**63 - 1), st.integers(0, 14))
def test_formulas_are_the_same_in_both_engines(written, formulas, seed, most):
    lines = [f"  m{place:03}: {{{one}}}" for place, one in enumerate(written[:8])]
    places = {one: place for place, one in enumerate(FORMULAS)}
    lines += [f'  f{places[one]}: {{formula: "{one}"}}' for one in formulas]
    scenario = alone(loads_model(MODEL.format(measures="\n".join(lines), end=9)))

    check_alike(program_of(scenario), scenario, seed, range(3), most_events=most if most < 9 else 1000)


@given(st.integers(0, 2**63 - 1), st.integers(0, 14), st.sampled_from([3, 9]))
def test_windows_and_a_limit_of_events_go_together(seed, most, end):
    scenario = scenario_of(EVERY[seed % 7 :: 7], end)

    check_alike(program_of(scenario), scenario, seed, range(2), most_events=most)


@given(st.data(), st.integers(0, 2**63 - 1))
def test_windows_count_from_every_branch(data, seed):
    scenario = scenario_of(EVERY[seed % 7 :: 7])
    (log,) = check_alike(program_of(scenario), scenario, seed, range(1))

    later = data.draw(branches(scenario, log, seed, 0))

    if later is not None:
        check_alike(program_of(later), later, seed, range(1))


def test_a_window_costs_nothing_where_there_is_none():
    """What is written for measures without windows reads neither a window's ends nor a condition."""
    plain = text_of([kind for kind in KINDS if "/" not in kind])
    windowed = text_of(["max: x, from: 3, when: lit", "count: up, until: 3"])

    for sign in ("when_", "f[LAST] >", "now >= ", "now <= "):
        assert sign not in plain
        assert sign in windowed


def test_a_window_on_dates_is_cut_at_a_later_branch():
    model = scenario_of(["count: turned", "time_until: x < 9", "max: x"]).model
    windows = (Window(OnDate(3.0), OnDate(9.0)), Window(OnDate(3.0)), Window(None, OnDate(1.0)))
    dated = {
        name: replace(one, window=window) for (name, one), window in zip(model.measures.items(), windows, strict=True)
    }
    scenario = replace(alone(replace(model, measures=dated)), start=5.0)

    (log,) = check_alike(program_of(scenario), scenario, 3, range(1))

    found = measure(program_of(scenario), scenario, log)
    assert found == {"m000": 4.0, "m001": 0.0, "m002": None}
