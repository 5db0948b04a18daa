"""A run that would have more events than a run may have is stopped, not failed: in both engines, in the same way."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.event import LIMIT_OF_EVENTS, is_whole
from sim.model.program import compile_model
from sim.model.reevaluate import reevaluate
from sim.model.run import MOST_EVENTS
from sim.testing.models import alone, model_data, scenario_of
from tests.engines.kernel.alike import check_alike, program_of

MODEL = """
model: beats
title: A beat
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{n: {{type: int, range: [0, 1000], initial: 0}}}}
events: {{e: {{by: a, marks: {{m: int}}, effects: {{n: n + 1}}}}, f: {{by: a, effects: {{n: n + 1}}}}}}
rules: {{r: {{faction: a, clock: {{every: 1}}, emits: {{event: e, m: 2}}}}}}
timetable: [{{at: 2.5, event: f}}]
outcomes: {{three: {{when: n >= 3}}, six: {{when: n >= 6}}, rest: {{otherwise: true}} {more}}}
measures: {{
  early: {{time_until: n >= 3}}, late: {{time_until: n >= 6}}, at_two: {{value: n, at: 2}},
  at_three: {{value: n, at: 3}}, end: {{value: n}}, count: {{count: e}}, sum: {{sum: m, on: e}},
  busy: {{time_while: n > 1}}, area: {{integral: n}}, most: {{max: n}}, least: {{min: n}}
}}
"""


def scenario(more=""):
    return alone(loads_model(MODEL.format(more=more)))


def test_a_run_with_more_events_than_it_may_have_is_closed_by_the_limit_when_the_next_is_due():
    (log,) = check_alike(program_of(scenario()), scenario(), 1, range(1), most_events=4)

    assert [event.time for event in log if event.kind in ("fired", "scheduled")] == [1.0, 2.0, 2.5, 3.0]
    assert (log[-1].kind, log[-1].note, log[-1].time) == ("ended", LIMIT_OF_EVENTS, 4.0)
    assert not is_whole(log)


def test_an_event_of_the_timetable_is_stopped_as_one_of_a_rule_is():
    (log,) = check_alike(program_of(scenario()), scenario(), 1, range(1), most_events=2)

    assert (log[-1].note, log[-1].time) == (LIMIT_OF_EVENTS, 2.5)


@pytest.mark.parametrize(("most", "note"), [(10, LIMIT_OF_EVENTS), (11, "horizon"), (12, "horizon")])
def test_a_run_may_have_just_as_many_events_as_the_limit_says(most, note):
    (log,) = check_alike(program_of(scenario()), scenario(), 1, range(1), most_events=most)

    assert log[-1].note == note


def test_what_came_true_before_a_run_was_stopped_did_and_otherwise_does_not_come_true():
    (log,) = check_alike(program_of(scenario()), scenario(), 1, range(1), most_events=4)

    assert [(event.type, event.time) for event in log if event.kind == "outcome"] == [("three", 2.5)]


def test_of_a_stopped_run_only_those_measures_are_known_whose_time_was_over():
    program = program_of(scenario())
    check_alike(program, scenario(), 1, range(1), most_events=3)
    made = KernelEngine(program, scenario(), 1, most_events=3).make(range(1))

    found = dict(zip(program.model.measures, made.measures[0].tolist(), strict=True))

    assert (found["early"], found["at_two"]) == (2.5, 2.0)
    assert math.isnan(found["late"])
    undefined = {name for name, value in found.items() if math.isinf(value)}
    assert undefined == {"at_three", "end", "count", "sum", "busy", "area", "most", "least"}


WINDOWS = """
  known_end: {value: n, until: 2, when: n > 0}
  known_count: {count: e, until: 2}
  known_sum: {sum: m, on: e, from: 1, until: 2.4}
  known_busy: {time_while: n > 0, until: 2.4}
  known_area: {integral: n, from: 1, until: 2}
  known_most: {max: n, until: 2}
  known_least: {min: n, from: 1, until: 2, when: n > 0}
  missing: {time_until: n > 7, until: 2}
  none: {max: n, until: 2, when: n > 7}
  open_count: {count: e, until: 3}
  open_most: {max: n, from: 2.5, until: 3}
  open_value: {value: n, when: n > 0}
  open_least: {min: n, when: n > 7}
