"""The guarantees of the project's streams and branches, on models that Hypothesis makes up.

What a draw is depends on the seed, the run and the name of what draws. So what is not touched does not move.
"""

import json
import math
from dataclasses import replace
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.canonical import specification
from sim.model.event import Event, Log
from sim.model.evolve import initial
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.replay import CHANGING, at_branch, replay, state_of
from sim.testing.models import HORIZON, alone, model_data, scenario_of, text_of
from tests.engines.conformance.engines import ENGINES
from tests.examples import examples

RUNS = 3
SEED = st.integers(0, 2**63 - 1)


def every_engine(*strategies):
    """Make a test of a claim on every engine. The kernel compiles each model, so most of its examples are slow."""

    def made(claim):
        @pytest.mark.parametrize(
            ("engine", "number"),
            [("reference", 20), ("kernel", 6), *(pytest.param(name, 60, marks=pytest.mark.slow) for name in ENGINES)],
        )
        def test(engine, number):
            examples(number, partial(claim, engine), *strategies)

        return test

    return made


def made(engine, data, seed=1):
    scenario = scenario_of(data)
    return ENGINES[engine](compile_model(scenario.model), scenario, seed)


def logs_of(engine, data, seed) -> list[Log]:
    one = made(engine, data, seed)
    return [one.run(run) for run in range(RUNS)]


def happened(log: Log) -> list[Event]:
    """Return what happened in a run, apart from outcomes and the run's own marks."""
    return [replace(event, sequence=0) for event in log if event.kind in CHANGING]


@every_engine(model_data(), SEED)
def test_a_run_is_the_same_whichever_others_are_run_and_in_which_order(engine, data, seed):
    one = made(engine, data, seed)
    forwards = [one.run(run) for run in range(RUNS)]

    assert [one.run(run) for run in reversed(range(RUNS))] == forwards[::-1]
    assert made(engine, data, seed).run(RUNS - 1) == forwards[-1]


@every_engine(model_data(), SEED, st.randoms(use_true_random=False))
def test_the_order_of_keys_has_no_meaning(engine, data, seed, random: Random):
    def shuffled(value):
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return value

    other = shuffled(data)
    a, b = scenario_of(data), scenario_of(other)

    assert specification(a, seed, central=False) == specification(b, seed, central=False)
    assert logs_of(engine, other, seed) == logs_of(engine, data, seed)


ADDITIONS = st.sampled_from(
    [
        ("measures", "added", {"max": "heat"}),
        ("outcomes", "added", {"when": "heat > 0.2"}),
        ("outcomes", "added", {"on": ["e_one"], "within": "5"}),
        ("factions", "added", {"title": "Somebody else"}),
        ("derived", "added", {"value": "heat * 2"}),
        ("events", "added", {"by": "alpha"}),
        ("state", "added", {"type": "int", "initial": 3}),
        ("checks", "added", {"always": "heat <= 1", "because": "it is bounded"}),
        ("checks", "added", {"reachable": "all", "because": "nothing is declared in vain"}),
        ("checks", "added", {"monotone": "pace", "never_lowers": "hot", "because": "haste heats"}),
        ("parameters", "a_first", {"prior": {"uniform": [0, 1]}, "basis": {"judgement": "unused"}}),
        ("parameters", "added", {"prior": {"uniform": [0, 1]}, "basis": {"judgement": "unused"}}),
        ("rules", "added", {"faction": "beta", "when": "false", "clock": {"fixed": "0"}, "emits": "e_one"}),
        ("rules", "a_first", {"faction": "beta", "clock": {"rate": "0"}, "emits": "e_two", "priority": -9}),
        ("rules", "zz_last", {"faction": "added_too", "on": ["e_two"], "when": "stock > 99", "emits": "e_two"}),
    ]
)


@every_engine(model_data(), ADDITIONS, SEED)
def test_what_is_added_and_does_nothing_moves_no_other_event(engine, data, addition, seed):
    kind, name, item = json.loads(json.dumps(addition))
    days = data["time"]["unit"] == "day"
    if days and "within" in item:
        item["within"] = "5 days"
    if days and kind == "rules" and isinstance(item.get("clock"), dict):
        item["clock"] = {"fixed": "0 days"} if "fixed" in item["clock"] else {"rate": "0 per day"}
    more = {**data, kind: {**data.get(kind, {}), name: item}}
    if item.get("faction") == "added_too":
        more["factions"] = {**data["factions"], "added_too": {"title": "One more"}}

    before = logs_of(engine, data, seed)
    after = logs_of(engine, more, seed)

    assert [happened(log) for log in after] == [happened(log) for log in before]
    assert [(log[-1].kind, log[-1].time) for log in after] == [(log[-1].kind, log[-1].time) for log in before]
    if kind not in ("state", "events", "parameters", "rules"):
        names = [specification(scenario_of(one), seed, central=False) for one in (data, more)]
        assert {**names[0], "questions": ""} == {**names[1], "questions": ""}


@every_engine(model_data(), SEED)
def test_a_check_changes_neither_the_logs_nor_the_id_of_an_ensemble(engine, data, seed):
    more = {**data, "checks": {"cool": {"never": "heat > 0.9 and happened(e_one)", "because": "it must not burn"}}}

    assert specification(scenario_of(more), seed, central=False) == specification(
        scenario_of(data), seed, central=False
    )
    assert logs_of(engine, more, seed) == logs_of(engine, data, seed)


