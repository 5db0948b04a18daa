"""A log with other questions asked of it is the log of the run itself, on models that Hypothesis makes up."""

import json
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.program import compile_model
from sim.model.reevaluate import reevaluate
from sim.testing.models import alone, model_data, scenario_of
from tests.examples import fewer

SEED = st.integers(0, 2**63 - 1)
QUESTIONS = st.lists(
    st.sampled_from(
        [
            {"when": "heat > 0.2"},
            {"when": "heat > 0.2 and stock >= 2", "while": "not lit"},
            {"on": ["e_one"], "when": "not lit"},
            {"on": ["e_two", "worn"], "within": "5"},
            {"when": "mood == tense", "by": "6"},
            {"when": "heat < 0.3", "ending": True},
            {"on": ["e_one", "e_three"], "within": "5", "ending": True},
            {"when": "stock < 2", "while": "not lit", "ending": True},
            {"otherwise": True},
            {"when": "true"},
        ]
    ),
    max_size=4,
)


def with_questions(data, questions):
    days = data["time"]["unit"] == "day"
    kept = {name: item for name, item in data["outcomes"].items() if item.get("ends_run")}
    for number, question in enumerate(json.loads(json.dumps(questions))):
        if days and "within" in question:
            question["within"] = "5 days"
        if "by" in question:
            question["by"] = "2030-01-07" if days else "6"
        kept[f"asked_{number}"] = question
    return {**data, "outcomes": kept}


@fewer
@given(model_data(), QUESTIONS, QUESTIONS, SEED)
def test_a_log_asked_again_is_the_log_of_the_run_with_those_questions(data, before, after, seed):
    one, other = (scenario_of(with_questions(data, questions)) for questions in (before, after))
    program = compile_model(other.model)
    simulated = [ReferenceEngine(program, other, seed).run(run) for run in range(3)]
    logs = [ReferenceEngine(compile_model(one.model), one, seed).run(run) for run in range(3)]

    for log, wanted in zip(logs, simulated, strict=True):
        asked = reevaluate(program, other, log)
        assert asked == wanted if log[-1].kind != "failed" else asked is None


@fewer
@given(model_data(), SEED, st.data())
def test_a_branch_asked_again_goes_on_with_the_outcomes_of_its_run(data, seed, drawn):
    scenario = scenario_of(data)
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed).run(0)
    assume(log[-1].kind == "ended" and log[-1].note == "horizon" and len(log) > 3)
    number = drawn.draw(st.integers(0, len(log) - 3))
    assume(log[number].time < scenario.horizon)
    later = branch_from_run(scenario, scenario, log, ensemble="e", run=0, event=number, seed=seed, streams="fresh")
    branch = ReferenceEngine(program, later, seed).run(1)
    stripped = [event for event in branch if event.kind != "outcome"]
    renumbered = tuple(replace(event, sequence=place) for place, event in enumerate(stripped))

    asked = reevaluate(program, later, renumbered)

    assert asked == branch if branch[-1].kind != "failed" else asked is None


COOLING = """
model: cooling
title: Heat that eases, and visits that follow
time: {unit: day}
horizon: 20 days
factions: {south: {title: S}}
state: {heat: {type: real, range: [0, 1], initial: 0.8, relaxes: {towards: 0, half_life: 4 days}}}
events: {visited: {by: south}}
rules: {visits: {faction: south, clock: {every: 3 days}, emits: visited}}
outcomes: {cool: {when: heat < 0.5}, lone: {when: "since(visited, 0 days) > 2 days"}}
"""


def test_a_branch_from_an_outcome_between_events_has_that_outcome_behind_it():
    scenario = alone(loads_model(COOLING))
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, 1).run(0)
    reached = [event.sequence for event in log if event.kind == "outcome"]
    assert len(reached) == 2

    for number in reached:
        assert log[number - 1].time < log[number].time, "it came between events"
        later = branch_from_run(scenario, scenario, log, ensemble="e", run=0, event=number, seed=1, streams="keep")
        branch = ReferenceEngine(program, later, 1).run(0)
        assert reevaluate(program, later, branch) == branch
