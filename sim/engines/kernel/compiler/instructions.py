"""Expressions of the subset into LLVM's language. Each operation gives the bits that CPython gives."""

import ast
import math
from collections.abc import Collection, Mapping
from types import FunctionType
from typing import Any, TypeAlias

from sim.engines.kernel.compiler.listing import CELLS, TYPES, Listing, Value, llvm_type, written
from sim.engines.kernel.compiler.subset import (
    BOOL,
    FLOAT,
    INT,
    INTS,
    NOTHING,
    REALS,
    WORDS,
    Function,
    NotInSubset,
    called,
)

_FLOATS = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
_INTS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
         ast.LShift: "shl", ast.RShift: "ashr"}  # fmt: skip
_FLOAT_TESTS = {ast.Lt: "olt", ast.LtE: "ole", ast.Gt: "ogt", ast.GtE: "oge", ast.Eq: "oeq", ast.NotEq: "une"}
_INT_TESTS = {ast.Lt: "slt", ast.LtE: "sle", ast.Gt: "sgt", ast.GtE: "sge", ast.Eq: "eq", ast.NotEq: "ne"}
_UNARY = {(ast.Not, BOOL): "xor i1 {}, true", (ast.USub, FLOAT): "fneg double {}", (ast.USub, INT): "sub i64 0, {}"}
# Builtins and functions of `math`, by the kinds of what they are given: the kind of the result, and one instruction.
_BUILT_IN = {
    ("float", INT): (FLOAT, "sitofp i64 {} to double"),
    ("int", FLOAT): (INT, "fptosi double {} to i64"),
    ("int", BOOL): (INT, "zext i1 {} to i64"),
    ("abs", FLOAT): (FLOAT, "call double @llvm.fabs.f64(double {})"),
    ("math.sqrt", FLOAT): (FLOAT, "call double @llvm.sqrt.f64(double {})"),
    ("math.frexp", FLOAT): ("(fi)", "call {{double, i64}} @primitive.frexp(double {})"),
    ("math.ldexp", FLOAT + INT): (FLOAT, "call double @primitive.ldexp(double {}, i64 {})"),
}
_TABLES = {float: REALS, int: INTS}

Table: TypeAlias = tuple[float, ...] | tuple[int, ...]


