"""The imperative shell: prepare a scenario, run what is missing of its ensemble, record it, read it back.

Owns seed, workers and progress. What a run is, is the engines' business; what is on disk, the ledger's; what
it all comes to, the analysis'. Nothing is printed here.
"""

import os
import platform
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias, TypeVar

from sim import __version__
from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError, RunError, UsageError
from sim.ledger.documents import keep_documents, kept_documents
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment
from sim.model.assumptions import Case, load_scenario
from sim.model.branching import branch_from_run
from sim.model.event import Log
from sim.model.meaning import specification
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario

FEWEST_FOR_WORKERS = 400
CHUNK = 500
SECONDS_BETWEEN_SEALS = 3.0
T = TypeVar("T")

# Called with how many runs are done and how many are wanted.
Progress: TypeAlias = Callable[[int, int], None]
# A projection of one run, computed where the run is at hand; it must be picklable, and so its result.
Projection: TypeAlias = Callable[[Program, Scenario, int, Log], T]


@dataclass(frozen=True, slots=True)
class Origin:
    """A simulated run to branch from: how its ensemble is called, its number, the event that stands last."""

    ensemble: str
    run: int
    event: int
    luck: Literal["keep", "fresh"] = "fresh"


@dataclass(frozen=True)
class Experiment:
    """One scenario with the seed, the mode of its parameters and the ledger that its runs go to."""

    case: Case
    scenario: Scenario
    ledger: Ledger
    seed: int
    central: bool
    origin: Origin | None

    @property
    def spec(self) -> dict[str, Any]:
        """All that names the experiment's ensemble."""
        return specification(self.scenario, self.seed, central=self.central)


def prepare(
    path: Path, ledger: Path, *, seed: int = 1, central: bool = False, origin: Origin | None = None, shown: str = ""
) -> Experiment:
    """Read a scenario, or a model as the scenario that assumes nothing, and make it ready to run.

    With `origin` the scenario branches from that run instead of from its own branch point. Raise LanguageError
    for its documents, LedgerError if the origin is not in the ledger, UsageError if it cannot be gone on from.
    """
    case = load_scenario(path, shown or None)
    shelf = Ledger(ledger)
    if origin is None:
        return Experiment(case, case.scenario, shelf, seed, central, None)
    parent = shelf.find(origin.ensemble)
    before = reopen(parent, shelf)
    if origin.luck == "keep" and (before.seed, before.central) != (seed, central):
        mode = " --central" if before.central else ""
        raise UsageError(
            "E507",
            "luck can be kept only with the seed and the parameters of the run that is branched from",
            f"that run has --seed {before.seed}{mode}",
        )
    scenario = branch_from_run(
        case.scenario,
        before.scenario,
        parent.log(origin.run),
        ensemble=parent.id,
        run=origin.run,
        event=origin.event,
        seed=before.seed,
        luck=origin.luck,
    )
    origin = Origin(parent.id, origin.run, origin.event, origin.luck)
    return Experiment(case, scenario, shelf, seed, central, origin)


def reopen(ensemble: Ensemble, ledger: Ledger) -> Experiment:
    """Read back the experiment that an ensemble records, from the documents that are kept with it.

    Raise LedgerError E703 if the documents do not mean what the ensemble's id says.
    """
    spec = ensemble.spec
    manifest = ensemble.manifest()
    entry = kept_documents(ensemble.folder, manifest.provenance.get("documents", "") if manifest else "")
    origin = Origin(*spec["branch"]) if spec["branch"] else None
    experiment = prepare(
        entry,
        ledger.folder,
        seed=spec["seed"],
        central=spec["parameters"] == "central",
        origin=origin,
        shown=entry.name,
    )
    if experiment.spec != spec:
        raise LedgerError(
            "E703",
            f"the documents kept with ensemble {ensemble.id[:12]} do not mean what its id says",
            "run its scenario again from the case's own files",
        )
    return experiment


def failure_of(experiment: Experiment, run: int) -> RunError | None:
    """Run one run again, by itself, and return the error that ended it, with all its notes."""
    program = compile_model(experiment.scenario.model)
    engine = ReferenceEngine(program, experiment.scenario, experiment.seed, central=experiment.central)
    return engine.unfold(run).error


def record(
    experiment: Experiment,
    runs: int,
    projection: Projection[T],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Ensemble, list[T]]:
    """Run what the ledger lacks of runs 0 to `runs` - 1, seal it, and return a projection of every run, in order.

    Chunks are sealed as they are done: after an interruption the same call goes on from what is sealed. The
    results do not depend on the number of workers. Raise LedgerError if the ledger cannot be written.
    """
    ensemble = experiment.ledger.create(experiment.spec)
    texts = {name: path.read_bytes() for name, path in _named(experiment.case.files).items()}
    entry = next(iter(texts))
    kept = keep_documents(ensemble.folder, texts, entry)
    orders = [_Order(chunk, sealed=False) for gap in ensemble.missing(runs) for chunk in _chunks(gap)]
    missing = {run for order in orders for run in order.runs}
    orders += [_Order(chunk, sealed=True) for chunk in _sealed_chunks(runs, missing)]
    job = _Job(
        kept / entry, experiment.ledger.folder, ensemble.id, experiment.seed, experiment.central, experiment.origin
    )
    made: dict[int, list[T]] = {}
    done = 0
    if progress:
        progress(0, runs)
    with _Sealer(ensemble, _provenance(experiment.scenario.name, kept.name)) as sealer:
        for order, segment, projected in _work(job, orders, projection, _workers(workers, runs)):
            if segment is not None:
                sealer.add(segment)
            made[order.runs.start] = projected
            done += len(order.runs)
            if progress:
                progress(done, runs)
    return ensemble, [item for first in sorted(made) for item in made[first]]


