"""A branch from a simulated run: a counterfactual with its luck kept, a forecast with fresh luck."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from sim.analysis.summary import summarise
from sim.engines.reference import ReferenceEngine
from sim.errors import UsageError
from sim.model.branching import branch_from_run
from sim.model.build import loads_model
from sim.model.event import Event
from sim.model.program import compile_model
from sim.model.scenario import Scenario

MODEL = """
model: quarrel
title: A quarrel with every kind of clock
time: {unit: abstract}
horizon: 30
factions: {a: {title: A}, b: {title: B}}
state:
  heat:  {type: real, range: [0, 1], initial: 0.4, at_bounds: saturate}
  open:  {type: bool, initial: false}
  steps: {type: int, range: [0, 100000], initial: 0}
parameters:
  pace: {prior: {uniform: [0.3, 1.0]}, basis: {judgement: a guess}}
events:
  pushed:  {by: a, effects: {heat: heat + 0.15, steps: steps + 1}}
  eased:   {by: b, effects: {heat: heat - 0.1, steps: steps + 1}}
  opened:  {by: b, effects: {open: true, steps: steps + 1}}
  shut:    {by: a, effects: {open: false, steps: steps + 1}}
  ticked:  {by: a, effects: {steps: steps + 1}}
  stormed: {effects: {heat: 0.9}}
  noted:   {by: b, effects: {steps: steps + 1}}
rules:
  a_pushes:    {faction: a, clock: {rate: pace * (1.2 - heat)}, emits: pushed}
  b_eases:     {faction: b, when: heat > 0.3, clock: {weibull: {shape: 2, scale: 1.5}}, memory: keep, emits: eased}
  b_opens:     {faction: b, when: not open, clock: {gamma: {shape: 3, mean: 4}}, memory: repeat, emits: opened}
  a_shuts:     {faction: a, when: open, clock: {uniform: {low: 1, high: 3}}, emits: shut}
  a_ticks:     {faction: a, when: open, clock: {every: 2.5}, emits: ticked}
  b_notes:     {faction: b, on: [shut], when: heat < 0.95, clock: {fixed: 0.5}, emits: noted}
  b_marks:     {faction: b, when: heat > 0.85, clock: immediately, emits: noted}
timetable:
  - {at: 6, event: stormed}
  - {at: 6, event: stormed}
  - {at: 20, event: stormed}
outcomes:
  hot:    {when: heat > 0.8}
  early:  {when: open, within: 8, while: heat < 0.95}
  many:   {when: steps >= 60, ends_run: true}
  little: {otherwise: true}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    model = loads_model(MODEL)
    return Scenario("quarrel", "", "", model, (), 0.0, 30.0, model.timetable, (), "quarrel.yaml")


def branch(scenario, log, run, event, luck, changed=None, before=None):
    return branch_from_run(
        changed or scenario, before or scenario, log, ensemble="e", run=run, event=event, seed=1, luck=luck
    )


def test_with_luck_kept_and_nothing_changed_a_run_goes_on_exactly_from_every_event(scenario):
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, seed=1)
    for run in range(12):
        log = engine.run(run)
        for event in range(len(log) - 1):
            rest = [item for item in log[event + 1 :] if item.kind != "outcome"]
            if log[event].time == scenario.horizon or (rest[0].kind == "ended" and rest[0].note != "horizon"):
                continue  # the run was over
            later = branch(scenario, log, run, event, "keep")
            again = ReferenceEngine(program, later, seed=1).run(0)
            while log[event + 1].kind == "outcome" and log[event + 1].type != "little":
                event += 1

            expected = [replace(item, sequence=0) for item in log[event + 1 :]]
            assert [replace(item, sequence=0) for item in again[1:]] == expected
            assert again[0].marks == log[0].marks


