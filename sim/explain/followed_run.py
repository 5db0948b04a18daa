"""One run made again, with what its log leaves out: the state around each event, and when and why each clock ran.

What an event rests on is for the modules that read this.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.experiment.prepare import Experiment, reference
from sim.explain.logged_run import LoggedRun
from sim.model.clock.run_clock import RunClock
from sim.model.event import Event
from sim.model.expression import Frame
from sim.model.moving import motion
from sim.model.program import TIME
from sim.model.replay import CHANGING
from sim.model.run import Run
from sim.model.scenario import Turn

INITIAL = -1  # the place of what held before any event
PASSING = -2  # the place of what came with time alone: a condition that flipped

Ending: TypeAlias = Literal["fired", "stopped", "restarted", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedMoment:
    """One event that changed the state, or what is assumed: the frames just before and just after it.

    `clock` is the clock of the rule that fired, as it stood then; None where no rule fired, or in the documented past.
    """

    place: int
    event: Event
    before: Frame
    after: Frame
    clock: RunClock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time in which a rule's clock ran, from the event at place `began` to that at `ended`.

    Both may be PASSING, and `began` INITIAL. `clock` is the clock as it stood at the end. One that is still running
    when the run is over has `ended` at the run's last event.
    """

    rule: str
    occurrence: int
    since: float
    until: float
    began: int
    ended: int
    how: Ending
    clock: RunClock


@dataclass(frozen=True, slots=True)
class Write:
    """An assignment to a state variable or a parameter: by the event at `place`, with the values around it."""

    place: int
    before: Any
    after: Any


@dataclass(slots=True)
class _Running:
    occurrence: int
    since: float
    began: int


