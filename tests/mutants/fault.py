"""What a fault is: a small change to one definition of `sim`, which a test must notice. It is made on the syntax tree.

The files of `faults/` list them, each as what stands there (`-`) and what shall stand there instead (`+`), below the
definition that has it and the tests that must notice it, both as pytest names them.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

TOP = Path(__file__).parents[2]
NAMES = ("id", "attr", "arg", "name")  # fields of the tree that hold a name

Window = tuple[ast.AST, str, slice]  # neighbours in a field of a node of the tree; a field that is no list holds one


@dataclass(frozen=True, slots=True)
class Fault:
    """A change: in the definition `place`, such as `sim/model/run.py::Run.begin`, the code `old` is replaced by `new`.

    `name` says what is then wrong. `old` is an expression, statements, or `name=value` for an argument, and stands in
    the definition once, however it is laid out; the body `...` stands for any. A name in it that the
    definition no longer has stands for any name, so that faults outlive renaming. Without `new`, `old` is left out.
    `tests` are the paths that are likeliest to notice it: they are run first.
    """

    name: str
    place: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, top: Path = TOP) -> tuple[Path, str]:
        """Return the file, below `top`, and its text with the fault. Raise ValueError if its place is gone."""
        file, module, scopes = self._scopes(top)
        found = [match for scope in scopes for match in _matches(scope, self.old, self.new)]
        if len(found) != 1:
            raise ValueError(f"'{self.name}' stands {len(found)} times in {self.place}, not once: plant it anew")
        (parent, field, where), new = found[0]
        value = getattr(parent, field)
        if not isinstance(value, list):
            setattr(parent, field, new[0])
        else:
            value[where] = new
            if not value and field == "body":
                value.append(ast.Pass())
        return file, ast.unparse(module)

    def _scopes(self, top: Path) -> tuple[Path, ast.Module, list[ast.AST]]:
        """Return where the definition is: in its file, or, if it has moved, in the one other that has it."""
        path, _, name = self.place.partition("::")
        for file in chain([top / path], (top / "sim").rglob("*.py")):
            if file.exists() and name.rpartition(".")[2] in (text := file.read_text(encoding="utf-8")):
                module = ast.parse(text)
                if scopes := [node for known, node in _definitions(module) if known == name]:
                    return file, module, scopes
        raise ValueError(f"'{self.name}': {self.place} is gone: plant it anew")


def _definitions(node: ast.AST, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield each definition in a tree with its qualified name; that of a module is empty."""
    if isinstance(node, ast.Module):
        yield "", node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue
        named = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        name = f"{within}.{child.name}".lstrip(".") if named else within
        if named:
            yield name, child
        yield from _definitions(child, name)


def _matches(scope: ast.AST, old: str, new: str) -> Iterator[tuple[Window, list[ast.AST]]]:
    """Yield each place in a definition that is like `old`, with what stands there once the fault is planted."""
    known = {getattr(node, name, None) for node in ast.walk(scope) for name in NAMES}
    for pattern, planted in _forms(ast.parse(old).body, ast.parse(new).body):
        for window in _windows(scope, len(pattern), single=len(planted) == 1):
            bound: dict[str, object] = {}
            if _alike(pattern, _nodes(window), known, bound):
                yield window, [_filled(copy.deepcopy(node), bound) for node in planted]


def _forms(old: list[ast.stmt], new: list[ast.stmt]) -> Iterator[tuple[list[ast.AST], list[ast.AST]]]:
    """Yield what the two sides may mean: expressions or statements, and arguments where both are `name=value`."""
    values = [node.value for node in [*old, *new] if isinstance(node, ast.Expr)]
    if len(old) == 1 and len(values) == len(old) + len(new) <= 2:
        yield list(values[:1]), list(values[1:])
        if new:
            return
    yield list(old), list(new)
    arguments = [
        ast.keyword(node.targets[0].id, node.value)
        for node in [*old, *new]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    if len(old) == 1 and len(arguments) == len(old) + len(new):
        yield list(arguments[:1]), list(arguments[1:])


def _windows(scope: ast.AST, length: int, *, single: bool) -> Iterator[Window]:
    """Yield all neighbours in lists, and, if one node takes their place, what stands alone in a field."""
    for parent in ast.walk(scope):
        for field, value in ast.iter_fields(parent):
            for first in range(len(value) - length + 1 if isinstance(value, list) else int(single)):
                yield parent, field, slice(first, first + length)


def _nodes(window: Window) -> list[object]:
    parent, field, where = window
    value = getattr(parent, field)
    return value[where] if isinstance(value, list) else [value]


def _alike(pattern: object, there: object, known: set[str | None], bound: dict[str, object]) -> bool:
    """Say whether a part of the tree is what a pattern means, and note in `bound` what its names stand for."""
    if isinstance(pattern, list):
        if _open(pattern):
            bound["..."] = there
            return True
        return (
            isinstance(there, list)
            and len(pattern) == len(there)
            and all(_alike(*pair, known, bound) for pair in zip(pattern, there, strict=True))
        )
    if not isinstance(pattern, ast.AST):
        return pattern == there and type(pattern) is type(there)
    if type(pattern) is not type(there):
        return False
    for field, value in ast.iter_fields(pattern):
        other = getattr(there, field, None)
        if field in NAMES and isinstance(value, str) and value not in known:
            if not isinstance(other, str) or bound.setdefault(value, other) != other:
                return False
        elif field not in ("ctx", "kind") and not _alike(value, other, known, bound):
            return False
    return True


def _open(body: object) -> bool:
    """Say whether a body is `...`, which stands for any."""
    match body:
        case [ast.Expr(value=ast.Constant(value=value))]:
            return value is ...
    return False


def _filled(planted: ast.AST, bound: dict[str, object]) -> ast.AST:
    """Put into what is planted what the names and the `...` of the pattern stand for."""
    for node in list(ast.walk(planted)):
        for field, value in ast.iter_fields(node):
            if field in NAMES and value in bound:
                setattr(node, field, bound[value])
            elif _open(value):
                setattr(node, field, bound["..."])
    return planted
