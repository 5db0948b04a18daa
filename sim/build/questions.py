"""The last part of building a model: what is asked of a run, its outcomes and measures (E3)."""

from collections.abc import Mapping
from typing import Any, cast

from sim.build.builder import Builder
from sim.build.rules import named
from sim.build.timing import closing_date, moment
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import BOOL, Type
from sim.language.yaml.reader import Keys
from sim.model.model import EventType, Measure, Outcome

_KINDS = ("value", "sum", "count", "time_while", "integral", "until", "max", "min")


def outcomes(builder: Builder, types: Mapping[str, EventType]) -> dict[str, Outcome]:
    """Build the outcomes."""
    found: dict[str, Outcome] = {}
    for name, shape in builder.shape.outcomes.items():
        keys: Keys = ("outcomes", name)
        if shape.otherwise and (shape.when or shape.on or shape.within or shape.by or shape.safe or shape.ends_run):
            builder.complain("E316", "`otherwise` stands alone: it comes true at the horizon", keys, key=True)
        if not shape.otherwise and shape.when is None and not shape.on:
            builder.complain("E316", f"the outcome '{name}' needs `when`, `on` or `otherwise`", keys, key=True)
        when = _condition(builder, (*keys, "when")) if shape.when is not None else None
        safe = _condition(builder, (*keys, "while")) if shape.safe is not None else None
        on = named(builder, shape.on, {}, (*keys, "on"), types, "event type")
        within = _constant(builder, (*keys, "within"), builder.clockwork.duration()) if shape.within else None
        _refuse_negative(builder, within, (*keys, "within"))
        by = closing_date(builder, (*keys, "by")) if shape.by else None
        title = shape.title or name.replace("_", " ")
        found[name] = Outcome(name, title, when, on, within, by, safe, shape.otherwise, shape.ends_run)
    return found


def measures(builder: Builder, types: Mapping[str, EventType]) -> dict[str, Measure]:
    """Build the measures."""
    found: dict[str, Measure] = {}
    for name, shape in builder.shape.measures.items():
        keys: Keys = ("measures", name)
        given = [kind for kind in _KINDS if getattr(shape, kind) is not None]
        if len(given) != 1:
            builder.complain("E316", f"the measure '{name}' needs exactly one of {', '.join(_KINDS)}", keys, key=True)
            continue
        kind = given[0]
        if (kind == "sum") != bool(shape.on):
            builder.complain("E316", "`on` says on which events a `sum` grows, and stands only with it", keys, key=True)
            continue
        if shape.at is not None and kind != "value":
            builder.complain("E316", "`at` stands only with `value`", (*keys, "at"), key=True)
        listed = shape.count if shape.count is not None else shape.on
        on = named(builder, listed, {}, (*keys, "count" if kind == "count" else "on"), types, "event type")
        expression = _measured(builder, (*keys, kind), kind, on, types)
        at, is_date = _at(builder, (*keys, "at")) if shape.at is not None else (None, False)
        title = shape.title or name.replace("_", " ")
        found[name] = Measure(name, title, cast("Any", kind), expression, on, at, is_date)
    return found


def _condition(builder: Builder, keys: Keys) -> Expression | None:
    return builder.check(keys, builder.scope(), BOOL)


def _constant(builder: Builder, keys: Keys, wanted: Type) -> float | None:
    value = builder.constant(keys, wanted, "a time")
    return None if value is None else float(value)


def _at(builder: Builder, keys: Keys) -> tuple[float | None, bool]:
    from_origin = moment(builder, keys, 0.0, closes=True)
    from_later = moment(builder, keys, 1.0, closes=True)
    is_date = from_origin == from_later
    if not is_date:
        _refuse_negative(builder, from_origin, keys)
    return from_origin, is_date


def _refuse_negative(builder: Builder, time: float | None, keys: Keys) -> None:
    if time is not None and time < 0:
        builder.complain("E333", "a time counted from the branch cannot be below 0", keys)


def _measured(
    builder: Builder, keys: Keys, kind: str, on: tuple[str, ...], types: Mapping[str, EventType]
) -> Expression | None:
    if kind == "count":
        return None
    if kind in ("time_while", "until"):
        return _condition(builder, keys)
    marks: dict[str, Type] = {}
    if kind == "sum" and on:
        shared = set.intersection(*(set(types[name].marks.items()) for name in on))
        marks = dict(sorted(shared, key=lambda mark: mark[0]))
    expression = builder.check(keys, builder.scope(marks=marks, time=kind in ("value", "sum")), None)
    if expression is None:
        return None
    if expression.type.kind == "enum":
        builder.complain("E302", "a measure is a number or a condition, but this is " + str(expression.type), keys)
    return expression
