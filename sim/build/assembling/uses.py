"""A part filled in: other names for those that it needs, a word before those that it declares (E343)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sim.language.diagnostics import Complaints
from sim.language.references import GROUPS, Names, Reference, Space, references, replaced
from sim.language.shapes.documents import PartShape
from sim.language.shapes.load import Loaded
from sim.language.shapes.reuse import NeedShape, UseShape
from sim.language.suggest import did_you_mean
from sim.language.yaml.assembled import AssembledDocument, Edit, Piece
from sim.language.yaml.parser import Document, Keys, NodeOffsets

MOST_REMEMBERED = 8  # parts, which may be used again and again
_NEED = re.compile(r"\{([a-z][a-z0-9_]*)\}")  # in a title
_ARTICLES = ("The ", "A ", "An ")  # with which a title may begin, and which are small within another

# What each kind of need is called, the space of its name, and the groups of a model that may fill it in.
NEEDS: Mapping[str, tuple[str, Space, tuple[str, ...]]] = {
    "faction": ("a faction", "faction", ("factions",)),
    "state": ("a state variable", "quantity", ("state",)),
    "parameter": ("a parameter", "quantity", ("parameters",)),
    "derived": ("a derived quantity", "quantity", ("derived",)),
    "quantity": ("a state variable, a parameter or a derived quantity", "quantity", ("state", "parameters", "derived")),
    "event": ("an event type", "event", ("events",)),
    "rule": ("a rule", "rule", ("rules",)),
    "outcome": ("an outcome", "outcome", ("outcomes",)),
    "measure": ("a measure", "measure", ("measures",)),
}


def refuse_unfit_needs(part: Loaded[PartShape], complaints: Complaints) -> None:
    """Complain of a name that a part needs and declares, too, or has as a mark or as a value of an enum."""
    shape, document = part.shape, part.document
    taken: dict[str, Keys] = {}
    for group in GROUPS:
        taken.update({name: (group, name) for name in getattr(shape, group)})
    for name, kind in shape.events.items():
        taken.update({mark: ("events", name, "marks", mark) for mark in kind.marks})
    for name, variable in shape.state.items():
        taken.update({value: ("state", name, "values", number) for number, value in enumerate(variable.values or ())})
    for name in shape.needs:
        if name in taken and not document.is_refused(("needs", name)):
            first = document.key_span(taken[name]).location
            message = f"the part needs '{name}', and has something else of this name"
            complaints.add("E304", message, document.key_span(("needs", name)), f"the other is at {first}")


@dataclass(frozen=True)
class Filled:
    """A part with other names, the places in it where the names of each of its needs stood, and what led to it."""

    document: Document
    naming: Mapping[str, list[Keys]]
    through: str


def filled(part: Loaded[PartShape], use: UseShape, own: Document, keys: Keys, complaints: Complaints) -> Filled:
    """Return a part with the names that its use, at `keys` of the model's own file, gives to what it needs."""
    shape = part.shape
    for name in shape.needs:
        if name not in use.filled and not own.is_refused((*keys, "with")):
            message = f"the part '{shape.part}' needs '{name}', {_described(shape.needs[name])}"
            complaints.add("E343", message, own.value_span(keys), f"say which it is: with: {{{name}: ...}}")
    for name in use.filled:
        if name not in shape.needs and not complaints.doubts(name) and not part.document.is_refused(("needs",)):
            message = f"the part '{shape.part}' needs no '{name}'"
            complaints.add("E343", message, own.key_span((*keys, "with", name)), *did_you_mean(name, shape.needs))
    names: dict[Space, dict[str, str]] = defaultdict(dict)
    for name, need in shape.needs.items():
        names[NEEDS[need.kind][1]][name] = use.filled.get(name, name)
    for group, space in GROUPS.items():
        for name in getattr(shape, group) if use.prefix else ():
            names[space][name] = f"{use.prefix}_{name}"
    through = f"in the part '{shape.part}', which is used at {own.value_span(keys).location}"
    document, where = _renamed(part.document, names, through, complaints)
    naming: dict[str, list[Keys]] = defaultdict(list)
    for reference, text, _ in _written(part.document):
        for start, end, _ in reference.words(text, names):
            naming[text[start:end]].append(where[reference.keys])
    return Filled(document, {name: naming[name] for name in shape.needs}, through)


