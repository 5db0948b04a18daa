"""Events as CloudEvents 1.0, one JSON object a line, with the event that made each possible.

CloudEvents' own `time` is left out: it needs a time zone, and the documents give none. A wrong zone would be a false
statement, so the date stands in the extension `localtime`, as the documents have it.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.causes import Dependencies
from sim.export.ensembles import LOCAL, Exported, Request, followed
from sim.export.folder import paragraphs, write_text
from sim.model.event import Event, Log
from sim.model.replay import CHANGING

EVENTS = "events.jsonl"

_README = (
    "Simulated events as CloudEvents 1.0 (https://cloudevents.io), one JSON object a line, in UTF-8: run by run, and "
    "each run in the order in which it happened. Each run is one possible future, not a forecast of events. The "
    "documented past before the branch is left out.",
    (
        "specversion      1.0",
        "id               RUN:NUMBER, the run's number and the event's number in it; with `source` it names an event",
        "source           /ensembles/ID, the ensemble",
        "type             MODEL.event.NAME: an event of the model; MODEL.outcome.NAME: an outcome came true;",
        "                 MODEL.run.started, .ended and .failed: the run's own life",
        "subject          run/RUN",
        "correlationid    ID:RUN, the same for all events of one run",
        "causationid      the id of the event that made this one possible: the last one that wrote what its rule's",
        "                 guard reads, or that its rule waited for; absent where no event of the run did",
        f"localtime        the date, where the model has dates; {LOCAL}",
        "datacontenttype  application/json",
        "data.time        when it happened, in the model's unit of time since the branch",
        "data.kind        started, fired (by a rule), scheduled (by a timetable), changed, outcome, ended or failed",
        "data.faction     whose act it is, where it is somebody's",
        "data.rule        the rule that emitted it, and data.occurrence how often its clock had been started before",
        "data.marks       its values by name; of MODEL.run.started the run's parameters",
        "data.note        how the run ended, or why it failed",
        "data.enabled_by  the ids of all events of the run that made this one possible, `causationid` among them",
    ),
    "CloudEvents' own attribute `time` is left out on purpose: it must have a time zone, and the documents give none. "
    "Some readers put the time of reading there when it is missing: use `localtime`.",
)


def write(exported: Sequence[Exported], _: Request, folder: Path) -> None:
    """Write all events, run by run, and what their attributes mean."""
    with (folder / EVENTS).open("w", encoding="utf-8", newline="\n") as file:
        for one in exported:
            dependencies = Dependencies(one.model)
            for run, log in one.logs():
                for event in cloud_events(one, dependencies, run, log):
                    file.write(json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(folder / "README.txt", paragraphs(f"{_README[0]} {followed(exported)}", *_README[1:]))


def cloud_events(exported: Exported, dependencies: Dependencies, run: int, log: Log) -> Iterator[dict[str, Any]]:
    """Yield the events of one run as CloudEvents."""
    enablers = dependencies.enablers(log)
    for index, event in enumerate(log):
        enabled = [f"{run}:{log[cause].sequence}" for cause in sorted(enablers.get(index, ()))]
        date = exported.date(event.time)
        data = {
            "time": exported.since_branch(event),
            "kind": event.kind,
            "faction": event.faction,
            "rule": event.rule,
            "occurrence": event.occurrence if event.rule else "",
            "marks": exported.marks(event),
            "note": event.note,
            "enabled_by": enabled,
        }
        yield {
            "specversion": "1.0",
            "id": f"{run}:{event.sequence}",
            "source": f"/ensembles/{exported.ensemble.id}",
            "type": f"{exported.model.name}.{_type(event)}",
            "subject": f"run/{run}",
            "correlationid": f"{exported.ensemble.id}:{run}",
            **({"causationid": enabled[-1]} if enabled else {}),
            **({"localtime": date.isoformat(timespec="seconds")} if date else {}),
            "datacontenttype": "application/json",
            "data": {key: value for key, value in data.items() if value not in ("", [], {})},
        }


def _type(event: Event) -> str:
    if event.kind in CHANGING:
        return f"event.{event.type}"
    return f"outcome.{event.type}" if event.kind == "outcome" else f"run.{event.kind}"
