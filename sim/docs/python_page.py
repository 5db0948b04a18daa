"""The reference page of the Python API: the public names of `import sim`, from their sources."""

import ast
import dataclasses
import inspect
import textwrap
from typing import Any

import sim
from sim.docs.markdown import block, page, section, table


def files() -> dict[str, str]:
    """Return the page by path."""
    names = [name for name in sim.__all__ if not name.startswith("__")]
    functions = [name for name in names if inspect.isfunction(getattr(sim, name))]
    classes = [name for name in names if inspect.isclass(getattr(sim, name))]
    return {
        "reference/python.md": page(
            "Python API",
            "What `import sim` has. Everything else may change from one release to the next. [Notebooks and "
            "scripts](../how-to/notebooks.md) shows how it is used.",
            *(_function(name) for name in sorted(functions)),
            *(_class(name) for name in sorted(classes)),
            topics="api, notebook api",
        )
    }


def _function(name: str) -> str:
    made = getattr(sim, name)
    return section(f"sim.{name}", *_words(made), block("python", _signature(made, name)), topics=f"sim.{name}")


def _class(name: str) -> str:
    made = getattr(sim, name)
    rows = []
    annotated = {field.name for field in dataclasses.fields(made)} if dataclasses.is_dataclass(made) else set()
    for member, value in vars(made).items():
        if member.startswith("_") or member in annotated:
            continue
        if isinstance(value, property):
            rows.append((f"`.{member}`", _first(value)))
        elif inspect.isfunction(value) or isinstance(value, staticmethod | classmethod):
            rows.append((f"`.{member}()`", _first(value)))
    fields = ", ".join(f"`{field}`" for field in sorted(annotated) if not field.startswith("_"))
    return section(
        f"sim.{name}",
        *_words(made),
        f"Fields: {fields}." if fields else "",
        table(["member", "what it is"], [row for row in rows if row[1]]),
        topics=f"sim.{name}",
    )


def _words(made: Any) -> list[str]:
    """Return the paragraphs of a docstring; indented ones become blocks."""
    text = inspect.cleandoc(made.__doc__ or "")
    return [
        block("text", textwrap.dedent(part)) if part.startswith("    ") else part.replace("\n", " ")
        for part in text.split("\n\n")
    ]


def _first(made: Any) -> str:
    text = inspect.cleandoc(getattr(made, "__doc__", None) or "")
    return " ".join(text.split("\n\n")[0].split())


def _signature(function: Any, name: str) -> str:
    """Return a function's signature as its source has it, so that it is the same with every version of Python."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef), f"{name} is a function"
    arguments = node.args
    parts = [_argument(one) for one in arguments.args]
    first = len(parts) - len(arguments.defaults)
    for place, default in enumerate(arguments.defaults, first):
        parts[place] += f" = {ast.unparse(default)}"
    if arguments.vararg:
        parts.append(f"*{_argument(arguments.vararg)}")
    elif arguments.kwonlyargs:
        parts.append("*")
    for one, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parts.append(_argument(one) + (f" = {ast.unparse(given)}" if given else ""))
    if arguments.kwarg:
        parts.append(f"**{_argument(arguments.kwarg)}")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    inside = "".join(f"    {part},\n" for part in parts)
    return f"sim.{name}(\n{inside}){returns}" if parts else f"sim.{name}(){returns}"


def _argument(one: ast.arg) -> str:
    return f"{one.arg}: {ast.unparse(one.annotation)}" if one.annotation else one.arg
