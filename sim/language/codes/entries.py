"""What `sim explain` says: each error code, and each key of the YAML files.

The meanings stand in the YAML files beside this module. Codes are never reused. The letter is E for an error and W for
a warning, the first digit the pass that finds it: 0 a request, 1 shape, 2 expression, 3 meaning, 4 history, 5 scenario,
6 run, 7 ledger, 8 explanation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from textwrap import fill, indent
from typing import Annotated, Any, get_args, get_origin

import yaml

from sim.language.shapes.documents import SHAPES
from sim.language.shapes.shape import Shape

WIDTH = 80
INSET = "    "


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One kind of complaint: what it means, its usual causes, an example that is wrong and one that is right."""

    code: str
    title: str
    cause: str
    wrong: str
    right: str


def _texts(group: str) -> dict[str, dict[str, str]]:
    """Return the texts of one file, by their codes."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written = (files("sim.language.codes") / f"{group}.yaml").read_bytes()
    texts: dict[str, dict[str, str]] = yaml.load(written, Loader=loader)  # noqa: S506 - both are safe
    return texts


CODES: Mapping[str, ErrorCode] = {
    code: ErrorCode(code=code, **texts)
    for group in ("requests", "documents", "runs", "ledgers", "explanations", "warnings")
    for code, texts in _texts(group).items()
}


def explain(code: str) -> str:
    """Return the text that explains a code. Raise KeyError if there is none such."""
    known = CODES[code]
    parts = [f"{known.code}: {known.title}", fill(known.cause, WIDTH)]
    return "\n\n".join([*parts, "Wrong:\n" + indent(known.wrong, INSET), "Right:\n" + indent(known.right, INSET)])


def explain_key(key: str) -> str | None:
    """Return what a YAML key means wherever it may stand, or None if it stands nowhere.

    `key` is a word such as `memory`, or the end of a path such as `rules.memory`; the names that authors give
    (of rules, variables, ...) are left out of paths.
    """
    wanted = tuple(key.split("."))
    found = [f"{'.'.join(path)}: {description}" for path, description in _keys() if path[-len(wanted) :] == wanted]
    return "\n".join(found) or None


def keys() -> set[str]:
    """Return every key that some kind of file may have."""
    return {path[-1] for path, _ in _keys()}


def _keys() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each key of each kind of file, as a path that begins with the kind, and its description."""
    for kind, shape in SHAPES.items():
        yield from _keys_of(shape, (kind,))


def _keys_of(shape: type[Shape], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, field in shape.model_fields.items():
        path = (*above, field.alias or name)
        yield path, field.description or ""
        for inner in _shapes_in(field.annotation):
            yield from _keys_of(inner, path)


def _shapes_in(annotation: Any) -> list[type[Shape]]:
    """Return the shapes that a field's value may have, or be made of."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return [annotation]
    inner = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return list(dict.fromkeys(shape for part in inner for shape in _shapes_in(part)))
