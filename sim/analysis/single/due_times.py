"""When the clock of a rule would fire, at a moment of a run, if nothing but time passed.

A rule fires when the hazard accumulated since its clock started reaches the clock's threshold, a unit exponential
(Anderson 2007). Both are those of the run itself, as it stands while it is made; no log has them.
"""

from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.clocks import Clocks
from sim.model.expression import TIME, Frame
from sim.model.model import LawClock


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
