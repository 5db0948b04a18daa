"""One run: its frame, its clocks, its outcomes and its log, changed by events and by what moves between them.

Owns what happens when a rule fires, a scheduled event comes, or the horizon is reached. Engines decide when that is,
and in which order; every engine must give the log that this class gives.
"""

import math
from collections.abc import Iterable
from copy import copy

from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.model.clocks import Clocks
from sim.model.decide import decide
from sim.model.event import ASSUMPTIONS_CHANGED, HORIZON, LIMIT_OF_EVENTS, RUN_ENDED, RUN_STARTED, Event, Log
from sim.model.evolve import evolve, initial
from sim.model.expression import Frame
from sim.model.model import Immediately
from sim.model.moving.motion import flip, look, next_flip, next_look
from sim.model.outcomes import Outcomes, events_of
from sim.model.program import TIME, Program
from sim.model.random_streams import Streams
from sim.model.replay import AFTER_FLIPS, CHANGING, assign, assume, follow, parameters_before
from sim.model.scenario import Scenario, Turn, turns_of

MOST_EVENTS = 1_000_000
MOST_AT_ONCE = 10_000


class Run:
    """One run of a scenario, while it is made. `over` is true when nothing more can happen in it.

    A run in which more than `most_events` events would happen is stopped before the next one: see `_stopped`.
    """

    def __init__(
        self, program: Program, scenario: Scenario, streams: Streams, past_streams: Streams, run: int, *, central: bool,
        most_events: int = MOST_EVENTS,
    ) -> None:  # fmt: skip
        self.program = program
        self.scenario = scenario
        self.streams = streams
        lineage = scenario.lineage
        self.number = lineage.run if lineage and lineage.streams == "keep" else run
        self.parameters: tuple[Value, ...] = streams.parameters(scenario, run, central=central)
        replaced = streams.replaced(scenario, run, central=central)
        self.undrawn = streams.undrawn(scenario, run, central=central)
        marks = tuple(float(value) for value in (*self.parameters, *replaced))
        self.started = Event(sequence=0, time=scenario.start, kind="started", type=RUN_STARTED, marks=marks)
        self.before = parameters_before(program, scenario, (self.started,))
        self.changed = streams.changed(scenario, run, central=central)
        self.turns = turns_of(program, scenario)
        self.log: list[Event] = []
        self.over = False
        self.error: RunError | None = None
        self.at_once = 0
        self.left = most_events
        self.clocks = Clocks(program, past_streams.thresholds(lineage.run if lineage else run))
        self.frame: Frame = [None] * program.width
        self.outcomes = Outcomes(program)

    def copy(self, streams: Streams) -> "Run":
        """Return a run that is as far as this one, and goes on by itself with these streams."""
        other = copy(self)
        other.streams = streams
        other.log, other.frame = list(self.log), list(self.frame)
        other.clocks = self.clocks.copy(streams.thresholds(self.number))
        other.outcomes = self.outcomes.copy()
        return other

    def fold_past(self) -> None:
        """Fold the documented past, and the part of a simulated run that a branch goes on from.

        Raise RunError E620 where the run's parameters could not be drawn.
        """
        if self.undrawn is not None:
            raise self.undrawn
        self.frame = initial(self.program, self.before)
        self.clocks.exclude(self.turns.asleep)
        self.clocks.start(self.frame)
        coming = iter(self.turns.past)
        for event in self.scenario.past:
            if event.kind == "outcome":
                if self.outcomes.awaits(event.type):
                    self._elapse(event.time, inclusive=True)  # it came with a flip
                continue
            self._elapse(event.time, inclusive=event.kind in AFTER_FLIPS)
            if event.kind in ("started", "changed"):
                self._turn_past(event, next(coming))
            elif event.kind in CHANGING:
                changed = self._follow_past(event)
                self.outcomes.follow(self.frame, event.type, changed)
        self._elapse(self.scenario.start, inclusive=False)

    def _turn_past(self, event: Event, turn: Turn) -> None:
        """Follow the start of a run that this one goes on from, or a change in it."""
        flipped = follow(self.program, self.frame, event)
        self.clocks.make(self.frame, turn)
        self.clocks.follow(self.frame, None, flipped, None)
        if event.kind == "started":
            self.clocks.begin(self.frame)
        self.clocks.include(self.frame, turn.enabled)
        self.outcomes.look_again(self.frame) if self.outcomes.watching else self.outcomes.begin(self.frame)

    def _follow_past(self, event: Event) -> tuple[int, ...]:
        """Follow one event of the past: change the state and the clocks, and do not log it again."""
        fired = self.program.numbers.get(event.rule) if event.rule else None
        changed = evolve(self.program, self.frame, event.type, event.marks, event.time)
        if fired is not None:
            self.clocks.fired(fired)
        self.clocks.follow(self.frame, event.type, changed, fired)
        return changed

    @property
    def next_look(self) -> float:
        """Until when clocks and flags have been followed that move between events."""
        return min(self.clocks.next_edge, next_look(self.program.motion, self.frame))

    @property
    def next_flip(self) -> float:
        """When the next flag flips, as far as that is known."""
        return next_flip(self.program.motion, self.frame)

    def look(self) -> set[int]:
        """Go on following what has been followed until the next moment; return the rules whose clocks that concerns."""
        time = self.next_look
        look(self.program.motion, self.frame, time)
        return self.clocks.roll(self.frame, time)

    def flip(self) -> set[int]:
        """Let a flag flip. Return the numbers of the rules whose clocks changed."""
        flipped = flip(self.program.motion, self.frame)
        touched = self.clocks.follow(self.frame, None, flipped, None)
        reached = self.outcomes.follow(self.frame, None, flipped)
        if self.log and reached:
            self._reach(reached)
        return touched

    def _elapse(self, time: float, *, inclusive: bool) -> None:
        """Let what moves in the past go on up to a time; see `motion.elapse`."""
        while True:
            looked, due = self.next_look, self.next_flip
            if looked <= time and looked <= due:
                self.look()
            elif due < time or (inclusive and due == time):
                self.flip()
            else:
                return

    def begin(self) -> None:
        """Begin at the branch: the log's first event, the clocks' draws, the outcomes that are true already."""
        lineage = self.scenario.lineage
        afresh = lineage is None or lineage.streams == "fresh"
        self.frame[TIME] = self.scenario.start
        if afresh:
            self.clocks.threshold_of = self.streams.thresholds(self.number)
        flipped = assume(self.program, self.frame, self.parameters)
        self.clocks.make(self.frame, self.turns.branch)
        self.clocks.follow(self.frame, None, flipped, None)
        self.clocks.begin(self.frame, afresh=afresh)
        self.clocks.include(self.frame, self.turns.branch.enabled)
        self.log.append(self.started)
        self._reach(self.outcomes.look_again(self.frame) if lineage else self.outcomes.begin(self.frame))

    def fire(self, number: int, time: float) -> set[int]:
        """Fire a rule at `time`. Return the numbers of the rules whose clocks changed."""
        if self._stopped(time):
            return set()
        rule = self.program.rules[number]
        occurrence = self.clocks.clocks[number].occurrence
        self.frame[TIME] = time
        event, marks = decide(rule, self.frame, self.streams.uniforms(self.number, number, occurrence))
        return self._happen(event, marks, time, number, occurrence)

    def schedule(self, index: int) -> set[int]:
        """Apply the timetable's event number `index`. Return the numbers of the rules whose clocks changed."""
        item = self.scenario.timetable[index]
        if self._stopped(item.time):
            return set()
        return self._happen(item.event, item.marks, item.time)

    def change(self, index: int) -> set[int]:
        """Let the scenario's change number `index` take effect. Return the rules whose clocks changed, by number."""
        change = self.scenario.changes[index]
        self.frame[TIME] = change.time
        flipped = assign(self.program, self.frame, index, self.changed[index])
        marks = tuple(float(value) for value in self.program.parameters_of(self.frame))
        self.log.append(
            Event(
                sequence=len(self.log), time=change.time, kind="changed", type=ASSUMPTIONS_CHANGED,
                occurrence=change.number, marks=marks,
            )
        )  # fmt: skip
        turn = self.turns.changes[index]
        touched = self.clocks.make(self.frame, turn)
        touched |= self.clocks.follow(self.frame, None, flipped, None)
        self.clocks.include(self.frame, turn.enabled)
        self._reach(self.outcomes.look_again(self.frame))
        return touched | set(turn.enabled)

    def end_at_horizon(self) -> None:
        """End the run because its time is up."""
        self.frame[TIME] = self.scenario.horizon
        self._reach(self.outcomes.otherwise())
        self._end(HORIZON)

    def fail(self, error: RunError) -> None:
        """End the run because it cannot go on: the error is its last event.

        The log takes its message, and not its notes: those name files, which differ from machine to machine.
        """
        self.over = True
        self.error = error
        if not self.log:
            self.log.append(self.started)  # it failed before it had begun
        time, number = max(error.time, self._last_time()), len(self.log)
        self.log.append(
            Event(sequence=number, time=time, kind="failed", type=error.code, rule=error.rule, note=error.message)
        )

    def _happen(
        self, event: str, marks: tuple[float, ...], time: float, fired: int | None = None, occurrence: int = 0
    ) -> set[int]:
        rule = self.program.rules[fired].rule.name if fired is not None else ""
        self._count(time, rule)
        try:
            changed = evolve(self.program, self.frame, event, marks, time)
        except RunError as error:
            error.rule = rule
            raise
        self.log.append(
            Event(
                sequence=len(self.log), time=time, kind="scheduled" if fired is None else "fired", type=event,
                rule=rule, faction=self.program.model.events[event].faction, occurrence=occurrence, marks=marks,
            )
        )  # fmt: skip
        if fired is not None:
            self.clocks.fired(fired)
        touched = self.clocks.follow(self.frame, event, changed, fired)
        if reached := self.outcomes.follow(self.frame, event, changed):
            self._reach(reached)
        return touched

    def _stopped(self, time: float) -> bool:
        """Count an event that is to happen at `time`. One more than the run may have stops it instead.

        It is not a failure: what has happened stands. What would have come is not known, so `otherwise` does not come
        true. Outcomes are not counted: a run is not cut shorter because more is asked of it.
        """
        if self.left == 0:
            self.frame[TIME] = time
            self._end(LIMIT_OF_EVENTS)
            return True
        self.left -= 1
        return False

    def _count(self, time: float, rule: str) -> None:
        self.at_once = self.at_once + 1 if time == self._last_time() else 0
        if self.at_once > MOST_AT_ONCE:
            fired = [event.type for event in self.log[-50:] if event.kind == "fired"]
            raise endless(fired, rule, time, self.program)

    def _reach(self, reached: list[int]) -> None:
        events, ended = events_of(self.program, reached, self.frame[TIME], len(self.log))
        self.log += events
        if ended:
            self._end(ended)

    def _end(self, note: str) -> None:
        self.over = True
        self.log.append(Event(sequence=len(self.log), time=self.frame[TIME], kind="ended", type=RUN_ENDED, note=note))

    def _last_time(self) -> float:
        return self.log[-1].time if self.log else self.scenario.start

    def finished(self) -> Log:
        """Return the complete log."""
        assert self.over, "a log is complete when its run is over"
        return tuple(self.log)


def endless(fired: Iterable[str], rule: str, time: float, program: Program) -> RunError:
    """Return the error E603 of a chain of events that takes no time; `fired` are the types of its last events.

    A rule with a rate can be in it: where its mean delay is less than times can be told apart, time stands still.
    """
    chain = " -> ".join(dict.fromkeys(fired))
    message = f"more than {MOST_AT_ONCE:,} events without time passing: {chain}"
    remedy = "break the ring: an effect must turn one of the guards false"
    if rule and not isinstance(program.model.rules[rule].clock, Immediately):
        remedy = (
            f"the clock of '{rule}' is so fast that its times cannot be told apart: they are kept as floats, "
            f"{math.ulp(time):.2g} apart here; bound its rate, or mend its unit"
        )
    return RunError("E603", message, remedy, rule=rule, time=time)
