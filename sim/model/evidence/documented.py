"""A history as it was built: documented events with their sources, and their places in a scenario's past.

`sim.build.history` makes it of documents, and says whether a model admits it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.model.event import Event, Log
from sim.model.evidence.source_documents import SourceDocument
from sim.model.model import Model, Scheduled


@dataclass(frozen=True, slots=True)
class Citation:
    """A document, and the paragraphs of it."""

    source: str
    paragraphs: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = ", ".join(str(number) for number in self.paragraphs)
        return self.source + (f" §{where}" if where else "")


@dataclass(frozen=True, slots=True)
class Documented:
    """A documented event: what the model sees of it (`event`), and what is known about it."""

    id: str
    event: Event
    until: str
    reported: str
    claim: str
    status: str
    act: str
    due: str
    citations: tuple[Citation, ...]
    note: str
    location: str


@dataclass(frozen=True)
class History:
    """Documented events in order of time, each admitted by the model.

    `omitted` are those that the scenario takes out; the sequence of each is how many of the others come before it.
    """

    name: str
    title: str
    documented: tuple[Documented, ...]
    sources: Mapping[str, SourceDocument]
    path: str
    omitted: tuple[Documented, ...] = ()

    def find(self, name: str) -> int | None:
        """Return the place in the order of the event with this id."""
        return next((number for number, item in enumerate(self.documented) if item.id == name), None)


def documented_in(past: Log, history: History | None) -> dict[int, Documented]:
    """Return what is known of the documented events of a scenario's past, by their places in it.

    A past has a history's events up to its branch, in order. There the place of an event is its sequence.
    """
    places = (place for place, event in enumerate(past) if event.kind == "documented")
    return dict(zip(places, history.documented, strict=False)) if history else {}


def merged(documented: Log, over: tuple[Scheduled, ...], model: Model) -> Log:
    """Return documented events with the timetable's own that are over among them; at equal times those first."""
    both = sorted(
        [*(scheduled_event(item, model) for item in over), *documented],
        key=lambda event: (event.time, event.kind == "documented"),
    )
    return tuple(replace(event, sequence=number) for number, event in enumerate(both))


def scheduled_event(item: Scheduled, model: Model) -> Event:
    """Return what the timetable has as an event of a log, its sequence not yet known."""
    faction = model.events[item.event].faction
    return Event(sequence=0, time=item.time, kind="scheduled", type=item.event, faction=faction, marks=item.marks)
