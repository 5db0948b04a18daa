"""Endings that do not end the run: which comes first, what comes true after it, and the run cut off at it."""

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.canonical import canonical_model, canonical_questions, digest
from sim.model.outcomes import first_ending
from sim.model.program import compile_model
from sim.testing.models import alone, model_data, scenario_of
from tests.engines.kernel.alike import check_alike, exactly, program_of
from tests.examples import few_or_many
from tests.model.cut_off import cut_off
from tests.model.test_reevaluate import SEED

MODEL = """
model: lamp
title: A lamp and a count
time: {{unit: abstract}}
horizon: 20
factions: {{}}
state: {{lit: {{type: bool, initial: true}}, n: {{type: int, initial: 0}}}}
events:
  darkened: {{exogenous: true, effects: {{lit: false}}}}
  counted:  {{exogenous: true, effects: {{n: n + 1}}}}
timetable: [{timetable}]
outcomes: {{{outcomes}}}
"""
TWICE = "{at: 2, event: counted}, {at: 5, event: darkened}, {at: 7, event: counted}"
DARK, TWO, REST = "dark: {when: not lit, ending: true}", "two: {when: n >= 2, ending: true}", "rest: {otherwise: true}"


def told(outcomes: str, timetable: str = TWICE):
    """Return what came true in a run and when, with how it ended: the same in both engines."""
    scenario = alone(loads_model(MODEL.format(outcomes=outcomes, timetable=timetable)))
    (log,) = check_alike(compile_model(scenario.model), scenario, 1, range(1))
    return [(event.type, event.time) for event in log if event.kind == "outcome"], log[-1].note


def test_the_world_goes_on_after_an_ending_and_every_other_one_may_come_true_too():
    assert told(f"{DARK}, {TWO}") == ([("dark", 5), ("two", 7)], "horizon")


def test_otherwise_comes_true_only_where_no_ending_of_either_kind_did():
    assert told(f"{DARK}, {REST}") == ([("dark", 5)], "horizon")
    assert told(f"{DARK}, {REST}", "{at: 2, event: counted}") == ([("rest", 20)], "horizon")
    stops = "two: {when: n >= 2, ends_run: true}"
    assert told(f"{DARK}, {stops}, {REST}") == ([("dark", 5), ("two", 7)], "two")
    assert told(f"three: {{when: n >= 3, ending: true}}, {stops}, {REST}", "") == ([("rest", 20)], "horizon")


def test_an_ending_that_came_too_late_or_was_not_safe_has_not_come_true():
    late = "dark: {when: not lit, within: 4, ending: true}"
    unsafe = "two: {when: n >= 2, while: lit, ending: true}"
    heard = "heard: {on: [darkened], when: n >= 2, ending: true}"
    assert told(f"{late}, {unsafe}, {heard}, {REST}") == ([("rest", 20)], "horizon")


def test_a_milestone_is_no_ending():
    assert told(f"dark: {{when: not lit}}, {REST}") == ([("dark", 5), ("rest", 20)], "horizon")


def test_what_ends_the_run_is_an_ending_with_or_without_saying_so():
    both, one = ("{when: not lit, ends_run: true, ending: true}", "{when: not lit, ends_run: true}")
    assert told(f"dark: {both}, {REST}") == told(f"dark: {one}, {REST}") == ([("dark", 5)], "dark")


def test_of_endings_that_come_true_together_the_first_in_order_of_names_is_the_story_s():
    model = loads_model(MODEL.format(
        outcomes="b: {when: not lit, ends_run: true}, a: {on: [darkened], ending: true}, c: {when: not lit}",
        timetable=TWICE,
    ))  # fmt: skip
    scenario = alone(model)
    (log,) = check_alike(compile_model(model), scenario, 1, range(1))

    assert [event.type for event in log if event.kind == "outcome"] == ["a", "b", "c"]
    assert first_ending(model, log).type == "a"
    assert [event.type for event in cut_off(model, log) if event.kind == "outcome"] == ["a", "c"]
    assert cut_off(model, log)[-1].note == "a"


@pytest.mark.parametrize("streams", ["keep", "fresh"])
def test_a_branch_from_a_run_knows_which_endings_had_come_true(streams):
    scenario = alone(
        loads_model(MODEL.format(outcomes=f"{DARK}, {TWO}, {REST}", timetable=TWICE.partition(", {at: 7")[0]))
    )
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, 1).run(0)
    for event, comes in ((1, ["dark"]), (3, [])):
        later = branch_from_run(scenario, scenario, log, ensemble="e", run=0, event=event, seed=1, streams=streams)
        (branch,) = check_alike(program, later, 1, range(1))

        assert [item.type for item in branch if item.kind == "outcome"] == comes


def test_an_ending_that_goes_on_is_a_question_and_whoever_has_none_keeps_the_digests():
    def named(outcomes):
        model = loads_model(MODEL.format(outcomes=outcomes, timetable=TWICE))
        return digest(canonical_model(model)), digest(canonical_questions(model)), canonical_questions(model)

    more = ("", ", ending: false", ", ending: true", ", ends_run: true", ", ends_run: true, ending: true")
    plain, denied, ending, stops, both = (named(f"dark: {{when: not lit{one}}}") for one in more)

    assert plain == denied
    assert plain[0] == ending[0]
    assert plain[1] != ending[1]
    assert ending[2] == {"dark": [*plain[2]["dark"], "ending"]}
    assert stops == both


def stopping(data):
    """Return a model's data with every ending ending the run."""
    ends = {
        name: {"ends_run": True, **{key: value for key, value in item.items() if key != "ending"}}
        if item.get("ending") else item
        for name, item in data["outcomes"].items()
    }  # fmt: skip
    return {**data, "outcomes": ends}


@few_or_many(40, 1000, model_data(), SEED)
def test_a_run_cut_off_at_its_first_ending_is_the_run_that_ends_there(data, seed):
    going_on, stops = scenario_of(data), scenario_of(stopping(data))
    logs = check_alike(program_of(going_on), going_on, seed, range(2))
    wanted = check_alike(program_of(stops), stops, seed, range(2))

    assert [exactly(cut_off(going_on.model, log)) for log in logs] == [exactly(log) for log in wanted]
