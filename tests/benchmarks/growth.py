"""How the time from a model's text to its first run grows with the number of its rules, on an empty cache of code.

    python -m tests.benchmarks.growth

Each model is built, compiled and run once in a process of its own; the figure is that process's CPU time, less what the
smallest model takes, for every thousand rules more. A ring has rules of their own; families have members alike.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, table
from tests.benchmarks.kernel_engine import ring_text
from tests.benchmarks.memory import FAMILIES

CODE = """
import sys, time
from sim.build.model import loads_model
from sim.engines.kernel.engine import KernelEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario
model = loads_model(sys.stdin.read())
scenario = Scenario("m", "", "", model, (), 0.0, model.horizon, model.timetable, (), "m.yaml")
KernelEngine(compile_model(model), scenario, 1, thorough=sys.argv[1] == "thorough").run(0)
print(time.process_time())
"""
MODELS = {"a ring of 50": ring_text(50), "a ring of 500": ring_text(500), "a ring of 2,000": ring_text(2000)}


def taken(text: str, kind: str) -> float:
    """Return the CPU seconds from a model's text to its first run, imports included, on an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        where = {**os.environ, "SIM_CACHE": str(Path(folder))}
        command = [sys.executable, "-c", CODE, kind]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, env=where)
    return float(done.stdout)


def figures(_: list[str]) -> Iterator[Figure]:
    """Yield the seconds of each model, and how the time grows from 500 to 2,000 rules: 4 times would be linear."""
    for kind in ("quick", "thorough"):
        found = {name: taken(text, kind) for name, text in MODELS.items()}
        for name, seconds in found.items():
            yield Figure(f"from text to first run, {name}, {kind} code", seconds, "s")
        smallest, middle, largest = found.values()
        grown = (largest - smallest) / (middle - smallest)
        yield Figure(
            f"from 450 rules more to 1,950 rules more ({1950 / 450:.2f} is linear), {kind} code", grown, "times", 4.8
        )
    yield Figure("from text to first run, nine families of a thousand members", taken(FAMILIES, "quick"), "s", 15.0)


if __name__ == "__main__":
    table(figures(sys.argv[1:]))
