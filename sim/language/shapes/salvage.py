"""What is left of a document whose shape was refused: enough of it to find what else is wrong.

A refused part is left out, or replaced by something of the right shape where it cannot be. Its place is marked as
refused, so that nothing more is said about it, and its words are doubtful: they may have declared something.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError

from sim.language.shapes.declared import TimeShape
from sim.language.shapes.fields import Location, alternatives, in_file, is_shape, keys_at, part_at
from sim.language.shapes.shape import Shape
from sim.language.suggest import nearest
from sim.language.yaml.parser import Document, Keys

S = TypeVar("S", bound=Shape)

MOST_ROUNDS = 20  # each goes one level further up with what cannot be put right
_WORD = "unknown"
_LENGTHS = (0, 1)  # of lists that are put at a place, one after the other
_TIME = {"unit": "day", "origin": "0001-01-01"}  # any will do: what is said of times is muted then


@dataclass(frozen=True)
class Salvaged(Generic[S]):
    """A shape without its refused parts, where its parts stand, and the words of those that were refused."""

    shape: S
    document: Document
    words: set[str]


def salvage(document: Document, shape: type[S], findings: Iterable[Any]) -> Salvaged[S] | None:
    """Return what is left of a document without what pydantic found in it; None if nothing is."""
    rest = _Rest(
        shape=shape,
        document=replace(
            document,
            data=deepcopy(document.data),
            offsets=dict(document.offsets),
            refused=set(document.refused),
            holders=set(document.holders),
        ),
    )
    for _ in range(MOST_ROUNDS):
        for finding in findings:
            rest.put_right(finding)
        rest.renumber()
        if rest.hopeless:
            return None
        try:
            return Salvaged(shape.model_validate(rest.document.data), rest.document, rest.words)
        except ValidationError as error:
            findings = error.errors(include_url=False)
    return None


def torn(key: object, value: object) -> bool:
    """Return whether a key is the end of a text that a comma between { } tore off."""
    return value is None and not re.fullmatch(r"[\w-]+", str(key))


@dataclass
class _Rest:
    """What is left of a document so far. Items of lists go at the end of a round, so that numbers stay true in it."""

    shape: type[Shape]
    document: Document
    words: set[str] = field(default_factory=set)
    tried: dict[Keys, int] = field(default_factory=dict)  # how often something was put at a place, in vain
    items: set[Keys] = field(default_factory=set)
    hopeless: bool = False

    def put_right(self, finding: Any) -> None:
        location: Location = finding["loc"]
        kind = finding["type"]
        if kind == "extra_forbidden":
            self.leave_out_unknown(in_file(self.document, location), location)
        elif location[-1:] == ("[key]",):
            keys = in_file(self.document, location)
            self.refuse(keys)
            self.tear(keys)
            self.take_out(keys)
        else:
            part = part_at(self.document, self.shape, location)
            if part.keys and torn(part.keys[-1], finding.get("input", "")):
                self.tear(part.keys)
            self.refuse(part.keys)
            self.replace(part.keys, part.kinds, required=part.required)

    def leave_out_unknown(self, keys: Keys, location: Location) -> None:
        """Leave out an unknown key; the one that it is close to, or else any that is absent, may be meant by it."""
        holder = self.at(keys[:-1])
        if not isinstance(holder, dict) or keys[-1] not in holder:
            return
        absent = [key for key in keys_at(self.shape, location[:-1]) if key not in holder]
        close = nearest(str(keys[-1]), absent)
        meant = [close] if close else absent
        self.refuse(keys)
        for key in meant:
            self.document.refuse((*keys[:-1], key))
        if len(keys) > 1:
            self.words.add(str(keys[-2]))  # what it belongs to may be a family, or of another type
        self.tear(keys)
        self.take_out(keys)

    def tear(self, keys: Keys) -> None:
        """Refuse the value before an empty key if that is the end of it, which a comma tore off."""
        holder = self.at(keys[:-1])
        if not isinstance(holder, dict) or holder.get(keys[-1], "") is not None:
            return
        before = list(holder)[: list(holder).index(keys[-1])]
        first, second = self.document.offsets.get((*keys[:-1], *before[-1:])), self.document.offsets.get(keys)
        if not (before and first and second and second.key):
            return
        if self.document.text[first.value[1] : second.key[0]].strip() == ",":
            self.refuse((*keys[:-1], before[-1]))

    def replace(self, keys: Keys, kinds: Iterable[Any], *, required: bool) -> None:
        """Put something of the right shape at a place, or leave it out with as little else as can be."""
        if not keys:
            self.hopeless = True
            return
        times = self.tried.get(keys, 0)
        given = _stand_in(kinds, times) if times < len(_LENGTHS) else None
        wanted = given is not None and (required or (times == 0 and isinstance(given, str)))
        holder = self.at(keys[:-1])
        if wanted and isinstance(holder, dict | list):
            self.tried[keys] = times + 1
            holder[keys[-1]] = given  # type: ignore[index]
        elif not required:
            self.take_out(keys)
        else:
            above = part_at(self.document, self.shape, keys[:-1])
            self.refuse(above.keys)
            self.replace(above.keys, (), required=above.required)

    def refuse(self, keys: Keys) -> None:
        self.words |= self.document.words(keys)
        self.document.refuse(keys)

    def take_out(self, keys: Keys) -> None:
        holder = self.at(keys[:-1])
        if isinstance(holder, dict):
            holder.pop(keys[-1], None)
        elif isinstance(holder, list):
            self.items.add(keys)

    def at(self, keys: Keys) -> Any:
        value = self.document.data
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def renumber(self) -> None:
        """Take out the items of lists, and give those after them their new numbers."""
        if not self.items:
            return
        lists: dict[Keys, list[int]] = {}
        for keys in self.items:
            lists.setdefault(keys[:-1], []).append(int(keys[-1]))
        document = self.document
        moved = {keys: moved for keys in document.offsets if (moved := _moved(keys, lists)) is not None}
        for keys, numbers in lists.items():
            kept = self.at(keys)
            for number in sorted(numbers, reverse=True):
                del kept[number]
        self.tried = {found: times for keys, times in self.tried.items() if (found := _moved(keys, lists)) is not None}
        refused = {found for keys in document.refused if (found := _moved(keys, lists)) is not None}
        holders = {found for keys in document.holders if (found := _moved(keys, lists)) is not None}
        places = {moved[keys]: place for keys, place in document.offsets.items() if keys in moved}
        self.document = replace(document, offsets=places, refused=refused, holders=holders | set(lists))
        self.items = set()


def _moved(keys: Keys, lists: Mapping[Keys, list[int]]) -> Keys | None:
    """Return where a part stands without the items that were taken out; None if it was in one of them."""
    found = list(keys)
    for depth, key in enumerate(keys):
        gone = lists.get(keys[:depth])
        if gone is not None and isinstance(key, int):
            if key in gone:
                return None
            found[depth] = key - sum(number < key for number in gone)
    return tuple(found)


def _stand_in(kinds: Iterable[Any], times: int) -> Any:
    """Return a value of one of these kinds, the `times`-th that is tried; None where there is none."""
    for kind in kinds:
        if kind is str:
            return _WORD
        if get_origin(kind) is Literal:
            return get_args(kind)[0]
        if get_origin(kind) is dict:
            return {}
        if get_origin(kind) is list:
            items = [_stand_in(alternatives(get_args(kind)[0]), 0)] * _LENGTHS[times]
            return None if None in items else items
        if kind is TimeShape:
            return dict(_TIME)
        if is_shape(kind):
            fields = {field.alias or name: field for name, field in kind.model_fields.items() if field.is_required()}
            found = {name: _stand_in(alternatives(field.annotation), 0) for name, field in fields.items()}
            return None if None in found.values() else found
    return None
