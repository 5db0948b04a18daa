"""The turning points of pairs of ensembles, of the first pairs of runs that ended otherwise."""

from collections.abc import Sequence

from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.turning_points import MOST_EXPLAINED, TurningPoint
from sim.experiment.pairs import project_pairs
from sim.experiment.prepare import Experiment
from sim.experiment.workers import Progress, Workers

WORTH = 10  # runs that a process makes in the time in which it explains one pair


def turning_points(
    pairs: Sequence[tuple[Experiment, Experiment]],
    divergences: Sequence[Divergences],
    runs: int,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[list[TurningPoint]]:
    """Return, for each pair of ensembles, the turning points of the first MOST_EXPLAINED pairs of runs with other ends.

    `divergences` are those of runs 0 to `runs` - 1 of each pair. Raise LedgerError E710 if a run that is made again
    comes out otherwise than it is kept.
    """
    from sim.explain.pairs.explained_pair import TurningPoints

    chosen = [found.runs[found.ended_otherwise][:MOST_EXPLAINED].tolist() for found in divergences]
    if not any(chosen):
        return [[] for _ in pairs]
    settings = pairs[0][0].settings
    projection = TurningPoints(
        seed=settings.seed, central=settings.central, runs_per_draw=settings.runs_per_draw, wanted=settings.engine
    )
    found = project_pairs(pairs, runs, projection, only=chosen, worth=WORTH, workers=workers, progress=progress)
    return [[point for point in points if point is not None] for points in found]
