"""What led to an outcome, or to what a measure counts, read off a log."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.explain.antecedents import FindAntecedents, LookedAt
from sim.explain.graph.model_graph import Node
from sim.model.event import Event
from sim.model.program import compile_model
from sim.testing.models import alone, random_models
from tests.examples import fewer
from tests.explain.quarrel import MODEL, SCENARIO, write

PEACE, SHOTS = Node("outcome", "peace"), Node("measure", "all_shots")
START = Event(sequence=0, time=9.0, kind="started", type="run_started")


def fired(sequence, event, rule):
    return Event(sequence=sequence, time=9.0 + sequence, kind="fired", type=event, rule=rule)


LOG = (
    START,
    fired(1, "calmed", "south_calms"),
    fired(2, "shots_fired", "north_shoots"),
    fired(3, "talks_opened", "south_calls"),
    Event(sequence=4, time=12.0, kind="outcome", type="peace"),
    fired(5, "calmed", "south_calms"),
    Event(sequence=6, time=20.0, kind="ended", type="run_ended", note="horizon"),
)


@pytest.fixture
def follow(tmp_path):
    def led(asked, log, **changed):
        scenario = load_scenario(write(tmp_path, **changed)).scenario
        return FindAntecedents(asked)(compile_model(scenario.model), scenario, 7, log)

    return led


def test_an_outcome_is_followed_back_through_guards_and_what_was_waited_for(follow):
    led = follow(PEACE, LOG)

    assert led.run == 7
    assert led.rules == {"south_calls", "north_shoots", "south_calms"}
    assert led.events == {"talks_opened", "shots_fired", "calmed"}


def test_what_came_after_the_outcome_did_not_lead_to_it(follow):
    late = (START, fired(1, "talks_opened", "south_calls"), LOG[4], fired(3, "calmed", "south_calms"), LOG[-1])

    assert follow(PEACE, late).rules == {"south_calls"}


def test_documented_antecedents_are_told_by_their_place_in_the_past(follow):
    led = follow(PEACE, (START, fired(1, "talks_opened", "south_calls"), LOG[4], LOG[-1]))

    assert led.documented == {0, 1, 2}  # the last shots, and what had calmed before them, and what that followed


def test_a_run_without_the_outcome_has_no_antecedents(follow):
    assert follow(PEACE, (START, LOG[-1])) is None


def test_an_outcome_of_the_horizon_has_antecedents_without_any_event(follow):
    model = MODEL.replace("outcomes:\n", "outcomes:\n  quiet: {otherwise: true}\n")
    quiet = Event(sequence=1, time=20.0, kind="outcome", type="quiet")
    led = follow(Node("outcome", "quiet"), (START, quiet, LOG[-1]), model=model)

    assert led.rules | led.events | led.documented == frozenset()


def test_a_measure_is_followed_back_from_each_event_that_it_counts(follow):
    assert follow(SHOTS, LOG).rules == {"north_shoots", "south_calms"}
    assert follow(SHOTS, (START, LOG[-1])).rules == frozenset()


def test_a_measure_of_a_variable_is_followed_back_from_what_writes_it(follow):
    model = MODEL.replace("measures:\n", "measures:\n  end: {value: 2 * shots}\n")

    assert follow(Node("measure", "end"), LOG, model=model).rules == {"north_shoots", "south_calms"}


def test_an_event_that_a_scenario_assumes_is_told_apart_from_what_rules_do(follow):
    scenario = SCENARIO + "events: [{at: 2030-01-12, event: talks_opened}]\n"
    assumed = Event(sequence=1, time=11.0, kind="scheduled", type="talks_opened")
    led = follow(PEACE, (START, assumed, LOG[4], LOG[-1]), **{"status-quo": scenario})

    assert led.scheduled == {"talks_opened"}
    assert not led.rules


def test_what_is_looked_at_goes_through_derived_quantities_and_other_outcomes(tmp_path):
    model = MODEL.replace("events:\n", "derived: {loud: {value: shots > 3}}\nevents:\n", 1)
    model = model.replace("outcomes:\n", "outcomes:\n  noise: {when: loud and not calm}\n")
    found = LookedAt.of(load_scenario(write(tmp_path, model=model)).scenario.model, Node("outcome", "noise"))

    assert found.variables == {"shots", "calm"}
    assert found.events == frozenset()


def test_it_goes_to_other_processes_without_what_it_remembers(follow):
    again = pickle.loads(pickle.dumps(FindAntecedents(PEACE)))  # noqa: S301 - our own

    assert again.asked == PEACE


@fewer
@given(random_models(), st.integers(0, 2**32))
def test_what_led_to_a_figure_happened_in_that_run_and_to_an_outcome_before_it(model, seed):
    program, scenario = compile_model(model), alone(model)
    log = ReferenceEngine(program, scenario, seed).run(0)
    asked = [Node(kind, name) for kind in ("outcome", "measure") for name in getattr(model, f"{kind}s")]
    for node in asked:
        found = FindAntecedents(node)(program, scenario, 0, log)
        came = [place for place, event in enumerate(log) if (event.kind, event.type) == ("outcome", node.name)]
        if node.kind == "outcome" and not came:
            assert found is None
            continue
        before = log[: came[0]] if node.kind == "outcome" else log
        assert found.rules <= {event.rule for event in before if event.kind == "fired"}
        assert found.events <= {event.type for event in before if event.kind in ("fired", "scheduled")}
        assert found.documented == frozenset()
