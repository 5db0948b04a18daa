"""Builds the measures of a run: their kinds, and the windows in which they count (E3)."""

from collections.abc import Callable, Mapping

from sim.build.context import Context, EventTypes
from sim.build.rules import named, shared_marks
from sim.build.timing import moment
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Literal
from sim.language.expressions.types import BOOL, Enumeration
from sim.language.shapes.documents import MeasureShape
from sim.language.yaml.parser import Keys
from sim.model.model import (
    CountOf,
    Greatest,
    Integral,
    Least,
    Measure,
    Moment,
    OnDate,
    Quantity,
    SinceBranch,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
    Window,
)

NOTHING = Expression(Literal(value=False, type=BOOL), "false")  # stands for what was complained of
_KINDS = ("value", "sum", "count", "time_while", "time_until", "integral", "max", "min")
_OF_CONDITIONS: Mapping[str, Callable[[Expression], Quantity]] = {"time_while": TimeWhile, "time_until": TimeUntil}
_OF_NUMBERS: Mapping[str, Callable[[Expression], Quantity]] = {"integral": Integral, "max": Greatest, "min": Least}


def measures(context: Context, shapes: Mapping[str, MeasureShape], types: EventTypes) -> dict[str, Measure]:
    """Build the measures."""
    found: dict[str, Measure] = {}
    for name, shape in shapes.items():
        keys: Keys = ("measures", name)
        given = [kind for kind in _KINDS if getattr(shape, kind) is not None]
        renamed = not given and shape.until is not None and shape.start is None and shape.when is None
        if renamed and shape.until is not None:
            given = [_renamed(context, keys, shape.until)]
        if len(given) != 1:
            context.complain("E316", f"the measure '{name}' needs exactly one of {', '.join(_KINDS)}", keys, key=True)
            continue
        kind = given[0]
        if (kind == "sum") != bool(shape.on):
            context.complain("E316", "`on` says on which events a `sum` grows, and stands only with it", keys, key=True)
            continue
        if shape.at is not None and kind != "value":
            context.complain("E316", "`at` stands only with `value`", (*keys, "at"), key=True)
        if shape.at is not None and shape.until is not None:
            message = "`at` and `until` both say when a value is read"
            context.complain("E316", message, (*keys, "until"), "leave one of them out", key=True)
        listed = shape.count if shape.count is not None else shape.on
        on = named(context, listed, {}, (*keys, "count" if kind == "count" else "on"), types, "event type")
        window = Window() if renamed else _window(context, shape, keys, on, types)
        at = _moment(context, (*keys, "at"), closes=True) if shape.at is not None else None
        if kind == "value" and window.closes is not None:  # a value is read where its window ends
            at, window = window.closes, Window(window.opens, None, window.when)
        quantity = _quantity(context, (*keys, "until" if renamed else kind), kind, on, at, types)
        found[name] = Measure(name, shape.title or name.replace("_", " "), quantity, window)
    return found


def _renamed(context: Context, keys: Keys, condition: str) -> str:
    """Return the kind of a measure that has `until` alone, as its kind was called before, with a warning (W327)."""
    span = context.document.key_span((*keys, "until"))
    note = f"write time_until: {condition}"
    context.complaints.warn("W327", "the time until a condition first holds is written `time_until`", span, note)
    return "time_until"


def _window(context: Context, shape: MeasureShape, keys: Keys, on: tuple[str, ...], types: EventTypes) -> Window:
    """Return in which time a measure counts, and while what holds; a `when` reads the marks of what is counted."""
    opens = _moment(context, (*keys, "from"), closes=False) if shape.start is not None else None
    closes = _moment(context, (*keys, "until"), closes=True) if shape.until is not None else None
    when = None
    if shape.when is not None:
        when = context.check((*keys, "when"), context.scope(marks=shared_marks(types, on)), BOOL) or NOTHING
    end = closes if shape.at is None else _moment(context, (*keys, "at"), closes=True)
    if opens is not None and type(opens) is type(end) and end.time < opens.time:
        where = (*keys, "until" if shape.at is None else "at")
        context.complain("E333", "this window ends before it begins", where, "expected a moment after `from`")
    return Window(opens, closes, when)


def _moment(context: Context, keys: Keys, *, closes: bool) -> Moment | None:
    """Return the moment that a date or a time since the branch names; one that closes something is a day's end."""
    from_origin = moment(context, keys, 0.0, closes=closes)
    from_later = moment(context, keys, 1.0, closes=closes)
    is_date = from_origin == from_later
    if from_origin is None:
        return None
    if not is_date and from_origin < 0:
        context.complain("E333", "a time counted from the branch cannot be below 0", keys)
    return OnDate(from_origin) if is_date else SinceBranch(from_origin)


def _quantity(
    context: Context, keys: Keys, kind: str, on: tuple[str, ...], at: Moment | None, types: EventTypes
) -> Quantity:
    if kind == "count":
        return CountOf(on)
    if kind in _OF_CONDITIONS:
        return _OF_CONDITIONS[kind](context.check(keys, context.scope(), BOOL) or NOTHING)
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
