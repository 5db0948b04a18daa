"""Builds the outcomes that are asked about, and the base rates that they are held against (E3).

Measures are left to `sim.build.measures`, checks to `sim.build.checks`.
"""

from collections.abc import Mapping

from sim.build.builder import HOW_TO_GIVE_A_BASIS, Builder, count_of
from sim.build.checks import NO_FAILURE
from sim.build.context import Context, EventTypes
from sim.build.rules import named
from sim.build.timing import closing_date
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import BOOL
from sim.language.shapes.claims import BaseRateShape
from sim.language.shapes.documents import OutcomeShape
from sim.language.yaml.parser import Keys
from sim.model.evidence.basis import CaseCount
from sim.model.model import BaseRate, FirstTime, Otherwise, Outcome


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


def base_rates(
    builder: Builder, shapes: Mapping[str, BaseRateShape], known: Mapping[str, Outcome]
) -> dict[str, BaseRate]:
    """Build the base rates, in their order; `known` has the model's outcomes."""
    found: dict[str, BaseRate] = {}
    for name, shape in shapes.items():
        keys: Keys = ("base_rates", name)
        if name in builder.shape.checks or name == NO_FAILURE:
            note = "`sim test --check` tells them apart by their names: give it one of its own"
            builder.complain("E304", f"'{name}' is among the model's checks already", keys, note, key=True)
        count = count_of(builder, shape, keys)
        basis = builder.basis(shape.basis, (*keys, "basis"))
        if not basis:
            builder.complain("E305", f"the base rate '{name}' has no basis", (*keys, "basis"), HOW_TO_GIVE_A_BASIS)
        if any(one.count is not None for one in basis):
            note = "leave count, of and within out of the basis"
            builder.complain("E351", f"the base rate '{name}' has its count already", (*keys, "basis"), note)
        outcome = known.get(shape.outcome)
        if outcome is None:
            builder.unknown("outcome", shape.outcome, (*keys, "outcome"), known)
        elif count is not None and _can_be_tried(builder, outcome, count, keys):
            place, title = builder.document.key_span(keys).location, shape.title or name.replace("_", " ")
            found[name] = BaseRate(
                name=name, title=title, outcome=outcome.name, count=count, basis=basis, location=place
            )
    return found


def _can_be_tried(builder: Builder, outcome: Outcome, count: CaseCount, keys: Keys) -> bool:
    """Return whether an outcome can come true at all times that a count is about, after complaining if not."""
    match outcome.comes:
        case Otherwise():
            message = f"the outcome '{outcome.name}' comes true at the horizon alone, so it has no rate within a time"
            builder.complain("E351", message, (*keys, "outcome"), "name an outcome that has a condition")
            return False
        case FirstTime(within=float() as own) if count.within is not None and own < count.within:
            message = f"the outcome '{outcome.name}' counts only within {builder.calendar.length(own)} of the branch"
            note = f"expected a count within that time, or an outcome without a `within` below {count.period}"
            builder.complain("E351", message, (*keys, "within"), note)
            return False
    return True
