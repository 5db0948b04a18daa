"""What an expression means: names looked up, types and units checked, a typed tree made (E2, E3).

The rules of typing stand here and in `operations`; `scope` says what names stand for.
"""

import ast
from collections.abc import Callable

from sim.language.diagnostics import Complaints
from sim.language.expressions import aggregates, operations, scope
from sim.language.expressions.grammar import Text, parse
from sim.language.expressions.members import member, widened
from sim.language.expressions.scope import KNOWN_ALREADY, Scope, Wrong
from sim.language.expressions.tree import Draw, Expression, Literal, Read, Tree, applied, depth, folded, size
from sim.language.expressions.types import (
    BOOL,
    INT,
    RATE,
    REAL,
    TIME,
    Bool,
    Enumeration,
    Instant,
    Integer,
    Number,
    Real,
    Type,
    common,
    day_after,
    is_day,
    product,
)
from sim.language.expressions.typos import FUNCTIONS
from sim.language.suggest import did_you_mean

MOST_NODES = 5000
MOST_LEVELS = 200


def check(text: Text, scope: Scope, wanted: Type | None, complaints: Complaints) -> Expression | None:
    """Check a text against the type that its place wants (None: any). Return None after complaining."""
    parsed = None if text.refused else parse(text, complaints)
    if parsed is None:
        return None
    checker = _Checker(text, scope, complaints)
    try:
        tree = checker.infer(parsed, wanted)
        if wanted is not None:
            tree = checker.fit(tree, wanted, parsed)
        if size(tree) > MOST_NODES:
            raise Wrong("E204", f"with the derived quantities in it this has over {MOST_NODES} parts", parsed)
        if depth(tree) > MOST_LEVELS:
            raise Wrong("E204", f"with the derived quantities in it this is nested over {MOST_LEVELS} deep", parsed)
    except Wrong as wrong:
        checker.complain(wrong)
        return None
    except RecursionError:
        complaints.add("E204", "the expression is nested too deeply", text.span())
        return None
    return Expression(tree, text.text, text.span().location)


