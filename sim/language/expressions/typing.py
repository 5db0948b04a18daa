"""What an expression means: names looked up, types and units checked, a typed tree made (E2, E3).

The rules of typing stand here and in `operations`; `scope` says what names stand for.
"""

import ast
from collections.abc import Callable, Mapping, Sequence

from sim.distributions.marks import MARK_LAWS
from sim.language.diagnostics import Complaints
from sim.language.expressions import aggregates, operations, scope
from sim.language.expressions.grammar import Text, parse
from sim.language.expressions.members import member
from sim.language.expressions.number_types import NumberTypes
from sim.language.expressions.scope import KNOWN_ALREADY, Scope, Wrong
from sim.language.expressions.tree import Draw, Expression, Literal, Read, Tree, depth, moves, size
from sim.language.expressions.types import BOOL, INT, REAL, Bool, Enumeration, Integer, Number, Real, Type, common
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


class _Checker(NumberTypes):
    def __init__(self, text: Text, scope: Scope, complaints: Complaints, uncertain: Mapping[ast.AST, int]) -> None:
        super().__init__(text, scope)
        self.complaints = complaints
        self.uncertain = uncertain  # the numbers of the calls of about()
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

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Tree:
        if aggregates.goes_over(name, arguments, self.scope):
            if len(arguments) > 1 and name != "first":
                raise Wrong("E203", f"{name}() takes one family, or one `for`, and nothing beside it", node)
            otherwise = self.fit(self.infer(arguments[1]), INT, arguments[1]) if len(arguments) > 1 else None
            found = aggregates.over(name, arguments[0], self.text, self.scope, self.within, otherwise)
            if name in ("argmin", "argmax") and self.scope.followed is not None and moves(found, self.scope.followed):
                message = f"{name}() goes over what changes with time: which is the one would change without an event"
                note = "compare two of them with <; it may stand in an effect, a weight or a mark, written out there"
                raise Wrong("E335", message, node, note)
            return found
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
