"""A branch from a simulated run: a counterfactual with its luck kept, a forecast with fresh luck."""

import math
from dataclasses import replace

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.errors import UsageError
from sim.language.expressions.tree import Expression, Literal
from sim.language.expressions.types import REAL
from sim.model.branching import branch_from_run
from sim.model.event import Event
from sim.model.program import compile_model
from sim.model.scenario import Change, Scenario
from tests.summaries import summarise

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


def branch(scenario, log, run, event, streams, changed=None):
    return branch_from_run(
        changed or scenario, scenario, log, ensemble="e", run=run, event=event, seed=1, streams=streams
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


def test_a_branch_from_a_run_goes_on_from_the_documented_past_of_that_run_too(scenario):
    past = (Event(0, 0.5, "documented", "opened", "b_opens"), Event(1, 1.0, "documented", "stormed"))
    documented = replace(scenario, past=past, start=1.0)
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, documented, seed=1).run(4)

    for event in range(1, len(log) // 2):
        later = branch(documented, log, 4, event, "keep")
        stands = later.lineage.event
        again = ReferenceEngine(program, later, seed=1).run(0)
        assert later.past == (*past, *log[: stands + 1])
        assert [(item.time, item.type) for item in again[1:]] == [(item.time, item.type) for item in log[stands + 1 :]]


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
        (replace(scenario, horizon=log[4].time), 4, "fresh", "E502"),
    ]
    for changed, event, streams, code in cases:
        with pytest.raises(UsageError) as error:
            branch(scenario, log, 0, event, streams, changed)
        assert error.value.code == code

    fresh = branch(scenario, log, 0, 2, "fresh")
    second = ReferenceEngine(compile_model(scenario.model), fresh, seed=1).run(0)
    with pytest.raises(UsageError) as error:
        branch_from_run(scenario, fresh, second, ensemble="f", run=0, event=1, seed=1, streams="keep")
    assert error.value.code == "E507"


def test_a_scenario_without_what_the_one_of_the_run_adds_is_told_what_it_lacks(scenario):
    rules = {name: rule for name, rule in scenario.model.rules.items() if name != "b_notes"}
    without = replace(scenario, name="quiet", model=replace(scenario.model, rules=rules))
    log = ReferenceEngine(compile_model(scenario.model), scenario, 1).run(0)

    with pytest.raises(UsageError) as refused:
        branch(replace(scenario, own_rules=("b_notes",)), log, 0, 3, "fresh", without)

    assert refused.value.code == "E501"
    assert str(refused.value).splitlines() == [
        "error E501: the run has the rule 'b_notes' of its scenario's own, and 'quiet' has not",
        "   = branch with a scenario that extends 'quarrel'",
    ]


def test_a_prior_that_the_branch_changes_is_asked_for_the_quantile_that_the_run_drew(scenario):
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed=1)
    wider = replace(scenario.model.parameters["pace"], arguments=(2.0, 4.0), factor=3.0)
    changed = replace(scenario, model=replace(scenario.model, parameters={"pace": wider}))

    for run in range(5):
        log = engine.run(run)
        later = branch(scenario, log, run, 3, "fresh", changed)

        quantile = (log[0].marks[0] - 0.3) / 0.7
        assert later.parameters == (pytest.approx(3 * (2 + 2 * quantile)),)


@pytest.mark.parametrize(("mode", "draw"), [({"runs_per_draw": 4}, 1), ({"central": True}, None)])
def test_a_prior_that_the_branch_changes_is_asked_for_the_draw_that_the_run_shared_with_others(scenario, mode, draw):
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, 1, **mode).run(6)
    wider = replace(scenario.model.parameters["pace"], value=7.0, arguments=(2.0, 4.0))
    changed = replace(scenario, model=replace(scenario.model, parameters={"pace": wider}))

    later = branch_from_run(changed, scenario, log, ensemble="e", run=6, event=3, seed=1, streams="fresh", **mode)

    quantile = (log[0].marks[0] - 0.3) / 0.7
    assert later.parameters == (pytest.approx(7.0 if draw is None else 2 + 2 * quantile),)


def test_a_branch_of_a_branch_makes_no_change_again_and_keeps_what_was_fixed_for_those_to_come(scenario):
    pace = scenario.model.parameters["pace"]
    slower = Expression(Literal(0.4, REAL), "0.4", "s.yaml:1:1")
    changing = scenario.with_changes(
        (
            Change(time=2.0, parameters={"pace": slower}, number=0),
            Change(time=4.0, parameters={"pace": replace(pace, arguments=(0.1, 0.2))}, number=1),
            Change(time=12.0, parameters={"pace": replace(pace, arguments=(0.6, 0.9))}, number=2),
        )
    )
    first = ReferenceEngine(compile_model(changing.model), changing, 1).run(0)
    quantile = (first[0].marks[0] - 0.3) / 0.7

    one = branch(changing, first, 0, at(first, 3.0), "fresh")
    second = ReferenceEngine(compile_model(one.model), one, 1).run(5)
    two = branch_from_run(
        changing, one, second, ensemble="f", run=5, event=at(second, 6.0), seed=1, streams="fresh"
    )  # fmt: skip
    third = ReferenceEngine(compile_model(two.model), two, 1).run(2)

    rows = [[(row.time, row.marks[0]) for row in log if row.kind == "changed"] for log in (second, third)]
    fourth, twelfth = (4.0, pytest.approx(0.1 + 0.1 * quantile)), (12.0, pytest.approx(0.6 + 0.3 * quantile))
    assert rows == [[fourth, twelfth], [twelfth]]
    assert third[0].marks == (fourth[1],)


def at(log, time):
    """The number of the last event before a time."""
    return max(event.sequence for event in log if event.time < time)


@pytest.mark.parametrize(("how", "draw"), [({"runs_per_draw": 3}, lambda run: run // 3), ({"central": True}, None)])
def test_the_draw_that_a_run_had_is_asked_where_several_share_one_or_none_has_any(scenario, how, draw):
    program = compile_model(scenario.model)
    wider = replace(scenario.model.parameters["pace"], arguments=(2.0, 4.0), factor=3.0, value=7.5)
    changed = replace(scenario, model=replace(scenario.model, parameters={"pace": wider}))

    for run in range(1, 8, 3):
        log = ReferenceEngine(program, scenario, seed=1, **how).run(run)
        later = branch_from_run(changed, scenario, log, ensemble="e", run=run, event=3, seed=1, streams="fresh", **how)

        quantile = (log[0].marks[0] - 0.3) / 0.7
        assert later.parameters == (pytest.approx(3 * (2 + 2 * quantile) if draw else 7.5),)
