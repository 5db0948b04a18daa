"""The reference page of the Python API: the public names of `import sim`, from their sources."""

import ast
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
    """Return the section of a class: its fields with their types, its properties, its methods with their arguments."""
    made = getattr(sim, name)
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(made))).body
    assert isinstance(body, ast.ClassDef), f"{name} is a class"
    rows = []
    for member in body.body:
        match member:
            case ast.AnnAssign(target=ast.Name(id=field)) if not field.startswith("_"):
                rows.append((f"`.{field}`", f"`{ast.unparse(member.annotation)}`"))
            case ast.FunctionDef(name=called) if not called.startswith("_") and ast.get_docstring(member):
                shown = "" if isinstance(getattr(made, called), property) else f"({_called_with(member)})"
                rows.append((f"`.{called}{shown}`", _first(member)))
    return section(f"sim.{name}", *_words(made), table(["member", "what it is"], rows), topics=f"sim.{name}")


def _called_with(function: ast.FunctionDef) -> str:
    """Return the names of a method's arguments; those with a default have `=...`."""
    plain = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
    needed = len(plain) - len(function.args.defaults)
    listed = [name if place < needed else f"{name}=..." for place, name in enumerate(plain)]
    listed += [f"*{function.args.vararg.arg}"] if function.args.vararg else []
    return ", ".join([*listed, *(f"{one.arg}=..." for one in function.args.kwonlyargs)])


def _words(made: Any) -> list[str]:
    """Return the paragraphs of a docstring; indented ones become blocks."""
    text = inspect.cleandoc(made.__doc__ or "")
    return [
        block("text", textwrap.dedent(part)) if part.startswith("    ") else part.replace("\n", " ")
        for part in text.split("\n\n")
    ]


def _first(function: ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())


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
