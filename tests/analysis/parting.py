"""Where two runs part, and where they turned: both as one value, to be held against what is known."""

from dataclasses import dataclass

from sim.analysis.differences.turning_points import TurningPoint
from sim.analysis.divergence import Difference, Diverge
from sim.experiment.pairs import Side
from sim.explain.pairs.explained_pair import TurningPoints


@dataclass(frozen=True)
class Parted:
    """The first difference of a pair of runs and its turning point, None where there is none."""

    first: Difference | None
    turning: TurningPoint | None
    ended_otherwise: bool


class Parts:
    """Compares pairs of runs that were made with a seed."""

    def __init__(self, seed: int = 1) -> None:
        self.diverge = Diverge()
        self.points = TurningPoints(seed, central=False, runs_per_draw=1)

    def __call__(self, one: Side, other: Side, run: int) -> Parted:
        found, turning = self.diverge(one, other, run), self.points(one, other, run)
        assert found.ended_otherwise == (turning is not None)
        return Parted(found.first, turning, found.ended_otherwise)


def as_difference(point: TurningPoint | None) -> Difference | None:
    """Return a turning point as the first difference that it is, if it is one."""
    if point is None:
        return None
    return Difference(
        point.time, point.how, point.rule, point.one, point.other, point.one_sequence, point.other_sequence,
        tuple(sorted(point.causes)),
    )  # fmt: skip
