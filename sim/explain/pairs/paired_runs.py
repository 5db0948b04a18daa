"""Two followed runs of one number side by side: which events both have, and where an event of one stands in the other.

Sides are 0 and 1, places those of `FollowedRun`. Owns the reading of either run at a place of the other, and what two
plain frames differ in. Why they differ is for `causes`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeAlias

from sim.explain.followed_run import INITIAL, FollowedRun, Stretch
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.part_values import part_values
from sim.language.expressions.tree import Tree
from sim.model.canonical import change_meaning
from sim.model.event import HORIZON, Event
from sim.model.expression import TIME, Frame
from sim.model.outcomes import first_ending
from sim.model.replay import CHANGING

NOWHERE = -1
Key: TypeAlias = tuple[str, str]  # the scope and the name of what is read
SCOPES = ("state", "parameter", "last")
STANDS = CHANGING | {"started", "changed"}  # kinds of events that change the state, or what is assumed


class PairedRuns:
    """Run i under a baseline and under another scenario, each up to its first ending."""

    def __init__(self, one: FollowedRun, other: FollowedRun, assumptions: Assumptions) -> None:
        self.runs = (one, other)
        self.assumptions = assumptions
        self.values = (part_values(one.program), part_values(other.program))
        endings = [first_ending(run.scenario.model, run.log) for run in self.runs]
        self.ends = tuple(HORIZON if event is None else event.type for event in endings)
        self.lasts = tuple(
            len(run.events) - 1 if event is None else run.place(event.sequence)
            for run, event in zip(self.runs, endings, strict=True)
        )
        self._plain: dict[tuple[int, int, float], Frame] = {}

    def event(self, side: int, place: int) -> Event:
        return self.runs[side].events[place]

    def by_time(self, side: int, time: float) -> int:
        """Return how many events a run has had by a time, those at it included."""
        return bisect_right(self._times[side], time)

    @cached_property
    def _times(self) -> tuple[list[float], list[float]]:
        one, other = ([event.time for event in run.events] for run in self.runs)
        return one, other

    def is_over(self, side: int, place: int) -> bool:
        """Return whether a run has come to an ending before a place, and not to its horizon."""
        return place > self.lasts[side] and self.came_to_an_ending(side)

    def came_to_an_ending(self, side: int) -> bool:
        """Return whether a run has an ending that came true before its horizon."""
        end = self.ends[side]
        return end != HORIZON and not self.runs[side].scenario.model.outcomes[end].otherwise

    def changing(self, side: int) -> Sequence[int]:
        """The places, in order, of the events that change the state or what is assumed."""
        return self._changing[side]

    @cached_property
    def _changing(self) -> tuple[Sequence[int], Sequence[int]]:
        one, other = (
            [place for place in range(last + 1) if run.events[place].kind in STANDS]
            for run, last in zip(self.runs, self.lasts, strict=True)
        )
        return one, other

    @cached_property
    def partners(self) -> tuple[dict[int, int], dict[int, int]]:
        """For each side, by place, the place in the other run of the event that is the same in all but its place."""
        known: dict[object, list[int]] = {}
        for place in self.changing(1):
            known.setdefault(self._identity(1, place), []).append(place)
        found: tuple[dict[int, int], dict[int, int]] = ({}, {})
        last = NOWHERE
        for place in self.changing(0):
            partner = next((at for at in known.get(self._identity(0, place), ()) if at > last), NOWHERE)
            if partner != NOWHERE:
                found[0][place], found[1][partner], last = partner, place, partner
        return found

    def _identity(self, side: int, place: int) -> object:
        run, event = self.runs[side], self.event(side, place)
        if event.kind == "started":
            return event.kind, place
        if event.kind == "changed":
            change = next((one for one in run.scenario.changes if one.number == event.occurrence), None)
            return event.kind, event.time, None if change is None else repr(change_meaning(change))
        names = self.assumptions.namesakes
        own = side if event.type in names.events or event.rule in names.rules else None
        return event.kind, event.time, event.type, event.rule, event.occurrence, event.marks, own

    @cached_property
    def befores(self) -> tuple[Sequence[int], Sequence[int]]:
        """For each side, by place, how many events of the other run stand before the one there.

        An event that both have stands at its partner's place; another where its time says, at equal times behind what
        the other run has in common with what came before.
        """
        return self._befores(0), self._befores(1)

    def _befores(self, side: int) -> list[int]:
        there = self.runs[1 - side].events
        found, passed = [], 0
        for place, event in enumerate(self.runs[side].events):
            partner = self.partners[side].get(place)
            if partner is not None:
                passed = max(passed, partner + 1)
                found.append(partner)
                continue
            while passed < len(there) and there[passed].time < event.time:
                passed += 1
            found.append(passed)
        return found

    @cached_property
    def twins(self) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
        """For each side the places of the firings, by rule and occurrence; none of rules that are only namesakes."""
        apart = self.assumptions.namesakes.rules
        one, other = (
            {(event.rule, event.occurrence): place for place in self.changing(side)
             if (event := run.events[place]).kind == "fired" and event.rule not in apart}
            for side, run in enumerate(self.runs)
        )  # fmt: skip
        return one, other

    def frame(self, side: int, count: int, time: float) -> Frame:
        """Return the plain frame of a run after the events at its first `count` places, at a time. It is not a copy."""
        key = side, count, time
        if key not in self._plain:
            run = self.runs[side]
            frame = (run.frame_at(count - 1) if count else run.initial).copy()
            frame[TIME] = time
            self._plain[key] = self.values[side].plain(run, frame)
        return self._plain[key]

    def differing(self, trees: Iterable[Tree], side: int, here: Frame, there: Frame) -> list[Key]:
        """Return what parts of one side's model read, and what the two plain frames have otherwise."""
        values, others = self.values[side], self.values[1 - side]
        keys = (values.names[slot] for slot in values.reads(list(trees), SCOPES))
        return [key for key in keys if key in others.slots and here[values.slots[key]] != there[others.slots[key]]]

    def exchange(self, side: int, here: Frame, there: Frame, keys: Iterable[Key]) -> Frame:
        """Return a copy of a plain frame of one side with some values of the other's."""
        frame = here.copy()
        for key in keys:
            frame[self.values[side].slots[key]] = there[self.values[1 - side].slots[key]]
        return frame

    def writer(self, side: int, key: Key, count: int) -> int:
        """Return the place of the last event among the first `count` places that wrote what a key names."""
        places = self._writers(side, key)
        known = bisect_left(places, count)
        return places[known - 1] if known else INITIAL

    def _writers(self, side: int, key: Key) -> Sequence[int]:
        if (side, key) not in self._written:
            run, (scope, name) = self.runs[side], key
            if scope == "last":
                found = [
                    place for place, event in enumerate(run.events) if event.type == name and event.kind in CHANGING
                ]
            else:
                slot = self.values[side].slots[key]
                found = [write.place for write in run.writes(slot, len(run.events))]
            self._written[side, key] = found
        return self._written[side, key]

    @cached_property
    def _written(self) -> dict[tuple[int, Key], Sequence[int]]:
        return {}

    def running(self, side: int, rule: str, count: int, time: float) -> Stretch | None:
        """Return the stretch in which a rule's clock of one side runs after its first `count` places, at a time."""
        for one in self.runs[side].stretches_of(rule):
            began = one.began < count if one.began >= 0 else one.since <= time
            ended = one.how != "over" and (one.ended < count if one.ended >= 0 else one.until < time)
            if began and not ended:
                return one
        return None
