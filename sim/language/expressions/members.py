"""Members of families: the one that a subscript names, or the one that the state chooses in the course of a run (E312).

A member that is chosen is an operation on all those that it may be: `member` of a place, which counts from 0, and of
what stands at each. `place` is how far an index is above the least one; an index beyond the greatest has none, and a
combination of indices that the family leaves out is `missing`. What these come to is `sim.model.expression`'s.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TypeAlias

from sim.language.expressions.grammar import Text
from sim.language.expressions.indices import index_of, member_of, subscripts
from sim.language.expressions.scope import KNOWN_ALREADY, Scope, Wrong, refuse_removed
from sim.language.expressions.tree import Apply, Literal, Tree, size
from sim.language.expressions.types import INT, Enumeration, Integer, Real, Type, common
from sim.language.suggest import did_you_mean

Family: TypeAlias = Mapping[str, Tree]
Infer: TypeAlias = Callable[[ast.expr], Tree]

MOST_TO_CHOOSE_FROM = 5000


@dataclass(frozen=True, slots=True)
class _Choice:
    """An index that the state chooses: its place, and the member's part of the name at each place, with its value."""

    place: Tree
    options: tuple[tuple[str, Literal], ...]


def member(node: ast.Subscript, name: str, text: Text, scope: Scope, infer: Infer) -> Tree:
    """Return the member of a family that `name[...]` names or chooses; `infer` gives the tree of an index."""
    family = scope.families.get(name)
    if family is None:
        if name in scope.broken:
            raise Wrong(KNOWN_ALREADY, "", node)
        if name not in scope.names:
            refuse_removed(node.value, name, text)
        near = did_you_mean(name, scope.families)
        if name in scope.names:
            raise Wrong("E312", f"'{name}' has no members: it is not a family", node.value, *near)
        message = f"'{text.piece(node.value)}' is not a family that can be read here"
        raise Wrong("E312", message, node.value, f"expected {scope.what}", *near)
    key = member_of(node.slice, scope.indices)
    if key is not None and key in family:
        return family[key]
    axes = axes_of(family)
    given = subscripts(node.slice)
    if len(given) != len(axes):
        wanted = "one index" if len(axes) == 1 else f"{len(axes)} indices"
        message = f"a member of '{name}' has {wanted}, not {len(given)}"
        raise Wrong("E312", message, node.slice, _members(family))
    chosen = []
    for part, axis in zip(given, axes, strict=True):
        found = _index(part, axis, name, text, scope, infer)
        if found is None:
            raise _no_member(node.slice, part, name, family, scope)
        chosen.append(found)
    if not any(isinstance(one, _Choice) for one in chosen):  # each index is one of a member, but not all of the same
        raise _no_member(node.slice, node.slice, name, family, scope)
    return _chosen(node, chosen, family)


def axes_of(family: Family) -> list[dict[str, None]]:
    """Return what each index of a family's members may be."""
    return [dict.fromkeys(parts) for parts in zip(*(key.split(",") for key in family), strict=True)]


def _index(
    node: ast.expr, axis: Mapping[str, None], name: str, text: Text, scope: Scope, infer: Infer
) -> "_Choice | Literal | None":
    """Return one index of a member, fixed or chosen; None if it is a number or a word that no member has."""
    found = index_of(node, scope.indices)
    if found is not None and str(found) in axis:
        return _value(str(found))
    readable = not isinstance(node, ast.Name) or (
        scope.knows(node.id) or node.id == "time" or text.quantity(node) is not None
    )
    if isinstance(found, int) or not readable:
        return None
    tree = infer(node)
    numbered = is_number(next(iter(axis)))
    if isinstance(tree.type, Integer) and not tree.type.unit and numbered:
        low, high = (end(int(one) for one in axis) for end in (min, max))
        options = tuple((str(value), Literal(value, INT)) for value in range(low, high + 1))
        return _Choice(_place(tree, low, high), options)
    if isinstance(tree.type, Enumeration) and any(word in axis for word in tree.type.values):
        words = tree.type.values
        options = tuple((word, Literal(place, tree.type)) for place, word in enumerate(words))
        return _Choice(_place(tree, 0, len(words) - 1), options)
    members = f"the members of '{name}' are " + ", ".join(list(axis)[:12])
    wanted = "a whole number" if numbered else "an enum with words that are members"
    note = ("use floor() or ceil()",) if numbered and isinstance(tree.type, Real) and not tree.type.unit else ()
    message = f"a member of '{name}' is chosen by {wanted}, but '{text.piece(node)}' is {tree.type}"
    raise Wrong("E312", message, node, members, *note)


