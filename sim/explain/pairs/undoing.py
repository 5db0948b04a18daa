"""How runs end that are made again with a firing undone, or of a part of what a scenario assumes, many at once.

What undoing a firing means is for `sim.engines.undone_run`.
"""

from sim.engines.reference import ReferenceEngine
from sim.engines.undone_run import Counterfactual, Undone
from sim.model.event import HORIZON, Log
from sim.model.outcomes import first_ending
from sim.model.scenario import Scenario


def ending_of(scenario: Scenario, log: Log) -> str:
    """Return with which ending a run's story ends first; `horizon` if with none, and a failed run's error."""
    if log[-1].kind == "failed":
        return log[-1].type
    found = first_ending(scenario.model, (*scenario.past, *log))
    return HORIZON if found is None else found.type


def without(engine: ReferenceEngine, run: int, undone: Undone) -> Log:
    """Return the log of a run with one firing undone."""
    return engine.counterfactual(Counterfactual(run, undone))
