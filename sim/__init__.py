"""An event-sourced scenario simulator for documented political crises.

The names below are what a program may rely on; they are imported when they are first used, so that a command that
needs none of them starts at once. Everything else is under its module: `sim explain architecture` says where.

    results = sim.run("scenarios/lesotho-2014/status-quo.yaml", runs=1000)
    results.outcomes["talks_succeed"].share
    results.to_frame("events")

    kept = sim.assume("scenarios/lesotho-2014/status-quo.yaml", parameters={"word_kept": 0.7})
    found = sim.compare("scenarios/lesotho-2014/status-quo.yaml", kept)
    found.versus[0].changes["talks_succeed"].difference
    sim.plot(found, "differences").save("differences.svg")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.comparison import Comparison as Comparison
    from sim.analysis.results import Results as Results
    from sim.build.model import load_model as load_model
    from sim.build.scenario import load_scenario as load_scenario
    from sim.errors import SimError as SimError
    from sim.ledger.ledger import Ledger as Ledger
    from sim.report.pictures.plots import plot as plot
    from sim.report.pictures.plots import timeline as timeline
    from sim.study.api import compare as compare
    from sim.study.api import query as query
    from sim.study.api import run as run
    from sim.study.diff import diff as diff
    from sim.study.variants import assume as assume

__version__ = "0.1.0"

_HOMES = {
    "Comparison": "sim.analysis.comparison",
    "Ledger": "sim.ledger.ledger",
    "Results": "sim.analysis.results",
    "SimError": "sim.errors",
    "assume": "sim.study.variants",
    "compare": "sim.study.api",
    "diff": "sim.study.diff",
    "load_model": "sim.build.model",
    "load_scenario": "sim.build.scenario",
    "plot": "sim.report.pictures.plots",
    "query": "sim.study.api",
    "run": "sim.study.api",
    "timeline": "sim.report.pictures.plots",
}

__all__ = [
    "Comparison",
    "Ledger",
    "Results",
    "SimError",
    "__version__",
    "assume",
    "compare",
    "diff",
    "load_model",
    "load_scenario",
    "plot",
    "query",
    "run",
    "timeline",
]

if not TYPE_CHECKING:  # a type checker that saw this would take any name for an attribute

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'sim' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
