"""What parts of a rule, an effect or a condition read otherwise in two paired runs, as causes of what they came to.

Owns the names of differing variables, and where each was first looked at. What a part decides is for those who ask.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sim.explain.pairs.difference_nodes import Assumed, Cause, Difference, Differs, How
from sim.explain.pairs.paired_runs import Key, PairedRuns
from sim.explain.pairs.supports import Evaluated, supports
from sim.language.expressions.tree import Tree
from sim.model.expression import Frame

Counts: TypeAlias = tuple[int, int]  # how many events each run has had
Times: TypeAlias = tuple[float, float]


class PairReading:
    """Reads both runs of a pair at corresponding points."""

    def __init__(self, pair: PairedRuns) -> None:
        self.pair = pair
        self.looked: dict[Differs, tuple[Counts, Times]] = {}

    def causes(
        self, side: int, trees: Sequence[Tree], evaluate: Evaluated, how: How, counts: Counts, times: Times,
    ) -> list[Cause]:  # fmt: skip
        """Return what parts of one side's model read otherwise after so many events of each run, at these times."""
        here, there = self.frame(side, counts, times), self.frame(1 - side, counts, times)
        keys = self.pair.differing(trees, side, here, there)
        found = supports(evaluate, keys, lambda chosen: self.pair.exchange(side, here, there, chosen))
        return [Cause(node, how, strength) for key, strength in found.items()
                for node in self.named(key, counts, times)]  # fmt: skip

    def of_value(
        self, side: int, trees: Sequence[Tree], how: How, counts: Counts, times: Times
    ) -> list[Cause]:  # fmt: skip
        """Return the same of parts that decide by their values alone."""
        values = self.pair.values[side]

        def evaluate(frame: Frame) -> Any:
            found = tuple(values.value(tree, frame) for tree in trees)
            return found[0] if len(found) == 1 else found

        if how in ("guard", "condition") and evaluate(self.frame(side, counts, times)) is not True:
            # It may have turned true as time passed: then it holds only just after.
            later = math.nextafter(times[0], math.inf), math.nextafter(times[1], math.inf)
            times = later if evaluate(self.frame(side, counts, later)) is True else times
        return self.causes(side, trees, evaluate, how, counts, times)

    def frame(self, side: int, counts: Counts, times: Times) -> Frame:
        return self.pair.frame(side, counts[side], times[side])

    def named(self, key: Key, counts: Counts, times: Times) -> Iterable[Difference]:
        """Return the differences that a key stands for: a variable that is read there, or what a parameter rests on."""
        scope, name = key
        if scope == "parameter":
            return [Assumed(one) for one in self.pair.assumptions.of_parameter(name)]
        writers = [self.pair.writer(side, key, counts[side]) for side in (0, 1)]
        node = Differs(scope, name, *writers)
        self.looked.setdefault(node, (counts, times))
        return [node]