@every_engine(model_data(), SEED)
def test_a_parameter_that_is_added_leaves_the_draws_of_the_others_where_they_were(engine, data, seed):
    added = {"prior": {"uniform": [0, 1]}, "basis": {"judgement": "unused"}}
    more = {**data, "parameters": {"a_first": added, **data["parameters"], "zz_last": added}}

    def drawn(of):
        names = scenario_of(of).model.parameters
        return [dict(zip(names, log[0].marks, strict=True)) for log in logs_of(engine, of, seed)]

    for before, after in zip(drawn(data), drawn(more), strict=True):
        assert after.keys() - before.keys() == {"a_first", "zz_last"}
        assert {name: after[name] for name in before} == before


@every_engine(model_data(), SEED)
def test_a_scenario_that_changes_nothing_gives_the_same_log_and_the_same_id(engine, data, seed):
    scenario = scenario_of(data)
    same = replace(scenario, name="another", title="Another", question="Why?", path="elsewhere.yaml")

    assert specification(same, seed, central=False) == specification(scenario, seed, central=False)
    again = ENGINES[engine](compile_model(same.model), same, seed)
    assert [again.run(run) for run in range(RUNS)] == logs_of(engine, data, seed)


@every_engine(model_data(), SEED, st.integers(0, 10**6), st.data())
def test_a_branch_with_luck_kept_and_nothing_changed_goes_on_exactly(engine, data, seed, run, drawn):
    scenario = scenario_of(data)
    program = compile_model(scenario.model)
    log = ENGINES[engine](program, scenario, seed).run(run)
    assume(log[-1].kind == "ended")
    allowed = [
        number
        for number, event in enumerate(log[:-1])
        if event.time < HORIZON
        and any(later.kind in CHANGING or later.note == "horizon" for later in log[number + 1 :])
    ]
    assume(allowed)  # a model may be over as it begins
    number = drawn.draw(st.sampled_from(allowed))
    later = branch_from_run(scenario, scenario, log, ensemble="e", run=run, event=number, seed=seed, streams="keep")
    stands = later.lineage.event

    again = ENGINES[engine](program, later, seed).run(0)

    assert again[0].marks == log[0].marks
    assert [replace(event, sequence=0) for event in again[1:]] == [
        replace(event, sequence=0) for event in log[stands + 1 :]
    ]


@given(model_data(), SEED)
def test_distinct_runs_and_distinct_seeds_have_distinct_draws(data, seed):
    program = compile_model(scenario_of(data).model)
    draws = {
        RandomStreams(program, other).thresholds(run)(0, 0) for other in (seed, (seed + 1) % 2**63) for run in range(5)
    }

    assert len(draws) == 10


@given(model_data(), SEED)
def test_scenarios_share_the_luck_of_every_rule_whatever_else_they_change(data, seed):
    scenario = scenario_of(data)
    other = json.loads(json.dumps(data))
    other["parameters"]["pace"] = {"value": 0.9, "basis": {"judgement": "assumed"}}
    changed = scenario_of(other)
    one = RandomStreams(compile_model(scenario.model), seed)
    two = RandomStreams(compile_model(changed.model), seed)

    assert one.keys == two.keys
    assert one.parameters(scenario, 4, central=False)[0] == two.parameters(changed, 4, central=False)[0]


@given(model_data(), SEED)
def test_folding_the_log_gives_the_state_that_the_reference_engine_had(data, seed):
    scenario = scenario_of(data)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    for run in range(RUNS):
        done = engine.unfold(run)
        log = done.finished()
        frame = at_branch(engine.program, engine.scenario, log)
        states = [state_of(engine.program, frame) for _, frame in replay(engine.program, frame, log)]
        if done.error is None:
            assert states[-1] == state_of(engine.program, done.frame)
        again = initial(engine.program, done.parameters)
        assert state_of(engine.program, again) == states[0]


@every_engine(model_data(), SEED)
def test_a_log_begins_and_ends_as_it_should_and_time_never_goes_back(engine, data, seed):
    one = made(engine, data, seed)
    for run in range(RUNS):
        log = one.run(run)
        times = [event.time for event in log]

        assert [event.sequence for event in log] == list(range(len(log)))
        assert log[0].kind == "started"
        assert log[-1].kind in ("ended", "failed")
        assert {event.kind for event in log[1:-1]} <= {"fired", "scheduled", "outcome"}
        assert all(math.isfinite(time) for time in times)
        assert times == sorted(times)
        assert times[-1] <= HORIZON
        outcomes = [event.type for event in log if event.kind == "outcome"]
        assert len(outcomes) == len(set(outcomes))


@every_engine(model_data(), SEED)
def test_at_equal_times_the_timetable_comes_first_then_immediate_rules_then_priority_then_name(engine, data, seed):
    scenario = scenario_of(data)
    program = compile_model(scenario.model)
    one = ENGINES[engine](program, scenario, seed)
    ranks = {rule.rule.name: rule.rank for rule in program.rules}
    for run in range(RUNS):
        log = [event for event in one.run(run) if event.kind in CHANGING]
        for first, second in pairwise(log):
            if first.time == second.time and second.kind == "scheduled":
                assert first.kind == "scheduled"
    assert ranks["settles"] == 0
    order = sorted(ranks, key=ranks.__getitem__)
    priorities = [program.model.rules[name].priority for name in order[1:]]
    assert priorities == sorted(priorities)


@given(model_data())
def test_a_model_written_down_and_read_again_is_the_same_model(data):
    model = scenario_of(data).model
    again = alone(scenario_of(json.loads(text_of(data))).model).model

    assert again == model
