"""Make an unnamed parameter of each about(median, factor): its prior, its title, its basis (E354).

What it may stand in is decided where the place is checked; `sim.language.expressions.uncertain` names it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from sim.build.builder import Builder
from sim.build.context import Context
from sim.distributions.priors import PRIORS
from sim.language.expressions.tree import Expression, Tree, reads
from sim.language.expressions.uncertain import UncertainNumber
from sim.model.evidence.basis import Basis
from sim.model.expression import Fault, evaluate
from sim.model.model import UPPER, EventType, Parameter, Rule
from sim.numerics.elementary import log
from sim.numerics.normal import normal_quantile

_CLOCKS = {
    "rate": "the rate", "fixed": "the fixed time", "at": "the date", "every": "the step", "chance": "the chance",
    "within": "the time of the chance",
}  # fmt: skip

T = TypeVar("T")


def uncertain_parameters(
    builder: Builder, events: Mapping[str, EventType], rules: Mapping[str, Rule]
) -> dict[str, Parameter]:
    """Return the unnamed parameters of a document, in order of names, after complaining of those that cannot be.

    The basis of each is that of the rules that read it, or that emit an event whose effect reads it.
    """
    bases = _bases(events.values(), rules.values())
    found = {}
    for name, number in sorted(builder.uncertain.items()):
        blank = Parameter(
            name=name, type=number.type, value=0.0, prior="", arguments=(), factor=1.0, unit="", unnamed=True,
            title=_title(builder, number, events, rules), basis=bases.get(name, ()), domain=(0.0, math.inf),
        )  # fmt: skip
        known = known_of(builder, number, blank)
        if known is not None:
            found[name] = known
    return found


def known_of(context: Context, number: UncertainNumber, parameter: Parameter) -> Parameter | None:
    """Return a parameter with the prior that an uncertain number amounts to; None after complaining.

    It is in the unit in which the median is written.
    """
    prior = _prior(context, number)
    if prior is None:
        return None
    median, sigma = prior
    written, unit = number.written or (median, context.calendar.unit_word(number.type.unit or ()))
    _, scale = context.calendar.unit_of(unit) if number.written else ((), 1.0)
    return replace(
        parameter, value=median, prior="lognormal", arguments=(written, sigma), factor=scale, scale=scale, unit=unit
    )


def numbers_of(number: UncertainNumber) -> tuple[float, float] | None:
    """Return the median and the factor; None where one of them cannot be computed, or is not finite."""
    median, factor = _value(number.median), _value(number.factor)
    return None if median is None or factor is None else (median, factor)


def _value(tree: Tree) -> float | None:
    try:
        value = float(evaluate(tree))
    except (Fault, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _prior(context: Context, number: UncertainNumber) -> tuple[float, float] | None:
    """Return the median and sigma of the lognormal of which 90 % lie within the factor; None after complaining."""
    median, factor = _value(number.median), _value(number.factor)
    complain = context.complaints.add
    if median is None or factor is None:
        span = number.median_span if median is None else number.factor_span
        complain("E319", "this has no value", span)
        return None
    if not median > 0.0:
        sign = (f"for a number below 0 write -about({-median:g}, ...)",) if median < 0.0 else ()
        complain("E354", f"the median of about() must be above 0, and this is {median:g}", number.median_span, *sign)
    if not factor > 1.0:
        note = "2 says that 90 % lies between half the median and twice the median; what is known is written alone"
        complain("E354", f"the factor of about() must be above 1, and this is {factor:g}", number.factor_span, note)
    if not (median > 0.0 and factor > 1.0):
        return None
    sigma = log(factor) / normal_quantile(UPPER)
    try:
        PRIORS["lognormal"].check(median, sigma)
    except ValueError:
        complain("E354", f"within a factor of {factor:g} this passes what numbers can be", number.factor_span)
        return None
    return median, sigma


def _bases(events: Iterable[EventType], rules: Iterable[Rule]) -> dict[str, tuple[Basis, ...]]:
    """Return the bases of each parameter that rules read, or the effects of what they emit; each basis once."""
    found: dict[str, dict[Basis, None]] = {}
    of_effects = {kind.name: _read_by(kind.effects.values()) for kind in events}
    for rule in rules:
        emitted = (of_effects.get(emission.event, frozenset[str]()) for emission in rule.emissions)
        for name in _read_by(rule.expressions()).union(*emitted):
            found.setdefault(name, {}).update(dict.fromkeys(rule.basis))
    return {name: tuple(bases) for name, bases in found.items()}


def _read_by(expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset[str]().union(*(reads(expression.tree, "parameter") for expression in expressions))


def _title(
    builder: Builder, number: UncertainNumber, events: Mapping[str, EventType], rules: Mapping[str, Rule]
) -> str:
    """Return a sentence such as: the rate of the rule 'the north probes'."""
    owner = number.owner
    called = owner.replace("_", " ")
    if number.group == "derived":
        where = f"the derived quantity '{builder.shape.derived[owner].title or called}'"
    elif number.group == "rules":
        titles = _of_family(owner, rules)
        where = f"the rule '{next((rule.title for rule in titles), called)}'"
    else:
        shape = builder.shape.events.get(owner)
        title = shape.title if shape is not None else next((kind.title for kind in _of_family(owner, events)), called)
        where = f"the event '{title or called}'"
    again = f", number {number.number}" if number.number > 1 else ""
    return f"{_in_words(number)} of {where}{again}"


def _of_family(name: str, known: Mapping[str, T]) -> Iterator[T]:
    return (item for full, item in known.items() if full.partition("[")[0] == name)


def _in_words(number: UncertainNumber) -> str:
    """Return what a place is called: the rate, the weight of 'talks_opened', the effect on 'tension'."""
    first, *rest = number.place.split(".", 1)
    inner = rest[0] if rest else ""
    if first == "effects":
        return f"the effect on '{inner}'"
    if first == "emits":
        return f"the mark '{inner}'"
    if first == "choose":
        event, _, last = inner.rpartition(".")
        return f"the weight of '{event}'" if last == "weight" else f"the mark '{last}' of '{event}'"
    if inner:
        return f"the {inner} of the {first} clock"
    return _CLOCKS.get(first, f"the {first}")
