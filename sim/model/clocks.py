"""Which rules are enabled, since when, and when each will fire: the clocks of a generalised semi-Markov process.

Every clock is one unit exponential (Anderson 2007, "A modified next reaction method"; the random-time-change form): it
carries a threshold E = -log(U) and fires when the hazard accumulated since its start reaches E. Owns enabling,
disabling, memory and the following of rates. `evolve` says what a firing does to the state, `random_streams` which draw
is which.

While the past is folded nothing is drawn: clocks only keep their ages. `begin` gives each of them what is left of its
threshold, which is again a unit exponential, given that the rule has not fired.
"""

import math
from collections.abc import Callable, Collection
from copy import copy
from functools import partial
from typing import assert_never

from sim.errors import RunError
from sim.model.clock.clock_values import (
    given_values,
    law_of,
    no_value,
    pace_at,
    pace_lost,
    pace_now,
    step_of,
    wrong_step,
)
from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.expression import Fault, Frame
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.moving.motion import flipped_just, flips_soon
from sim.model.moving.rate_cells import cell_of, held_cell
from sim.model.program import TIME, Program
from sim.model.scenario import Turn
from sim.numerics.ticks import next_on_grid, settled

MOST_CELLS = 10_000  # that are looked at to tell when a clock will have run out


class Clocks:
    """All clocks of one run. `threshold_of(rule number, occurrence)` gives a unit exponential."""

    def __init__(self, program: Program, threshold_of: Callable[[int, int], float]) -> None:
        self.program = program
        self.threshold_of = threshold_of
        self.ticks = program.model.calendar.ticks
        self.drawing = False
        self.exact_past = False  # whether also the past follows clocks of which it is forgotten what they accumulated
        self.clocks = [RunClock(rule) for rule in program.rules]
        self.moving = [clock for clock in self.clocks if clock.program.moves]

    def copy(self, threshold_of: Callable[[int, int], float]) -> "Clocks":
        """Return clocks that are as far as these, and go on by themselves with these thresholds."""
        other = copy(self)
        other.threshold_of = threshold_of
        other.clocks = [clock.copy() for clock in self.clocks]
        other.moving = [clock for clock in other.clocks if clock.program.moves]
        return other

    def start(self, frame: Frame) -> None:
        """Enable, before any event, every rule whose guard holds and that waits for none."""
        for clock in self.clocks:
            if not (clock.excluded or clock.program.rule.on) and self.holds(clock, frame):
                self.enable(clock, frame)

    def exclude(self, numbers: Collection[int]) -> None:
        """Let rules never fire from here on, until they are included."""
        for number in numbers:
            self.clocks[number].reset()
            self.clocks[number].excluded = True

    def include(self, frame: Frame, numbers: Collection[int]) -> None:
        """Let excluded rules fire again: each starts again, as if there had been none before."""
        for number in numbers:
            clock = self.clocks[number]
            if clock.excluded:
                clock.excluded = clock.edge_used = False
                self._follow(clock, frame)

    def make(self, frame: Frame, turn: Turn) -> set[int]:
        """Make a turn, but for the rules that it enables: see `include`. Return the rules whose clocks changed.

        Guards and rates are looked at again, and laws that it renews evaluated again: a clock that runs, or is paused,
        keeps its age under its new law.
        """
        self.exclude(turn.disabled)
        touched = set(turn.disabled)
        for number in turn.followers:
            if not self.clocks[number].excluded and self._follow(self.clocks[number], frame, bends=True):
                touched.add(number)
        for number in turn.renewed:
            if not self.clocks[number].excluded:
                self._renew(self.clocks[number], frame)
        return touched

    def begin(self, frame: Frame, *, afresh: bool = True) -> None:
        """End the past: from here on clocks draw. `afresh` forgets what was drawn before.

        A memoryless clock counts its hazard from here: what is left of its threshold is a unit exponential, however
        much of it is gone.
        """
        self.drawing = True
        now = frame[TIME]
        for clock in self.clocks:
            if clock.excluded:
                continue
            if afresh or (clock.enabled and clock.due < now):
                # What was due in the past and did not happen is known not to have fired: only the rest is drawn.
                if clock.threshold is not None:
                    clock.reached = max(clock.reached, clock.accumulated(now) if clock.enabled else 0.0)
                    clock.threshold = None
                if clock.program.memoryless:
                    clock.since, clock.progress, clock.reached = now, 0.0, 0.0
                    if clock.program.moves and clock.enabled:
                        clock.width = 0.0
                        self.build(clock, frame, now)
                if clock.enabled:
                    self.aim(clock, now)

    def fired(self, number: int) -> None:
        """Note that a rule fired: its occurrence is over."""
        clock = self.clocks[number]
        clock.reset()
        clock.edge_used = isinstance(clock.program.clock, Immediately)

    def follow(self, frame: Frame, event: str | None, changed: Collection[int], fired: int | None) -> set[int]:
        """Follow an event, or without one the flipping of flags, that changed the frame.

        Return the rules whose clocks changed, the fired one's too.
        """
        readers = self.program.readers
        affected: set[int] = set()
        for slot in changed:
            if slot in readers:
                affected.update(readers[slot])
        listeners = frozenset() if event is None else self.program.listeners[event]
        affected |= listeners
        if fired is not None:
            affected.add(fired)
        touched = set() if fired is None else {fired}
        for number in sorted(affected):
            clock = self.clocks[number]
            bends = clock.program.moves and not clock.program.paced_by.isdisjoint(changed)
            heard, own = number in listeners, number == fired
            if not clock.excluded and self._follow(clock, frame, heard=heard, own=own, bends=bends):
                touched.add(number)
        if fired is not None:
            for number in self.program.rules[fired].restarts:
                clock = self.clocks[number]
                if clock.enabled:
                    clock.reset()
                    self.enable(clock, frame)
                    touched.add(number)
        return touched

    def _follow(
        self, clock: RunClock, frame: Frame, *, heard: bool = False, own: bool = False, bends: bool = False
    ) -> bool:  # fmt: skip
        """Look at a rule's guard and rate again, and say whether its clock changed.

        `heard` says that an event has come for which it waits, `own` that it has just fired, `bends` that something
        has changed on which a rate depends that moves.
        """
        rule = clock.program
        holds = rule.always or self.holds(clock, frame)
        if clock.enabled:
            if not holds:
                self._disable(clock, frame[TIME])
                return True
            if rule.moves:
                return bends and self._bend(clock, frame)
            return rule.pace is not None and self._follow_rate(clock, frame)
        if not holds:
            clock.edge_used = False
        elif heard or not (rule.rule.on or clock.edge_used):
            self.enable(clock, frame, own=own)
            return True
        return False

    def holds(self, clock: RunClock, frame: Frame) -> bool:
        """Return whether a rule's guard holds. Raise RunError E604 where it has no value."""
        try:
            return bool(clock.program.guard(frame))
        except Fault as fault:
            raise no_value(clock.program, "guard", clock.program.rule.guard, fault, frame[TIME]) from None

    def enable(self, clock: RunClock, frame: Frame, *, own: bool = False) -> None:
        """Start a clock, or let it go on; `own`: its rule has just fired. Raise RunError E601, E604 or E606."""
        kept = clock.paused and clock.program.rule.memory == "keep"
        if not clock.paused:
            clock.occurrence += 1
        if not kept:
            clock.started = frame[TIME]
        clock.enabled, clock.paused = True, False
        clock.since = frame[TIME]
        program = clock.program
        if program.pace is not None and not program.moves:
            clock.rate = pace_now(clock, frame)
        match program.clock:
            case Rate():
                pass
            case LawClock() as given:
                if not kept:
                    clock.law = law_of(clock, given, frame)
            case AtDate():
                (value,) = given_values(clock, frame)
                clock.law = (NEVER if own and value <= frame[TIME] else value,)  # a date comes once
            case Every():
                clock.law = (step_of(clock, frame),)
            case Immediately():
                pass
            case _:
                assert_never(program.clock)
        if program.moves and self._followed(clock):
            self.build(clock, frame, frame[TIME])
        self.aim(clock, frame[TIME])

    def _renew(self, clock: RunClock, frame: Frame) -> None:
        """Evaluate a clock's law, date or interval again. A date that has come once does not come again."""
        if not (clock.enabled or clock.paused):
            return
        match clock.program.clock:
            case LawClock() as given:
                clock.law = law_of(clock, given, frame)
                if clock.enabled and clock.threshold is not None:
                    # Not cut at the present: what would have been due before it is known not to have fired.
                    clock.due = self._end_of(clock, given, clock.threshold)
                    clock.look_later()
                elif clock.paused:
                    self._outlive(clock, given)
            case AtDate():
                if clock.law != (NEVER,):
                    clock.law = tuple(given_values(clock, frame))
                    self.aim(clock, frame[TIME])
            case Every():
                clock.law = (step_of(clock, frame),)
                self.aim(clock, frame[TIME])
            case Rate() | Immediately():
                raise AssertionError("a rate is followed, and what is immediate is given nothing")
            case _:
                assert_never(clock.program.clock)

    def _outlive(self, clock: RunClock, given: LawClock) -> None:
        """Forget the threshold of a paused clock if it lies before the age that the clock has under its new law.

        At that age it is known not to have fired: only the rest is drawn, as `begin` does for a clock that runs.
        """
        gone = given.law.hazard(*clock.law, clock.progress)
        if clock.threshold is not None and clock.threshold <= gone:
            clock.reached = max(clock.reached, gone)
            clock.threshold = None

    def _disable(self, clock: RunClock, now: float) -> None:
        memory = clock.program.rule.memory
        if memory == "fresh" or not isinstance(clock.program.clock, Rate | LawClock):
            clock.reset()
            return
        if memory == "keep":
            clock.progress = clock.progressed(now)
        else:
            clock.reached = max(clock.reached, clock.accumulated(now))
            clock.progress = 0.0
        clock.enabled, clock.paused = False, True
        clock.stop()

    def _follow_rate(self, clock: RunClock, frame: Frame) -> bool:
        """Follow a rate. Only a changed rate is a change: an event that leaves it alone leaves every bit alone."""
        pace = clock.program.pace
        assert pace is not None, "only a rate, or a speed, is followed"
        try:
            rate: float = pace(frame)
        except Fault:
            rate = math.nan
        if rate == clock.rate:
            return False
        if not 0.0 <= rate < NEVER:
            rate = pace_now(clock, frame)  # says what is wrong with it
        now = frame[TIME]
        if clock.rate > 0.0:
            clock.progress += clock.rate * (now - clock.since)
        clock.since = now
        clock.rate = rate
        self.aim(clock, now)
        return True

    def _followed(self, clock: RunClock) -> bool:
        """Return whether it matters how a rate moves: in the past not if it is forgotten what it accumulated."""
        return self.drawing or self.exact_past or not clock.program.memoryless

    def _bend(self, clock: RunClock, frame: Frame) -> bool:
        """Follow a rate that moves under a state in which it goes on otherwise than before."""
        if clock.cell is None:
            return False
        now = frame[TIME]
        clock.progress += clock.cell.part(now)
        clock.since = now
        self.build(clock, frame, now)
        self.aim(clock, now)
        return True

    def roll(self, frame: Frame, time: float) -> set[int]:
        """Follow rates that move beyond the cells that end at `time`; return the rules whose clocks that concerns."""
        rolled = {clock.program.number for clock in self.moving if clock.edge <= time}
        for number in sorted(rolled):
            clock = self.clocks[number]
            assert clock.cell is not None, "what has an edge has a cell"
            clock.progress += clock.cell.whole
            clock.since = clock.cell.end
            self.build(clock, frame, clock.cell.end)
            self.aim(clock, clock.since)
        return rolled

    @property
    def next_edge(self) -> float:
        """Until when rates that move have been followed."""
        return min((clock.edge for clock in self.moving), default=NEVER)

    def build(self, clock: RunClock, frame: Frame, start: float) -> None:
        """Follow a rate that moves into a new cell. Raise RunError E601 where the rate at its beginning is none.

        Next to the flip of a condition that its rule reads it is held.
        """
        rate, motion, flags = partial(pace_at, clock, frame), self.program.motion, clock.program.flags
        clock.cell = cell_of(rate, start, motion.step, clock.width, inflects=clock.program.inflects)
        if clock.cell is None:
            clock.cell = held_cell(rate, start, motion.narrow, soon=flips_soon(motion, frame, start, flags),
                                   just=flipped_just(motion, frame, start, flags))  # fmt: skip
        if clock.cell is None:
            now = frame[TIME]
            frame[TIME] = start
            try:
                pace_now(clock, frame)
                raise pace_lost(clock.program, start)
            finally:
                frame[TIME] = now
        clock.width = clock.cell.width
        clock.edge = clock.cell.end

    def aim(self, clock: RunClock, now: float) -> None:
        """Set when the clock will fire. In the past nothing is drawn, and nothing is due."""
        if not self.drawing:
            return
        match clock.program.clock:
            case Rate():
                due = clock.reaching(self._threshold(clock, now))
                clock.due = due if due > now else now
            case LawClock() as given:
                due = self._end_of(clock, given, self._threshold(clock, now))
                clock.due = due if due > now else now
            case AtDate():
                clock.due = clock.law[0] if clock.law[0] >= now else NEVER
            case Every():
                try:
                    clock.due = next_on_grid(clock.law[0], now, self.ticks)
                except ValueError as error:
                    raise wrong_step(clock.program, clock.law[0], str(error), now) from None
            case Immediately():
                clock.due = now
            case _:
                assert_never(clock.program.clock)
        clock.look_later()

    def time_until(self, clock: RunClock, frame: Frame, aim: float) -> float:
        """Return the time from now on until a clock's progress comes to `aim` if nothing but time passes; NEVER if not.

        Of a rate that moves so many cells are looked at as `MOST_CELLS`.
        """
        now: float = frame[TIME]
        ahead = clock.copy()
        left = aim - ahead.progressed(now)
        if left <= 0.0:
            return 0.0
        if not clock.program.moves:
            return left / ahead.rate if ahead.rate > 0.0 else NEVER
        for _ in range(MOST_CELLS):
            if ahead.cell is None:
                return NEVER
            found = ahead.reaching(aim)
            if found < NEVER:
                return max(0.0, found - now)
            ahead.progress += ahead.cell.whole
            try:
                self.build(ahead, frame, ahead.cell.end)
            except RunError:
                return NEVER
        return NEVER

    def _threshold(self, clock: RunClock, now: float) -> float:
        """Return a clock's threshold. Where it is drawn only now, it lies beyond what is known not to have fired."""
        if clock.threshold is None:
            known = max(clock.reached, clock.accumulated(now))
            clock.threshold = known + self.threshold_of(clock.program.number, clock.occurrence)
        return clock.threshold

    def _end_of(self, clock: RunClock, given: LawClock, threshold: float) -> float:
        """Return when a law's clock reaches its threshold."""
        end = clock.reaching(given.law.age(*clock.law, threshold))
        return settled(end, self.ticks) if given.law.name == "fixed" else end
