"""What the kernel leaves out because nothing can come of it, and when it must not: the reference leaves out nothing."""

import ctypes
import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.kernel.compiler import machine_code
from sim.engines.kernel.compiler.subset import function_of
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime.linked import BY_HAND
from sim.model.event import Event
from sim.numerics.elementary import leading
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, program_of

HEAD = """
model: past
title: A model with a past
time: {unit: abstract}
horizon: 50
factions: {a: {title: A}}
state: {x: {type: int, range: [0, 9], initial: 0}, on: {type: bool, initial: true}}
events:
  up: {by: a, effects: {x: x + 1}}
  down: {by: a, effects: {x: x - 1}}
  off: {by: a, effects: {on: false, x: 0}}
  back: {by: a, effects: {on: true, x: 3}}
  seen: {by: a}
"""


def scenario_with(text, *past, start=10.0):
    events = tuple(Event(place, float(place + 1), "documented", kind) for place, kind in enumerate(past))
    return replace(alone(loads_model(HEAD + text)), past=events, start=start)


def text_of(scenario):
    return ModelText(KernelEngine(program_of(scenario), scenario, 1).layout).source


def test_a_past_looks_at_no_rate_that_is_sure_to_be_fine():
    scenario = scenario_with("""
parameters: {p: {prior: {lognormal: [0.1, 1]}, basis: {judgement: d}}}
rules:
  r: {faction: a, clock: {rate: p * x}, emits: seen}
  s: {faction: a, when: x > 1, clock: {rate: 0.1}, emits: down}
""", "up", "up", "down", "up", "up")  # fmt: skip

    assert "n[RATES_DEFERRED]" in text_of(scenario)
    logs = check_alike(program_of(scenario), scenario, 7, range(50))
    assert len({log[1].time for log in logs}) > 40


def test_a_rate_that_a_parameter_makes_wrong_in_the_past_is_refused_there():
    scenario = scenario_with("""
parameters: {p: {prior: {uniform: [-1, 1]}, basis: {judgement: d}}}
rules: {r: {faction: a, when: on, clock: {rate: p * x}, emits: seen}}
""", "up", "down", "up", "off")  # fmt: skip

    logs = check_alike(program_of(scenario), scenario, 7, range(50))
    ends = [log[-1] for log in logs]
    assert {end.time for end in ends if end.kind == "failed"} == {10.0}
    assert {end.kind for end in ends} == {"failed", "ended"}


@pytest.mark.parametrize("p", [1e9, 1.0000001e9, 1e300])
def test_a_parameter_beyond_all_measure_is_looked_at_as_it_is(p):
    scenario = scenario_with(f"""
parameters: {{p: {{value: {p}, basis: {{judgement: d}}}}}}
rules: {{r: {{faction: a, clock: {{rate: p * p * x}}, emits: down}}}}
""", "up", "up")  # fmt: skip

    check_alike(program_of(scenario), scenario, 7, range(5))


def test_an_event_that_ends_what_a_rate_is_for_may_make_the_rate_wrong():
    scenario = scenario_with("""
rules:
  r: {faction: a, when: on, clock: {rate: (x + 1) if on else (0 - 1)}, emits: seen}
  s: {faction: a, when: on, clock: {rate: 0.1}, emits: off}
  t: {faction: a, when: not on, clock: {rate: 0.5}, emits: back}
  u: {faction: a, when: x > 1, clock: {rate: 0.2}, emits: down}
""", "up", "up")  # fmt: skip

    logs = check_alike(program_of(scenario), scenario, 7, range(60))
    assert any(event.type == "off" for log in logs for event in log[1:])
    assert all(log[-1].kind == "ended" for log in logs)


@pytest.mark.parametrize("past", [(), ("up",)])
def test_a_guard_without_a_value_that_nobody_has_looked_at_is_looked_at_when_the_rate_changes(past):
    scenario = scenario_with("""
rules:
  r: {faction: a, on: seen, when: on and 1 / (x - x) > 0, clock: {rate: 1 * x}, emits: seen}
  s: {faction: a, on: seen, when: log(0 * x) > 0, clock: {rate: 1 * x}, emits: seen}
  t: {faction: a, clock: {rate: 1}, emits: up}
""", *past)  # fmt: skip

    logs = check_alike(program_of(scenario), scenario, 7, range(5))
    assert {log[-1].type for log in logs} == {"E604"}


