from pathlib import Path

import pytest

from sim.analysis.results import results
from sim.analysis.summary import Summary, summarise
from sim.model.assumptions import load_scenario
from sim.model.event import Event

MODEL = """
model: coin
title: A coin
time: {unit: abstract}
horizon: 1
factions: {fate: {title: Fate}}
state: {side: {type: enum, values: [up, heads, tails], initial: up}}
events: {fell_heads: {by: fate, effects: {side: heads}}, fell_tails: {by: fate, effects: {side: tails}}}
rules:
  coin_falls:
    faction: fate
    when: side == up
    choose: [{event: fell_heads, weight: 1}, {event: fell_tails, weight: 1}]
outcomes:
  tails: {when: side == tails, ends_run: true}
  heads: {when: side == heads, ends_run: true}
measures: {n: {count: [fell_heads]}}
"""


@pytest.fixture
def scenario(tmp_path: Path):
    file = tmp_path / "coin.yaml"
    file.write_text(MODEL, encoding="utf-8")
    return load_scenario(file).scenario


def run_of(number: int, outcome: str) -> Summary:
    return Summary(number, 4, {outcome: 0.0}, {"n": float(outcome == "heads")}, ended=outcome)


def made(scenario, summaries):
    return results(scenario, summaries, ensemble="e", root="r", seed=1, central=False)


def test_outcomes_are_counted_once_a_run_and_shown_in_the_authors_order(scenario):
    found = made(scenario, [run_of(0, "heads"), run_of(1, "tails"), run_of(2, "heads")])

    assert [(name, item.hits, item.runs) for name, item in found.outcomes.items()] == [("tails", 1, 3), ("heads", 2, 3)]
    assert found.events == 12


def test_failed_runs_are_counted_and_left_out_of_every_estimate(scenario):
    failed = [Summary(number, 2, {}, {}, failed="E604 in rule 'x'") for number in (7, 3)]

    found = made(scenario, [run_of(0, "heads"), *failed])

    assert (found.runs, found.failed) == (3, 2)
    assert found.failures == {"E604 in rule 'x'": (2, 3)}
    assert found.outcomes["heads"].runs == 1
    assert found.measures["n"].runs == 1


def test_what_the_intervals_cover_is_always_said(scenario):
    found = made(scenario, [run_of(0, "heads")])

    assert "95 %" in found.covers
    assert "finite number of runs" in found.covers
    assert "drawn from their priors" in found.covers
    assert "do not cover whether the model is right" in found.covers


def test_a_failed_log_is_summed_up_by_its_code_and_rule(scenario):
    log = (Event(0, 0.0, "started", "run_started"), Event(1, 0.0, "failed", "E604", "coin_falls", note="x"))

    assert summarise(None, scenario, 0, log).failed == "E604 in rule 'coin_falls'"
