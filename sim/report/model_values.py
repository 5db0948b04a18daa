"""How the parts of a model and of a scenario are written in a sentence: as their authors wrote them, where they did.

A class that is not named here is written as its fields, one after another.
"""

import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from sim.distributions.elicited.linear_pool import pool_in_words
from sim.distributions.priors import ELICITED
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import Bool, Calendar, Enumeration, Instant, Integer, Real
from sim.model.checks import Check, LeadsTo
from sim.model.differences.meaning import Together, fields_compared
from sim.model.differences.model_differences import Choice
from sim.model.event import Event
from sim.model.evidence.basis import Basis, CaseCount
from sim.model.evidence.source_documents import SourceDocument
from sim.model.measuring.quantities import Measure, SinceBranch
from sim.model.model import (
    AtDate,
    BaseRate,
    EventType,
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
from sim.model.priors.expert_judgement import Expert
from sim.model.scenario import Lineage, Scenario
from sim.report.bases import written_basis

MOMENTS = {"start", "horizon", "time", "by", "begun"}
QUOTED = {"title", "question", "because", "name", "note", "claim", "citation", "summary", "quotation"}
LENGTHS = {(FirstTime, "within"), (LeadsTo, "within")}


def number(value: float) -> str:
    """Write a number with all its digits, a whole one as such.

    >>> number(0.7), number(3.0)
    ('0.7', '3')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)


def written(value: Any, model: Model, owner: type | None = None, field: str = "") -> str:
    """Return a part of a model as words; `owner` and `field` say what a plain number is."""
    match value:
        case None if (owner, field) == (Scenario, "fixed"):
            return "drawn or central"
        case Mapping() if (owner, field) == (Scenario, "fixed"):
            return "that of the run branched from"
        case None:
            return "none"
        case str():
            return f"'{value}'" if value and owner and field in QUOTED else value or "none"
        case bool() | int() | float():
            return _number(value, model.calendar, owner, field)
        case Expression(text=text):
            return f"`{' '.join(text.split())}`"
        case Bool() | Integer() | Real() | Enumeration() | Instant():
            return str(value)
        case Together(of=Parameter() as parameter):
            return known(parameter)
        case Together(of=Variable() as variable):
            return "none" if math.isinf(variable.low) else f"{number(variable.low)} to {number(variable.high)}"
        case Together(of=Check(claim=claim)):
            return f"`{' '.join(claim.split())}`"
        case Rate(argument):
            return f"rate: {written(argument, model)}"
        case AtDate(argument):
            return f"at: {written(argument, model)}"
        case Every(argument):
            return f"every: {written(argument, model)}"
        case LawClock(law, form, arguments):
            given = (f"{name}: {written(part, model)}" for name, part in zip(form.parameters, arguments, strict=True))
            return f"{law.name}: {', '.join(given)}"
        case Immediately():
            return "immediately"
        case CaseCount():
            return str(value)
        case Basis():
            return written_basis(value)
        case SourceDocument(title=title):
            return f"'{title}'"
        case Mapping():
            filled = {name: part for name, part in value.items() if part != ""}
            return _listed([f"{name} {written(part, model, owner, name)}" for name, part in filled.items()])
        case (low, high) if (owner, field) == (Parameter, "domain"):
            return f"{number(low)} to {number(high)}"
        case tuple():
            if any(isinstance(part, Basis) for part in value):
                return "; ".join(written(part, model) for part in value)
            return _listed([written(part, model, owner, field) for part in value])
    return _thing(value, model)


def _thing(value: Any, model: Model) -> str:
    match value:
        case Choice(weight=weight, marks=marks):
            parts = [] if weight is None else [f"with the weight {written(weight, model)}"]
            return ", ".join([*parts, *(f"{name} = {written(mark, model)}" for name, mark in marks.items())])
        case Scheduled(time=time, event=name, marks=marks) | Event(time=time, type=name, marks=marks):
            return model.calendar.placed(time) + with_marks(name, marks, model)
        case Lineage(ensemble=ensemble, run=run, event=event, streams=streams):
            return f"run {run} of ensemble {ensemble[:12]} up to event {event}, with {streams} draws from there on"
        case Parameter():
            return known(value)
        case Expert(judged=judged, weight=weight):
            said = ", ".join(f"{100.0 * chance:g} %: {number(part)}" for chance, part in judged)
            return f"{said}, with the weight {weight:.3g}"
        case Variable():
            low_high = written(Together(value, ("low", "high")), model)
            within = "" if low_high == "none" else f" from {low_high}"
            return f"{value.type}{within}, at first {written(value.initial, model)}"
        case EventType(faction=faction, effects=effects):
            sets = [f"sets {name} to {written(effect, model)}" for name, effect in effects.items()]
            return ", ".join([*([f"by {faction}"] if faction else []), *sets]) or "with no effect"
        case Rule():
            return _rule(value, model)
        case Outcome(comes=comes):
            return written(comes, model)
        case BaseRate(outcome=outcome, count=count):
            return f"{outcome} in {count}"
        case Otherwise():
            return "otherwise"
        case SinceBranch(time):
            return f"{model.calendar.length(time, digits=12)} after the branch"
        case Measure(quantity=quantity, window=window):
            return ", ".join(part for part in (written(quantity, model), written(window, model)) if part)
        case Check(claim=claim):
            return f"`{' '.join(claim.split())}`"
        case _ if is_dataclass(value) and not isinstance(value, type):
            given = {name: part for name, part in fields_compared(value).items() if not _is_nothing(part)}
            listed = ", ".join(_part(name, part, value, model) for name, part in given.items())
            return f"{getattr(value, 'kind', '').replace('_', ' ')} {listed}".strip()
    return str(value)


def _is_nothing(part: Any) -> bool:
    """Return whether a field says nothing: it is not given, false, or empty."""
    return part is None or part is False or part in ("", (), {})


_WORDS = {"expression": "", "time": "", "safe": "while", "ends_run": "ends the run", "opens": "from", "closes": "until"}


def _part(name: str, part: Any, value: Any, model: Model) -> str:
    word = _WORDS.get(name, name.replace("_", " "))
    return word if part is True else f"{word} {written(part, model, type(value), name)}".strip()


def _rule(rule: Rule, model: Model) -> str:
    parts = [f"when {written(rule.guard, model)}", f"clock {written(rule.clock, model)}"]
    if rule.on:
        parts.insert(0, f"on {_listed(rule.on)}")
    return ", ".join([f"by {rule.faction}", *parts, f"emits {' or '.join(one.event for one in rule.emissions)}"])


def with_marks(name: str, marks: tuple[float, ...], model: Model) -> str:
    """Return the marks of an event of a type by their names: ` with deaths = 2`; "" where there are none."""
    names = model.events[name].marks if name in model.events else ()
    given = [f"{mark} = {number(value)}" for mark, value in zip(names, marks, strict=False)]
    return f" with {', '.join(given)}" if given else ""


def _listed(parts: list[str] | tuple[str, ...]) -> str:
    return ", ".join(parts) or "none"


def _number(value: float, calendar: Calendar, owner: type | None, field: str) -> str:
    if (owner, field) in LENGTHS:
        return calendar.length(value, digits=12)
    if owner is not None and field in MOMENTS:
        return "none" if math.isinf(value) else calendar.moment(value, hour=True)
    return number(value)


def known(parameter: Parameter) -> str:
    """Return what is known about a parameter, in the unit in which its author wrote it: `normal(-0.3, 0.7)`."""
    unit = f" {parameter.unit}" if parameter.unit else ""
    if parameter.given:
        return f"{parameter.prior}({', '.join(' '.join(one.text.split()) for one in parameter.given)}){unit}"
    if parameter.prior == ELICITED.name:
        return pool_in_words(parameter.arguments) + unit
    if parameter.prior:
        prior, arguments = parameter.written
        return f"{prior}({', '.join(map(number, arguments))}){unit}"
    if isinstance(parameter.value, bool):
        return number(parameter.value)
    given = parameter.value / parameter.scale
    short = float(f"{given:.12g}")
    return number(short if short * parameter.scale == parameter.value else given) + unit


def place(value: Any) -> str:
    """Return where an author wrote a part of a model, as `path:line`; "" where it does not know."""
    match value:
        case Expression(location=location) | Rule(location=location) | Scheduled(location=location):
            return location.rpartition(":")[0]
        case Check(location=location) | Together(of=Check(location=location)):
            return location.rpartition(":")[0]
        case Rate() | AtDate() | Every() | LawClock():
            return next(filter(None, map(place, value.arguments)), "")
        case Choice(weight=weight, marks=marks):
            return next(filter(None, map(place, (weight, *marks.values()))), "")
    expression = getattr(value, "expression", None)
    return place(expression) if isinstance(expression, Expression) else ""
