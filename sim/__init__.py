"""An event-sourced scenario simulator for documented political crises.

The names below are what a program may rely on; they are imported when they are first used, so that a command that
needs none of them starts at once. `sim/docs/explanation/architecture.md` says what each package owns.

    results = sim.run("scenarios/lesotho-2014/status-quo.yaml", runs=1000)
    results.outcomes["talks_succeed"].share
    results.to_frame()

    found = sim.compare("scenarios/lesotho-2014/status-quo.yaml", "scenarios/lesotho-2014/talks-hold.yaml")
    found.versus[0].changes["talks_succeed"].difference
    sim.plot(found, "differences").save("differences.svg")
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Case": "sim.build.scenario",
    "Comparison": "sim.analysis.comparison",
    "Event": "sim.model.event",
    "LanguageError": "sim.language.diagnostics",
    "Ledger": "sim.ledger.ledger",
    "LedgerError": "sim.errors",
    "Model": "sim.model.model",
    "Picture": "sim.report.pictures.picture",
    "ReferenceEngine": "sim.engines.reference",
    "Results": "sim.analysis.results",
    "RunError": "sim.errors",
    "Scenario": "sim.model.scenario",
    "SimError": "sim.errors",
    "UsageError": "sim.errors",
    "compare": "sim.study.use_cases",
    "compile_model": "sim.model.program",
    "load": "sim.study.plan",
    "load_model": "sim.build.model",
    "load_scenario": "sim.build.scenario",
    "loads_model": "sim.build.model",
    "plot": "sim.report.pictures.plots",
    "prepare": "sim.study.plan",
    "query": "sim.study.use_cases",
    "record": "sim.experiment",
    "run": "sim.study.use_cases",
    "timeline": "sim.report.pictures.plots",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
