"""The types of numbers and dates: what arithmetic makes of them, and how a value fits another type (E302, E303)."""

import ast
from datetime import datetime

from sim.language.expressions import operations
from sim.language.expressions.grammar import Text
from sim.language.expressions.members import widened
from sim.language.expressions.scope import Scope, Wrong
from sim.language.expressions.tree import Literal, Tree, applied, folded
from sim.language.expressions.types import RATE, REAL, TIME, Instant, Integer, Number, Real, Type, common, product

_ORIGIN = datetime(2030, 1, 1)  # noqa: DTZ001 - dates of models carry no zone
_NO_DATES = (
    f"this model has no dates to compare with: give it an origin, as in time: {{unit: day, origin: {_ORIGIN:%Y-%m-%d}}}"
)
_WITHOUT_DATES = (_NO_DATES, "or ask how long ago an event was: since(event) > 5 days")


class NumberTypes:
    """The part of the checking of an expression that knows numbers."""

    def __init__(self, text: Text, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def arithmetic(self, node: ast.BinOp, operator: ast.operator, left: Tree, right: Tree) -> Tree:
        name = operations.ARITHMETIC[type(operator)]
        if isinstance(left.type, Instant) or isinstance(right.type, Instant):
            return self.instants(node, name, left, right)
        one, other = self.numeric(left, node.left), self.numeric(right, node.right)
        if name == "pow":
            return self.power(node, left, right, one)
        if name in ("add", "sub", "mod"):
            joint = self.joint(node, left.type, right.type, "mix")
        else:
            unit = product(one.unit, other.unit, 1 if name == "mul" else -1)
            whole = isinstance(one, Integer) and isinstance(other, Integer) and name != "div"
            joint = Integer(unit) if whole else Real(unit)
        if name in ("mod", "floordiv") and not isinstance(joint, Integer):
            raise Wrong("E302", "'//' and '%' are for whole numbers", node, "use floor(x / y) for real numbers")
        return self.apply(name, [self.widen(left, joint), self.widen(right, joint)], joint)

    def instants(self, node: ast.BinOp, name: str, left: Tree, right: Tree) -> Tree:
        instant, duration = self.scope.calendar.instant(), self.scope.calendar.duration()
        one, other = isinstance(left.type, Instant), isinstance(right.type, Instant)
        if name == "sub" and one and other:
            return self.apply(name, [left, right], duration)
        if name in ("add", "sub") and one:
            return self.apply(name, [left, self.fit(right, duration, node.right)], instant)
        if name == "add" and other:
            return self.apply(name, [self.fit(left, duration, node.left), right], instant)
        date = self.text.piece(node.left if one else node.right)
        origin = self.scope.calendar.origin
        notes = [] if origin else [_NO_DATES]
        notes.append(f"({date} - {origin or _ORIGIN:%Y-%m-%d}) is a length of time; divided by 1 day it is a number")
        raise Wrong("E302", "dates can be subtracted, and moved by a length of time; nothing else", node, *notes)

    def power(self, node: ast.BinOp, left: Tree, right: Tree, base: Number) -> Tree:
        if isinstance(right, Literal) and isinstance(right.type, Integer):
            exponent = int(right.value)
            if abs(exponent) > operations.GREATEST_POWER:
                raise Wrong("E204", f"a power above {operations.GREATEST_POWER}", node.right)
            unit = product((), base.unit or (), exponent)
            if isinstance(base, Integer) and exponent >= 0:
                return self.apply("ipow", [left, right], Integer(unit))
            return self.apply("pow", [self.widen(left, REAL), self.widen(right, REAL)], Real(unit))
        for side, tree in ((node.left, left), (node.right, right)):
            self.plain(tree, side, "a power that is not a whole number")
        return self.apply("pow", [self.widen(left, REAL), self.widen(right, REAL)], REAL)

    def numeric(self, tree: Tree, node: ast.AST) -> Number:
        """Return the type of a number. Raise Wrong if it is of another type (E302)."""
        if isinstance(tree.type, Number):
            return tree.type
        raise Wrong("E302", f"expected a number but '{self.text.piece(node)}' is {tree.type}", node)

    def joint(self, node: ast.AST, one: Type, other: Type, verb: str) -> Type:
        joint = common(one, other)
        if joint is None:
            code = "E303" if isinstance(one, Number) and isinstance(other, Number) else "E302"
            dateless = self.scope.calendar.origin is None and Instant() in (one, other)
            raise Wrong(code, f"cannot {verb} {one} and {other}", node, *(_WITHOUT_DATES if dateless else ()))
        return joint

    def plain(self, tree: Tree, node: ast.AST, where: str) -> None:
        if self.numeric(tree, node).unit:
            raise Wrong("E303", f"{where} wants a number without a unit, but this is {tree.type}", node)

    def fit(self, tree: Tree, wanted: Type, node: ast.AST) -> Tree:
        """Return the tree as a value of the wanted type, or complain of its kind (E302) or unit (E303)."""
        if isinstance(wanted, Number) and isinstance(tree.type, Number):
            if tree.type.unit is not None and wanted.unit is not None and tree.type.unit != wanted.unit:
                unit = self.scope.calendar.unit
                examples = {TIME: (f"write the unit: 5 {unit}s",), RATE: (f"write the unit: 0.2 per {unit}",)}
                notes = examples.get(wanted.unit, ())
                raise Wrong("E303", f"expected {wanted}, but this is {tree.type}", node, *notes)
            if isinstance(wanted, Integer) and isinstance(tree.type, Real):
                message = "expected a whole number, but this may be a fraction"
                raise Wrong("E302", message, node, "use floor() or ceil()")
            return self.widen(tree, wanted)
        if tree.type != wanted:
            raise Wrong("E302", f"expected {wanted}, but this is {tree.type}", node)
        return tree

    def widen(self, tree: Tree, kind: Type) -> Tree:
        """Return a whole number as a real where one is wanted, and everything else as it is."""
        return widened(tree, kind)

    def fold(self, operation: str, parts: list[Tree], kind: Type) -> Tree:
        return folded(operation, parts, kind)

    def apply(self, operation: str, arguments: list[Tree], kind: Type) -> Tree:
        return applied(operation, arguments, kind)
