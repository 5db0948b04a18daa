"""Indices of families: which values `for` gives them, and what a subscript of them comes to, before any run.

Members that the state chooses are left to `members`.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Container, Mapping
from itertools import product
from typing import TypeAlias

Index: TypeAlias = str | int
Indices: TypeAlias = Mapping[str, Index]  # of a member of a family, by the name of the index

MOST_MEMBERS = 1000
MOST_COMBINATIONS = 20_000
HOW_TO_LIST = f"expected 1..5, or words such as north, south; at most {MOST_MEMBERS}, each once"
HOW_TO_LIST_INDICES = "expected an index and its values, as in 'i in 1..5' or 'p in north, south'"
HOW_TO_LEAVE_OUT = "expected a condition that reads indices alone, such as i != j"

_COUNTED = re.compile(r"\s*(-?\d{1,6})\s*\.\.\s*(-?\d{1,6})\s*")
_EACH = re.compile(r"(?:^|,)\s*([a-z][a-z0-9_]*)\s+in\s")
_CONDITION = re.compile(r"\sif\s")
_WHOLE: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}  # fmt: skip
_ORDERS: Mapping[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def index_of(node: ast.expr, indices: Indices) -> Index | None:
    """Return the number or the word that a subscript is; None where it is neither, as what reads the state is not."""
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            return indices.get(name, name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = index_of(operand, indices)
            return -inner if isinstance(inner, int) else None
        case ast.BinOp(left=left, op=sign, right=right):
            first, second = index_of(left, indices), index_of(right, indices)
            if type(sign) in _WHOLE and isinstance(first, int) and isinstance(second, int):
                divides = isinstance(sign, ast.FloorDiv | ast.Mod)
                return None if divides and second == 0 else _WHOLE[type(sign)](first, second)
    return None


def subscripts(node: ast.expr) -> list[ast.expr]:
    """Return what stands between the brackets of a member, an index each."""
    return node.elts if isinstance(node, ast.Tuple) else [node]


def member_of(node: ast.expr, indices: Indices) -> str | None:
    """Return the member that brackets name, such as `2`, `north` or `1,2`; None where one of them reads something."""
    found = [index_of(part, indices) for part in subscripts(node)]
    return None if None in found else ",".join(map(str, found))


def holds(node: ast.expr, indices: Indices) -> bool | None:
    """Return whether a condition on indices holds; None where it is none: it reads something else, or orders words."""
    match node:
        case ast.BoolOp(op=joined, values=values):
            found = [holds(value, indices) for value in values]
            return None if None in found else (all if isinstance(joined, ast.And) else any)(map(bool, found))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = holds(operand, indices)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=signs, comparators=others):
            sides = [index_of(side, indices) for side in (left, *others)]
            steps = [_compared(*step) for step in zip(signs, sides, sides[1:], strict=False)]
            return None if None in steps else all(steps)
    return None


def _compared(sign: ast.cmpop, one: Index | None, other: Index | None) -> bool | None:
    if one is None or other is None or isinstance(one, int) != isinstance(other, int):
        return None
    if isinstance(sign, ast.Eq | ast.NotEq):
        return (one == other) == isinstance(sign, ast.Eq)
    if isinstance(one, int) and isinstance(other, int) and type(sign) in _ORDERS:
        return _ORDERS[type(sign)](one, other)
    return None


def values_of(listed: str) -> list[Index]:
    """Return the values that `1..5` or `north, south` lists. Raise ValueError if it lists none, or too many."""
    counted = _COUNTED.fullmatch(listed)
    values: list[Index]
    if counted:
        first, last = int(counted[1]), int(counted[2])
        values = list(range(first, min(last, first + MOST_MEMBERS) + 1))
    else:
        values = [word.strip() for word in listed.strip(" {}").split(",")]
    good = all(isinstance(value, int) or re.fullmatch(r"[a-z][a-z0-9_]*", value) for value in values)
    if not values or len(values) > MOST_MEMBERS or len(set(values)) < len(values) or not good:
        raise ValueError(f"'{listed.strip()}' names no members", HOW_TO_LIST)
    return values


def indices_in(family: str) -> list[str]:
    """Return the names of the indices of `i in 1..3, j in 1..3 if i != j`."""
    return [match[1] for match in _EACH.finditer(_CONDITION.split(family, maxsplit=1)[0])]


def members_in(family: str, indices: Indices, *, may_be_none: bool = False) -> list[Indices]:
    """Return the indices of each member of `i in 1..3, j in 1..3 if i != j`, in the order in which they are counted.

    `indices` are those of the place at hand, which the condition may read. It may leave out all only if there
    `may_be_none`. Raise ValueError with a message and a note.
    """
    listing, *condition = _CONDITION.split(family, maxsplit=1)
    starts = list(_EACH.finditer(listing))
    ends = [match.start() for match in starts[1:]] + [len(listing)]
    names = [match[1] for match in starts]
    if not starts or starts[0].start() > 0:
        raise ValueError(f"'{family}' lists no values of an index", HOW_TO_LIST_INDICES)
    axes = [values_of(listing[match.end() : end]) for match, end in zip(starts, ends, strict=True)]
    if math.prod(map(len, axes)) > MOST_COMBINATIONS:
        raise ValueError(f"'{family}' has more than {MOST_COMBINATIONS:,} combinations of indices", HOW_TO_LIST)
    found: list[Indices] = [dict(zip(names, values, strict=True)) for values in product(*axes)]
    if condition:
        test = _condition_of(
            condition[0].strip(), {*indices, *names, *indices.values(), *(one for axis in axes for one in axis)}
        )
        held = [holds(test, {**indices, **one}) for one in found]
        if None in held:
            raise ValueError(f"'{condition[0].strip()}' does not compare indices", HOW_TO_LEAVE_OUT)
        found = [one for one, kept in zip(found, held, strict=True) if kept]
    if len(found) > MOST_MEMBERS or not (found or may_be_none):
        raise ValueError(f"'{family}' names {len(found) or 'no'} members", HOW_TO_LIST)
    return found


def _condition_of(text: str, known: Container[Index]) -> ast.expr:
    """Return the syntax of a condition on indices. Raise ValueError if it is none, or has a word that is not known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{text}' does not compare indices", HOW_TO_LEAVE_OUT) from None
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in known:
            raise ValueError(f"'{part.id}' is neither an index nor a value of one", HOW_TO_LEAVE_OUT)
    return node
