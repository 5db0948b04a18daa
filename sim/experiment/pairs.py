"""Projections over pairs of runs: run i of one ensemble beside run i of another. Both must be sealed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from sim.experiment.jobs import EnsembleJob, WorkerContext
from sim.experiment.prepare import Experiment
from sim.experiment.record import job_of
from sim.experiment.workers import Progress, Workers, chunks, work, workers_for
from sim.model.event import Log
from sim.model.program import Program
from sim.model.scenario import Scenario

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# One run under two scenarios: (program, scenario, log) of each, and the run's number.
Side: TypeAlias = tuple[Program, Scenario, Log]
PairProjection: TypeAlias = Callable[[Side, Side, int], T]


@runtime_checkable
class JointProjection(Protocol[T_co]):
    """A projection of pairs that it takes many at once of, in order."""

    def together(self, pairs: Iterable[tuple[Side, Side, int]]) -> Sequence[T_co]:
        """Return the projection of each pair."""


def project_pairs(
    pairs: Sequence[tuple[Experiment, Experiment]],
    runs: int,
    projection: PairProjection[T] | JointProjection[T],
    *,
    only: Sequence[Collection[int]] | None = None,
    worth: int = 1,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[list[T]]:
    """Return, for each pair, the projection of runs 0 to `runs` - 1, or of `only` some of these, in order.

    `only` has the chosen runs of each pair. A projection takes as long as to make as many runs as it is `worth`.

    Raise LedgerError for a missing one.
    """
    jobs = {id(experiment): _job(experiment, runs) for pair in pairs for experiment in pair}
    tasks = [
        _PairsItem(pair=number, one=jobs[id(one)], other=jobs[id(other)], runs=piece, only=some, projection=projection)
        for number, (one, other) in enumerate(pairs)
        for piece in chunks(range(runs))
        if (some := None if only is None else frozenset(only[number]).intersection(piece)) is None or some
    ]
    wanted = runs * len(pairs) if only is None else sum(map(len, only))
    made: dict[tuple[int, int], Sequence[T]] = {}
    done = 0
    if progress:
        progress(done, wanted, 0)
    for task, projected in work(tasks, workers_for(workers, wanted * worth)):
        made[task.pair, task.runs.start] = projected
        done += len(projected)
        if progress:
            progress(done, wanted, 0)
    return [
        [item for number, start in sorted(made) if number == pair for item in made[number, start]]
        for pair in range(len(pairs))
    ]


def _job(experiment: Experiment, runs: int) -> EnsembleJob:
    """Return the job of reading so many runs' logs: where they are not kept, all that lack one are made again."""
    gone = experiment.ledger.create(experiment.spec).missing(runs, "full")
    return job_of(experiment, sum(map(len, gone)), new=bool(gone))


@dataclass(frozen=True, slots=True)
class _PairsItem(Generic[T]):
    pair: int
    one: EnsembleJob
    other: EnsembleJob
    runs: range
    only: frozenset[int] | None
    projection: PairProjection[T] | JointProjection[T]

    def do(self, context: WorkerContext) -> "tuple[_PairsItem[T], Sequence[T]]":
        one, other = context.open(self.one), context.open(self.other)
        logs, other_logs = (side.logs(self.runs, self.only) for side in (one, other))
        runs = self.runs if self.only is None else sorted(self.only)
        pairs = (
            ((one.program, one.scenario, log), (other.program, other.scenario, other_log), run)
            for run, log, other_log in zip(runs, logs, other_logs, strict=True)
        )
        if isinstance(self.projection, JointProjection):
            return self, self.projection.together(pairs)
        return self, [self.projection(*pair) for pair in pairs]
