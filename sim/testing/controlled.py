"""Random streams that are chosen, not drawn: which rule fires next and when, within what the model allows.

A clock whose threshold is infinite fires as late as its law lets it, so with all thresholds infinite each clock's `due`
is the last moment at which it can fire. To let a rule fire earlier, its threshold is set to the hazard that it has
accumulated by then. What results is a possible run: the same thresholds, given to any engine, give the same log.
"""

import math
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.decide import CHOICE, FIRST_MARK, Uniform
from sim.model.evolve import typed
from sim.model.expression import Fault
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.program import TIME, Program, RuleProgram
from sim.model.run import Run
from sim.model.scenario import Scenario

MIDDLE = 0.5
LEAST = math.ulp(0.0)  # a threshold is above 0
ROUNDINGS = 16
SMALLEST = 1e-290  # of a wait: shorter ones leave a hazard no digits
MOST_TRIES = 30  # each twice as far as the one before, from a rounding on: by a ten-millionth at most
# At equal times what moves is followed first, then comes what the scenario changes, the timetable, the flipping of
# flags, the rules by rank, and the horizon.
LOOKS, CHANGES, TIMETABLE, FLIPS = -4, -3, -2, -1


class ControlledStreams:
    """Streams from tables. A threshold that is not in its table is infinite, and a uniform a half."""

    def __init__(self, parameters: tuple[Value, ...]) -> None:
        self._parameters = parameters
        # Called with each threshold that is asked for.
        self.on_threshold: Callable[[int, int], None] = lambda number, occurrence: None
        self.exponentials: dict[tuple[int, int], float] = {}  # by rule and occurrence
        self.chances: dict[tuple[int, int, int], float] = {}  # by rule, occurrence and index

    def thresholds(self, run: int) -> Callable[[int, int], float]:  # noqa: ARG002 - there is one run
        """Return the function from (rule number, occurrence) to its unit exponential."""

        def threshold_of(number: int, occurrence: int) -> float:
            self.on_threshold(number, occurrence)
            return self.exponentials.get((number, occurrence), NEVER)

        return threshold_of

    def uniforms(self, run: int, number: int, occurrence: int) -> Uniform:  # noqa: ARG002 - there is one run
        """Return the function from an index to the uniform of this rule's firing."""
        return lambda index: self.chances.get((number, occurrence, index), MIDDLE)

    def parameters(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:  # noqa: ARG002
        """Return the parameters in order of names."""
        return self._parameters

    def replaced(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:  # noqa: ARG002
        """Return the central values of the parameters that the scenario replaces at the branch, in order of names."""
        return tuple(parameter.value for _, parameter in sorted(scenario.replaced.items()))

    def changed(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Mapping[str, Value], ...]:  # noqa: ARG002
        """Return the central values of the parameters that each of the scenario's changes gives a value or a prior."""
        known = (change.known for change in scenario.changes)
        return tuple({name: parameter.value for name, parameter in one.items()} for one in known)

    def undrawn(self, scenario: Scenario, run: int, *, central: bool) -> None:
        """Nothing is drawn, so nothing can fail to be."""


@dataclass(frozen=True, slots=True)
class Option:
    """A rule that may fire next, and the earliest and the latest time at which it may be the next event."""

    rule: int
    earliest: float
    latest: float


class ControlledRun:
    """A run that is composed event by event: ask what may happen next, and let one of it happen.

    A run error ends it, as in an engine; `run.error` has it then.
    """

    def __init__(self, program: Program, scenario: Scenario, parameters: Mapping[str, Value]) -> None:
        values = tuple(
            typed(item.type, parameters.get(name, item.value)) for name, item in scenario.model.parameters.items()
        )
        self.program = program
        self.scenario = scenario
        self._streams = ControlledStreams(values)
        self.run = Run(program, scenario, self._streams, self._streams, 0, central=False)
        self.scheduled = self.changed = 0
        self._known: dict[tuple[int, int], float] = {}
        self._act(self._open)

    def copy(self) -> "ControlledRun":
        """Return a run that has come as far as this one, and goes on by itself."""
        other, streams, known = copy(self), self.streams, dict(self._known)
        run = self.run.copy(streams)
        streams.on_threshold = partial(_note, run, known)
        vars(other).update(_streams=streams, _known=known, run=run)
        return other

    @property
    def streams(self) -> ControlledStreams:
        """The streams that give any engine this run, as far as it has come."""
        streams = ControlledStreams(self.run.parameters)
        streams.exponentials.update(self._streams.exponentials)
        streams.chances.update(self._streams.chances)
        return streams

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self.run.over

    @property
    def now(self) -> float:
        """The time of the last event."""
        time: float = self.run.frame[TIME]
        return time

    def _open(self) -> None:
        self.run.fold_past()
        self._streams.on_threshold = partial(_note, self.run, self._known)
        self.run.begin()

    def next_forced(self) -> tuple[float, int, int | None]:
        """Return what happens if nothing else does first: its time, its order at that time, and its rule if it has one.

        Without a rule it is the next change (order CHANGES), the timetable's next event (TIMETABLE), the next moment of
        what moves between events (LOOKS, FLIPS), or the horizon.
        """
        found: tuple[float, int, int | None] = (self.scenario.horizon, len(self.program.rules), None)
        if self.program.moves:
            found = min(found, (self.run.next_look, LOOKS, None), (self.run.next_flip, FLIPS, None), key=_order)
        if self.scheduled < len(self.scenario.timetable):
            found = min(found, (self.scenario.timetable[self.scheduled].time, TIMETABLE, None), key=_order)
        if self.changed < len(self.scenario.changes):
            found = min(found, (self.scenario.changes[self.changed].time, CHANGES, None), key=_order)
        for clock in self.run.clocks.clocks:
            if clock.enabled and clock.due <= found[0]:
                found = min(found, (clock.due, clock.program.rank, clock.program.number), key=_order)
        return found

    def options(self) -> list[Option]:
        """Return the rules that may fire next, in order of their numbers."""
        if self.over:
            return []
        time, order, forced = self.next_forced()
        found = []
        for clock in self.run.clocks.clocks:
            rule = clock.program
            if not clock.enabled or clock.excluded:
                continue
            if rule.number == forced:
                earliest = min(_earliest(clock, self.now), time)
                found.append(Option(rule.number, earliest if _waits(rule) else time, time))
            elif _waits(rule):
                earliest = _earliest(clock, self.now)
                latest = time if rule.rank < order else math.nextafter(time, -math.inf)
                if earliest <= latest and earliest < NEVER:
                    found.append(Option(rule.number, earliest, latest))
        return found

    def choices(self, number: int, time: float) -> list[int]:
        """Return which of its events a rule may emit at `time`, by their places; none where no weight can be had."""
        rule = self.program.rules[number]
        if not rule.weights:
            return [0]
        return [index for index, weight in enumerate(self._weights(rule, time)) if weight > 0.0]

    def _weights(self, rule: RuleProgram, time: float) -> list[float]:
        frame = list(self.run.frame)
        frame[TIME] = time
        try:
            return [float(weight(frame)) for weight in rule.weights]
        except Fault:
            return []

    def fire(self, option: Option, time: float, choice: int = 0, draws: tuple[float, ...] = ()) -> bool:
        """Let a rule fire at `time` and emit its event number `choice`; return whether the model allows just that.

        `draws` are the uniforms of the event's random marks. Where it is not possible, nothing has happened.
        """
        number = option.rule
        rule = self.program.rules[number]
        clock = self.run.clocks.clocks[number]
        limit = self.next_forced()
        if _waits(rule) and not (number == limit[2] and time >= limit[0]):
            before = clock.threshold, clock.due, clock.edge
            if not self._aim(clock, time, _order(limit)):
                clock.threshold, clock.due, clock.edge = before
                return False
        weights = self._weights(rule, clock.due)
        if weights:
            total = sum(weights)
            if total > 0.0 and weights[choice] > 0.0:
                aim = (sum(weights[:choice]) + MIDDLE * weights[choice]) / total
                self._streams.chances[number, clock.occurrence, CHOICE] = aim
        for index, draw in enumerate(draws):
            self._streams.chances[number, clock.occurrence, FIRST_MARK + index] = draw
        due = clock.due
        self._act(lambda: self.run.fire(number, due))
        return True

    def _aim(self, clock: RunClock, time: float, limit: tuple[float, int]) -> bool:
        """Set a clock's threshold so that it fires as near to `time` as it can: after now, and before `limit`.

        The clock's own arithmetic decides, not a copy of it, and it may be off by a rounding: then the threshold is
        moved by as little as brings the clock back.
        """
        key = clock.program.number, clock.occurrence
        known = self._known[key]
        left = max(clock.accumulated(time) - known, LEAST)
        early, late = 0.0, math.inf
        step = math.ulp(known + left) if left < math.inf else 1.0
        for _ in range(MOST_TRIES):
            clock.threshold = known + left
            self.run.clocks.aim(clock, self.now)
            if clock.due <= self.now:
                early = left
            elif (clock.due, clock.program.rank) > limit:
                late = left
            else:
                self._streams.exponentials[key] = left
                return True
            if early > 0.0 and late < math.inf:
                left = early + (late - early) / 2
            else:
                left = left + step if early > 0.0 else max(left - step, LEAST)
                step *= 2
        return False

    def wait(self) -> None:
        """Let the next moment come at which no rule fires: see `next_forced`. A forced rule must be let fire."""
        time, order, rule = self.next_forced()
        assert rule is None, "a rule is due before anything else"
        if order == CHANGES:
            self.changed += 1
            self._act(lambda: self.run.change(self.changed - 1))
        elif order == TIMETABLE:
            self.scheduled += 1
            self._act(lambda: self.run.schedule(self.scheduled - 1))
        elif order == LOOKS:
            self._act(self.run.look)
        elif order == FLIPS:
            self._act(self.run.flip)
        else:
            assert time == self.scenario.horizon, "nothing but the horizon is left"
            self._act(self.run.end_at_horizon)

    def _act(self, act: Callable[[], object]) -> None:
        try:
            act()
        except RunError as error:
            self.run.fail(error)


def _note(run: Run, known: dict[tuple[int, int], float], number: int, occurrence: int) -> None:
    """Note what a threshold is known to exceed when it is asked for, so that the rest of it can be set later."""
    clock = run.clocks.clocks[number]
    known[number, occurrence] = max(clock.reached, clock.accumulated(run.frame[TIME]))


def _order(forced: tuple[float, int, int | None]) -> tuple[float, int]:
    return forced[:2]


def _waits(rule: RuleProgram) -> bool:
    """Return whether it is chance when the rule fires; else its time is settled when its clock starts."""
    match rule.clock:
        case Rate():
            return True
        case LawClock(law=law):
            return law.name != "fixed"
        case AtDate() | Every() | Immediately():
            return False
        case _:
            assert_never(rule.clock)


def _coming_to(clock: RunClock, aim: float) -> float:
    """Return when a clock's progress comes to `aim`; NEVER if it makes none, or not in its cell if its rate moves."""
    left = aim - clock.progress
    if clock.cell is not None:
        return clock.cell.reaching(max(left, 0.0)) if left <= clock.cell.whole and clock.cell.whole > 0.0 else NEVER
    return clock.since + left / clock.rate if clock.rate > 0.0 else NEVER


def _earliest(clock: RunClock, now: float) -> float:
    """Return the first moment after `now` at which the clock can fire; two clocks of chance never fire at once.

    It is some roundings away: a threshold that is reached so soon was not reached before either, whatever the rate was.
    """
    following = max(now + ROUNDINGS * math.ulp(now), SMALLEST)
    match clock.program.clock:
        case Rate():
            return max(following, _coming_to(clock, clock.reached))
        case LawClock(law=law):
            return max(following, _coming_to(clock, law.age(*clock.law, clock.reached)))
        case AtDate() | Every() | Immediately():
            return clock.due
        case _:
            assert_never(clock.program.clock)
