"""Recording with a projection of each run, all of them in one list."""

from itertools import chain
from typing import Any

from sim.experiment import EachRun, Experiment
from sim.experiment import record as in_batches
from sim.ledger import Ensemble


def record(experiment: Experiment, runs: int, projection: Any, **how: Any) -> tuple[Ensemble, list[Any]]:
    """Record runs, and return what each comes to."""
    ensemble, parts = in_batches(experiment, runs, EachRun(projection), **how)
    return ensemble, list(chain.from_iterable(parts))
