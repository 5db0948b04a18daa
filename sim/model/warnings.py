"""What is allowed in a model or a scenario and seldom meant: warnings, each with the place of what it is about.

A warning stops nothing. `sim check` shows all of a file; commands that make runs show them before their figures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sim.language.diagnostics import Diagnostic, Span
from sim.language.documents import ModelShape, ScenarioShape
from sim.language.load import Loaded
from sim.language.tree import Expression, reads
from sim.model import pending
from sim.model.domains import held_possible, inside, reach, shown, span, support
from sim.model.horizons import Asked
from sim.model.model import Model
from sim.model.scenario import Scenario
from sim.model.unsafe import described, unsafe


def warnings_of(
    chain: Sequence[Loaded[ScenarioShape]], scenario: Scenario, loaded: Loaded[ModelShape], model: Model
) -> tuple[Diagnostic, ...]:
    """Return the warnings about a scenario; `chain` has its file and those that it extends, `model` is without it."""
    return (
        *_unread_parameters(chain, scenario),
        *_beyond_priors(chain, scenario.model, model),
        *_unsafe(scenario, loaded),
        *Asked(chain, loaded, scenario).late_checks(),
        *(pending.warnings_about(scenario, _branch(chain)) if chain and scenario.past else ()),
    )


def warnings_of_model(model: Model, loaded: Loaded[ModelShape]) -> tuple[Diagnostic, ...]:
    """Return the warnings about a model by itself, whatever its scenarios are."""
    return tuple(_unsafe_in(model, loaded))


def _branch(chain: Sequence[Loaded[ScenarioShape]]) -> Span:
    """Return where the branch stands, or the history whose last event is the branch."""
    for key in ("branch", "history"):
        for loaded in chain:
            if getattr(loaded.shape, key) is not None:
                return loaded.document.key_span((key,))
    return chain[0].document.key_span(())


def _unsafe(scenario: Scenario, loaded: Loaded[ModelShape]) -> Iterator[Diagnostic]:
    rules = {name: rule for name, rule in scenario.model.rules.items() if name not in scenario.disabled}
    return _unsafe_in(replace(scenario.model, rules=rules), loaded)


def _unsafe_in(model: Model, loaded: Loaded[ModelShape]) -> Iterator[Diagnostic]:
    """Warn of parameters with which a run fails (W330)."""
    for found in unsafe(model):
        first = found.demand.given[0]
        message, notes = described(found, model)
        yield Diagnostic("W330", message, loaded.document.span_of(first.place, first.text), notes)


def _beyond_priors(chain: Sequence[Loaded[ScenarioShape]], assumed: Model, model: Model) -> Iterator[Diagnostic]:
    """Warn of what a scenario makes of a parameter beyond what its model holds possible (W520)."""
    seen: set[str] = set()
    for loaded in chain:
        for name in loaded.shape.parameters:
            own, changed = model.parameters[name], assumed.parameters[name]
            possible = held_possible(own)
            if name not in seen and not inside(support(changed), possible):
                what, whose = f"'{name}' = {shown(own, support(changed)[0])} lies outside", "every run assumes"
                if changed.prior:
                    what = f"a prior of '{name}' {reach(changed, support(changed))} reaches beyond"
                    whose = "some of the runs assume"
                yield Diagnostic(
                    "W520",
                    f"{what} what the model holds possible, {span(own, possible)}",
                    loaded.document.value_span(("parameters", name)),
                    (
                        f"{whose} what the model's own prior excludes",
                        f"if the model should hold it possible, widen the prior of '{name}', or give it a `range`",
                    ),
                )
            seen.add(name)


def _unread_parameters(chain: Sequence[Loaded[ScenarioShape]], scenario: Scenario) -> Iterator[Diagnostic]:
    """Warn of parameters that a scenario changes and nothing reads from the branch on (W501)."""
    read = _parameters_read(scenario)
    seen: set[str] = set()
    for loaded in chain:
        for name in loaded.shape.parameters:
            if name not in read and name not in seen:
                yield Diagnostic(
                    "W501",
                    f"nothing reads the parameter '{name}' from the branch on: the scenario does not depend on it",
                    loaded.document.key_span(("parameters", name)),
                    ("documented events stand as they are: what a scenario assumes holds from its branch on",),
                )
            seen.add(name)


def _parameters_read(scenario: Scenario) -> frozenset[str]:
    model = scenario.model
    rules = [rule for name, rule in model.rules.items() if name not in scenario.disabled]
    coming = {emission.event for rule in rules for emission in rule.emissions}
    coming |= {item.event for item in scenario.timetable}
    expressions = [
        *(expression for rule in rules for expression in rule.expressions()),
        *(effect for name in coming for effect in model.events[name].effects.values()),
        *_asked(model),
    ]
    return frozenset[str]().union(*(reads(expression.tree, "parameter") for expression in expressions))


def _asked(model: Model) -> Iterable[Expression]:
    for outcome in model.outcomes.values():
        yield from (part for part in (outcome.when, outcome.safe) if part is not None)
    for measure in model.measures.values():
        if measure.expression is not None:
            yield measure.expression
