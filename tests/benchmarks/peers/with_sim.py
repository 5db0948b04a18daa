"""This project's engines."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.event import Log
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from tests.benchmarks.peers.processes import IMMIGRATION, PROCESSES, Process
from tests.benchmarks.peers.tools import Maker, Run, Tool, counted

SEED = 1


def engine(kind: Callable[..., Any], process: Process) -> Any:
    """Return an engine of a process, from the model's text on."""
    model = loads_model(process.text)
    scenario = Scenario(process.name, "", "", model, (), 0.0, process.horizon, (), (), f"{process.name}.yaml")
    return kind(compile_model(model), scenario, SEED)


def kernel(*arguments: Any) -> Any:
    """Return the compiled engine."""
    from sim.engines.kernel.engine import KernelEngine

    return KernelEngine(*arguments)


def plain(event_type: str) -> str:
    """Return an event type's name without its instance."""
    return event_type.partition("[")[0]


def with_kernel(process: Process) -> Callable[[], Maker]:
    """Return what compiles the kernel of a process."""

    def look(made: Any) -> list[Run]:
        names = [plain(category.type) for category in made.categories]
        ups, downs = (
            np.add.reduceat(np.array([name == kind for name in names], int)[made.codes], made.starts[:-1])
            for kind in (process.up, process.down)
        )
        return [Run(up + down, up - down) for up, down in zip(ups.tolist(), downs.tolist(), strict=True)]

    return lambda: Maker(engine(kernel, process).make, look)


def with_reference(process: Process) -> Callable[[], Maker]:
    """Return what makes the reference engine of a process."""

    def look(logs: list[Log]) -> list[Run]:
        return [counted(process, [plain(event.type) for event in log]) for log in logs]

    def ready() -> Maker:
        reference = engine(ReferenceEngine, process)
        return Maker(lambda runs: [reference.run(number) for number in runs], look)

    return ready


def logs(runs: int) -> list[Log]:
    """Return logs to be stored: those of immigration and death."""
    reference = engine(ReferenceEngine, IMMIGRATION)
    return [reference.run(number) for number in range(runs)]


KERNEL = Tool(
    "sim, kernel",
    "every event: time, rule, occurrence, marks, in columns",
    {process.name: with_kernel(process) for process in PROCESSES},
)
REFERENCE = Tool(
    "sim, reference",
    "every event: time, rule, occurrence, marks, as objects",
    {process.name: with_reference(process) for process in PROCESSES},
)
TOOLS = (KERNEL, REFERENCE)
