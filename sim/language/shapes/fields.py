"""Where a location leads: into the file, and into the shapes that say what may stand there.

A location is pydantic's: keys and numbers of items, with tags of unions and the like between them.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from sim.language.shapes.shape import Shape
from sim.language.yaml.parser import Document, Keys

Location = tuple[str | int, ...]
Kind: TypeAlias = tuple[Any, frozenset[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file as its shape sees it: what may stand there, and whether it can be left out."""

    keys: Keys
    kinds: tuple[Any, ...]
    required: bool


def in_file(document: Document, location: Location) -> Keys:
    """Drop from a location what is not part of the file: tags of unions, `[key]`, missing keys."""
    keys: Keys = ()
    for part in location:
        if (*keys, part) in document.offsets:
            keys = (*keys, part)
    return keys


def part_at(document: Document, shape: type[Shape], location: Location) -> Part:
    """Return the last part of the file on the way along a location; a missing key at its end is such a part."""
    kinds: list[Any] = [shape]
    found = Part((), (shape,), required=True)
    for number, step in enumerate(location):
        field = field_of(kinds, step)
        kinds = _step(kinds, step)
        if (*found.keys, step) in document.offsets or (field is not None and number == len(location) - 1):
            found = Part((*found.keys, step), tuple(kinds), field is not None and field.is_required())
    return found


def field_of(kinds: list[Any], name: str | int) -> FieldInfo | None:
    """Return the field of this name, as files write it, of the first shape that has one."""
    for kind in kinds:
        if is_shape(kind):
            for known, field in kind.model_fields.items():
                if name == (field.alias or known):
                    found: FieldInfo = field
                    return found
    return None


def shape_at(shape: type[Shape], location: Location) -> type[Shape] | None:
    """Follow a location through the shapes; None where it leads to something that is not a shape."""
    kinds: list[Any] = [shape]
    for part in location:
        kinds = _step(kinds, part)
    return next((found for found in kinds if is_shape(found)), None)


def keys_at(shape: type[Shape], location: Location) -> list[str]:
    """Return the keys that may stand at a location."""
    found = shape_at(shape, location)
    return [known.alias or name for name, known in found.model_fields.items()] if found else []


def is_shape(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Shape)


def _step(kinds: list[Any], part: str | int) -> list[Any]:
    """Go one part on: into a field, a mapping's value or a list's item; a union's tag leads nowhere."""
    field = field_of(kinds, part)
    if field is not None:
        return alternatives(field.annotation)
    for kind in kinds:
        if is_shape(kind) and kind.model_config["extra"] == "allow":  # any other key is of the kind that it says
            return alternatives(get_args(kind.__annotations__["__pydantic_extra__"])[1])
        if get_origin(kind) is dict and isinstance(part, str):
            return alternatives(get_args(kind)[1])
        if get_origin(kind) is list and isinstance(part, int):
            return alternatives(get_args(kind)[0])
    return kinds


def alternatives(annotation: Any) -> list[Any]:
    """Write out a union, and leave annotations off."""
    return [kind for kind, _ in kinds_of(annotation)]


def kinds_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> list[Kind]:
    """Write out a union: each alternative, with the functions that turn what is in a file into it."""
    before = frozenset(item.func for item in metadata if isinstance(item, BeforeValidator))
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return [(kind, known | before) for kind, known in kinds_of(inner, tuple(more))]
    if get_origin(annotation) in (Union, UnionType):
        return [(kind, known | before) for part in get_args(annotation) for kind, known in kinds_of(part)]
    return [(annotation, before)]
