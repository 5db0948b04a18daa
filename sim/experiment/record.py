"""Recording an experiment: what the ledger lacks is simulated and sealed, what it has is read, all is projected.

Runs of an ensemble that differs in nothing but its questions are not simulated again: their logs are reevaluated.
"""

import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from sim import __version__
from sim.errors import LedgerError, SimError, UsageError
from sim.experiment.jobs import EnsembleJob, WorkerContext
from sim.experiment.limits import Limit, Stopped, memory_for, refuse_as_before
from sim.experiment.prepare import Experiment
from sim.experiment.projection import Projection
from sim.experiment.workers import LARGE_CHUNK, Progress, Workers, checked, chunks, size_for, work, workers_for
from sim.language.arguments import RUN_LIMIT, whole_number
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import parts_below
from sim.ledger.files.stored import StorePath
from sim.ledger.index import with_key
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment, without
from sim.ledger.segments.schema import Retention
from sim.ledger.spec import Spec, canonical, digest
from sim.ledger.stored_documents import keep_documents

SECONDS_BETWEEN_SEALS = 3.0
LOST = {"E613", "E614"}  # a worker died
MOST_FULL = 20_000  # runs of an ensemble whose logs are kept unless one asks otherwise
T = TypeVar("T")


def record(
    experiment: Experiment,
    runs: int,
    projection: Projection[T],
    *,
    first: int = 0,
    workers: Workers | None = None,
    progress: Progress | None = None,
    take: Callable[[range, T], None] | None = None,
) -> tuple[Ensemble, list[T]]:
    """Run what the ledger lacks of runs 0 to `runs` - 1, seal it, and return the projections of all pieces, in order.

    Only runs from `first` on are projected. `take` is given each piece's runs and projection as they come, in any
    order; the list is then empty. Chunks are sealed as they are done: after an interruption the same call goes on.
    Where the settings name no `retention`, what is sealed stays as it is, and of the runs that are made logs are kept
    in ensembles of up to 20,000 runs that keep them of all.

    Raise LedgerError if the ledger cannot be written; RunError E612 where the first runs were all stopped at the limit
    of events, unless they are wanted `despite_failures`; SimError E616 where memory does not do.
    """
    runs, first = whole_number("runs", runs, 0, RUN_LIMIT), whole_number("first", first, 0, RUN_LIMIT)
    workers = checked(workers)
    if experiment.same_streams:
        runs = min(runs, 1)
    ensemble = experiment.created()
    wanted = experiment.settings.retention
    retention = wanted or _retention_as_before(ensemble, runs)
    gaps = ensemble.missing(runs, wanted or "outcomes")  # nobody's ledger grows by logs that nobody asked for
    if gaps:
        refuse_as_before(experiment, ensemble)
    new = bool(gaps) or (projection.reads_logs and any(gap.stop > first for gap in ensemble.missing(runs, "full")))
    asked_anew = bool(gaps) and any(other != ensemble for other in alike(experiment.ledger, experiment.spec))
    job = job_of(experiment, runs - first, new=new, tried=not asked_anew)
    job = replace(job, settings=replace(job.settings, retention=retention))
    chosen = workers_for(workers, runs - first, job.engine)
    tasks = list(_work_items(experiment, job, range(first, runs), gaps, projection, chosen))
    made: dict[int, T] = {}
    done, events = first, 0
    if progress:
        progress(done, runs, events)
    limit, context = Limit(experiment), WorkerContext([job] if gaps else [])
    lost, memory = _reporting_what_is_sealed(ensemble, runs, retention), memory_for(ensemble.id, range(first, runs))
    with lost, memory, _Sealer(ensemble, provenance(experiment, job.documents, job.engine)) as sealer:
        while tasks:
            left: list[_RunsItem[T]] = []
            limit.watch(task.runs.start for task in tasks if not task.source)
            for piece in work(tasks, chosen, context=context):
                if piece.segment is not None:
                    sealer.add(piece.segment)
                    events += piece.events
                if piece.projected is not None:
                    if take:
                        take(piece.runs, piece.projected)
                    else:
                        made[piece.runs.start] = piece.projected
                    done += len(piece.runs)
                if progress:
                    progress(done, runs, events)
                limit.look(piece.runs, piece.stopped)
                left += piece.left
            tasks = left
    return ensemble, [made[start] for start in sorted(made)]


