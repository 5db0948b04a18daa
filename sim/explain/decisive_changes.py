"""Since when a part of a rule has come to what it came to: the event that last turned it, found by going back.

A read of a part is exchanged for what it was before each assignment to it, the latest first. The first of these values
with which the part would have come to something else shows the assignment that turned it. Where a variable relaxes,
time alone may have turned it since its last assignment. A parameter is exchanged for its central value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

from sim.explain.followed_run import INITIAL, FollowedRun
from sim.explain.part_values import PartValues
from sim.language.expressions.tree import Tree
from sim.model.evolve import carry, typed
from sim.model.expression import Frame

How: TypeAlias = Literal["event", "passing", "drawn"]
Changes: TypeAlias = Callable[[int, Any], bool]  # whether a part comes to something else with this value in a slot
Turned: TypeAlias = Callable[[Any], bool]  # the same of one slot

MOST_THROUGH = 8  # levels of effects that are followed from one read


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisiveChange:
    """What turned a part by one of its reads: the event at `place` (`event`), time passing since that event or since
    the initial state (`passing`), or the value that a parameter was drawn with (`drawn`).

    `before` is the value with which the part would have come to something else. `through` are the reads of the event's
    effect that made it assign what it did.
    """

    how: How
    place: int
    before: Any
    through: "tuple[ValueRead, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRead:
    """A state variable or a parameter that a part read, its value then, and what turned the part by it, if anything.

    `written` is the place of the event that last assigned it, INITIAL if none did.
    """

    scope: str
    name: str
    slot: int
    value: Any
    written: int
    change: DecisiveChange | None

    @property
    def mattered(self) -> bool:
        """Whether the part would have come to something else without what turned it."""
        return self.change is not None


class DecisiveChanges:
    """Finds what turned the parts of one run."""

    def __init__(self, run: FollowedRun, values: PartValues) -> None:
        self.run = run
        self.values = values

    def reads(self, trees: Iterable[Tree], frame: Frame, place: int, changes: Changes) -> tuple[ValueRead, ...]:
        """Return what parts read on a plain frame before the event at a place, each with what turned them."""
        return tuple(self._read(slot, frame, place, partial(changes, slot), 0) for slot in self.values.reads(trees))

    def _read(self, slot: int, frame: Frame, place: int, changes: Turned, depth: int) -> ValueRead:
        scope, name = self.values.names[slot]
        writes = self.run.writes(slot, place)
        change = self._by_parameter(name, changes) if scope == "parameter" and not writes else None
        if change is None:
            change = self._by_event(slot, place, changes, depth)
        return ValueRead(
            scope=scope, name=name, slot=slot, value=frame[slot], written=writes[-1].place if writes else INITIAL,
            change=change,
        )  # fmt: skip

    def _by_parameter(self, name: str, changes: Turned) -> DecisiveChange | None:
        parameter = self.run.scenario.model.parameters[name]
        central = typed(parameter.type, float(parameter.value))
        return DecisiveChange(how="drawn", place=INITIAL, before=central) if changes(central) else None

    def _by_event(self, slot: int, place: int, changes: Turned, depth: int) -> DecisiveChange | None:
        relaxes = slot in self.run.program.motion.variables
        writes = self.run.writes(slot, place)
        for write in reversed(writes):
            if relaxes and changes(write.after):
                return DecisiveChange(how="passing", place=write.place, before=write.after)
            if write.before != write.after and changes(write.before):
                through = self._through(slot, write.place, changes, depth) if depth < MOST_THROUGH else ()
                return DecisiveChange(how="event", place=write.place, before=write.before, through=through)
        if relaxes and not writes:
            initial = self.run.initial[slot]
            return DecisiveChange(how="passing", place=INITIAL, before=initial) if changes(initial) else None
        return None

    def _through(self, slot: int, place: int, changes: Turned, depth: int) -> tuple[ValueRead, ...]:
        """Return what else the effect of an event read, and what of it turned what the event assigned."""
        moment = self.run.moments[place]
        if moment.event.kind in ("changed", "started"):
            return ()
        _, _, variable = next(one for one in self.run.program.effects[moment.event.type] if one[0] == slot)
        tree = self.run.program.model.events[moment.event.type].effects[variable.name].tree
        frame = self.values.plain(self.run, moment.before)
        carry(self.run.program, frame, moment.event.type, moment.event.marks)

        def otherwise(read: int) -> Turned:
            def changed(value: Any) -> bool:
                made = self.values.exchanged(tree, frame, read, value)
                if made is None:
                    return True
                return changes(min(max(made, variable.low), variable.high) if variable.saturates else made)

            return changed

        return tuple(
            self._read(read, frame, place, otherwise(read), depth + 1)
            for read in self.values.reads([tree]) if read != slot
        )  # fmt: skip
