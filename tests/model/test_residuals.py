"""What is left of a clock at a branch: a unit exponential more than what it is known to have come through."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.event import Event, Log
from sim.model.program import compile_model
from sim.model.scenario import Scenario

WAITING = """
model: waiting
title: A clock that runs, and a bell at 1
time: {unit: abstract}
horizon: 1000
factions: {a: {title: A}}
state: {done: {type: bool, initial: false}}
events: {fired: {by: a, effects: {done: true}}, rang: {}}
rules: {a_fires: {faction: a, when: not done, clock: CLOCK, emits: fired}}
timetable: [{at: 1, event: rang}]
outcomes: {over: {when: done, ends_run: true}}
"""


CLOCKS = pytest.mark.parametrize(
    ("clock", "known"),
    [
        ("{uniform: {low: 0, high: 2}}", stats.uniform(0, 2)),
        ("{weibull: {shape: 2.5, scale: 1.2}}", stats.weibull_min(2.5, scale=1.2)),
        ("{gamma: {shape: 0.6, scale: 2}}", stats.gamma(0.6, scale=2)),
        ("{lognormal: {median: 1, sigma: 0.5}}", stats.lognorm(0.5, scale=1)),
        ("{rate: 0.7}", stats.expon(scale=1 / 0.7)),
    ],
)
NUMBER = 500


def waiting(clock: str, seed: int = 4) -> tuple[Scenario, ReferenceEngine]:
    model = loads_model(WAITING.replace("CLOCK", clock))
    whole = Scenario("waiting", "", "", model, (), 0.0, 1000.0, model.timetable, (), "waiting.yaml")
    return whole, ReferenceEngine(compile_model(model), whole, seed=seed)


def first_that_had_not_fired(engine: ReferenceEngine, bell: str) -> tuple[int, Log]:
    return next((run, log) for run in range(100) if (log := engine.run(run))[1].type == bell)


def from_the_bell(clock: str, streams: str) -> tuple[ReferenceEngine, ReferenceEngine, int]:
    """Return the engines of a run that had not fired by 1 and of its branch at 1, and the run's number."""
    whole, engine = waiting(clock)
    run, log = first_that_had_not_fired(engine, "rang")
    later = branch_from_run(whole, whole, log, ensemble="e", run=run, event=1, seed=4, streams=streams)
    return engine, ReferenceEngine(engine.program, later, seed=4), run


def assert_distributed(ages: list[float], known, *, past: float) -> None:
    """Hold ages against a law, given that they are past some age."""
    chances = sorted((known.cdf(age) - known.cdf(past)) / known.sf(past) for age in ages)
    apart = max(abs(chance - (place + 0.5) / len(ages)) for place, chance in enumerate(chances))

    assert 0 < min(chances) < max(chances) < 1
    # Kolmogorov: missed by a right program once in a million
    assert apart < 2.7 / math.sqrt(len(ages)) + 1 / len(ages)


@CLOCKS
def test_after_a_branch_with_fresh_luck_a_clock_is_distributed_as_one_that_has_run_that_long(clock, known):
    _, fresh, _ = from_the_bell(clock, "fresh")

    assert_distributed([fresh.run(number)[1].time for number in range(NUMBER)], known, past=1)


@CLOCKS
def test_after_a_documented_past_a_clock_is_distributed_as_one_that_has_run_that_long(clock, known):
    whole, _ = waiting(clock)
    past = (Event(0, 1.0, "documented", "rang"),)
    engine = ReferenceEngine(compile_model(whole.model), replace(whole, past=past, start=1.0, timetable=()), seed=4)

    assert_distributed([engine.run(number)[1].time for number in range(NUMBER)], known, past=1)


def stopped(clock: str) -> Scenario:
    """Return a scenario whose clock repeats and is stopped from 1 to 2."""
    text = WAITING.replace("CLOCK", f"{clock}, memory: repeat").replace("when: not done", "when: not done and open")
    text = text.replace("initial: false}}", "initial: false}, open: {type: bool, initial: true}}")
    text = text.replace("rang: {}", "shut: {effects: {open: false}}, opened: {effects: {open: true}}")
    text = text.replace("{at: 1, event: rang}", "{at: 1, event: shut}, {at: 2, event: opened}")
    model = loads_model(text)
    return Scenario("waiting", "", "", model, (), 0.0, 1000.0, model.timetable, (), "waiting.yaml")


@CLOCKS
def test_a_clock_that_repeats_is_known_to_wait_longer_than_it_did_before_it_was_stopped(clock, known):
    """Its draw stays, so the wait that it had come through before a documented pause is known after it."""
    whole = stopped(clock)
    past = (Event(0, 1.0, "documented", "shut"), Event(1, 2.0, "documented", "opened"))
    engine = ReferenceEngine(compile_model(whole.model), replace(whole, past=past, start=2.0, timetable=()), seed=4)

    assert_distributed([engine.run(number)[1].time - 2 for number in range(NUMBER)], known, past=1)


@CLOCKS
def test_a_branch_while_a_clock_that_repeats_is_stopped_knows_how_far_it_had_come(clock, known):
    whole = stopped(clock)
    program = compile_model(whole.model)
    run, log = first_that_had_not_fired(ReferenceEngine(program, whole, seed=4), "shut")
    later = branch_from_run(whole, whole, log, ensemble="e", run=run, event=1, seed=4, streams="fresh")
    fresh = ReferenceEngine(program, later, seed=4)

    assert [event.type for event in fresh.run(0)][1:3] == ["opened", "fired"]
    assert_distributed([fresh.run(number)[2].time - 2 for number in range(NUMBER)], known, past=1)


def test_the_draws_of_a_branch_with_fresh_luck_are_its_own_and_not_those_of_the_runs_of_the_same_numbers():
    engine, fresh, run = from_the_bell("{rate: 0.7}", "fresh")
    whole, _ = waiting("{rate: 0.7}")
    other = branch_from_run(whole, whole, engine.run(run), ensemble="f", run=run, event=1, seed=4, streams="fresh")
    elsewhere = ReferenceEngine(engine.program, other, seed=4)

    for number in range(20):
        fires = [event for event in engine.run(number) if event.kind == "fired"]
        waits = [fires[0].time, fresh.run(number)[1].time - 1, elsewhere.run(number)[1].time - 1]
        assert len({round(wait, 9) for wait in waits}) == 3


def test_what_a_changed_parameter_would_have_made_happen_before_the_branch_is_known_not_to_have_happened():
    text = WAITING.replace("CLOCK", "{rate: pace}").replace(
        "state:", "parameters: {pace: {value: 0.01, basis: {judgement: slow}}}\nstate:"
    )
    model = loads_model(text)
    whole = Scenario("waiting", "", "", model, (), 0.0, 1000.0, model.timetable, (), "waiting.yaml")
    engine = ReferenceEngine(compile_model(model), whole, seed=4)
    quick = replace(model.parameters["pace"], value=1000.0)
    faster = replace(whole, model=replace(model, parameters={"pace": quick}))

    logs = {run: log for run in range(20) if (log := engine.run(run))[1].type == "rang"}
    assert len(logs) > 10
    for run, log in logs.items():
        later = branch_from_run(faster, whole, log, ensemble="e", run=run, event=1, seed=4, streams="keep")
        fired = ReferenceEngine(compile_model(faster.model), later, seed=4).run(0)[1]
        assert 1 < fired.time < 1.1
