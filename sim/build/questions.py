"""Builds the outcomes that are asked about (E3); measures are left to `sim.build.measures`."""

from collections.abc import Mapping

from sim.build.context import Context, EventTypes
from sim.build.rules import named
from sim.build.timing import closing_date
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import BOOL
from sim.language.shapes.documents import OutcomeShape
from sim.language.yaml.parser import Keys
from sim.model.model import FirstTime, Otherwise, Outcome


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


def _condition(context: Context, keys: Keys) -> Expression | None:
    return context.check(keys, context.scope(followed=True), BOOL)


def _length(context: Context, keys: Keys) -> float | None:
    value = context.constant(keys, context.calendar.duration(), "a time")
    return None if value is None else float(value)


def _refuse_negative(context: Context, time: float | None, keys: Keys) -> None:
    if time is not None and time < 0:
        context.complain("E333", "a time counted from the branch cannot be below 0", keys)