def is_number(key: str) -> bool:
    """Return whether an index of a member is a number, and no word."""
    return key.lstrip("-").isdigit()


def _value(key: str) -> Literal:
    """Return a part of a member's name as a value."""
    return Literal(int(key), INT) if is_number(key) else Literal(0, Enumeration((key,)))


def _place(index: Tree, low: int, high: int) -> Tree:
    return Apply("place", (index, Literal(low, INT), Literal(high, INT)), INT, 3 + size(index))


def _chosen(node: ast.AST, chosen: "Sequence[_Choice | Literal]", family: Family) -> Tree:
    """Return the choice among the members that the indices can come to."""
    choices = [one for one in chosen if isinstance(one, _Choice)]
    many = math.prod(len(one.options) for one in choices)
    if many > MOST_TO_CHOOSE_FROM:
        raise Wrong("E204", f"a choice among {many:,} members; at most {MOST_TO_CHOOSE_FROM:,}", node)
    place = choices[0].place
    for one in choices[1:]:
        width = Literal(len(one.options), INT)
        scaled = Apply("mul", (place, width), INT, 2 + size(place))
        place = Apply("add", (scaled, one.place), INT, 1 + size(scaled) + size(one.place))
    kind = _joint(family)
    members: list[Tree] = []
    for values in product(*(one.options if isinstance(one, _Choice) else ((_name(one), one),) for one in chosen)):
        found = family.get(",".join(key for key, _ in values))
        members.append(missing([value for _, value in values], kind) if found is None else widened(found, kind))
    total = 1 + size(place) + sum(size(one) for one in members)
    return Apply("member", (place, *members), kind, total)


def _name(value: Literal) -> str:
    return value.type.values[int(value.value)] if isinstance(value.type, Enumeration) else str(value.value)


def missing(values: Sequence[Tree], kind: Type) -> Tree:
    """Return what has no value: the member with these indices, which a family leaves out."""
    return Apply("missing", tuple(values), kind, 1 + len(values))


def _joint(family: Family) -> Type:
    kinds = dict.fromkeys(one.type for one in family.values())
    return reduce(lambda one, other: common(one, other) or one, kinds)


def widened(tree: Tree, kind: Type) -> Tree:
    """Return a whole number as a real where one is wanted, and everything else as it is."""
    if not isinstance(kind, Real) or not isinstance(tree.type, Integer):
        return tree
    real = Real(tree.type.unit)
    if isinstance(tree, Literal):
        return Literal(float(tree.value), real)
    return Apply("real", (tree,), real, 1 + size(tree))


def _no_member(brackets: ast.expr, part: ast.expr, name: str, family: Family, scope: Scope) -> Wrong:
    """Return the complaint that a family has no such member; `part` is the index that no member has."""
    given = [index_of(one, scope.indices) for one in subscripts(brackets)]
    key = ",".join("?" if one is None else str(one) for one in given)
    return Wrong("E312", f"'{name}' has no member '{key}'", brackets, *_member_notes(part, family, scope))


def _members(family: Family) -> str:
    shown = [f"({key.replace(',', ', ')})" if "," in key else key for key in list(family)[:12]]
    return "its members: " + ", ".join(shown)


def _member_notes(node: ast.expr, family: Family, scope: Scope) -> tuple[str, ...]:
    if not isinstance(node, ast.Name):
        return (_members(family),)
    if node.id in scope.indices:
        return (_members(family), f"the index '{node.id}' is {scope.indices[node.id]} here")
    indices = ", ".join(f"'{index}'" for index in scope.indices)
    known = f"the index here is {indices}" if indices else "there is no index here"
    return (_members(family), f"{known}; one is declared where the thing itself is, such as for: {node.id} in 1..3")
