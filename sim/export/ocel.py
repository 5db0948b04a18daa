"""Events as OCEL 2.0 JSON for process mining: objects are factions and runs, events belong to a run and to a faction.

OCEL needs a date with a zone. The documents give none, so local dates are written with a Z, and the README says so.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, assert_never

from sim.errors import UsageError
from sim.experiment import Experiment
from sim.export.ensembles import LOCAL, Exported, Request, followed, refuse_without_dates
from sim.export.folder import paragraphs, write_text
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real, Type
from sim.model.event import Event
from sim.model.model import Model
from sim.model.outcomes import first_ending
from sim.model.replay import CHANGING

FILE = "events.ocel.json"
FACTION, RUN = "faction", "run"
_BEGINNING = "1970-01-01T00:00:00Z"  # OCEL's own date for what an object has from the beginning
_ALWAYS = {"kind": "string", "rule": "string"}
_OBJECTS = {
    FACTION: {"name": "string", "title": "string", "model": "string"},
    RUN: {"number": "integer", "ensemble": "string", "scenario": "string", "ended": "string", "first_ending": "string"},
}

_README = (
    "Simulated events as OCEL 2.0 in JSON (https://www.ocel-standard.org), for process mining. Each run is one "
    "possible future, not a forecast of events. The documented past before the branch is left out.",
    (
        "objects        faction: MODEL/NAME, who acts; run: ENSEMBLE/NUMBER, with what ended it and its",
        "               first ending",
        "event types    the model's events; 'outcome NAME': an outcome came true; run_started, run_ended, run_failed",
        "relationships  by: the faction whose act it is; in: the run",
        "attributes     kind: started, fired (by a rule), scheduled (by a timetable), changed, outcome, ended, failed;",
        "               rule: the rule that emitted it; and the event's own values",
    ),
    f"OCEL requires a time zone. Dates here are {LOCAL}; the Z after them stands for none. Dates are to the second; "
    "events of a run stand in the order in which they happened.",
)


def check(experiments: Sequence[Experiment], request: Request) -> None:
    """Raise UsageError E014 for a model without dates, or models whose events carry different values."""
    refuse_without_dates("ocel", experiments, request)
    known: dict[str, dict[str, str]] = {}
    for experiment in experiments:
        for name, attributes in _event_types(experiment.scenario.model).items():
            if known.setdefault(name, attributes) != attributes:
                what = f"the event '{name}' does not carry the same values in all of these models"
                raise UsageError("E014", what, "export them one by one")


def write(exported: Sequence[Exported], _: Request, folder: Path) -> None:
    """Write one file, with one event at a time in memory, and what its words mean."""
    kinds = {name: found for one in exported for name, found in _event_types(one.model).items()}
    with (folder / FILE).open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"objectTypes": {_json(_types(_OBJECTS))},\n"eventTypes": {_json(_types(kinds))},\n"objects": [')
        _write_items(file, _objects(exported))
        file.write('],\n"events": [')
        _write_items(file, (_event(one, run, event) for one in exported for run, log in one.logs() for event in log))
        file.write("]}\n")
    write_text(folder / "README.txt", paragraphs(f"{_README[0]} {followed(exported)}", *_README[1:]))


def _write_items(file: Any, items: Iterator[dict[str, Any]]) -> None:
    for number, item in enumerate(items):
        file.write((",\n" if number else "\n") + _json(item))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _types(known: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}
        for name, attributes in known.items()
    ]


def _type(kind: Type) -> str:
    match kind:
        case Bool():
            return "boolean"
        case Integer():
            return "integer"
        case Real() | Instant():
            return "float"
        case Enumeration():
            return "string"
        case _:
            assert_never(kind)


def _event_types(model: Model) -> dict[str, dict[str, str]]:
    """Return every event type of a model as it stands in the file, with its attributes and their types."""
    own = {
        name: {**_ALWAYS, **{_attribute(mark): _type(type_) for mark, type_ in kind.marks.items()}}
        for name, kind in model.events.items()
    }
    others = (*(f"outcome {name}" for name in model.outcomes), "run_started", "run_ended", "run_failed")
    return {**own, **dict.fromkeys(others, _ALWAYS)}


def _attribute(mark: str) -> str:
    """Return a mark's name as an attribute; one that is called as what every event has gets a word before it."""
    return f"mark_{mark}" if mark in _ALWAYS else mark


def _objects(exported: Sequence[Exported]) -> Iterator[dict[str, Any]]:
    factions = {
        _faction(one.model, name): {"name": name, "title": title, "model": one.model.name}
        for one in exported
        for name, title in one.model.factions.items()
    }
    for identity, known in factions.items():
        yield _object(identity, FACTION, known)
    for one in exported:
        for run, log in one.logs():
            ended = log[-1].note if log[-1].kind == "ended" else log[-1].type
            first = first_ending(one.model, (*one.scenario.past, *log))
            attributes: dict[str, Any] = {
                "number": run, "ensemble": one.short, "scenario": one.scenario.name, "ended": ended,
                "first_ending": first.type if first else ended,
            }  # fmt: skip
            yield _object(_run(one, run), RUN, attributes)


def _object(identity: str, kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    listed = [{"name": name, "time": _BEGINNING, "value": value} for name, value in attributes.items()]
    return {"id": identity, "type": kind, "attributes": listed, "relationships": []}


def _event(exported: Exported, run: int, event: Event) -> dict[str, Any]:
    date = exported.date(event.time)
    assert date is not None, "a model without dates was refused"
    attributes: dict[str, Any] = {"kind": event.kind, **({"rule": event.rule} if event.rule else {})}
    name = event.type
    if event.kind in CHANGING:
        attributes |= {_attribute(mark): value for mark, value in exported.marks(event).items()}
    else:
        name = f"outcome {event.type}" if event.kind == "outcome" else f"run_{event.kind}"
    relationships = [{"objectId": _run(exported, run), "qualifier": "in"}]
    if event.faction:
        relationships.append({"objectId": _faction(exported.model, event.faction), "qualifier": "by"})
    return {
        "id": f"{_run(exported, run)}/{event.sequence}",
        "type": name,
        "time": date.isoformat(timespec="seconds") + "Z",
        "attributes": [{"name": key, "value": value} for key, value in attributes.items() if value is not None],
        "relationships": relationships,
    }


def _faction(model: Model, name: str) -> str:
    return f"{model.name}/{name}"


def _run(exported: Exported, run: int) -> str:
    return f"{exported.short}/{run}"
