"""What a rule means, claim by claim, on tiny models whose runs are known beforehand.

Given a state, two switches that a timetable throws, and one rule under test: when does it fire?
"""

from functools import cache

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.replay import at_branch, replay, state_of
from sim.model.scenario import Scenario
from tests.engines.conformance.engines import ENGINES, Engine

MODEL = """
model: bench
title: A bench
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}, b: {{title: B}}}}
state:
  awake: {{type: bool, initial: {on}}}
  n:     {{type: int, range: [0, {most}], initial: 0{bounds}}}
  x:     {{type: real, range: [-100, 100], initial: 1}}
events:
  turned_on:  {{exogenous: true, effects: {{awake: true}}}}
  turned_off: {{exogenous: true, effects: {{awake: false}}}}
  rang:       {{exogenous: true}}
  pinged:     {{by: a, effects: {{n: n + 1}}}}
  ponged:     {{by: b, effects: {{n: n + 1}}}}
  swapped:    {{by: a, effects: {{n: n + 10, x: n}}}}
  doubled:    {{by: b, marks: {{k: int}}, effects: {{n: n + k}}}}
rules:
{rules}
timetable: [{timetable}]
outcomes: {{{outcomes}}}
"""


def bench(rules, timetable="", on="true", outcomes="", most=1000, bounds="") -> Scenario:
    text = MODEL.format(
        rules="\n".join(f"  {line}" for line in rules.strip().splitlines()),
        timetable=timetable,
        on=on,
        outcomes=outcomes,
        most=most,
        bounds=bounds,
    )
    model = loads_model(text)
    return Scenario("bench", "", "", model, (), 0.0, 10.0, model.timetable, (), "bench.yaml")


@pytest.fixture(params=ENGINES)
def run(request):
    """Return the function from rules and the like to a run's log; every engine must pass the test that uses it."""

    @cache
    def engine(*args, **more) -> Engine:
        scenario = bench(*args, **more)
        return ENGINES[request.param](compile_model(scenario.model), scenario, 1)

    return lambda *args, number=0, **more: engine(*args, **more).run(number)


@pytest.fixture
def fired(run):
    """Return the function from the same to (time, rule) of every firing."""
    return lambda *args, **more: [(event.time, event.rule) for event in run(*args, **more) if event.kind == "fired"]


@pytest.fixture
def last_state(run):
    """Return the function from the same to the state at the end, which is the log folded."""

    def last_state(*args, **more):
        scenario, log = bench(*args, **more), run(*args, **more)
        program = compile_model(scenario.model)
        frame = at_branch(program, scenario, log)
        for _ in replay(program, frame, log):
            pass
        return state_of(program, frame)

    return last_state


ON, OFF = "{{at: {}, event: turned_on}}".format, "{{at: {}, event: turned_off}}".format


def test_a_rule_fires_when_its_clock_runs_out_and_starts_again_while_its_guard_holds(fired):
    assert fired("r: {faction: a, when: awake, clock: {fixed: 3}, emits: pinged}") == [(3, "r"), (6, "r"), (9, "r")]


def test_the_horizon_is_inclusive(fired):
    assert fired("r: {faction: a, clock: {fixed: 5}, emits: pinged}") == [(5, "r"), (10, "r")]


def test_a_rule_that_is_disabled_forgets_its_age_unless_it_keeps_it(fired):
    times = f"{OFF(2)}, {ON(5)}"
    rule = "r: {faction: a, when: awake and n == 0, clock: {fixed: 3}, memory: MEMORY, emits: pinged}"

    assert fired(rule.replace("MEMORY", "fresh"), times) == [(8, "r")]
    assert fired(rule.replace("MEMORY", "keep"), times) == [(6, "r")]
    assert fired(rule.replace("MEMORY", "repeat"), times) == [(8, "r")]


def test_a_clock_that_repeats_has_the_same_draw_and_one_that_is_fresh_another(fired):
    rule = "r: {faction: a, when: awake and n == 0, clock: {uniform: {low: 3, high: 6}}, memory: MEMORY, emits: pinged}"
    interrupted = f"{OFF(2)}, {ON(3)}"
    alone = fired(rule.replace("MEMORY", "fresh"))[0][0]

    assert fired(rule.replace("MEMORY", "repeat"), interrupted)[0][0] == pytest.approx(3 + alone)
    assert fired(rule.replace("MEMORY", "keep"), interrupted)[0][0] == pytest.approx(1 + alone)
    assert fired(rule.replace("MEMORY", "fresh"), interrupted)[0][0] != pytest.approx(3 + alone)


def test_a_rate_that_keeps_its_age_keeps_what_it_had_accumulated(fired):
    rule = "r: {faction: a, when: awake and n == 0, clock: {rate: 0.4}, memory: keep, emits: pinged}"
    alone = next(
        (number, times[0][0]) for number in range(50) if (times := fired(rule, number=number)) and times[0][0] > 2
    )

    assert fired(rule, f"{OFF(1)}, {ON(4)}", number=alone[0])[0][0] == pytest.approx(alone[1] + 3)


