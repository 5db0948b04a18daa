"""Recording an experiment: what the ledger lacks is simulated and sealed, what it has is read, all is projected.

Runs of an ensemble that differs in nothing but its questions are not simulated again: their logs are asked anew.
"""

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from sim import __version__
from sim.errors import LedgerError
from sim.experiment.batch import Batch, Projection
from sim.experiment.jobs import Desk, Job, Opened
from sim.experiment.prepare import Experiment
from sim.experiment.workers import LARGE_CHUNK, Progress, Workers, checked, chunks, work, workers_for
from sim.language.arguments import RUN_LIMIT, whole_number
from sim.ledger import faults
from sim.ledger.documents import keep_documents
from sim.ledger.ensemble import Ensemble
from sim.ledger.index import with_key
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment, without
from sim.ledger.schema import Keeps
from sim.ledger.spec import Spec, canonical, digest
from sim.model.asked import ask_again
from sim.model.event import Log

SECONDS_BETWEEN_SEALS = 3.0
MOST_FULL = 20_000  # runs of an ensemble whose logs are kept unless one asks otherwise
_BACK = "it was there a moment ago: bring it back"
T = TypeVar("T")


def record(
    experiment: Experiment,
    runs: int,
    projection: Projection[T],
    *,
    first: int = 0,
    workers: Workers | None = None,
    progress: Progress | None = None,
    keeps: Keeps | None = None,
    take: Callable[[range, T], None] | None = None,
) -> tuple[Ensemble, list[T]]:
    """Run what the ledger lacks of runs 0 to `runs` - 1, seal it, and return the projections of all batches, in order.

    Only runs from `first` on are projected. Chunks are sealed as they are done: after an interruption the same call
    goes on from what is sealed. The results do not depend on the number of workers. Raise LedgerError if the ledger
    cannot be written.

    `keeps` says what is kept of all runs: their logs (full), or their outcomes, measures and digests, from which any
    log can be made again and proved. Where nobody asks, what is sealed stays as it is, and of the runs that are made
    logs are kept in ensembles of up to 20,000 runs that keep them of all.

    `take` is given each batch's runs and projection as they come, in any order; the list is then empty.
    """
    runs, first = whole_number("runs", runs, 0, RUN_LIMIT), whole_number("first", first, 0, RUN_LIMIT)
    workers = checked(workers)
    if experiment.keeps_luck:
        runs = min(runs, 1)
    ensemble = experiment.ledger.create(experiment.spec)
    asked = keeps or experiment.keeps
    keeps = asked or _as_before(ensemble, runs)
    gaps = ensemble.missing(runs, asked or "outcomes")  # nobody's ledger grows by logs that nobody asked for
    job, documents = keep(experiment, runs - first, new=bool(gaps))
    tasks = list(_tasks(experiment, ensemble, job, range(first, runs), gaps, projection, keeps))
    made: dict[int, T] = {}
    done, events = first, 0
    if progress:
        progress(done, runs, events)
    with _Sealer(ensemble, provenance(experiment, documents, job.engine)) as sealer:
        for task, segment, made_events, projected in work(tasks, workers_for(workers, runs - first, job.engine)):
            if segment is not None:
                sealer.add(segment)
                events += made_events
            if projected is not None:
                if take:
                    take(task.runs, projected)
                else:
                    made[task.runs.start] = projected
                done += len(task.runs)
            if progress:
                progress(done, runs, events)
    return ensemble, [made[start] for start in sorted(made)]


