"""Two runs of one number side by side, as their logs tell: which events both have, and where one stands in the other.

Sides are 0 and 1, places those of `LoggedRun`. What the state was around an event is for `paired_runs`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Generic, TypeVar

from sim.explain.logged_run import LoggedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.model.canonical import change_meaning
from sim.model.event import HORIZON, Event
from sim.model.outcomes import first_ending
from sim.model.replay import CHANGING

NOWHERE = -1
STANDS = CHANGING | {"started", "changed"}  # kinds of events that change the state, or what is assumed
R = TypeVar("R", bound=LoggedRun)


class PairedLogs(Generic[R]):
    """Run i under a baseline and under another scenario, each up to its first ending."""

    def __init__(self, one: R, other: R, assumptions: Assumptions) -> None:
        self.runs = (one, other)
        self.assumptions = assumptions
        endings = [first_ending(run.scenario.model, run.log) for run in self.runs]
        self.ends = tuple(HORIZON if event is None else event.type for event in endings)
        self.lasts = tuple(
            len(run.events) - 1 if event is None else run.place(event.sequence)
            for run, event in zip(self.runs, endings, strict=True)
        )

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
        shared = self.assumptions.shared_past
        known: dict[object, list[int]] = {}
        for place in self.changing(1):
            if place >= shared:
                known.setdefault(self._identity(1, place), []).append(place)
        same = {place: place for place in self.changing(0) if place < shared}
        found: tuple[dict[int, int], dict[int, int]] = (same, same.copy())
        last = shared - 1
        for place in self.changing(0):
            if place < shared:
                continue
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