class _Checker:
    def __init__(self, text: Text, scope: Scope, complaints: Complaints) -> None:
        self.text = text
        self.scope = scope
        self.complaints = complaints
        self.draws = 0
        self.elements = 0

    def infer(self, node: ast.expr, hint: Type | None = None) -> Tree:
        """Return the typed tree of a node; `hint` says which enum a bare word may belong to."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return scope.number(node, value)
            case ast.Name():
                return scope.name(node, hint, self.text, self.scope)
            case ast.Subscript(value=ast.Name(id=name)):
                return member(node, name, self.text, self.scope, self.infer)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.apply("not", [self.condition(operand)], BOOL)
            case ast.UnaryOp(op=operator, operand=operand):
                inner = self.number_of(operand)
                if isinstance(inner, Literal):
                    return Literal(-inner.value if isinstance(operator, ast.USub) else inner.value, inner.type)
                return inner if isinstance(operator, ast.UAdd) else self.apply("neg", [inner], inner.type)
            case ast.BoolOp(op=operator, values=values):
                parts = self.each(self.condition, values)
                return self.fold("and" if isinstance(operator, ast.And) else "or", parts, BOOL)
            case ast.BinOp(left=left, op=operator, right=right):
                return self.arithmetic(node, operator, *self.each(self.infer, [left, right]))
            case ast.Compare():
                return self.comparison(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen, other = self.pair(node, body, orelse, hint)
                return self.apply("if", [self.condition(test), chosen, other], chosen.type)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(node, name, arguments)
        raise AssertionError(f"the parser let {type(node).__name__} through")

    def each(self, infer: Callable[[ast.expr], Tree], nodes: list[ast.expr]) -> list[Tree]:
        """Infer all of the nodes, so that each one's complaint is heard before the first of them counts."""
        trees = []
        failed: Wrong | None = None
        for node in nodes:
            try:
                trees.append(infer(node))
            except Wrong as wrong:
                self.complain(wrong)
                failed = wrong
        if failed is not None:
            raise Wrong(KNOWN_ALREADY, "", failed.node)
        return trees

    def complain(self, wrong: Wrong) -> None:
        unknown = wrong.code in ("E301", "E307", "E312") and self.complaints.doubts(self.text.piece(wrong.node))
        if wrong.code != KNOWN_ALREADY and not unknown:
            self.complaints.add(wrong.code, wrong.message, self.text.span(wrong.node), *wrong.notes)

    def condition(self, node: ast.expr) -> Tree:
        return self.fit(self.infer(node), BOOL, node)

    def number_of(self, node: ast.expr) -> Tree:
        tree = self.infer(node)
        self.numeric(tree, node)
        return tree

    def numeric(self, tree: Tree, node: ast.AST) -> Number:
        """Return the type of a number. Raise Wrong if it is of another type (E302)."""
        if isinstance(tree.type, Number):
            return tree.type
        raise Wrong("E302", f"expected a number but '{self.text.piece(node)}' is {tree.type}", node)

    def arithmetic(self, node: ast.BinOp, operator: ast.operator, left: Tree, right: Tree) -> Tree:
        name = operations.ARITHMETIC[type(operator)]
        if isinstance(left.type, Instant) or isinstance(right.type, Instant):
            return self.instants(node, name, left, right)
        one, other = self.numeric(left, node.left), self.numeric(right, node.right)
        if name == "pow":
            return self.power(node, left, right, one)
        if name in ("add", "sub", "mod"):
            joint = self.joint(node, left, right, "mix")
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
        raise Wrong("E302", "dates can be subtracted, and moved by a length of time; nothing else", node)

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

    def comparison(self, node: ast.Compare) -> Tree:
        parts: list[Tree] = []
        sides = [node.left, *node.comparators]
        for operator, first, second in zip(node.ops, sides, sides[1:], strict=False):
            words = (
                scope.words(first, second, self.text, self.scope) if isinstance(operator, ast.Eq | ast.NotEq) else None
            )
            if words is not None:
                parts.append(Literal((words[0] == words[1]) == isinstance(operator, ast.Eq), BOOL))
                continue
            left, right = self.pair(node, first, second, None)
            name = operations.COMPARISONS[type(operator)]
            if name not in ("eq", "ne") and isinstance(left.type, Bool | Enumeration):
                raise Wrong("E302", f"'{self.text.piece(first)}' is {left.type}: it has no order", first)
            self.look_at_days(name, (first, left), (second, right))
            parts.append(self.apply(name, [left, right], BOOL))
        return self.fold("and", parts, BOOL)

    def look_at_days(self, name: str, one: tuple[ast.expr, Tree], other: tuple[ast.expr, Tree]) -> None:
        """Warn of a comparison with the beginning of a day where the whole day may be meant (W323)."""
        for (day, _), (node, tree), doubtful in ((one, other, ("ge", "lt")), (other, one, ("le", "gt"))):
            quantity = self.text.quantity(day) if isinstance(day, ast.Name) else None
            if quantity is None or not is_day(quantity.date) or isinstance(tree, Literal):
                continue
            if name in doubtful or (name in ("eq", "ne") and isinstance(tree, Read) and tree.scope == "time"):
                self.complaints.warn(
                    "W323",
                    f"this compares with the beginning of {quantity.date}, not with the whole day",
                    self.text.span(day),
                    *_for_the_whole_day(self.text.piece(node), name, quantity.date),
                    f"write {quantity.date}T00:00 if the beginning is meant",
                )

    def pair(self, node: ast.AST, first: ast.expr, second: ast.expr, hint: Type | None) -> tuple[Tree, Tree]:
        """Check two sides that must be of one type; each may tell the other which enum a word belongs to."""
        if self.is_word(first) and not self.is_word(second):
            right = self.infer(second, hint)
            left = self.infer(first, right.type)
        else:
            left = self.infer(first, hint)
            right = self.infer(second, left.type if isinstance(left.type, Enumeration) else hint)
        joint = self.joint(node, left, right, "compare" if isinstance(node, ast.Compare) else "choose between")
        return self.widen(left, joint), self.widen(right, joint)

    def is_word(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in self.scope.names and self.text.quantity(node) is None

    def joint(self, node: ast.AST, left: Tree, right: Tree, verb: str) -> Type:
        joint = common(left.type, right.type)
        if joint is None:
            numbers = isinstance(left.type, Number) and isinstance(right.type, Number)
            code = "E303" if numbers else "E302"
            raise Wrong(code, f"cannot {verb} {left.type} and {right.type}", node)
        return joint

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Tree:
        if aggregates.goes_over(name, arguments, self.scope):
            if len(arguments) > 1 and name != "first":
                raise Wrong("E203", f"{name}() takes one family, or one `for`, and nothing beside it", node)
            otherwise = self.fit(self.infer(arguments[1]), INT, arguments[1]) if len(arguments) > 1 else None
            return aggregates.over(name, arguments[0], self.text, self.scope, self.within, otherwise)
        if name in operations.RANDOM:
            return self.random(node, name, arguments)
        if name in operations.OCCURRENCES:
            return scope.occurrence(node, name, self.text, self.scope)
        known = operations.FUNCTIONS.get(name)
        if known is None:
            random = operations.RANDOM if self.scope.random else ()
            looking_back = operations.OCCURRENCES if self.scope.occurring else ()
            known_names = [*operations.FUNCTIONS, *random, *looking_back]
            notes = (FUNCTIONS[name],) if name in FUNCTIONS else did_you_mean(name, known_names)
            raise Wrong("E203", f"unknown function '{self.text.piece(node.func)}'", node.func, *notes)
        if not known[0] <= len(arguments) <= known[1]:
            raise Wrong("E203", f"{name}() takes {known[2]}, but got {len(arguments)}", node)
        if name in operations.OVER_FAMILIES - {"min", "max"}:
            self.infer(arguments[0])
            what = f"'{self.text.piece(arguments[0])}' is not one"
            raise Wrong("E203", f"{name}() takes {known[2]}, and {what}", node, f"expected {name}(x[j] for j in 1..3)")
        if name in ("min", "max", "clamp"):
            return self.extremes(name, arguments)
        inner = self.number_of(arguments[0])
        kind = self.numeric(inner, arguments[0])
        if name == "abs":
            return self.apply("abs", [inner], kind)
        if name in ("floor", "ceil"):
            self.plain(inner, arguments[0], f"{name}()")
            return inner if isinstance(kind, Integer) else self.apply(name, [inner], INT)
        if name == "sqrt":
            unit = kind.unit or ()
            if any(power % 2 for _, power in unit):
                raise Wrong("E303", f"the root of {kind} has no unit", arguments[0])
            result = Real(tuple((base, power // 2) for base, power in unit))
            return self.apply("sqrt", [self.widen(inner, REAL)], result)
        self.plain(inner, arguments[0], f"{name}()")
        return self.apply(name, [self.widen(inner, REAL)], REAL)

    def extremes(self, name: str, arguments: list[ast.expr]) -> Tree:
        parts = self.each(self.infer, arguments)
        joint = parts[0].type
        for argument, tree in zip(arguments, parts, strict=True):
            if isinstance(tree.type, Bool | Enumeration):
                raise Wrong("E302", f"expected a number but '{self.text.piece(argument)}' is {tree.type}", argument)
            found = common(joint, tree.type)
            if found is None:
                raise Wrong("E303", f"cannot compare {joint} and {tree.type}", argument)
            joint = found
        parts = [self.widen(tree, joint) for tree in parts]
        if name == "clamp":
            least, greatest = parts[1:]
            if isinstance(least, Literal) and isinstance(greatest, Literal) and least.value > greatest.value:
                message = f"clamp() to at least {least.value:g} and at most {greatest.value:g}, which is below"
                raise Wrong("E203", message, arguments[2])
            return self.apply("min", [self.apply("max", [parts[0], parts[1]], joint), parts[2]], joint)
        return self.fold(name, parts, joint)

    def within(self, node: ast.expr, scope: Scope) -> Tree:
        """Infer a node in another scope: what stands before a `for`, for one value of its indices."""
        self.elements += 1
        if self.elements > MOST_NODES:
            raise Wrong("E204", f"a `for` that goes over more than {MOST_NODES} values", node)
        outer, self.scope = self.scope, scope
        try:
            return self.infer(node)
        finally:
            self.scope = outer

    def random(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Tree:
        count, kind, units = operations.RANDOM[name]
        if not self.scope.random:
            raise Wrong("E309", f"{name}() draws at random, and may stand only in a mark of a rule's event", node)
        if len(arguments) != count:
            raise Wrong("E203", f"{name}() takes {count} arguments but got {len(arguments)}", node)
        parts = self.each(self.number_of, arguments)
        first = self.numeric(parts[0], arguments[0])
        for argument, tree in zip(arguments, parts, strict=True):
            if not units:
                self.plain(tree, argument, f"{name}()")
        self.draws += 1
        widened = tuple(self.widen(tree, REAL) for tree in parts)
        unit = first.unit if units else ()
        drawn: Type = Integer(unit) if kind == "int" else Real(unit) if kind == "real" else BOOL
        return Draw(name, widened, drawn, self.draws - 1)

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


def _for_the_whole_day(what: str, comparison: str, day: str) -> tuple[str, ...]:
    """Return how to write what is meant where `what` is compared with a whole day."""
    following = day_after(day)
    if following is None:
        return ()
    if comparison in ("le", "ge"):
        return (f"for 'by the end of {day}' write {what} < {following}",)
    if comparison in ("gt", "lt"):
        return (f"for 'after {day}' write {what} >= {following}",)
    return (f"for 'on {day}' write {day} <= {what} < {following}",)