def keep(experiment: Experiment, runs: int, *, new: bool = True) -> tuple[Job, str]:
    """Make the experiment's ensemble if there is none, keep its documents there, and return what workers need.

    So many runs are to be made, or read; `new` says that some of them are not sealed yet.
    """
    ensemble = experiment.ledger.create(experiment.spec)
    texts = {
        name: faults.content(path, "it was there a moment ago: bring it back")
        for name, path in _named(experiment.case.files).items()
    }
    entry = next(iter(texts))
    if experiment.case.asked:
        asked = experiment.case.asked.encode()
        scenario = experiment.case.files[0].resolve()
        entry = str(Path(entry).with_name(f"asked-{digest(asked)[:12]}.yaml"))
        assert scenario.exists(), "the questions extend a file that was read"
        texts = {entry: asked, **texts}
    kept = keep_documents(ensemble.folder, texts, entry)
    return Job.of(experiment, kept / entry, ensemble.id, runs, new=new), kept.name


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    """A chunk of runs: to be read from the ensemble `source` if it is there, else (source "") to be simulated."""

    job: Job
    runs: range
    source: str
    projection: Projection[T]
    keeps: Keeps
    projected: bool

    def do(self, desk: Desk) -> "tuple[_Task[T], Segment | None, int, T | None]":
        opened = desk.open(self.job)
        segment, events = None, 0
        if self.source == opened.ensemble.id:
            batch = opened.sealed(self.runs, reads_logs=self.projection.reads_logs)
        else:
            batch = self._made(opened)
            events = batch.columns.events
            segment = opened.publish(batch, self.keeps)
        projected = self.projection(opened.program, opened.scenario, batch) if self.projected else None
        return self, segment, events, projected

    def _made(self, opened: Opened) -> Batch:
        """Make the runs, or ask those of another ensemble anew."""
        if not self.source:
            return opened.made(self.runs)
        asked = dict(_asked_again(opened, self.source, self.runs))
        return Batch(self.runs.start, logs=[asked.get(run) or opened.engine.run(run) for run in self.runs])


def _asked_again(opened: Opened, source: str, runs: range) -> "Iterator[tuple[int, Log | None]]":
    """Ask runs of another ensemble anew, as many as can be read: what is damaged there is simulated here."""
    with suppress(LedgerError):
        for run, log in opened.ledger.find(source).logs(runs):
            yield run, ask_again(opened.program, opened.scenario, log)


def _tasks(
    experiment: Experiment, ensemble: Ensemble, job: Job, runs: range, gaps: tuple[range, ...],
    projection: Projection[T], keeps: Keeps,
) -> Iterator[_Task[T]]:  # fmt: skip
    """Yield the chunks to do: those of the `gaps` first, which are simulated, then what is to be read."""
    pieces = [(piece, ensemble.id) for piece in without((runs,), gaps)]
    # Making runs is quicker than asking those of another ensemble, where the kernel makes them.
    for other in alike(experiment.ledger, experiment.spec) if gaps and job.engine == "reference" else ():
        if other != ensemble:
            there = without(gaps, other.missing(runs.stop, "full"))
            pieces += [(piece, other.id) for piece in there]
            gaps = without(gaps, there)
    pieces = [*((gap, "") for gap in gaps), *pieces]
    size = LARGE_CHUNK if keeps == "outcomes" and job.engine == "kernel" else None
    for piece, source in pieces:
        for part in without((piece,), (runs,)):  # before the first run that is projected: only to be sealed
            yield from (_Task(job, chunk, source, projection, keeps, projected=False) for chunk in chunks(part, size))
        wanted = range(max(piece.start, runs.start), piece.stop)
        yield from (_Task(job, chunk, source, projection, keeps, projected=True) for chunk in chunks(wanted, size))


def _as_before(ensemble: Ensemble, runs: int) -> Keeps:
    """Say what is kept of new runs where nobody asks: what is kept of those that are there."""
    manifest = ensemble.manifest()
    whole = all(segment.keeps == "full" for segment in (manifest.segments if manifest else ()))
    return "full" if whole and runs <= MOST_FULL else "outcomes"


def alike(ledger: Ledger, spec: Spec) -> Iterator[Ensemble]:
    """Yield the ensembles of a ledger that have the runs of this spec, under these or other questions."""
    for ensemble in with_key(ledger, _runs_of(spec), _runs_of):
        try:
            ensemble.manifest()
        except LedgerError:
            continue  # a damaged neighbour is no reason not to run
        yield ensemble


def _runs_of(spec: Spec) -> str:
    """Digest what a spec says of its runs: all but what is asked of them."""
    return digest(canonical({**spec, "questions": ""}))


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


def _named(files: tuple[Path, ...]) -> dict[str, Path]:
    """Name files by their paths below the folder that they share, the first file first."""
    resolved = [path.resolve() for path in files]
    base = Path(os.path.commonpath([path.parent for path in resolved]))
    return {path.relative_to(base).as_posix(): path for path in resolved}


def provenance(experiment: Experiment, documents: str, engine: str) -> dict[str, Any]:
    """Say who made runs, and from what: all that beside the documents is needed to write the spec again."""
    spec = experiment.spec
    return {
        "scenario": experiment.scenario.name,
        "documents": documents,
        "seed": spec["seed"],
        "parameters": spec["parameters"],
        "branch": spec["branch"],
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "engine": engine,
        "sim": __version__,
        "python": platform.python_version(),
    }
