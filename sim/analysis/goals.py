"""How well something is to be known before a simulation stops: goals, as a person writes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import UsageError
from sim.language.suggest import named_or_near
from sim.statistics.estimates import Estimate


@dataclass(frozen=True, slots=True)
class Goal:
    """How well an outcome's probability, or its `difference`, is to be known: within `half_width` to each side."""

    outcome: str
    half_width: float
    difference: bool = False

    def __str__(self) -> str:
        what = f"difference in {self.outcome}" if self.difference else self.outcome
        return f"±{self.half_width * 100:g}pp on {what}"

    def met(self, found: Estimate) -> bool:
        """Return whether an interval is narrow enough."""
        assert found.low is not None, "a sequence always has both ends"
        assert found.high is not None, "a sequence always has both ends"
        if not found.runs:
            return False
        middle = (found.low + found.high) / 2 if found.value is None else found.value
        return max(found.high - middle, middle - found.low) <= self.half_width


_GOAL = re.compile(
    r"\s*(?:±|\+/-|\+-)\s*(\d+(?:\.\d+)?|\.\d+)\s*(pp|points?)\s+on\s+(difference\s+in\s+)?([a-z][a-z0-9_\[\]]*)\s*"
)


def read_goal(text: str, outcomes: Sequence[str], *, difference: bool) -> Goal:
    """Read a goal, `±1pp on talks_succeed` or `±0.5pp on difference in coup_completed`. Raise UsageError E009."""
    example = "±0.5pp on difference in coup_completed" if difference else "±1pp on talks_succeed"
    found = _GOAL.fullmatch(text)
    if not found:
        note = "± may be written +-, and pp, percentage points, as points"
        raise UsageError("E009", f"'{text}' is not a goal that can be run for", f"expected such as '{example}'", note)
    width, _, asked_difference, outcome = found.groups()
    if bool(asked_difference) != difference:
        what = "a difference between scenarios" if difference else "one scenario's probability"
        raise UsageError("E009", f"'{text}' is not about {what}", f"expected such as '{example}'")
    if outcome not in outcomes:
        raise UsageError("E009", f"there is no outcome '{outcome}' to know", *named_or_near(outcome, outcomes))
    half_width = float(width) / 100
    if not 0 < half_width <= 0.5:
        raise UsageError("E009", f"an interval cannot be ±{width} points wide", "expected more than 0, at most 50")
    return Goal(outcome, half_width, difference)
