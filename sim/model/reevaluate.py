"""A run's log with other outcomes evaluated: the log that the engine would have given, without running it again.

Outcomes that end no run change nothing else, so a run of a model is a run of the same model with others. Here the
log is folded, its outcomes are left out, and those of the present model are put in where they come true.
"""

from dataclasses import replace

from sim.errors import RunError
from sim.model.event import HORIZON, Event, Log
from sim.model.expression import Frame
from sim.model.outcomes import Outcomes, events_of
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, begin, follow, moments
from sim.model.scenario import Scenario


def reevaluate(program: Program, scenario: Scenario, log: Log) -> "Log | None":
    """Return the log of the same run under the scenario's own outcomes.

    `log` is of a run whose model differs from the scenario's in outcomes that end no run, and in nothing else. None
    if the log does not tell: it failed, or an outcome has no value in it, and the run must be run.
    """
    if log[-1].kind == "failed":
        return None
    asking = _Reevaluation(program, scenario, log)
    try:
        asking.fold_past()
        for event in log:
            asking.follow(event)
    except RunError:
        return None
    return tuple(asking.kept)


class _Reevaluation:
    def __init__(self, program: Program, scenario: Scenario, log: Log) -> None:
        self.program = program
        self.scenario = scenario
        self.frame: Frame = begin(program, scenario, log)
        self.outcomes = Outcomes(program)
        self.kept: list[Event] = []

    def fold_past(self) -> None:
        """Fold what stands before the branch; outcomes are watched from where the run itself began."""
        for event in self.scenario.past:
            for flipped in moments(self.program, self.frame, event):
                self.outcomes.follow(self.frame, None, flipped)
            changed = follow(self.program, self.frame, event)
            if event.kind in ("started", "changed"):
                self.outcomes.look_again(self.frame) if self.outcomes.watching else self.outcomes.begin(self.frame)
            elif event.kind in CHANGING:
                self.outcomes.follow(self.frame, event.type, changed)
        self.frame[TIME] = self.scenario.start

    def follow(self, event: Event) -> None:
        if event.kind == "outcome":
            return
        for flipped in moments(self.program, self.frame, event):
            self.reach(self.outcomes.follow(self.frame, None, flipped))
        if event.kind == "ended" and event.note == HORIZON:
            self.frame[TIME] = event.time
            self.reach(self.outcomes.otherwise())
        changed = follow(self.program, self.frame, event)
        self.kept.append(replace(event, sequence=len(self.kept)))
        if event.kind == "started":
            begun = self.scenario.lineage is not None
            self.reach(self.outcomes.look_again(self.frame) if begun else self.outcomes.begin(self.frame))
        elif event.kind == "changed":
            self.reach(self.outcomes.look_again(self.frame))
        elif event.kind in CHANGING:
            self.reach(self.outcomes.follow(self.frame, event.type, changed))

    def reach(self, numbers: list[int]) -> None:
        self.kept += events_of(self.program, numbers, self.frame[TIME], len(self.kept))[0]
