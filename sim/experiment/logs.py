"""The logs of sealed runs: read where they are kept, else made again and proved by their digests."""

from collections.abc import Iterator

from sim.errors import LedgerError
from sim.experiment.jobs import WorkerContext
from sim.experiment.prepare import Experiment, reopen
from sim.experiment.record import job_of
from sim.experiment.workers import chunks
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.model.event import Log


def logs_of(ensemble: Ensemble, ledger: Ledger, runs: range) -> Iterator[tuple[int, Log]]:
    """Give logs of sealed runs, in order, each with its number. Raise LedgerError for one that comes out otherwise."""
    try:
        return ensemble.logs(runs)
    except LedgerError as error:
        if error.code != "E710":
            raise
    return _made_again(reopen(ensemble, ledger), runs)


def log_of(ensemble: Ensemble, ledger: Ledger, run: int) -> Log:
    """Give the log of one sealed run; raises as `logs_of` does."""
    return next(log for _, log in logs_of(ensemble, ledger, range(run, run + 1)))


def _made_again(experiment: Experiment, runs: range) -> Iterator[tuple[int, Log]]:
    opened = WorkerContext().open(job_of(experiment, len(runs)))
    for piece in chunks(runs):
        yield from zip(piece, opened.logs(piece), strict=True)