def test_fresh_luck_keeps_the_past_and_draws_another_future_in_each_run(scenario):
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed=1).run(3)
    later = branch(scenario, log, 3, len(log) // 2, "fresh")
    engine = ReferenceEngine(program, later, seed=1)

    futures = {tuple((item.time, item.type) for item in engine.run(number)[1:]) for number in range(20)}

    assert len(futures) == 20
    assert tuple((item.time, item.type) for item in log[len(log) // 2 + 1 :]) not in futures
    assert {engine.run(number)[0].marks for number in range(5)} == {log[0].marks}


def test_a_counterfactual_changes_what_its_assumption_touches_and_keeps_the_luck_of_the_rest(scenario):
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed=1).run(5)
    event = len(log) // 3
    without = replace(scenario, disabled=("b_opens",))

    changed = ReferenceEngine(program, branch(scenario, log, 5, event, "keep", without), seed=1).run(0)

    assert not any(item.rule == "b_opens" for item in changed)
    unchanged = [(item.time, item.type) for item in log[event + 1 :]]
    first = next(number for number, item in enumerate(log[event + 1 :]) if item.rule == "b_opens")
    assert [(item.time, item.type) for item in changed[1 : first + 1]] == unchanged[:first]


def test_a_changed_parameter_applies_from_the_branch_and_nothing_overdue_fires_in_the_past(scenario):
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed=1).run(2)
    event = len(log) // 2
    pace = replace(scenario.model.parameters["pace"], value=50.0, prior="", arguments=())
    faster = replace(scenario, model=replace(scenario.model, parameters={"pace": pace}))
    later = branch(scenario, log, 2, event, "keep", faster)

    again = ReferenceEngine(compile_model(faster.model), later, seed=1).run(0)

    assert again[0].marks == (50.0,)
    assert all(item.time >= log[event].time for item in again)
    assert math.isfinite(again[-1].time)


def test_outcomes_that_had_come_true_count_and_do_not_come_true_again(scenario):
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, seed=1)
    logs = [engine.run(run) for run in range(50)]
    run = next(run for run, log in enumerate(logs) if any(item.type == "hot" for item in log[: len(log) // 2]))
    log = logs[run]
    later = branch(scenario, log, run, len(log) // 2, "fresh")

    again = ReferenceEngine(program, later, seed=1).run(0)

    assert "hot" not in [item.type for item in again]
    assert summarise(program, later, 0, again).outcomes["hot"] <= 0


def test_what_cannot_be_gone_on_from_is_refused(scenario):
    log = ReferenceEngine(compile_model(scenario.model), scenario, seed=1).run(0)
    other = replace(scenario, model=loads_model(MODEL.replace("heat + 0.15", "heat + 0.25")))
    cases = [
        (scenario, len(log) - 1, "fresh", "E508"),
        (scenario, len(log), "fresh", "E508"),
        (scenario, -1, "fresh", "E508"),
        (other, 2, "fresh", "E501"),
        (replace(scenario, horizon=log[4].time / 2), 4, "fresh", "E502"),
    ]
    for changed, event, luck, code in cases:
        with pytest.raises(UsageError) as error:
            branch(scenario, log, 0, event, luck, changed)
        assert error.value.code == code

    fresh = branch(scenario, log, 0, 2, "fresh")
    second = ReferenceEngine(compile_model(scenario.model), fresh, seed=1).run(0)
    with pytest.raises(UsageError) as error:
        branch_from_run(scenario, fresh, second, ensemble="f", run=0, event=1, seed=1, luck="keep")
    assert error.value.code == "E507"


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


def from_the_bell(clock: str, luck: str) -> tuple[ReferenceEngine, ReferenceEngine, int]:
    """Return the engines of a run that had not fired by 1 and of its branch at 1, and the run's number."""
    whole, engine = waiting(clock)
    run, log = next((run, log) for run in range(100) if (log := engine.run(run))[1].type == "rang")
    later = branch_from_run(whole, whole, log, ensemble="e", run=run, event=1, seed=4, luck=luck)
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


@CLOCKS
def test_a_clock_that_repeats_is_known_to_wait_longer_than_it_did_before_it_was_stopped(clock, known):
    """Its draw stays, so the wait that it had come through before a pause is known after a branch, too."""
    text = WAITING.replace("CLOCK", f"{clock}, memory: repeat").replace("when: not done", "when: not done and open")
    text = text.replace("initial: false}}", "initial: false}, open: {type: bool, initial: true}}")
    events = "shut: {exogenous: true, effects: {open: false}}, opened: {exogenous: true, effects: {open: true}}"
    text = text.replace("rang: {}", events).replace("timetable: [{at: 1, event: rang}]\n", "")
    model = loads_model(text)
    past = tuple(
        Event(number, time, "documented", kind) for number, (time, kind) in enumerate([(1.0, "shut"), (2.0, "opened")])
    )
    scenario = Scenario("waiting", "", "", model, past, 2.0, 1000.0, (), (), "waiting.yaml")
    engine = ReferenceEngine(compile_model(model), scenario, seed=4)

    assert_distributed([engine.run(number)[1].time - 2 for number in range(NUMBER)], known, past=1)


def test_the_draws_of_a_branch_with_fresh_luck_are_its_own_and_not_those_of_the_runs_of_the_same_numbers():
    engine, fresh, run = from_the_bell("{rate: 0.7}", "fresh")
    whole, _ = waiting("{rate: 0.7}")
    other = branch_from_run(whole, whole, engine.run(run), ensemble="f", run=run, event=1, seed=4, luck="fresh")
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

    for run in range(20):
        log = engine.run(run)
        if log[1].type == "rang":
            later = branch(faster, log, run, 1, "keep", faster, before=whole)
            fired = ReferenceEngine(compile_model(faster.model), later, seed=1).run(0)[1]
            assert 1 < fired.time < 1.1


def test_a_prior_that_the_branch_changes_is_asked_for_the_quantile_that_the_run_drew(scenario):
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed=1)
    wider = replace(scenario.model.parameters["pace"], arguments=(2.0, 4.0), factor=3.0)
    changed = replace(scenario, model=replace(scenario.model, parameters={"pace": wider}))

    for run in range(5):
        log = engine.run(run)
        later = branch(scenario, log, run, 3, "fresh", changed)

        quantile = (log[0].marks[0] - 0.3) / 0.7
        assert later.parameters == (pytest.approx(3 * (2 + 2 * quantile)),)
