"""The table of runs: parts in any order, with room or without, come to what all runs at once come to."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.runs import Table, Tabulate
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.event_table import table_of
from sim.model.measures import measures_of
from sim.model.program import compile_model
from sim.testing.models import alone

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
outcomes: {two: {when: x == 2}, done: {on: over, ends_run: true}}
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
        runs.sizes.tolist(), dict(runs.failed),
    )  # fmt: skip


@given(st.sets(st.integers(1, RUNS - 1)), st.randoms(use_true_random=False), st.integers(1, 2 * RUNS))
def test_parts_in_any_order_come_to_what_all_runs_come_to(cuts, luck, room):
    table = Table(SCENARIO.model, room)
    pieces = [range(*ends) for ends in pairwise([0, *sorted(cuts), RUNS])]
    luck.shuffle(pieces)
    for piece in pieces:
        table.add(piece, part(table.project, piece))

    whole = part(Tabulate(), range(RUNS))
    assert contents(table.runs(RUNS)) == contents(whole)
    assert any(whole.failed.values())
    assert 0 < np.isfinite(whole.times["done"]).sum() < len(whole)


def test_the_first_runs_are_those_of_a_table_of_just_them():
    table = Table(SCENARIO.model, 1)
    table.add(range(RUNS), part(table.project, range(RUNS)))

    assert contents(table.runs(7)) == contents(part(Tabulate(), range(7)))


def test_a_lean_table_leaves_out_the_parameters_alone():
    table = Table(SCENARIO.model, RUNS, lean=True)
    table.add(range(RUNS), part(table.project, range(RUNS)))
    found, whole = table.runs(RUNS), part(Tabulate(), range(RUNS))

    assert found.parameters == {}
    assert found.times.keys() == whole.times.keys()
    assert np.array_equal(found.measures["greatest"], whole.measures["greatest"], equal_nan=True)
