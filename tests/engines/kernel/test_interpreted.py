"""The kernel's text is Python: run by CPython, it gives what its compiled code gives, cell by cell."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.kernel.engine import KernelEngine, _Work
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime import loop, memory_map
from sim.engines.kernel.runtime.linked import PARTS
from sim.testing.models import model_data, scenario_of
from tests.engines.kernel.alike import program_of


def interpreted(engine):
    """Return the loop and the model's functions, run by CPython, as one function of two lists."""
    text = ModelText(engine.layout)
    names = {**text.names(), "Reals": None, "Ints": None}
    exec(compile(Path(loop.__file__).read_text(encoding="utf-8"), "loop", "exec"), names)  # noqa: S102 - our own text
    exec(compile(text.source, "model", "exec"), names)  # noqa: S102
    names["parts"] = SimpleNamespace(**{name: names[name] for name in PARTS})
    return names["simulate"]


@settings(max_examples=settings.default.max_examples // 4)
@given(model_data(), st.integers(0, 2**63 - 1))
def test_cpython_makes_of_the_kernels_text_what_the_compiled_code_makes(data, seed):
    scenario = scenario_of(data)
    engine = KernelEngine(program_of(scenario), scenario, seed)
    one, other = _Work(engine, range(2)), _Work(engine, range(2))
    f, n = one.f.tolist(), one.n.tolist()
    f[len(engine.reals) :] = [0.0] * (len(f) - len(engine.reals))
    n[len(engine.ints) :] = [0] * (len(n) - len(engine.ints))
    n[n[memory_map.STARTS_AT]] = 0

    status = interpreted(engine)(f, n)

    assert engine.code.simulate(other.f, other.n) == status
    assert other.n[memory_map.ROWS] == n[memory_map.ROWS]
    assert other.n[memory_map.MARKS] == n[memory_map.MARKS]
    codes, times, marks = other._written()
    first, second, third = n[memory_map.CODES_AT], n[memory_map.TIMES_AT], n[memory_map.MARKS_AT]
    assert codes.tolist() == n[first : first + len(codes)]
    assert times.tobytes() == np.array(f[second : second + len(times)]).tobytes()
    assert marks.tobytes() == np.array(f[third : third + len(marks)]).tobytes()
    own = engine.layout.ints
    assert other.n[memory_map.HEADER : own].tolist() == n[memory_map.HEADER : own]
