"""Which expressions move between events, and which conditions flip: read off the trees of a model once.

What reads the time, the time since an event, or a variable that relaxes moves. A comparison of what moves does not: it
is a flag, which is true or false until the moment at which it flips. `motion` says when that is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sim.language.expressions.tree import ORDERS, Apply, Draw, Literal, Read, Tree, draws, moves, nodes, reads, size
from sim.language.expressions.types import REAL
from sim.model.expression import Slots, is_flag
from sim.model.model import Model, Rule

_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}

# What a moving quantity comes down to: a variable that relaxes, the time, or the time since an event.
Base: TypeAlias = Read | Apply


@dataclass(frozen=True, slots=True)
class Crossing:
    """A comparison of one moving quantity with a level that does not move: it flips once at most, at a known time."""

    base: Base
    operation: str
    level: Tree


class Moving:
    """What moves in one model. `flags` are its comparisons that may flip, each once, after those that are within it."""

    def __init__(self, model: Model) -> None:
        self.relaxing = frozenset(name for name, variable in model.variables.items() if variable.relaxes)
        self._known: dict[int, bool] = {}
        self._trees: list[Tree] = []  # that they are not forgotten: they are known by their identities
        self.flags: dict[Apply, int] = {}
        self.since: set[str] = set()
        for tree in _trees(model):
            self._gather(tree)
        for check in model.checks.values():  # which look at events alone, and know no flags
            self.since.update(*(reads(part.tree, "last") for part in check.expressions()))

    def moves(self, tree: Tree) -> bool:
        """Return whether the value of a tree changes between events, other than by the flipping of flags."""
        if id(tree) not in self._known:
            self._trees.append(tree)
            self._known[id(tree)] = moves(tree, self.relaxing)
        return self._known[id(tree)]

    def _gather(self, tree: Tree) -> None:
        """Note the flags of a tree, and the events of which it asks how long ago they were."""
        done: set[int] = set()
        pending: list[tuple[Tree, bool]] = [(tree, False)]
        while pending:
            node, seen = pending.pop()
            if isinstance(node, Read) and node.scope == "last":
                self.since.add(node.name)
            if not isinstance(node, Apply | Draw) or (id(node) in done and not seen):
                continue
            if seen:
                if isinstance(node, Apply) and self._is_flag(node):
                    self.flags.setdefault(node, len(self.flags))
                continue
            done.add(id(node))
            pending.append((node, True))
            pending += [(part, False) for part in node.arguments]

    def _is_flag(self, tree: Apply) -> bool:
        """Return whether it is a condition that may flip between events; one that reads marks is of one moment."""
        moving = tree.operation in ORDERS and any(self.moves(part) for part in tree.arguments)
        return moving and not (reads(tree, "mark") or reads(tree, "measure") or draws(tree))

    def crossing(self, tree: Apply) -> Crossing | None:
        """Return how a flag flips, where that can be told beforehand; None where it must be searched for."""
        left, right = tree.arguments
        operation = tree.operation
        if self.moves(left) == self.moves(right):
            return None
        if self.moves(right):
            left, right, operation = right, left, _TURNED[operation]
        return self._peeled(left, operation, right)

    def _peeled(self, moving: Tree, operation: str, level: Tree) -> Crossing | None:
        """Take away, from both sides, what is added to the moving quantity or that it is multiplied with."""
        while True:
            match moving:
                case Read() | Apply(operation="since"):
                    return Crossing(moving, operation, level)
                case Apply(operation="real", arguments=(inner,)):
                    moving = inner
                case Apply(operation="neg", arguments=(inner,)):
                    moving, level, operation = inner, _of("neg", level), _TURNED[operation]
                case Apply(operation="add", arguments=(one, other)) if self.moves(one) != self.moves(other):
                    moving, still = (one, other) if self.moves(one) else (other, one)
                    level = _of("sub", level, still)
                case Apply(operation="sub", arguments=(one, other)) if not self.moves(other):
                    moving, level = one, _of("add", level, other)
                case Apply(operation="sub", arguments=(one, other)) if not self.moves(one):
                    moving, level, operation = other, _of("sub", one, level), _TURNED[operation]
                case Apply(operation="mul", arguments=(Literal(value=value) as factor, inner)) if value != 0:
                    moving, level = inner, _of("div", level, factor)
                    operation = operation if value > 0 else _TURNED[operation]
                case Apply(operation=("mul" | "div") as how, arguments=(inner, Literal(value=value) as factor)) if (
                    value != 0
                ):
                    moving, level = inner, _of("div" if how == "mul" else "mul", level, factor)
                    operation = operation if value > 0 else _TURNED[operation]
                case _:
                    return None


def inflects(tree: Tree, moving: Moving) -> bool:
    """Return whether a rate may bend one way and then the other between events.

    It does not where it is one relaxing variable, or the time, times what does not move, plus such: then it bends to
    one side only, and a cell's three values show it.
    """
    return _base(tree, moving) is None


def _base(tree: Tree, moving: Moving) -> Base | None:
    """Return the one moving thing in which a tree is a line; None if there is none such."""
    match tree:
        case Read() | Apply(operation="since"):
            return tree if moving.moves(tree) else None
        case Apply(operation="real" | "neg", arguments=(inner,)):
            return _base(inner, moving)
        case Apply(operation="add" | "sub", arguments=(one, other)):
            sides = [_base(part, moving) for part in (one, other) if moving.moves(part)]
            return sides[0] if sides and all(side == sides[0] for side in sides) else None
        case Apply(operation="mul", arguments=(one, other)) if moving.moves(one) != moving.moves(other):
            return _base(one if moving.moves(one) else other, moving)
        case Apply(operation="div", arguments=(one, other)) if not moving.moves(other):
            return _base(one, moving)
        case Apply(operation="if", arguments=(_, one, other)):
            sides = [_base(part, moving) for part in (one, other) if moving.moves(part)]
            return sides[0] if sides and all(side == sides[0] for side in sides) else None
    return None


def _of(operation: str, *parts: Tree) -> Tree:
    reals = tuple(Literal(float(part.value), REAL) if isinstance(part, Literal) else part for part in parts)
    return Apply(operation, reals, REAL, 1 + sum(size(part) for part in reals))


def _trees(model: Model) -> Iterator[Tree]:
    """Yield all trees that a run looks at: in the order of the model, what is only measured last."""
    for rule in model.rules.values():
        yield from _of_rule(rule)
    for kind in model.events.values():
        for effect in kind.effects.values():
            yield effect.tree
    for outcome in model.outcomes.values():
        yield from (part.tree for part in outcome.expressions())
    for measure in model.measures.values():
        yield from (part.tree for part in measure.expressions())


def _of_rule(rule: Rule) -> Iterable[Tree]:
    return (part.tree for part in rule.expressions())


def slots_read(tree: Tree, slots: Slots) -> frozenset[int]:
    """Return the slots on whose values a tree depends; of a flag that it reads the flag's own, not what that reads."""

    def flips(node: Tree) -> bool:
        return isinstance(node, Apply) and is_flag(node, slots)

    found: set[int] = set()
    for node in nodes(tree, closed=flips):
        if flips(node):
            found.add(slots["flag", node])
        elif isinstance(node, Read) and node.scope != "time":
            found.add(slots[node.scope, node.name])
    return frozenset(found)
