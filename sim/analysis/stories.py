"""The clocks of one rule in two runs, step by step: where they are in the same state, and what set them apart.

A clock's state here is what its firing hangs on besides its law: whether it runs, how often and at which steps it was
started and stopped, and whether an immediate rule has fired already. It is followed from the logs alone, by the rules
of `sim.model.clocks`. What the past left of a rule that waits for an event, or that fires immediately, no log tells:
such a rule waits, unless a firing shows that it was enabled at the branch.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sim.analysis.alignment import NOWHERE, Alignment
from sim.analysis.readings import Readings
from sim.model.event import Event
from sim.model.expression import Frame
from sim.model.model import Immediately, LawClock, Rate
from sim.model.program import RuleProgram

BRANCH = -1  # the step before the first: the branch
GUARD = -1  # the reason that a guard held in one run only; other reasons are the sides whose own events they are
Reason: TypeAlias = tuple[int, int]  # the step, and GUARD or a side


@dataclass(frozen=True, slots=True)
class FollowedClock:
    """One clock. `life` has the steps at which it was started and stopped, by turns, since it last began again."""

    occurrence: int = 0
    life: tuple[int, ...] = ()
    spent: bool = False

    @property
    def enabled(self) -> bool:
        return len(self.life) % 2 == 1


Pair: TypeAlias = tuple[FollowedClock, FollowedClock]


class Story:
    """One rule's clocks in two runs. `frames[side][n]` is a run's frame after its first n events."""

    def __init__(
        self, rule: RuleProgram, readings: Readings, alignment: Alignment, frames: Sequence[Sequence[Frame]]
    ) -> None:
        self.rule = rule
        self.alignment = alignment
        self.frames = frames
        self.guard = readings.guard(rule)
        rules = readings.program.model.rules.items()
        self.restarting = {name for name, other in rules if rule.rule.name in other.restarts}
        looked_at = readings.writing(self.guard.slots).union(rule.rule.on)
        self.relevant = alignment.steps_of(looked_at, (rule.rule.name, *self.restarting))
        self.steps: list[int] = []
        self.pairs: list[Pair] = []
        self.reasons: list[Reason] = []
        self._spans: list[tuple[int, int]] = []
        for pending in (False, True):
            if self._is_consistent(pending=pending):
                break

    def before(self, step: int) -> tuple[Pair, Sequence[Reason]]:
        """Return the clocks before a step, and what set them apart; no reasons where they are in the same state."""
        place = bisect_left(self.steps, step) - 1
        pair, (first, last) = self.pairs[place], self._spans[place]
        reasons = self.reasons[first:last]
        one, other = pair
        if self.rule.rule.memory == "fresh" and one.enabled and other.enabled and one.occurrence == other.occurrence:
            started = {one.life[-1], other.life[-1]}
            return pair, [reason for reason in reasons if reason[0] in started] or reasons
        return pair, reasons

    def _is_consistent(self, *, pending: bool) -> bool:
        """Follow the clocks through all steps; False if a rule fires that, not being `pending`, was not enabled."""
        immediate = isinstance(self.rule.clock, Immediately)
        plain = not self.rule.rule.on and not (immediate and self.alignment.sides[0][1].past)
        held = [bool(self.guard.value(frames[0])) for frames in self.frames]
        clocks = [
            FollowedClock(life=(BRANCH,)) if holds and (plain or pending)
            else FollowedClock(spent=holds and immediate and not self.rule.rule.on)
            for holds in held
        ]  # fmt: skip
        self.steps, self.pairs, self.reasons, self._spans = [], [], [], []
        self._note(BRANCH, clocks, held, [])
        for step in self.relevant:
            places = self.alignment.steps[step]
            own: list[int] = []
            for side, place in enumerate(places):
                if place == NOWHERE:
                    continue
                event, was = self.alignment.logs[side][place], clocks[side]
                if event.rule == self.rule.rule.name and not was.enabled and not pending:
                    return False
                held[side] = bool(self.guard.value(self.frames[side][place + 1]))
                heard = event.type in self.rule.rule.on
                clocks[side] = self._follow(was, event, step, holds=held[side], heard=heard)
                acts = heard or event.rule == self.rule.rule.name or event.rule in self.restarting
                if NOWHERE in places and acts and clocks[side] != was:
                    own.append(side)
            self._note(step, clocks, held, own)
        return True

    def _note(self, step: int, clocks: Sequence[FollowedClock], held: Sequence[bool], own: Sequence[int]) -> None:
        """Note the clocks after a step. What set them apart before counts no longer once they are alike."""
        first = self._spans[-1][0] if self._spans else 0
        if clocks[0] == clocks[1]:
            first = len(self.reasons)
        else:
            if held[0] != held[1]:
                self.reasons.append((step, GUARD))
            self.reasons += [(step, side) for side in own]
        self.steps.append(step)
        self.pairs.append((clocks[0], clocks[1]))
        self._spans.append((first, len(self.reasons)))

    def _follow(self, clock: FollowedClock, event: Event, step: int, *, holds: bool, heard: bool) -> FollowedClock:
        if event.rule == self.rule.rule.name:
            clock = FollowedClock(clock.occurrence, spent=isinstance(self.rule.clock, Immediately))
        if clock.enabled and not holds:
            clock = self._stopped(clock, step)
        elif not clock.enabled and not holds:
            clock = replace(clock, spent=False)
        elif not clock.enabled and (heard or not (self.rule.rule.on or clock.spent)):
            clock = FollowedClock(clock.occurrence + (not clock.life), (*clock.life, step), clock.spent)
        if event.rule in self.restarting and clock.enabled:
            clock = FollowedClock(clock.occurrence + 1, (step,))
        return clock

    def _stopped(self, clock: FollowedClock, step: int) -> FollowedClock:
        if self.rule.rule.memory == "fresh" or not isinstance(self.rule.clock, Rate | LawClock):
            return FollowedClock(clock.occurrence)
        return FollowedClock(clock.occurrence, (*clock.life, step))
