"""One rule's clock in one run: how far it has come, and when it will fire.

What starts and stops it, and when, is left to `sim.model.clocks`.
"""

import math
from typing import assert_never

from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.moving.rate_cells import Cell
from sim.model.program import RuleProgram

NEVER = math.inf


class RunClock:
    """One rule's clock in one run. Enabled: it runs and will fire at `due`. Paused: it was stopped, but its rule
    remembers. Spent (`edge_used`): an immediate rule that has fired and whose guard still holds.
    """

    __slots__ = (
        "cell",
        "due",
        "edge",
        "edge_used",
        "enabled",
        "excluded",
        "law",
        "occurrence",
        "paused",
        "program",
        "progress",
        "rate",
        "reached",
        "since",
        "started",
        "threshold",
        "width",
    )  # fmt: skip

    def __init__(self, program: RuleProgram) -> None:
        self.program = program
        self.enabled = self.paused = self.edge_used = self.excluded = False
        self.occurrence = -1
        self.due = NEVER
        self.started = 0.0  # when it was enabled, first if it keeps its age
        self.since = 0.0  # when it last started, went on, or changed its rate
        self.progress = 0.0  # how far it had come before `since`: the hazard of a rate, the age of a law
        self.reached = 0.0  # the greatest hazard that this threshold is known to exceed; for `repeat`
        self.rate = 1.0  # how fast it makes progress, where that does not move
        self.cell: Cell | None = None  # where it does: the stretch of time in which it is followed
        self.width = 0.0  # of the last cell if it had been too wide: see `lasting_width`
        self.edge = NEVER  # the end of the cell, if the clock does not fire in it
        self.law: tuple[float, ...] = ()
        self.threshold: float | None = None

    def copy(self) -> "RunClock":
        """Return a clock that is as far as this one, and goes on by itself."""
        other = RunClock.__new__(RunClock)
        for slot in RunClock.__slots__:
            setattr(other, slot, getattr(self, slot))
        return other

    def accumulated(self, now: float) -> float:
        """Return the hazard accumulated up to `now`."""
        match self.program.clock:
            case Rate():
                return self.progressed(now)
            case LawClock(law=law):
                return law.hazard(*self.law, self.progressed(now))
            case AtDate() | Every() | Immediately():
                return 0.0
            case _:
                assert_never(self.program.clock)

    def progressed(self, now: float) -> float:
        """Return how far it has come by `now`: the hazard of a rate, the age of a law."""
        if self.program.moves:
            return self.progress if self.cell is None else self.progress + self.cell.part(now)
        return self.progress + self.rate * (now - self.since) if self.rate > 0.0 else self.progress

    def reset(self) -> None:
        """Forget the occurrence: it fired, or it was disabled and its rule starts fresh."""
        self.enabled = self.paused = False
        self.progress = self.reached = 0.0
        self.threshold = None
        self.stop()

    def stop(self) -> None:
        """Let it not be due any more."""
        self.due = self.edge = NEVER
        self.cell, self.width = None, 0.0

    def reaching(self, aim: float) -> float:
        """Return when its progress comes to `aim`: the threshold of a rate, the age at which a law reaches it.

        NEVER where that is not in its cell, if its rate moves, or if it makes none.
        """
        left = aim - self.progress
        if self.program.moves:
            assert self.cell is not None, "a rate that moves is followed in cells"
            if left < 0.0:
                return self.cell.start + left  # at no certain time before
            return self.cell.reaching(left) if left <= self.cell.whole else NEVER
        return self.since + left / self.rate if self.rate > 0.0 else NEVER

    def look_later(self) -> None:
        """Note until when it has been followed, if its rate moves and it does not fire before."""
        if self.cell is not None:
            self.edge = self.cell.end if self.due == NEVER else NEVER
