"""Which draw a clock has, which occurrence it counts as, and what a disabled rule does; on runs known beforehand."""

import math
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.numerics.streams import stream_key, uniform
from sim.numerics.ticks import next_on_grid, settled

MODEL = """
model: watch
title: A watch that is woken and sent to sleep
time: {{unit: abstract}}
horizon: 20
factions: {{a: {{title: A}}, b: {{title: B}}}}
state: {{awake: {{type: bool, initial: true}}, n: {{type: int, initial: 0}}}}
events:
  woken:    {{exogenous: true, effects: {{awake: true}}}}
  asleep:   {{exogenous: true, effects: {{awake: false}}}}
  called:   {{by: a, effects: {{n: n + 1}}}}
  answered: {{by: b}}
  slowed:   {{exogenous: true, effects: {{n: n + 5}}}}
rules:
  a_calls: {{faction: a, when: {when}, clock: {clock}, memory: {memory}, emits: called}}
  b_answers: {{faction: b, when: awake, clock: {{rate: 0.7}}, emits: answered}}
timetable: [{timetable}]
"""
NAP = "{at: 2, event: asleep}, {at: 3, event: woken}"


def scenario(when="awake", clock="{rate: 1}", memory="fresh", timetable=""):
    model = loads_model(MODEL.format(when=when, clock=clock, memory=memory, timetable=timetable))
    return Scenario("watch", "", "", model, (), 0.0, 20.0, model.timetable, (), "watch.yaml")


def firings(one: Scenario, rule: str, seed=1, run=0):
    log = ReferenceEngine(compile_model(one.model), one, seed).run(run)
    return [(event.time, event.occurrence) for event in log if event.rule == rule]


@pytest.mark.parametrize("run", [0, 7])
@pytest.mark.parametrize(("rule", "rate"), [("a_calls", 1.0), ("b_answers", 0.7)])
def test_each_occurrence_has_its_own_threshold_minus_the_log_of_the_first_draw_of_the_rules_stream(rule, rate, run):
    found = firings(scenario(), rule, seed=3, run=run)

    key = stream_key(3, f"rule:{rule}")
    waits = [-math.log(uniform(key, run, occurrence, 0)) / rate for occurrence in range(len(found))]
    assert len(found) > 5
    assert [time for time, _ in found] == pytest.approx(list(accumulate(waits)), rel=1e-12)
    assert [occurrence for _, occurrence in found] == list(range(len(found)))


@pytest.mark.parametrize(("memory", "occurrence"), [("fresh", 1), ("keep", 0), ("repeat", 0)])
def test_only_a_clock_that_starts_fresh_after_a_pause_is_a_new_occurrence(memory, occurrence):
    for clock in ("{fixed: 4}", "{weibull: {shape: 30, scale: 4}}"):
        found = firings(scenario(clock=clock, memory=memory, timetable=NAP), "a_calls")

        assert [number for _, number in found[:2]] == [occurrence, occurrence + 1]


def test_a_clock_that_repeats_waits_as_long_as_it_would_have_waited_however_often_it_is_stopped():
    """The draw is of the whole wait: what had passed before a pause does not count, and is not added either."""
    naps = ", ".join(f"{{at: {time}, event: asleep}}, {{at: {time}.5, event: woken}}" for time in (1, 2, 3))
    once = "awake and n < 1"
    alone = {run: found[0][0] for run in range(60) if (found := firings(scenario(once), "a_calls", run=run))}
    late = {run: wait for run, wait in alone.items() if wait > 1}
    assert len(late) > 10

    for run, wait in late.items():
        ((time, _),) = firings(scenario(once, memory="repeat", timetable=naps), "a_calls", run=run)
        assert time == pytest.approx(3.5 + wait)


@pytest.mark.parametrize(("memory", "time"), [("keep", 5), ("fresh", 12), ("repeat", 12)])
def test_a_clock_that_goes_on_has_the_law_that_it_started_with_and_one_that_starts_anew_that_of_now(memory, time):
    naps = NAP + ", {at: 2.5, event: slowed}"

    assert firings(scenario(clock="{fixed: 4 + n}", memory=memory, timetable=naps), "a_calls")[0][0] == time


def test_a_rate_that_is_nought_for_a_while_waits_so_much_longer():
    nights = "{at: 1, event: asleep}, {at: 9, event: woken}"
    found = {
        run: (firings(scenario("n < 1"), "a_calls", run=run), firings(at_night(nights), "a_calls", run=run))
        for run in range(30)
    }
    late = {run: pair for run, pair in found.items() if 1 < pair[0][0][0] < 9}
    assert len(late) > 5

    for quiet, awake in late.values():
        assert awake[0][0] == pytest.approx(quiet[0][0] + 8)


def at_night(nights: str) -> Scenario:
    return scenario("n < 1", '{rate: "1 if awake else 0"}', timetable=nights)


def test_many_events_that_each_take_time_are_no_chain_that_takes_none():
    one = scenario("true", "{fixed: 0.0015}")

    assert len(firings(one, "a_calls")) == 13333


def test_a_disabled_rule_never_fires_even_when_its_guard_turns_true_again():
    one = scenario(timetable=NAP)

    assert firings(one, "a_calls")
    assert firings(replace(one, disabled=("a_calls",)), "a_calls") == []
    assert firings(replace(one, disabled=("a_calls",)), "b_answers") == firings(one, "b_answers")


@pytest.mark.parametrize("now", [20.0, -20.0, 3.7e6, -1e300])
@pytest.mark.parametrize("step", [1e-300, 1e-320, 5e-324])
def test_a_grid_finer_than_time_itself_is_refused(step, now):
    with pytest.raises(ValueError, match="expected a longer step"):
        next_on_grid(step, now, 1e9)


@given(st.floats(1e-3, 1e3), st.floats(-1e6, 1e6))
def test_the_next_point_of_a_grid_is_its_first_multiple_after_now(step, now):
    following = next_on_grid(step, now, 1e9)
    count = round(following / step)

    assert following == settled(count * step, 1e9)
    assert settled((count - 1) * step, 1e9) <= now < following


def test_a_clock_that_goes_every_so_little_that_time_stands_still_is_a_run_error_that_says_so():
    one = scenario("n > 0", "{every: 1e-300}", timetable="{at: 2, event: slowed}")
    done = ReferenceEngine(compile_model(one.model), one, 1).unfold(0)

    assert done.error.code == "E606"
    assert done.error.message == "the clock of 'a_calls' goes every 1e-300"
    assert "expected a longer step" in done.error.notes
