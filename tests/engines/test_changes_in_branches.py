"""A branch from a run of a scenario with changes: those that the run has made are made once, and the others come."""

from dataclasses import replace

import pytest

from sim.language.expressions.tree import Apply, Expression, Literal, Read
from sim.model.branching import branch_from_run
from sim.model.event import Log
from sim.model.model import Model, Parameter
from sim.model.scenario import Change, Scenario
from tests.engines.test_changes import changing, every_engine, log_of, model

RULES = "  r: {faction: a, clock: {rate: x}, emits: e}\n  s: {faction: a, clock: {rate: y / 4}, emits: f}"


@pytest.fixture(scope="module")
def known() -> Model:
    return model(RULES)


def one_more(known: Model, name: str = "x", location: str = "") -> Expression:
    kind = known.parameters[name].type
    return Expression(Apply("add", (Read("parameter", name, kind), Literal(1.0, kind)), kind, 3), "x + 1", location)


def growing(known: Model, location: str = "") -> Scenario:
    return changing(known, Change(time=4.0, parameters={"x": one_more(known, location=location)}, number=0))


def branch(scenario: Scenario, before: Scenario, log: Log, time: float) -> Scenario:
    """Return a scenario as it branches from a run at the first event from a time on, with fresh luck."""
    event = next(place for place, item in enumerate(log) if item.time >= time and item.kind != "changed")
    return branch_from_run(scenario, before, log, ensemble="e", run=0, event=event, seed=1, streams="fresh")


def place_of(known: Model, name: str) -> int:
    return list(known.parameters).index(name)


@every_engine
def test_a_branch_from_a_branch_makes_no_change_again(engine, known):
    scenario = growing(known)
    first = branch(scenario, scenario, log_of(engine, scenario), 4.0)
    second = branch(scenario, first, log_of(engine, first), first.start + 1.0)

    for found in (first, second):
        log = log_of(engine, found)
        assert "changed" not in [item.kind for item in log]
        assert log[0].marks[place_of(known, "x")] == 2.0, "1 + 1"


@every_engine
def test_a_change_that_was_overdue_at_a_branch_is_made_once_in_a_branch_from_that(engine, known):
    plain, scenario = Scenario.of(known), growing(known)
    first = branch(scenario, plain, log_of(engine, plain), 5.0)
    log = log_of(engine, first)
    assert [(item.kind, item.time) for item in log[:2]] == [("started", first.start), ("changed", first.start)]

    second = branch(scenario, first, log, first.start + 1.0)
    again = log_of(engine, second)

    assert "changed" not in [item.kind for item in again]
    assert again[0].marks[place_of(known, "x")] == 2.0


@every_engine
def test_a_prior_that_a_branch_fixed_is_not_given_again_in_a_branch_from_that(engine, known):
    wider: Parameter = replace(known.parameters["z"], arguments=(10.0, 30.0))
    scenario = changing(known, Change(time=4.0, parameters={"z": wider}, number=0))
    first = branch(scenario, scenario, log_of(engine, scenario), 2.0)
    log = log_of(engine, first)
    second = branch(scenario, first, log, 5.0)

    assert "changed" in [item.kind for item in log]
    assert "changed" not in [item.kind for item in log_of(engine, second)]


def test_a_change_is_the_same_wherever_its_document_stands(known):
    here, there = growing(known, "here.yaml:1:1"), growing(known, "/elsewhere/here.yaml:1:1")

    assert branch(there, here, log_of("reference", here), 5.0).changes == ()


@every_engine
def test_a_rule_that_was_to_start_later_starts_at_a_branch_that_does_not_disable_it(engine, known):
    later = changing(known, Change(time=15.0, parameters={}, number=0, enabled=("r",)), disabled=("r",))
    log = log_of(engine, later)
    plain, still = branch(Scenario.of(known), later, log, 1.0), branch(later, later, log, 1.0)

    fired = [item.time for item in log_of(engine, plain) if item.rule == "r"]
    assert fired
    assert fired[0] < 15.0, "it starts at the branch"
    assert all(item.time >= 15.0 for item in log_of(engine, still) if item.rule == "r")

    further = branch(Scenario.of(known), plain, log_of(engine, plain), fired[0])
    assert further.starting == frozenset(), "it has started in the run that is gone on from"
    assert [item.time for item in log_of(engine, further) if item.rule == "r"]
