"""What a scenario changes from a date on: rates follow, laws and weights read it later, rules stop and start anew."""

from dataclasses import replace

import pytest

from sim.build.model import loads_model
from sim.language.expressions.tree import Expression, Read
from sim.model.event import Event, Log
from sim.model.event_table import EventTable
from sim.model.measures import measure
from sim.model.model import Model, Parameter
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.replay import parameters_of
from sim.model.scenario import Change, Scenario
from tests.engines.conformance.engines import ENGINES

every_engine = pytest.mark.parametrize("engine", ENGINES)
PARAMETERS = """
  x: {value: 1, basis: {judgement: given}}
  y: {value: 2, basis: {judgement: given}}
  z: {prior: {uniform: [1, 3]}, basis: {judgement: given}}
"""


def model(rules: str, extra: str = "") -> Model:
    return loads_model(f"""
model: turning
title: A model for changes
time: {{unit: abstract}}
horizon: 20
factions: {{a: {{title: A}}}}
state: {{n: {{type: int, initial: 0}}, on_duty: {{type: bool, initial: true}}}}
parameters: {PARAMETERS}
events:
  e: {{by: a, effects: {{n: n + 1}}}}
  f: {{by: a}}
  relieved: {{by: a, effects: {{on_duty: "not on_duty"}}}}
rules:
{rules}
{extra}
""")


def valued(known: Model, **values: float) -> dict[str, Parameter | Expression]:
    return {name: replace(known.parameters[name], value=value, prior="") for name, value in values.items()}


def changing(known: Model, *changes: Change, **more: object) -> Scenario:
    return replace(Scenario.of(known), **more).with_changes(tuple(changes))


def log_of(engine: str, scenario: Scenario, run: int = 0, seed: int = 1) -> Log:
    return ENGINES[engine](compile_model(scenario.model), scenario, seed).run(run)


def times(log: Log, rule: str = "r") -> list[float]:
    return [event.time for event in log if event.rule == rule]


def threshold(known: Model, run: int, occurrence: int = 0, rule: str = "r") -> float:
    program = compile_model(known)
    return RandomStreams(program, 1).thresholds(run)(program.numbers[rule], occurrence)


RATE = "  r: {faction: a, clock: {rate: x / 10}, emits: f, when: n == 0}"


@every_engine
def test_a_rate_is_the_new_one_from_the_moment_on_and_nothing_is_drawn_again(engine):
    known = model(RATE)
    later = changing(known, Change(time=4.0, parameters=valued(known, x=5), number=0))
    seen = set()
    for run in range(40):
        need = threshold(known, run)
        expected = need / 0.1 if need < 0.4 else 4.0 + (need - 0.4) / 0.5
        found = times(log_of(engine, later, run))[:1]
        if expected < 20.0:
            assert found == pytest.approx([expected])
        seen.add(need < 0.4)
    assert seen == {True, False}, "firings on both sides of the change were tried"


@every_engine
def test_a_law_is_given_the_new_value_when_its_clock_next_starts(engine):
    known = model("  r: {faction: a, clock: {fixed: x}, emits: e}")
    later = changing(known, Change(time=2.5, parameters=valued(known, x=4), number=0))

    assert times(log_of(engine, later)) == [1.0, 2.0, 3.0, 7.0, 11.0, 15.0, 19.0]


@every_engine
def test_a_weight_is_read_with_the_new_value(engine):
    known = model(
        "  r: {faction: a, clock: {fixed: 1}, choose: [{event: e, weight: x}, {event: f, weight: 0 if x > 0 else 1}]}"
    )
    later = changing(known, Change(time=3.0, parameters=valued(known, x=0), number=0))

    types = [event.type for event in log_of(engine, later) if event.rule]

    assert types == ["e", "e", *["f"] * 18], "at the moment itself the change comes first"


@every_engine
def test_what_changes_comes_before_the_timetable_and_reads_what_was_until_then(engine):
    known = model("  r: {faction: a, clock: {fixed: 100}, emits: e}", "timetable: [{at: 5, event: e}]")
    swapped = {name: Expression(Read("parameter", other, known.parameters[other].type)) for name, other in ("xy", "yx")}
    later = changing(known, Change(time=5.0, parameters=swapped, number=0))

    log = log_of(engine, later)

    assert [event.kind for event in log] == ["started", "changed", "scheduled", "ended"]
    program = compile_model(later.model)
    before, after = (parameters_of(program, (event,)) for event in log[:2])
    assert (after[0], after[1]) == (before[1], before[0])
    assert after[2] == before[2]


