"""When things happen: a rule's clock as it is declared, and the times that documents name (E314, E303)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sim.build.context import Context, Indices
from sim.build.guesses.unnamed import numbers_of
from sim.distributions.clock_laws import LAWS
from sim.language.expressions.grammar import Text, part, text_at
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Apply, Expression, Literal, Read, Tree, reads, size
from sim.language.expressions.types import REAL, Calendar, Number, Real, Type, is_day
from sim.language.expressions.typing import check
from sim.language.shapes.declared import VariableShape
from sim.language.shapes.documents import ClockShape
from sim.language.yaml.parser import Keys
from sim.model.bounds import Bounds, bounds
from sim.model.expression import Fault, evaluate, is_constant
from sim.model.model import AtDate, Clock, Every, Immediately, LawClock, Rate, Relaxation
from sim.numerics.ticks import settled

IMMEDIATELY = "immediately"
WITHIN = re.compile(r"\swithin\s")  # between the two parts of a chance
MOST_CHANCE = 0.999  # what an uncertain chance is taken for that comes out above it
FARTHEST = 2**53  # from there on whole numbers are no longer told apart as floats


def clock_of(context: Context, given: str | ClockShape, keys: Keys, indices: Indices) -> Clock | None:
    """Return a rule's clock, from what stands under its key `clock`; None after complaining."""
    where = (*keys, "clock")
    if context.document.is_refused(where):
        return None
    if isinstance(given, str):
        if given == IMMEDIATELY:
            return Immediately()
        return _chance(context, where, indices)
    keys_given = [kind for kind in ClockShape.model_fields if getattr(given, kind) is not None]
    if "speed" in keys_given and len(keys_given) > 1:
        keys_given.remove("speed")
    if len(keys_given) != 1 or keys_given == ["speed"]:
        context.complain("E314", "a clock has exactly one key, with its value", where, "such as {rate: 0.2 per day}")
        return None
    kind = keys_given[0]
    speed = None
    if given.speed is not None:
        if kind not in LAWS:
            note = "a rate is a speed by itself: multiply it" if kind == "rate" else "dates and intervals have no speed"
            context.complain("E314", f"'{kind}' takes no speed", (*where, "speed"), note, key=True)
            return None
        scope = context.scope(indices, followed=True, guessing=_place(keys, "speed"))
        speed = context.check((*where, "speed"), scope, REAL)
        if speed is None:
            return None
    guessing = _place(keys, kind)
    at_start = context.scope(indices, time=True, guessing=guessing)
    if kind == "rate":
        scope = context.scope(indices, followed=True, guessing=guessing)
        rate = context.check((*where, kind), scope, context.calendar.rate())
        return None if rate is None else Rate(rate)
    if kind == "at":
        date = context.check((*where, kind), at_start, context.calendar.instant())
        return None if date is None else AtDate(date)
    if kind == "every":
        step = context.check((*where, kind), context.scope(indices, guessing=guessing), context.calendar.duration())
        return None if step is None else Every(step)
    if kind == "fixed":
        wait = context.check((*where, kind), at_start, context.calendar.duration())
        law = LAWS["fixed"]
        return None if wait is None else LawClock(law, law.forms[0], (wait,), speed)
    return _law(context, kind, (*where, kind), getattr(given, kind), indices, speed)


def _law(
    context: Context, kind: str, keys: Keys, given: Mapping[str, str], indices: Indices, speed: Expression | None
) -> Clock | None:  # fmt: skip
    law = LAWS[kind]
    form = next((form for form in law.forms if set(form.parameters) == set(given)), None)
    if form is None:
        known = " or ".join("{" + ", ".join(form.parameters) + "}" for form in law.forms)
        message = f"{kind} cannot be given by {{{', '.join(given)}}}"
        context.complain("E314", message, keys, f"expected {known}", key=True)
        return None
    arguments = []
    for name, unit in zip(form.parameters, form.kinds, strict=True):
        wanted = context.calendar.duration() if unit == "duration" else REAL
        scope = context.scope(indices, time=True, guessing=_place(keys, f"{kind}.{name}"))
        arguments.append(context.check((*keys, name), scope, wanted))
    found = tuple(argument for argument in arguments if argument is not None)
    return LawClock(law, form, found, speed) if len(found) == len(arguments) else None


def _place(keys: Keys, place: str) -> tuple[str, str, str]:
    """Return where an uncertain number stands in the clock of the rule at the keys."""
    group, name, *_ = keys
    return str(group), str(name), place


def _chance(context: Context, keys: Keys, indices: Indices) -> Clock | None:
    """Read '30 % within 14 days' as the constant rate -log(1 - p) / d."""
    text = text_at(context.document, keys)
    split = WITHIN.search(text.text)
    if split is None:
        note = "expected immediately, '30 % within 14 days', or a mapping such as {rate: 0.2 per day}"
        context.complain("E314", f"'{text.text[:40]}' is not a clock", keys, note)
        return None
    likely, time = (
        context.scope(indices, followed=True, guessing=_place(keys, place)) for place in ("chance", "within")
    )
    chance = check(part(text, 0, split.start()), likely, REAL, context.complaints)
    wait = check(part(text, split.end(), len(text.text)), time, context.calendar.duration(), context.complaints)
    if chance is None or wait is None:
        return None
    least, most = bounds(chance.tree, {})
    _, longest = bounds(wait.tree, {})
    if not (least < 1 and most >= 0):
        context.complain("E314", "a chance lies between 0 % and 100 %, which no rate gives", keys)
        return None
    one, happens = Literal(1.0, REAL), chance.tree
    if not reads(happens, "parameter").isdisjoint(context.uncertain):
        if not _chance_can_be(context, happens):
            return None
        happens = Apply("min", (happens, Literal(MOST_CHANCE, REAL)), REAL, size(happens) + 2)
    survival = Apply("log", (Apply("sub", (one, happens), REAL, size(happens) + 2),), REAL, size(happens) + 3)
    hazard = Apply("neg", (survival,), REAL, size(survival) + 1)
    rate: Tree = Apply("div", (hazard, wait.tree), context.calendar.rate(), size(hazard) + size(wait.tree) + 1)
    if longest <= 0:
        context.complain("E314", "the time of a chance must be above 0", keys)
        return None
    if is_constant(chance.tree) and is_constant(wait.tree):
        try:
            rate = Literal(float(evaluate(rate)), context.calendar.rate())
        except Fault as fault:
            context.complain("E319", f"this has no value: {fault}", keys)
            return None
    return Rate(Expression(rate, text.text, text.span().location))


