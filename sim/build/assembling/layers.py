"""Puts a model's own file over what it takes over: adds, replaces, removes (E340, E341)."""

from collections.abc import Collection, Mapping
from typing import Any

from sim.language.diagnostics import Complaints
from sim.language.references import GROUPS
from sim.language.removed import KINDS
from sim.language.shapes.documents import ModelShape
from sim.language.suggest import did_you_mean
from sim.language.yaml.assembled import AssembledDocument, shifted
from sim.language.yaml.parser import MOST_NODES, Document, Keys

SINGLE = ("title", "time", "horizon", "literals", "note")  # of which the nearest that is given counts
LISTS = ("units", "timetable")
MOST_LISTED = 4  # of names in one message
Names = Mapping[str, Mapping[str, Keys]]  # by group: each name, and where a file lists it


class Layers:
    """What a model takes over, and its own file on top. `document` is what they make together."""

    def __init__(self, own: Document, shape: ModelShape, complaints: Complaints) -> None:
        self.own = own
        self.complaints = complaints
        self.document = AssembledDocument(path=own.path, text="", content=own.content, data={})
        self.removing = _listed(shape, "remove")
        self.replacing = _listed(shape, "replace")

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document.data
        return found

    def take_over(self, layer: Document, use: Keys | None = None) -> None:
        """Add all that another model has, or a part in its `use`, whose place in the own file is given."""
        clashes: list[Keys] = [
            (group, name)
            for group in GROUPS
            for name in layer.data.get(group) or ()
            if name in _names(self.data, group)
        ]
        if clashes:
            what = ", ".join(f"the {KINDS[str(group)]} '{name}'" for group, name in clashes[:MOST_LISTED])
            more = f", and {len(clashes) - MOST_LISTED} more" if len(clashes) > MOST_LISTED else ""
            many = "names that are" if len(clashes) > 1 else "a name that is"
            first = f"'{clashes[0][1]}' is first at {self.document.key_span(clashes[0]).location}"
            note = "give the use `as`, a word that stands before each of the part's names"
            self.complain("E340", f"this part has {many} there already: {what}{more}", use or (), first, note)
        self._add(layer, clashes, SINGLE if use is None else ())

    def put_on_top(self) -> None:
        """Remove and replace what the own file says, and add what is its own."""
        removed = self._checked(self.removing, "remove")
        replaced = self._checked(self.replacing, "replace")
        for group in GROUPS:
            listed = {name for kind, name in removed | replaced if kind == group}
            for name in sorted((_names(self.own.data, group) & _names(self.data, group)) - listed):
                replaced.add((group, name))
                first = self.document.key_span((group, name)).location
                message = f"what this model takes over has the {KINDS[group]} '{name}' already"
                note = f"to put this one in its place, list it: replace: {{{group}: [{name}]}}"
                self.complain("E340", message, (group, name), f"first at {first}", note, key=True)
        self._leave_out(removed, replaced)
        root = self.document.append(self.own)
        self.document.offsets[()] = shifted(self.own.offsets[()], root)
        self._add(self.own, set(), ("model", *SINGLE), shift=root)

    def complain(self, code: str, message: str, keys: Keys, *notes: str, key: bool = False) -> None:
        if not self.own.is_refused(keys):
            span = self.own.key_span(keys) if key else self.own.value_span(keys)
            self.complaints.add(code, message, span, *notes)

    def _checked(self, listed: Names, what: str) -> set[tuple[str, str]]:
        """Return the group and the name of each that is listed and there; complain of the others."""
        found = set()
        for group, names in listed.items():
            there, anew = _names(self.data, group), _names(self.own.data, group)
            for name, keys in names.items():
                if self.complaints.doubts(name):
                    continue
                of = f"{KINDS[group]} '{name}'" if group != "timetable" else f"entry of the timetable with '{name}'"
                if name not in there:
                    others = [kind for kind in GROUPS if name in _names(self.data, kind)]
                    notes = ("it stands in this file alone",) if name in anew else did_you_mean(name, there)
                    notes = (f"'{name}' is among the {others[0]}: list it there",) if others else notes
                    self.complain("E341", f"there is no {of} to {what}", keys, *notes)
                elif what == "replace" and name not in anew:
                    note = f"give it under `{group}`, or list it under `remove`"
                    self.complain("E341", f"'{name}' is to be replaced, and this file does not give it", keys, note)
                elif what == "remove" and name in anew and group != "timetable":
                    note = f"list it under `replace`: what is given here then stands for the other {KINDS[group]}"
                    self.complain("E341", f"the {of} is removed, and given anew", keys, note)
                    found.add((group, name))
                else:
                    found.add((group, name))
        return found

    def _leave_out(self, removed: set[tuple[str, str]], replaced: set[tuple[str, str]]) -> None:
        """Take out what is removed, and the places of what is replaced: those in the own file count then."""
        for group, name in removed:
            place = self.own.value_span(self.removing[group][name]).location
            if group != "timetable":
                del self.data[group][name]
                self.document.removed[name] = place
        gone = {name for group, name in removed | replaced if group == "timetable"}
        numbers: dict[int, int] = {}
        kept: list[Any] = []
        for number, item in enumerate(self.data.get("timetable", ())):
            if _event(item) not in gone:
                numbers[number] = len(kept)
                kept.append(item)
        if gone:
            self.data["timetable"] = kept
        without = {*removed, *replaced, *((key,) for key in SINGLE if key in self.own.data)}
        document, by = self.document, {"timetable": numbers}
        moved = {keys: _moved(keys, without, by) for keys in (*document.offsets, *document.refused, *document.holders)}
        document.offsets = {new: place for keys, place in document.offsets.items() if (new := moved[keys]) is not None}
        document.refused = {new for keys in document.refused if (new := moved[keys]) is not None}
        document.holders = {new for keys in document.holders if (new := moved[keys]) is not None}

    def _add(
        self, layer: Document, without: Collection[Keys], single: Collection[str], shift: int | None = None
    ) -> None:
        """Add what a layer has, `single` keys included; what it has of a group stands behind what is there."""
        numbers: dict[str, dict[int, int]] = {}
        for group in GROUPS:
            for name in layer.data.get(group) or {}:
                if (group, name) not in without:
                    self.data.setdefault(group, {})[name] = layer.data[group][name]
            if isinstance(layer.data.get(group), dict):
                self.data.setdefault(group, {})
        for key in LISTS:
            there = self.data.setdefault(key, []) if layer.data.get(key) else []
            numbers[key] = {}
            for number, item in enumerate(layer.data.get(key) or ()):
                if key == "timetable" or item not in there:
                    numbers[key][number] = len(there)
                    there.append(item)
        kept = [key for key in single if key in layer.data]
        self.data.update({key: layer.data[key] for key in kept})
        by = self.document.append(layer) if shift is None else shift
        if len(self.document.offsets) + len(layer.offsets) > MOST_NODES:
            message = f"more than {MOST_NODES:,} values in a model with what it extends and uses"
            self.complaints.add("E107", message, self.own.key_span(()))
            self.complaints.raise_any()
        for keys, place in layer.offsets.items():
            if keys and (keys[0] in GROUPS or keys[0] in LISTS or keys[0] in kept):
                new = _moved(keys, without, numbers)
                if new is not None:
                    self.document.offsets[new] = shifted(place, by)
        for keys in layer.refused:
            if keys and (keys[0] in GROUPS or keys[0] in LISTS or keys[0] in single):
                new = _moved(keys, without, numbers)
                if new is not None:
                    self.document.refuse(new)


def _moved(keys: Keys, without: Collection[Keys], numbers: Mapping[str, Mapping[int, int]]) -> Keys | None:
    """Return where a part stands without those that are left out, and with the new numbers of lists' items."""
    if keys[:2] in without or keys[:1] in without:
        return None
    if len(keys) > 1 and keys[0] in numbers and isinstance(keys[1], int):
        number = numbers[str(keys[0])].get(keys[1])
        return None if number is None else (keys[0], number, *keys[2:])
    return keys


def _names(data: Any, group: str) -> set[str]:
    """Return the names that a document has of a group; of the timetable, the event types of its entries."""
    given = data.get(group)
    if group == "timetable":
        return {_event(item) for item in given or ()}
    return set(given) if isinstance(given, dict) else set()


def _event(item: Mapping[str, Any]) -> str:
    return str(item.get("event", ""))


def _listed(shape: ModelShape, key: str) -> Names:
    names = getattr(shape, key)
    if names is None:
        return {}
    groups = {group: getattr(names, group) for group in type(names).model_fields}
    return {
        group: {name: (key, group, number) for number, name in enumerate(listed)} for group, listed in groups.items()
    }
