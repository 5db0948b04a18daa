"""An event-sourced scenario simulator for documented political crises.

The names below are what a program may rely on; they are imported when they are first used, so that a command that
needs none of them starts at once.

    case = sim.load_scenario(Path("scenarios/lesotho-2014/status-quo.yaml"))
    program = sim.compile_model(case.scenario.model)
    log = sim.ReferenceEngine(program, case.scenario, seed=1).run(0)
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Case": "sim.model.assumptions",
    "Event": "sim.model.event",
    "LanguageError": "sim.language.diagnostics",
    "Ledger": "sim.ledger.ledger",
    "LedgerError": "sim.errors",
    "Model": "sim.model.model",
    "ReferenceEngine": "sim.engines.reference",
    "RunError": "sim.errors",
    "Scenario": "sim.model.scenario",
    "SimError": "sim.errors",
    "UsageError": "sim.errors",
    "compile_model": "sim.model.program",
    "load_model": "sim.model.build",
    "load_scenario": "sim.model.assumptions",
    "loads_model": "sim.model.build",
    "prepare": "sim.experiment",
    "record": "sim.experiment",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
