"""What experts say of a parameter, as its prior: their quantiles, the laws fitted to them, and the pool (E336, W336).

How laws are fitted and pooled is left to `sim.distributions.elicited`, what a parameter can be at all to `domains`.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from sim.build.context import Context
from sim.build.priors.known import ValueOrPrior, in_unit
from sim.distributions.elicited.least_squares import best, odds_ratio
from sim.distributions.elicited.linear_pool import arguments_of, pool_median
from sim.distributions.priors import ELICITED
from sim.language.expressions.types import Real, Type
from sim.language.shapes.experts import ElicitedShape
from sim.language.suggest import did_you_mean, nearest
from sim.language.yaml.parser import Keys
from sim.model.bounds import ANY, Bounds
from sim.model.priors.expert_judgement import Expert
from sim.statistics.estimates import percent

CODE = "E336"
MOST_SHOWN = 999.0  # as a ratio of odds
FAR = 2.0  # as a ratio of odds: a fitted law with 9.5 % or 2.6 % where an expert says 5 %
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
    for expert in experts:
        if expert.weight > 0.0:
            _warn_if_far(context, (*keys, "experts", expert.name), shape.experts[expert.name], expert)
    arguments = arguments_of(tuple((expert.weight, expert.laws[0]) for expert in experts if expert.weight > 0.0))
    return ValueOrPrior(pool_median(*arguments) * factor, ELICITED.name, arguments), experts


def _judged(
    context: Context, keys: Keys, said: Mapping[str, str], kind: Type, factor: float, limits: Bounds
) -> Judged | None:
    """Return an expert's chances and values in order; None after complaining."""
    found: dict[float, tuple[float, Keys]] = {}
    if _are_chances(said):
        meant = ", ".join(f"{100.0 * float(text):g}" for text in said)
        message = f"{', '.join(said)} are percentiles of at most 1, which look like chances"
        context.complain(
            CODE,
            message,
            keys,
            f"for these chances write {meant}; for shares of 1 % write the sign, too: {next(iter(said))} %",
        )
        return None
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
            context.complain(CODE, message, where, *(_risen(ordered) if fine else ()))
            fine = False
    if fine and len(ordered) < 2:
        context.complain(CODE, f"an expert says {'one value' if ordered else 'no value'}", keys, HOW_TO_SAY)
        fine = False
    return tuple((chance, value) for chance, (value, _) in ordered) if fine else None


def _are_chances(said: Mapping[str, str]) -> bool:
    """Return whether all percentiles of an expert are numbers of at most 1 without a sign."""
    written = [PERCENTILE.fullmatch(text) for text in said]
    return bool(said) and all(one and "%" not in one[0] and 0.0 < float(one[1]) <= 1.0 for one in written)


def _risen(ordered: Sequence[tuple[float, tuple[float, Keys]]]) -> tuple[str, ...]:
    """Return the note of how an expert's values could rise with their percentiles; none if two are equal."""
    values = sorted({value for _, (value, _) in ordered})
    if len(values) < len(ordered):
        return ()
    rising = ", ".join(f"{100.0 * chance:g}: {value:g}" for (chance, _), value in zip(ordered, values, strict=True))
    return (f"values rise with their percentiles: did you mean {{{rising}}}?",)


def _warn_if_far(context: Context, keys: Keys, said: Iterable[str], expert: Expert) -> None:
    """Warn of the value whose odds the law that was fitted has most otherwise than the expert (W336)."""
    law = expert.laws[0]
    ratio, chance, value = max((odds_ratio(law, *point), *point) for point in expert.judged)
    if ratio > FAR:
        percentile = next(text for text in said if math.isclose(float(text.rstrip(" %")) / 100.0, chance))
        given, factor = percent(abs(law.chance(value))), f"{min(ratio, MOST_SHOWN):.3g}"
        message = f"the law fitted to what '{expert.name}' says has {given} where the expert says {100.0 * chance:g} %"
        context.complaints.warn(
            "W336", message, context.document.value_span((*keys, percentile)),
            f"{law}: its odds differ by a factor of {'more than ' if ratio > MOST_SHOWN else ''}{factor}",
            "no law here has this shape: ask again, or give a `range` or another `fit`; see sim check --priors",
        )  # fmt: skip


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
    meant = [nearest(name, shape.experts) for name in shape.pool if name not in shape.experts]
    lacking = [name for name in shape.experts if name not in shape.pool and name not in meant]
    if len(lacking) > meant.count(""):  # else each without one may be a wrong name of the pool
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
