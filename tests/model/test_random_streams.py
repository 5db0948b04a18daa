"""The parameters that a run draws: from streams of their own, in the model's unit, once for so many runs."""

import pytest

from sim.build.model import loads_model
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.scenario import Scenario
from sim.numerics.streams import stream_key, uniform

MODEL = """
model: patience
title: Parameters in several units
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {a: {title: A}}
state: {}
parameters:
  delay: {prior: {uniform: [1, 3]}, unit: week, basis: {judgement: a guess}}
  pace:  {prior: {uniform: [1, 3]}, unit: 1/hour, basis: {judgement: a guess}}
  share: {prior: {uniform: [0, 1]}, basis: {judgement: a guess}}
  known: {value: 2, unit: week, basis: {judgement: a guess}}
events: {met: {by: a}}
rules: {a_meets: {faction: a, clock: {rate: pace}, emits: met}}
"""


@pytest.fixture
def scenario() -> Scenario:
    model = loads_model(MODEL)
    return Scenario("patience", "", "", model, (), 0.0, 10.0, (), (), "patience.yaml")


def drawn(name: str, number: int, seed: int = 3) -> float:
    return uniform(stream_key(seed, f"parameter:{name}"), number, 0, 0)


@pytest.mark.parametrize("run", [0, 1, 20])
def test_a_parameter_is_its_priors_quantile_at_its_own_streams_draw_in_the_models_unit(scenario, run):
    found = RandomStreams(compile_model(scenario.model), 3).parameters(scenario, run, central=False)

    assert dict(zip(scenario.model.parameters, found, strict=True)) == {
        "delay": pytest.approx(7 * (1 + 2 * drawn("delay", run)), rel=1e-14),
        "known": 14.0,
        "pace": pytest.approx(24 * (1 + 2 * drawn("pace", run)), rel=1e-14),
        "share": pytest.approx(drawn("share", run), rel=1e-14),
    }


def test_the_central_values_are_in_the_models_unit_too(scenario):
    found = RandomStreams(compile_model(scenario.model), 3).parameters(scenario, 5, central=True)

    assert dict(zip(scenario.model.parameters, found, strict=True)) == pytest.approx(
        {"delay": 14.0, "known": 14.0, "pace": 48.0, "share": 0.5}
    )


def test_so_many_runs_share_a_draw_and_the_next_as_many_the_next(scenario):
    program = compile_model(scenario.model)
    each = [RandomStreams(program, 3).parameters(scenario, run, central=False) for run in range(3)]
    shared = [RandomStreams(program, 3, runs_per_draw=4).parameters(scenario, run, central=False) for run in range(12)]

    assert shared == [draw for draw in each for _ in range(4)]
