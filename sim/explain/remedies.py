"""With which value of one state variable a condition would have held, all else being as it was: the nearest one found.

Of few values each is tried. Of many those are tried at which the two sides of a comparison become equal, the bounds,
and some further and further away; from the nearest of these with which the condition holds the way back is halved until
the last one is found. That one is the nearest of all where the condition turns once on the way. `lacks` asks for it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from sim.explain.part_values import PartValues
from sim.language.expressions.tree import Apply, Draw, Read, Tree
from sim.language.expressions.types import Bool, Enumeration, Integer
from sim.model.expression import Frame
from sim.model.model import Variable

COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
MOST_TRIED = 500  # values of a whole number that are tried one by one
STEPS = range(-10, 60)  # powers of two by which further values are away
MOST_HALVED = 2_200  # more than there are halves between any two numbers

Holds = Callable[[float], bool]


class Remedies:
    """Looks for remedies in the frames of one program."""

    def __init__(self, values: PartValues) -> None:
        self.values = values

    def needed(self, tree: Tree, frame: Frame, slot: int) -> float | None:
        """Return the value of a variable with which a part holds that does not; None if none is found."""
        variable = self.values.program.model.variables[self.values.names[slot][1]]
        now = frame[slot]

        def holds(value: float) -> bool:
            return self.does(tree, frame, slot, value)

        if isinstance(variable.type, Bool):
            return (not now) if holds(not now) else None
        if isinstance(variable.type, Enumeration):
            return next((at for at in range(len(variable.type.values)) if at != now and holds(at)), None)
        if isinstance(variable.type, Integer) and variable.high - variable.low <= MOST_TRIED:
            inside = range(int(variable.low), int(variable.high) + 1)
            outwards = (value for away in range(1, len(inside)) for value in (now - away, now + away))
            return next((value for value in outwards if value in inside and holds(value)), None)
        able = [value for value in self._candidates(tree, frame, variable, now) if holds(value)]
        if not able:
            return None
        return _brought_back(now, min(able, key=lambda value: abs(value - now)), holds)

    def does(self, tree: Tree, frame: Frame, slot: int, value: float) -> bool:
        """Return whether a part holds with a value of a variable, all else being as it was."""
        return self.values.exchanged(tree, frame, slot, value) is True

    def gap(self, tree: Tree, frame: Frame) -> float:
        """Return how far the two sides of a comparison are apart; inf of anything else."""
        if not (isinstance(tree, Apply) and tree.operation in COMPARISONS):
            return math.inf
        left, right = (self.values.value(side, frame) for side in tree.arguments)
        return math.inf if left is None or right is None else abs(float(left) - float(right))

    def _candidates(self, tree: Tree, frame: Frame, variable: Variable, now: float) -> Iterator[float]:
        """Yield the values at which a part may turn: its bounds, some between, and where two sides become equal."""
        whole = isinstance(variable.type, Integer)
        found: set[float] = {now}
        found |= {int(bound) if whole else bound for bound in (variable.low, variable.high) if math.isfinite(bound)}
        for step in STEPS:
            if not whole or step >= 0:
                away = 2**step if whole else 2.0**step
                found |= {now - away, now + away}
        inside = sorted(value for value in found if variable.low <= value <= variable.high)
        yield from inside
        slot = self.values.slots["state", variable.name]
        for one in _comparisons(tree):
            for level in self._levels(one, frame, variable.name):
                yield from _around(level, variable, whole=whole)
            above = [self._difference(one, frame, slot, value) > 0.0 for value in inside]
            for at, (before, after) in enumerate(pairwise(above)):
                if before != after:

                    def turned(value: float, one: Apply = one, after: bool = after) -> bool:  # noqa: FBT001
                        return (self._difference(one, frame, slot, value) > 0.0) == after

                    yield from _around(_brought_back(inside[at], inside[at + 1], turned), variable, whole=whole)

    def _difference(self, comparison: Apply, frame: Frame, slot: int, value: float) -> float:
        """Return by how much the left side of a comparison is the greater one with a value; NaN where it has none."""
        left, right = (self.values.exchanged(side, frame, slot, value) for side in comparison.arguments)
        return math.nan if left is None or right is None else float(left) - float(right)

    def _levels(self, comparison: Apply, frame: Frame, name: str) -> Iterator[float]:
        """Yield what a comparison holds a variable against, where it stands by itself on one side."""
        left, right = comparison.arguments
        for side, other in ((left, right), (right, left)):
            if _bare(side) == name:
                level = self.values.value(other, frame)
                if level is not None and math.isfinite(level):
                    yield float(level)


def _brought_back(now: float, able: float, holds: Holds) -> float:
    """Return the last value with which a condition holds on the way back from one with which it does to the present."""
    for _ in range(MOST_HALVED):
        middle = (now + able) // 2 if isinstance(able, int) else now + (able - now) / 2.0
        if middle in (now, able):
            break
        now, able = (now, middle) if holds(middle) else (middle, able)
    return able


def _comparisons(tree: Tree) -> Sequence[Apply]:
    found, pending = [], [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Apply):
            if node.operation in COMPARISONS:
                found.append(node)
            pending.extend(node.arguments)
        elif isinstance(node, Draw):
            pending.extend(node.arguments)
    return found


def _bare(tree: Tree) -> str:
    """Return the state variable that a tree is, also as a real number; "" if it is more than that."""
    if isinstance(tree, Apply) and tree.operation == "real":
        return _bare(tree.arguments[0])
    return tree.name if isinstance(tree, Read) and tree.scope == "state" else ""


def _around(level: float, variable: Variable, *, whole: bool) -> Iterator[float]:
    found: tuple[float, ...] = (level, math.nextafter(level, math.inf), math.nextafter(level, -math.inf))
    if whole:
        found = (math.floor(level), math.ceil(level), math.floor(level) - 1, math.ceil(level) + 1)
    return (value for value in found if variable.low <= value <= variable.high)
