"""What was documented stays as it was: a scenario's parameters hold from its branch on, the model's own until then."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.model.branching import branch_from_run
from sim.model.event import Log
from sim.model.program import compile_model
from sim.model.replay import CHANGING, at_branch, parameters_of, replay, state_of
from sim.model.scenario import Scenario
from sim.testing.models import model_data, scenario_of
from tests.engines.conformance.engines import ENGINES
from tests.engines.kernel.alike import exactly, pasts, replacing

SEED = st.integers(0, 2**63 - 1)
every_engine = pytest.mark.parametrize("engine", ENGINES)


def state_at_branch(scenario: Scenario, log: Log) -> dict[str, object]:
    program = compile_model(scenario.model)
    return state_of(program, at_branch(program, scenario, log))


@every_engine
@given(model_data(), SEED, st.data())
def test_a_pair_has_the_same_state_at_its_branch_whatever_the_scenario_assumes(engine, data, seed, drawn):
    scenario = scenario_of(data)
    past = drawn.draw(pasts(scenario, ReferenceEngine(compile_model(scenario.model), scenario, seed).run(0)))
    changed = drawn.draw(replacing(past))
    if not changed.replaced:
        return
    logs = [ENGINES[engine](compile_model(one.model), one, seed).run(1) for one in (past, changed)]
    assume("E630" not in (log[-1].type for log in logs))  # what relaxes has no course under such parameters

    assert state_at_branch(changed, logs[1]) == state_at_branch(past, logs[0])


def model(rule: str, parameters: str, state: str = "x: {type: int, initial: 0}", horizon: int = 20) -> str:
    return f"""
model: waiting
title: One rule that waits
time: {{unit: abstract}}
horizon: {horizon}
factions: {{a: {{title: A}}}}
state: {{{state}}}
parameters: {{{parameters}}}
events: {{e: {{by: a, effects: {{x: x + 1}}}}, noted: {{by: a, exogenous: true}}}}
rules: {{r: {{faction: a, emits: e, {rule}}}}}
outcomes: {{never: {{when: x < 0}}}}
"""


def value(name: str, number: float) -> str:
    return f"{name}: {{value: {number}, basis: {{judgement: given}}}}"


def branched(text: str, start: float, **changed: float) -> Scenario:
    """Return the scenario that branches at `start`, where nothing has happened, and has parameters otherwise."""
    known = loads_model(text)
    own = {name: known.parameters[name] for name in changed}
    parameters = {**known.parameters, **{name: replace(own[name], value=new) for name, new in changed.items()}}
    assumed = replace(known, parameters=parameters)
    return Scenario("other", "", "", assumed, (), start, known.horizon, (), (), "other.yaml", own=own)


def firings(engine: str, scenario: Scenario, run: int = 0) -> list[float]:
    log = ENGINES[engine](compile_model(scenario.model), scenario, 1).run(run)
    return [event.time for event in log if event.kind == "fired"]


# name: the rule, the model's parameter, when it branches, the scenario's parameter, when the rule fires first
FIRST = {
    "a fixed wait is what the scenario says, counted from its start": ("clock: {fixed: wait}", 10, 4, 6, 6),
    "a fixed wait that is over by the branch ends there": ("clock: {fixed: wait}", 10, 4, 3, 4),
    "a fixed wait may become longer": ("clock: {fixed: wait}", 10, 4, 15, 15),
    "a date is the scenario's": ("clock: {at: wait}", 10, 4, 7, 7),
    "a beat is the scenario's": ("clock: {every: wait}", 10, 4, 3, 6),
    "a guard that turns true starts its clock at the branch": ("when: wait < 5, clock: {fixed: 2}", 10, 4, 3, 6),
    "a guard that turns true fires at once": ("when: wait < 5 and x < 1, clock: immediately", 10, 4, 3, 4),
}


@every_engine
@pytest.mark.parametrize("case", FIRST)
def test_a_clock_that_runs_at_the_branch_goes_on_as_the_scenario_has_it(engine, case):
    rule, own, start, changed, first = FIRST[case]
    scenario = branched(model(rule, value("wait", own)), start, wait=changed)

    assert firings(engine, scenario)[:1] == [first]


@every_engine
def test_a_guard_that_turns_false_at_the_branch_stops_its_clock(engine):
    scenario = branched(model("when: wait > 5, clock: {fixed: 6}", value("wait", 10)), 4, wait=3)

    assert firings(engine, scenario) == []


@every_engine
def test_a_rate_is_the_scenarios_from_the_branch_on(engine):
    scenario = branched(model("clock: {rate: pace}, when: x < 1", value("pace", 0.01)), 4, pace=5)
    same = branched(model("clock: {rate: pace}, when: x < 1", value("pace", 5)), 4)

    assert [firings(engine, scenario, run) for run in range(5)] == [firings(engine, same, run) for run in range(5)]


@every_engine
def test_a_law_keeps_its_age_under_the_scenarios_parameters(engine):
    text = "clock: {weibull: {shape: 3, scale: wait}}, when: x < 1"
    scenario = branched(model(text, value("wait", 10)), 4, wait=7)
    same = branched(model(text, value("wait", 7)), 4)

    assert [firings(engine, scenario, run) for run in range(5)] == [firings(engine, same, run) for run in range(5)]


ASLEEP = """
model: asleep
title: A rule is stopped for a while, and keeps its age
time: {unit: abstract}
horizon: 100
factions: {a: {title: A}}
state: {awake: {type: bool, initial: true}}
parameters: {wait: {value: 100, basis: {judgement: given}}}
events:
  e: {by: a}
  stopped: {exogenous: true, effects: {awake: false}}
  resumed: {exogenous: true, effects: {awake: true}}
