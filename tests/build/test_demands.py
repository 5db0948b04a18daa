"""What no run can meet is refused where it is written: arguments of laws, rates, weights, effects."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.demands import Demand
from sim.build.model import loads_model
from sim.distributions.clock_laws import LAWS
from sim.distributions.marks import MARK_LAWS
from sim.engines.reference import ReferenceEngine
from sim.language.diagnostics import LanguageError
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.scenario import Scenario

MODEL = """
model: m
title: Numbers
time: {{unit: abstract}}
horizon: 10
factions: {{f: {{title: F}}}}
state:
  x: {{type: real, range: [0, 1], initial: {initial}}}
  free: {{type: real, initial: 0}}
events:
  e: {{by: f, marks: {{m: real}}, effects: {{x: {effect!r}}}}}
  other: {{by: f}}
rules:
  r:
    faction: f
    clock: {clock}
    choose: [{{event: e, m: {mark!r}, weight: {weight!r}}}, {{event: other, weight: {second!r}}}]
"""
PLAIN = {
    "initial": "0.5", "effect": "x", "clock": "{fixed: 1}", "mark": "1", "weight": "1", "second": "1",
}  # fmt: skip
VALUES = (-1.0, 0.0, 0.3, 0.5, 1.0, 2.5, 3.0, 1e12)


def said(**changes: str) -> list[str]:
    try:
        loads_model(MODEL.format(**{**PLAIN, **changes}))
    except LanguageError as error:
        return [f"{item.code} {item.message}" for item in error.diagnostics]
    return []


def refuses(check, values) -> bool:
    try:
        check(*values)
    except ValueError:
        return True
    return False


def as_mark(law) -> str:
    return "{}" if law.type == "real" else "1.0 * {}" if law.type == "int" else "(1 if {} else 0)"


@pytest.mark.parametrize("law", MARK_LAWS.values(), ids=lambda law: law.name)
def test_a_mark_is_refused_just_where_its_law_refuses_the_numbers(law) -> None:
    for values in itertools.product(VALUES, repeat=len(law.parameters)):
        draw = f"{law.name}({', '.join(map(str, values))})"
        found = said(mark=as_mark(law).format(draw))

        assert [text[:4] for text in found] == ["E330"] * refuses(law.check, values), (draw, found)


@pytest.mark.parametrize(
    ("law", "form"),
    [(law, form) for law in LAWS.values() for form in law.forms],
    ids=lambda item: getattr(item, "name", ""),
)
def test_a_clock_is_refused_just_where_its_law_refuses_the_numbers(law, form) -> None:
    for values in itertools.product(VALUES, repeat=len(form.parameters)):
        written = ", ".join(f"{name}: {value}" for name, value in zip(form.parameters, values, strict=True))
        clock = f"{{fixed: {values[0]}}}" if law.name == "fixed" else f"{{{law.name}: {{{written}}}}}"
        found = said(clock=clock)

        assert [text[:4] for text in found] == ["E314"] * refuses(form.canonical, values), (clock, found)


@pytest.mark.parametrize(
    ("check", "names"),
    [(law.check, law.parameters) for law in MARK_LAWS.values() if len(law.parameters) > 1]
    + [(form.canonical, form.parameters) for law in LAWS.values() for form in law.forms if len(form.parameters) > 1],
    ids=lambda item: "-".join(item) if isinstance(item, tuple) else "",
)
@given(data=st.data())
def test_one_number_alone_is_refused_only_if_no_others_go_with_it(check, names, data) -> None:
    values = data.draw(st.tuples(*(st.floats(-10, 1e6) | st.sampled_from(VALUES) for _ in names)))
    known = data.draw(st.tuples(*(st.booleans() for _ in names)))
    spans = [(value, value) if one else (value - 1.0, value + 2.0) for value, one in zip(values, known, strict=True)]

    unmet = Demand(code="E330", refusal="", given=(), drawn=(), names=names, check=check).unmet(spans)

    assert unmet is None or refuses(check, values), "what goes with the law is within the ranges, and yet was refused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"clock": "{rate: -0.2}"}, "E314"),
        ({"clock": "{rate: 0.1 - 0.3}"}, "E314"),
        ({"clock": "{rate: -1 - x}"}, "E314"),
        ({"clock": "{every: 0}"}, "E314"),
        ({"clock": "{every: 1 - 1}"}, "E314"),
        ({"clock": "{every: x - 1}"}, "E314"),
        ({"clock": "{fixed: -1}"}, "E314"),
        ({"clock": "{fixed: x - 2}"}, "E314"),
        ({"clock": "{weibull: {shape: -1, scale: 1 + x}}"}, "E314"),
        ({"clock": "120 % within 3"}, "E314"),
        ({"clock": "0.6 * 2 within 3"}, "E314"),
        ({"clock": "30 % within 1 - 1"}, "E314"),
        ({"weight": "-1"}, "E331"),
        ({"weight": "x - 2"}, "E331"),
        ({"weight": "0", "second": "0"}, "E331"),
        ({"weight": "1e308", "second": "1e308"}, "E331"),
        ({"effect": "2"}, "E332"),
        ({"effect": "x + 1.5"}, "E332"),
        ({"effect": "-0.1"}, "E332"),
        ({"initial": "2"}, "E306"),
        ({"initial": "1 + 1"}, "E306"),
        ({"mark": "poisson(-1)*1.0"}, "E330"),
        ({"mark": "normal(free, -1)"}, "E330"),
        ({"mark": "exponential(x - 2)"}, "E330"),
        ({"mark": "log(0 - 1)"}, "E319"),
        ({"effect": "1 / 0"}, "E319"),
        ({"effect": "1e308 * 10"}, "E319"),
        ({"weight": "exp(1000)"}, "E319"),
        ({"effect": "clamp(x, 1, 0)"}, "E203"),
    ],
)
def test_what_no_state_can_meet_is_refused(changes, code) -> None:
    assert [text[:4] for text in said(**changes)] == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": "{rate: 0}"},
        {"clock": "{rate: x - 0.5}"},
        {"clock": "{fixed: 0}"},
        {"clock": "{every: x}"},
        {"weight": "0"},
        {"weight": "free"},
        {"weight": "x - 1"},
        {"effect": "free"},
        {"effect": "x + 1"},
        {"mark": "normal(free, 0)"},
        {"mark": "exponential(x - 1)"},
        {"mark": "uniform_real(x, 0)"},
        {"mark": "1 / x"},
        {"clock": "0 % within 3"},
        {"clock": "0 * x within 3"},
        {"clock": "30 % within 0 * x + 3"},
    ],
)
def test_what_some_state_can_meet_is_let_through(changes) -> None:
    assert said(**changes) == []


def runs_of(model: Model) -> ReferenceEngine:
    assert model.horizon is not None
    scenario = Scenario("s", "s", "", model, (), 0.0, model.horizon, model.timetable, (), "")
    return ReferenceEngine(compile_model(model), scenario, 1, central=True)


@pytest.mark.parametrize("law", MARK_LAWS.values(), ids=lambda law: law.name)
def test_a_law_that_is_let_through_can_be_drawn_from(law) -> None:
    for values in itertools.product((0.0, 0.3, 1.0, 3.0, 1e12), repeat=len(law.parameters)):
        mark = as_mark(law).format(f"{law.name}({', '.join(map(str, values))})")
        if not refuses(law.check, values):
            engine = runs_of(loads_model(MODEL.format(**{**PLAIN, "mark": mark})))

            assert all(engine.run(number)[-1].kind == "ended" for number in range(3)), mark
