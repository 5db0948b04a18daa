"""What almost happened in a run: clocks that were stopped before they fired, and events that were not chosen.

A clock is stopped when its rule's guard turns false, when another rule restarts it, or when the run ends. What it still
needed is exact: it is the time at which the run's own threshold would have been reached if nothing but time had passed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sim.analysis.single.choices import alternatives_in
from sim.analysis.single.due_times import due_time
from sim.analysis.single.watched_runs import Act, WatchedRun, watch
from sim.engines.reference import ReferenceEngine
from sim.experiment import Experiment
from sim.ledger.files import faults
from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.clocks import Clocks
from sim.model.decide import CHOICE
from sim.model.event import is_whole
from sim.model.event_table import EventTable
from sim.model.expression import TIME, Fault, Frame
from sim.model.program import Program
from sim.model.scenario import Scenario

END = -1  # a clock that no event stopped: the run ended, or a condition turned false as time passed


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that ran and was stopped: after how many acts of the run, of which rule by number, when, and when due.

    `by` is the sequence of the event that stopped it; END if none did.
    """

    acts: int
    rule: int
    occurrence: int
    time: float
    due: float
    by: int

    @property
    def wait(self) -> float:
        """How much longer it needed."""
        return self.due - self.time


@dataclass(frozen=True, slots=True)
class LostChoice:
    """An event that a rule could have emitted and did not: its place among the rule's events.

    `distance` is how far the number that was drawn lay from the event's share of (0, 1], `aim` the middle of it.
    """

    acts: int
    rule: int
    occurrence: int
    time: float
    place: int
    distance: float
    drawn: float
    share: float
    aim: float


@dataclass(frozen=True, slots=True)
class AlmostHappened:
    """What almost happened in one run, and the events and outcomes that did: those after its branch, by their types."""

    run: int
    happened: frozenset[str]
    stopped: tuple[StoppedClock, ...]
    lost: tuple[LostChoice, ...]


@dataclass(frozen=True, slots=True)
class FindAlmostHappened:
    """The projection that makes runs again, of `only` some, and finds what almost happened in them by some rules.

    Runs that failed, or were stopped at the limit of events, have nothing.
    """

    seed: int
    central: bool
    runs_per_draw: int
    rules: frozenset[str]
    only: frozenset[int]
    reads_logs: ClassVar[bool] = True

    @staticmethod
    def of(experiment: Experiment, rules: Collection[str], only: Collection[int]) -> "FindAlmostHappened":
        """Return the projection for some runs of an experiment."""
        settings = experiment.settings
        return FindAlmostHappened(
            seed=settings.seed, central=settings.central, runs_per_draw=settings.runs_per_draw,
            rules=frozenset(rules), only=frozenset(only),
        )  # fmt: skip

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> list[AlmostHappened]:
        if self.only.isdisjoint(table.runs):
            return []
        engine = ReferenceEngine(program, scenario, self.seed, central=self.central, runs_per_draw=self.runs_per_draw)
        numbers = sorted(program.numbers[name] for name in self.rules)
        found = []
        for place, run in enumerate(table.runs):
            if run in self.only:
                (log,) = table.piece(place, place + 1).logs()
                if is_whole(log):
                    noting = Noting(numbers)
                    if watch(engine, run, noting).finished() != log:
                        raise faults.otherwise("the ledger", range(run, run + 1))
                    happened = frozenset(event.type for event in log[1:-1])
                    found.append(AlmostHappened(run, happened, tuple(noting.stopped), tuple(noting.lost)))
        return found


class Noting:
    """The watcher of a run that notes the clocks of some rules that were stopped, and what these did not choose."""

    def __init__(self, rules: Sequence[int]) -> None:
        self.stopped: list[StoppedClock] = []
        self.lost: list[LostChoice] = []
        self._rules = rules
        self._running: list[_Running] = []
        self._events = 0

    def before(self, run: WatchedRun, act: Act) -> None:
        watched = (run.clocks.clocks[number] for number in self._rules)
        self._running = [_Running(clock, run.frame) for clock in watched if clock.enabled]
        self._events = len(run.log)
        if act.rule is not None and act.rule in self._rules:
            self.lost += _lost(run, act.rule, act.time)

    def after(self, run: WatchedRun, act: Act) -> None:
        for one in self._running:
            clock, fired = one.clock, act.rule == one.clock.program.number
            ended = run.over and clock.enabled and clock.occurrence == one.occurrence
            if not fired and (ended or not clock.enabled or clock.occurrence != one.occurrence):
                due = one.due(run.clocks)
                by = END if ended or len(run.log) == self._events else self._events
                found = StoppedClock(
                    acts=run.acts - 1, rule=clock.program.number, occurrence=one.occurrence, time=act.time, due=due,
                    by=by,
                )  # fmt: skip
                self.stopped += [found] if due < NEVER else []


class _Running:
    """A clock as it is before an act."""

    def __init__(self, clock: RunClock, frame: Frame) -> None:
        self.clock = clock
        self.occurrence = clock.occurrence
        self._due = clock.due
        self._before = (clock.copy(), list(frame)) if clock.program.moves else None

    def due(self, clocks: Clocks) -> float:
        return self._due if self._before is None else due_time(clocks, *self._before)


def _lost(run: WatchedRun, number: int, time: float) -> list[LostChoice]:
    rule, occurrence = run.program.rules[number], run.clocks.clocks[number].occurrence
    if not rule.weights:
        return []
    frame = list(run.frame)
    frame[TIME] = time
    try:
        alternatives = alternatives_in(rule, frame)
    except Fault:
        return []
    drawn = run.streams.uniforms(run.number, number, occurrence)(CHOICE)
    return [
        LostChoice(
            acts=run.acts, rule=number, occurrence=occurrence, time=time, place=place,
            distance=one.distance(drawn), drawn=drawn, share=one.share, aim=one.low + 0.5 * one.share,
        )
        for place, one in enumerate(alternatives)
        if one.share > 0.0 and one.distance(drawn) > 0.0
    ]  # fmt: skip
