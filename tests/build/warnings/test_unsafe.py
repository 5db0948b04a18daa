"""Parameters with which a run fails are told beforehand, with a witness that does fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.build.warnings.unsafe import Unsafe, unsafe
from sim.engines.reference import ReferenceEngine
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.scenario import Scenario

MODEL = """
model: m
title: Parameters
time: {{unit: day}}
horizon: 3 days
factions: {{f: {{title: F}}}}
state:
  x: {{type: real, range: [0, 1], initial: {initial}, relaxes: {relaxes}}}
  n: {{type: int, range: [0, 99], initial: 0}}
parameters:
  p: {{{p}, basis: {{judgement: a guess}}}}
  q: {{{q}, basis: {{judgement: a guess}}}}
events: {{e: {{by: f, marks: {{m: real, k: int, b: bool}}, effects: {{x: {effect!r}}}}}, other: {{by: f}}}}
rules:
  r:
    faction: f
    clock: {clock}
    choose: [{{event: e, m: {m!r}, k: {k!r}, b: {b!r}, weight: {weight!r}}}, {{event: other, weight: {second!r}}}]
"""
PLAIN = {
    "initial": "0.5", "p": "value: 0.5", "q": "value: 0.5", "effect": "x", "clock": "{fixed: 1 day}", "m": "1",
    "k": "1", "b": "true", "weight": "1", "second": "0",
    "relaxes": "{towards: 0, half_life: 1 day}",
}  # fmt: skip
NORMAL, WIDE, SHARE = "prior: {normal: [2, 1]}", "prior: {uniform: [-1, 2]}", "prior: {beta: [2, 2]}"

UNSAFE = [
    ({"k": "poisson(p)", "p": NORMAL}, 2.3),
    ({"b": "bernoulli(p)", "p": WIDE}, 66.7),
    ({"b": "bernoulli(p + q)", "p": SHARE, "q": SHARE}, 50.0),
    ({"b": "bernoulli(p)", "p": "value: 1.5"}, 100.0),
    ({"m": "normal(n, p)", "p": WIDE}, 33.3),
    ({"m": "uniform_real(p, q)", "p": SHARE, "q": SHARE}, 50.0),
    ({"m": "lognormal(x + 1, p - 0.5)", "p": SHARE}, 50.0),
    ({"clock": "{rate: p * 1 per day}", "p": WIDE}, 33.3),
    ({"clock": "p within 3 days", "p": WIDE}, 66.7),
    ({"clock": "{every: p * 1 day}", "p": WIDE}, 33.3),
    ({"clock": "{fixed: (p - 0.5) * 1 day}", "p": SHARE}, 50.0),
    ({"clock": "{gamma: {shape: p, mean: 2 days}}", "p": WIDE}, 33.3),
    ({"clock": "{fixed: 1 day, speed: p}", "p": WIDE}, 33.3),
    ({"weight": "p", "second": "1", "p": WIDE}, 33.3),
    ({"weight": "max(p, 0)", "p": WIDE}, 33.3),
    ({"effect": "p", "p": WIDE}, 66.7),
    ({"initial": "p", "p": WIDE}, 66.7),
    ({"effect": "1 / (p - p)", "p": SHARE}, 100.0),
    ({"relaxes": "{towards: p, half_life: 1 day}", "p": WIDE}, 66.7),
    ({"relaxes": "{towards: 0, half_life: p * 1 day}", "p": WIDE}, 33.3),
]


def model_of(changes: dict) -> Model:
    return loads_model(MODEL.format(**{**PLAIN, **changes}))


def found_in(changes: dict) -> list[Unsafe]:
    return list(unsafe(model_of(changes)))


def failed(model: Model, runs: int, *, central: bool) -> int:
    assert model.horizon is not None
    scenario = Scenario("s", "s", "", model, (), 0.0, model.horizon, model.timetable, (), "")
    engine = ReferenceEngine(compile_model(model), scenario, 1, central=central)
    return sum(engine.run(number)[-1].kind == "failed" for number in range(runs))


@pytest.mark.parametrize(("changes", "share"), UNSAFE)
def test_what_parameters_can_break_is_told_with_values_that_break_it(changes, share) -> None:
    model = model_of(changes)
    (found,) = unsafe(model)

    point = {
        name: replace(parameter, value=found.point.get(name, parameter.value), prior="")
        for name, parameter in model.parameters.items()
    }
    assert failed(replace(model, parameters=point), 1, central=True) == 1
    told = 100.0 * found.broken / found.draws if found.draws else 100.0
    assert abs(told - share) < 5.0
    runs = 400
    assert abs(100.0 * failed(model, runs, central=False) / runs - share) < 9.0


@pytest.mark.parametrize(
    "changes",
    [
        {"k": "poisson(p)", "p": "prior: {gamma: [2, 2]}"},
        {"k": "poisson(max(p, 0))", "p": NORMAL},
        {"b": "bernoulli(p)", "p": SHARE},
        {"b": "bernoulli(p)", "p": "prior: {uniform: [0, 1]}"},
        {"clock": "p within 3 days", "p": SHARE},
        {"clock": "{rate: p * 1 per day}", "p": "prior: {lognormal: [1, 3]}"},
        {"clock": "{gamma: {shape: p, mean: 2 days}}", "p": "prior: {uniform: [0, 3]}"},
        {"clock": "{fixed: 1 day, speed: 'max(p, 0)'}", "p": WIDE},
        {"weight": "exp(p)", "p": NORMAL},
        {"effect": "p", "p": SHARE},
        {"effect": "p / (p + q)", "p": SHARE, "q": SHARE},
        {"effect": "logistic(p)", "p": "prior: {normal: [0, 9]}"},
        {"effect": "x * p", "p": WIDE},
        {"clock": "{rate: 'p * exp(-since(other, 3 days) / 1 day) * 1 per day'}", "p": WIDE},
        {"weight": "p * (since(e, 1 day) / 1 day)", "second": "1", "p": WIDE},
        {"relaxes": "{towards: p * q, half_life: (0.1 + p) * 1 day}", "p": SHARE, "q": SHARE},
        {"clock": "{rate: '0.1 per day * exp(-since(other, 30 days) / (1 day + p * 1 day))'}", "p": SHARE},
        {"clock": "{fixed: 'p * since(other, 30 days)'}", "p": SHARE},
        {"weight": "p * (since(other, 1 day) / 1 day)", "second": "1", "p": SHARE},
        {"k": "poisson(p * (since(other, 1 day) / 1 day))", "p": SHARE},
    ],
)
def test_what_parameters_alone_do_not_break_is_let_be(changes) -> None:
    assert found_in(changes) == []


def told_of_changes(folder: Path, *changes: str) -> list[str]:
    (folder / "model.yaml").write_text(MODEL.format(**{**PLAIN, "b": "bernoulli(p + q)", "q": "value: 0"}))
    listed = ", ".join(f"{{from: {day} days, parameters: {{{given}}}}}" for day, given in enumerate(changes, 1))
    (folder / "scenario.yaml").write_text(f"scenario: s\nmodel: model.yaml\nchanges: [{listed}]\n")
    found = load_scenario(folder / "scenario.yaml").warnings
    return [f"{one.message}; {one.notes[0]}" for one in found if one.code == "W330"]


def test_what_a_change_makes_of_parameters_is_tried_too(tmp_path) -> None:
    (found,) = told_of_changes(tmp_path, "p: 7", "p: 8")

    assert "with p = 7, q = 0, in the rule 'r'" in found
    assert "from 1 day" in found
    assert "scenario.yaml:3:11" in found


@pytest.mark.parametrize("changes", [("p: 0.9", "q: 0.1"), ("p: p - 0.5", "q: 0.9")])
def test_what_changes_leave_possible_is_let_be_and_what_an_expression_comes_to_is_not_guessed(
    tmp_path, changes
) -> None:
    assert told_of_changes(tmp_path, *changes) == []
