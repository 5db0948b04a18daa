"""What a part of a model means, and how it is written, as text that two parts may be compared by.

Owns what counts as the same: expressions that compute the same, wherever they stand and however they are written, and
mappings whatever their order. What is not looked at is in `field_bearing`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from sim.distributions.clock_laws import Form, Law
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real
from sim.model.canonical import tree_meaning, type_meaning
from sim.model.differences.field_bearing import LEFT_OUT, READ_BY_PEOPLE


@dataclass(frozen=True, slots=True)
class Together:
    """Some fields of one thing that are told as one, such as the ends of a range."""

    of: Any
    fields: tuple[str, ...]


class Ordered(dict[Any, Any]):
    """A mapping whose order has a meaning."""


def meaning(value: Any) -> str:
    """Return what a value means, without what only people read: of two that mean the same it is the same."""
    return repr(_plain(value, lambda part: tree_meaning(part.tree), type_meaning, READ_BY_PEOPLE))


def wording(value: Any) -> str:
    """Return how a value is written, whatever the spaces and line breaks are."""
    return repr(_plain(value, lambda part: " ".join(part.text.split()), str, {}))


def texts(value: Any) -> Iterator[str]:
    """Yield the texts of all expressions in a value."""
    match value:
        case Expression(text=text):
            yield text
        case Together(of, names):
            yield from texts(tuple(getattr(of, name) for name in names))
        case Mapping():
            yield from texts(tuple(value.values()))
        case tuple():
            for part in value:
                yield from texts(part)
        case Law() | Form():
            pass
        case _ if is_dataclass(value) and not isinstance(value, type):
            yield from texts(tuple(fields_compared(value).values()))


def fields_compared(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are looked at, by name: those that it compares itself by, as a rule."""
    hidden = LEFT_OUT.get(type(value), frozenset())
    looked_at = (field.name for field in fields(value) if field.compare and field.name not in hidden)
    return {name: getattr(value, name) for name in looked_at}


def _plain(
    value: Any, expression: Callable[[Expression], Any], kind: Callable[[Any], Any],
    hidden: Mapping[type, Iterable[str]],
) -> Any:  # fmt: skip
    """Return a value as plain data, with what is given for expressions and types, and without the `hidden` fields."""

    def plain(part: Any) -> Any:
        match part:
            case Expression():
                return expression(part)
            case Law(name=name):
                return name
            case Form(parameters=names):
                return names
            case Bool() | Integer() | Real() | Enumeration() | Instant():
                return kind(part)
            case Together(of, names):
                return [plain(getattr(of, name)) for name in names if name not in hidden.get(type(of), ())]
            case Mapping():
                return [[name, plain(part[name])] for name in (part if isinstance(part, Ordered) else sorted(part))]
            case tuple() | list():
                return [plain(item) for item in part]
            case _ if is_dataclass(part) and not isinstance(part, type):
                looked_at = [(name, one) for name, one in fields_compared(part).items()
                             if name not in hidden.get(type(part), ())]  # fmt: skip
                return [type(part).__name__, *([name, plain(one)] for name, one in looked_at)]
        return part

    return plain(value)