rules: {r: {faction: a, when: awake, memory: keep, emits: e, clock: {gamma: {shape: 2, mean: wait}}}}
timetable: [{at: 3, event: stopped}, {at: 8, event: resumed}]
outcomes: {never: {when: false}}
"""


@every_engine
def test_a_stopped_clock_that_outlived_its_threshold_under_the_new_law_is_drawn_again(engine):
    text = loads_model(ASLEEP)
    scenario = Scenario("asleep", "", "", text, (), 0.0, 100.0, text.timetable, (), "asleep.yaml")
    program = compile_model(text)
    first = []
    for run in range(60):
        log = ReferenceEngine(program, scenario, 1).run(run)
        place = next(place for place, event in enumerate(log) if event.type == "stopped")
        quick = {"wait": replace(text.parameters["wait"], value=2)}
        other = replace(scenario, model=replace(text, parameters=quick), own=text.parameters)
        branch = branch_from_run(other, scenario, log, ensemble="e", run=run, event=place, seed=1, streams="keep")
        made = ENGINES[engine](compile_model(branch.model), branch, 1).run(run)
        assert exactly(made) == exactly(ReferenceEngine(compile_model(branch.model), branch, 1).run(run))
        first += [event.time for event in made if event.kind == "fired"][:1]

    assert len(first) > 50
    assert 8 not in first, "it had run for 3 without firing, so it waits on"


@every_engine
def test_without_a_past_what_is_assumed_holds_from_the_initial_state_on(engine):
    text = model("clock: {rate: 0}", value("begin", 2), "x: {type: int, initial: floor(begin)}")
    scenario = branched(text, 0, begin=5)
    log = ENGINES[engine](compile_model(scenario.model), scenario, 1).run(0)

    assert state_at_branch(scenario, log) == {"x": 5}
    assert log[0].marks == (5.0,)


@every_engine
def test_the_initial_state_before_a_branch_is_the_models_own(engine):
    text = model("clock: {rate: 0}", value("begin", 2), "x: {type: int, initial: floor(begin)}")
    scenario = branched(text, 3, begin=5)
    log = ENGINES[engine](compile_model(scenario.model), scenario, 1).run(0)

    assert state_at_branch(scenario, log) == {"x": 2}
    assert log[0].marks == (5.0, 2.0)


@every_engine
def test_a_law_that_cannot_be_under_the_scenario_fails_at_the_branch(engine):
    scenario = branched(model("clock: {weibull: {shape: 2, scale: wait}}", value("wait", 10)), 4, wait=-1)
    log = ENGINES[engine](compile_model(scenario.model), scenario, 1).run(0)

    assert [event.kind for event in log] == ["started", "failed"]
    assert log[0].marks == (-1.0, 10.0)
    assert (log[-1].type, log[-1].time) == ("E606", 4.0)


@given(model_data(), SEED, st.data())
def test_a_branch_from_a_run_with_other_parameters_begins_in_the_state_of_that_run(data, seed, drawn):
    scenario = scenario_of(data)
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed).run(0)
    happened = enumerate(log[:-2])
    places = [place for place, event in happened if event.kind in CHANGING and event.time < scenario.horizon]
    if log[-1].note != "horizon" or not places:
        return
    place = drawn.draw(st.sampled_from(places))
    replaced = drawn.draw(replacing(scenario))
    try:
        other = branch_from_run(replaced, scenario, log, ensemble="e", run=0, event=place, seed=seed, streams="fresh")
    except RunError as error:  # what was put in place of a prior cannot go with what the run drew
        assert error.code == "E620"  # noqa: PT017 - any other is a fault
        return
    frame = at_branch(program, scenario, log)
    for _ in replay(program, frame, log[: place + 1]):
        pass
    made = ReferenceEngine(compile_model(other.model), other, seed).run(0)

    assert state_at_branch(other, made) == state_of(program, frame)


def test_the_case_keeps_its_documented_past_under_every_scenario():
    base = load_scenario("scenarios/lesotho-2014/status-quo.yaml").scenario
    leaning = load_scenario("scenarios/lesotho-2014/mediator-leans-in.yaml").scenario
    logs = [ReferenceEngine(compile_model(one.model), one, 1).run(3) for one in (base, leaning)]

    assert state_at_branch(leaning, logs[1]) == state_at_branch(base, logs[0])
    values = dict(zip(leaning.model.parameters, parameters_of(compile_model(leaning.model), logs[1]), strict=True))
    before = dict(zip(base.model.parameters, logs[0][0].marks, strict=True))
    assert values["visit_effect"] != before["visit_effect"]
