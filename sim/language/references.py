"""Which scalars of a model's or a part's declarations name what, so that one name can stand for another.

Owns what may be a name in each place, and the putting of other names there. Which names change is decided where a part
is filled in; what a name means is left to `expressions` and to `sim.build`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from sim.language.expressions.grammar import LITERAL
from sim.language.expressions.operations import OCCURRENCES, SINCE
from sim.language.shapes.documents import PartShape
from sim.language.shapes.shape import Expr, Shape
from sim.language.yaml.parser import Keys

Space: TypeAlias = Literal["quantity", "faction", "event", "rule", "outcome", "measure", "check", "base rate"]
Names: TypeAlias = Mapping[Space, Mapping[str, str]]  # what stands for each name of a space

# The groups of a model, and the space in which their names must differ: a quantity is what expressions read.
GROUPS: Mapping[str, Space] = {
    "factions": "faction", "state": "quantity", "parameters": "quantity", "derived": "quantity", "events": "event",
    "rules": "rule", "outcomes": "outcome", "measures": "measure", "checks": "check",
    "base_rates": "base rate",
}  # fmt: skip

# Places with names instead of expressions, as a group and keys of it; names that authors give are left out.
NAMING: Mapping[str, tuple[Space, ...]] = {
    "events.by": ("faction",),
    "rules.faction": ("faction",),
    "rules.on": ("event",),
    "rules.emits": ("event",),
    "rules.emits.event": ("event",),
    "rules.choose.event": ("event",),
    "rules.restarts": ("rule",),
    "outcomes.on": ("event",),
    "measures.on": ("event",),
    "measures.count": ("event",),
    "checks.after": ("event",),
    "checks.before": ("event",),
    "checks.happened": ("event",),
    "checks.unchanged_by": ("event",),
    "checks.changed_only_by": ("event",),
    "checks.monotone": ("quantity",),
    "checks.never_lowers": ("outcome",),
    "checks.never_raises": ("outcome",),
    "checks.reachable": ("rule", "outcome"),
    "base_rates.outcome": ("outcome",),
}
WORDS_OF_THEIR_OWN = frozenset({
    "state.values", "events.marks", "parameters.elicited.experts", "parameters.elicited.pool",
})  # fmt: skip
_KEYS_THAT_NAME = {"events.effects"}  # state variables
_EXPRESSIONS = {"rules.clock"}  # beside what has the type of an expression
_READING: Mapping[str, tuple[Space, ...]] = {"measures.formula": ("measure", "quantity")}  # where not quantities alone

_ASKING = {**OCCURRENCES, SINCE: "event type"}  # functions that take a name, and of what

_IN_EXPRESSIONS = re.compile(
    rf"{LITERAL.pattern}|\{{[^{{}}]*\}}"
    rf"|\b(?P<function>{'|'.join(_ASKING)})\s*\(\s*(?P<asked>[a-z][a-z0-9_]*)"
    r"|(?<![\w.])(?P<word>[a-z][a-z0-9_]*)(?!\w|\s*\()"
)
_NAME = re.compile(r"^\s*(?P<word>[a-z][a-z0-9_]*)")
_ASKED: Mapping[str, Space] = {"event type": "event", "outcome": "outcome"}


@dataclass(frozen=True, slots=True)
class Reference:
    """A scalar in which names of `spaces` may stand, or the key (`is_key`) of one: alone, or `within` an expression.

    A key may have an expression in brackets, which says which member is meant. `members` are the words by which members
    of families are named: between brackets they do not name other things.
    """

    keys: Keys
    spaces: tuple[Space, ...]
    within: bool = False
    is_key: bool = False
    members: frozenset[str] = frozenset()

    def names_in(self, text: str) -> Iterator[tuple[int, int, tuple[Space, ...]]]:
        """Yield each stretch of a text where a name may stand, and the spaces of which it may be."""
        if not self.within and (match := _NAME.match(text)) is not None:
            yield *match.span("word"), self.spaces
        if not (self.within or (self.is_key and "[" in text)):
            return
        for match in _IN_EXPRESSIONS.finditer(text):
            between = text.count("[", 0, match.start()) > text.count("]", 0, match.start())
            if match["asked"]:
                yield *match.span("asked"), (_ASKED[_ASKING[match["function"]]],)
            elif match["word"] and not (between and match["word"] in self.members) and (between or self.within):
                yield *match.span("word"), self.spaces

    def words(self, text: str, names: Names) -> Iterator[tuple[int, int, str]]:
        """Yield each stretch of a text for which another name stands, and that name."""
        for start, end, spaces in self.names_in(text):
            word = text[start:end]
            new = next((names[space][word] for space in spaces if word in names.get(space, {})), None)
            if new is not None:
                yield start, end, new

    def renamed(self, text: str, names: Names) -> str:
        """Return a text with the names that stand for others put in their places."""
        for start, end, new in reversed(list(self.words(text, names))):
            text = text[:start] + new + text[end:]
        return text


def references(data: Mapping[str, Any], shape: type[Shape] = PartShape) -> dict[tuple[Keys, bool], Reference]:
    """Return all references of a document's groups, by their keys and whether it is the key that names."""
    kinds = _kinds(shape)
    members = frozenset(_words_of_members(data))
    found = []
    for group, space in GROUPS.items():
        given = data.get(group)
        for name, item in given.items() if isinstance(given, dict) else ():
            found.append(Reference(keys=(group, name), spaces=(space,), is_key=True))
            found += _below(get_args(_bare(kinds[group]))[1], item, (group, name), group)
    return {(one.keys, one.is_key): replace(one, members=members) for one in found}


