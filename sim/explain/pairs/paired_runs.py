"""Two followed runs of one number side by side: what the state of either was at a place of the other.

Owns the reading of frames, and what two plain frames differ in. Which events both have, `paired_logs` says; why they
differ is for `pair_causes`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeAlias

from sim.explain.followed_run import INITIAL, FollowedRun, Stretch
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.paired_logs import PairedLogs
from sim.explain.part_values import part_values
from sim.language.expressions.tree import Tree
from sim.model.expression import TIME, Frame
from sim.model.replay import CHANGING

Key: TypeAlias = tuple[str, str]  # the scope and the name of what is read
SCOPES = ("state", "parameter", "last")


class PairedRuns(PairedLogs[FollowedRun]):
    """A pair of runs that are followed."""

    def __init__(self, one: FollowedRun, other: FollowedRun, assumptions: Assumptions) -> None:
        super().__init__(one, other, assumptions)
        self.values = (part_values(one.program), part_values(other.program))
        self._plain: dict[tuple[int, int, float], Frame] = {}

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
