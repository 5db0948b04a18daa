"""libRoadRunner, which compiles a model in SBML by LLVM, with its integrator `gillespie`.

It is asked once for a row after every reaction (`variable_step_size`), the nearest that it has to a log, and once for
the end alone.
"""

from collections.abc import Callable
from typing import Any

import roadrunner

from tests.benchmarks.peers.processes import BIRTH, DEATH, IMMIGRATION
from tests.benchmarks.peers.tools import Maker, Run, Tool

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
SBML = f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
 <model id="immigration">
  <listOfCompartments><compartment id="world" size="1" constant="true"/></listOfCompartments>
  <listOfSpecies>
   <species id="n" compartment="world" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false"
    constant="false"/>
  </listOfSpecies>
  <listOfReactions>
   <reaction id="birth" reversible="false" fast="false">
    <listOfProducts><speciesReference species="n" stoichiometry="1" constant="true"/></listOfProducts>
    <kineticLaw>{MATH}<cn>{BIRTH}</cn></math></kineticLaw>
   </reaction>
   <reaction id="death" reversible="false" fast="false">
    <listOfReactants><speciesReference species="n" stoichiometry="1" constant="true"/></listOfReactants>
    <kineticLaw>{MATH}<apply><times/><cn>{DEATH}</cn><ci>n</ci></apply></math></kineticLaw>
   </reaction>
  </listOfReactions>
 </model>
</sbml>
"""


def maker(*, every_step: bool) -> Callable[[], Maker]:
    points = () if every_step else (2,)

    def ready() -> Maker:
        runner = roadrunner.RoadRunner(SBML)
        runner.setIntegrator("gillespie")
        runner.getIntegrator().setValue("variable_step_size", every_step)
        runner.getIntegrator().setValue("seed", 1)
        runner.timeCourseSelections = ["time", "n"]

        def run() -> Any:
            runner.reset()
            return runner.simulate(0, IMMIGRATION.horizon, *points)

        return Maker(lambda runs: [run() for _ in runs], look)

    def look(results: list[Any]) -> list[Run]:
        """Without a grid, the first row is the beginning and the last the horizon."""
        return [Run(len(rows) - 2 if every_step else None, float(rows[-1, 1])) for rows in results]

    return ready


VERSION = roadrunner.__version__
TOOLS = (
    Tool(
        f"libRoadRunner {VERSION}, all steps",
        "time and count after every reaction, not which one",
        {"immigration": maker(every_step=True)},
    ),
    Tool(f"libRoadRunner {VERSION}, end", "no event; the count at the end", {"immigration": maker(every_step=False)}),
)
