"""The table of runs: parts in any order, with room or without, come to what all runs at once come to."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.runs import RunsBuilder, Tabulate, runs_of
from sim.build.model import loads_model
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.event_table import table_of
from sim.model.measures import measures_of
from sim.model.program import compile_model
from sim.testing.models import alone, model_data, scenario_of
from tests.model.test_endings import stopping
from tests.summaries import columns, summarise

RUNS = 40
MODEL = """
model: some_fail
title: Some runs fail, others end early
time: {unit: abstract}
horizon: 5
factions: {a: {title: A}}
parameters: {p: {prior: {uniform: [0.1, 1]}, basis: {judgement: drawn}}}
state: {x: {type: int, range: [0, 3], initial: 0}}
events: {up: {by: a, effects: {x: x + 1}}, over: {by: a}}
rules: {r: {faction: a, clock: {rate: p}, emits: up}, s: {faction: a, clock: {rate: 0.1}, emits: over}}
outcomes: {two: {when: x == 2, ending: true}, one: {when: x == 1}, done: {on: over, ends_run: true}}
measures: {greatest: {max: x}}
"""
SCENARIO = alone(loads_model(MODEL))
PROGRAM = compile_model(SCENARIO.model)
LOGS = [ReferenceEngine(PROGRAM, SCENARIO, 1).run(run) for run in range(RUNS)]


def part(project, runs):
    logs = LOGS[runs.start : runs.stop]
    return project(PROGRAM, SCENARIO, table_of(runs.start, logs, measures_of(PROGRAM, SCENARIO, logs)))


def contents(runs):
    columns = {**runs.times, **runs.measures, **runs.parameters, "followed": runs.followed}
    return (
        runs.numbers.tolist(), {name: repr(column.tolist()) for name, column in columns.items()}, runs.ended.tolist(),
        runs.sizes.tolist(), dict(runs.failed), runs.first_ending.tolist(),
    )  # fmt: skip


@given(st.sets(st.integers(1, RUNS - 1)), st.randoms(use_true_random=False), st.integers(1, 2 * RUNS))
def test_parts_in_any_order_come_to_what_all_runs_come_to(cuts, streams, room):
    builder = RunsBuilder(SCENARIO.model, room)
    pieces = [range(*ends) for ends in pairwise([0, *sorted(cuts), RUNS])]
    streams.shuffle(pieces)
    for piece in pieces:
        builder.add(piece, part(builder.project, piece))

    whole = part(Tabulate(), range(RUNS))
    assert contents(builder.runs(RUNS)) == contents(whole)
    assert any(whole.failed.values())
    assert 0 < np.isfinite(whole.times["done"]).sum() < len(whole)


def test_the_first_runs_are_those_of_a_table_of_just_them():
    builder = RunsBuilder(SCENARIO.model, 1)
    builder.add(range(RUNS), part(builder.project, range(RUNS)))

    assert contents(builder.runs(7)) == contents(part(Tabulate(), range(7)))


def test_a_lean_table_leaves_out_the_parameters_alone():
    builder = RunsBuilder(SCENARIO.model, RUNS, lean=True)
    builder.add(range(RUNS), part(builder.project, range(RUNS)))
    found, whole = builder.runs(RUNS), part(Tabulate(), range(RUNS))

    assert found.parameters == {}
    assert found.times.keys() == whole.times.keys()
    assert np.array_equal(found.measures["greatest"], whole.measures["greatest"], equal_nan=True)


def in_columns_alike(program, scenario, seed, runs, **how):
    """Assert that either engine's table comes to what reading each log event by event comes to; return the runs."""
    logs = [ReferenceEngine(program, scenario, seed, **how).run(run) for run in runs]
    read = columns(scenario.model, [summarise(program, scenario, *one) for one in zip(runs, logs, strict=True)])
    for engine in (ReferenceEngine, KernelEngine):
        table = engine(program, scenario, seed, **how).make(runs)
        assert contents(runs_of(scenario.model, scenario, table)) == contents(read)
        assert contents(Tabulate()(program, scenario, table)) == contents(read)
    return read


def test_a_table_comes_to_what_its_logs_come_to_whichever_engine_made_it():
    found = in_columns_alike(PROGRAM, SCENARIO, 1, range(RUNS))
    assert found.failures
    assert found.whole.any()


@settings(max_examples=30)
@given(model_data(), st.integers(0, 2**63 - 1), st.integers(3, 40))
def test_a_table_of_any_model_comes_to_what_its_logs_come_to(data, seed, most):
    scenario = scenario_of(data)
    in_columns_alike(compile_model(scenario.model), scenario, seed, range(7, 11), most_events=most)


@settings(max_examples=30)
@given(model_data(), st.integers(0, 2**63 - 1), st.integers(3, 40))
def test_first_endings_are_those_of_the_same_model_whose_endings_end_the_run(data, seed, most):
    found, wanted = (
        runs_of(one.model, one, ReferenceEngine(compile_model(one.model), one, seed, most_events=most).make(range(8)))
        for one in map(scenario_of, (data, stopping(data)))
    )
    endings = [name for name, outcome in scenario_of(data).model.outcomes.items() if outcome.ending]

    assert found.first_ending.tolist() == wanted.first_ending.tolist()
    for name in endings:
        first = found.by_first_ending(endings)
        assert np.array_equal(first.times[name], wanted.times[name], equal_nan=True)
        assert first.unknown(name).tolist() == wanted.unknown(name).tolist()


def test_first_endings_exclude_each_other_and_leave_out_none():
    runs = part(Tabulate(), range(RUNS))
    endings = [name for name, outcome in SCENARIO.model.outcomes.items() if outcome.ending]
    first = runs.by_first_ending(endings)

    assert endings == ["done", "two"]
    assert {"done", "two", "horizon"} <= set(runs.first_ending)
    assert all(sum(first.reached(name)[run] for name in endings) <= 1 for run in range(RUNS))
    assert (runs.reached("two") & runs.reached("done")).any()
    assert [name for name in endings if runs.reached(name).sum() > first.reached(name).sum()]


def test_what_had_come_true_before_the_branch_is_the_first_ending_of_every_run():
    log = next(log for log in LOGS if any(event.type == "two" for event in log) and log[-1].note == "horizon")
    number = next(event.sequence for event in log if event.type == "two")
    later = branch_from_run(
        SCENARIO, SCENARIO, log, ensemble="e", run=LOGS.index(log), event=number, seed=1, streams="fresh"
    )
    runs = runs_of(later.model, later, ReferenceEngine(PROGRAM, later, 2).make(range(RUNS)))

    assert set(runs.first_ending) == {"two"}
    assert "done" in set(runs.ended)
    assert runs.by_first_ending(["done", "two"]).reached("two").all()


def test_of_runs_that_are_withheld_no_first_ending_is_known():
    runs = part(Tabulate(), range(RUNS)).withheld().by_first_ending(["done", "two"])

    assert all(runs.unknown(name).all() for name in ("done", "two"))
