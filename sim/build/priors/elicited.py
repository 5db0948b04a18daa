"""What experts say of a parameter, as its prior: their quantiles, the laws fitted to them, and the pool (E336).

How laws are fitted and pooled is left to `sim.distributions.elicited`, what a parameter can be at all to `domains`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from sim.build.context import Context
from sim.build.priors.known import ValueOrPrior, in_unit
from sim.distributions.elicited.least_squares import best
from sim.distributions.elicited.linear_pool import arguments_of, pool_median
from sim.distributions.priors import ELICITED
from sim.language.expressions.types import Real, Type
from sim.language.shapes.experts import ElicitedShape
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys
from sim.model.bounds import ANY, Bounds
from sim.model.priors.expert_judgement import Expert

CODE = "E336"
PERCENTILE = re.compile(r"\s*(\d{1,2}(?:\.\d{1,6})?)\s*%?\s*")
FINEST, LARGEST = 1e-100, 1e100  # sizes of values, and of the ends of a range, with which laws can be worked out
HOW_TO_SAY = "expected values by percentiles, two at least, as in {5: 2, 50: 7, 95: 30}"
Judged = tuple[tuple[float, float], ...]


def elicited(
    context: Context, keys: Keys, shape: ElicitedShape, kind: Type, factor: float, domain: Bounds
) -> tuple[ValueOrPrior, tuple[Expert, ...]] | None:
    """Return the prior that experts' quantiles amount to, and what each said; None after complaining.

    `keys` are those of the elicitation, `domain` what the parameter can be, in the model's unit, as far as it is
    declared.
    """
    if not isinstance(kind, Real):
        context.complain("E311", f"{kind} can only have a value", keys, key=True)
        return None
    if not shape.experts:
        context.complain(CODE, "there is no expert", (*keys, "experts"), HOW_TO_SAY)
        return None
    limits = domain[0] / factor, domain[1] / factor
    judged = {name: _judged(context, (*keys, "experts", name), said, kind, factor, limits)
              for name, said in shape.experts.items()}  # fmt: skip
    weights = _weights(context, (*keys, "pool"), shape)
    known = {name: said for name, said in sorted(judged.items()) if said is not None}
    if len(known) < len(judged):
        return None
    families = _families(context, keys, shape, [*known.values()], limits)
    if weights is None or not families:
        return None
    low, high = limits if families == ["beta"] else (0.0, 1.0)
    total = sum(weight for _, weight in sorted(weights.items()))
    experts = tuple(
        Expert(name=name, judged=said, laws=best(families, said, low, high), weight=weights[name] / total)
        for name, said in known.items()
    )
    arguments = arguments_of(tuple((expert.weight, expert.laws[0]) for expert in experts if expert.weight > 0.0))
    return ValueOrPrior(pool_median(*arguments) * factor, ELICITED.name, arguments), experts


def _judged(
    context: Context, keys: Keys, said: Mapping[str, str], kind: Type, factor: float, limits: Bounds
) -> Judged | None:
    """Return an expert's chances and values in order; None after complaining."""
    found: dict[float, tuple[float, Keys]] = {}
    fine = True
    for percentile in said:
        where = (*keys, percentile)
        written = PERCENTILE.fullmatch(percentile)
        chance = float(written[1]) / 100.0 if written else 0.0
        if not 0.0 < chance < 1.0:
            note = "expected a number above 0 and below 100, such as 5, 50 or 97.5"
            context.complain(CODE, f"'{percentile}' is not a percentile", where, note, key=True)
            fine = False
            continue
        made = in_unit(context, where, kind, factor)
        if made is None:
            fine = False
            continue
        value = float(made) / factor
        if not limits[0] <= value <= limits[1]:
            span = f"{limits[0]:g} to {limits[1]:g}"
            context.complain(CODE, f"{value:g} lies outside what the parameter can be, {span}", where)
            fine = False
        elif value != 0.0 and not FINEST <= abs(value) <= LARGEST:
            size = "large" if abs(value) > LARGEST else "small"
            note = f"expected 0, or a size from {FINEST:g} to {LARGEST:g}: choose another unit"
            context.complain(CODE, f"{value:g} is too {size}", where, note)
            fine = False
        elif chance in found:
            context.complain(CODE, f"the percentile {100.0 * chance:g} stands here twice", where, key=True)
            fine = False
        else:
            found[chance] = value, where
    ordered = sorted(found.items())
    for (chance, (value, _)), (more, (other, where)) in pairwise(ordered):
        if not other > value:
            message = f"the value at {100.0 * more:g} % is not above the one at {100.0 * chance:g} %, {value:g}"
            context.complain(CODE, message, where)
            fine = False
    if fine and len(ordered) < 2:
        context.complain(CODE, f"an expert says {'one value' if ordered else 'no value'}", keys, HOW_TO_SAY)
        fine = False
    return tuple((chance, value) for chance, (value, _) in ordered) if fine else None


def _weights(context: Context, keys: Keys, shape: ElicitedShape) -> dict[str, float] | None:
    """Return the weight of each expert; None after complaining."""
    if isinstance(shape.pool, str):
        return dict.fromkeys(shape.experts, 1.0)
    fine = True
    for name, weight in shape.pool.items():
        if name not in shape.experts:
            notes = did_you_mean(name, shape.experts)
            context.complain(CODE, f"no expert is called '{name}'", (*keys, name), *notes, key=True)
            fine = False
        elif not 0.0 <= weight < math.inf:
            context.complain(CODE, "a weight is 0 or above", (*keys, name))
            fine = False
    lacking = [name for name in shape.experts if name not in shape.pool]
    if lacking:
        note = "expected a weight for each expert, or `pool: equal`"
        context.complain(CODE, f"the expert '{lacking[0]}' has no weight", keys, note)
        fine = False
    elif fine and not 0.0 < sum(shape.pool.values()) < math.inf:
        too = "0" if sum(shape.pool.values()) == 0.0 else "too large: only their ratios matter"
        context.complain(CODE, f"all weights are {too}", keys)
        fine = False
    return {name: float(shape.pool[name]) for name in shape.experts} if fine else None


def _families(
    context: Context, keys: Keys, shape: ElicitedShape, judged: Sequence[Judged], limits: Bounds
) -> list[str]:
    """Return the families from which a law may be taken; none after complaining."""
    positive = min(said[0][1] for said in judged) > 0.0
    if all(map(math.isfinite, limits)) and max(map(abs, limits)) > LARGEST:
        allowed, why = [], f"a beta needs a `range` whose ends have a size of at most {LARGEST:g}"
    elif all(map(math.isfinite, limits)):
        allowed, why = ["beta"], f"the parameter lies within {limits[0]:g} to {limits[1]:g}: a beta does, too"
    elif limits == ANY:
        allowed = ["normal", "lognormal", "gamma"] if positive else ["normal"]
        why = "a beta needs a `range`" if positive else "a lognormal and a gamma are for numbers above 0 alone"
    elif limits[0] == 0.0 and positive:
        allowed, why = ["lognormal", "gamma"], "the parameter is never negative, and a beta needs a `range`"
    else:
        allowed, why = [], "give the parameter a `range: [low, high]`: a beta is then fitted over it"
    if shape.fit != "best" and shape.fit in allowed:
        return [shape.fit]
    if shape.fit == "best" and allowed:
        return [name for name in allowed if name != "normal"] or allowed
    message = f"a {shape.fit} does not fit here" if shape.fit != "best" else "no law fits here"
    where = (*keys, "fit") if (*keys, "fit") in context.document.offsets else keys
    context.complain(CODE, message, where, why)
    return []
