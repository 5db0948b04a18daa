"""The reference pages of the YAML files: every key of each kind of document, from `sim.language.shapes`."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import PydanticUndefined

from sim.docs.markdown import page, section, table
from sim.language.shapes import reuse
from sim.language.shapes import shape as shapes
from sim.language.shapes.documents import SHAPES
from sim.language.shapes.shape import Shape

# What the types of `sim.language.shapes.shape` are in words; a union is read part by part.
WORDS: tuple[tuple[Any, str], ...] = (
    (shapes.Name, "a name"),
    (shapes.Slug, "an id"),
    (shapes.Indexed, "a name, or a family's member"),
    (shapes.Sentence, "text"),
    (shapes.Expr, "an [expression](expressions.md)"),
    (shapes.Instant, "a date"),
    (shapes.Family, "an index and its values"),
    (shapes.Listed, "a name, or a list of names"),
    (reuse.Names, "a name, or a list of names"),
    (shapes.Paragraphs, "a number, or a list of numbers"),
)
INTRODUCTIONS = {
    "model": "A model file says who acts, what is true, what can happen, and what is asked of each run. It is "
    "`model.yaml` in the folder of the case. What is needed may come from a model that it `extends` and from parts "
    "that it uses.",
    "part": "A part file has what several models have in common. A model that names it under `use` says what stands "
    "for each name that it needs: see [Extend a model, and share parts](../how-to/shared-models.md).",
    "scenario": "A scenario file names what is assumed from the branch on. A scenario that `extends` another has its "
    "keys, but for those given here.",
    "history": "A history file has the documented events of a case, in order of time, each with its sources.",
    "sources": "A sources file lists the documents of a case. Histories, parameters and rules cite their ids.",
    "counterexample": "`sim test` writes such a file when it has broken a check; it is the argument that shows the "
    "history again.",
}
NAMES = (
    "A name is small letters, digits and `_`, and begins with a letter; an id may also have `-` and `.`. `NAME` stands "
    "for a name that you give. What is not needed may be left out."
)


def files() -> dict[str, str]:
    """Return the pages by path."""
    return {f"reference/{kind}.md": _page(kind, shape) for kind, shape in SHAPES.items()}


def _page(kind: str, shape: type[Shape]) -> str:
    sections = [_section(kind, path, inner) for path, inner in _shapes(shape, ())]
    return page(
        f"The keys of a {kind} file",
        INTRODUCTIONS[kind],
        NAMES,
        *sections,
        topics=f"{kind} file, keys of a {kind} file",
    )


def _section(kind: str, path: tuple[str, ...], shape: type[Shape]) -> str:
    fields = get_type_hints(shape, include_extras=True)
    rows = []
    for name, field in shape.model_fields.items():
        key = field.alias or name
        words = _words(fields[name]) + _default(field.default)
        rows.append((f"`{key}`", words, field.description or ""))
    title = f"`{'.'.join(path)}`" if path else "At the top"
    own = ".".join([kind, *(part for part in path if part not in ("NAME", "[]"))])
    about = " ".join((shape.__doc__ or "").split())
    return section(title, about, table(["key", "what it holds", "meaning"], rows), topics=own if path else "")


def _shapes(shape: type[Shape], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[Shape]]]:
    """Yield a shape and those within it, each with the path of keys that leads to it."""
    yield path, shape
    seen: set[type[Shape]] = set()
    for name, field in shape.model_fields.items():
        for step, inner in _inner(field.annotation, ()):
            if inner not in seen:
                seen.add(inner)
                yield from _shapes(inner, (*path, field.alias or name, *step))


def _inner(annotation: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[Shape]]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield path, annotation
        return
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = inner[:1]
    step = ("NAME",) if origin is dict else ("[]",) if origin is list else ()
    for part in inner:
        yield from _inner(part, (*path, *step))


def _words(annotation: Any) -> str:
    """Return in words what a key may hold."""
    for known, words in WORDS:
        if annotation == known:
            return words
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation == shapes.Bases:
        return "a mapping, or a list of them: see `basis`"
    if origin is Annotated:
        return _words(inner[0])
    if origin in (Union, UnionType):
        return ", or ".join(dict.fromkeys(_words(part) for part in inner if part is not type(None)))
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in inner)
    if origin is dict:
        keys = "paragraphs' numbers" if inner[0] == shapes.ParagraphNumber else "names"
        return f"a mapping of {keys} to {_many(_words(inner[1]))}"
    if origin is list:
        return f"a list of {_many(_words(inner[0]))}"
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return "a mapping"
    return {bool: "`true` or `false`", int: "a whole number", float: "a number", str: "text"}[annotation]


def _many(words: str) -> str:
    plural = {
        "a mapping": "mappings", "a name": "names", "text": "texts", "a number": "numbers",
        "an [expression](expressions.md)": "[expressions](expressions.md)", "a whole number": "whole numbers",
        "a name, or a family's member": "names, or members of families",
    }  # fmt: skip
    first, of, rest = words.partition(" of ")
    return plural.get(words) or (f"{first.removeprefix('a ')}s of {rest}" if of and words.startswith("a ") else words)


def _default(value: Any) -> str:
    """Return what is said of a default: that a key is needed, or what it has where it is left out, if anything."""
    if value is PydanticUndefined:
        return "; needed"
    if value is None or value == [] or value == {}:
        return ""
    return f"; `{str(value).lower() if isinstance(value, bool) else value}` if left out"
