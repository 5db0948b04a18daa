"""What decides the numbers of a run, as canonical data, and its digest.

Everything that can change a log is in here; titles, bases, measures and the order of keys, which cannot, are
not. Two documents that mean the same have the same digest.
"""

import hashlib
import json
from itertools import zip_longest
from typing import Any, assert_never

from sim.language.expressions.tree import Apply, Draw, Expression, Literal, Read, Tree
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real, Type
from sim.model.event import Event
from sim.model.measuring.quantities import Measure, Moment, OnDate, ValueAt, Window
from sim.model.model import (
    AtDate,
    Clock,
    Emission,
    Every,
    FirstTime,
    Immediately,
    LawClock,
    Model,
    Otherwise,
    Outcome,
    Parameter,
    Rate,
    Rule,
    Scheduled,
    Variable,
)
from sim.model.priors.joint_prior import priors_in_code
from sim.model.scenario import Change, Scenario

SEMANTICS = 4
GENERATOR = "philox4x32-10"
_KINDS_BEFORE = {"time_until": "until"}  # what a kind of measure was called when ledgers first kept its digest


def digest(data: Any) -> str:
    """Return the SHA-256 of canonical data, as hex. Floats are written as their shortest exact text."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()


def specification(scenario: Scenario, seed: int, *, central: bool, runs_per_draw: int = 1) -> dict[str, Any]:
    """Return all that names an ensemble of the scenario: what its id is the digest of.

    `questions` are the outcomes that end no run. Ensembles that differ in nothing else have the same runs.
    """
    lineage = scenario.lineage
    return {
        "semantics": SEMANTICS,
        "generator": GENERATOR,
        "model": digest(canonical_model(scenario.model)),
        "questions": digest(canonical_questions(scenario.model)),
        "scenario": digest(canonical_scenario(scenario)),
        "history": digest([_event(event) for event in scenario.past if event.kind != "outcome"]),
        "seed": seed,
        "parameters": "central" if central else "drawn" if runs_per_draw == 1 else f"drawn every {runs_per_draw} runs",
        "branch": [lineage.ensemble, lineage.run, lineage.event, lineage.streams] if lineage else None,
    }


def parameters_mode(text: str) -> tuple[bool, int]:
    """Read back how a specification says that parameters are drawn: (central, runs per draw)."""
    if text in ("central", "drawn"):
        return text == "central", 1
    return False, int(text.removeprefix("drawn every ").removesuffix(" runs"))


def canonical_questions(model: Model) -> dict[str, Any]:
    """Return the outcomes that end no run as canonical data."""
    return {name: _outcome(outcome) for name, outcome in model.outcomes.items() if not outcome.ends_run}


def canonical_model(model: Model) -> dict[str, Any]:
    """Return the model as canonical data, with the parameters as a scenario left them, and without its questions."""
    calendar = model.calendar
    return {
        "time": [
            calendar.unit,
            calendar.origin.isoformat() if calendar.origin else None,
            *([model.step] if model.step != 1.0 else []),
        ],
        "variables": {name: _variable(variable) for name, variable in model.variables.items()},
        "parameters": {name: _parameter(parameter) for name, parameter in model.parameters.items()},
        "events": {
            name: [
                kind.faction,
                {mark: type_meaning(known) for mark, known in kind.marks.items()},
                {target: _expression(effect) for target, effect in kind.effects.items()},
            ]
            for name, kind in model.events.items()
        },
        "rules": {name: _rule(rule) for name, rule in model.rules.items()},
        "outcomes": {name: _outcome(outcome) for name, outcome in model.outcomes.items() if outcome.ends_run},
    }


def canonical_base(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's model as canonical data, without the event types and rules that the scenario adds to it."""
    model = canonical_model(scenario.model)
    for kind, own in (("events", scenario.own_events), ("rules", scenario.own_rules)):
        model[kind] = {name: part for name, part in model[kind].items() if name not in own}
    return model


def canonical_measure(measure: Measure) -> list[Any]:
    """Return a measure as canonical data, no part of an ensemble's id: a run is the same whatever is measured."""
    expression = None if measure.expression is None else _expression(measure.expression)
    at = measure.quantity.at if isinstance(measure.quantity, ValueAt) else None
    kind = _KINDS_BEFORE.get(measure.quantity.kind, measure.quantity.kind)
    found = [kind, expression, list(measure.on), at.time if at else None, isinstance(at, OnDate)]
    window = measure.window
    if window == Window():
        return found
    when = None if window.when is None else _expression(window.when)
    return [*found, [_moment(window.opens), _moment(window.closes), when]]


def _moment(moment: Moment | None) -> list[Any] | None:
    return None if moment is None else [moment.time, isinstance(moment, OnDate)]


def canonical_needs(model: Model) -> dict[str, Any]:
    """Return what a scenario needs of its model's code, as canonical data; the scenario's own data says the same."""
    own = [
        [one.name, one.prior, [_expression(argument) for argument in one.given], list(one.domain)]
        for one in priors_in_code(model)
    ]
    priors = {"priors": own} if own else {}
    if not (model.assigned or model.woken):
        return priors
    assigned = [
        {name: [_expression(given), list(model.parameters[name].domain)] for name, given in one.items()}
        for one in model.assigned
    ]
    return {"assigned": assigned, "woken": list(model.woken), **priors}