@every_engine
def test_a_prior_is_drawn_at_the_quantile_at_which_the_run_drew_the_parameter(engine):
    known = model("  r: {faction: a, clock: {fixed: 100}, emits: e}")
    wider = replace(known.parameters["z"], arguments=(10.0, 30.0))
    later = changing(known, Change(time=5.0, parameters={"z": wider}, number=0))

    for run in range(5):
        first, changed, *_ = log_of(engine, later, run)
        assert changed.marks[2] == pytest.approx(10 * first.marks[2])


@every_engine
def test_a_rule_stops_at_a_date_and_starts_anew_at_another(engine):
    known = model("  r: {faction: a, clock: {fixed: 3}, emits: e}")
    later = changing(
        known,
        Change(time=4.0, parameters={}, number=0, disabled=("r",)),
        Change(time=10.0, parameters={}, number=1, enabled=("r",)),
    )

    assert times(log_of(engine, later)) == [3.0, 13.0, 16.0, 19.0]


@every_engine
def test_a_rule_that_is_off_from_the_branch_can_start_later(engine):
    known = model("  r: {faction: a, clock: {fixed: 3}, emits: e}")
    later = changing(known, Change(time=10.0, parameters={}, number=0, enabled=("r",)), disabled=("r",))

    assert times(log_of(engine, later)) == [13.0, 16.0, 19.0]


@every_engine
def test_an_immediate_rule_that_starts_anew_fires_again(engine):
    known = model("  r: {faction: a, clock: immediately, emits: e}")
    later = changing(
        known,
        Change(time=4.0, parameters={}, number=0, disabled=("r",)),
        Change(time=10.0, parameters={}, number=1, enabled=("r",)),
    )

    assert times(log_of(engine, later)) == [0.0, 10.0]


@every_engine
def test_a_rule_of_a_scenario_starts_at_the_branch_whatever_was_before(engine):
    known = model("  r: {faction: a, clock: {fixed: 3}, emits: e}\n  s: {faction: a, clock: {fixed: 3}, emits: f}")
    past = (Event(sequence=0, time=4.0, kind="documented", type="relieved"),)
    later = changing(known, past=past, start=5.0, own_rules=("s",))

    log = log_of(engine, later)

    assert times(log, "s") == [8.0, 11.0, 14.0, 17.0, 20.0]
    assert times(log) == [5.0, *(5.0 + 3 * n for n in range(1, 6))], "that of the model was due before the branch"


@every_engine
def test_a_value_that_a_parameter_cannot_have_ends_the_run(engine):
    known = model("  r: {faction: a, clock: {fixed: 100}, emits: e}")
    bounded = replace(known, parameters={**known.parameters,
        "x": replace(known.parameters["x"], domain=(0.0, 1.5))
    })  # fmt: skip
    given = Expression(Read("parameter", "y", known.parameters["y"].type), "y", "s.yaml:4:5")
    log = log_of(engine, changing(bounded, Change(time=5.0, parameters={"x": given}, number=0)))

    assert [event.kind for event in log] == ["started", "failed"]
    assert (log[-1].type, log[-1].time) == ("E617", 5.0)
    assert log[-1].note == "'x' would become 2, outside what it can be: 0 to 1.5"


@every_engine
def test_measures_and_outcomes_that_read_a_parameter_look_again_when_it_changes(engine):
    questions = """
outcomes: {high: {when: x > 3}}
measures: {most: {max: x}, sum_of_x: {integral: x}, high_at: {time_until: x > 3}, with_x: {time_while: x > 3}}
"""
    known = model("  r: {faction: a, clock: {fixed: 100}, emits: e}", questions)
    later = changing(
        known,
        Change(time=5.0, parameters=valued(known, x=4), number=0),
        Change(time=15.0, parameters=valued(known, x=2), number=1),
    )
    program = compile_model(later.model)
    made: EventTable = ENGINES[engine](program, later, 1).make(range(1))
    (log,) = made.logs()

    assert [(event.kind, event.time) for event in log][1:4] == [("changed", 5.0), ("outcome", 5.0), ("changed", 15.0)]
    assert dict(zip(later.model.measures, made.measures[0].tolist(), strict=True)) == measure(program, later, log) == {
        "most": 4.0, "sum_of_x": 5 * 1 + 10 * 4 + 5 * 2, "high_at": 5.0, "with_x": 10.0,
    }  # fmt: skip
