"""Of two scenarios that mean different things by one name, no run has what the other's run calls so."""

from dataclasses import replace

import pytest

from sim.analysis.differences.namesakes import Namesakes
from sim.language.expressions.tree import Expression, Literal
from sim.model.model import EventType, Model, Scheduled
from sim.model.scenario import Scenario
from tests.analysis.test_changes_told import OUTCOMES, RULES, told
from tests.engines.test_changes import changing, model


@pytest.fixture(scope="module")
def known() -> Model:
    return model(RULES, OUTCOMES)


def leaping_by(known: Model, number: int, *marks: str) -> Scenario:
    """Return a scenario with an event of its own, `leap`, and a rule of its own, `t`, that `number` decides about."""
    effect = Expression(Literal(number, known.variables["n"].type), str(number), "s.yaml:1:1")
    kinds = dict.fromkeys(marks, known.variables["n"].type)
    kind = EventType(name="leap", title="", faction="", marks=kinds, effects={"n": effect}, exogenous=False, codes={})
    rule = replace(known.rules["s"], name="t", clock=replace(known.rules["s"].clock, argument=effect))
    given = Scheduled(3.0, "leap", (1.0,) * len(marks), "")
    whole = replace(
        known, events=dict(sorted({**known.events, "leap": kind}.items())),
        rules=dict(sorted({**known.rules, "t": rule}.items())),
    )  # fmt: skip
    return changing(whole, own_events=("leap",), own_rules=("t",), timetable=(given,))


@pytest.mark.parametrize("marks", [(), ("size",)])
def test_what_two_scenarios_call_by_one_name_and_mean_otherwise_is_no_event_of_both(
    known: Model, marks: tuple[str, ...]
) -> None:
    one, other = leaping_by(known, 1), leaping_by(known, 5, *marks)
    for found in (told(one, other), told(other, one)):
        assert {cause for part in found for cause in part.causes} == {"event leap", "rule t"}
        assert {part.rule for part in found} <= {"", "r", "s", "t"}
        assert {name for part in found for name in (part.one, part.other)} <= {"", "e", "f", "leap", "two", "horizon"}
        assert all(part.causes for part in found), "each difference rests on something"


def test_what_two_scenarios_call_by_one_name_and_mean_alike_makes_no_difference(known: Model) -> None:
    assert told(leaping_by(known, 5), leaping_by(known, 5)) == []


def test_a_rule_is_another_if_it_names_what_is_another(known: Model) -> None:
    def answering(number: int) -> Scenario:
        scenario = leaping_by(known, number)
        rules = scenario.model.rules
        answer = replace(rules["t"], name="u", on=("leap",), clock=rules["s"].clock)
        again = replace(rules["s"], name="v", restarts=("u",))
        every = dict(sorted({**known.rules, "u": answer, "v": again}.items()))
        return changing(replace(scenario.model, rules=every), own_events=("leap",), own_rules=("u", "v"))

    found = Namesakes.of(answering(1), answering(5))

    assert found.events == {"leap"}
    assert found.rules == {"u", "v"}
    assert not Namesakes.of(answering(5), answering(5))
