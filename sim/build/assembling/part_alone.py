"""A part checked by itself: with stand-ins for what it needs, as far as it says what that must be."""

from pathlib import Path
from typing import Any

from sim.build.assembling.layers import Layers
from sim.build.assembling.uses import NEEDS, refuse_unfit_needs
from sim.build.model import build
from sim.build.named_files import sources_of
from sim.language.diagnostics import Complaints
from sim.language.expressions.scope import unit_notes
from sim.language.expressions.types import Calendar
from sim.language.references import GROUPS
from sim.language.shapes.documents import ModelShape, PartShape
from sim.language.shapes.load import Loaded, fit_rest, load_rest
from sim.language.shapes.reuse import NeedShape
from sim.language.yaml.parser import Document, Keys, NodeOffsets

# A part does not say in what unit times are kept. It is right if it is in a model with days, or in abstract time.
_TIMES = ({"unit": "day", "origin": "2000-01-01"}, {"unit": "abstract"})
_SOMEBODY = "somebody_".ljust(64, "_")  # whose the stand-ins are; no part has such a name
_STANDS_IN = {"judgement": "it stands in"}
_AT_FIRST = {"bool": "false", "int": "0", "real": "0"}


def checked_part(path: Path, shown: str | None = None) -> PartShape:
    """Read the part file at `path`. Raise LanguageError with every complaint that it gives wherever it is used."""
    complaints = Complaints()
    part = load_rest(path, PartShape, complaints, shown)
    if part is not None:
        refuse_unfit_needs(part, complaints)
        sources = sources_of(part, complaints)
        tried = []
        for time in _TIMES:
            found = Complaints()
            loaded = _with_stand_ins(part, time, found)
            if loaded is not None:
                build(loaded, sources, found, stand_ins=frozenset(part.shape.needs))
            tried.append(found)
        if all(tried):
            complaints.extend(tried[0].found)
    complaints.raise_any()
    assert part is not None, "a part was refused and nothing said"
    return part.shape


def _with_stand_ins(part: Loaded[PartShape], time: dict[str, str], complaints: Complaints) -> Loaded[ModelShape] | None:
    """Return a part as if it were a model, with something for each name that it needs."""
    document = part.document
    calendar = Calendar(time["unit"], units=tuple(part.shape.units))
    model: dict[str, Any] = {"model": "part", "title": "A part", "time": time, **{group: {} for group in GROUPS}}
    model["units"] = part.shape.units
    stand_ins = Document(path=document.path, text=document.text, data=model, line_starts=document.line_starts)
    stand_ins.offsets[()] = document.offsets[()]
    model["factions"][_SOMEBODY] = {"title": "Somebody"}
    model["events"][_SOMEBODY] = {"by": _SOMEBODY}
    for name, need in part.shape.needs.items():
        where: Keys = ("needs", name)
        group, stands, is_known = _stand_in(need, calendar)
        if not is_known:
            stand_ins.refuse((group, name, "type"))
            complaints.doubtful.add(name)
        if need.unit is not None and not document.is_refused((*where, "unit")):
            _refuse_unit(document, (*where, "unit"), need.unit, calendar, complaints)
        model[group][name] = stands
        stand_ins.offsets |= _at(document.offsets[where], stands, (group, name))
    fitted = fit_rest(stand_ins, part.path, ModelShape, complaints)
    assert fitted is not None, "stand-ins are of the right shape"
    layers = Layers(stand_ins, fitted.shape, complaints)
    layers.take_over(document)
    layers.put_on_top()
    return fit_rest(layers.document, part.path, ModelShape, complaints)


def _at(place: NodeOffsets, value: Any, keys: Keys) -> dict[Keys, NodeOffsets]:
    """Return the offsets of a stand-in and of all that is in it: it stands where the need does."""
    found = {keys: NodeOffsets(place.key, place.value, None if isinstance(value, dict | list) else str(value))}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found |= _at(place, item, (*keys, key))
    return found


def _refuse_unit(document: Document, keys: Keys, unit: str, calendar: Calendar, complaints: Complaints) -> None:
    try:
        calendar.unit_of(unit)
    except ValueError as error:
        notes = unit_notes(str(error), calendar)
        complaints.add("E303", f"'{error}' is not a unit", document.value_span(keys), *notes)


def _stand_in(need: NeedShape, calendar: Calendar) -> tuple[str, dict[str, Any], bool]:
    """Return the group and the declaration of what stands in for a need, and whether its type is known."""
    group = NEEDS[need.kind][2][0]
    family = {"for": need.family} if need.family is not None else {}
    match group:
        case "factions":
            return group, {"title": "Somebody"}, True
        case "events":
            return group, {"by": _SOMEBODY, "marks": need.marks, **family}, True
        case "rules":
            return group, {"faction": _SOMEBODY, "emits": _SOMEBODY, "basis": _STANDS_IN, **family}, True
        case "outcomes":
            return group, {"when": "false"}, True
        case "measures":
            return group, {"count": _SOMEBODY}, True
    kind = need.type or "real"
    stands: dict[str, Any]
    if need.kind == "parameter" and kind in ("real", "int", "bool"):
        known = {"prior": {"normal": [0, 1]}} if kind == "real" else {"value": _AT_FIRST[kind]}
        stands = {"type": kind, **known, "basis": _STANDS_IN, **_unit(need)}
        return group, stands, need.type is not None
    instant = "0" if calendar.abstract else _TIMES[0]["origin"]
    stands = {"type": kind, "initial": _AT_FIRST.get(kind, instant), **_unit(need), **family}
    if kind == "enum":
        stands |= {"values": need.values, "initial": need.values[0]} if need.values else {"type": "bool"}
    is_known = need.type is not None and (kind != "enum" or bool(need.values)) and _kept_in(need.unit, calendar)
    return "state", stands, is_known


def _unit(need: NeedShape) -> dict[str, str]:
    return {"unit": need.unit} if need.unit and need.type in ("real", "int") else {}


def _kept_in(unit: str | None, calendar: Calendar) -> bool:
    """Return whether a state variable may have a unit: one without a factor."""
    try:
        return unit is None or calendar.unit_of(unit)[1] == 1.0
    except ValueError:
        return False
