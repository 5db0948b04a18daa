"""What a difference rests on where a scenario changes something from a date on, or adds rules and events of its own."""

from dataclasses import replace

import pytest

from sim.analysis.alignment import Alignment
from sim.analysis.divergence import Difference
from sim.analysis.flow import sources_of
from sim.engines.reference import ReferenceEngine
from sim.experiment.pairs import Side
from sim.language.expressions.tree import Expression, Literal
from sim.language.expressions.types import REAL
from sim.model.model import EventType, Model, Scheduled
from sim.model.program import compile_model
from sim.model.scenario import Change, Scenario
from tests.analysis.parting import Parts
from tests.engines.test_changes import changing, model, valued

RULES = "  r: {faction: a, clock: {rate: x / 10}, emits: e}\n  s: {faction: a, clock: {rate: y / 50}, emits: f}"
OUTCOMES = "outcomes: {two: {when: n >= 2, ends_run: true}, one: {when: n >= 1}}"


def side(scenario: Scenario, run: int) -> Side:
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, 1).run(run)


def told(one: Scenario, other: Scenario, runs: int = 60) -> list[Difference]:
    """Return the first difference and the turning point of each pair of runs that has them."""
    diverge = Parts()
    found = [diverge(side(one, run), side(other, run), run) for run in range(runs)]
    return [part for pair in found for part in (pair.first, pair.turning) if part is not None]


@pytest.fixture(scope="module")
def known() -> Model:
    return model(RULES, OUTCOMES)


def test_a_value_that_changes_at_a_date_is_the_cause_of_what_comes_after_it(known: Model) -> None:
    later = changing(known, Change(time=4.0, parameters=valued(known, x=9), number=0))
    found = told(Scenario.of(known), later)

    assert {part.causes for part in found} == {("parameter x",)}
    assert min(part.time for part in found) >= 4.0


@pytest.mark.parametrize(
    ("change", "cause"), [({"disabled": ("r",)}, "without r"), ({"disabled": ("s",), "parameters": {}}, "without s")]
)
def test_a_rule_that_stops_at_a_date_is_the_cause(known: Model, change: dict[str, tuple[str, ...]], cause: str) -> None:
    later = changing(known, Change(time=4.0, number=0, **{"parameters": {}, **change}))
    found = told(Scenario.of(known), later)

    assert {part.causes for part in found} == {(cause,)}


def test_of_two_changes_each_difference_has_its_own_cause(known: Model) -> None:
    later = changing(
        known,
        Change(time=4.0, parameters=valued(known, x=9), number=0),
        Change(time=5.0, parameters=valued(known, y=40), number=1),
    )
    found = told(Scenario.of(known), later)

    by_rule = {(part.rule, part.causes) for part in found if part.rule}
    assert by_rule == {("r", ("parameter x",)), ("s", ("parameter y",))}


def test_what_an_own_rule_or_an_own_event_brings_about_is_told_of_it(known: Model) -> None:
    rules = {**known.rules, "t": replace(known.rules["s"], name="t", emissions=known.rules["r"].emissions)}
    own = changing(replace(known, rules=dict(sorted(rules.items()))), own_rules=("t",))
    found = told(Scenario.of(known), own)
    assert {part.causes for part in found} == {("rule t",)}

    effect = Expression(Literal(5, known.variables["n"].type), "5", "s.yaml:1:1")
    kind = EventType(name="leap", title="", faction="", marks={}, effects={"n": effect}, exogenous=False, codes={})
    events = dict(sorted({**known.events, "leap": kind}.items()))
    leaping = changing(replace(known, events=events), own_events=("leap",), timetable=(Scheduled(3.0, "leap", (), ""),))
    found = told(Scenario.of(known), leaping)
    assert {part.causes for part in found} == {("event leap",)}
    assert told(leaping, own), "two scenarios may each have parts of their own"


def test_a_change_that_both_scenarios_make_is_no_assumption_of_one_of_them(known: Model) -> None:
    shared = Change(time=4.0, number=0, parameters={"x": Expression(Literal(9.0, REAL), "9", "one.yaml:3:1")})
    copied = replace(shared, parameters={"x": Expression(Literal(9.0, REAL), "9", "two.yaml:9:1")})
    own = Change(time=5.0, parameters=valued(known, y=40), number=1)

    alignment = Alignment(side(changing(known, shared), 0), side(changing(known, copied, own), 0))

    assert sources_of(alignment) == {"parameter y"}


def test_where_something_moves_what_begins_after_a_difference_is_not_behind_it() -> None:
    """A rate reads the time, so all that is assumed up to a difference may be behind it, and nothing later."""
    fading = model(RULES.replace("x / 10", "x * exp(-time / 50) / 10"), OUTCOMES)
    later = changing(
        fading,
        Change(time=4.0, parameters=valued(fading, x=9), number=0),
        Change(time=6.0, parameters={}, disabled=("s",), number=1),
        Change(time=8.0, parameters=valued(fading, y=40), number=2),
        timetable=(Scheduled(5.0, "f", (), ""), Scheduled(7.0, "relieved", (), "")),
    )  # fmt: skip
    begins = {"parameter x": 4.0, "event f": 5.0, "without s": 6.0, "event relieved": 7.0, "parameter y": 8.0}

    parted = [Parts()(side(Scenario.of(fading), run), side(later, run), run) for run in range(60)]

    first = [pair.first for pair in parted if pair.first is not None]
    for part in first:
        assert set(part.causes) == {name for name, time in begins.items() if time <= part.time}
    assert {len(part.causes) for part in first} >= {1, 2, 3}
    turned = [pair.turning for pair in parted if pair.turning is not None]
    for point in turned:
        assert {begins[name] <= point.time for name in point.causes} == {True}
    assert {len(point.causes) for point in turned} >= {1}
