"""Within which bounds a measure lies whatever happens: told by its kind, and by the ranges that the model declares.

Interval arithmetic (R. E. Moore 1966) over the checked trees. Where it does not tell, a bound is infinite: parameters
are taken to be anything, because scenarios and sensitivity designs change them.
"""

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sim.language.tree import Apply, Draw, Literal, Read, Tree
from sim.model.model import Measure
from sim.model.scenario import Scenario

Range: TypeAlias = tuple[float, float]

_ANY: Range = (-math.inf, math.inf)
_POSITIVE: Range = (0.0, math.inf)
_DRAWN: Mapping[str, Range] = {
    "bernoulli": (0.0, 1.0), "binomial": _POSITIVE, "exponential": _POSITIVE, "geometric": (1.0, math.inf),
    "lognormal": _POSITIVE, "poisson": _POSITIVE,
}  # fmt: skip
_KNOWN: Mapping[str, Range] = {"exp": _POSITIVE, "sqrt": _POSITIVE, "logistic": (0.0, 1.0)}


def natural_ranges(scenario: Scenario) -> Mapping[str, Range]:
    """Return the least and the greatest value that each measure can have in a run of the scenario, by name."""
    positive = _never_negative(scenario)
    return {name: _natural_range(scenario, measure, positive) for name, measure in scenario.model.measures.items()}


def _natural_range(scenario: Scenario, measure: Measure, positive: frozenset[str]) -> Range:
    length = scenario.horizon - scenario.start
    if measure.kind in ("until", "time_while"):
        return 0.0, length
    if measure.kind == "count":
        return _POSITIVE
    assert measure.expression is not None, "only a count has no expression"
    if measure.kind == "sum":
        marks = _marks(scenario, measure.on, positive)
        low, high = _Ranges(scenario, marks, positive).of(measure.expression.tree)
        return (0.0 if low >= 0.0 else -math.inf), (0.0 if high <= 0.0 else math.inf)
    low, high = _Ranges(scenario, {}, positive).of(measure.expression.tree)
    if measure.kind == "integral":
        return min(0.0, _product(low, length)), max(0.0, _product(high, length))
    return low, high


def _never_negative(scenario: Scenario) -> frozenset[str]:
    """Return the numbers of the state that begin at 0 or above and that no event, supposing so of all, brings below.

    By induction over events: those are left out for which it does not follow, until it follows for all that are left.
    A documented event has marks that nobody bounded, so an effect that reads one proves nothing.
    """
    found = frozenset(name for name, kind in scenario.model.variables.items() if kind.type.kind in ("int", "real"))
    while True:
        known = _Ranges(scenario, {}, found)
        written = [item for event in scenario.model.events.values() for item in event.effects.items()]
        written += [(name, variable.initial) for name, variable in scenario.model.variables.items()]
        kept = found - {name for name, value in written if name in found and known.of(value.tree)[0] < 0.0}
        if kept == found:
            return found
        found = kept


def _marks(scenario: Scenario, events: Iterable[str], positive: frozenset[str]) -> dict[str, Range]:
    """Return within which bounds the marks of events lie, by name: as rules emit them or the timetable has them."""
    found: dict[str, Range] = {}
    known = _Ranges(scenario, {}, positive)
    for name in events:
        marks = list(scenario.model.events[name].marks)
        emitted = [
            [known.of(mark.tree) for mark in emission.marks]
            for rule in scenario.model.rules.values()
            for emission in rule.emissions
            if emission.event == name
        ]
        emitted += [[(mark, mark) for mark in item.marks] for item in scenario.timetable if item.event == name]
        for values in emitted:
            for mark, value in zip(marks, values, strict=True):
                found[mark] = _either(found.get(mark, value), value)
    return found


class _Ranges:
    """The ranges of one model's expressions; `marks` are those of the event at hand."""

    def __init__(self, scenario: Scenario, marks: Mapping[str, Range], positive: frozenset[str]) -> None:
        self.model = scenario.model
        self.marks = marks
        self.positive = positive
        self._known: dict[int, Range] = {}

    def of(self, tree: Tree) -> Range:
        """Return the least and the greatest value of a tree; parts that are shared are looked at once."""
        pending = [tree]
        while pending:
            node = pending[-1]
            parts = node.arguments if isinstance(node, Apply) else ()
            unknown = [part for part in parts if id(part) not in self._known]
            if unknown:
                pending += unknown
            else:
                self._known[id(pending.pop())] = self._of(node)
        return self._known[id(tree)]

    def _of(self, tree: Tree) -> Range:
        match tree:
            case Literal(value=value):
                return float(value), float(value)
            case _ if tree.type.kind == "bool":
                return 0.0, 1.0
            case Read(scope="state", name=name) if tree.type.kind in ("int", "real"):
                variable = self.model.variables[name]
                return (max(0.0, variable.low) if name in self.positive else variable.low), variable.high
            case Read(scope="mark", name=name):
                return self.marks.get(name, _ANY)
            case Read(scope="time"):
                return _ANY
            case Draw(law="uniform_real", arguments=(low, high)):
                return _either(self.of(low), self.of(high))
            case Draw(law=law):
                return _DRAWN.get(law, _ANY)
            case Apply(operation="if", arguments=(_, one, other)):
                return _either(self._known[id(one)], self._known[id(other)])
            case Apply(operation=operation, arguments=arguments):
                return _KNOWN.get(operation) or _applied(operation, [self._known[id(part)] for part in arguments])
        return _ANY


def _either(one: Range, other: Range) -> Range:
    return min(one[0], other[0]), max(one[1], other[1])


def _product(one: float, other: float) -> float:
    return 0.0 if one == 0.0 or other == 0.0 else one * other


def _applied(operation: str, parts: list[Range]) -> Range:
    a, b = parts[0]
    c, d = parts[-1]
    match operation:
        case "real":
            return a, b
        case "neg":
            return -b, -a
        case "abs":
            return (0.0 if a <= 0.0 <= b else min(abs(a), abs(b))), max(abs(a), abs(b))
        case "floor" | "ceil":
            whole = math.floor if operation == "floor" else math.ceil
            low, high = (end if math.isinf(end) else float(whole(end)) for end in (a, b))
            return low, high
        case "add":
            return a + c, b + d
        case "sub":
            return a - d, b - c
        case "min":
            return min(a, c), min(b, d)
        case "max":
            return max(a, c), max(b, d)
        case "mul":
            products = [_product(one, other) for one in (a, b) for other in (c, d)]
            return min(products), max(products)
        case "div" if a >= 0.0 and c >= 0.0:
            return 0.0, (b / c if c > 0.0 and math.isfinite(b) else math.inf)
    return _ANY
