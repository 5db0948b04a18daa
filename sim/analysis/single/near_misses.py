"""The closest calls among runs: which of them came nearest to an event or an outcome that it did not have.

There are two ways to miss it. In time: a rule was enabled whose clock was stopped, or the run ended, and so much later
it would have fired, and have led to it at once. By a draw: a rule chose another event, and so much of its share was
lacking. What a firing leads to at once is found by making the run again up to there and letting the rule fire: its own
event, and what rules that fire immediately and outcomes make of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.readings import Readings
from sim.analysis.single.stopped_clocks import END, AlmostHappened, LostChoice, StoppedClock
from sim.analysis.single.watched_runs import run_before
from sim.errors import RunError
from sim.experiment import Experiment
from sim.experiment.prepare import reference
from sim.language.expressions.tree import Value
from sim.model.clock.run_clock import NEVER
from sim.model.decide import CHOICE, Uniform
from sim.model.event import Event
from sim.model.model import FirstTime, Immediately, Outcome
from sim.model.program import Program
from sim.model.random_streams import Streams
from sim.model.run import Run
from sim.model.scenario import Scenario

MOST_TRIED = 500  # near misses that are looked at for each event or outcome, the nearest first
MOST_MOMENTS = 10_000  # of what moves between events, until a clock fires


@dataclass(frozen=True, slots=True)
class MissInTime:
    """A run that missed something by a time: the rule would have fired at `due`, and was stopped at `time`.

    `by` is the event that stopped it, None if the run ended or a condition turned false as time passed; `ended` says
    that the run was over then. `emits` is the event that it would have emitted.
    """

    run: int
    name: str
    rule: str
    time: float
    due: float
    by: Event | None
    ended: bool
    emits: str

    @property
    def wait(self) -> float:
        """By how much it was missed, in the model's unit of time."""
        return self.due - self.time


@dataclass(frozen=True, slots=True)
class MissByDraw:
    """A run that missed something by a draw: the rule chose `chose`, and would have emitted `emits`.

    `distance` is how far the number drawn was from the share of it in (0, 1].
    """

    run: int
    name: str
    rule: str
    time: float
    emits: str
    chose: str
    distance: float
    drawn: float
    share: float


def leading_rules(program: Program, name: str) -> frozenset[str]:
    """Return the rules whose firing may lead at once to an event or an outcome of this name.

    An outcome is meant where an event type has the same name. Nothing leads to what comes at the horizon otherwise.
    """
    model = program.model
    if program.anything_moves:
        return frozenset(model.rules)
    readings = Readings(program=program)
    outcome = model.outcomes.get(name)
    events = {name} if outcome is None else _bringing(readings, outcome)
    while True:
        rules = {rule.name for rule in model.rules.values() if any(one.event in events for one in rule.emissions)}
        more = set[str]()
        for rule in program.rules:
            if rule.rule.name in rules and isinstance(rule.clock, Immediately):
                more |= readings.writing(readings.guard(rule).slots) | set(rule.rule.on)
        if more <= events:
            return frozenset(rules)
        events |= more


def _bringing(readings: Readings, outcome: Outcome) -> set[str]:
    """Return the event types after which an outcome may come true."""
    if not isinstance(outcome.comes, FirstTime):
        return set()
    if outcome.comes.on:
        return set(outcome.comes.on)
    return set(readings.writing(readings.slots(outcome.expressions())))


def nearest_in_time(experiment: Experiment, found: Iterable[AlmostHappened], name: str) -> MissInTime | None:
    """Return the run that missed something by the least time, the first of equals; None if none is found."""
    rules = _numbers(experiment, name)
    near = [(one.run, stop) for one in found if name not in one.happened for stop in one.stopped if stop.rule in rules]
    near.sort(key=lambda pair: (pair[1].wait, pair[0], pair[1].acts, pair[1].rule))
    misses = (_in_time(experiment, run, stop, name) for run, stop in near[:MOST_TRIED])
    return next((miss for miss in misses if miss is not None), None)


def nearest_by_draw(experiment: Experiment, found: Iterable[AlmostHappened], name: str) -> MissByDraw | None:
    """Return the run that missed something by the least part of a draw, the first of equals; None if none is found."""
    rules = _numbers(experiment, name)
    near = [(one.run, lost) for one in found if name not in one.happened for lost in one.lost if lost.rule in rules]
    near.sort(key=lambda pair: (pair[1].distance, pair[0], pair[1].acts, pair[1].place))
    misses = (_by_draw(experiment, run, lost, name) for run, lost in near[:MOST_TRIED])
    return next((miss for miss in misses if miss is not None), None)


