"""Property testing of models: try to break what a model claims of every run.

    sim.testing.try_checks(path)             what `sim test` does, as a report
    sim.testing.parameters(model)            Hypothesis strategies: parameters within their priors,
    sim.testing.states(model)                states within their types,
    sim.testing.event_sequences(case)        possible events in any order and at any time,
    sim.testing.runs(case)                   whole simulated runs,
    sim.testing.random_models()              whole random models
    sim.testing.state_machine(case)          a RuleBasedStateMachine of the model
    sim.testing.assert_checks(case, log)     assertions over logs

A pytest plugin comes with it: `pytest scenarios/` tries the checks of each case.
"""

from importlib import import_module
from typing import Any

_NAMES = {
    "assertions": (
        "assert_always", "assert_checks", "assert_claim", "assert_happened", "assert_never", "assert_order",
        "breaches_of",
    ),
    "machine": ("state_machine",),
    "models": ("random_models",),
    "session": ("Report", "Verdict", "try_checks"),
    "strategies": ("event_sequences", "parameters", "runs", "states"),
    "watch": ("Breach",),
}  # fmt: skip
_HOMES = {name: f"sim.testing.{module}" for module, names in _NAMES.items() for name in names}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.testing' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
