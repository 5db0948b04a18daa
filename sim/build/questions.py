"""Builds what is asked of a run: outcomes and measures (E3)."""

from collections.abc import Callable, Mapping

from sim.build.context import Context, EventTypes
from sim.build.rules import named, shared_marks
from sim.build.timing import closing_date, moment
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Literal
from sim.language.expressions.types import BOOL, Enumeration
from sim.language.shapes.documents import MeasureShape, OutcomeShape
from sim.language.yaml.parser import Keys
from sim.model.model import (
    CountOf,
    FirstTime,
    Greatest,
    Integral,
    Least,
    Measure,
    OnDate,
    Otherwise,
    Outcome,
    Quantity,
    SinceBranch,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
)

NOTHING = Expression(Literal(value=False, type=BOOL), "false")  # stands for what was complained of
_KINDS = ("value", "sum", "count", "time_while", "integral", "until", "max", "min")
_OF_CONDITIONS: Mapping[str, Callable[[Expression], Quantity]] = {"time_while": TimeWhile, "until": TimeUntil}
_OF_NUMBERS: Mapping[str, Callable[[Expression], Quantity]] = {"integral": Integral, "max": Greatest, "min": Least}


def outcomes(context: Context, shapes: Mapping[str, OutcomeShape], types: EventTypes) -> dict[str, Outcome]:
    """Build the outcomes."""
    found: dict[str, Outcome] = {}
    for name, shape in shapes.items():
        keys: Keys = ("outcomes", name)
        ending, others = shape.ending or shape.ends_run, (shape.when, shape.on, shape.within, shape.by, shape.safe)
        if shape.otherwise and (ending or any(others)):
            context.complain("E316", "`otherwise` stands alone: it comes true at the horizon", keys, key=True)
        if not shape.otherwise and shape.when is None and not shape.on:
            context.complain("E316", f"the outcome '{name}' needs `when`, `on` or `otherwise`", keys, key=True)
        when = _condition(context, (*keys, "when")) if shape.when is not None else None
        safe = _condition(context, (*keys, "while")) if shape.safe is not None else None
        on = named(context, shape.on, {}, (*keys, "on"), types, "event type")
        within = _length(context, (*keys, "within")) if shape.within else None
        _refuse_negative(context, within, (*keys, "within"))
        by = closing_date(context, (*keys, "by")) if shape.by else None
        first = FirstTime(when=when, on=on, within=within, by=by, safe=safe, ending=ending, ends_run=shape.ends_run)
        title = shape.title or name.replace("_", " ")
        found[name] = Outcome(name, title, Otherwise() if shape.otherwise else first)
    return found


def measures(context: Context, shapes: Mapping[str, MeasureShape], types: EventTypes) -> dict[str, Measure]:
    """Build the measures."""
    found: dict[str, Measure] = {}
    for name, shape in shapes.items():
        keys: Keys = ("measures", name)
        given = [kind for kind in _KINDS if getattr(shape, kind) is not None]
        if len(given) != 1:
            context.complain("E316", f"the measure '{name}' needs exactly one of {', '.join(_KINDS)}", keys, key=True)
            continue
        kind = given[0]
        if (kind == "sum") != bool(shape.on):
            context.complain("E316", "`on` says on which events a `sum` grows, and stands only with it", keys, key=True)
            continue
        if shape.at is not None and kind != "value":
            context.complain("E316", "`at` stands only with `value`", (*keys, "at"), key=True)
        listed = shape.count if shape.count is not None else shape.on
        on = named(context, listed, {}, (*keys, "count" if kind == "count" else "on"), types, "event type")
        at = _at(context, (*keys, "at")) if shape.at is not None else None
        quantity = _quantity(context, (*keys, kind), kind, on, at, types)
        found[name] = Measure(name, shape.title or name.replace("_", " "), quantity)
    return found


def _condition(context: Context, keys: Keys) -> Expression | None:
    return context.check(keys, context.scope(), BOOL)


def _length(context: Context, keys: Keys) -> float | None:
    value = context.constant(keys, context.calendar.duration(), "a time")
    return None if value is None else float(value)


def _at(context: Context, keys: Keys) -> SinceBranch | OnDate | None:
    from_origin = moment(context, keys, 0.0, closes=True)
    from_later = moment(context, keys, 1.0, closes=True)
    is_date = from_origin == from_later
    if not is_date:
        _refuse_negative(context, from_origin, keys)
    if from_origin is None:
        return None
    return OnDate(from_origin) if is_date else SinceBranch(from_origin)


def _refuse_negative(context: Context, time: float | None, keys: Keys) -> None:
    if time is not None and time < 0:
        context.complain("E333", "a time counted from the branch cannot be below 0", keys)


def _quantity(
    context: Context, keys: Keys, kind: str, on: tuple[str, ...], at: SinceBranch | OnDate | None, types: EventTypes
) -> Quantity:
    if kind == "count":
        return CountOf(on)
    if kind in _OF_CONDITIONS:
        return _OF_CONDITIONS[kind](_condition(context, keys) or NOTHING)
    if kind == "sum":
        return SumOf(_number(context, keys, context.scope(marks=shared_marks(types, on), time=True)), on)
    if kind == "value":
        return ValueAt(_number(context, keys, context.scope(time=True)), at)
    return _OF_NUMBERS[kind](_number(context, keys, context.scope()))


def _number(context: Context, keys: Keys, scope: Scope) -> Expression:
    found = context.check(keys, scope, None)
    if found is not None and isinstance(found.type, Enumeration):
        context.complain("E302", "a measure is a number or a condition, but this is " + str(found.type), keys)
    return found or NOTHING
