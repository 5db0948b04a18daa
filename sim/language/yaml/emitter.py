"""A checked document as YAML text, from which `load` reads the same document.

The inverse of `load`: keys as files call them, nothing that is at its default, an item without its list where a list
of one may be written so. What would be read as something else without quotes is put in quotes: `parser` says what.
"""

import re
from typing import Any, get_args, get_origin

import yaml

from sim.language.shapes.fields import Kind, kinds_of
from sim.language.shapes.shape import Expr, Shape, as_list, as_text
from sim.language.yaml.parser import MOST_DIGITS, is_word, plain

LONGEST = 90  # of what stands between brackets on one line

# Tags that are never written: what is read as text without quotes, and what is not.
_WORD, _NUMBER, _LIST, _MAPPING = "word", "number", "list", "mapping"
# Line breaks: the emitter would fold some of them, and write others as they are, which `reader` refuses.
_BREAKS = re.compile("[\r\n\x85\u2028\u2029]")


def write(shape: Shape) -> str:
    """Write a checked document: `loads(write(shape), type(shape), name).shape == shape`."""
    text = ""
    for key, value in _fields(shape):
        if isinstance(value, yaml.CollectionNode):
            holds_collections = any(isinstance(part, yaml.CollectionNode) for part in _parts(value))
            value.flow_style = value.flow_style and not holds_collections
        section = yaml.MappingNode(_MAPPING, [(key, value)], flow_style=False)
        written = yaml.serialize(section, Dumper=_Dumper, allow_unicode=True, width=float("inf"))
        text += "\n" + written if text and written.count("\n") > 1 else written
    return text


class _Dumper(yaml.SafeDumper):
    """Knows what `reader` reads as text; PyYAML by itself knows YAML 1.1, in which `no` is a truth value."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return _WORD if not implicit[0] or is_word(value) else _NUMBER
        return _MAPPING if kind is yaml.MappingNode else _LIST


def _fields(shape: Shape) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the key and the value of each field that is not at its default, in the order of the shape."""
    found = []
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if field.is_required() or value != field.get_default():
            kinds = kinds_of(field.annotation, tuple(field.metadata))
            found.append((_text(field.alias or name), _node(value, kinds)))
    more = shape.__pydantic_extra__ or {}  # keys that have no names in the shape
    return [*found, *((_text(key), _node(value, kinds_of(Expr))) for key, value in more.items())]


def _node(value: Any, kinds: list[Kind]) -> yaml.Node:
    if isinstance(value, Shape):
        return _mapping(_fields(value))
    if isinstance(value, dict):
        inner = next(kinds_of(get_args(kind)[1]) for kind, _ in kinds if _origin(kind) is dict)
        return _mapping([(_text(key), _node(item, inner)) for key, item in value.items()])
    if isinstance(value, list):
        inner, alone = next(
            (kinds_of(get_args(kind)[0]), as_list in before) for kind, before in kinds if _origin(kind) is list
        )
        items = [_node(item, inner) for item in value]
        if alone and len(items) == 1:
            return items[0]
        return yaml.SequenceNode(_LIST, items, flow_style=sum(map(_width, items)) <= LONGEST)
    if isinstance(value, str):
        number = any(kind is str and as_text in before for kind, before in kinds) and _is_read_back(value)
        return yaml.ScalarNode(_NUMBER, value) if number else _text(value)
    return yaml.ScalarNode(_NUMBER, as_text(value))


def _origin(kind: Any) -> object:
    return get_origin(kind)


def _is_read_back(text: str) -> bool:
    """Return whether a text that is read as a number or a truth value becomes this very text again."""
    return not is_word(text) and sum(map(str.isdigit, text)) <= MOST_DIGITS and as_text(plain(text)) == text


def _text(value: str) -> yaml.Node:
    return yaml.ScalarNode(_WORD, value, style='"' if _BREAKS.search(value) else None)


def _parts(node: yaml.CollectionNode) -> list[yaml.Node]:
    return [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]


def _mapping(pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.Node:
    width = sum(_width(key) + _width(value) for key, value in pairs)
    return yaml.MappingNode(_MAPPING, pairs, flow_style=width <= LONGEST)


def _width(node: yaml.Node) -> int:
    """Return about how many characters a node takes on one line."""
    if isinstance(node, yaml.CollectionNode):
        return 2 + sum(map(_width, _parts(node)))
    return len(node.value) + 2
