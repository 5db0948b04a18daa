"""A run that is made one act at a time, so that its clocks can be read, or it can be copied, between two acts.

It makes the reference engine's log: the order of acts is the one that `sim.engines.reference` has. That one is quicker
to make whole runs with SimPy's queue; this one can be stopped anywhere.
"""

from collections.abc import Callable
from copy import copy
from typing import NamedTuple

from sim.errors import RunError
from sim.model.random_streams import Streams
from sim.model.run import Run

# At equal times what moves is followed first, then comes what the scenario changes, the timetable, the flipping of
# flags, the rules by rank, and the horizon.
LOOKS, CHANGES, TIMETABLE, FLIPS = -4, -3, -2, -1


class Act(NamedTuple):
    """What comes next in a run: when, its order at that time, and the number of the rule that fires, if one does."""

    time: float
    order: int
    rule: int | None = None


class SteppedRun:
    """A run from its branch on, `steps` acts of which have been made. A run error ends it, as in an engine."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps = 0
        self._changed = self._scheduled = 0
        self._make(self._open)

    def _open(self) -> None:
        self.run.fold_past()
        self.run.begin()

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self.run.over

    def copy(self, streams: Streams | None = None) -> "SteppedRun":
        """Return a run that is as far as this one and goes on by itself, with these streams if they are given."""
        other = copy(self)
        other.run = self.run.copy(streams or self.run.streams)
        return other

    def next(self) -> Act:
        """Return what comes next, in a run that is not over."""
        run = self.run
        found = Act(run.scenario.horizon, len(run.program.rules))
        if run.program.moves:
            found = min(found, Act(run.next_look, LOOKS), Act(run.next_flip, FLIPS))
        if self._changed < len(run.scenario.changes):
            found = min(found, Act(run.scenario.changes[self._changed].time, CHANGES))
        if self._scheduled < len(run.scenario.timetable):
            found = min(found, Act(run.scenario.timetable[self._scheduled].time, TIMETABLE))
        for clock in run.clocks.clocks:
            if clock.due <= found.time:
                found = min(found, Act(clock.due, clock.program.rank, clock.program.number))
        return found

    def step(self) -> Act:
        """Make the next act, and return which it was."""
        act = self.next()
        self.steps += 1
        run = self.run
        if act.rule is not None:
            number = act.rule
            self._make(lambda: run.fire(number, act.time))
        elif act.order == CHANGES:
            self._changed += 1
            self._make(lambda: run.change(self._changed - 1))
        elif act.order == TIMETABLE:
            self._scheduled += 1
            self._make(lambda: run.schedule(self._scheduled - 1))
        elif act.order == LOOKS:
            self._make(run.look)
        elif act.order == FLIPS:
            self._make(run.flip)
        else:
            self._make(run.end_at_horizon)
        return act

    def advance(self, steps: int) -> None:
        """Go on until so many acts have been made, or the run is over."""
        while self.steps < steps and not self.over:
            self.step()

    def _make(self, act: Callable[[], object]) -> None:
        try:
            act()
        except RunError as error:
            self.run.fail(error)