def _chance_can_be(context: Context, chance: Tree) -> bool:
    """Return whether an uncertain chance is one in 95 % of its draws, after complaining if it is not."""
    number = context.uncertain.get(chance.name) if isinstance(chance, Read) else None
    known = numbers_of(number) if number is not None else None
    if number is None or known is None or known[0] * known[1] < 1.0:
        return True
    message = f"a chance of about {known[0]:g} within a factor of {known[1]:g} goes up to {known[0] * known[1]:g}"
    note = "let the time be uncertain instead, such as 60 % within about(3 days, 2)"
    context.complaints.add("E354", message, number.factor_span, note)
    return False


def moment(context: Context, keys: Keys, start: float, *, closes: bool = False) -> float | None:
    """Return the time that a date, or a length of time after `start`, names; None after complaining.

    A day is its beginning, or its end where it `closes` something: the runs. That must be a time that can be told from
    its neighbours, and written as a date in a model with dates (E502).
    """
    found = _moment(context, keys, start, closes=closes)
    if closes and found is not None and (why := _beyond(context.calendar, found)):
        message = f"the horizon lies too far away: {why}"
        context.complain("E502", message, keys, "expected a nearer one, or another unit")
        return None
    return found


def _beyond(calendar: Calendar, time: float) -> str:
    """Return why a time cannot be a horizon; "" if it can."""
    if not abs(time) <= FARTHEST:
        return f"times beyond {FARTHEST:,} {'units' if calendar.abstract else f'{calendar.unit}s'} run into each other"
    if time > 0 and calendar.origin is not None and calendar.date_of(time) is None:
        return "the calendar ends with the year 9999"
    return ""


def _moment(context: Context, keys: Keys, start: float, *, closes: bool) -> float | None:
    text = text_at(context.document, keys)
    scope = Scope(calendar=context.calendar, names={}, what="a date or a length of time")
    expression = check(text, scope, None, context.complaints)
    value = context.constant_of(expression, keys)
    if expression is None or value is None:
        return None
    calendar, numeric = context.calendar, isinstance(expression.type, Number)
    if expression.type == calendar.instant() and not calendar.abstract:
        return _closed(context, text, float(value)) if closes else float(value)
    if expression.type == calendar.duration() or (calendar.abstract and numeric):
        return settled(start + float(value), calendar.ticks)
    if numeric and value == 0:
        return start
    message = f"expected a date or a length of time, but this is {expression.type}"
    note = "expected a number" if calendar.abstract else f"write the unit: 5 {calendar.unit}s"
    context.complain("E303" if numeric else "E302", message, keys, note)
    return None


def closing_date(context: Context, keys: Keys) -> float | None:
    """Return the time at which a date closes something, or a number without dates; None after complaining."""
    text = text_at(context.document, keys)
    scope = Scope(calendar=context.calendar, names={}, what="a time: nothing that may change can be read here")
    expression = check(text, scope, context.calendar.instant(), context.complaints)
    value = context.constant_of(expression, keys)
    return None if value is None else _closed(context, text, float(value))


def _closed(context: Context, text: Text, time: float) -> float:
    """Return the end of the day that a text names, also by a day moved by whole days: `2014-09-12 + 30 days`.

    Where the text names a time of day, or the model has no dates, it is the time itself.
    """
    dates = [quantity.date for quantity in text.quantities.values() if quantity.date]
    return context.calendar.end_of_day(time) if dates and all(map(is_day, dates)) else time


def relaxation(
    context: Context, shape: VariableShape, keys: Keys, scope: Scope, kind: Type, within: Bounds, state: Iterable[str]
) -> Relaxation | None:  # fmt: skip
    """Return how a variable relaxes; None where it does not, or after complaining. It reads nothing of the `state`."""
    if shape.relaxes is None:
        return None
    where = (*keys, "relaxes")
    if not isinstance(kind, Real):
        context.complain("E306", f"only a variable of type real relaxes, and this is {kind}", where, key=True)
        return None
    what = "a number or a parameter: a variable relaxes in one way all through a run"
    scope = replace(scope, what=what, declared=dict.fromkeys(state, ""))
    towards = context.check((*where, "towards"), scope, kind)
    half_life = context.check((*where, "half_life"), scope, context.calendar.duration())
    if towards is None or half_life is None:
        return None
    if is_constant(half_life.tree) and not float(evaluate(half_life.tree)) > 0.0:
        context.complain("E334", "a half-life is a time above 0", (*where, "half_life"))
    if is_constant(towards.tree) and not within[0] <= float(evaluate(towards.tree)) <= within[1]:
        message = f"this lies outside the variable's range, {within[0]:g} to {within[1]:g}"
        context.complain("E334", message, (*where, "towards"))
    return Relaxation(towards, half_life)
