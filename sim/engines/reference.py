"""The reference engine, on SimPy: slow and obvious, it decides every dispute.

Each faction is a SimPy process that waits for the earliest of its rules' clocks, or for a change of them. The
documented past is replayed by a process of its own; the scenario's changes and the timetable have one each. SimPy
orders what happens; `Run` says what it means.
"""

import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from heapq import heapify, heappush
from itertools import groupby
from operator import attrgetter
from typing import Any, ClassVar, TypeAlias, TypeVar

import simpy

from sim.engines.protocol import Name
from sim.engines.undone_run import Counterfactual, UndoneRun
from sim.errors import RunError
from sim.model.clock.run_clock import NEVER
from sim.model.event import Log
from sim.model.event_table import EventTable, joined, table_of, until_enough
from sim.model.measures import measured_table
from sim.model.program import Program, RuleProgram
from sim.model.random_streams import RandomStreams, Streams
from sim.model.run import MOST_EVENTS, Run
from sim.model.scenario import Scenario

T = TypeVar("T")
R = TypeVar("R", bound=Run)
DUE, FACTION = attrgetter("due"), attrgetter("rule.faction")
Process: TypeAlias = Generator[simpy.Event, Any, None]

# SimPy's URGENT, for interrupts, is 0 and its NORMAL 1. At equal times what moves is followed after both, then comes
# what the scenario changes, the timetable, the flipping of flags, the rules by rank, and the horizon: so that the next
# process to act knows all changes.
LOOKS = 2
CHANGES = 3
TIMETABLE = 4
FLIPS = 5
FIRST_RULE = 6

LEAST_QUEUE = 100  # events that are left in the queue though nobody waits for them


class ExactEnvironment(simpy.Environment):
    """A SimPy environment in which an event can be put at a time, not only after a delay.

    SimPy keeps now + delay, and now + (t - now) is not always t in floats. Here `now` is the clock's own
    firing time, bit for bit, and equal times are ordered by rank.
    """

    def __init__(self) -> None:
        super().__init__(initial_time=0.0)
        self._awaited = LEAST_QUEUE

    def at(self, time: float, rank: int) -> simpy.Event:
        """Return an event that will happen at `time`, after those of a smaller rank."""
        event = simpy.Event(self)
        event._ok, event._value = True, None  # noqa: SLF001 - as simpy.Timeout does for itself
        queue: list[Any] = self._queue
        if len(queue) > 2 * self._awaited:
            self._forget()
        heappush(queue, (time, rank, next(self._eid), event))
        return event

    def _forget(self) -> None:
        """Take events out of the queue that nobody waits for any more: SimPy keeps them until their time comes."""
        queue: list[Any] = self._queue
        queue[:] = [item for item in queue if item[-1].callbacks]
        heapify(queue)
        self._awaited = max(LEAST_QUEUE, len(queue))


class ReferenceEngine:
    """Runs one scenario on SimPy. Make it once, then ask for any run, in any order.

    `streams`, where they are given, replace the streams of the seed: see `sim.testing.controlled`. `most_events` is
    part of what a run means: only tests have another limit than `MOST_EVENTS`.
    """

    name: ClassVar[Name] = "reference"

    def __init__(
        self, program: Program, scenario: Scenario, seed: int, *, central: bool = False, runs_per_draw: int = 1,
        streams: Streams | None = None, most_events: int = MOST_EVENTS,
    ) -> None:  # fmt: skip
        self.program = program
        self.scenario = scenario
        self.central = central
        self.most_events = most_events
        lineage = scenario.lineage
        drawn = RandomStreams(program, seed, lineage.salt if lineage else "", runs_per_draw=runs_per_draw)
        self.streams: Streams = streams or drawn
        self.past_streams: Streams = RandomStreams(program, lineage.seed) if lineage else self.streams
        rules = sorted(program.rules, key=FACTION)
        self.factions = {faction: list(owned) for faction, owned in groupby(rules, FACTION)}

    def make(self, runs: range, *, enough: int = sys.maxsize) -> EventTable:
        """Make runs, one at least, up to the one with which they have `enough` events, marks and measures."""
        tables = (measured_table(self.program, self.scenario, run, self.run(run)) for run in runs)
        return joined(until_enough(tables, enough, len(self.program.model.measures)))

    def run(self, number: int) -> Log:
        """Return the log of run `number`. A run that cannot go on ends with a `failed` event; nothing is raised."""
        return self.unfold(number).finished()

    def counterfactuals(self, wanted: Sequence[Counterfactual]) -> EventTable:
        """Make runs, one at least, with what is undone in each; run i of the table is the i-th. None is measured."""
        return table_of(0, [self.counterfactual(one) for one in wanted])

    def counterfactual(self, wanted: Counterfactual) -> Log:
        """Return the log of a run with one firing undone."""
        if wanted.undone is None:
            return self.run(wanted.run)
        return self.unfold_as(partial(UndoneRun, wanted.undone), wanted.run).finished()

    def unfold(self, number: int) -> Run:
        """Return run `number` as it stands when it is over, with its last state, or the error that ended it."""
        return self.unfold_as(Run, number)

    def unfold_as(self, kind: Callable[..., R], number: int) -> R:
        """Return run `number` as `unfold` does, as a kind of run that notes more than its log."""
        run = kind(
            self.program, self.scenario, self.streams, self.past_streams, number, central=self.central,
            most_events=self.most_events,
        )  # fmt: skip
        _World(run, self.factions).unfold()
        return run