class _NotedRun(Run):
    """A run that notes what its log leaves out."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.moments: dict[int, FollowedMoment] = {}
        self.stretches: list[Stretch] = []
        self._past_place = {id(event): place for place, event in enumerate(self.scenario.past)}
        self._running: dict[int, _Running] = {}
        self._held: dict[int, RunClock] = {}
        self.first: Frame | None = None  # the frame before anything happened

    def _turn_past(self, event: Event, turn: Turn) -> None:
        before = self._hold(INITIAL)
        super()._turn_past(event, turn)
        self._note(self._past_place[id(event)], event, before)

    def _follow_past(self, event: Event) -> tuple[int, ...]:
        before = self._hold(INITIAL)
        before[TIME] = event.time
        changed = super()._follow_past(event)
        self._note(self._past_place[id(event)], event, before, self.program.numbers.get(event.rule))
        return changed

    def flip(self) -> set[int]:
        self._hold(INITIAL)
        touched = super().flip()
        self._follow_clocks(PASSING)
        return touched

    def begin(self) -> None:
        before = self._hold(INITIAL)
        before[TIME] = self.scenario.start
        super().begin()
        self._note(len(self.scenario.past), self.started, before)

    def change(self, index: int) -> set[int]:
        before, number = self._hold(INITIAL), len(self.log)
        before[TIME] = self.scenario.changes[index].time
        touched = super().change(index)
        self._note(len(self.scenario.past) + number, self.log[number], before)
        return touched

    def _happen(
        self, event: str, marks: tuple[float, ...], time: float, fired: int | None = None, occurrence: int = 0
    ) -> set[int]:
        before, number = self._hold(INITIAL), len(self.log)
        before[TIME] = time
        try:
            return super()._happen(event, marks, time, fired, occurrence)
        finally:  # an event may stand in the log though the run fails with what it leads to
            if len(self.log) > number:
                self._note(len(self.scenario.past) + number, self.log[number], before, fired)

    def finish(self) -> None:
        """Close what is still running when the run is over."""
        self._hold(INITIAL)
        last = len(self.scenario.past) + len(self.log) - 1
        for number in sorted(self._running):
            self._close(number, last, "over")

    def _hold(self, began: int) -> Frame:
        """Note clocks that have started unseen, keep all as they are, and return the frame as it is."""
        if self.first is None:
            self.first = self.frame.copy()
        self._follow_clocks(began)
        self._held = {clock.program.number: clock.copy() for clock in self.clocks.clocks if clock.enabled}
        return self.frame.copy()

    def _note(self, place: int, event: Event, before: Frame, fired: int | None = None) -> None:
        clock = self._held.get(fired) if fired is not None else None
        self.moments[place] = FollowedMoment(
            place=place, event=event, before=before, after=self.frame.copy(), clock=clock
        )
        self._follow_clocks(place, fired)

    def _follow_clocks(self, place: int, fired: int | None = None) -> None:
        """Note which clocks stopped and which started with what is at a place."""
        for clock in self.clocks.clocks:
            number = clock.program.number
            known = self._running.get(number)
            if known is not None and (number == fired or not clock.enabled or clock.occurrence != known.occurrence):
                how: Ending = "fired" if number == fired else "restarted" if clock.enabled else "stopped"
                self._close(number, place, how)
                known = None
            if known is None and clock.enabled:
                self._running[number] = _Running(clock.occurrence, self.frame[TIME], place)

    def _close(self, number: int, place: int, how: Ending) -> None:
        known, clock = self._running.pop(number), self._held[number]
        self.stretches.append(
            Stretch(
                rule=clock.program.rule.name, occurrence=known.occurrence, since=known.since, until=self.frame[TIME],
                began=known.began, ended=place, how=how, clock=clock,
            )
        )  # fmt: skip


class FollowedRun(LoggedRun):
    """A run of a scenario, followed."""

    def __init__(self, run: _NotedRun) -> None:
        super().__init__(run.program, run.scenario, run.number, run.finished())
        self.moments: Mapping[int, FollowedMoment] = run.moments
        self.stretches: Sequence[Stretch] = run.stretches
        self.error: RunError | None = run.error
        self.final: Frame = run.frame
        self.initial: Frame = run.frame if run.first is None else run.first
        self._threshold_of, self._uniforms = run.clocks.threshold_of, run.streams.uniforms
        self._places = sorted(run.moments)

    @staticmethod
    def of(experiment: Experiment, run: int) -> "FollowedRun":
        """Make one run of an experiment again and follow it."""
        return FollowedRun.by(reference(experiment), run)

    @staticmethod
    def by(engine: ReferenceEngine, run: int) -> "FollowedRun":
        """Follow one run of an engine."""
        noted = engine.unfold_as(_NotedRun, run)
        noted.finish()
        return FollowedRun(noted)

    def frame_at(self, place: int) -> Frame:
        """Return the frame with which an event left the run: that of an outcome is as the event left it that it came
        with, and at the run's end the last one.
        """
        known = bisect_left(self._places, place + 1)
        if place == len(self.events) - 1 or not known:
            return self.final
        return self.moments[self._places[known - 1]].after

    def frame_before(self, time: float) -> Frame:
        """Return a copy of the frame that held just before a time: as the last event before it left it."""
        left = [place for place in self._places if self.moments[place].event.time < time]
        return (self.moments[left[-1]].after if left else self.initial).copy()

    def value(self, slot: int, frame: Frame) -> Any:
        """Return the value in a slot at the time of a frame: of what relaxes, its present one."""
        moving = self.program.motion.variables.get(slot)
        return frame[slot] if moving is None else motion.value(moving, frame)

    def writes(self, slot: int, before: int) -> Sequence[Write]:
        """Return the assignments to a slot by events at places before a place, in order."""
        found = self._writes.get(slot, [])
        return found[: bisect_left(found, before, key=lambda write: write.place)]

    @cached_property
    def _writes(self) -> dict[int, list[Write]]:
        found: dict[int, list[Write]] = {}
        for place in self._places:
            moment = self.moments[place]
            for slot in self._written_by(moment):
                before = self.value(slot, moment.before)
                found.setdefault(slot, []).append(Write(place, before, self.value(slot, moment.after)))
        return found

    def _written_by(self, moment: FollowedMoment) -> Iterator[int]:
        if moment.event.kind in CHANGING:
            yield from (slot for slot, _, _ in self.program.effects[moment.event.type])
            return
        for name in self.program.model.parameters:
            slot = self.program.slots["parameter", name]
            if moment.before[slot] != moment.after[slot]:
                yield slot

    def stretches_of(self, rule: str) -> Sequence[Stretch]:
        """Return the stretches of a rule's clock, in order."""
        return self._by_rule.get(rule, [])

    @cached_property
    def _by_rule(self) -> dict[str, list[Stretch]]:
        found: dict[str, list[Stretch]] = {}
        for stretch in sorted(self.stretches, key=lambda one: (one.since, one.until)):
            found.setdefault(stretch.rule, []).append(stretch)
        return found

    def stretch_ended(self, place: int) -> Stretch | None:
        """Return the stretch at the end of which a rule fired the event at a place."""
        return self._fired.get(place)

    @cached_property
    def _fired(self) -> dict[int, Stretch]:
        return {one.ended: one for one in self.stretches if one.how == "fired"}

    def threshold(self, rule: str, occurrence: int) -> float:
        """Return the unit exponential that was drawn for an occurrence of a rule's clock, after the branch."""
        return float(self._threshold_of(self.program.numbers[rule], occurrence))

    def uniform(self, event: Event, index: int) -> float:
        """Return the uniform of this index with which a firing after the branch made its choice, or drew a mark."""
        return float(self._uniforms(self.number, self.program.numbers[event.rule], event.occurrence)(index))
