"""A run that is composed is a possible run: what is offered can be taken, what is not offered cannot come next."""

import math

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.event import Event
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from sim.testing.controlled import FLIPS, LOOKS, ROUNDINGS, SMALLEST, TIMETABLE, ControlledRun
from tests.examples import fewer
from tests.model.composing import Composed, composed, option_of

# How much of a threshold is left. With so little that time cannot move by it, a clock fires at the time of the event
# before; of two clocks of chance that has probability 0, and it is not offered.
MORE = (1e-9, 1e-6, 1e-3, 0.3, 1.0, 4.0, 50.0, math.inf)
UNDERFLOW = 1e-300  # so near to 0 a law's age of a hazard has no digits left
NARROW = 1e-12  # a window of a few floats may hold no moment that the clock's own arithmetic gives


@fewer
@given(composed())
def test_the_log_of_a_composed_run_is_the_engines_own_with_the_same_luck_bit_for_bit(run: Composed) -> None:
    log = run.engine_log()

    assert log[: len(run.log)] == run.log
    assert len(log) == len(run.log) or not run.controlled.over


@fewer
@given(composed())
def test_a_run_composed_again_by_the_same_moves_is_the_same_run(run: Composed) -> None:
    again = run.again()

    assert tuple(again.run.log) == run.log
    assert again.streams.exponentials == run.controlled.streams.exponentials
    assert again.options() == run.controlled.options()


@fewer
@given(composed(), st.data())
def test_a_copy_goes_on_as_its_run_would_and_leaves_it_as_it_was(run: Composed, data: st.DataObject) -> None:
    options = run.controlled.options()
    assume(options)
    option = data.draw(st.sampled_from(options))
    choices = run.controlled.choices(option.rule, option.latest)
    known, copied, again = run.controlled.streams, run.controlled.copy(), run.again()

    for other in (copied, again):
        other.fire(option, option.latest, choices[0] if choices else 0, (0.25, 0.75))

    assert copied.run.log == again.run.log
    assert copied.run.frame == again.run.frame
    assert copied.options() == again.options()
    assert copied.streams.exponentials == again.streams.exponentials
    assert copied.streams.chances == again.streams.chances
    assert tuple(run.controlled.run.log) == run.log
    assert run.controlled.options() == options
    assert run.controlled.streams.exponentials == known.exponentials
    assert run.controlled.streams.chances == known.chances


@fewer
@given(composed(), st.data())
def test_what_is_offered_can_be_taken_at_its_earliest_and_at_its_latest(run: Composed, data: st.DataObject) -> None:
    options = run.controlled.options()
    assume(options)
    option = data.draw(st.sampled_from(options))
    for time in (option.earliest, option.latest):
        controlled = run.controlled.copy()
        choices = controlled.choices(option.rule, time)
        known = len(controlled.run.log)
        if not controlled.fire(option, time, choices[0] if choices else 0, (0.5, 0.5)):
            assert option.latest - option.earliest < NARROW * option.latest or time < UNDERFLOW
            continue
        happened = controlled.run.log[known]
        assert happened.time == pytest.approx(time, rel=NARROW, abs=NARROW)
        assert happened.rule == controlled.program.rules[option.rule].rule.name
        assert happened.kind in ("fired", "failed")  # its weights, its marks or its effects may have no value
        log = ReferenceEngine(controlled.program, controlled.scenario, 1, streams=controlled.streams).run(0)
        assert log[: len(controlled.run.log)] == tuple(controlled.run.log)


@fewer
@given(composed(), st.data(), st.sampled_from([0.0, 1e-300, 0.5, 7.0, 1e9]))
def test_what_cannot_be_taken_leaves_the_run_as_it_was(run: Composed, data: st.DataObject, late: float) -> None:
    options = run.controlled.options()
    assume(options)
    option = data.draw(st.sampled_from(options))
    controlled = run.again()

    taken = controlled.fire(option, option.latest + late)

    if taken:
        assert controlled.run.log[len(run.log)].time <= option.latest  # the clock cannot run on for longer
    else:
        assert tuple(controlled.run.log) == run.log
        assert controlled.options() == options
        assert controlled.streams.exponentials == run.controlled.streams.exponentials


@fewer
@given(composed(), st.data(), st.sampled_from(MORE))
def test_what_is_not_offered_comes_next_with_no_threshold(run: Composed, data: st.DataObject, more: float) -> None:
    controlled = run.controlled
    assume(not controlled.over)
    offered = {option.rule for option in controlled.options()}
    others = [number for number in range(len(controlled.program.rules)) if number not in offered]
    assume(others and controlled.next_forced()[1] not in (LOOKS, FLIPS))  # after which others may be offered
    number = data.draw(st.sampled_from(others))
    clock = controlled.run.clocks.clocks[number]
    key = number, clock.occurrence
    streams = controlled.streams
    reached = max(0.0, clock.accumulated(controlled.now) - controlled._known[key]) if key in controlled._known else 0.0
    streams.exponentials[key] = reached + more

    log = ReferenceEngine(controlled.program, controlled.scenario, 1, streams=streams).run(0)

    assume(log[: len(run.log)] == run.log)  # else it would have fired before
    following = next((item for item in log[len(run.log) :] if item.kind in CHANGING), None)
    event(f"next: {following.kind if following else 'the end'}")
    assert following is None or following.rule != controlled.program.rules[number].rule.name