class Operations(Listing):
    """The values of expressions in one function."""

    def __init__(self, function: Function, table: Mapping[object, Function], may_raise: Collection[object]) -> None:
        super().__init__(function)
        self.table = table
        self.may_raise = may_raise
        self.used: set[object] = set()
        self.constants: dict[str, Table] = {}
        self.targets = ["unwind"]

    def value(self, node: ast.expr) -> Value:
        """Translate an expression."""
        match node:
            case ast.Constant(value=constant):
                return self.constant(node, constant)
            case ast.Name(id=name) if name in self.values:
                return self.values[name]
            case ast.Name(id=name) if name in self.names:
                kind, cell = self.names[name]
                return kind, self.new(f"load {llvm_type(kind)}, ptr {cell}")
            case ast.Name(id=name):
                return self.constant(node, self.function.names.get(name))
            case ast.Attribute(attr="inf"):
                return FLOAT, written(math.inf)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(node, op, self.value(left), self.value(right))
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(node, op, self.value(operand))
            case ast.Compare():
                return self.compare(node)
            case ast.BoolOp():
                return self.connected(node)
            case ast.IfExp():
                return self.chosen(node)
            case ast.Subscript():
                return self.loaded(node)
            case ast.Call():
                return self.call(node)
        raise self.no(node)

    def no(self, node: ast.AST, why: str = "") -> NotInSubset:
        """Return the complaint of what the subset has not."""
        return NotInSubset(f"{self.function.symbol}: {ast.unparse(node)}{why}")

    def constant(self, node: ast.AST, constant: Any) -> Value:
        if isinstance(constant, bool):
            return BOOL, "true" if constant else "false"
        if isinstance(constant, int):
            return INT, str(constant)
        if isinstance(constant, float):
            return FLOAT, written(constant)
        raise self.no(node)

    def binary(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        kind = left[0]
        self.same(node, left, right)
        if kind == FLOAT and type(op) in _FLOATS:
            return FLOAT, self.new(f"{_FLOATS[type(op)]} double {left[1]}, {right[1]}")
        if kind == INT and type(op) in _INTS:
            return INT, self.new(f"{_INTS[type(op)]} i64 {left[1]}, {right[1]}")
        if kind == INT and isinstance(op, ast.FloorDiv | ast.Mod):
            return INT, self.floored(op, left[1], right[1])
        raise self.no(node)

    def floored(self, op: ast.operator, left: str, right: str) -> str:
        """Divide whole numbers as Python does: the quotient goes down, the rest has the divisor's sign."""
        rest = self.new(f"srem i64 {left}, {right}")
        inexact = self.new(f"icmp ne i64 {rest}, 0")
        opposed = self.new(f"icmp slt i64 {self.new(f'xor i64 {rest}, {right}')}, 0")
        off = self.new(f"and i1 {inexact}, {opposed}")
        if isinstance(op, ast.Mod):
            return self.new(f"select i1 {off}, i64 {self.new(f'add i64 {rest}, {right}')}, i64 {rest}")
        quotient = self.new(f"sdiv i64 {left}, {right}")
        return self.new(f"sub i64 {quotient}, {self.new(f'zext i1 {off} to i64')}")

    def unary(self, node: ast.AST, op: ast.unaryop, operand: Value) -> Value:
        kind, value = operand
        if (type(op), kind) not in _UNARY:
            raise self.no(node)
        return kind, self.new(_UNARY[type(op), kind].format(value))

    def compare(self, node: ast.Compare) -> Value:
        if not all(plain(part) for part in node.comparators[1:]):
            raise self.no(node)  # the rest would be evaluated even where Python stops
        values = [self.value(part) for part in (node.left, *node.comparators)]
        result = ""
        for left, op, right in zip(values, node.ops, values[1:], strict=False):
            test = self.test(node, op, left, right)
            result = self.new(f"and i1 {result}, {test}") if result else test
        return BOOL, result

    def test(self, node: ast.AST, op: ast.cmpop, left: Value, right: Value) -> str:
        self.same(node, left, right)
        if left[0] == FLOAT:
            return self.new(f"fcmp {_FLOAT_TESTS[type(op)]} double {left[1]}, {right[1]}")
        return self.new(f"icmp {_INT_TESTS[type(op)]} {llvm_type(left[0])} {left[1]}, {right[1]}")

    def connected(self, node: ast.BoolOp) -> Value:
        """Translate `and` and `or`: as Python does, what follows is evaluated only where it matters."""
        both = isinstance(node.op, ast.And)
        result = self.condition(node.values[0])
        rest = list(node.values[1:])
        while rest and plain(rest[0]):
            result = self.new(f"{'and' if both else 'or'} i1 {result}, {self.condition(rest.pop(0))}")
        if not rest:
            return BOOL, result
        (end,) = self.labels("end")
        arrivals = []
        for position, part in enumerate([None, *rest]):
            if part is not None:
                result = self.condition(part)
            arrivals.append((result, self.here))
            if position == len(rest):
                self.line(f"br label %{end}")
            else:
                (more,) = self.labels("more")
                yes, no = (more, end) if both else (end, more)
                self.line(f"br i1 {result}, label %{yes}, label %{no}")
                self.label(more)
        self.label(end)
        known = "false" if both else "true"
        ways = [(known, where) for _, where in arrivals[:-1]] + [arrivals[-1]]
        return BOOL, self.new("phi i1 " + ", ".join(f"[{value}, %{where}]" for value, where in ways))

    def condition(self, node: ast.expr) -> str:
        """Return the value of a condition."""
        kind, value = self.value(node)
        if kind != BOOL:
            raise self.no(node, " is not a condition")
        return value

    def chosen(self, node: ast.IfExp) -> Value:
        test = self.condition(node.test)
        if plain(node.body) and plain(node.orelse):
            first, second = self.value(node.body), self.value(node.orelse)
            self.same(node, first, second)
            kind = llvm_type(first[0])
            return first[0], self.new(f"select i1 {test}, {kind} {first[1]}, {kind} {second[1]}")
        yes, no, end = self.labels("yes", "no", "end")
        self.line(f"br i1 {test}, label %{yes}, label %{no}")
        ways = []
        for label, part in ((yes, node.body), (no, node.orelse)):
            self.label(label)
            ways.append((self.value(part), self.here))
            self.line(f"br label %{end}")
        self.label(end)
        (first, here), (second, there) = ways
        self.same(node, first, second)
        return first[0], self.new(f"phi {llvm_type(first[0])} [{first[1]}, %{here}], [{second[1]}, %{there}]")

    def same(self, node: ast.AST, first: Value, second: Value) -> None:
        if first[0] != second[0]:
            raise self.no(node)

    def address(self, node: ast.Subscript) -> tuple[str, str]:
        """Return which kind of array a cell is in, and its address."""
        if not isinstance(node.value, ast.Name):
            raise self.no(node)
        kind, pointer = self.pointers.get(node.value.id) or self.table_of(node.value)
        index = self.value(node.slice)
        if index[0] != INT:
            raise self.no(node)
        return kind, self.new(f"getelementptr inbounds {CELLS[kind]}, ptr {pointer}, i64 {index[1]}")

    def table_of(self, node: ast.Name) -> tuple[str, str]:
        """Return a module's table of floats or whole numbers as an array, which is only read."""
        numbers = self.function.names.get(node.id)
        own = node.id in self.names or node.id in self.values
        if own or not (isinstance(numbers, tuple) and numbers):
            raise self.no(node)
        name = f"{self.function.symbol.rpartition('.')[0]}.{node.id}"
        kind = type(numbers[0])
        if kind not in _TABLES or (name not in self.constants and any(type(one) is not kind for one in numbers)):
            raise self.no(node)
        self.constants[name] = numbers
        return _TABLES[kind], f'@"{name}"'

    def loaded(self, node: ast.Subscript) -> Value:
        kind, address = self.address(node)
        value = self.new(f"load {CELLS[kind]}, ptr {address}")
        if kind == WORDS:
            return INT, self.new(f"sext i32 {value} to i64")
        return (FLOAT if kind == REALS else INT), value

    def parts(self, node: ast.expr) -> list[Value]:
        """Return the values of a tuple, written out or returned by a call."""
        if isinstance(node, ast.Tuple):
            return [self.value(part) for part in node.elts]
        kinds, whole = self.value(node)
        return [(kind, self.new(f"extractvalue {llvm_type(kinds)} {whole}, {index}"))
                for index, kind in enumerate(kinds[1:-1])]  # fmt: skip

    def call(self, node: ast.Call) -> Value:
        if node.keywords:
            raise self.no(node)
        callee = called(self.function, node.func)
        if isinstance(callee, str):
            return self.built_in(node, callee)
        key = callee.key if isinstance(callee, Function) else callee
        if not isinstance(callee, Function | FunctionType) or key not in self.table:
            raise self.no(node)
        target = self.table[key]
        self.used.add(key)
        if len(node.args) != len(target.parameters):
            raise self.no(node)
        given = zip(target.parameters, node.args, strict=True)
        handed = [self.handed(node, argument, kind) for (_, kind), argument in given if kind in TYPES]
        if key in self.may_raise:
            handed.append("ptr %fault")
        call = f'call {llvm_type(target.result)} @"{target.symbol}"({", ".join(handed)})'
        result = ""
        if target.result == NOTHING:
            self.line(call)
        else:
            result = self.new(call)
        if key in self.may_raise:
            self.look_for_fault()
        return target.result, result

    def handed(self, node: ast.AST, argument: ast.expr, kind: str) -> str:
        if kind in CELLS:
            if not (isinstance(argument, ast.Name) and self.pointers.get(argument.id, ("", ""))[0] == kind):
                raise self.no(node)
            return f"ptr {self.pointers[argument.id][1]}"
        found, value = self.value(argument)
        if found != kind:
            raise self.no(argument, f" is a {found}, not a {kind}")
        return f"{llvm_type(kind)} {value}"

    def look_for_fault(self) -> None:
        """Go where errors go if the last call raised one."""
        (on,) = self.labels("on")
        fault = self.new(f"icmp ne i64 {self.new('load i64, ptr %fault')}, 0")
        self.line(f"br i1 {fault}, label %{self.targets[-1]}, label %{on}, !prof !0")
        self.label(on)

    def built_in(self, node: ast.Call, name: str) -> Value:
        arguments = [self.value(argument) for argument in node.args]
        kinds = "".join(kind for kind, _ in arguments)
        values = [value for _, value in arguments]
        if (name, kinds) in _BUILT_IN:
            kind, instruction = _BUILT_IN[name, kinds]
            return kind, self.new(instruction.format(*values))
        match name, kinds:
            case ("float", "f") | ("int", "i"):
                return arguments[0]
            case "abs", "i":
                below = self.new(f"icmp slt i64 {values[0]}, 0")
                return INT, self.new(f"select i1 {below}, i64 {self.new(f'sub i64 0, {values[0]}')}, i64 {values[0]}")
            case (("min" | "max"), ("ff" | "ii")):
                # Python keeps the first of two equal ones, and the first where a NaN cannot be compared.
                op: ast.cmpop = ast.Lt() if name == "min" else ast.Gt()
                better = self.test(node, op, arguments[1], arguments[0])
                kind = llvm_type(kinds[0])
                return kinds[0], self.new(f"select i1 {better}, {kind} {values[1]}, {kind} {values[0]}")
            case (("math.floor" | "math.ceil"), "f"):
                whole = self.new(f"call double @llvm.{name[5:]}.f64(double {values[0]})")
                return INT, self.new(f"fptosi double {whole} to i64")
        raise self.no(node)


def plain(node: ast.expr) -> bool:
    """Return whether an expression does no harm where Python would not evaluate it: no call, no cell out of bounds."""
    for part in ast.walk(node):
        match part:
            case ast.Subscript(slice=ast.Constant()):
                pass
            case ast.Call() | ast.IfExp() | ast.BoolOp() | ast.Subscript() | ast.BinOp(op=ast.FloorDiv() | ast.Mod()):
                return False
    return True