class _Sealer:
    """Seals segments a few seconds apart, and at the end, however that comes.

    A manifest lists every segment, so sealing each by itself would cost the square of their number.
    """

    def __init__(self, ensemble: Ensemble, provenance: dict[str, Any]) -> None:
        self.ensemble = ensemble
        self.provenance = provenance
        self.waiting: list[Segment] = []
        self.sealed = -SECONDS_BETWEEN_SEALS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.seal()

    def add(self, segment: Segment) -> None:
        self.waiting.append(segment)
        if time.monotonic() - self.sealed >= SECONDS_BETWEEN_SEALS:
            self.seal()

    def seal(self) -> None:
        if self.waiting:
            self.ensemble.seal(self.waiting, self.provenance)
            self.waiting = []
        self.sealed = time.monotonic()


@dataclass(frozen=True, slots=True)
class _Order:
    """A chunk of runs: to be read from the ledger if they are sealed there, else to be simulated."""

    runs: range
    sealed: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """All that a worker needs to know: plain values, so that any process can be handed it."""

    entry: Path
    ledger: Path
    ensemble: str
    seed: int
    central: bool
    origin: Origin | None


class _Worker:
    """What a process sets up once: the scenario, its program, its engine, the ledger."""

    def __init__(self, job: _Job) -> None:
        experiment = prepare(
            job.entry, job.ledger, seed=job.seed, central=job.central, origin=job.origin, shown=job.entry.name
        )
        self.scenario = experiment.scenario
        self.program = compile_model(self.scenario.model)
        self.engine = ReferenceEngine(self.program, self.scenario, job.seed, central=job.central)
        self.ensemble = experiment.ledger.find(job.ensemble)

    def do(self, order: _Order, projection: Projection[T]) -> tuple[_Order, Segment | None, list[T]]:
        if order.sealed:
            logs = [log for _, log in self.ensemble.logs(order.runs)]
            segment = None
        else:
            logs = [self.engine.run(run) for run in order.runs]
            segment = self.ensemble.publish(order.runs.start, logs)
        projected = [
            projection(self.program, self.scenario, run, log) for run, log in zip(order.runs, logs, strict=True)
        ]
        return order, segment, projected


_worker: _Worker | None = None


def _start_worker(job: _Job) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver stops the pool; a chunk is whole or nothing
    _worker = _Worker(job)


def _do(order: _Order, projection: Projection[T]) -> tuple[_Order, Segment | None, list[T]]:
    assert _worker is not None, "the pool sets its processes up"
    return _worker.do(order, projection)


def _work(
    job: _Job, orders: list[_Order], projection: Projection[T], workers: int
) -> Iterator[tuple[_Order, Segment | None, list[T]]]:
    if not orders:
        return
    if workers == 1:
        worker = _Worker(job)
        for order in orders:
            yield worker.do(order, projection)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (job,))
    try:
        futures: list[Future[tuple[_Order, Segment | None, list[T]]]] = [
            pool.submit(_do, order, projection) for order in orders
        ]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _workers(wanted: int | None, runs: int) -> int:
    if wanted is not None:
        return max(1, wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") and runs >= FEWEST_FOR_WORKERS else 1


def _chunks(runs: range) -> Iterator[range]:
    """Cut at multiples of CHUNK, so that whoever runs the same ensemble makes the same segments."""
    first = runs.start
    while first < runs.stop:
        last = min(runs.stop, (first // CHUNK + 1) * CHUNK)
        yield range(first, last)
        first = last


def _sealed_chunks(runs: int, missing: set[int]) -> Iterator[range]:
    first = None
    for run in range(runs + 1):
        sealed = run < runs and run not in missing
        if sealed and first is None:
            first = run
        elif not sealed and first is not None:
            yield from _chunks(range(first, run))
            first = None


def _named(files: tuple[Path, ...]) -> dict[str, Path]:
    """Name files by their paths below the folder that they share, the first file first."""
    resolved = [path.resolve() for path in files]
    base = Path(os.path.commonpath([path.parent for path in resolved]))
    return {path.relative_to(base).as_posix(): path for path in resolved}


def _provenance(scenario: str, documents: str) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "documents": documents,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "engine": "reference",
        "sim": __version__,
        "python": platform.python_version(),
    }
