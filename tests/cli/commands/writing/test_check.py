"""`sim check --priors`: what is known about the parameters of models, and of scenarios about those that they change."""

import json

MODEL = """
model: asked
title: Asked
time: {unit: day}
horizon: 9 days
factions: {a: {title: A}}
state: {x: {type: bool, initial: false}}
parameters:
  delay: {elicited: {experts: {anna: {5: 2, 50: 7, 95: 30}}}, unit: day, basis: {judgement: asked}}
  share: {prior: {beta: [2, 3]}, basis: {judgement: a guess}}
events: {done: {by: a, effects: {x: true}}}
rules: {does: {faction: a, when: share > 0.1, clock: {fixed: delay}, emits: done}}
"""
SCENARIO = "scenario: other\nmodel: model.yaml\nparameters: {share: {prior: {beta: [5, 5]}}}\n"


def test_priors_are_shown_below_the_file_that_has_them(sim, tmp_path):
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(SCENARIO, encoding="utf-8")

    model, other = sim("check", "--priors", "model.yaml").out, sim("check", "--priors", "other.yaml").out

    assert model.startswith("model.yaml: fine: ")
    assert "elicited from 1 expert, day" in model
    assert "lognormal(7.07839, 0.812299)" in model
    assert "beta(2, 3)" in model
    assert "beta(5, 5)" in other
    assert "delay" not in other
    assert sim("check", "model.yaml").out == model.splitlines()[0] + "\n"


def test_priors_are_there_as_data(sim, tmp_path):
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")

    (fine,) = json.loads(sim("check", "--priors", "--json", "model.yaml").out)["fine"]
    (plain,) = json.loads(sim("check", "--json", "model.yaml").out)["fine"]

    assert [one["parameter"] for one in fine["priors"]] == ["delay", "share"]
    assert "priors" not in plain
