"""What a document says of a parameter: a value or a prior, each number in a unit, or read from other parameters (E311).

What priors that read others need of one another is left to `dependent`; what a parameter can be at all to `domains`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from sim.build.context import Context
from sim.distributions.priors import PRIORS
from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import text_at
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Literal, Tree, Value, reads
from sim.language.expressions.types import REAL, Integer, Number, Real, Type, common
from sim.language.expressions.typing import check
from sim.language.expressions.typos import ENDLESS, NOT_A_NUMBER
from sim.language.shapes.assumed import OverrideShape
from sim.language.shapes.declared import ParameterShape
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys
from sim.model.model import Parameter

# What may stand where no other parameter can be read.
VALUE = "a number: what follows from other parameters stands under `derived`"
LATER = "a number: a prior that holds from a date on reads no other parameters"


class ValueOrPrior(NamedTuple):
    """What a document says of a parameter: its value, or its prior with arguments, numbers or `given` expressions."""

    value: Value
    prior: str = ""
    arguments: tuple[float, ...] = ()
    given: tuple[Expression, ...] = ()

    def of(self, parameter: Parameter) -> Parameter:
        """Return the parameter with this known of it. Numbers are in its author's unit, expressions in the model's."""
        factor = parameter.scale if self.prior and not self.given else 1.0
        return replace(
            parameter, value=self.value, prior=self.prior, arguments=self.arguments, factor=factor, given=self.given
        )


def says_one_thing(context: Context, keys: Keys, parameter: Parameter, shape: ParameterShape | OverrideShape) -> bool:
    """Return whether a document gives a parameter in one way, after complaining if it does not."""
    ways = sum(part is not None for part in (shape.value, shape.prior, shape.elicited))
    if ways == 1:
        return True
    if shape.elicited is None:
        message = f"the parameter '{parameter.name}' needs a value or a prior, and not both"
    else:
        message = f"the parameter '{parameter.name}' has what experts say, and needs no value and no prior beside it"
    context.complain("E311", message, keys, key=True)
    return False


def prior_or_value(
    context: Context, keys: Keys, prior: dict[str, list[str]] | None, kind: Type, factor: float,
    parameters: Mapping[str, Tree] | None = None,
) -> ValueOrPrior | None:  # fmt: skip
    """Return what is known of a parameter (its value at the keys without a prior); None after complaining.

    `parameters` are those that a prior's arguments may read; one that reads any has no central value yet.
    """
    if prior is None:
        where = (*keys, "value") if (*keys, "value") in context.document.offsets else keys
        what = VALUE if _reads_others(context, where, parameters or {}) else "a number"
        number = in_unit(context, where, kind, factor, what) if _may_be_number(context, where) else None
        return None if number is None else ValueOrPrior(number)
    if len(prior) != 1 or not isinstance(kind, Real):
        what = "expected one prior" if isinstance(kind, Real) else f"{kind} can only have a value"
        context.complain("E311", what, (*keys, "prior"), "known priors: " + ", ".join(PRIORS))
        return None
    law, given = next(iter(prior.items()))
    where = (*keys, "prior", law)
    if law not in PRIORS:
        context.complain("E311", f"unknown prior '{law}'", where, *did_you_mean(law, PRIORS), key=True)
        return None
    wanted = PRIORS[law].parameters
    if len(given) != len(wanted):
        context.complain("E311", f"{law} takes [{', '.join(wanted)}] but got {len(given)} numbers", where)
        return None
    units = [(kind, factor) if scaled else (REAL, 1.0) for scaled in PRIORS[law].scaled]
    found: list[float | Expression] = []
    for number, unit in enumerate(units):
        given_at = (*where, number)
        made = _argument(context, given_at, *unit, parameters) if _may_be_number(context, given_at) else None
        if made is None:
            return None
        found.append(made)
    if any(isinstance(one, Expression) for one in found):
        return ValueOrPrior(0.0, law, given=tuple(
            _in_model_units(context, (*where, number), one, *unit)
            for number, (one, unit) in enumerate(zip(found, units, strict=True))
        ))  # fmt: skip
    numbers = [one for one in found if not isinstance(one, Expression)]
    try:
        PRIORS[law].check(*numbers)
        return ValueOrPrior(PRIORS[law].central(*numbers) * factor, law, tuple(numbers))
    except ValueError as error:
        context.complain("E311", str(error), where)
        return None


def _reads_others(context: Context, keys: Keys, parameters: Mapping[str, Tree]) -> bool:
    """Return whether what stands for a number would be one if it might read parameters, and reads some."""
    scope = Scope(calendar=context.calendar, names=parameters)
    found = check(text_at(context.document, keys), scope, None, Complaints())
    return found is not None and bool(reads(found.tree, "parameter"))


def _argument(
    context: Context, keys: Keys, kind: Type, factor: float, parameters: Mapping[str, Tree] | None
) -> float | Expression | None:
    """Return an argument of a prior in its author's unit, or as an expression of parameters in the model's."""
    what = LATER if parameters is None else "a number, or parameters of the model"
    scope = Scope(
        calendar=context.calendar, names=parameters or {}, declared=context.declared, what=what,
        broken=frozenset(context.broken),
    )  # fmt: skip
    expression = context.check(keys, scope, None)
    if expression is not None and reads(expression.tree, "parameter"):
        return context.check(keys, scope, kind)
    value = _constant_in_unit(context, expression, keys, kind, factor)
    return None if value is None else float(value) / factor


def _in_model_units(context: Context, keys: Keys, one: float | Expression, kind: Type, factor: float) -> Expression:
    """Return an argument of a prior that reads parameters as an expression, whether it reads any itself or not."""
    if isinstance(one, Expression):
        return one
    text = text_at(context.document, keys).text
    return Expression(Literal(one * factor, kind), text, context.document.value_span(keys).location)


def _may_be_number(context: Context, keys: Keys) -> bool:
    """Complain of what is written for no finite number, such as inf, and of a prior in the place of a value."""
    place = context.document.offsets.get(keys)
    written = (place.text or "").strip() if place else ""
    called = re.match(r"(\w+)\s*\(", written)
    if written.strip(" +-").lower() in ENDLESS | NOT_A_NUMBER:
        context.complain("E311", f"'{written}' is not a finite number", keys, "a parameter is always a finite number")
    elif called and called[1] in PRIORS:
        numbers = ", ".join(PRIORS[called[1]].parameters)
        note = f"a prior is written {{prior: {{{called[1]}: [{numbers}]}}}}, and stands alone"
        context.complain("E311", f"{called[1]} is a prior, and here stands a value", keys, note)
    else:
        return True
    return False


def in_unit(context: Context, keys: Keys, kind: Type, factor: float, what: str = "a number") -> Value | None:
    """Return a constant in the model's units: a bare number is in the unit declared, a quantity has its own."""
    scope = Scope(calendar=context.calendar, names={}, declared=context.declared, what=what)
    return _constant_in_unit(context, context.check(keys, scope, None), keys, kind, factor)


def _constant_in_unit(
    context: Context, expression: Expression | None, keys: Keys, kind: Type, factor: float
) -> Value | None:
    value = context.constant_of(expression, keys)
    if expression is None or value is None:
        return None
    found = expression.type
    if isinstance(kind, Integer) and isinstance(found, Real):
        context.complain("E302", f"expected {kind}, but this may be a fraction", keys)
        return None
    numbers = isinstance(kind, Number) and isinstance(found, Number)
    if isinstance(kind, Number) and isinstance(found, Number) and not found.unit and kind.unit:
        return value if isinstance(kind, Integer) else float(value) * factor
    if found != kind and (not numbers or common(found, kind) is None):
        code = "E303" if numbers else "E302"
        context.complain(code, f"expected {kind}, but this is {found}", keys)
        return None
    return float(value) if isinstance(kind, Real) else value