"""


def test_what_a_window_that_was_over_before_a_run_was_stopped_has_come_to_is_known():
    text = MODEL[: MODEL.index("measures:")].format(more="") + "measures:" + WINDOWS
    found = alone(loads_model(text))
    for most in range(8):
        check_alike(program_of(found), found, 1, range(1), most_events=most)
    made = KernelEngine(program_of(found), found, 1, most_events=3).make(range(1))  # stopped at 3

    values = dict(zip(found.model.measures, made.measures[0].tolist(), strict=True))

    assert {name: value for name, value in values.items() if math.isfinite(value)} == {
        "known_end": 2.0, "known_count": 2.0, "known_sum": 4.0, "known_busy": 1.4, "known_area": 1.0, "known_most": 2.0,
        "known_least": 1.0,
    }  # fmt: skip
    assert {name for name, value in values.items() if math.isnan(value)} == {"missing", "none"}
    assert {name for name, value in values.items() if math.isinf(value)} == {
        "open_count", "open_most", "open_value", "open_least"
    }  # fmt: skip


def test_more_outcomes_do_not_shorten_a_run():
    one, other = scenario(), scenario(more=", one: {when: n >= 1}, two: {when: n >= 2}")
    (log,) = check_alike(program_of(one), one, 1, range(1), most_events=5)
    (asked,) = check_alike(program_of(other), other, 1, range(1), most_events=5)

    assert asked[-1].time == log[-1].time
    assert reevaluate(program_of(other), other, log) == asked


@settings(max_examples=settings.default.max_examples // 6)
@given(model_data(), st.integers(0, 2**63 - 1), st.integers(0, 12))
def test_any_model_is_stopped_alike_by_both_engines(data, seed, most):
    found = scenario_of(data)

    logs = check_alike(program_of(found), found, seed, range(2), most_events=most)

    whole = [ReferenceEngine(program_of(found), found, seed).run(run) for run in range(2)]
    for log, other in zip(logs, whole, strict=True):
        happened = [event for event in log if event.kind in ("fired", "scheduled")]
        assert len(happened) <= most
        if is_whole(log):
            assert log == other
        elif log[-1].kind == "ended":
            assert len(happened) == most
            assert log[:-1] == other[: len(log) - 1]
            assert log[-1].time <= other[-1].time


EXPLODES = """
model: explodes
title: Some runs explode
time: {unit: abstract}
horizon: 1000
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 100000000], initial: 0}, off: {type: bool, initial: false}}
events: {up: {by: a, effects: {n: n + 1}}, off: {by: a, effects: {off: true}}}
rules:
  r: {faction: a, when: not off, clock: {rate: 1 + n * n}, emits: up}
  s: {faction: a, when: not off, clock: {rate: 0.3}, emits: off}
outcomes: {off: {when: off, ends_run: true}, ten: {when: n >= 10}}
"""


def test_the_kernel_stops_a_run_after_a_million_events():
    model = loads_model(EXPLODES)
    made = KernelEngine(compile_model(model), alone(model), 1).make(range(40))

    ends = [made.categories[made.codes[stop - 1]] for stop in made.starts[1:]]
    stopped = [place for place, row in enumerate(ends) if row.note == LIMIT_OF_EVENTS]
    assert stopped
    assert {made.sizes[place] for place in stopped} == {MOST_EVENTS + 3}  # its start, one outcome, its end
    assert all(row.kind == "ended" for row in ends)


STANDS_STILL = """
model: still
title: A rate so great that time stands still
time: {unit: abstract}
horizon: 20
factions: {a: {title: A}}
state: {n: {type: int, initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, clock: {rate: 3 + 1e18 * n}, emits: e}}
"""


def test_a_rate_at_which_time_stands_still_ends_a_run_with_what_is_to_be_mended():
    found = alone(loads_model(STANDS_STILL))
    program = program_of(found)
    (log,) = check_alike(program, found, 1, range(1))
    error = ReferenceEngine(program, found, 1).unfold(0).error

    assert (log[-1].kind, log[-1].type) == ("failed", "E603")
    assert log[-1].note == "more than 10,000 events without time passing: e"
    assert "the clock of 'r' is so fast that its times cannot be told apart" in error.notes[0]