class _World:
    """One run's SimPy environment and its processes."""

    def __init__(self, run: Run, factions: dict[str, list[RuleProgram]]) -> None:
        self.run = run
        self.env = ExactEnvironment()
        self.owner = {rule.number: name for name, rules in factions.items() for rule in rules}
        self.over = self.env.event()
        self.branch = self.env.process(self._past())
        self.factions = {name: self.env.process(self._faction(rules)) for name, rules in factions.items()}
        self.motion: list[simpy.Process] = []
        if run.program.moves:
            self.motion.append(self.env.process(self._moments(lambda: run.next_look, LOOKS, run.look)))
            self.motion.append(self.env.process(self._moments(lambda: run.next_flip, FLIPS, run.flip)))
        self.env.process(self._changes())
        self.env.process(self._timetable())
        self.env.process(self._horizon())

    def unfold(self) -> None:
        self.env.run(until=self.over)

    def _past(self) -> Process:
        """Replay what was before the branch. Factions act from the branch on."""
        self._act(self.run.fold_past)
        yield self.env.at(self.run.scenario.start, 0)
        if not self.run.over:
            self._act(self.run.begin)

    def _faction(self, rules: list[RuleProgram]) -> Process:
        """Wait for the earliest of the faction's clocks; an interrupt says that one of them has changed."""
        yield self.branch
        clocks = [self.run.clocks.clocks[rule.number] for rule in rules]
        clocks.sort(key=lambda clock: clock.program.rank)
        while not self.run.over:
            first = min(clocks, key=DUE)
            alarm = self.env.at(first.due, FIRST_RULE + first.program.rank) if first.due < NEVER else self.env.event()
            try:
                yield alarm
            except simpy.Interrupt:
                continue
            self._wake(self._act(self.run.fire, first.program.number, first.due))

    def _moments(self, coming: Callable[[], float], rank: int, act: Callable[[], set[int]]) -> Process:
        """Wait for the next of the moments of what moves between events; an interrupt says that it may be another."""
        yield self.branch
        while not self.run.over:
            time = coming()
            try:
                yield self.env.at(time, rank) if time < NEVER else self.env.event()
            except simpy.Interrupt:
                continue
            self._wake(self._act(act))

    def _changes(self) -> Process:
        yield self.branch
        for index, change in enumerate(self.run.scenario.changes):
            yield self.env.at(change.time, CHANGES)
            if self.run.over:
                return
            self._wake(self._act(self.run.change, index))

    def _timetable(self) -> Process:
        yield self.branch
        for index, item in enumerate(self.run.scenario.timetable):
            yield self.env.at(item.time, TIMETABLE)
            if self.run.over:
                return
            self._wake(self._act(self.run.schedule, index))

    def _horizon(self) -> Process:
        yield self.branch
        yield self.env.at(self.run.scenario.horizon, FIRST_RULE + len(self.run.program.rules))
        if not self.run.over:
            self._act(self.run.end_at_horizon)

    def _act(self, act: Callable[..., T], *arguments: Any) -> T | None:
        """Let something happen in the run. A run error ends the run, and so may what happens."""
        result = None
        try:
            result = act(*arguments)
        except RunError as error:
            self.run.fail(error)
        if self.run.over:
            self.over.succeed()
        return result

    def _wake(self, touched: set[int] | None) -> None:
        """Interrupt the factions whose clocks changed; the one that acts looks at its clocks by itself."""
        if self.run.over:
            return
        for name in {self.owner[number] for number in touched or ()}:
            process = self.factions[name]
            if process is not self.env.active_process:
                process.interrupt()
        for process in self.motion:
            if process is not self.env.active_process:
                process.interrupt()
