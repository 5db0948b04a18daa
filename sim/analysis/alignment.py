"""Two runs of one number side by side: which events both have, and where an event of the one stands in the other.

Two events are one if they are alike in all but their place in the log. What only one run has stands by itself, in
order of time; at equal times as the engines order them. `flow` finds why it is there in one run only.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias

from sim.experiment.pairs import Side
from sim.model.event import Event
from sim.model.program import Program
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

Key: TypeAlias = tuple[float, str, tuple[float, ...]]
STEPS = CHANGING | {"changed"}
NOWHERE = -1
_but_its_place = attrgetter("time", "kind", "type", "rule", "occurrence", "marks")


class Alignment:
    """The events of two runs that change the state, or what is assumed, in steps.

    A step is an event that both have, or one of one run.

    `logs` are those events; all places here are in them, and sides are 0 and 1. `steps` holds each step's places,
    NOWHERE where a run does not have it, `after` how many events each run has had with it, `step_of` the step of
    each place. Only what was aligned so far is in them: see `part` and `align`.
    """

    def __init__(self, one: Side, other: Side) -> None:
        self.sides = (one, other)
        self.logs = tuple(tuple([event for event in side[2] if event.kind in STEPS]) for side in self.sides)
        self.steps: list[tuple[int, int]] = []
        self.after: list[tuple[int, int]] = []
        self.step_of: tuple[list[int], list[int]] = ([], [])
        self.assumed = (assumed_of(one[1], other[1]), assumed_of(other[1], one[1]))

    def part(self, *, assumed: bool = False) -> int | None:
        """Align up to the first event that one run alone has and, unless `assumed`, that is not assumed.

        Return its step, if any.
        """
        while (step := self._next()) is not None:
            if NOWHERE in self.steps[step] and (assumed or not self.is_assumed(*self.alone(step))):
                return step
        return None

    def align(self, until: float = math.inf) -> None:
        """Align what is left, up to and with what happens at a time, and at most one event more."""
        while (step := self._next()) is not None:
            side, place = self.alone(step)
            if self.logs[side][place].time > until:
                break

    def alone(self, step: int) -> tuple[int, int]:
        """Return the side and the place of a step's event: of the first run's, if it has it."""
        one, other = self.steps[step]
        return (0, one) if other == NOWHERE else (1, other)

    def shared(self, side: int, index: int) -> bool:
        """Return whether the other run has this event, too."""
        return NOWHERE not in self.steps[self.step_of[side][index]]

    def is_assumed(self, side: int, index: int) -> bool:
        """Return whether this event is a change, or stands in this side's timetable alone or in another order."""
        return self._may_be_assumed(side, self.logs[side][index]) and not self.shared(side, index)

    def _may_be_assumed(self, side: int, event: Event) -> bool:
        return event.kind == "changed" or (event.kind == "scheduled" and self.assumed[side][_key(event)] > 0)

    def before(self, step: int) -> tuple[int, int]:
        """Return how many events each run has had before a step."""
        return self.after[step - 1] if step > 0 else (0, 0)

    def steps_of(self, events: Iterable[str], rules: Iterable[str] = ()) -> list[int]:
        """Return, in order, the steps that are events of these types or firings of these rules."""
        found = {step for name in events for step in self._by_event.get(name, ())}
        return sorted(found.union(*(self._by_rule.get(name, ()) for name in rules)))

    @cached_property
    def _by_event(self) -> dict[str, list[int]]:
        return self._index(lambda event: event.type)

    @cached_property
    def _by_rule(self) -> dict[str, list[int]]:
        return self._index(lambda event: event.rule)

    def _index(self, name_of: Callable[[Event], str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for step in range(len(self.steps)):
            side, place = self.alone(step)
            found.setdefault(name_of(self.logs[side][place]), []).append(step)
        return found

    def _next(self) -> int | None:
        """Add a step and return its number; None if there is none left."""
        at = self.after[-1] if self.after else (0, 0)
        one, other = (log[place] if place < len(log) else None for log, place in zip(self.logs, at, strict=True))
        if one is None and other is None:
            return None
        if one is not None and other is not None and _same(one, other):
            places = at
        else:
            places = (at[0], NOWHERE) if self._goes_alone(one, other, at) == 0 else (NOWHERE, at[1])
        number = len(self.steps)
        self.steps.append(places)
        self.after.append((at[0] + (places[0] != NOWHERE), at[1] + (places[1] != NOWHERE)))
        for side, place in enumerate(places):
            if place != NOWHERE:
                self.step_of[side].append(number)
        return number

    def _goes_alone(self, one: Event | None, other: Event | None, at: tuple[int, int]) -> int:
        """Return the side whose next event the other run has not, at least not next."""
        if one is None or other is None:
            return 0 if other is None else 1
        if one.time != other.time:
            return 0 if one.time < other.time else 1
        comes = [_comes(one, self.logs[1], at[1]), _comes(other, self.logs[0], at[0])]
        for side in (0, 1) if comes[0] <= comes[1] else (1, 0):  # what the other run has not at all goes first
            event = (one, other)[side]
            if self._may_be_assumed(side, event):
                return side
        if comes[0] != comes[1]:
            return 1 if comes[0] else 0
        orders = [order_of(side[0], event) for side, event in zip(self.sides, (one, other), strict=True)]
        return 0 if orders[0] <= orders[1] else 1


def order_of(program: Program, event: Event) -> tuple[float, int, int, str, tuple[float, ...]]:
    """Return what orders events of two logs, whichever is the first: as the engines do, then by what they are."""
    rank = program.rules[program.numbers[event.rule]].rank if event.rule else -1 if event.kind == "scheduled" else -2
    return event.time, rank, event.occurrence, event.type, event.marks


def counterpart(event: Event, log: Sequence[Event]) -> Event | None:
    """Return the firing of the same rule's same occurrence in another log."""
    if not event.rule:
        return None
    return next((other for other in log if other.rule == event.rule and other.occurrence == event.occurrence), None)


def assumed_of(one: Scenario, other: Scenario) -> Counter[Key]:
    """Return the scheduled events that `one` has and `other` has not, and those that it has in another order."""
    mine, theirs = ([(item.time, item.event, item.marks) for item in side.timetable] for side in (one, other))
    found = Counter(mine) - Counter(theirs)
    for time in {key[0] for key in mine} if mine != theirs else ():
        here, there = ([key for key in keys if key[0] == time] for keys in (mine, theirs))
        if _is_reordered(here, there):
            found |= Counter(here)
    return found


def _is_reordered(here: Sequence[Key], there: Sequence[Key]) -> bool:
    """Return whether what both list at one time stands in another order, and not only has more in between."""
    mine, theirs = [key for key in here if key in there], [key for key in there if key in here]
    return not _is_within(mine, theirs) and not _is_within(theirs, mine)


def _is_within(few: Iterable[Key], many: Iterable[Key]) -> bool:
    """Return whether some keys stand, in this order, among others."""
    rest = iter(many)
    return all(key in rest for key in few)


def _key(event: Event) -> Key:
    return event.time, event.type, event.marks


def _comes(event: Event, log: Sequence[Event], index: int) -> bool:
    """Return whether a log has this event from a place on, at its very time."""
    while index < len(log) and log[index].time == event.time:
        if _same(event, log[index]):
            return True
        index += 1
    return False


def _same(a: Event, b: Event) -> bool:
    return bool(_but_its_place(a) == _but_its_place(b))
