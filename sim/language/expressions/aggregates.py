"""Functions over the members of a family, or over what stands before a `for`: sums, extremes, the first of them.

What each member is, is left to `typing`. `first` is the index of the first condition that holds, and else what is given
for that; `argmin` and `argmax` are the index of the least and the greatest value, the first one of equals.
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import product

from sim.language.expressions.grammar import Text
from sim.language.expressions.indices import MOST_COMBINATIONS, Index, Indices, holds, values_of
from sim.language.expressions.members import is_number, widened
from sim.language.expressions.operations import FUNCTIONS, OVER_FAMILIES, RANDOM
from sim.language.expressions.scope import Scope, Wrong
from sim.language.expressions.tree import Literal, Tree, applied, folded
from sim.language.expressions.types import BOOL, INT, Bool, Enumeration, Instant, Integer, Type, common

_OF_CONDITIONS = ("count", "any", "all", "first")
_OPERATIONS = {"any": "or", "all": "and", "sum": "add"}
_OF_NONE = {"any": Literal(value=False, type=BOOL), "all": Literal(value=True, type=BOOL),
            "count": Literal(0, INT), "sum": Literal(0, Integer(None))}  # fmt: skip


def goes_over(name: str, arguments: Sequence[ast.expr], scope: Scope) -> bool:
    """Return whether a function goes over a family, or over what stands before a `for`."""
    if name not in OVER_FAMILIES or not arguments:
        return False
    over, *others = arguments
    family = isinstance(over, ast.Name) and over.id in scope.families
    return isinstance(over, ast.GeneratorExp) or (family and (name == "first" or not others))


def over(
    name: str, members: ast.expr, text: Text, scope: Scope, infer: Callable[[ast.expr, Scope], Tree],
    otherwise: Tree | None,
) -> Tree:  # fmt: skip
    """Return what a function makes of the members that its argument names; `infer` gives a tree in a scope."""
    if isinstance(members, ast.GeneratorExp):
        each = {key: infer(members.elt, replace(scope, indices=indices))
                for key, indices in each_index(members, text, scope)}  # fmt: skip
        return joined(name, each, members.elt, text, otherwise)
    assert isinstance(members, ast.Name), "what is no `for` is the name of a family"
    family = scope.families[members.id]
    if otherwise is not None:
        return joined(name, family, members, text, otherwise)
    if (name, members.id) not in scope.joined:
        scope.joined[name, members.id] = joined(name, family, members, text, None)
    return scope.joined[name, members.id]


def joined(name: str, members: Mapping[str, Tree], node: ast.expr, text: Text, otherwise: Tree | None) -> Tree:
    """Return what the function `name` makes of members, by their indices; `node` is what they are members of."""
    if not members:
        if name == "first" and otherwise is not None:
            return otherwise
        if name not in _OF_NONE:
            raise Wrong("E312", f"{name}() has nothing to go over here", node, "no value of the index is left")
        return _OF_NONE[name]
    kind = _kind(name, members, node, text)
    parts = [widened(member, kind) for member in members.values()]
    if name == "count":
        one, zero = Literal(1, INT), Literal(0, INT)
        return folded("add", [applied("if", [part, one, zero], INT) for part in parts], INT)
    if name not in ("first", "argmin", "argmax"):
        return folded(_OPERATIONS.get(name, name), parts, kind)
    if not all(is_number(key) for key in members):
        what = "has two indices" if any("," in key for key in members) else "is a word"
        note = f"go over one index that is a number: {name}(x[j] for j in 1..3)"
        raise Wrong("E312", f"{name}() gives an index, and a member of '{text.piece(node)}' {what}", node, note)
    pairs = [part for key, member in zip(members, parts, strict=True) for part in (Literal(int(key), INT), member)]
    if name == "first":
        return applied("first", [otherwise or applied("nowhere", [], INT), *pairs], INT)
    return applied(name, pairs, INT)


def _kind(name: str, members: Mapping[str, Tree], node: ast.expr, text: Text) -> Type:
    """Return the type that all members have. Raise Wrong if it is none that the function takes."""
    kind = next(iter(members.values())).type
    if (name in _OF_CONDITIONS) != isinstance(kind, Bool):
        wanted = "conditions" if name in _OF_CONDITIONS else "numbers"
        raise Wrong("E302", f"{name}() is for a family of {wanted}, but '{text.piece(node)}' is {kind}", node)
    if isinstance(kind, Enumeration) or (name == "sum" and isinstance(kind, Instant)):
        raise Wrong("E302", f"{name}() is for a family of numbers, but '{text.piece(node)}' is {kind}", node)
    return reduce(lambda one, other: common(one, other) or one, [member.type for member in members.values()])


def each_index(over: ast.GeneratorExp, text: Text, scope: Scope) -> Iterator[tuple[str, Indices]]:
    """Yield the indices that a `for` gives values, as a member's name, and all indices there are with them."""
    names: list[str] = []
    axes: list[list[Index]] = []
    for each in over.generators:
        target = each.target
        if not isinstance(target, ast.Name):
            raise Wrong("E202", "a `for` has one index", target, "expected for i in 1..3 for j in 1..3")
        if scope.knows(target.id) or target.id in ("time", "true", "false", *FUNCTIONS, *RANDOM):
            raise Wrong("E304", f"the index '{target.id}' has the name of something else", target)
        if target.id in scope.indices or target.id in names:
            raise Wrong("E304", f"the index '{target.id}' stands here already", target)
        names.append(target.id)
        axes.append(_values(each.iter, text))
    if math.prod(map(len, axes)) > MOST_COMBINATIONS:
        raise Wrong("E204", f"a `for` with more than {MOST_COMBINATIONS:,} combinations of indices", over)
    tests = [test for each in over.generators for test in each.ifs]
    known = {*names, *scope.indices, *scope.indices.values(), *(value for axis in axes for value in axis)}
    for test in tests:
        for part in ast.walk(test):
            if isinstance(part, ast.Name) and part.id not in known:
                message = f"'{text.piece(part)}' is neither an index nor a value of one"
                raise Wrong("E312", message, part, *_HOW_TO_LEAVE_OUT)
    for values in product(*axes):
        indices = {**scope.indices, **dict(zip(names, values, strict=True))}
        held = [holds(test, indices) for test in tests]
        if None in held:
            raise Wrong("E312", "this does not compare indices", tests[held.index(None)], *_HOW_TO_LEAVE_OUT)
        if all(held):
            yield ",".join(map(str, values)), indices


_HOW_TO_LEAVE_OUT = (
    "what stands after `if` leaves values of the index out, whatever the state is: j != 2",
    "for a condition on the state write sum(x[j] if up[j] else 0 for j in 1..3)",
)


def _values(node: ast.expr, text: Text) -> list[Index]:
    """Return the values that an index runs over."""
    counted = text.counted.get(text.column(node.col_offset)) if isinstance(node, ast.Name) else None
    words = [word.id for word in node.elts if isinstance(word, ast.Name)] if isinstance(node, ast.Set) else []
    listed = counted or ", ".join(words)
    try:
        if counted is None and (not isinstance(node, ast.Set) or len(words) < len(node.elts)):
            raise ValueError
        return values_of(listed)
    except ValueError:
        message = f"'{text.piece(node)}' names no members"
        raise Wrong("E312", message, node, "expected for j in 1..5, or for p in {north, south}") from None
