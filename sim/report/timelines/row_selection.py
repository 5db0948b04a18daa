"""Which rows of a run's timeline a reader asks for: of some factions, of some events, within some time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.single.named_parts import parts_named
from sim.errors import UsageError
from sim.language.expressions.types import Calendar
from sim.model.event import Event
from sim.model.model import Model

ALWAYS = frozenset({"started", "ended", "failed"})  # kinds of rows that only a time leaves out


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSelection:
    """The rows that are shown: of these factions and events, if any are named, and of none of those left out.

    Events are event types and outcomes. The rows at which a run begins and ends are shown whatever is named. `low` and
    `high` are times in the model's unit since its origin.
    """

    factions: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    low: float = -math.inf
    high: float = math.inf

    def shows(self, event: Event) -> bool:
        """Return whether a row is shown."""
        if not self.low <= event.time <= self.high:
            return False
        if event.kind in ALWAYS:
            return True
        of_faction = not self.factions or event.faction in self.factions
        return of_faction and (not self.events or event.type in self.events) and event.type not in self.without


def row_selection(
    models: Sequence[Model], *, factions: Sequence[str] = (), events: Sequence[str] = (),
    without: Sequence[str] = (), between: tuple[str, str] | None = None,
) -> RowSelection:  # fmt: skip
    """Return the selection that words mean: names or titles of the models' parts, and two dates.

    Raise UsageError E044 for a word that no part has, E045 for what is not a date, or for dates in the wrong order.
    """
    low, high = (-math.inf, math.inf) if between is None else _times(models[0].calendar, *between)
    return RowSelection(
        factions=frozenset(parts_named(factions, "faction", models)),
        events=frozenset(parts_named(events, "event or outcome", models)),
        without=frozenset(parts_named(without, "event or outcome", models)),
        low=low,
        high=high,
    )


def _times(calendar: Calendar, first: str, last: str) -> tuple[float, float]:
    """Return the times between which two dates enclose: the second, if it is a day, with its end."""
    found = []
    for text, read in ((first, calendar.at), (last, calendar.closing)):
        try:
            found.append(read(text) if calendar.origin else float(text))
        except ValueError as error:
            problem = str(error) if calendar.origin else "the model has no dates, so it is a number"
            raise UsageError("E045", f"'{text}' is not a time to begin or to end with: {problem}") from None
    low, high = found
    if not low <= high:
        raise UsageError("E045", f"'{first}' is not before '{last}'", "expected the earlier of the two first")
    return low, high


def hidden_in_words(hidden: int, shown: int) -> str:
    """Return in words how many rows a selection leaves out; nothing where it leaves out none."""
    if not hidden:
        return ""
    rows = "row is" if hidden == 1 else "rows are"
    return f"{hidden:,} of {hidden + shown:,} {rows} hidden by the filters."
