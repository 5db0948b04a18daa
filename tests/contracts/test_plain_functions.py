"""What decides the numbers of a run is written in functions so plain that the same text can be compiled.

Floats, integers and truths, each name of one type; tables of floats; +, -, *, /, comparisons and a few exact functions;
loops; calls of other such functions, never in a circle. No libm, whose last digits differ between machines.
"""

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sim.distributions.clock_laws import LAWS
from sim.distributions.marks import MARK_LAWS
from sim.distributions.priors import DRAWN
from sim.model.clocks import next_on_grid
from sim.numerics.elementary import exp, expm1, log, log1p, logistic
from sim.numerics.powers import power
from sim.numerics.streams import philox_uniform, unit_exponential
from sim.numerics.trigonometry import cos, sin

Function = Callable[..., Any]
EXACT = {"sqrt": ("float", "float"), "floor": ("float", "int"), "ceil": ("float", "int")}
WHOLE = (ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
BOTH = (ast.Add, ast.Sub, ast.Mult)
STATEMENTS = (
    ast.Assign, ast.AugAssign, ast.If, ast.While, ast.For, ast.Break, ast.Continue, ast.Return, ast.Raise, ast.Expr,
)  # fmt: skip


def roots() -> Iterator[Function]:
    yield from (exp, log, log1p, expm1, logistic, power, sin, cos, philox_uniform, unit_exponential, next_on_grid)
    for law in LAWS.values():
        yield from (law.hazard, law.age, *(form.canonical for form in law.forms))
    yield from (draw.quantile for draw in MARK_LAWS.values())
    yield from (prior.quantile for prior in DRAWN.values())


class Reader:
    """Reads one function, gives every expression its type, and refuses what is not plain."""

    def __init__(self, function: Function) -> None:
        self.names = function.__globals__
        (self.tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(self.tree, ast.FunctionDef), function
        self.where = f"{function.__module__}.{function.__name__}"
        self.calls: set[Function] = set()
        arguments = self.tree.args
        plain = arguments.args if not (arguments.defaults or arguments.kwonlyargs or arguments.vararg) else None
        self.need(plain is not None and not self.tree.decorator_list, self.tree)
        self.types = {argument.arg: ast.unparse(argument.annotation) for argument in plain or ()}
        self.result = ast.unparse(self.tree.returns)
        self.block(self.tree.body)

    def need(self, held: bool, node: ast.AST) -> None:
        assert held, f"{self.where}: {ast.unparse(node)}"

    def block(self, statements: list[ast.stmt]) -> None:
        for one in statements:
            self.need(isinstance(one, STATEMENTS), one)
            match one:
                case ast.Expr(value=value):
                    self.need(isinstance(value, ast.Constant) and isinstance(value.value, str), one)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.bind(name, self.type(value), one)
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call() as value):
                    inner = self.type(value).removeprefix("tuple[").removesuffix("]").split(", ")
                    for name, kind in zip(names, inner, strict=True):
                        self.bind(ast.unparse(name), kind, one)
                case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                    self.bind(name, self.type(ast.BinOp(ast.Name(target.id), op, value)), one)
                case ast.If(test=test, body=body, orelse=other) | ast.While(test=test, body=body, orelse=other):
                    self.need(self.type(test) == "bool" and not (isinstance(one, ast.While) and other), one)
                    self.block(body)
                    self.block(other)
                case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=ends), body=body):
                    self.need({self.type(end) for end in ends} == {"int"} and not one.orelse, one)
                    self.bind(name, "int", one)
                    self.block(body)
                case ast.Return(value=ast.Tuple(elts=values)):
                    self.need(f"tuple[{', '.join(map(self.type, values))}]" == self.result, one)
                case ast.Return(value=value):
                    self.need(value is not None and self.type(value) == self.result, one)
                case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError"))) | ast.Break() | ast.Continue():
                    pass
                case _:
                    self.need(False, one)

    def bind(self, name: str, kind: str, node: ast.AST) -> None:
        self.need(self.types.setdefault(name, kind) == kind, node)

    def type(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return type(value).__name__
            case ast.Name(id=name):
                known = self.types.get(name) or type(self.names.get(name)).__name__
                self.need(known in ("int", "float", "bool", "str", "Reals"), node)
                return known
            case ast.Attribute(value=ast.Name(id="math"), attr="inf"):
                return "float"
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.same("bool", inner)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.same(self.type(inner), inner)
            case ast.BoolOp(values=values):
                return self.same("bool", *values)
            case ast.Compare(left=left, comparators=others):
                self.same(self.type(left), *others)
                return "bool"
            case ast.IfExp(test=test, body=body, orelse=other):
                self.same("bool", test)
                return self.same(self.type(body), other)
            case ast.BinOp(left=left, op=op, right=right):
                kind = self.same(self.type(left), right)
                wanted = ("int", "float") if isinstance(op, BOTH) else ("int",) if isinstance(op, WHOLE) else ("float",)
                self.need(kind in wanted and not isinstance(op, ast.Pow), node)
                return kind
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                table = self.names.get(name)
                fixed = isinstance(table, tuple) and all(isinstance(number, float) for number in table)
                self.need(self.types.get(name) == "Reals" or (name not in self.types and fixed), node)
                self.need(self.type(index) == "int", node)
                return "float"
            case ast.Call(func=called, args=arguments, keywords=[]):
                return self.call(called, arguments, node)
        self.need(False, node)
        raise AssertionError

    def same(self, kind: str, *others: ast.expr) -> str:
        for other in others:
            self.need(self.type(other) == kind, other)
        return kind

    def call(self, called: ast.expr, arguments: list[ast.expr], node: ast.Call) -> str:
        given = [self.type(argument) for argument in arguments]
        match called:
            case ast.Attribute(value=ast.Name(id="math"), attr="frexp"):
                return "tuple[float, int]"
            case ast.Attribute(value=ast.Name(id="math"), attr="ldexp"):
                self.need(given == ["float", "int"], node)
                return "float"
            case ast.Attribute(value=ast.Name(id="math"), attr=name):
                self.need(name in EXACT and given == [EXACT[name][0]], node)
                return EXACT[name][1]
            case ast.Name(id="float" | "int" as kind):
                self.need(given == ["int" if kind == "float" else "float"], node)
                return kind
            case ast.Name(id="abs"):
                return given[0]
            case ast.Name(id="min" | "max"):
                self.need(len(given) == 2 and given[0] == given[1], node)
                return given[0]
            case ast.Name(id=name):
                function = self.names[name]
                self.calls.add(function)
                known = inspect.signature(function)
                self.need(given == [_name(parameter.annotation) for parameter in known.parameters.values()], node)
                return _name(known.return_annotation)
        self.need(False, node)
        raise AssertionError


def _name(kind: Any) -> str:
    if getattr(kind, "__origin__", None) is tuple:
        return f"tuple[{', '.join(_name(part) for part in kind.__args__)}]"
    return getattr(kind, "__name__", str(kind)) if isinstance(kind, type) else "Reals"


@pytest.mark.parametrize("root", sorted(set(roots()), key=lambda one: (one.__module__, one.__name__)))
def test_a_number_of_a_run_is_made_by_plain_functions_alone(root: Function):
    done: set[Function] = set()

    def visit(function: Function, above: tuple[Function, ...]) -> None:
        assert function not in above, f"{function.__name__} calls itself"
        for called in Reader(function).calls - done:
            visit(called, (*above, function))
        done.add(function)

    visit(root, ())


@pytest.mark.parametrize(
    "body",
    ["return 2 * x", "return math.exp(x)", "return x ** 2.0", "y = 1\n    y = x\n    return y", "return max(1, x)",
     "return (lambda: x)()", "return x and 1.0", "try:\n        return x\n    except ValueError:\n        return x"],
)  # fmt: skip
def test_what_is_not_plain_is_noticed(body: str, tmp_path, monkeypatch):
    (tmp_path / "not_plain.py").write_text(f"import math\n\n\ndef f(x: float) -> float:\n    {body}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "not_plain", raising=False)
    importlib.invalidate_caches()
    function = importlib.import_module("not_plain").f
    monkeypatch.delitem(sys.modules, "not_plain")

    with pytest.raises(AssertionError, match=r"not_plain\.f"):
        Reader(function)