BENCH = """
model: bench
title: A bench
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{awake: {{type: bool, initial: true}}}}
events:
  turned_on:  {{exogenous: true, effects: {{awake: true}}}}
  turned_off: {{exogenous: true, effects: {{awake: false}}}}
  rang: {{by: a}}
  hit:  {{by: a}}
rules: {{{rules}}}
timetable: [{timetable}]
"""


def bench(rules: str, timetable: str = "", past: tuple[Event, ...] = (), start: float = 0.0) -> ControlledRun:
    model = loads_model(BENCH.format(rules=rules, timetable=timetable))
    scenario = Scenario("bench", "", "", model, past, start, 10.0, model.timetable, (), "bench.yaml")
    return ControlledRun(compile_model(model), scenario, {})


def window(controlled: ControlledRun, rule: str) -> tuple[float, float] | None:
    option = option_of(controlled, controlled.program.numbers[rule])
    return (option.earliest, option.latest) if option else None


def rule(clock: str, event: str = "rang", more: str = "") -> str:
    return f"{{faction: a, clock: {clock}, emits: {event}{more}}}"


AFTER_0 = SMALLEST


def test_at_one_time_the_timetable_comes_first_then_the_rules_by_rank_and_last_the_horizon() -> None:
    rules = ", ".join(
        f"{name}: {rule('{fixed: 10}', more=f', priority: {priority}')}"
        for name, priority in (("b", 0), ("a", 0), ("z", -1))
    )
    controlled = bench(rules, "{at: 10, event: turned_on}, {at: 10, event: turned_off}")
    order = []
    while not controlled.over:
        number = controlled.next_forced()[2]
        order.append(controlled.program.rules[number].rule.name if number is not None else controlled.next_forced()[1])
        if number is None:
            controlled.wait()
        else:
            assert [option.rule for option in controlled.options()] == [number]
            controlled.fire(controlled.options()[0], 10.0)

    assert order == [TIMETABLE, TIMETABLE, "z", "a", "b", len(controlled.program.rules)]


def test_an_event_without_weight_is_no_choice() -> None:
    weights = ", ".join(
        f"{{event: {event}, weight: {weight}}}" for event, weight in (("rang", 0), ("hit", 2), ("rang", 1))
    )
    controlled = bench(f"one: {{faction: a, clock: {{rate: 1}}, choose: [{weights}]}}")

    assert controlled.choices(0, 1.0) == [1, 2]


def test_waiting_is_refused_while_a_rule_is_due() -> None:
    controlled = bench("one: " + rule("{fixed: 2}"), "{at: 3, event: turned_on}")

    with pytest.raises(AssertionError, match="a rule is due"):
        controlled.wait()


@pytest.mark.parametrize(("priority", "latest"), [(-1, 2.0), (1, math.nextafter(2.0, 0.0))])
def test_a_rule_may_come_at_the_time_of_what_is_due_only_if_its_priority_is_before(
    priority: int, latest: float
) -> None:
    controlled = bench(f"due: {rule('{fixed: 2}')}, one: {rule('{rate: 1}', 'hit', f', priority: {priority}')}")

    assert window(controlled, "one") == (AFTER_0, latest)
    assert window(controlled, "due") == (2.0, 2.0)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("{rate: 0}", None),
        ("{rate: 0.5}", (AFTER_0, 10.0)),
        ("{uniform: {low: 1, high: 3}}", (1.0, 3.0)),
        ("{uniform: {low: 1, high: 30}}", (1.0, 10.0)),
        ("{fixed: 4}", (4.0, 4.0)),
        ("{at: 5}", (5.0, 5.0)),
        ("{every: 3}", (3.0, 3.0)),
        ("{fixed: 11}", None),
    ],
)
def test_a_rule_is_offered_in_the_window_of_its_clock(clock: str, expected: tuple[float, float] | None) -> None:
    assert window(bench("one: " + rule(clock)), "one") == expected


@pytest.mark.parametrize(("memory", "expected"), [("fresh", (6.0, 8.0)), ("keep", (5.0, 6.0)), ("repeat", (7.0, 8.0))])
def test_a_clock_that_was_stopped_at_age_2_goes_on_by_its_memory(memory: str, expected: tuple[float, float]) -> None:
    """It had not fired by then: `keep` goes on from age 2, `repeat` has a draw that is known to be above 2."""
    clock = rule("{uniform: {low: 1, high: 3}}", more=f", when: awake, memory: {memory}")
    controlled = bench("one: " + clock, "{at: 2, event: turned_off}, {at: 5, event: turned_on}")
    controlled.wait()
    assert window(controlled, "one") is None
    controlled.wait()

    assert window(controlled, "one") == pytest.approx(expected, rel=1e-12)


def test_a_clock_that_ran_before_the_branch_is_offered_for_the_rest_of_its_window() -> None:
    past = (Event(0, 0.5, "documented", "hit"),)
    controlled = bench(
        f"one: {rule('{uniform: {low: 1, high: 3}}')}, two: {rule('{rate: 1}', 'hit')}", past=past, start=2.0
    )

    assert window(controlled, "one") == pytest.approx((2.0, 3.0), rel=1e-12)
    assert controlled.options()[0].earliest > 2.0
    assert window(controlled, "two") == (2.0 + ROUNDINGS * math.ulp(2.0), math.nextafter(3.0, 2.0))
