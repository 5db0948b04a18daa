"""Builds the measures of a run: their kinds, the windows in which they count, and formulas over others (E3)."""

import re
from collections.abc import Callable, Mapping

from sim.build.context import Context, EventTypes
from sim.build.declarations import LONGEST_CHAIN
from sim.build.rules import named, shared_marks
from sim.build.timing import moment
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Literal, Read, reads
from sim.language.expressions.types import BOOL, DATE, Enumeration
from sim.language.shapes.documents import MeasureShape
from sim.language.yaml.parser import Keys
from sim.model.measuring.quantities import (
    CountOf,
    Formula,
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
_KINDS = ("value", "sum", "count", "time_while", "time_until", "integral", "max", "min", "formula")
_OF_CONDITIONS: Mapping[str, Callable[[Expression], Quantity]] = {"time_while": TimeWhile, "time_until": TimeUntil}
_OF_NUMBERS: Mapping[str, Callable[[Expression], Quantity]] = {"integral": Integral, "max": Greatest, "min": Least}


def measures(
    context: Context, shapes: Mapping[str, MeasureShape], types: EventTypes, known: Mapping[str, Measure]
) -> dict[str, Measure]:
    """Build the measures of a document; formulas may read those that are `known` already, too."""
    found: dict[str, Measure] = {}
    formulas = _Formulas(context, shapes, dict(known))
    for name, shape in shapes.items():
        keys: Keys = ("measures", name)
        given = [kind for kind in _KINDS if getattr(shape, kind) is not None]
        renamed = not given and _is_kind(shape)
        if renamed:
            given = [_renamed(context, keys, shape)]
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
        if kind == "formula":
            note = "what a formula reads has windows of its own"
            for key, has in (("from", shape.start), ("until", shape.until), ("when", shape.when)):
                if has is not None:
                    context.complain("E316", f"`{key}` does not stand with `formula`", (*keys, key), note, key=True)
            formulas.waiting[name] = None
            continue
        quantity = _quantity(context, (*keys, "until" if renamed else kind), kind, on, at, types)
        found[name] = formulas.known[name] = Measure(name, _title(shape, name), quantity, window)
    formulas.broken |= shapes.keys() - found.keys() - formulas.waiting.keys()
    formulas.broken |= {name for name, one in found.items() if one.expression is NOTHING}
    for name in formulas.waiting:
        formulas.build(name)
    return {name: formulas.known[name] for name in shapes if name in formulas.known}


def _title(shape: MeasureShape, name: str) -> str:
    return shape.title or name.replace("_", " ")


class _Formulas:
    """The formulas of a document: each is checked after those that it names, so that their order has no meaning."""

    def __init__(self, context: Context, shapes: Mapping[str, MeasureShape], known: dict[str, Measure]) -> None:
        self.context, self.shapes = context, shapes
        self.known = known
        self.waiting: dict[str, None] = {}
        self.broken: set[str] = set()

    def build(self, name: str, path: tuple[str, ...] = ()) -> None:
        """Build the formula of a name, and before it those that it names; complain of a ring (E313)."""
        if name in self.known or name in self.broken:
            return
        keys: Keys = ("measures", name)
        if name in path:
            ring = " -> ".join([*path[path.index(name) :], name])
            self.context.complain("E313", f"the measure '{name}' is derived from itself", keys, ring, key=True)
            self.broken.add(name)
            return
        if len(path) >= LONGEST_CHAIN:
            message = f"the measure '{name}' is derived from over {LONGEST_CHAIN} others in a row"
            self.context.complain("E204", message, keys, key=True)
            self.broken.add(name)
            return
        shape = self.shapes[name]
        for word in re.findall(r"[a-z][a-z0-9_]*", shape.formula or ""):
            if word in self.waiting:
                self.build(word, (*path, name))
        if name in self.broken:
            return
        expression = self.context.check((*keys, "formula"), self._scope(), None)
        if expression is None:
            self.broken.add(name)
        elif not reads(expression.tree, "measure"):
            self.context.complain("E316", "a formula reads other measures, and this one reads none", (*keys, "formula"))
            self.broken.add(name)
        else:
            self.known[name] = Measure(name, _title(shape, name), Formula(expression))

    def _scope(self) -> Scope:
        calendar = self.context.calendar
        names = {name: Read("measure", name, one.type(calendar)) for name, one in self.known.items()}
        declared = {name: place for name, place in self.context.declared.items() if name not in names}
        return Scope(
            calendar=calendar, names=names, declared=declared, broken=frozenset(self.broken),
            what="another measure: what is read of the state is one of its own, such as {value: x}",
        )  # fmt: skip


def _is_kind(shape: MeasureShape) -> bool:
    """Return whether the `until` of a measure without a kind is a kind, as it was before, and no window's end."""
    alone = shape.until is not None and shape.start is None and shape.when is None
    return alone and not re.fullmatch(DATE, shape.until or "")


def _renamed(context: Context, keys: Keys, shape: MeasureShape) -> str:
    """Return the kind of a measure whose `until` is one, with a warning (W327)."""
    span = context.document.key_span((*keys, "until"))
    note = f"write time_until: {shape.until}"
    context.complaints.warn("W327", "the time until a condition first holds is written `time_until`", span, note)
    return "time_until"


def _window(context: Context, shape: MeasureShape, keys: Keys, on: tuple[str, ...], types: EventTypes) -> Window:
    """Return in which time a measure counts, and while what holds; a `when` reads the marks of what is counted."""
    opens = _moment(context, (*keys, "from"), closes=False) if shape.start is not None else None
    closes = _moment(context, (*keys, "until"), closes=True) if shape.until is not None else None
    when = None
    if shape.when is not None:
        when = (
            context.check((*keys, "when"), context.scope(marks=shared_marks(types, on), followed=True), BOOL) or NOTHING
        )
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
        return _OF_CONDITIONS[kind](context.check(keys, context.scope(followed=True), BOOL) or NOTHING)
    if kind == "sum":
        return SumOf(_number(context, keys, context.scope(marks=shared_marks(types, on), time=True)), on)
    if kind == "value":
        return ValueAt(_number(context, keys, context.scope(time=True)), at)
    return _OF_NUMBERS[kind](_number(context, keys, context.scope(followed=True)))


def _number(context: Context, keys: Keys, scope: Scope) -> Expression:
    found = context.check(keys, scope, None)
    if found is not None and isinstance(found.type, Enumeration):
        context.complain("E302", "a measure is a number or a condition, but this is " + str(found.type), keys)
    return found or NOTHING
