"""What an expression means: names looked up, types and units checked, a typed tree made (E2, E3).

The rules of typing stand here and in `operations`; `scope` says what names stand for.
"""

import ast
from collections.abc import Callable, Mapping, Sequence

from sim.distributions.marks import MARK_LAWS
from sim.language.diagnostics import Complaints
from sim.language.expressions import operations, scope
from sim.language.expressions.grammar import Text, parse
from sim.language.expressions.scope import KNOWN_ALREADY, Scope, Wrong
from sim.language.expressions.tree import Apply, Draw, Expression, Literal, Read, Tree, depth, moves, size
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
    product,
)
from sim.language.expressions.typos import FUNCTIONS
from sim.language.expressions.uncertain import ABOUT, TAKES, UncertainNumber, numbered
from sim.language.expressions.whole_days import warn_of_days
from sim.language.suggest import did_you_mean

MOST_NODES = 5000
MOST_LEVELS = 200


def check(text: Text, scope: Scope, wanted: Type | None, complaints: Complaints) -> Expression | None:
    """Check a text against the type that its place wants (None: any). Return None after complaining."""
    parsed = None if text.refused else parse(text, complaints)
    if parsed is None:
        return None
    checker = _Checker(text, scope, complaints, numbered(parsed) if ABOUT in text.text else {})
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
    def __init__(self, text: Text, scope: Scope, complaints: Complaints, uncertain: Mapping[ast.AST, int]) -> None:
        self.text = text
        self.scope = scope
        self.complaints = complaints
        self.uncertain = uncertain  # the numbers of the calls of about()
        self.draws = 0

    def infer(self, node: ast.expr, hint: Type | None = None) -> Tree:
        """Return the typed tree of a node; `hint` says which enum a bare word may belong to."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return scope.number(node, value)
            case ast.Name():
                return scope.name(node, hint, self.text, self.scope)
            case ast.Subscript(value=ast.Name(id=name)):
                return scope.member(node, name, self.text, self.scope)
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
        parts = []
        sides = [node.left, *node.comparators]
        for operator, first, second in zip(node.ops, sides, sides[1:], strict=False):
            left, right = self.pair(node, first, second, None)
            name = operations.COMPARISONS[type(operator)]
            if name not in ("eq", "ne") and isinstance(left.type, Bool | Enumeration):
                raise Wrong("E302", f"'{self.text.piece(first)}' is {left.type}: it has no order", first)
            warn_of_days(self.text, self.complaints, name, (first, left), (second, right))
            self.refuse_moving(node, name, left, right)
            parts.append(self.apply(name, [left, right], BOOL))
        return self.fold("and", parts, BOOL)

    def refuse_moving(self, node: ast.Compare, name: str, left: Tree, right: Tree) -> None:
        """Refuse to ask, where that is followed between events, whether something that moves is just so (E335)."""
        if name not in ("eq", "ne") or self.scope.followed is None:
            return
        if any(moves(part, self.scope.followed) for part in (left, right)):
            message = f"'{self.text.piece(node)}' asks whether what changes with time is equal to something"
            raise Wrong("E335", message, node, "it is so for no time at all: compare with < <= > >=")

    def pair(self, node: ast.AST, first: ast.expr, second: ast.expr, hint: Type | None) -> tuple[Tree, Tree]:
        """Check two sides that must be of one type; each may tell the other which enum a word belongs to."""
        if self.is_word(first) and not self.is_word(second):
            right = self.infer(second, hint)
            left = self.infer(first, right.type)
        else:
            left = self.infer(first, hint)
            right = self.infer(second, left.type if isinstance(left.type, Enumeration) else hint)
        verb = "compare" if isinstance(node, ast.Compare) else "choose between"
        joint = self.joint(node, left.type, right.type, verb)
        return self.widen(left, joint), self.widen(right, joint)

    def is_word(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in self.scope.names and self.text.quantity(node) is None

    def joint(self, node: ast.AST, one: Type, other: Type, verb: str) -> Type:
        joint = common(one, other)
        if joint is None:
            code = "E303" if isinstance(one, Number) and isinstance(other, Number) else "E302"
            raise Wrong(code, f"cannot {verb} {one} and {other}", node)
        return joint

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Tree:
        if name in operations.OVER_FAMILIES and len(arguments) == 1 and self.family_of(arguments[0]) is not None:
            key = (name, arguments[0].id) if isinstance(arguments[0], ast.Name) else (name, "")
            if key not in self.scope.joined:
                self.scope.joined[key] = self.over_family(arguments[0], name)
            return self.scope.joined[key]
        if name in operations.RANDOM:
            return self.random(node, name, arguments)
        if name == operations.ONE_OF:
            return self.one_of(node, arguments)
        if name == ABOUT:
            return self.about(node, arguments)
        if name in operations.OCCURRENCES:
            return scope.occurrence(node, name, self.text, self.scope)
        if name == operations.SINCE:
            return self.since(node, arguments)
        known = operations.FUNCTIONS.get(name)
        if known is None:
            random = (*operations.RANDOM, operations.ONE_OF) if self.scope.random else ()
            looking_back = operations.OCCURRENCES if self.scope.occurring else ()
            guessing = (ABOUT,) if self.scope.uncertain else ()
            known_names = [*operations.FUNCTIONS, operations.SINCE, *random, *looking_back, *guessing]
            notes = (FUNCTIONS[name],) if name in FUNCTIONS else did_you_mean(name, known_names)
            raise Wrong("E203", f"unknown function '{self.text.piece(node.func)}'", node.func, *notes)
        if not known[0] <= len(arguments) <= known[1]:
            raise Wrong("E203", f"{name}() takes {known[2]}, but got {len(arguments)}", node)
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

    def since(self, node: ast.Call, arguments: list[ast.expr]) -> Tree:
        """Return how long ago an event was; with a second argument also before it has happened."""
        calendar = self.scope.calendar
        parts: list[Tree] = [Read("last", scope.event_type(node, self.text, self.scope), calendar.instant())]
        parts += [self.fit(self.infer(other), calendar.duration(), other) for other in arguments[1:]]
        return self.apply(operations.SINCE, parts, calendar.duration())

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

    def family_of(self, node: ast.expr) -> Mapping[str, Tree] | None:
        return self.scope.families.get(node.id) if isinstance(node, ast.Name) else None

    def over_family(self, node: ast.expr, name: str) -> Tree:
        family = self.family_of(node)
        assert family, "a family has a member"
        members = list(family.values())
        kind = members[0].type
        if (name in ("count", "any", "all")) != isinstance(kind, Bool):
            wanted = "conditions" if name in ("count", "any", "all") else "numbers"
            raise Wrong("E302", f"{name}() is for a family of {wanted}, but '{self.text.piece(node)}' is {kind}", node)
        if isinstance(kind, Enumeration) or (name == "sum" and isinstance(kind, Instant)):
            raise Wrong("E302", f"{name}() is for a family of numbers, but '{self.text.piece(node)}' is {kind}", node)
        if name == "count":
            one, zero = Literal(1, INT), Literal(0, INT)
            return self.fold("add", [self.apply("if", [member, one, zero], INT) for member in members], INT)
        return self.fold({"any": "or", "all": "and", "sum": "add"}.get(name, name), members, kind)

    def random(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Tree:
        kind, scaled = operations.RANDOM[name]
        self.may_draw(node, name)
        if len(arguments) != len(scaled):
            message = f"{name}() takes {len(scaled)} arguments but got {len(arguments)}"
            raise Wrong("E203", message, node, f"write {name}({', '.join(MARK_LAWS[name].parameters)})")
        parts = self.each(self.number_of, arguments)
        for argument, tree, in_unit in zip(arguments, parts, scaled, strict=True):
            if not in_unit:
                self.plain(tree, argument, f"{name}()")
        of_unit = [pair for pair, in_unit in zip(zip(arguments, parts, strict=True), scaled, strict=True) if in_unit]
        joint = self.alike(of_unit, "mix") if of_unit else REAL
        self.draws += 1
        widened = tuple(self.widen(tree, REAL) for tree in parts)
        unit = joint.unit if isinstance(joint, Number) else ()
        drawn: Type = Integer(unit) if kind == "int" else Real(unit) if kind == "real" else BOOL
        return Draw(name, widened, drawn, self.draws - 1)

    def about(self, node: ast.Call, arguments: list[ast.expr]) -> Tree:
        place = self.scope.uncertain
        if place is None:
            message = (
                "about() may stand only in a rule's clock, weights and marks, in effects and in derived quantities"
            )
            note = "a beginning, a threshold or a question that is not known reads a parameter with a prior and a basis"
            raise Wrong("E354", message, node, note)
        if len(arguments) != len(TAKES):
            example = "such as about(0.05, 2)" if self.scope.calendar.abstract else "such as about(0.05 per day, 2)"
            raise Wrong("E203", f"about() takes {' and '.join(TAKES)}, but got {len(arguments)}", node, example)
        constants = Scope(
            calendar=self.scope.calendar, names={}, declared=self.scope.declared, broken=self.scope.broken,
            what="a number: the median and the factor of about() are the same in every run",
        )  # fmt: skip
        checker = _Checker(self.text, constants, self.complaints, self.uncertain)
        median, factor = checker.each(checker.number_of, arguments)
        kind = checker.numeric(median, arguments[0])
        checker.plain(factor, arguments[1], "the factor of about()")
        quantity = self.text.quantity(arguments[0]) if isinstance(arguments[0], ast.Name) else None
        found = UncertainNumber(
            group=place.group, owner=place.owner, place=place.place, number=self.uncertain[node],
            type=Real(kind.unit or ()), median=median, factor=factor,
            written=(quantity.number, quantity.unit_word) if quantity else None,
            median_span=self.text.span(arguments[0]), factor_span=self.text.span(arguments[1]),
        )  # fmt: skip
        place.found[found.name] = found
        return Read("parameter", found.name, found.type)

    def may_draw(self, node: ast.Call, name: str) -> None:
        if not self.scope.random:
            raise Wrong("E309", f"{name}() draws at random, and may stand only in a mark of a rule's event", node)

    def one_of(self, node: ast.Call, arguments: list[ast.expr]) -> Tree:
        """Return the draw of one of some values; its arguments are the values, then as many weights."""
        name = operations.ONE_OF
        self.may_draw(node, name)
        ends = [*arguments[1:], None]
        weighed = [self.text.weighed(one, end, node) for one, end in zip(arguments, ends, strict=False)]
        weights = arguments[1::2] if any(weighed) else []
        values = arguments[::2] if weights else arguments
        if len(values) < 2 or (weights and weighed != [True, False] * len(weights)):
            message = f"{name}() takes two or more values, with a weight after each of them or after none"
            raise Wrong("E203", message, node, f"write {name}(1, 2, 5) or {name}(1: 0.5, 2: 0.3, 5: 0.2)")
        trees = self.each(self.infer, values)
        for value, tree in zip(values, trees, strict=True):
            if isinstance(tree.type, Enumeration):
                wanted = "a number, a date or a condition"
                raise Wrong("E302", f"expected {wanted} but '{self.text.piece(value)}' is {tree.type}", value)
        joint = self.alike(list(zip(values, trees, strict=True)), "choose between")
        weighing = self.each(self.weight, weights) if weights else [Literal(1.0, REAL) for _ in values]
        self.draws += 1
        return Draw(name, (*(self.widen(tree, joint) for tree in trees), *weighing), joint, self.draws - 1)

    def weight(self, node: ast.expr) -> Tree:
        tree = self.number_of(node)
        self.plain(tree, node, "a weight")
        return self.widen(tree, REAL)

    def alike(self, parts: Sequence[tuple[ast.expr, Tree]], verb: str) -> Type:
        """Return the type that all parts fit. Raise Wrong at the first that does not fit those before it."""
        _, first = parts[0]
        joint = first.type
        for node, tree in parts:
            joint = self.joint(node, joint, tree.type, verb)
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
        if not isinstance(kind, Real) or not isinstance(tree.type, Integer):
            return tree
        real = Real(tree.type.unit)
        return Literal(float(tree.value), real) if isinstance(tree, Literal) else self.apply("real", [tree], real)

    def fold(self, operation: str, parts: list[Tree], kind: Type) -> Tree:
        """Join the parts in their order, halves first, so that a thousand of them are ten levels deep."""
        if len(parts) == 1:
            return parts[0]
        middle = (len(parts) + 1) // 2
        first, second = (self.fold(operation, half, kind) for half in (parts[:middle], parts[middle:]))
        return self.apply(operation, [first, second], kind)

    def apply(self, operation: str, arguments: list[Tree], kind: Type) -> Tree:
        total = 1 + sum(size(argument) for argument in arguments)
        return Apply(operation, tuple(arguments), kind, total)