def test_a_rate_is_followed_as_the_state_changes(fired):
    rule = "r: {faction: a, when: n == 0, clock: {rate: 0.5 if awake else 2}, emits: pinged}"
    number, alone = next(
        (number, times[0][0]) for number in range(50) if (times := fired(rule, number=number)) and 2 < times[0][0] < 9
    )

    assert fired(rule, OFF(1), number=number)[0][0] == pytest.approx(1 + (alone - 1) / 4)


def test_a_rate_of_nought_waits(fired):
    assert fired("r: {faction: a, clock: {rate: 0}, emits: pinged}") == []
    assert fired("r: {faction: a, when: n == 0, clock: {rate: 0 if awake else 1000}, emits: pinged}", OFF(4))[0][
        0
    ] == pytest.approx(4, abs=0.05)


def test_a_rule_that_waits_for_an_event_is_pending_until_it_fires_or_its_guard_turns_false(fired):
    rule = "r: {faction: a, on: [rang], when: awake, clock: {fixed: 2}, emits: pinged}"
    bell = "{{at: {}, event: rang}}".format

    assert fired(rule) == []
    assert fired(rule, bell(1)) == [(3, "r")]
    assert fired(rule, f"{bell(1)}, {bell(2)}") == [(3, "r")]
    assert fired(rule, f"{bell(1)}, {OFF(2)}, {ON(2.5)}") == []
    assert fired(rule, f"{bell(1)}, {bell(4)}") == [(3, "r"), (6, "r")]
    assert fired(rule, f"{OFF(0)}, {bell(1)}, {ON(2)}") == []


def test_an_immediate_rule_fires_once_until_its_guard_was_false(fired):
    rule = "r: {faction: a, when: awake, clock: immediately, emits: pinged}"

    assert fired(rule) == [(0, "r")]
    assert fired(rule, f"{OFF(1)}, {ON(2)}, {ON(3)}, {OFF(4)}, {ON(5)}") == [(0, "r"), (2, "r"), (5, "r")]
    assert fired(rule, "{at: 1, event: rang}", on="false") == []


def test_an_immediate_rule_that_waits_fires_at_each_of_its_events(fired):
    rule = "r: {faction: a, on: [rang], when: awake, clock: immediately, emits: pinged}"

    assert fired(rule, "{at: 1, event: rang}, {at: 2, event: rang}") == [(1, "r"), (2, "r")]


def test_a_date_comes_once_and_not_when_it_has_passed(fired):
    assert fired("r: {faction: a, when: awake, clock: {at: 4}, emits: pinged}") == [(4, "r")]
    assert fired("r: {faction: a, when: awake, clock: {at: 4}, emits: pinged}", f"{OFF(1)}, {ON(5)}") == []
    assert fired("r: {faction: a, when: awake, clock: {at: 4}, emits: pinged}", f"{OFF(1)}, {ON(4)}") == [(4, "r")]


def test_every_goes_on_a_grid_from_the_origin(fired):
    assert fired("r: {faction: a, when: awake, clock: {every: 2.5}, emits: pinged}", f"{OFF(1)}, {ON(4)}") == [
        (5, "r"), (7.5, "r"), (10, "r"),
    ]  # fmt: skip


def test_a_firing_restarts_its_own_clock_and_no_other(fired):
    rules = "p: {faction: a, clock: {fixed: 4}, emits: pinged}\nq: {faction: b, clock: {fixed: 3}, emits: ponged}"

    assert fired(rules) == [(3, "q"), (4, "p"), (6, "q"), (8, "p"), (9, "q")]


def test_a_rule_may_restart_another_that_stays_enabled(fired):
    rules = (
        "p: {faction: a, clock: {fixed: 4}, emits: pinged}\n"
        "q: {faction: b, clock: {fixed: 3}, emits: ponged, restarts: [p]}"
    )

    assert fired(rules) == [(3, "q"), (6, "q"), (9, "q")]


def test_at_equal_times_the_timetable_then_immediate_rules_then_priority_then_name(run):
    rules = (
        "z: {faction: a, when: n < 9, clock: {fixed: 5}, priority: -1, emits: pinged}\n"
        "b: {faction: b, when: n < 9, clock: {fixed: 5}, emits: ponged}\n"
        "a: {faction: a, when: n < 9, clock: {fixed: 5}, emits: pinged}\n"
        "i: {faction: b, on: [pinged], when: n == 1, clock: immediately, emits: ponged}"
    )
    log = [event for event in run(rules, "{at: 5, event: rang}") if event.time == 5]

    assert [event.rule or event.type for event in log] == ["rang", "z", "i", "a", "b"]


def test_effects_are_evaluated_on_the_state_before_the_event(last_state):
    state = last_state("r: {faction: a, when: n == 0, clock: {fixed: 1}, emits: swapped}")

    assert (state["n"], state["x"]) == (10, 0.0)


