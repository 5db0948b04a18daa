"""What a parameter can be at all: the range that its author gives it, or what its prior says of its nature.

A share has a beta prior and lies between 0 and 1; what has a prior on the positive numbers is never negative. A value
says nothing of the kind: a chance and a rate cannot be told apart by it.
"""

import math
from collections.abc import Mapping

from sim.distributions.priors import PRIORS
from sim.language.expressions.types import Number
from sim.model.bounds import ANY, Bounds
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
    low, high = PRIORS[parameter.prior].support(*parameter.arguments)
    return low * parameter.factor, high * parameter.factor


def inside(inner: Bounds, outer: Bounds) -> bool:
    """Return whether all of one range lies in another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def held_possible(parameter: Parameter) -> Bounds:
    """Return what a model holds possible of its own parameter: the range declared, or the ends of a bounded prior."""
    if parameter.ranged or parameter.prior not in BOUNDED:
        return parameter.domain
    return support(parameter)


def refusal(parameter: Parameter, own: Parameter) -> str:
    """Return why a parameter cannot have its value or its prior; "" if it can. `own` is as the model has it."""
    found = support(parameter)
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