@lru_cache(MOST_REMEMBERED)
def _references(document: Document) -> Mapping[tuple[Keys, bool], Reference]:
    return references(document.data)


def _written(document: Document) -> Iterator[tuple[Reference, str, int]]:
    """Yield each reference of a document, its text, and where that begins in the file."""
    for reference in _references(document).values():
        place = document.offsets.get(reference.keys)  # none of what stands for something that was refused
        if place is not None and reference.is_key and place.key:
            yield reference, str(reference.keys[-1]), place.key[0] + (document.text[place.key[0]] in "'\"")
        elif place is not None and not reference.is_key and place.text is not None:
            yield reference, place.text, place.text_start


def refuse_unneeded(part: Loaded[PartShape], use: Filled, model: Mapping[str, Any], complaints: Complaints) -> None:
    """Complain of each name of the model that a part names without saying that it needs it."""
    shape = part.shape
    known: dict[Space, set[str]] = defaultdict(set)
    of_model: dict[Space, set[str]] = defaultdict(set)
    for group, space in GROUPS.items():
        known[space] |= getattr(shape, group).keys()
        of_model[space] |= (model.get(group) or {}).keys()
    for name, need in shape.needs.items():
        known[NEEDS[need.kind][1]].add(name)
    for reference, text, at in _written(part.document):
        for start, end, spaces in reference.names_in(text):
            name = text[start:end]
            if not any(name in known[space] for space in spaces) and any(name in of_model[space] for space in spaces):
                span = replace(part.document.span(at + start, at + end), through=use.through)
                message = f"the part '{shape.part}' names '{name}' of the model, and does not say that it needs it"
                complaints.add(
                    "E343", message, span, f"needs: {{{name}: ...}} in the part, with: {{{name}: {name}}} here"
                )


def _described(need: NeedShape) -> str:
    return NEEDS[need.kind][0] + (f" ({need.title})" if need.title else "")


def unfit(
    use: UseShape, part: Loaded[PartShape], model: Mapping[str, Any], own: Document, keys: Keys, complaints: Complaints
) -> set[str]:
    """Return the needs that a use does not fill in with what they must be, in the model as a whole, after complaining.

    Those that it does not fill in at all are among them.
    """
    found = part.shape.needs.keys() - use.filled.keys()
    for name, given in use.filled.items():
        need = part.shape.needs.get(name)
        family = given.partition("[")[0]
        where: Keys = (*keys, "with", name)
        if need is None or complaints.doubts(family) or own.is_refused(where):
            continue
        what, _, groups = NEEDS[need.kind]
        known = {key: group for group in groups for key in model.get(group) or {}}
        if family not in known:
            message = f"'{name}' of the part '{part.shape.part}' must be {what}, and '{given}' is none of this model"
            complaints.add("E343", message, own.value_span(where), *did_you_mean(family, known))
            found.add(name)
        elif why := _unlike(need, known[family], model[known[family]][family]):
            message = f"'{given}' cannot stand for '{name}' of the part '{part.shape.part}': {why}"
            complaints.add("E343", message, own.value_span(where))
            found.add(name)
    return found


def put_into_titles(part: Loaded[PartShape], use: UseShape, made: Filled, model: dict[str, Any]) -> None:
    """Put what stands for a need into each title of the part, in the model as a whole, that names it as {need}."""
    words = {name: _called(given, model, part.shape.needs.get(name)) for name, given in use.filled.items()}

    def put(match: re.Match[str]) -> str:
        word = words.get(match[1], match.group())
        return word[0].lower() + word[1:] if match.start() and word.startswith(_ARTICLES) else word

    for group in GROUPS:
        for name, item in (made.document.data.get(group) or {}).items():
            is_its_own = (model.get(group) or {}).get(name) is item
            if is_its_own and isinstance(item, dict) and isinstance(item.get("title"), str):
                model[group][name] = {**item, "title": _NEED.sub(put, item["title"])}


def _called(given: str, model: Mapping[str, Any], need: NeedShape | None) -> str:
    """Return what a name that fills in a need is called: by its title, if it has one."""
    family, _, member = given.partition("[")
    for group in NEEDS[need.kind][2] if need is not None else ():
        declared = (model.get(group) or {}).get(family)
        if isinstance(declared, dict) and isinstance(declared.get("title"), str):
            return str(declared["title"]) + (f" [{member}" if member else "")
    return given.replace("_", " ")


