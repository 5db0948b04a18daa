"""Stored runs made once more by an engine of one's choice, and held against the digests that were sealed."""

from dataclasses import dataclass
from random import Random

from sim.engines.protocol import Name
from sim.errors import LedgerError
from sim.experiment.jobs import EnsembleJob, WorkerContext
from sim.experiment.prepare import reopen
from sim.experiment.record import job_of
from sim.experiment.workers import Progress, work, workers_for
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Compared:
    """Which runs an engine made again, and which of them came out otherwise."""

    engine: Name
    runs: tuple[int, ...]
    different: tuple[int, ...]

    @property
    def problem(self) -> LedgerError | None:
        """What is wrong, if anything is."""
        if not self.different:
            return None
        listed = ", ".join(map(str, self.different[:10])) + (", ..." if len(self.different) > 10 else "")
        count = f"{len(self.different):,} of {len(self.runs):,} runs"
        return LedgerError("E709", f"{count} come out otherwise on the {self.engine} engine", f"runs {listed}")


def compare_with(
    ensemble: Ensemble, ledger: Ledger, engine: Name, count: int, *, workers: int | None = None,
    progress: Progress | None = None,
) -> Compared:  # fmt: skip
    """Make `count` sealed runs again, or all, always the same. Raise LedgerError if the ensemble cannot be read."""
    manifest = ensemble.manifest()
    sealed = [run for piece in (manifest.runs if manifest else ()) for run in piece]
    chosen = sorted(Random(ensemble.id).sample(sealed, min(count, len(sealed))))  # noqa: S311 - a sample, no secret
    job = job_of(reopen(ensemble, ledger).with_settings(engine=engine), len(chosen))
    tasks = [_Again(job, tuple(chosen[index : index + 25])) for index in range(0, len(chosen), 25)]
    different: list[int] = []
    done = 0
    for task, found in work(tasks, workers_for(workers, len(chosen), engine)):
        different += found
        done += len(task.runs)
        if progress:
            progress(done, len(chosen))
    return Compared(engine, tuple(chosen), tuple(sorted(different)))


@dataclass(frozen=True, slots=True)
class _Again:
    """A few runs to be made again."""

    job: EnsembleJob
    runs: tuple[int, ...]

    def do(self, context: WorkerContext) -> "tuple[_Again, list[int]]":
        opened = context.open(self.job)
        found = []
        for run in self.runs:
            made = opened.ensemble.digests_of(opened.made(range(run, run + 1)))
            if made != opened.ensemble.run_digests(range(run, run + 1)):
                found.append(run)
        return self, found
