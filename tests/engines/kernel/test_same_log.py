"""The reference decides: on models that Hypothesis makes up, the kernel's logs are its logs, bit for bit."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.testing.models import alone, model_data, scenario_of
from tests.engines.kernel.alike import branches, changing, check_alike, exactly, pasts, program_of, replacing
from tests.examples import few_or_many

SEED = st.integers(0, 2**63 - 1)
RUNS = range(2)


@few_or_many(60, 1200, model_data(), SEED, st.integers(0, 2**40), st.booleans())
def test_every_model_has_the_same_runs(data, seed, first, central):
    scenario = scenario_of(data)
    check_alike(program_of(scenario), scenario, seed, range(first, first + len(RUNS)), central=central)


@few_or_many(30, 400, model_data(), SEED, st.data())
def test_every_branch_from_a_run_has_the_same_runs(data, seed, drawn):
    scenario = scenario_of(data)
    program = program_of(scenario)
    logs = check_alike(program, scenario, seed, RUNS)
    later = drawn.draw(branches(scenario, logs[1], seed, 1))
    if later is not None:
        check_alike(program, later, seed, range(1) if later.lineage.streams == "keep" else RUNS)


@few_or_many(30, 400, model_data(), SEED, st.data())
def test_every_documented_past_goes_on_the_same(data, seed, drawn):
    scenario = scenario_of(data)
    program = program_of(scenario)
    (log,) = check_alike(program, scenario, seed, range(1))
    later = drawn.draw(pasts(scenario, log))
    check_alike(program, later, seed, RUNS, runs_per_draw=drawn.draw(st.sampled_from([1, 3])))


@few_or_many(30, 400, model_data(), SEED, st.data(), st.booleans())
def test_every_change_of_parameters_at_a_branch_goes_on_the_same(data, seed, drawn, central):
    scenario = scenario_of(data)
    (log,) = check_alike(program_of(scenario), scenario, seed, range(1))
    later = drawn.draw(replacing(drawn.draw(pasts(scenario, log))))
    logs = check_alike(program_of(later), later, seed, RUNS, central=central)
    if logs[1][-1].kind == "failed" or central:
        return
    again = drawn.draw(branches(later, logs[1], seed, 1))
    if again is not None:
        other = drawn.draw(replacing(again))
        values = tuple(drawn.draw(st.sampled_from([value, 0.35, 0.9])) for value in again.parameters)
        other = replace(other, own=again.own, parameters=values)
        check_alike(program_of(other), other, seed, range(1) if other.lineage.streams == "keep" else RUNS)


@few_or_many(60, 1200, model_data(), SEED, st.data(), st.booleans())
def test_everything_that_a_scenario_changes_from_a_date_on_goes_the_same(data, seed, drawn, central):
    scenario = scenario_of(data)
    if drawn.draw(st.booleans()):
        (log,) = check_alike(program_of(scenario), scenario, seed, range(1))
        scenario = drawn.draw(pasts(scenario, log))
    if drawn.draw(st.booleans()):
        scenario = drawn.draw(replacing(scenario))
    later = drawn.draw(changing(scenario))
    how = {"central": central, "runs_per_draw": drawn.draw(st.sampled_from([1, 3]))}
    logs = check_alike(program_of(later), later, seed, RUNS, **how)
    again = drawn.draw(branches(later, logs[1], seed, 1, **how))
    if again is None:
        return
    kept = again.lineage.streams == "keep"
    (gone_on, *_) = check_alike(program_of(again), again, seed, range(1) if kept else RUNS, **how)
    if kept:
        rest = exactly(logs[1])[again.lineage.event + 1 :]
        assert [row[1:] for row in exactly(gone_on)[1:]] == [row[1:] for row in rest]


MARKED = """
model: marked
title: Marks of all arguments
time: {{unit: abstract}}
horizon: 2000
factions: {{a: {{title: A}}}}
state: {{x: {{type: real, initial: 1}}}}
events: {{e: {{by: a, marks: {{m: real}}, effects: {{x: m}}}}}}
rules: {{r: {{faction: a, clock: {{every: 1}}, emits: {{event: e, m: "{mark}"}}}}}}
"""


@pytest.mark.parametrize(
    "mark",
    [
        "sin(uniform_real(-4e9, 4e9)) + x / 2",
        "cos(normal(0, 3)) + sin(x)",
        "cos(exponential(1e7))",
        "sin(pi * geometric(0.001) / 4)",
        "gamma(exponential(2) + 1e-3, exponential(9))",
        "weibull(exponential(2) + 0.1, exponential(9))",
        "beta(exponential(9) + 1e-3, exponential(2) + 1e-3)",
        "triangular(-exponential(2), 0, exponential(5))",
        "one_of(x / 3: exponential(1), one_of(1, 2): abs(x), sin(x): 1)",
    ],
)
def test_marks_of_all_arguments_have_the_same_bits(mark):
    scenario = alone(loads_model(MARKED.format(mark=mark)))
    (log,) = check_alike(program_of(scenario), scenario, 11, range(1))

    assert log[-1].kind == "ended"
    assert len({event.marks for event in log if event.kind == "fired"}) > (2 if "geometric" in mark else 500)
