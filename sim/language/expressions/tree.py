"""Checked expressions: typed trees, ready to be given a meaning. Nothing here can be wrong any more.

Values: bool, int, float; an enum's value is its index among the enum's values; an instant is a float.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from sim.language.expressions.types import Type

Value: TypeAlias = bool | int | float


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the text."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a state variable, a parameter, a mark, the present time (name ""), or a draw (its number).

    The time at which an event type `last` happened stands only in `since`, which says how long ago that was.

    In a check also how often an event type has happened (`times`), or whether an outcome is `reached`. In a measure's
    formula another `measure`.
    """

    scope: OneOf["state", "parameter", "mark", "time", "last", "draw", "times", "reached", "measure"]
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation. `real` turns an int into a float and stands wherever one is needed, so the operands of
    arithmetic, comparisons, min, max and if are always of one kind.
    """

    operation: str
    arguments: "tuple[Tree, ...]"
    type: Type
    size: int


@dataclass(frozen=True, slots=True)
class Draw:
    """A random value, by its law; `index` tells the draws of one emission apart."""

    law: str
    arguments: "tuple[Tree, ...]"
    type: Type
    index: int


Tree: TypeAlias = Literal | Read | Apply | Draw


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked tree with the text that it came from and its place, `path:line:column`."""

    tree: Tree
    text: str = ""
    location: str = ""

    @property
    def type(self) -> Type:
        return self.tree.type


def size(tree: Tree) -> int:
    """Count the nodes of a tree, shared ones as often as they are used."""
    return tree.size if isinstance(tree, Apply) else 1


def applied(operation: str, arguments: Sequence[Tree], kind: Type) -> Apply:
    """Return an operation on its arguments."""
    return Apply(operation, tuple(arguments), kind, 1 + sum(map(size, arguments)))


def folded(operation: str, parts: Sequence[Tree], kind: Type) -> Tree:
    """Join the parts in their order, halves first, so that a thousand of them are ten levels deep."""
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) + 1) // 2
    return applied(operation, [folded(operation, half, kind) for half in (parts[:middle], parts[middle:])], kind)


def depth(tree: Tree) -> int:
    """Return how deep a tree is nested; a shared part is looked at once."""
    known: dict[int, int] = {}
    pending = [tree]
    while pending:
        node = pending[-1]
        parts = node.arguments if isinstance(node, Apply | Draw) else ()
        unknown = [part for part in parts if id(part) not in known]
        if unknown:
            pending.extend(unknown)
        else:
            known[id(pending.pop())] = 1 + max((known[id(part)] for part in parts), default=0)
    return known[id(tree)]


def nodes(tree: Tree, *, closed: Callable[[Tree], bool] | None = None) -> Iterator[Tree]:
    """Yield a tree and all its parts, in no certain order; a shared one comes once.

    What stands within a part that is `closed` is left out; the part itself is not.
    """
    seen: set[int] = set()
    pending = [tree]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, Apply | Draw) and not (closed and closed(node)):
            pending.extend(node.arguments)


def reads(tree: Tree, scope: str) -> frozenset[str]:
    """Return the names that a tree reads in one scope."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Read) and node.scope == scope)


def scopes(tree: Tree) -> frozenset[str]:
    """Return the scopes in which a tree reads anything: `parameter`, `last` for what since() asks, and so on."""
    return frozenset(node.scope for node in nodes(tree) if isinstance(node, Read))


ORDERS = frozenset({"lt", "le", "gt", "ge"})


def moves(tree: Tree, relaxing: Collection[str]) -> bool:
    """Return whether the value of a tree changes as time passes; `relaxing` are the variables that do.

    A comparison of what moves does not: it is true or false until it flips.
    """
    return any(
        isinstance(node, Read) and (node.scope in ("time", "last") or (node.scope == "state" and node.name in relaxing))
        for node in nodes(tree, closed=_orders)
    )


def _orders(node: Tree) -> bool:
    return isinstance(node, Apply) and node.operation in ORDERS


def draws(tree: Tree) -> int:
    """Count the random values of a tree."""
    if isinstance(tree, Draw):
        return 1
    return sum(draws(argument) for argument in tree.arguments) if isinstance(tree, Apply) else 0
