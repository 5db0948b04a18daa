"""Checked trees into Python of the kernel's subset. What a tree means is `sim.model.expression`; the bits are the same.

Whole numbers are checked against 2**53 only where their ranges do not rule that out. Parts that are large or nested
deep become functions of their own, called where they stood, so that nothing is evaluated that would not have been. The
members among which the state chooses have one function, however often and by whatever one of them is chosen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial, reduce

from sim.engines.kernel.generator.layout import ROLES, Layout, is_real
from sim.engines.kernel.generator.lines import function, indented
from sim.engines.kernel.runtime import memory_map
from sim.language.expressions.tree import Apply, Literal, Read, Tree
from sim.language.expressions.types import INTEGER_LIMIT, REAL, Bool, Enumeration, Integer, Number, Type
from sim.model.bounds import ANY, WITHOUT_VALUE, Bounds, clipped, either, having_values, of_two
from sim.model.expression import is_flag
from sim.model.moving.moving_parts import RelaxingVariable

DEEPEST = 40
LARGEST = 60  # parts of an expression; larger ones, which are often shared, are functions of their own
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CHECKED = {"add": "added", "sub": "subtracted", "mul": "multiplied", "floordiv": "floor_divided", "mod": "remainder"}
_FAULTY = WITHOUT_VALUE | {
    "div", "pow", "floordiv", "mod", "ipow", "exp", "log", "sqrt", "floor", "ceil", "logistic", "sin", "cos",
}  # fmt: skip
_APART = WITHOUT_VALUE | {"first", "argmin", "argmax"}  # they take statements, so they are functions of their own
# The other operations are functions: these have another name here.
_NAMED = {"sqrt": "root", "div": "divided", "pow": "power", "ipow": "raised"}


@dataclass
class Expressions:
    """Writes expressions of one model. `parts` are the functions that it made of deep ones, as text.

    With a `role` variables that relax are read where their values stand at the last moment of that role in a cell.
    """

    layout: Layout
    role: int | None = None
    parts: list[str] = field(default_factory=list)
    _named: dict[int, str] = field(default_factory=dict)  # by the trees' identities, which `_kept` keeps alive
    _families: dict[tuple[object, ...], str] = field(default_factory=dict)
    _kept: dict[int, Tree] = field(default_factory=dict)
    _depths: dict[int, int] = field(default_factory=dict)
    _intervals: dict[tuple[int, bool], Bounds] = field(default_factory=dict)
    _faults: dict[int, bool] = field(default_factory=dict)

    def text(self, tree: Tree) -> str:
        """Return the expression as text."""
        self._kept[id(tree)] = tree
        apart = isinstance(tree, Apply) and (
            tree.operation in _APART
            or tree.size >= LARGEST
            or (tree.size >= DEEPEST and self._depth(tree) % DEEPEST == 0)
        )
        return self._part(tree) if apart else self._text(tree)

    def _depth(self, tree: Tree) -> int:
        """Return how deep a tree is nested; each part is looked at once."""
        pending = [tree]
        while pending:
            node = pending[-1]
            parts = node.arguments if isinstance(node, Apply) else ()
            unknown = [part for part in parts if id(part) not in self._depths]
            if unknown:
                pending += unknown
            else:
                self._depths[id(pending.pop())] = 1 + max((self._depths[id(part)] for part in parts), default=0)
        return self._depths[id(tree)]

    def _part(self, tree: Tree) -> str:
        if id(tree) in self._named:
            return f"{self._named[id(tree)]}(f, n)"
        index, name = self._new("part")
        self._named[id(tree)] = name
        self.parts[index] = function(name, self._body(tree), result=_python_type(tree.type))
        return f"{name}(f, n)"

    def _new(self, kind: str) -> tuple[int, str]:
        """Return the place and the name of a function that is to be written."""
        self.parts.append("")
        role = "" if self.role is None else f"_{self.role}"
        return len(self.parts) - 1, f"{kind}{role}_{len(self.parts) - 1}"

    def _body(self, tree: Tree) -> list[str]:
        match tree:
            case Apply(operation=operation) if operation in WITHOUT_VALUE:
                return ["raise ValueError('no value')"]
            case Apply(operation="first", arguments=(otherwise, *pairs)):
                tests = [(self.text(member), index) for index, member in _pairs(pairs)]
                each = [line for test, index in tests for line in (f"if {test}:", f"    return {index}")]
                return [*each, *self._body(otherwise)]
            case Apply(operation="argmin" | "argmax" as operation, arguments=pairs):
                return self._extreme(pairs, "<" if operation == "argmin" else ">")
        return [f"return {self._text(tree)}"]

    def _extreme(self, pairs: Sequence[Tree], sign: str) -> list[str]:
        """Look for the index of the member with the least or the greatest value, the first one of equals."""
        (index, member), *others = _pairs(pairs)
        lines = [f"found = {index}", f"known = {self.stored(member)}"]
        for index, member in others:
            lines += [f"value = {self.stored(member)}", f"if value {sign} known:", f"    found = {index}"]
            lines += ["    known = value"]
        return [*lines, "return found"]

    def _member(self, members: tuple[Tree, ...], kind: Type) -> str:
        """Return the name of the function that gives one of several members, by its place among them."""
        key = tuple(one if isinstance(one, Read) else id(one) for one in members)
        if key not in self._families:
            index, name = self._new("member")
            self._families[key] = name
            self._kept.update((id(one), one) for one in members)
            self.parts[index] = function(name, self._ladder(members, 0), "at: int", result=_python_type(kind))
        return self._families[key]

    def _ladder(self, members: Sequence[Tree], first: int) -> list[str]:
        """Look for one of the members from a place on, halves first."""
        if len(members) == 1:
            return self._body(members[0])
        middle = len(members) // 2
        lower = self._ladder(members[:middle], first)
        return [f"if at < {first + middle}:", *indented(lower), *self._ladder(members[middle:], first + middle)]

    def _text(self, tree: Tree) -> str:
        match tree:
            case Literal(value=value):
                return self._literal(value, real=is_real(tree.type))
            case Read():
                return self.read(tree)
            case Apply(operation="since", arguments=(Read() as last, *otherwise)):
                time = self.read(last)
                if not otherwise:
                    return f"since({self.present}, {time})"
                return f"(({self.present} - {time}) if {time} > -inf else {self.real(otherwise[0])})"
            case Apply() if is_flag(tree, self.layout.program.slots):
                cell = self.flag(tree)
                return f"truth({cell})" if self.may_fault(tree) else f"({cell} != 0)"
            case Apply(operation="if", arguments=(test, chosen, other)):
                return f"({self.text(chosen)} if {self.text(test)} else {self.text(other)})"
            case Apply(operation="member", arguments=(place, *members)):
                return f"{self._member(tuple(members), tree.type)}(f, n, {self.text(place)})"
            case Apply(operation="place", arguments=(index, Literal(value=low), Literal(value=high))):
                if self._beyond(tree):
                    return f"placed({self.text(index)}, {low}, {high})"
                return f"({self.text(index)} - {in_brackets(str(low))})"
            case Apply(operation=("and" | "or") as operation, arguments=(left, right)):
                return f"({self.text(left)} {operation} {self.text(right)})"
            case Apply(operation=("div" | "pow") as operation, arguments=(left, right)):
                return f"{_NAMED[operation]}({self.real(left)}, {self.real(right)})"
            case Apply(operation=("ipow" | "min" | "max") as operation, arguments=(left, right)):
                return f"{_NAMED.get(operation, operation)}({self.text(left)}, {self.text(right)})"
            case Apply(operation=operation, arguments=(left, right)):
                if self._passes(tree):
                    return f"{_CHECKED[operation]}({self.text(left)}, {self.text(right)})"
                return f"({self.text(left)} {_SIGNS[operation]} {self.text(right)})"
            case Apply(operation="not", arguments=(inner,)):
                return f"(not {self.text(inner)})"
            case Apply(operation="neg", arguments=(inner,)):
                return f"(-{self.text(inner)})"
            case Apply(operation="real", arguments=(inner,)):
                return self.real(inner)
            case Apply(operation="abs", arguments=(inner,)):
                return f"abs({self.text(inner)})"
            case Apply(operation=operation, arguments=(inner,)):
                return f"{_NAMED.get(operation, operation)}({self.real(inner)})"
        raise AssertionError(f"no text for {tree}")

    def real(self, tree: Tree) -> str:
        """Write a tree as a real, where whole numbers may stand, too."""
        text = self.text(tree)
        if isinstance(tree, Literal):
            return self._literal(float(tree.value), real=True)
        if isinstance(tree.type, Bool):
            return f"float(int({text}))"
        return text if is_real(tree.type) else f"float({text})"

    @staticmethod
    def _literal(value: float, *, real: bool) -> str:
        assert math.isfinite(value), "a literal is finite"
        return in_brackets(repr(float(value) if real else value if isinstance(value, bool) else int(value)))

    def read(self, tree: Read) -> str:
        """Write the reading of a slot of the frame."""
        if tree.scope == "measure":
            return self.layout.measure(tree.name)
        variable = self.moving(tree)
        if variable is not None and self.role is not None:
            return f"f[{self.layout.node(variable.start, self.role) + 1}]"
        if variable is not None:
            return self.relaxed(variable.start, self.present)
        cell = self.layout.cell(self.layout.program.slots[tree.scope, tree.name], tree.type)
        return f"({cell} != 0)" if isinstance(tree.type, Bool) else cell

    @property
    def present(self) -> str:
        """The cell of the present time."""
        return f"f[{memory_map.TIME}]"

    def flag(self, tree: Apply) -> str:
        """Write the cell of a flag: 0, 1, or NO_VALUE."""
        return f"n[{self.layout.whole(self.layout.program.slots['flag', tree])}]"

    def moving(self, tree: Read) -> RelaxingVariable | None:
        """Return the variable that a tree reads, if it is one that relaxes."""
        program = self.layout.program
        return program.motion.variables.get(program.slots["state", tree.name]) if tree.scope == "state" else None

    def shared(self, lines: Sequence[str]) -> list[str]:
        """Return lines of one moment with each variable that relaxes worked out once, before them."""
        found, text = [], "\n".join(lines)
        for variable in self.layout.program.motion.variables.values():
            read = self.read(Read("state", variable.variable.name, REAL))
            if text.count(read) > 1:
                text = text.replace(read, f"moving{variable.start}")
                found.append(f"moving{variable.start} = {read}")
        return [*found, *text.split("\n")] if found else list(lines)

    def relaxed(self, slot: int, time: str) -> str:
        """Write the value at a time of a variable that relaxes, if nothing else changes."""
        variable = self.layout.program.motion.variables[slot]
        start, target, decay, anchor = (
            f"f[{self.layout.real(part)}]" for part in (slot, variable.target, variable.decay, variable.anchor)
        )
        return f"relaxed({start}, {target}, {decay}, {time} - {anchor})"

    def forgotten(self, slot: int) -> list[str]:
        """Return the lines after which a variable is looked at again by moving rates: it goes on otherwise."""
        roles = range(ROLES) if slot in self.layout.paced_by else ()
        return [f"f[{self.layout.node(slot, role)}] = -1.0" for role in roles]

    def plainly(self, tree: Apply) -> str:
        """Write a condition by what it compares, though it is a flag."""
        return f"({self.text(tree.arguments[0])} {_SIGNS[tree.operation]} {self.text(tree.arguments[1])})"

    def stored(self, tree: Tree) -> str:
        """Write a value as its cell holds it: a condition as 0 or 1."""
        text = self.text(tree)
        return f"int({text})" if isinstance(tree.type, Bool) else text

    def interval(self, tree: Tree, *, moderate: bool = False) -> Bounds:
        """Return bounds of a number's values, as far as its parts tell; all numbers if they do not.

        `moderate` takes for granted that parameters are. `bounds` of the model tells more, yet not what is needed here,
        where a check is left out: that there is a number at all. So it is not asked here what exp, log and logistic
        are, whose last place is not sure, and what may be infinite tells nothing: a difference of two such is no
        number, nor is the lesser or the greater of it and 0. Whole numbers, though, are checked wherever they may pass
        what they can be.
        """
        self._kept[id(tree)] = tree
        key = id(tree), moderate
        if key not in self._intervals:
            self._intervals[key] = self._interval(tree, moderate=moderate)
        return self._intervals[key]

    def _interval(self, tree: Tree, *, moderate: bool) -> Bounds:
        inner = partial(self.interval, moderate=moderate)
        match tree:
            case Literal(value=value):
                return float(value), float(value)
            case Read(scope="state", name=name) if isinstance(tree.type, Number):
                variable = self.layout.program.model.variables[name]
                return variable.low, variable.high
            case Read(scope="parameter") if moderate and isinstance(tree.type, Number):
                return 0.0, memory_map.MODERATE
            case Apply(operation="real", arguments=(part,)):
                return (0.0, 1.0) if isinstance(part.type, Bool) else inner(part)
            case Apply(operation="if" | "member", arguments=(_, *ways)) if isinstance(tree.type, Number):
                return reduce(either, having_values(ways, [inner(way) for way in ways]) or [ANY])
            case Apply(operation="first", arguments=(otherwise, *pairs)):
                return reduce(
                    either, having_values([otherwise], [inner(otherwise)]) + [inner(one) for one in pairs[::2]]
                )
            case Apply(operation="argmin" | "argmax", arguments=pairs):
                return reduce(either, [inner(one) for one in pairs[::2]])
            case Apply(operation="place", arguments=(index, Literal(value=low), Literal(value=high))):
                return clipped(inner(index), float(low), float(high))
            case Apply(operation=("add" | "sub" | "mul" | "min" | "max") as operation, arguments=(left, right)):
                return _combined(operation, inner(left), inner(right))
        limit = float(INTEGER_LIMIT)
        return (-limit, limit) if isinstance(tree.type, Integer) else ANY

    def may_fault(self, tree: Tree) -> bool:
        """Return whether an expression may have no value."""
        if not isinstance(tree, Apply):
            return False
        if id(tree) not in self._faults:
            self._kept[id(tree)] = tree
            inner = [self.may_fault(part) for part in tree.arguments]
            asks = tree.operation == "since" and len(tree.arguments) == 1
            own = asks or tree.operation in _FAULTY or self._passes(tree) or self._beyond(tree)
            self._faults[id(tree)] = own or any(inner)
        return self._faults[id(tree)]

    def _passes(self, tree: Apply) -> bool:
        """Return whether a whole number may pass what whole numbers may be, or has no value."""
        if tree.operation not in _CHECKED or is_real(tree.type):
            return False
        if tree.operation in ("floordiv", "mod"):
            return True
        low, high = _combined(tree.operation, *map(self.interval, tree.arguments))
        return not -float(INTEGER_LIMIT) < low <= high < float(INTEGER_LIMIT)

    def _beyond(self, tree: Apply) -> bool:
        """Return whether an index may be one that no member has."""
        match tree:
            case Apply(operation="place", arguments=(index, Literal(value=low), Literal(value=high))):
                least, most = (low, high) if isinstance(index.type, Enumeration) else self.interval(index)
                return not low <= least <= most <= high
        return False


def _pairs(pairs: Sequence[Tree]) -> list[tuple[int, Tree]]:
    """Return each index with its member."""
    return [(int(index.value), member) for index, member in zip(pairs[::2], pairs[1::2], strict=True)
            if isinstance(index, Literal)]  # fmt: skip


def _python_type(kind: Type) -> str:
    return "bool" if isinstance(kind, Bool) else "float" if is_real(kind) else "int"


def in_brackets(number: str) -> str:
    """Put a negative number into brackets."""
    return f"({number})" if number.startswith("-") else number


def _combined(operation: str, one: Bounds, other: Bounds) -> Bounds:
    return of_two(operation, one, other) if all(map(math.isfinite, (*one, *other))) else ANY
