"""Bounds of an expression's value, as far as its parts tell: interval arithmetic (Moore 1966) over checked trees.

Every number that the expression can have lies within; not every number within need be one. The operations are those of
`expression`, whose rounding never turns the order of two numbers round, so what holds of the ends holds of the floats;
only exp, log and logistic may differ in the last place. That an expression has a value at all is not said: one that
is NaN, as infinity less infinity is, lies outside of all bounds.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TypeAlias

from sim.language.expressions.tree import Apply, Draw, Literal, Read, Tree
from sim.language.expressions.types import Bool, Enumeration, Integer
from sim.model.expression import Fault, evaluate

Bounds: TypeAlias = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
NOT_NEGATIVE: Bounds = (0.0, math.inf)
_SHARE: Bounds = (0.0, 1.0)
_WAVE: Bounds = (-1.0, 1.0)
WITHOUT_VALUE = frozenset({"missing", "nowhere", "twice"})
# Functions that only rise, each with the bounds that it never leaves, whatever it is given.
_RISING: Mapping[str, Bounds] = {
    "real": ANY, "floor": ANY, "ceil": ANY, "log": ANY, "exp": NOT_NEGATIVE, "sqrt": NOT_NEGATIVE, "logistic": _SHARE,
}  # fmt: skip
_DRAWN: Mapping[str, Bounds] = {
    "bernoulli": _SHARE, "beta": _SHARE, "binomial": NOT_NEGATIVE, "exponential": NOT_NEGATIVE, "gamma": NOT_NEGATIVE,
    "geometric": (1.0, math.inf), "lognormal": NOT_NEGATIVE, "poisson": NOT_NEGATIVE, "weibull": NOT_NEGATIVE,
}  # fmt: skip


def bounds(tree: Tree, known: Mapping[tuple[str, str], Bounds]) -> Bounds:
    """Return bounds of a number. `known` has those of what is read, by (scope, name); else it may be any number."""
    return all_bounds([tree], known)[0]


def all_bounds(trees: Sequence[Tree], known: Mapping[tuple[str, str], Bounds]) -> list[Bounds]:
    """Return the bounds of several trees; a part that they share, as derived quantities are, is looked at once."""
    done: dict[int, Bounds] = {}
    pending = list(trees)
    while pending:
        node = pending[-1]
        parts = node.arguments if isinstance(node, Apply | Draw) else ()
        unknown = [part for part in parts if id(part) not in done]
        if unknown:
            pending += unknown
        else:
            done[id(pending.pop())] = _bounds(node, [done[id(part)] for part in parts], known)
    return [done[id(tree)] for tree in trees]


def either(one: Bounds, other: Bounds) -> Bounds:
    """Return the bounds of what lies within one or the other."""
    return min(one[0], other[0]), max(one[1], other[1])


def of_two(operation: str, one: Bounds, other: Bounds) -> Bounds:
    """Return the bounds of add, sub, mul, div, min or max of two numbers; of anything else, any number."""
    low, high = _OF_TWO[operation](one, other) if operation in _OF_TWO else ANY
    # Infinity less infinity tells nothing.
    return (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)


def _bounds(tree: Tree, parts: list[Bounds], known: Mapping[tuple[str, str], Bounds]) -> Bounds:
    match tree:
        case Literal(value=value):
            return float(value), float(value)
        case Read(scope=scope, name=name):
            return known.get((scope, name), _SHARE if isinstance(tree.type, Bool) else ANY)
        case Draw(law="uniform_real" | "triangular"):
            return either(parts[0], parts[-1])
        case Draw(law="one_of"):
            half = len(parts) // 2
            possible = [value for value, weight in zip(parts[:half], parts[half:], strict=True) if weight[1] > 0.0]
            return reduce(either, possible) if possible else ANY
        case Draw(law=law):
            return _DRAWN.get(law, ANY)
        case Apply(operation="since"):
            return min([0.0, *(low for low, _ in parts[1:])]), math.inf
        case Apply(operation="place", arguments=(_, Literal(value=least), Literal(value=most))):
            return clipped(parts[0], float(least), float(most))
        case Apply(operation="if" | "member", arguments=(_, *ways)):
            return reduce(either, having_values(ways, parts[1:]) or [ANY])
        case Apply(operation="first", arguments=(otherwise, *_)):
            return reduce(either, having_values([otherwise], parts[:1]) + parts[1::2])
        case Apply(operation="argmin" | "argmax"):
            return reduce(either, parts[::2])
    if all(low == high for low, high in parts):
        return _exact(tree, [low for low, _ in parts])
    return _SHARE if isinstance(tree.type, Bool) else _combined(tree, parts)


def clipped(index: Bounds, least: float, most: float) -> Bounds:
    """Return the bounds of a place: how far an index that is at most `most` is above `least`."""
    low, high = max(index[0], least) - least, min(index[1], most) - least
    return (low, high) if low <= high else (0.0, most - least)


def having_values(trees: Sequence[Tree], bounds_of: Sequence[Bounds]) -> list[Bounds]:
    """Return the bounds of those trees that can have a value: a member that its family leaves out has none."""
    return [
        found
        for tree, found in zip(trees, bounds_of, strict=True)
        if not (isinstance(tree, Apply) and tree.operation in WITHOUT_VALUE)
    ]


def _exact(tree: Apply, values: list[float]) -> Bounds:
    """Return the one value of an operation on numbers that are known; any number where it has none."""
    try:
        parts = zip(tree.arguments, values, strict=True)
        literals = tuple(Literal(_as(part, value), part.type) for part, value in parts)
        value = float(evaluate(Apply(tree.operation, literals, tree.type, len(literals) + 1)))
    except (Fault, OverflowError, ValueError):
        return ANY
    return (value, value) if value == value else ANY


def _as(part: Tree, value: float) -> float:
    whole = isinstance(part.type, Bool | Integer | Enumeration) and math.isfinite(value)
    return int(value) if whole else value


def _combined(tree: Apply, parts: list[Bounds]) -> Bounds:
    low, high = parts[0]
    if tree.operation in ("sin", "cos"):
        return _WAVE
    if tree.operation == "neg":
        return -high, -low
    if tree.operation == "abs":
        return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if tree.operation in _RISING:
        least, most = _RISING[tree.operation]
        return _end(tree, low, least), _end(tree, high, most)
    return of_two(tree.operation, parts[0], parts[-1])


def _end(tree: Apply, end: float, otherwise: float) -> float:
    """Return a rising function's value at one end, or `otherwise` where it has none there."""
    found = _exact(tree, [end]) if math.isfinite(end) else ANY
    return found[0] if found[0] == found[1] else otherwise


def _product(one: Bounds, other: Bounds) -> Bounds:
    products = [0.0 if 0.0 in (a, b) else a * b for a in one for b in other]
    return min(products), max(products)


def _quotient(one: Bounds, other: Bounds) -> Bounds:
    if not other[0] <= 0.0 <= other[1] and all(map(math.isfinite, (*one, *other))):
        quotients = [a / b for a in one for b in other]
        return min(quotients), max(quotients)
    if one[0] >= 0.0 and other[0] >= 0.0:  # nothing is divided by 0: a run fails that would
        return 0.0, (one[1] / other[0] if other[0] > 0.0 else math.inf)
    return ANY


_OF_TWO: Mapping[str, Callable[[Bounds, Bounds], Bounds]] = {
    "add": lambda one, other: (one[0] + other[0], one[1] + other[1]),
    "sub": lambda one, other: (one[0] - other[1], one[1] - other[0]),
    "mul": _product,
    "div": _quotient,
    "min": lambda one, other: (min(one[0], other[0]), min(one[1], other[1])),
    "max": lambda one, other: (max(one[0], other[0]), max(one[1], other[1])),
}
