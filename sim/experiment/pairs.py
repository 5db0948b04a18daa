"""Projections over pairs of runs: run i of one ensemble beside run i of another. Both must be sealed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from sim.experiment.jobs import MOST_OPENED, EnsembleJob, LoadedEnsemble, WorkerContext
from sim.experiment.prepare import Experiment
from sim.experiment.record import job_of
from sim.experiment.workers import LARGE_CHUNK, Progress, Workers, chunks, size_for, work, workers_for
from sim.model.event import Log
from sim.model.event_table import EventTable
from sim.model.program import Program
from sim.model.scenario import Scenario

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# One run under two scenarios: (program, scenario, log) of each, and the run's number.
Side: TypeAlias = tuple[Program, Scenario, Log]
PairProjection: TypeAlias = Callable[[Side, Side, int], T]

# The same of consecutive runs: (program, scenario, table) of each.
TableSide: TypeAlias = tuple[Program, Scenario, EventTable]
TablesProjection: TypeAlias = Callable[[TableSide, TableSide], T]


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


def project_tables(
    pairs: Sequence[tuple[Experiment, Experiment]],
    runs: int,
    projection: TablesProjection[T],
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[list[T]]:
    """Return, for each pair, what the projection makes of the tables of runs 0 to `runs` - 1, piece by piece in order.

    The first ensemble of several pairs is read, or made again, once for a few of them. Raise LedgerError for a missing
    one.
    """
    everyone = {id(experiment): experiment for pair in pairs for experiment in pair}
    gone = {key: _gone(experiment, runs) for key, experiment in everyone.items()}
    jobs = {key: job_of(experiment, gone[key], new=bool(gone[key])) for key, experiment in everyone.items()}
    quick = all(job.engine == "kernel" or not gone[key] for key, job in jobs.items())
    wanted = runs * len(pairs)
    chosen = workers_for(workers, wanted, "kernel" if quick else "reference")
    size = size_for(chosen, runs, LARGE_CHUNK if quick else None)
    tasks = [
        _TablesItem(
            one=jobs[first], others=tuple((number, jobs[id(pairs[number][1])]) for number in some), runs=piece,
            projection=projection,
        )
        for first, some in _by_first(pairs) for piece in chunks(range(runs), size)
    ]  # fmt: skip
    made: dict[tuple[int, int], T] = {}
    done = 0
    if progress:
        progress(done, wanted, 0)
    for count, projected in work(tasks, chosen):
        made.update(projected)
        done += count
        if progress:
            progress(done, wanted, 0)
    order = sorted(made)
    return [[made[key] for key in order if key[0] == pair] for pair in range(len(pairs))]


def _by_first(pairs: Sequence[tuple[Experiment, Experiment]]) -> Iterator[tuple[int, list[int]]]:
    """Yield the first ensembles of pairs, each with the numbers of as many pairs as a process keeps opened."""
    found: dict[int, list[int]] = {}
    for number, (one, _) in enumerate(pairs):
        found.setdefault(id(one), []).append(number)
    for first, numbers in found.items():
        for start in range(0, len(numbers), MOST_OPENED - 1):
            yield first, numbers[start : start + MOST_OPENED - 1]


def _job(experiment: Experiment, runs: int) -> EnsembleJob:
    """Return the job of reading so many runs' logs: where they are not kept, all that lack one are made again."""
    gone = _gone(experiment, runs)
    return job_of(experiment, gone, new=bool(gone))


def _gone(experiment: Experiment, runs: int) -> int:
    """Return of how many runs no log is kept."""
    return sum(map(len, experiment.created().missing(runs, "full")))


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


@dataclass(frozen=True, slots=True)
class _TablesItem(Generic[T]):
    """Consecutive runs of an ensemble, and of those that are paired with it, each with the number of its pair."""

    one: EnsembleJob
    others: tuple[tuple[int, EnsembleJob], ...]
    runs: range
    projection: TablesProjection[T]

    def do(self, context: WorkerContext) -> tuple[int, dict[tuple[int, int], T]]:
        """Return how many pairs of runs it has, and its projections by the pair and the first of the runs."""
        made: dict[tuple[int, int], T] = {}
        left = self.runs
        while left:
            one = context.open(self.one)
            table = one.sealed(left, reads_logs=True)
            left = range(table.runs.stop, left.stop)
            for pair, job in self.others:
                other = context.open(job)
                for mine, theirs in _beside(table, other):
                    sides = (one.program, one.scenario, mine), (other.program, other.scenario, theirs)
                    made[pair, mine.first] = self.projection(*sides)
        return len(self.runs) * len(self.others), made


def _beside(table: EventTable, other: LoadedEnsemble) -> Iterator[tuple[EventTable, EventTable]]:
    """Give a table with that of the same runs of another ensemble, in as many pieces as those must be held in."""
    left = table.runs
    while left:
        theirs = other.sealed(left, reads_logs=True)
        low, high = left.start - table.first, theirs.runs.stop - table.first
        yield (table if theirs.runs == table.runs else table.piece(low, high)), theirs
        left = range(theirs.runs.stop, left.stop)