def measured(model: Model) -> str:
    """Return a digest of what a model's measures are."""
    return digest({name: canonical_measure(measure) for name, measure in model.measures.items()})


def canonical_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return what the scenario adds to its model, its parameters apart, as canonical data."""
    return {
        "start": scenario.start,
        "horizon": scenario.horizon,
        "timetable": [_scheduled(item) for item in scenario.timetable],
        "disabled": list(scenario.disabled),
        "replaced": {name: _parameter(parameter) for name, parameter in scenario.replaced.items()},
        **(
            {"changes": [[change.number, *change_meaning(change)] for change in scenario.changes]}
            if scenario.changes
            else {}
        ),
        **({"own rules": list(scenario.own_rules)} if scenario.own_rules else {}),
        **({"asked": dict(scenario.asked)} if scenario.asked else {}),
    }


def change_meaning(change: Change) -> list[Any]:
    """Return what a change of a scenario does, and when, as canonical data, wherever and however it is written."""
    given = {name: _parameter(parameter) for name, parameter in change.known.items()}
    assigned = {name: _expression(expression) for name, expression in change.assigned.items()}
    return [change.time, given, assigned, list(change.disabled), list(change.enabled)]


def _variable(variable: Variable) -> list[Any]:
    known = [
        type_meaning(variable.type),
        _expression(variable.initial),
        variable.low,
        variable.high,
        variable.saturates,
    ]
    if variable.relaxes is None:
        return known
    return [*known, [_expression(variable.relaxes.towards), _expression(variable.relaxes.half_life)]]


def _parameter(parameter: Parameter) -> list[Any]:
    known = None if parameter.prior else parameter.value
    kind, arguments = type_meaning(parameter.type), list(parameter.arguments)
    given = [[[_expression(one) for one in parameter.given], list(parameter.domain)]] if parameter.given else []
    return [kind, known, parameter.value, parameter.prior, arguments, parameter.factor, *given]


def _rule(rule: Rule) -> list[Any]:
    return [
        rule.faction,
        _expression(rule.guard),
        list(rule.on),
        [*_clock(rule.clock), [_expression(argument) for argument in rule.clock.arguments], *_speed(rule.clock)],
        [_emission(*pair) for pair in zip_longest(rule.emissions, rule.weights)],
        rule.memory,
        rule.priority,
        list(rule.restarts),
    ]


def _speed(clock: Clock) -> list[Any]:
    return [_expression(clock.speed)] if isinstance(clock, LawClock) and clock.speed is not None else []


def _clock(clock: Clock) -> tuple[str, str, int]:
    match clock:
        case Rate():
            return "rate", "", 0
        case LawClock(law=law, form=form):
            return "law", law.name, law.forms.index(form)
        case AtDate():
            return "at", "", 0
        case Every():
            return "every", "", 0
        case Immediately():
            return "immediately", "", 0
        case _:
            assert_never(clock)


def _emission(emission: Emission, weight: Expression | None) -> list[Any]:
    marks = [_expression(mark) for mark in emission.marks]
    return [emission.event, None if weight is None else _expression(weight), marks]


def _outcome(outcome: Outcome) -> list[Any]:
    match outcome.comes:
        case Otherwise():
            return [None, [], None, None, None, True, False]
        case FirstTime() as first:
            when, safe = (None if part is None else _expression(part) for part in (first.when, first.safe))
            goes_on = ["ending"] if outcome.goes_on else []
            return [when, list(first.on), first.within, first.by, safe, False, first.ends_run, *goes_on]
        case _:
            assert_never(outcome.comes)


def _scheduled(item: Scheduled) -> list[Any]:
    return [item.time, item.event, list(item.marks)]


def _event(event: Event) -> list[Any]:
    return [event.time, event.kind, event.type, event.rule, event.occurrence, list(event.marks)]


def type_meaning(kind: Type) -> list[Any]:
    """Return a type as canonical data, without its unit, which the checking of a model has used up."""
    match kind:
        case Bool():
            return ["bool", []]
        case Integer():
            return ["int", []]
        case Real():
            return ["real", []]
        case Enumeration(values):
            return ["enum", list(values)]
        case Instant():
            return ["instant", []]
        case _:
            assert_never(kind)


def _expression(expression: Expression) -> Any:
    return tree_meaning(expression.tree)


def tree_meaning(tree: Tree) -> Any:
    """Return a tree as canonical data: what it computes, however it is written."""
    match tree:
        case Literal(value=value):
            return value
        case Read(scope=scope, name=name):
            return [scope, name]
        case Apply(operation=operation, arguments=arguments):
            return [operation, *(tree_meaning(argument) for argument in arguments)]
        case Draw(law=law, arguments=arguments, index=index):
            return ["draw", law, index, *(tree_meaning(argument) for argument in arguments)]
