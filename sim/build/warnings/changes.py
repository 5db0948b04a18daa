"""What a scenario changes from a date on and that no run can depend on: values that nothing reads, rules as they were.

W501: nothing reads the parameter. W510: the rule that is disabled could not fire. W513: the rule that is enabled was
not disabled.
"""

from collections.abc import Collection, Iterator

from sim.build.context import Chain
from sim.build.warnings import warning
from sim.build.warnings.idle import idle_rules
from sim.language.diagnostics import Diagnostic, Span
from sim.model.scenario import Change, Scenario


def warnings_about(chain: Chain, scenario: Scenario, read: Collection[str]) -> Iterator[Diagnostic]:
    """Yield the warnings about a scenario's changes; `read` has the parameters that something reads."""
    places = {
        loaded.document.value_span(("changes", number)).location: (loaded.document, number)
        for loaded in chain
        for number in range(len(loaded.shape.changes))
    }
    off = set(scenario.disabled)
    for change in scenario.changes:
        document, number = places[change.location]

        def where(key: str, name: str, document=document, number=number) -> Span:  # noqa: ANN001 - of this change
            keys = ("changes", number, key, name)
            return document.key_span(keys) if keys in document.offsets else document.value_span(keys[:-1])

        for name in change.parameters:
            if name not in read:
                message = f"nothing reads the parameter '{name}': to change it changes no run"
                yield warning("W501", message, where("parameters", name))
        yield from _disabled(change, scenario, off, where("disable", ""))
        for name in change.enabled:
            if name not in off:
                message = f"'{name}' is not disabled at that time: enabling it changes nothing"
                yield warning("W513", message, where("enable", name), "a rule that runs goes on as it was")
        off = (off | set(change.disabled)) - set(change.enabled)


def _disabled(change: Change, scenario: Scenario, off: Collection[str], span: Span) -> Iterator[Diagnostic]:
    idle = idle_rules(scenario, scenario.never) if change.disabled else {}
    for name in change.disabled:
        if name in off or name in idle:
            why = idle.get(name, "it is disabled at that time already")
            message = f"'{name}' could not fire in '{scenario.name}' anyway: disabling it changes nothing"
            yield warning("W510", message, span, why)