def _numbers(experiment: Experiment, name: str) -> frozenset[int]:
    program = experiment.program
    return frozenset(program.numbers[rule] for rule in leading_rules(program, name))


def _in_time(experiment: Experiment, run: int, stop: StoppedClock, name: str) -> MissInTime | None:
    other, made = run_before(reference(experiment), run, stop.acts)
    fired = let_fire(other, stop.rule)
    if fired is None or not _has(fired, name, experiment):
        return None
    by = made.log[stop.by] if stop.by != END else None
    ended = made.acts == stop.acts + 1
    rule = experiment.program.rules[stop.rule].rule.name
    return MissInTime(
        run=run, name=name, rule=rule, time=stop.time, due=fired[0].time, by=by, ended=ended, emits=fired[0].type
    )


def _by_draw(experiment: Experiment, run: int, lost: LostChoice, name: str) -> MissByDraw | None:
    def chosen(streams: Streams) -> Streams:
        return ChosenStreams(streams, lost.rule, lost.occurrence, lost.aim)

    other, made = run_before(reference(experiment), run, lost.acts, chosen)
    fired = let_fire(other, lost.rule)
    if fired is None or not _has(fired, name, experiment):
        return None
    rule = experiment.program.rules[lost.rule]
    firing = (rule.rule.name, lost.occurrence)
    chose = next(event.type for event in made.log if (event.rule, event.occurrence) == firing)
    emits = rule.emitters[lost.place].event
    return MissByDraw(
        run=run, name=name, rule=rule.rule.name, time=lost.time, emits=emits, chose=chose, distance=lost.distance,
        drawn=lost.drawn, share=lost.share,
    )  # fmt: skip


def _has(events: Sequence[Event], name: str, experiment: Experiment) -> bool:
    as_outcome = name in experiment.scenario.model.outcomes
    return any(event.type == name and (event.kind == "outcome") == as_outcome for event in events)


def let_fire(run: Run, rule: int) -> list[Event] | None:
    """Let time pass until a rule fires that is enabled, and let it fire; return what happens then, at once.

    Nothing else happens meanwhile but what moves between events. None if the rule does not fire, or the run fails.
    """
    clock = run.clocks.clocks[rule]
    occurrence = clock.occurrence
    immediate = [one for one in run.clocks.clocks if isinstance(one.program.clock, Immediately)]
    try:
        for _ in range(MOST_MOMENTS):
            if run.over or not clock.enabled or clock.occurrence != occurrence:
                return None
            look, flip = (run.next_look, run.next_flip) if run.program.moves else (NEVER, NEVER)
            if min(look, flip) > clock.due or (look == flip == clock.due == NEVER):
                break
            run.look() if look <= flip else run.flip()
        if clock.due == NEVER:
            return None
        due, before = clock.due, len(run.log)
        run.fire(rule, due)
        while not run.over and (at_once := [one for one in immediate if one.enabled]):
            run.fire(min(at_once, key=lambda one: one.program.rank).program.number, due)
    except RunError:
        return None
    return run.log[before:]


class ChosenStreams:
    """The streams of a run, but for the one number that decides a choice of a rule, by its number and occurrence."""

    def __init__(self, streams: Streams, rule: int, occurrence: int, uniform: float) -> None:
        self.streams = streams
        self.choice = (rule, occurrence)
        self.uniform = uniform

    def uniforms(self, run: int, number: int, occurrence: int) -> Uniform:
        """Return the function from an index to the uniform of this rule's firing in this run."""
        drawn = self.streams.uniforms(run, number, occurrence)
        if (number, occurrence) != self.choice:
            return drawn
        return lambda index: self.uniform if index == CHOICE else drawn(index)

    def thresholds(self, run: int) -> Callable[[int, int], float]:
        return self.streams.thresholds(run)

    def parameters(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:
        return self.streams.parameters(scenario, run, central=central)

    def replaced(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:
        return self.streams.replaced(scenario, run, central=central)

    def changed(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Mapping[str, Value], ...]:
        return self.streams.changed(scenario, run, central=central)

    def undrawn(self, scenario: Scenario, run: int, *, central: bool) -> RunError | None:
        return self.streams.undrawn(scenario, run, central=central)
