"""The way on which a difference between two runs came about: the cheapest from how they ended back to an assumption.

A step costs the logarithm of its strength, so that a way goes through what turned each part by itself where there is
such a thing, and a little more, so that of two as strong ways the shorter one is taken (Dijkstra 1959).
"""

import math
from dataclasses import dataclass
from heapq import heappop, heappush

from sim.explain.pairs.difference_nodes import Assumed, Cause, Difference, Ended, Occurred
from sim.explain.pairs.pair_causes import Causes
from sim.explain.pairs.strengths import STEP, WEAK
from sim.numerics.elementary import log

EITHER = Ended()


@dataclass(frozen=True, slots=True)
class Way:
    """A way back from the ends: each cause in turn, of which the last is an assumption; and what it costs."""

    steps: tuple[Cause, ...]
    cost: float

    @property
    def assumption(self) -> str:
        last = self.steps[-1].node
        assert isinstance(last, Assumed), "a way ends in an assumption"
        return last.name

    @property
    def events(self) -> list[Occurred]:
        """The events on it, from the ends back."""
        return [step.node for step in self.steps if isinstance(step.node, Occurred)]

    @property
    def is_strong(self) -> bool:
        """Whether each step is through something that turned what it is read for."""
        return all(step.strength > WEAK for step in self.steps)


def unknown(name: str) -> Way:
    """Return the way to an assumption of which it is not known how the ends rest on it."""
    return Way((Cause(Assumed(name), "assumed", WEAK),), math.inf)


def ways(causes: Causes, start: Difference = EITHER) -> tuple[Way, ...]:
    """Return the cheapest way to each assumption that a difference rests on, the cheapest of all first."""
    cost: dict[Difference, float] = {start: 0.0}
    came: dict[Difference, tuple[Difference, Cause]] = {}
    done = set[Difference]()
    found: list[Way] = []
    pending: list[tuple[float, int, Difference]] = [(0.0, 0, start)]
    pushed = 0
    while pending:
        so_far, _, node = heappop(pending)
        if node in done:
            continue
        done.add(node)
        if isinstance(node, Assumed):
            found.append(Way(_steps(came, node), so_far))
            continue
        for cause in causes.of(node):
            total = so_far + STEP - log(cause.strength)
            if total < cost.get(cause.node, math.inf):
                cost[cause.node], came[cause.node] = total, (node, cause)
                pushed += 1
                heappush(pending, (total, pushed, cause.node))
    return tuple(found)


def _steps(came: dict[Difference, tuple[Difference, Cause]], node: Difference) -> tuple[Cause, ...]:
    steps = []
    while node in came:
        node, cause = came[node]
        steps.append(cause)
    return tuple(reversed(steps))
