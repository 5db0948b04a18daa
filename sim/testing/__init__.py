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

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.testing.assertions import assert_always as assert_always
    from sim.testing.assertions import assert_checks as assert_checks
    from sim.testing.assertions import assert_claim as assert_claim
    from sim.testing.assertions import assert_happened as assert_happened
    from sim.testing.assertions import assert_never as assert_never
    from sim.testing.assertions import assert_order as assert_order
    from sim.testing.assertions import breaches_of as breaches_of
    from sim.testing.machine import state_machine as state_machine
    from sim.testing.models import random_models as random_models
    from sim.testing.session import Report as Report
    from sim.testing.session import Verdict as Verdict
    from sim.testing.session import try_checks as try_checks
    from sim.testing.strategies import event_sequences as event_sequences
    from sim.testing.strategies import parameters as parameters
    from sim.testing.strategies import runs as runs
    from sim.testing.strategies import states as states
    from sim.testing.watch import Breach as Breach

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

__all__ = [
    "Breach",
    "Report",
    "Verdict",
    "assert_always",
    "assert_checks",
    "assert_claim",
    "assert_happened",
    "assert_never",
    "assert_order",
    "breaches_of",
    "event_sequences",
    "parameters",
    "random_models",
    "runs",
    "state_machine",
    "states",
    "try_checks",
]


if not TYPE_CHECKING:  # a type checker that saw this would take any name for an attribute

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'sim.testing' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