def _unlike(need: NeedShape, group: str, declared: Any) -> str:
    """Return in what a declaration is not what a part needs; "" if it may be."""
    declared = declared if isinstance(declared, dict) else {}
    if need.family is not None and "for" not in declared:
        return "the part needs a family"
    if group != "derived" and need.type is not None:
        kind = declared.get("type", "real" if group == "parameters" else None)
        if kind is not None and kind != need.type:
            return f"the part needs the type {need.type}, and this is {kind}"
    listed = declared.get("values")
    lacking = [value for value in need.values or () if isinstance(listed, list) and value not in listed]
    if lacking:
        return f"it lacks the value '{lacking[0]}'"
    marks = declared.get("marks") or {}
    for mark, kind in need.marks.items():
        if mark not in marks:
            return f"it has no mark '{mark}'"
        if marks[mark] != kind:
            return f"the part needs the mark '{mark}' to be {kind}, and this one is {marks[mark]}"
    return ""


def _renamed(
    document: Document, names: Names, through: str, complaints: Complaints
) -> tuple[AssembledDocument, dict[Keys, Keys]]:
    """Return a document in which other names stand for some, and where each part is now.

    Complain where two names become one.
    """
    found = _references(document)
    changes = [
        (at + start, at + end, new)
        for reference, text, at in _written(document)
        for start, end, new in reference.words(text, names)
        if document.text[at + start : at + end] == text[start:end]  # not behind escapes in quotes
    ]
    text, edits = _edited(document.text, sorted(changes))
    piece = Piece(at=0, document=document, edits=edits, through=through)

    def rename(keys: Keys, is_key: bool, written: str) -> str:  # noqa: FBT001 - it is called by `replaced` alone
        reference = found.get((keys, is_key))
        return reference.renamed(written, names) if reference else written

    where: dict[Keys, Keys] = {(): ()}
    for keys in document.offsets:  # those that hold others come before them
        if keys:
            last = rename(keys, True, keys[-1]) if isinstance(keys[-1], str) else keys[-1]  # noqa: FBT003
            where[keys] = (*where[keys[:-1]], last)
    one_of: dict[Keys, Keys] = {}
    for keys, new in where.items():
        first = one_of.setdefault(new, keys)
        if first != keys and first[:-1] == keys[:-1]:
            message = f"'{first[-1]}' and '{keys[-1]}' of the part are both '{new[-1]}' here"
            complaints.add("E343", message, piece.span(*_key(document, keys, piece)))
    made = AssembledDocument(
        path=document.path, text=text, content=document.content, data=replaced(document.data, rename), pieces=[piece],
        offsets={where[keys]: _place(place, piece, found.get((keys, False)), names)
                 for keys, place in document.offsets.items()},
        refused={_now(keys, where) for keys in document.refused},
        holders={_now(keys, where) for keys in document.holders},
    )  # fmt: skip
    return made, where


def _now(keys: Keys, where: Mapping[Keys, Keys]) -> Keys:
    """Return where a part is now, which may have been refused and left out: then what held it is there."""
    held = keys
    while held not in where:
        held = held[:-1]
    return (*where[held], *keys[len(held) :])


def _edited(text: str, changes: list[tuple[int, int, str]]) -> tuple[str, tuple[Edit, ...]]:
    pieces, edits, last, length = [], [], 0, 0
    for start, end, new in changes:
        pieces += [text[last:start], new]
        length += start - last
        edits.append(Edit(start=start, end=end, begin=length, stop=length + len(new)))
        length += len(new)
        last = end
    return "".join([*pieces, text[last:]]), tuple(edits)


def _place(place: NodeOffsets, piece: Piece, reference: Reference | None, names: Names) -> NodeOffsets:
    key = (piece.offset(place.key[0]), piece.offset(place.key[1])) if place.key else None
    text = reference.renamed(place.text, names) if reference and place.text is not None else place.text
    value = piece.offset(place.value[0]), piece.offset(place.value[1])
    return NodeOffsets(key, value, text, piece.offset(place.text_start))


def _key(document: Document, keys: Keys, piece: Piece) -> tuple[int, int]:
    start, end = document.offsets[keys].key or document.offsets[keys].value
    return piece.offset(start), piece.offset(end)
