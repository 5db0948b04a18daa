"""GillesPy2: its C++ solver, compiled for the model and run as a program of its own, and its NumPy solver.

Both make the direct method of Gillespie. They say what there was at the times of a grid, here at the end alone, which
is the least that they can be asked for.
"""

import os
import sysconfig
from collections.abc import Callable
from typing import Any

import gillespy2

from tests.benchmarks.peers.processes import BIRTH, DEATH, IMMIGRATION
from tests.benchmarks.peers.tools import Maker, Run, Tool

# In a virtual environment that is not activated, it looks for SCons in vain (GillesPy2, pull request 967).
os.environ["PATH"] += os.pathsep + sysconfig.get_path("scripts")


def immigration() -> Any:
    model = gillespy2.Model("immigration")
    births = gillespy2.Parameter("births", expression=BIRTH)
    death = gillespy2.Parameter("death", expression=DEATH)
    count = gillespy2.Species("n", initial_value=0, mode="discrete")
    model.add_parameter([births, death])
    model.add_species(count)
    model.add_reaction(
        [
            gillespy2.Reaction("bear", reactants={}, products={count: 1}, rate=births),
            gillespy2.Reaction("die", reactants={count: 1}, products={}, rate=death),
        ]
    )
    model.timespan(gillespy2.TimeSpan.linspace(t=int(IMMIGRATION.horizon), num_points=2))
    return model


def maker(solver: Callable[..., Any]) -> Callable[[], Maker]:
    def ready() -> Maker:
        model = immigration()
        made = solver(model=model)

        def make(runs: range) -> Any:
            return model.run(solver=made, number_of_trajectories=len(runs), seed=runs.start + 1)

        return Maker(make, lambda results: [Run(None, float(result["n"][-1])) for result in results])

    return ready


TOOLS = (
    Tool(
        f"GillesPy2 {gillespy2.__version__}, C++",
        "no event; the count at the end",
        {"immigration": maker(gillespy2.SSACSolver)},
    ),
    Tool(
        f"GillesPy2 {gillespy2.__version__}, NumPy",
        "no event; the count at the end",
        {"immigration": maker(gillespy2.NumPySSASolver)},
    ),
)
