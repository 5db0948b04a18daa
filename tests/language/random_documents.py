"""Documents made up from their shapes alone, as data: keys that a shape gains are made up too, by themselves.

What a key may hold is read from the shape's annotations. Which names and expressions there are says a `Words`.
"""

from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BeforeValidator, StringConstraints

from sim.language.shapes.shape import INDEXED, NAME, NUMBER, PARAMETER, SLUG, TARGET, Instant, Shape, as_list, as_text

Data = dict[str, Any]
LONGEST = 4
_DATED = next(item.max_length for item in get_args(Instant) if isinstance(item, StringConstraints))


@dataclass(frozen=True)
class Words:
    """What stands in documents. `keyed` has the names that a key declares, `named` those that it refers to."""

    sentences: st.SearchStrategy[str]
    expressions: st.SearchStrategy[str]
    names: st.SearchStrategy[str]
    slugs: st.SearchStrategy[str]
    dates: st.SearchStrategy[str]
    families: st.SearchStrategy[str]
    free: st.SearchStrategy[str]  # keys that may be anything
    floats: st.SearchStrategy[float] = field(default_factory=lambda: st.floats(allow_nan=False, allow_infinity=False))
    keyed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    most: int = LONGEST
    all_keys: bool = False


def documents(shape: type[Shape], words: Words) -> st.SearchStrategy[Data]:
    """Draw the data of a document that fits its shape; what it means may still be wrong."""
    return _shaped(shape, words)


def section(shape: type[Shape], key: str, words: Words) -> st.SearchStrategy[Any]:
    """Draw what stands under one key of a document."""
    known = {field.alias or name: (name, field) for name, field in shape.model_fields.items()}
    name, found = known[key]
    return _value(found.annotation, tuple(found.metadata), words, name)


@st.composite
def _shaped(draw: st.DrawFn, shape: type[Shape], words: Words) -> Data:
    fields = shape.model_fields
    optional = [name for name, item in fields.items() if not item.is_required()]
    few = st.lists(st.sampled_from(optional), max_size=words.most, unique=True) if optional else st.just([])
    chosen = set(optional if words.all_keys else draw(few))
    found = {}
    for name, item in fields.items():
        if item.is_required() or name in chosen:
            found[item.alias or name] = draw(_value(item.annotation, tuple(item.metadata), words, name))
    return found


def _value(annotation: Any, metadata: tuple[Any, ...], words: Words, key: str) -> st.SearchStrategy[Any]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(parts[0], (*parts[1:], *metadata), words, key)
    if origin in (Union, UnionType):
        found = [_value(part, metadata if part is not type(None) else (), words, key) for part in parts
                 if part is not type(None)]  # fmt: skip
        return st.one_of(found)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is dict:
        keys = st.sampled_from(words.keyed[key]) if key in words.keyed else _value(parts[0], (), words, "")
        return st.dictionaries(keys, _value(parts[1], (), words, key), max_size=words.most)
    if origin is list:
        least, most = _lengths(metadata)
        item = _value(parts[0], (), words, key)
        listed = st.lists(item, min_size=least, max_size=max(least, min(most, words.most)))
        return st.one_of(item, listed) if as_list in _before(metadata) else listed
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _shaped(annotation, words)
    if annotation is str:
        return st.sampled_from(words.named[key]) if key in words.named else _text(metadata, words)
    return {bool: st.booleans(), int: st.integers(-(10**39), 10**39), float: words.floats}[annotation]


def _before(metadata: tuple[Any, ...]) -> set[Any]:
    return {item.func for item in metadata if isinstance(item, BeforeValidator)}


def _lengths(metadata: tuple[Any, ...]) -> tuple[int, int]:
    """Return the least and the greatest length that annotations ask for, wherever they stand among them."""
    flat = [part for item in metadata for part in (item, *getattr(item, "metadata", ()))]
    least = [part.min_length for part in flat if getattr(part, "min_length", None) is not None]
    most = [part.max_length for part in flat if getattr(part, "max_length", None) is not None]
    return max(least, default=0), min(most, default=LONGEST)


def _text(metadata: tuple[Any, ...], words: Words) -> st.SearchStrategy[str]:
    limits = next((item for item in metadata if isinstance(item, StringConstraints)), None)
    if limits is None:
        return words.free
    if limits.pattern is None:
        assert as_text in _before(metadata), "free text takes numbers too"
        shortest = {2000: words.sentences, _DATED: words.dates}
        return shortest.get(limits.max_length or 0, words.expressions)
    members = st.builds("{}[{}]".format, words.names, st.sampled_from(["1", "i", "-1", "é: #", "i + 1", "north"]))
    placed = st.builds("{}.{}".format, words.names, st.sampled_from(["rate", "rate.2", "effects.up[i + 1]"]))
    known = {NAME: words.names, SLUG: words.slugs, INDEXED: words.names | members, PARAMETER: words.names | placed}
    known |= {TARGET: words.names | members, NUMBER: st.integers(1, 99_999).map(str)}
    return known.get(str(limits.pattern), words.families)
