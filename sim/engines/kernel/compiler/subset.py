"""The typed subset of Python that the kernel is written in: functions, their signatures, and whether they may raise.

A function of the subset has annotated parameters and result, uses whole numbers of 64 bits, floats, conditions, flat
arrays and tuples of numbers, and calls only functions of the subset. CPython runs it as it is; `translate` turns it
into LLVM's language. Names are resolved as Python resolves them, in the globals of the function's module.
"""

import ast
import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, MutableSequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import FunctionType, ModuleType
from typing import Any, TypeAlias

Reals: TypeAlias = MutableSequence[float]
Ints: TypeAlias = MutableSequence[int]
Words: TypeAlias = MutableSequence[int]  # of 32 bits each

# How each annotation is called in this package, one letter a type.
FLOAT, INT, BOOL, REALS, INTS, WORDS, TEXT, NOTHING = "fibFNWs-"
_LETTERS = {
    "float": FLOAT, "int": INT, "bool": BOOL, "Reals": REALS, "Ints": INTS, "Words": WORDS, "str": TEXT,
    "None": NOTHING,
}  # fmt: skip

_DEFINITION, _BODY = re.compile(r"^(?=def )", re.MULTILINE), ":\n"  # where a function of a text begins, and its body


class NotInSubset(Exception):
    """A function uses what the subset has not. A fault of this program, never of a user's."""


@dataclass(frozen=True)
class Function:
    """One function of the subset: its symbol, its syntax, and what its names mean.

    `syntax` may be text that is parsed whenever it is looked at: of a large model, whose text is megabytes, the syntax
    of all functions at once takes gigabytes. `names` maps global names to Python objects: functions, numbers, modules.
    `result` is one letter, or several for a tuple.
    """

    symbol: str
    syntax: ast.FunctionDef | str
    names: Mapping[str, Any]
    parameters: tuple[tuple[str, str], ...]
    result: str
    key: object

    @property
    def node(self) -> ast.FunctionDef:
        return _definition(self.syntax) if isinstance(self.syntax, str) else self.syntax

    @cached_property
    def facts(self) -> "Facts":
        return _facts(self)

    @property
    def kinds(self) -> str:
        """The letters of the parameters that are passed: texts are for messages alone and are not."""
        return "".join(kind for _, kind in self.parameters if kind != TEXT)


def function_of(function: Callable[..., Any]) -> Function:
    """Return a Python function of a module as a function of the subset."""
    assert isinstance(function, FunctionType), f"{function} is not a plain function"
    node = _definitions(inspect.getmodule(function))[function.__name__]
    return _declared(f"{function.__module__}.{function.__name__}", node, node, function.__globals__, function)


def functions_in(text: str, names: Mapping[str, Any], prefix: str) -> dict[str, Function]:
    """Return the functions that a text defines. They may call one another, and what `names` has."""
    known: dict[str, Any] = dict(names)
    found: dict[str, Function] = {}
    for part in _DEFINITION.split(text)[1:]:
        head = _definition(f"{part.partition(_BODY)[0]}: pass")
        found[head.name] = _declared(f"{prefix}.{head.name}", head, part, known, head.name)
    known.update(found)
    return found


def _definition(text: str) -> ast.FunctionDef:
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef), "a text of the subset defines functions"
    return node


def _declared(
    symbol: str, head: ast.FunctionDef, syntax: ast.FunctionDef | str, names: Mapping[str, Any], key: object
) -> Function:
    """Read a function's signature."""
    parameters = tuple((argument.arg, _letter(argument.annotation, symbol)) for argument in head.args.args)
    return Function(
        symbol=symbol, syntax=syntax, names=names, parameters=parameters, result=_letters(head.returns, symbol), key=key
    )


def _letter(annotation: ast.expr | None, symbol: str) -> str:
    text = "?" if annotation is None else ast.unparse(annotation)
    if text not in _LETTERS:
        raise NotInSubset(f"{symbol}: the annotation {text}")
    return _LETTERS[text]


def _letters(annotation: ast.expr | None, symbol: str) -> str:
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "tuple":
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return "(" + "".join(_letter(part, symbol) for part in parts) + ")"
    return _letter(annotation, symbol)


@lru_cache(maxsize=64)
def _definitions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def called(function: Function, node: ast.expr) -> Any:
    """Return what a call's `func` means: a Function, a Python function, a builtin's name, or `math.x` as text."""
    match node:
        case ast.Name(id=name):
            return function.names.get(name, name)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            module = function.names.get(name)
            if isinstance(module, ModuleType):
                return f"math.{attribute}" if module is math else getattr(module, attribute)
    raise NotInSubset(f"{function.symbol}: a call of {ast.unparse(node)}")


@dataclass
class Facts:
    """What one pass over a function's syntax tells: whom it calls, each with whether an error is caught on the spot;
    whether it raises by itself; whether it catches; how often each name is given a value, and at the body's own level.
    """

    calls: list[tuple[Any, bool]] = field(default_factory=list)
    raises: bool = False
    catches: bool = False
    stores: Counter[str] = field(default_factory=Counter)
    above: set[str] = field(default_factory=set)


def _facts(function: Function) -> Facts:
    facts, body = Facts(), function.node.body
    # Syntax still to be looked at, with whether an error in it is caught.
    pending: list[tuple[ast.AST, bool]] = [(statement, False) for statement in body]
    for statement in body:
        if isinstance(statement, ast.Assign):
            names = [part for target in statement.targets for part in getattr(target, "elts", [target])]
            facts.above.update(name.id for name in names if isinstance(name, ast.Name))
    while pending:
        node, caught = pending.pop()
        match node:
            case ast.Raise():
                facts.raises |= not caught
            case ast.Name():
                if isinstance(node.ctx, ast.Store):
                    facts.stores[node.id] += 1
            case ast.Call():
                facts.calls.append((called(function, node.func), caught))
                pending += [(argument, caught) for argument in node.args]
            case ast.Try():
                facts.catches = True
                pending += [(part, True) for part in node.body]
                pending += [(part, caught) for handler in node.handlers for part in handler.body]
            case _:
                pending += [(part, caught) for part in ast.iter_child_nodes(node)]
    return facts


def reachable(roots: Iterable[Function], known: Collection[object] = ()) -> list[Function]:
    """Return the functions that can be called from some, those included, each once; not those that are `known`."""
    found: dict[object, Function] = {}
    pending = list(roots)
    while pending:
        function = pending.pop()
        if function.key in found or function.key in known:
            continue
        found[function.key] = function
        for callee, _ in function.facts.calls:
            if isinstance(callee, Function):
                pending.append(callee)
            elif isinstance(callee, FunctionType):
                pending.append(function_of(callee))
    return list(found.values())


def raising(functions: Iterable[Function], known: Iterable[object] = ()) -> set[object]:
    """Return the keys of the functions that may raise; `known` are those of functions compiled before."""
    everything = list(functions)
    found = {*known, *(function.key for function in everything if function.facts.raises)}
    calls = {function.key: [_key(callee) for callee, caught in function.facts.calls if not caught]
             for function in everything}  # fmt: skip
    while True:
        more = {key for key, keys in calls.items() if key not in found and any(one in found for one in keys)}
        if not more:
            return found
        found |= more


def _key(callee: Any) -> object:
    return callee.key if isinstance(callee, Function) else callee