def test_one_of_several_events_happens_by_weight_and_never_one_without_weight(run):
    choice = "[{event: pinged, weight: 1}, {event: ponged, weight: 3}, {event: swapped, weight: 0}]"
    rule = f"r: {{faction: a, when: n == 0, clock: {{fixed: 1}}, choose: {choice}}}"
    types = [next(e.type for e in run(rule, number=number) if e.kind == "fired") for number in range(400)]

    assert set(types) == {"pinged", "ponged"}
    assert abs(types.count("ponged") - 300) < 5 * (400 * 0.75 * 0.25) ** 0.5


RING = """
p: {faction: a, clock: {fixed: 1}, emits: pinged}
q: {faction: a, on: [ponged], clock: immediately, emits: pinged}
r: {faction: b, on: [pinged], clock: immediately, emits: ponged}
"""


TINY_STEPS = """
p: {faction: a, when: n < 1, clock: {fixed: 1}, emits: pinged}
r: {faction: b, when: n > 0, clock: {every: 1e-300}, emits: ponged}
"""


FAILURES = [
    ("E601", "r: {faction: a, when: awake, clock: {rate: 1 - 2 * n}, emits: pinged}", {}),
    ("E602", "r: {faction: a, clock: {fixed: 0.5}, emits: pinged}", {"most": 12}),
    ("E603", RING, {"most": 10**6}),
    ("E604", "r: {faction: a, when: 1 / (x - 1) > 0, clock: {fixed: 1}, emits: pinged}", {}),
    ("E604", "r: {faction: a, clock: {fixed: 1}, when: cos(x * 5e9) < 2, emits: pinged}", {}),
    ("E606", "r: {faction: a, clock: {weibull: {shape: 2, scale: x - 1}}, emits: pinged}", {}),
    ("E606", TINY_STEPS, {}),
    ("E607", "r: {faction: a, clock: {fixed: 1}, choose: [{event: pinged, weight: x - 1}]}", {}),
    ("E608", "r: {faction: a, clock: {fixed: 1}, emits: {event: doubled, k: 'one_of(1: -1 * x, 2: 0)'}}", {}),
    ("E608", "r: {faction: a, clock: {fixed: 1}, emits: {event: doubled, k: poisson(-1 * x)}}", {}),
]


@pytest.mark.parametrize(("code", "rules", "more"), FAILURES)
def test_a_run_that_cannot_go_on_ends_with_the_error_that_says_why(run, code, rules, more):
    last = run(rules, **more)[-1]

    assert (last.kind, last.type) == ("failed", code)
    if code == "E603":
        assert "ponged" in last.note
        assert "pinged" in last.note


@pytest.mark.parametrize(("code", "rules", "more"), FAILURES)
def test_the_reference_engine_says_more_about_an_error_than_its_log(code, rules, more):
    scenario = bench(rules, **more)
    done = ReferenceEngine(compile_model(scenario.model), scenario, seed=1).unfold(0)

    assert done.error.code == code
    assert done.error.notes


def test_a_variable_that_saturates_stays_at_its_bound(run, last_state):
    given = ("r: {faction: a, clock: {fixed: 1}, emits: pinged}",)
    saturates = {"most": 3, "bounds": ", at_bounds: saturate"}

    assert run(*given, **saturates)[-1].kind == "ended"
    assert last_state(*given, **saturates)["n"] == 3


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [
        ("{when: n >= 2}", 4),
        ("{when: n >= 0}", 0),
        ("{on: [pinged]}", 2),
        ("{on: [pinged], when: n >= 2}", 4),
        ("{on: [pinged], when: n >= 0, ends_run: true}", 2),
        ("{when: n >= 2, within: 4}", 4),
        ("{when: n >= 2, within: 3.9}", None),
        ("{when: n >= 2, by: 4}", 4),
        ("{when: n >= 2, by: 3}", None),
        ("{when: n >= 2, while: awake}", 4),
        ("{when: n >= 4, while: awake}", None),
        ("{when: n >= 2, while: n < 2}", 4),
        ("{when: n >= 3, while: n < 2}", None),
        ("{otherwise: true}", 10),
    ],
)
def test_an_outcome_comes_true_once_at_its_first_time(run, outcome, reached):
    log = run("r: {faction: a, clock: {fixed: 2}, emits: pinged}", OFF(5), outcomes=f"o: {outcome}")
    times = [event.time for event in log if event.kind == "outcome"]

    assert times == ([] if reached is None else [reached])
    assert log[-1].note == ("o" if "ends_run" in outcome else "horizon")
    assert log[-1].time == (2 if "ends_run" in outcome else 10)


def test_otherwise_does_not_come_true_when_an_outcome_ended_the_run(run):
    log = run(
        "r: {faction: a, clock: {fixed: 2}, emits: pinged}",
        outcomes="a: {when: n > 0, ends_run: true}, o: {otherwise: true}",
    )

    assert [event.type for event in log if event.kind == "outcome"] == ["a"]
