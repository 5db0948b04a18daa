"""The parts of a condition that must all hold, each as its author wrote it.

Owns the way back from a checked tree to its text: what `typing` folded together is taken apart in the same order.
"""

import ast

from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import Text, parse
from sim.language.expressions.tree import Apply, Expression, Tree
from sim.language.yaml.parser import Document


def conjuncts(condition: Expression) -> list[Expression]:
    """Return what stands between the `and`s of a condition that are in no `or`, `not` or `if`; else all of it.

    A derived quantity and a chained comparison, whose trees hold an `and` that is not in the text, stay whole.
    """
    text = Text(text=condition.text, document=Document(path="", text=condition.text), start=0)
    parsed = parse(text, Complaints())
    return [condition] if parsed is None else list(_parts(parsed, condition.tree, text))


def _parts(node: ast.expr, tree: Tree, text: Text) -> list[Expression]:
    if not (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And)):
        return [Expression(tree, text.piece(node))]
    trees = _unfolded(tree, len(node.values))
    return [part for value, inner in zip(node.values, trees, strict=True) for part in _parts(value, inner, text)]


def _unfolded(tree: Tree, count: int) -> list[Tree]:
    """Take apart what `typing` folded: halves first, the longer one in front."""
    if count == 1:
        return [tree]
    assert isinstance(tree, Apply), "a condition of several parts is an `and` of them"
    first, second = tree.arguments
    middle = (count + 1) // 2
    return _unfolded(first, middle) + _unfolded(second, count - middle)
