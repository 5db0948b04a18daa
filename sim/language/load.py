"""The one way in: a path to a checked shape with the place of every part, or every complaint at once.

Owns the step from plain data to the shapes of `documents`, and how pydantic's findings become located
diagnostics. What the parts mean together is checked where a model is built.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError

from sim.language.diagnostics import Complaints
from sim.language.documents import SHAPES
from sim.language.shape import Shape
from sim.language.source import Document, Keys, parse, read
from sim.language.suggest import did_you_mean

S = TypeVar("S", bound=Shape)

_COMMA = "between { } a comma ends a value: put text with a comma in quotes"

_PATTERNS = {
    "[a-z][a-z0-9_]{0,63}$": "expected a name in small letters, digits and '_', beginning with a letter",
    "[a-z0-9][a-z0-9_.-]": "expected an id in small letters, digits, '-', '_' and '.'",
    "in .+": "expected an index and its values, as in 'i in 1..5' or 'p in north, south'",
    "(\\[": "expected a name, or a member of a family such as up[i]",
}


@dataclass(frozen=True)
class Loaded(Generic[S]):
    """A document whose shape is right: the shape, and where each of its parts stands."""

    shape: S
    document: Document
    path: Path


def load(path: Path, shape: type[S], shown: str | None = None) -> Loaded[S]:
    """Read the file at `path` as `shape`. Raise LanguageError with every complaint of the file.

    `shown` is how messages call the file; the path as given unless said otherwise.
    """
    return _checked(read(path, shown or str(path)), path, shape)


def loads(text: str, shape: type[S], shown: str) -> Loaded[S]:
    """Read `text` as `load` reads a file called `shown`; paths in it are seen from its folder."""
    return _checked(parse(text, shown), Path(shown), shape)


def _checked(document: Document, path: Path, shape: type[S]) -> Loaded[S]:
    complaints = Complaints()
    if not isinstance(document.data, dict):
        kind = next(name for name, known in SHAPES.items() if known is shape)
        complaints.add("E106", f"expected a {kind} file, that is a mapping of keys", document.value_span(()))
        complaints.raise_any()
    try:
        return Loaded(shape.model_validate(document.data), document, path)
    except ValidationError as error:
        for finding in error.errors(include_url=False):
            _complain(document, shape, finding, complaints)
    complaints.raise_any()
    raise AssertionError("pydantic refused a document and said nothing")


def _complain(document: Document, shape: type[Shape], finding: Any, complaints: Complaints) -> None:
    keys = _in_file(document, finding["loc"])
    kind, context = finding["type"], finding.get("ctx", {})
    named = f"'{keys[-1]}'" if keys and isinstance(keys[-1], str) else "this item"
    value = finding.get("input")
    if kind == "extra_forbidden":
        allowed = _keys_at(shape, finding["loc"][:-1])
        key = str(finding["loc"][-1]).partition(" (again at ")[0]
        notes = _allowed(key, allowed)
        if value is None:
            notes = (_COMMA, *notes)
        complaints.add("E104", f"unknown key '{key}'", document.key_span(keys), *notes)
    elif kind == "missing":
        missing = finding["loc"][-1]
        where = f"in '{keys[-1]}'" if keys else "in this file"
        complaints.add(
            "E105", f"the key '{missing}' is missing {where}", document.key_span(keys), *_hint(shape, finding)
        )
    elif kind == "string_pattern_mismatch":
        note = next((note for part, note in _PATTERNS.items() if part in context["pattern"]), "")
        wrong_key = finding["loc"][-1] == "[key]"
        span = document.key_span(keys) if wrong_key else document.value_span(keys)
        complaints.add("E106", f"'{value}' will not do here", span, note)
    elif kind == "literal_error":
        allowed = [part.strip().strip("'") for part in context["expected"].replace(" or ", ", ").split(", ")]
        complaints.add(
            "E106",
            f"{named} cannot be {_shown(value)}",
            document.value_span(keys),
            *_allowed(str(value), allowed),
        )
    else:
        message = f"{named} cannot be {_shown(value)}" if keys else "this file is not of the right shape"
        torn = value is None and bool(keys) and not re.fullmatch(r"[\w-]+", str(keys[-1]))
        complaints.add("E106", message, document.value_span(keys), *((_COMMA,) if torn else ()), _expected(finding))


def _expected(finding: Any) -> str:
    wanted = {
        "string_type": "a word or an expression",
        "int_type": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "dict_type": "a mapping of keys",
        "list_type": "a list",
        "model_type": "a mapping of keys",
        "model_attributes_type": "a mapping of keys",
    }
    message: str = finding["msg"].removesuffix(f" after validation, not {finding.get('ctx', {}).get('actual_length')}")
    if isinstance(finding.get("input"), str):
        message = message.replace(" item", " character")
    said = re.sub(r"^(\w+ should (have|be) )", "", message)
    return "expected " + wanted.get(finding["type"], said[:1].lower() + said[1:])


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


def _allowed(word: str, allowed: list[str]) -> tuple[str, ...]:
    notes = did_you_mean(word, allowed)
    if notes and notes[0].startswith("allowed"):
        return notes
    listed = ("allowed here: " + ", ".join(sorted(allowed)),) if allowed else ()
    return (*notes, *listed)


def _in_file(document: Document, location: tuple[str | int, ...]) -> Keys:
    """Drop from pydantic's location what is no part of the file: tags of unions, `[key]`, missing keys."""
    keys: Keys = ()
    for part in location:
        if (*keys, part) in document.places:
            keys = (*keys, part)
    return keys


def _shape_at(shape: type[Shape], location: tuple[str | int, ...]) -> type[Shape] | None:
    """Follow a location through the shapes; None where it leads to something that is no shape."""
    current: list[Any] = [shape]
    for part in location:
        current = _step(current, part)
    return next((found for found in current if _is_shape(found)), None)


def _step(current: list[Any], part: str | int) -> list[Any]:
    """Go one part on: into a field, a mapping's value or a list's item; a union's tag leads nowhere."""
    for candidate in current:
        if _is_shape(candidate):
            for name, known in candidate.model_fields.items():
                if part == (known.alias or name):
                    return _alternatives(known.annotation)
        elif get_origin(candidate) is dict and isinstance(part, str):
            return _alternatives(get_args(candidate)[1])
        elif get_origin(candidate) is list and isinstance(part, int):
            return _alternatives(get_args(candidate)[0])
    return current


def _alternatives(annotation: Any) -> list[Any]:
    """Write out a union, and leave annotations off."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [found for inner in get_args(annotation) for found in _alternatives(inner)]
    return [annotation]


def _is_shape(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Shape)


def _keys_at(shape: type[Shape], location: tuple[str | int, ...]) -> list[str]:
    found = _shape_at(shape, location)
    return [known.alias or name for name, known in found.model_fields.items()] if found else []


def _hint(shape: type[Shape], finding: Any) -> tuple[str, ...]:
    found = _shape_at(shape, finding["loc"][:-1])
    if found is None:
        return ()
    for name, known in found.model_fields.items():
        if finding["loc"][-1] in (name, known.alias) and known.description:
            return (f"{finding['loc'][-1]}: {known.description}",)
    return ()
