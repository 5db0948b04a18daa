"""A dataclass with more than four fields is made by keyword: two of its values cannot be swapped unseen."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import sim

TOP = Path(sim.__file__).parent
MOST_BY_PLACE = 4


def modules() -> Iterator[tuple[ModuleType, ast.Module]]:
    for path in sorted(TOP.rglob("*.py")):
        parts = path.relative_to(TOP.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield importlib.import_module(name), ast.parse(path.read_text(encoding="utf-8"))


def by_place(module: ModuleType, tree: ast.AST) -> Iterator[str]:
    """Yield the calls in a module that make a large dataclass and give a value by its place."""
    known = dict(vars(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim."):
            source = importlib.import_module(node.module)
            known |= {name.asname or name.name: getattr(source, name.name, None) for name in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            made = known.get(node.func.id)
            if isinstance(made, type) and is_dataclass(made):
                wanted = [field for field in fields(made) if field.init]
                if len(wanted) > MOST_BY_PLACE:
                    yield f"{module.__name__}:{node.lineno} {made.__name__}"


def test_large_dataclasses_are_made_by_keyword() -> None:
    found = [call for module, tree in modules() for call in by_place(module, tree)]
    assert not found, found


@pytest.mark.parametrize(("text", "count"), [("Event(0, 1.0, 'fired', 'a')", 1), ("Event(sequence=0, time=1.0)", 0)])
def test_a_value_given_by_its_place_is_found(text: str, count: int) -> None:
    module = importlib.import_module("sim.model.event")
    assert len(list(by_place(module, ast.parse(text)))) == count