@pytest.mark.parametrize("memory", ["fresh", "keep", "repeat"])
def test_every_memory_goes_on_at_the_branch(memory):
    scenario = scenario_with(f"""
rules:
  r: {{faction: a, when: on, clock: {{rate: 0.05 * (x + 1)}}, memory: {memory}, emits: seen}}
  s: {{faction: a, when: on, clock: {{rate: 0.1}}, emits: off}}
  t: {{faction: a, when: not on, clock: {{rate: 0.3}}, emits: back}}
""", "up", "off", "back", "up")  # fmt: skip

    check_alike(program_of(scenario), scenario, 7, range(60))


def test_memory_is_used_again_once_nobody_reads_it():
    scenario = scenario_with("rules: {r: {faction: a, clock: {rate: 1}, emits: seen}}")
    engine = KernelEngine(program_of(scenario), scenario, 1)
    kept = engine.make(range(50))
    times = kept.times.tolist()

    other = engine.make(range(50, 100))
    assert not np.shares_memory(other.times, kept.times)
    assert kept.times.tolist() == times

    place = other.times.__array_interface__["data"]
    wanted = other.times.tolist()
    del other
    again = engine.make(range(50, 100))
    assert again.times.__array_interface__["data"] == place
    assert again.times.tolist() == wanted
    assert kept.times.tolist() == times


@pytest.mark.parametrize("more", [-1, 0, 2])
def test_memory_is_used_again_only_when_free_however_python_counts_references(monkeypatch, more):
    """What asking adds to the number differs between versions of Python: one more, or none."""
    count = sys.getrefcount
    monkeypatch.setattr(sys, "getrefcount", lambda array: count(array) + more)
    scenario = scenario_with("rules: {r: {faction: a, clock: {rate: 1}, emits: seen}}")
    engine = KernelEngine(program_of(scenario), scenario, 1)

    made = engine.make(range(50))
    assert engine._unused(50) == []

    made = engine.make(range(50))
    del made
    assert len(engine._unused(50)) == 2


def test_memory_is_not_used_again_while_a_part_of_it_is_read():
    scenario = scenario_with("rules: {r: {faction: a, clock: {rate: 1}, emits: seen}}")
    engine = KernelEngine(program_of(scenario), scenario, 1)
    times = engine.make(range(50)).times
    wanted = times.tolist()

    engine.make(range(50, 100))

    assert times.tolist() == wanted


def test_a_run_that_needs_more_room_than_there_is_is_made_again_whole(monkeypatch):
    scenario = alone(
        loads_model("""
model: marked
title: Marks
time: {unit: abstract}
horizon: 50
factions: {a: {title: A}}
state: {}
events: {e: {by: a, marks: {size: real, count: int}}}
rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, size: "normal(0, 1)", count: poisson(3)}}}
""")
    )
    program = program_of(scenario)
    wanted = [KernelEngine(program, scenario, 1).run(run) for run in range(40)]
    for rows in (60, 61, 100, 130):
        monkeypatch.setattr("sim.engines.kernel.engine.ROWS", rows)
        assert list(KernelEngine(program, scenario, 1).make(range(40)).logs()) == wanted


@given(st.floats(0.5, math.nextafter(1.0, 0.0)))
def test_what_is_written_by_hand_gives_what_python_gives(part):
    assert by_hand()(part) == leading(part)


def by_hand():
    if not hasattr(by_hand, "function"):
        (one,) = BY_HAND
        assert one is leading
        name = function_of(leading).node.name
        text = f"define i64 @call(double %x) {{\n %r = call i64 @primitive.{name}(double %x)\n ret i64 %r\n}}\n"
        by_hand.code = machine_code.LoadedCode([machine_code._compile(text, 0)], ["call"])
        by_hand.function = by_hand.code.function("call", ctypes.c_longlong, ctypes.c_double)
    return by_hand.function


def test_whether_an_ending_came_true_is_kept_only_where_otherwise_asks_for_it():
    def text(*outcomes):
        return text_of(scenario_with(f"outcomes: {{{', '.join(outcomes)}}}"))

    low, rest = "low: {when: x < 1%s}", "rest: {otherwise: true}"
    ends, goes_on = ", ends_run: true", ", ending: true"

    assert text(low % goes_on) == text(low % "")
    assert text(low % (ends + goes_on), rest) == text(low % ends, rest)
    assert "CAME" not in text(low % ends, rest) + text(low % "", rest) + text(low % goes_on)
    assert "CAME" in text(low % goes_on, rest)
