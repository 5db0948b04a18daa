"""Runs with one firing undone: as another run had it, or excluded.

Owns what undoing a firing means. What another run has otherwise is made as it is there: another event is chosen, or
it comes at that time, or at once where its clock starts only later, with those marks. What the other run has not at all
does not come: a rule that merely skipped one firing would fire again by its next draw, so it is excluded from then on.
"""

import math
from dataclasses import dataclass
from typing import Any

from sim.model.event import Event
from sim.model.program import TIME
from sim.model.run import Run


@dataclass(frozen=True, slots=True)
class Undone:
    """A rule's firing, by its occurrence, that is undone: by coming as `instead` has it, or by excluding its rule."""

    rule: str
    occurrence: int
    instead: Event | None = None


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A run, by its number, with one firing undone; as it is if none is."""

    run: int
    undone: Undone | None = None


class UndoneRun(Run):
    """A run in which one firing is undone; all other draws are the same."""

    def __init__(self, undone: Undone, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._undone = undone
        self._rule = self.program.numbers[undone.rule]

    def begin(self) -> None:
        super().begin()
        self._move()

    def change(self, index: int) -> set[int]:
        return super().change(index) | self._move()

    def flip(self) -> set[int]:
        return super().flip() | self._move()

    def look(self) -> set[int]:
        return super().look() | self._move()

    def schedule(self, index: int) -> set[int]:
        return super().schedule(index) | self._move()

    def fire(self, number: int, time: float) -> set[int]:
        clock, undone = self.clocks.clocks[number], self._undone
        if number != self._rule or clock.occurrence < undone.occurrence:
            return super().fire(number, time) | self._move()
        self.frame[TIME] = time
        if undone.instead is None:
            self.clocks.exclude((number,))
            return {number}
        if clock.occurrence > undone.occurrence:
            return super().fire(number, time)
        if self._stopped(time):
            return set()
        return self._happen(undone.instead.type, undone.instead.marks, time, number, clock.occurrence)

    def _move(self) -> set[int]:
        """Let the occurrence that comes otherwise be due at its new time, once its clock runs."""
        clock, instead = self.clocks.clocks[self._rule], self._undone.instead
        if instead is None or not clock.enabled or clock.occurrence != self._undone.occurrence:
            return set()
        clock.due, clock.edge = max(instead.time, self.frame[TIME]), math.inf
        return {self._rule}
