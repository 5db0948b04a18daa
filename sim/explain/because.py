"""What one event rests on, as a value: the parts of its rule and what they read, its clock's wait, its choice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sim.explain.decisive_changes import ValueRead
from sim.model.event import Event

What: TypeAlias = Literal["guard", "rate", "law", "speed", "weights", "mark", "condition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedPart:
    """A part of a rule, or of an outcome's condition, its text and value, and what it read."""

    what: What
    text: str
    value: Any
    reads: tuple[ValueRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a rule's clock ran before it fired, in the model's unit: from the event at place `began` on.

    `earlier` is how long it had run before, where the rule's memory keeps its age: the draw is about the whole time.
    `quantile` is the share of all draws with which it would have come as early or earlier, all else being the same;
    None where nothing was drawn. `since_branch` is the part of the time that the draw is about.
    """

    began: int
    since: float
    time: float
    earlier: float
    since_branch: float
    quantile: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnChoice:
    """A choice among a rule's events: the `shares` of their weights in order, and the uniform that decided.

    `place` is that of the chosen one among them: two may be of one event type, with other marks.
    """

    shares: tuple[tuple[str, float], ...]
    uniform: float
    place: int

    def by_event(self) -> dict[str, float]:
        """Return the shares of event types."""
        found: dict[str, float] = {}
        for event, share in self.shares:
            found[event] = found.get(event, 0.0) + share
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What one event rests on. `came_with` is the place of the event with which an outcome came true.

    An event that is documented or assumed, and the start of a run, rests on nothing here.
    """

    place: int
    event: Event
    parts: tuple[EvaluatedPart, ...] = ()
    wait: Wait | None = None
    choice: DrawnChoice | None = None
    came_with: int | None = None

    def reads(self) -> Iterator[tuple[EvaluatedPart, ValueRead]]:
        """Yield all that the parts read."""
        return ((part, read) for part in self.parts for read in part.reads)