def _words_of_members(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words by which members of the families that a document declares are named, and their indices."""
    for group in (*GROUPS, "needs"):
        given = data.get(group)
        for item in given.values() if isinstance(given, dict) else ():
            family = item.get("for") if isinstance(item, dict) else None
            for text in family if isinstance(family, list) else [family]:
                if isinstance(text, str):
                    yield from re.findall(r"[a-z][a-z0-9_]*", text)


def _below(kind: Any, value: Any, keys: Keys, path: str) -> Iterator[Reference]:
    """Yield the references of a value: those that an alternative of its kind has which it may be."""
    if isinstance(value, str) and (path in NAMING or path in _EXPRESSIONS or kind == Expr):
        within = path not in NAMING
        spaces = _READING.get(path, ("quantity",)) if within else NAMING[path]
        yield Reference(keys=keys, spaces=spaces, within=within)
        return
    kind = _bare(kind)
    if get_origin(kind) in (Union, UnionType):
        for alternative in get_args(kind):
            yield from _below(alternative, value, keys, path)
    elif isinstance(value, list) and get_origin(kind) is list:
        for number, item in enumerate(value):
            yield from _below(get_args(kind)[0], item, (*keys, number), path)
    elif isinstance(value, dict) and get_origin(kind) is dict:
        for key, item in value.items():
            if path == "rules.choose" and key == "for":
                continue
            if path in _KEYS_THAT_NAME:
                yield Reference(keys=(*keys, key), spaces=("quantity",), is_key=True)
            yield from _below(get_args(kind)[1], item, (*keys, key), f"{path}.{key if key == 'event' else '*'}")
    elif isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, Shape):
        hints = _kinds(kind)
        for name, field in kind.model_fields.items():
            key = field.alias or name
            if key in value:
                yield from _below(hints[name], value[key], (*keys, key), f"{path}.{key}")


@cache
def _kinds(shape: type[Shape]) -> Mapping[str, Any]:
    return get_type_hints(shape, include_extras=True)


def _bare(kind: Any) -> Any:
    """Return a type without its annotations."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def replaced(data: Any, rename: Callable[[Keys, bool, str], str], keys: Keys = ()) -> Any:
    """Return data with other texts and keys: `rename` gives each, by its keys and whether it is a key."""
    if isinstance(data, dict):
        return {
            rename((*keys, key), True, key): replaced(value, rename, (*keys, key))  # noqa: FBT003
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [replaced(item, rename, (*keys, number)) for number, item in enumerate(data)]
    return rename(keys, False, data) if isinstance(data, str) else data  # noqa: FBT003
