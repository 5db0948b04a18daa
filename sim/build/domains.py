"""What a parameter can be at all: the range that its author gives it, or what its prior says of its nature.

A share has a beta prior and lies between 0 and 1; what has a prior on the positive numbers is never negative. A value
says nothing of the kind: a chance and a rate cannot be told apart by it.
"""

import math
from collections.abc import Mapping

from sim.distributions.priors import DRAWN, PRIORS
from sim.language.expressions.types import Number
from sim.model.bounds import ANY, Bounds, bounds
from sim.model.model import Parameter, Variable

# The priors whose ends are their author's: what lies beyond them is held impossible, though it need not be absurd.
BOUNDED = frozenset({"pert", "uniform", "triangular", "loguniform"})


def natural(prior: str, support: Bounds) -> Bounds:
    """Return what a parameter with such a prior can be at all; any number without a prior."""
    if not prior:
        return ANY
    if prior == "beta":
        return support
    low, high = support
    return (0.0 if low >= 0.0 else -math.inf), (0.0 if high <= 0.0 else math.inf)


def support(parameter: Parameter) -> Bounds:
    """Return the least and the greatest value that a parameter may have in a run: both its value, without a prior."""
    if not parameter.prior:
        return float(parameter.value), float(parameter.value)
    low, high = DRAWN[parameter.prior].support(*parameter.arguments)
    return low * parameter.factor, high * parameter.factor


def support_over(parameter: Parameter, known: Mapping[tuple[str, str], Bounds]) -> Bounds:
    """Return within which bounds a parameter lies whose prior reads others, given those of all parameters."""
    ranges = [bounds(one.tree, known) for one in parameter.given]
    ends = PRIORS[parameter.prior].support
    return ends(*(low for low, _ in ranges))[0], ends(*(high for _, high in ranges))[1]


def inside(inner: Bounds, outer: Bounds) -> bool:
    """Return whether all of one range lies in another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def held_possible(parameter: Parameter) -> Bounds:
    """Return what a model holds possible of its own parameter: the range declared, or the ends of a bounded prior.

    The ends of a prior that reads other parameters are known only in a run.
    """
    if parameter.ranged or parameter.given or parameter.prior not in BOUNDED:
        return parameter.domain
    return support(parameter)


def refusal(parameter: Parameter, own: Parameter) -> str:
    """Return why a parameter cannot have its value or its prior; "" if it can. `own` is as the model has it."""
    return _why_not(parameter, own, support(parameter))


def refusal_over(parameter: Parameter, own: Parameter, known: Mapping[tuple[str, str], Bounds]) -> str:
    """Return why a parameter cannot have its prior, which reads others; "" if it may have.

    A prior with ends may lie in what the parameter can be with some of their values: then each run looks at its own.
    """
    found, (least, most) = support_over(parameter, known), own.domain
    if parameter.prior in BOUNDED and found[0] <= most and found[1] >= least:
        return ""
    return _why_not(parameter, own, found)


def _why_not(parameter: Parameter, own: Parameter, found: Bounds) -> str:
    if inside(found, own.domain):
        return ""
    given = f"have a prior {reach(parameter, found)}" if parameter.prior else f"be {shown(parameter, found[0])}"
    return f"'{parameter.name}' cannot {given}: {_because(own)}"


def _because(own: Parameter) -> str:
    if own.ranged:
        return f"its `range` in the model is {span(own, own.domain)}"
    if own.prior == "beta":
        return f"it lies between {span(own, own.domain).replace(' to ', ' and ')}, for its prior in the model is a beta"
    sign, side = ("negative", "below") if own.domain[0] == 0.0 else ("positive", "above")
    return f"it is never {sign}, for its prior in the model has no number {side} 0"


def ways_out(own: Parameter) -> str:
    """Return what helps an author who means a value that a parameter cannot have."""
    if own.ranged:
        return f"if it can be, widen the `range` of '{own.name}' in the model"
    return f"if it can be, say so in the model: give '{own.name}' a `range: [low, high]`"


def reach(parameter: Parameter, found: Bounds) -> str:
    """Write from where to where a prior reaches."""
    if found == ANY:
        return "over all numbers"
    if found[1] == math.inf:
        return f"over all numbers above {shown(parameter, found[0])}"
    return f"from {span(parameter, found)}"


def span(parameter: Parameter, found: Bounds) -> str:
    """Write a range with two ends, in the unit in which the parameter is written."""
    return f"{shown(parameter, found[0], unit=False)} to {shown(parameter, found[1])}"


def shown(parameter: Parameter, value: float, *, unit: bool = True) -> str:
    """Write a value as the parameter's author would: in its unit."""
    number = f"{value / parameter.scale:.6g}"
    return f"{number} {parameter.unit}" if unit and parameter.unit else number


def known_bounds(
    variables: Mapping[str, Variable], parameters: Mapping[str, Parameter]
) -> Mapping[tuple[str, str], Bounds]:
    """Return the bounds of all that expressions read in a model, by (scope, name), whatever a scenario assumes."""
    numbers = {
        ("state", name): (item.low, item.high) for name, item in variables.items() if isinstance(item.type, Number)
    }
    return {**numbers, **{("parameter", name): item.domain for name, item in parameters.items()}}
