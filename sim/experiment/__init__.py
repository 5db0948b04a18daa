"""The imperative shell: prepare a scenario, run what is missing of its ensemble, record it, read it back.

Owns the settings of runs, worker processes and progress. The engines make runs, the ledger keeps them, and the
analysis evaluates them. Nothing is printed here.
"""

from sim.experiment.logs import log_of, logs_of
from sim.experiment.pairs import PairProjection, project_pairs, project_tables
from sim.experiment.prepare import Experiment, Origin, failure_of, prepare, reopen, undefined_in
from sim.experiment.projection import EachRun, Projection
from sim.experiment.record import alike, record
from sim.experiment.repair import Repair, repair
from sim.experiment.settings import RunSettings
from sim.experiment.workers import Progress, Workers

__all__ = [
    "EachRun", "Experiment", "Origin", "PairProjection", "Progress", "Projection", "Repair", "RunSettings", "Workers",
    "alike", "failure_of", "log_of", "logs_of", "prepare", "project_pairs", "project_tables", "record",
    "reopen", "repair", "undefined_in",
]  # fmt: skip
