"""What a scenario changes from a date on and seldom means: values that nothing reads, rules that stay as they were.

W501: nothing reads the parameter. W510: the rule that is disabled could not fire. W513: the rule that is enabled was
not disabled. W520: the model's own prior excludes the value.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from sim.build.context import Chain
from sim.build.warnings import warning
from sim.build.warnings.beyond import beyond_prior
from sim.build.warnings.reachable import WhyIdle
from sim.language.diagnostics import Diagnostic, Span
from sim.language.yaml.parser import Document, Keys
from sim.model.model import Model
from sim.model.scenario import Change, Scenario


def warnings_about(
    chain: Chain, scenario: Scenario, read: Collection[str], idle: Mapping[str, WhyIdle]
) -> Iterator[Diagnostic]:
    """Warn of changes on which no run depends; `read` has the parameters that something reads, `idle` the rules that
    cannot fire.
    """
    places, off = _places(chain), set(scenario.disabled)
    for change in scenario.changes:
        where = partial(_where, *places[change.location])
        for name in change.parameters:
            if name not in read:
                message = f"nothing reads the parameter '{name}': to change it changes no run"
                yield warning("W501", message, where("parameters", name))
        yield from _disabled(change, scenario, off, idle, where("disable", ""))
        for name in change.enabled:
            if name not in off:
                message = f"'{name}' is not disabled at that time: enabling it changes nothing"
                yield warning("W513", message, where("enable", name), "a rule that runs goes on as it was")
        off = (off | set(change.disabled)) - set(change.enabled)


def beyond_priors(chain: Chain, scenario: Scenario, model: Model) -> Iterator[Diagnostic]:
    """Warn of what a change makes of a parameter beyond what its model, without the scenario, holds possible."""
    places = _places(chain)
    for change in scenario.changes:
        for name, changed in change.known.items():
            if name in model.parameters:  # and not of a rule of the scenario's own
                place = _where(*places[change.location], "parameters", name)
                yield from beyond_prior(changed, model.parameters[name], place)


def _places(chain: Chain) -> dict[str, tuple[Document, int]]:
    """Return where each change stands: its document, and its number in it, by its location."""
    return {
        loaded.document.value_span(("changes", number)).location: (loaded.document, number)
        for loaded in chain
        for number in range(len(loaded.shape.changes))
    }


def _where(document: Document, number: int, key: str, name: str) -> Span:
    keys: Keys = ("changes", number, key, name)
    return document.key_span(keys) if keys in document.offsets else document.value_span(keys[:-1])


def _disabled(
    change: Change, scenario: Scenario, off: Collection[str], idle: Mapping[str, WhyIdle], span: Span
) -> Iterator[Diagnostic]:
    for name in change.disabled:
        if name in off or name in idle:
            why = idle[name].reason if name in idle else "it is disabled at that time already"
            message = f"'{name}' could not fire in '{scenario.name}' anyway: disabling it changes nothing"
            yield warning("W510", message, span, why)
