"""The clock of a rule at a moment of a run: the hazard that it has accumulated, its threshold, the time that it needs.

A rule fires when the hazard accumulated since its clock started reaches the clock's threshold, a unit exponential
(Anderson 2007). Both are those of the run itself, as the reference makes it again from its seed; no log has them. A
memoryless clock that was running at the branch counts from there.
"""

from dataclasses import dataclass

from sim.engines.reference import ReferenceEngine
from sim.engines.stepped_run import SteppedRun
from sim.experiment import Experiment
from sim.ledger.files import faults
from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.clocks import Clocks
from sim.model.event import Log
from sim.model.expression import TIME, Frame
from sim.model.model import LawClock, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """The clock of a rule at a time of a run.

    `accumulated` is the hazard since it started, `threshold` the one at which it fires: None for a clock without hazard
    (`at`, `every`, `immediately`), and where none was drawn, because the clock has not run yet. `due` is when it fires
    if nothing but time passes; infinite where it does not, or it is not enabled. Times are in the model's unit, since
    its origin.
    """

    rule: str
    time: float
    occurrence: int
    enabled: bool
    started: float
    accumulated: float
    threshold: float | None
    due: float

    @property
    def left(self) -> float | None:
        """The hazard that is still to be accumulated."""
        return None if self.threshold is None else max(self.threshold - self.accumulated, 0.0)

    @property
    def wait(self) -> float:
        """How long it still needs."""
        return self.due - self.time


def stepped(experiment: Experiment, run: int) -> SteppedRun:
    """Return a run of an experiment at its branch, to be made again act by act."""
    settings = experiment.settings
    engine = ReferenceEngine(
        experiment.program, experiment.scenario, settings.seed, central=settings.central,
        runs_per_draw=settings.runs_per_draw,
    )  # fmt: skip
    return SteppedRun(engine.begin(run))


def check_same(run: int, made: SteppedRun, log: Log) -> None:
    """Raise LedgerError E707 where a run that was made again, and is over, is not the one with this log."""
    if made.run.finished() != log:
        raise faults.disagreeing(run, "the ledger", "what the reference engine makes of it")


def clock_states(experiment: Experiment, run: int, time: float) -> dict[str, ClockState]:
    """Return the clocks of all rules of a run, by name, after all that happens in it by a time from its branch on."""
    made = stepped(experiment, run)
    while not made.over and made.next().time <= time:
        made.step()
    rules = experiment.program.rules
    return {rule.rule.name: clock_state(made, rule.number, time) for rule in rules}


def clock_state(made: SteppedRun, rule: int, time: float) -> ClockState:
    """Return the clock of a rule, by its number, at a time before the next act of a run."""
    clocks, frame = made.run.clocks, made.run.frame
    clock = clocks.clocks[rule]
    hazardous = isinstance(clock.program.clock, Rate | LawClock)
    return ClockState(
        rule=clock.program.rule.name,
        time=time,
        occurrence=clock.occurrence,
        enabled=clock.enabled,
        started=clock.started,
        accumulated=_accumulated(clock, time) if hazardous else 0.0,
        threshold=clock.threshold if hazardous else None,
        due=due_time(clocks, clock, frame),
    )


def _accumulated(clock: RunClock, time: float) -> float:
    return clock.accumulated(time) if clock.enabled or clock.paused else 0.0


def due_time(clocks: Clocks, clock: RunClock, frame: Frame) -> float:
    """Return when a clock fires if nothing but time passes: NEVER if it does not.

    Where its rate moves it is followed beyond what the run has followed so far. Else it is the clock's own time.
    """
    if not clock.enabled:
        return NEVER
    if clock.due < NEVER or not clock.program.moves or clock.threshold is None:
        return clock.due
    law = clock.program.clock
    aim = law.law.age(*clock.law, clock.threshold) if isinstance(law, LawClock) else clock.threshold
    now: float = frame[TIME]
    return now + clocks.time_until(clock, frame, aim)
