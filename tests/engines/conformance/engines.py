"""The engines under contract: whatever runs a model stands here, and every test in this folder holds for it.

A factory takes a program, a scenario and a seed, and gives something that makes the log of any run by its number.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.event import Log
from sim.model.program import Program
from sim.model.scenario import Scenario

ENOUGH = 100_000  # events, marks and measures that are held at a time


class Engine(Protocol):
    def run(self, number: int) -> Log: ...


def logs_of(engine: Engine, runs: range) -> Iterator[Log]:
    """Give the logs of runs, in order. The kernel makes many at once, which gives the same logs far sooner."""
    if not isinstance(engine, KernelEngine):
        yield from map(engine.run, runs)
        return
    while runs:
        made = engine.make(runs, enough=ENOUGH)
        yield from made.logs()
        runs = range(made.runs.stop, runs.stop)


Factory: TypeAlias = Callable[[Program, Scenario, int], Engine]

ENGINES: dict[str, Factory] = {"reference": ReferenceEngine, "kernel": KernelEngine}
