"""The engines under contract: whatever runs a model stands here, and every test in this folder holds for it.

A factory takes a program, a scenario and a seed, and gives something that makes the log of any run by its number.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.event import Log
from sim.model.program import Program
from sim.model.scenario import Scenario


class Engine(Protocol):
    def run(self, number: int) -> Log: ...


Factory: TypeAlias = Callable[[Program, Scenario, int], Engine]

ENGINES: dict[str, Factory] = {"reference": ReferenceEngine, "kernel": KernelEngine}
