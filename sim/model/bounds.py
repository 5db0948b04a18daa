"""Bounds of an expression's value, as far as its parts tell: interval arithmetic (Moore 1966) over checked trees.

Every value that the expression can have lies within; not every number within need be one. The operations are those of
`expression`, whose rounding never turns the order of two numbers round, so what holds of the ends holds of the floats.
"""

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sim.language.tree import Apply, Literal, Read, Tree
from sim.model.expression import Fault, evaluate

Bounds: TypeAlias = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
_RISING = frozenset({"real", "exp", "log", "sqrt", "floor", "ceil", "logistic"})


def bounds(tree: Tree, known: Mapping[tuple[str, str], Bounds]) -> Bounds:
    """Return bounds of a number. `known` has those of what is read, by (scope, name); else it may be any number."""
    return _bounds(tree, known, {})


def _bounds(tree: Tree, known: Mapping[tuple[str, str], Bounds], done: dict[int, Bounds]) -> Bounds:
    if id(tree) not in done:  # derived quantities share parts
        done[id(tree)] = _fresh(tree, known, done)
    return done[id(tree)]


def _fresh(tree: Tree, known: Mapping[tuple[str, str], Bounds], done: dict[int, Bounds]) -> Bounds:
    match tree:
        case Literal(value=value):
            return float(value), float(value)
        case Read(scope=scope, name=name):
            return known.get((scope, name), ANY)
        case Apply(operation="if", arguments=(_, one, other)):
            (a, b), (c, d) = _bounds(one, known, done), _bounds(other, known, done)
            return min(a, c), max(b, d)
        case Apply(arguments=arguments):
            parts = [_bounds(part, known, done) for part in arguments]
            if all(low == high for low, high in parts):
                return _exact(tree, [low for low, _ in parts])
            return _combined(tree, parts)
    return ANY


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
    whole = part.type.kind in ("bool", "int", "enum") and math.isfinite(value)
    return int(value) if whole else value


def _combined(tree: Apply, parts: list[Bounds]) -> Bounds:
    low, high = parts[0]
    if tree.operation == "neg":
        return -high, -low
    if tree.operation == "abs":
        return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if tree.operation in _RISING:
        if tree.arguments[0].type.kind == "bool":
            return 0.0, 1.0
        return _end(tree, low, -math.inf), _end(tree, high, math.inf)
    if len(parts) == 2 and tree.operation in _OF_TWO:
        return _OF_TWO[tree.operation](*parts)
    return ANY


def _end(tree: Apply, end: float, otherwise: float) -> float:
    """Return a rising function's value at one end, or `otherwise` where it has none there."""
    found = _exact(tree, [end]) if math.isfinite(end) else ANY
    return found[0] if found[0] == found[1] else otherwise


def _product(one: Bounds, other: Bounds) -> Bounds:
    products = [0.0 if 0.0 in (a, b) else a * b for a in one for b in other]
    return min(products), max(products)


def _quotient(one: Bounds, other: Bounds) -> Bounds:
    if other[0] <= 0.0 <= other[1] or math.inf in (*map(abs, one), *map(abs, other)):
        return ANY
    quotients = [a / b for a in one for b in other]
    return min(quotients), max(quotients)


_OF_TWO: Mapping[str, Callable[[Bounds, Bounds], Bounds]] = {
    "add": lambda one, other: (one[0] + other[0], one[1] + other[1]),
    "sub": lambda one, other: (one[0] - other[1], one[1] - other[0]),
    "mul": _product,
    "div": _quotient,
    "min": lambda one, other: (min(one[0], other[0]), min(one[1], other[1])),
    "max": lambda one, other: (max(one[0], other[0]), max(one[1], other[1])),
}