def job_of(experiment: Experiment, runs: int, *, new: bool = True, tried: bool = True) -> EnsembleJob:
    """Make the experiment's ensemble if there is none, keep its documents there, and return `EnsembleJob.of` it."""
    documents, *_ = parts_below(keep_case(experiment), experiment.ensemble.folder / "documents")
    return EnsembleJob.of(experiment, documents, runs, new=new, tried=tried)


def keep_case(experiment: Experiment) -> StorePath:
    """Make the experiment's ensemble if there is none, and return where its scenario is kept among its documents."""
    ensemble = experiment.created()
    texts = _named(experiment.case.files)
    entry = next(iter(texts))
    if experiment.case.extension:
        extension = experiment.case.extension.encode()
        entry = str(Path(entry).with_name(f"asked-{digest(extension)[:12]}.yaml"))
        texts = {entry: extension, **texts}
    return keep_documents(ensemble.folder, texts, entry) / entry


@dataclass(frozen=True, slots=True)
class _RunsItem(Generic[T]):
    """A chunk of runs: to be read from the ensemble `source` if it is there, else (source "") to be simulated."""

    job: EnsembleJob
    runs: range
    source: str
    projection: Projection[T]
    projected: bool

    def do(self, context: WorkerContext) -> "_Piece[T]":
        """Do the first of the runs, as many as may be held at once, and say what is left to do."""
        with memory_for(self.job.ensemble, self.runs):
            opened = context.open(self.job)
            retention, reads_logs = self.job.settings.retention or "full", self.projection.reads_logs
            segment, events, stopped, digests = None, 0, Stopped(), None
            if self.source == opened.ensemble.id:
                table = opened.sealed(self.runs, reads_logs=reads_logs)
            else:
                if self.source:
                    table = opened.reevaluated(self.source, self.runs)
                elif retention == "outcomes" and not (self.projected and reads_logs):
                    table, digests, stopped = opened.made_for_outcomes(self.runs)
                else:
                    table = opened.made(self.runs)
                    stopped = Stopped.of(table)
                events = int(table.sizes.sum())
                segment = opened.publish(table, retention, digests=digests)
            projected = self.projection(opened.program, opened.scenario, table) if self.projected else None
        # What is left is cut by what was done: tasks of half as many runs are as a rule done in one piece.
        done = table.runs
        rest = chunks(range(done.stop, self.runs.stop), max(1, len(done) // 2))
        left = [replace(self, runs=chunk) for chunk in rest]
        return _Piece(runs=done, segment=segment, events=events, projected=projected, stopped=stopped, left=left)


@dataclass(frozen=True, slots=True)
class _Piece(Generic[T]):
    """What came of a task: runs that were made and published, or read; what they come to; and the tasks left."""

    runs: range
    segment: Segment | None
    events: int
    projected: T | None
    stopped: Stopped
    left: list[_RunsItem[T]]


def _work_items(
    experiment: Experiment, job: EnsembleJob, runs: range, gaps: tuple[range, ...], projection: Projection[T],
    workers: Workers,
) -> Iterator[_RunsItem[T]]:  # fmt: skip
    """Yield the chunks to do: those of the `gaps` first, which are simulated, then what is to be read."""
    pieces = [(piece, job.ensemble) for piece in without((runs,), gaps)]
    # Making runs is quicker than asking those of another ensemble, where the kernel makes them.
    for other in alike(experiment.ledger, experiment.spec) if gaps and job.engine == "reference" else ():
        if other.id != job.ensemble:
            there = without(gaps, other.missing(runs.stop, "full"))
            pieces += [(piece, other.id) for piece in there]
            gaps = without(gaps, there)
    pieces = [*((gap, "") for gap in gaps), *pieces]
    large = LARGE_CHUNK if job.settings.retention == "outcomes" and job.engine == "kernel" else None
    size = size_for(workers, len(runs), large)
    for piece, source in pieces:
        # What is before the first run that is projected is only to be sealed.
        parts = [(part, False) for part in without((piece,), (runs,))]
        for part, projected in (*parts, (range(max(piece.start, runs.start), piece.stop), True)):
            for chunk in chunks(part, size):
                yield _RunsItem(job=job, runs=chunk, source=source, projection=projection, projected=projected)


def _retention_as_before(ensemble: Ensemble, runs: int) -> Retention:
    """Return the retention of new runs where none is asked for: that of the runs that are there."""
    manifest = ensemble.manifest()
    whole = all(segment.retention == "full" for segment in (manifest.segments if manifest else ()))
    return "full" if whole and runs <= MOST_FULL else "outcomes"


def alike(ledger: Ledger, spec: Spec) -> Iterator[Ensemble]:
    """Yield the ensembles of a ledger that have the runs of this spec, under these or other questions."""
    for ensemble in with_key(ledger, _runs_of(spec), _runs_of):
        try:
            ensemble.manifest()
        except LedgerError:
            continue  # a damaged ensemble does not stop another
        yield ensemble


def _runs_of(spec: Spec) -> str:
    """Digest what a spec says of its runs: all but what is asked of them."""
    return digest(canonical({**spec, "questions": ""}))


@contextmanager
def _reporting_what_is_sealed(ensemble: Ensemble, runs: int, retention: Retention) -> Iterator[None]:
    """Where a worker died, let the error say how many runs are sealed."""
    try:
        yield
    except SimError as error:
        if error.code in LOST:
            missing = sum(len(gap) for gap in ensemble.missing(runs, retention))
            stands = f"{runs - missing:,} of {runs:,} runs are sealed, and the same command goes on from there"
            error.notes = (*error.notes, stands)
        raise


class _Sealer:
    """Seals segments a few seconds apart, since a manifest lists them all, and at the end, however that comes."""

    open = 0  # how many there are at work in this process

    def __init__(self, ensemble: Ensemble, provenance: dict[str, Any]) -> None:
        self.ensemble = ensemble
        self.provenance = provenance
        self.waiting: list[Segment] = []
        self.sealed = -SECONDS_BETWEEN_SEALS
        self.pause = SECONDS_BETWEEN_SEALS

    def __enter__(self) -> Self:
        _Sealer.open += 1
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.seal()
        except KeyboardInterrupt:  # after one interruption, published runs are still sealed; after two they are not
            self.seal()
            raise
        finally:
            _Sealer.open -= 1

    def add(self, segment: Segment) -> None:
        self.waiting.append(segment)
        if time.monotonic() - self.sealed >= self.pause:
            self.seal()

    def seal(self) -> None:
        start = time.monotonic()
        if self.waiting:
            self.ensemble.seal(self.waiting, self.provenance)
            self.waiting = []
        self.sealed = time.monotonic()
        # The digest of ten million runs takes a second; meanwhile nobody hands out work.
        self.pause = max(SECONDS_BETWEEN_SEALS, 10 * (self.sealed - start))


def is_sealing() -> bool:
    """Return whether runs are being recorded in this process, so that what is done is sealed before it ends."""
    return _Sealer.open > 0


def _named(files: Mapping[Path, bytes]) -> dict[str, bytes]:
    """Return files' contents by their paths below the folder that they share. Raise UsageError E028."""
    resolved = {path.resolve(): content for path, content in files.items()}
    base = Path(os.path.commonpath([path.parent for path in resolved]))
    named = {path.relative_to(base).as_posix(): content for path, content in resolved.items()}
    for name in named:
        if any("\ud800" <= letter <= "\udfff" for letter in name):
            note = "give the file a name in UTF-8, or name a locale that has its letters, such as LC_ALL=C.UTF-8"
            raise UsageError("E028", f"the file name '{name}' is not text here", note)
    return named


def provenance(experiment: Experiment, documents: str, engine: str) -> dict[str, Any]:
    """Return who made runs, and from what: all that is needed, beside the documents, to write the spec again."""
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
