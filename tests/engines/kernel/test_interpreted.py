"""The kernel's text is Python: run by CPython, it gives what its compiled code gives, cell by cell."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.kernel.engine import KernelEngine, _Work
from sim.engines.kernel.generator.lines import MANY
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime import kept_past, loop, memory_map, turn_steps, undone_firing
from sim.engines.kernel.runtime.linked import PARTS
from sim.testing.models import alone, model_data, scenario_of
from tests.engines.kernel.alike import program_of


def interpreted(engine, many=MANY):
    """Return the loop and the model's functions, run by CPython, as one function of two lists."""
    return names_of(engine, many)["simulate"]


FAILED = 2  # what `simulate` says of a run that cannot go on, here before its first row


def names_of(engine, many=MANY):
    """Return what the names in the loop and in the model's functions stand for, to be run by CPython."""
    text = ModelText(engine.layout, many=many)
    names = {**text.names(), "Reals": None, "Ints": None}
    for module in (loop, turn_steps, kept_past, undone_firing):  # what calls the model's own functions
        exec(compile(Path(module.__file__).read_text(encoding="utf-8"), "loop", "exec"), names)  # noqa: S102 - our own text
    exec(compile(text.source, "model", "exec"), names)  # noqa: S102
    names["parts"] = SimpleNamespace(**{name: names[name] for name in PARTS})
    return names


@pytest.mark.parametrize("many", [MANY, 2])
@settings(max_examples=settings.default.max_examples // 4)
@given(model_data(), st.integers(0, 2**63 - 1))
def test_cpython_makes_of_the_kernels_text_what_the_compiled_code_makes_however_much_of_it_is_shared(many, data, seed):
    scenario = scenario_of(data)
    engine = KernelEngine(program_of(scenario), scenario, seed)
    one, other = _Work(engine, range(2)), _Work(engine, range(2))
    one.n[memory_map.ENOUGH] = other.n[memory_map.ENOUGH] = sys.maxsize
    f, n = one.f.tolist(), one.n.tolist()
    f[len(engine.reals) :] = [0.0] * (len(f) - len(engine.reals))
    n[len(engine.ints) :] = [0] * (len(n) - len(engine.ints))
    n[n[memory_map.STARTS_AT]] = 0

    status = interpreted(engine, many)(f, n)

    assert engine.code.simulate(other.f, other.n) == status
    assert n[memory_map.ROWS] > 0 or status == FAILED
    assert other.n[memory_map.ROWS] == n[memory_map.ROWS]
    assert other.n[memory_map.MARKS] == n[memory_map.MARKS]
    codes, times, marks = other._written()
    first, second, third = n[memory_map.CODES_AT], n[memory_map.TIMES_AT], n[memory_map.MARKS_AT]
    assert codes.tolist() == n[first : first + len(codes)]
    assert times.tobytes() == np.array(f[second : second + len(times)]).tobytes()
    assert marks.tobytes() == np.array(f[third : third + len(marks)]).tobytes()
    first, made = n[memory_map.MEASURES_AT], n[memory_map.DONE] * n[memory_map.MEASURES]
    assert np.array_equal(other.f[first : first + made], f[first : first + made], equal_nan=True)
    own = engine.layout.ints
    assert other.n[memory_map.HEADER : own].tolist() == n[memory_map.HEADER : own]


CHANGED = """
model: changed
title: A number that changes without an event
time: {unit: abstract}
horizon: 10
factions: {}
state: {x: {type: int, initial: 1}}
parameters: {p: {value: 2, basis: {judgement: two}}}
events: {ticked: {effects: {x: x + 1}}}
timetable: [{at: 3, event: ticked}]
measures:
  most: {max: p}
  most_before: {max: p, until: 1.5}
  least_of_both: {min: p * x, when: p > 3}
  area: {integral: p}
  area_since: {integral: p, from: 1, until: 4}
  busy: {time_while: p > 3}
  above: {time_until: p > 3}
  above_from: {time_until: p > 3, from: 1}
  then: {value: p, at: 1}
  last_low: {value: p, when: p < 3}
  last: {value: p, from: 9}
  total: {sum: p, on: ticked}
"""
CHANGES_AT, OTHER = 2.0, 5.0


def test_measures_look_again_where_something_other_than_an_event_changes_what_they_read():
    scenario = alone(loads_model(CHANGED))
    program = program_of(scenario)
    engine = KernelEngine(program, scenario, 1)
    names, cell = names_of(engine), engine.layout.real(program.slots["parameter", "p"])
    happen = names["happen"]

    def changed_before(f, n, event, now, at):
        names["elapse"](f, n, CHANGES_AT)
        f[cell] = OTHER
        names["look_again"](f, n, CHANGES_AT)
        happen(f, n, event, now, at)

    names["parts"].happen = changed_before
    work = _Work(engine, range(1))
    f, n = work.f.tolist(), work.n.tolist()
    n[memory_map.ENOUGH] = sys.maxsize
    assert names["simulate"](f, n) == 0

    first = n[memory_map.MEASURES_AT]
    assert dict(zip(program.model.measures, f[first : first + len(program.model.measures)], strict=True)) == {
        "most": 5.0, "most_before": 2.0, "least_of_both": 5.0, "area": 2 * 2 + 5 * 8, "area_since": 2 + 5 * 2,
        "busy": 8.0, "above": 2.0, "above_from": 1.0, "then": 2.0, "last_low": 2.0, "last": 5.0, "total": 5.0,
    }  # fmt: skip
