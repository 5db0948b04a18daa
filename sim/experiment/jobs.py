"""What a process needs to make or read an experiment's runs: the job, which `workers` hands out, and that opened."""

import socket
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib import import_module
from typing import TypeAlias

from sim.engines.choice import MANY, TRIED, chosen, engine, ready
from sim.engines.protocol import ENOUGH, Engine, Name
from sim.errors import LedgerError
from sim.experiment.background import Background
from sim.experiment.golden import check_machine
from sim.experiment.limits import Stopped
from sim.experiment.prepare import Experiment, spec_for
from sim.experiment.settings import RunSettings
from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment
from sim.ledger.segments.digest import SIZE, TAG, events_of
from sim.ledger.segments.schema import FORMAT, FORMATS, Retention
from sim.ledger.spec import digest, spec_content
from sim.model.canonical import measured
from sim.model.event import LIMIT_OF_EVENTS, Log
from sim.model.event_table import EventTable, joined, until_enough
from sim.model.measures import measured_table, measures_of
from sim.model.program import compile_model
from sim.model.reevaluate import reevaluate
from sim.model.scenario import Scenario

WORTH_LOADING = 1 << 16  # events for whose digests it is worth the milliseconds that loading compiled code takes
MOST_OPENED = 4  # experiments that a process keeps opened: each takes some 30 MB
TABLES = 8  # of half of `ENOUGH`, after which the outcomes of their runs go into one segment


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleJob:
    """All that a process needs to make or read runs: their scenario, and a path that holds in any folder.

    `documents` names the set that the scenario was built from; with the ensemble's id it tells jobs apart. `engine` is
    the one that is used, `thorough` says that its code is worth more time.
    """

    ledger: StorePath
    ensemble: str
    documents: str
    settings: RunSettings
    engine: Name
    thorough: bool = False
    scenario: Scenario = field(compare=False, repr=False)

    @staticmethod
    def of(experiment: Experiment, documents: str, runs: int, *, new: bool = True, tried: bool = True) -> "EnsembleJob":
        """Return the job of making so many runs of an experiment whose documents are kept as `documents`.

        `new` says that some of them must be made, for what is kept of them will not do; `tried`, that one may be made
        to see how long that takes. The kernel's code is made here, once for all processes. Raise UsageError E021 where
        it cannot be used and was asked for by name.
        """
        model, wanted, thorough = experiment.scenario.model, experiment.settings.engine, runs >= MANY
        name = chosen(wanted, model, runs, partial(_goes_on, experiment) if new and tried else None)
        if new:
            name = Background(partial(ready, name, model, thorough=thorough, strict=wanted != "auto")).take()
        return EnsembleJob(
            ledger=experiment.ledger.folder.absolute(),
            ensemble=experiment.ensemble.id,
            documents=documents,
            settings=experiment.settings,
            engine=name,
            thorough=thorough,
            scenario=experiment.scenario,
        )

    @property
    def key(self) -> "Key":
        """What tells it from other jobs, without its scenario."""
        return self.ledger, self.ensemble, self.documents, self.settings, self.engine, self.thorough

    def check(self) -> None:
        """Raise LedgerError E703 unless the scenario, as it is here, means what the ensemble's id says."""
        spec = spec_for(self.scenario, self.settings)
        if self.ensemble not in {digest(spec_content(spec, form)) for form in FORMATS}:
            which = f"the id of ensemble {self.ensemble[:12]}"
            message = f"the scenario that this worker was sent does not mean what {which} says"
            raise LedgerError("E703", message, "let driver and workers have the same sim")


Key: TypeAlias = tuple[StorePath, str, str, RunSettings, Name, bool]


def _goes_on(experiment: Experiment) -> bool:
    """Make the first events of a run on the reference engine, and return whether it has more."""
    from sim.engines.reference import ReferenceEngine

    settings = experiment.settings
    engine = ReferenceEngine(
        experiment.program, experiment.scenario, settings.seed, central=settings.central, most_events=TRIED
    )
    return engine.run(0)[-1].note == LIMIT_OF_EVENTS


class LoadedEnsemble:
    """An experiment opened in this process. Raise LedgerError E711 where it does not see the ensemble."""

    def __init__(self, job: EnsembleJob) -> None:
        self.ledger = Ledger(job.ledger)
        self.ensemble = self.ledger.ensemble(job.ensemble)
        if not faults.stands(self.ensemble.folder / "spec.json"):
            who = f"the worker on {socket.gethostname()}"
            remedy = "expected a folder that all workers share, under this very path, or an object store"
            raise LedgerError("E711", f"{who} does not see ensemble {job.ensemble[:12]} in {job.ledger}", remedy)
        self.scenario = job.scenario
        self.program = compile_model(self.scenario.model)
        self._job = job
        self._events = 0  # that were digested here

    @cached_property
    def engine(self) -> Engine:
        """The engine that makes the runs here. Raise SimError E609 on a machine that makes others."""
        job, settings = self._job, self._job.settings
        made = engine(
            job.engine, self.program, self.scenario, settings.seed, central=settings.central,
            runs_per_draw=settings.runs_per_draw, thorough=job.thorough, strict=settings.engine != "auto",
        )  # fmt: skip
        check_machine(made.name)
        return made

    def sealed(self, runs: range, *, reads_logs: bool) -> EventTable:
        """Return the first of some sealed runs, as many as `made` would: read, or made again and proved by their
        digests where what is kept does not do. They are measured unless their logs are read.
        """
        if not reads_logs and (kept := self._until_enough(self._kept(runs))):
            return joined(kept)
        if (reads_logs or self._job.engine == "reference") and self.ensemble.retains_logs(runs):
            table = joined(self._until_enough(self.ensemble.tables(runs)))
            if reads_logs:
                return table
            return replace(table, measures=measures_of(self.program, self.scenario, table.logs()))
        table = self.made(runs)
        known, found = self.ensemble.run_digests(table.runs), self._digests(table)
        for index in range(len(table.runs) if found != known else 0):
            if found[SIZE * index : SIZE * (index + 1)] != known[SIZE * index : SIZE * (index + 1)]:
                raise faults.otherwise(self.ensemble.folder, range(runs[index], runs[index] + 1))
        return table

    def logs(self, runs: range, only: Container[int] | None = None) -> Iterator[Log]:
        """Give the logs of sealed runs, or of `only` some, in order; no more are held at once than `sealed` returns."""
        while runs:
            table = self.sealed(runs, reads_logs=True)
            runs = range(table.runs.stop, runs.stop)
            if only is None:
                yield from table.logs()
            else:
                for place in (place for place, run in enumerate(table.runs) if run in only):
                    yield from table.piece(place, place + 1).logs()

    def _kept(self, runs: range) -> Iterator[EventTable]:
        """Read the first of some runs as far as outcomes and these measures are kept of them."""
        for kept in self.ensemble.kept(runs, measured(self.scenario.model)):
            if kept.first != runs.start:
                break
            runs = range(kept.runs.stop, runs.stop)
            yield kept

    def _until_enough(self, tables: Iterable[EventTable]) -> list[EventTable]:
        return until_enough(tables, ENOUGH, len(self.scenario.model.measures))

    def publish(
        self, table: EventTable, retention: Retention, *, digests: bytes | None = None, over: bool = False
    ) -> Segment:
        """Put runs on disk: their logs, or their outcomes and measures; `over` what is known to be damaged.

        `digests` are those of the whole runs, where the table has only the rows that are kept with outcomes.
        """
        digests = self._digests(table) if digests is None else digests
        if retention == "full":
            return self.ensemble.publish(table, digests, over=over)
        return self.ensemble.publish_outcomes(table, measured(self.scenario.model), digests, over=over)

    def _digests(self, table: EventTable) -> bytes:
        """Digest whole runs, by compiled code where there is the kernel's and they are many.

        The first of them is held against hashlib's, which decides.
        """
        self._events += table.rows
        if self._job.engine == "kernel" and self.ensemble.form == FORMAT and self._events >= WORTH_LOADING:
            from sim.engines.kernel.run_hashes import run_hashes

            found = run_hashes(table, TAG, events_of(table.categories))
            if found and found[:SIZE] == self.ensemble.digests_of(table.part(0, 1)):
                return found
        return self.ensemble.digests_of(table)

    def made(self, runs: range, *, whole: bool = False) -> EventTable:
        """Make runs: `whole`, or up to the one with which they have `ENOUGH` events, marks and measures."""
        return self.engine.make(runs, enough=sys.maxsize if whole else ENOUGH)

    def made_for_outcomes(self, runs: range) -> tuple[EventTable, bytes, Stopped]:
        """Make runs a table at a time, and keep of each table only the rows that stay where outcomes are kept.

        These are as many runs as fill `TABLES`, which are small so that each is made in the memory of the one before.
        Return also the digests of the whole runs, and which of them were stopped.
        """
        enough = max(1, ENOUGH // 2)
        found, digests, stopped, left = list[EventTable](), bytearray(), Stopped(), TABLES * enough
        while runs and left > 0:
            table = self.engine.make(runs, enough=min(enough, left))
            assert table.measures is not None, "engines measure their runs"
            found.append(replace(table.outcomes, measures=table.measures.copy()))
            digests += self._digests(table)
            stopped = stopped.and_of(table)
            left -= table.values
            runs = range(table.runs.stop, runs.stop)
            del table  # of which nothing is a view any more, so that the engine writes there again
        return joined(found), bytes(digests), stopped

    def reevaluated(self, source: str, runs: range) -> EventTable:
        """Reevaluate as many runs of another ensemble as `made` would make; make those that cannot be asked."""
        return joined(self._until_enough(self._reevaluated(source, runs)))

    def _reevaluated(self, source: str, runs: range) -> Iterator[EventTable]:
        there = self._there(source, runs)
        for run in runs:
            if log := next(there, None):
                yield measured_table(self.program, self.scenario, run, log)
            else:
                yield self.made(range(run, run + 1))

    def _there(self, source: str, runs: range) -> "Iterator[Log | None]":
        with suppress(LedgerError):
            for _, log in self.ledger.find(source).logs(runs):
                yield reevaluate(self.program, self.scenario, log)


class WorkerContext:
    """What a worker keeps between work items: the ensembles that it has loaded. It is likely to make runs of `jobs`."""

    def __init__(self, jobs: Sequence[EnsembleJob] = ()) -> None:
        self.jobs = jobs[:MOST_OPENED]
        self._opened: dict[EnsembleJob, LoadedEnsemble] = {}

    def open_all(self) -> None:
        """Open all jobs with their engines, for processes that begin as copies of this one. Raise what `open` does."""
        for job in self.jobs:
            _ = self.open(job).engine
            import_module("sim.ledger.segments.laying_out")  # and with it Arrow, to write with

    def open(self, job: EnsembleJob) -> LoadedEnsemble:
        opened = self._opened.pop(job, None) or LoadedEnsemble(job)
        self._opened[job] = opened  # the one that was used last is the last
        while len(self._opened) > MOST_OPENED:
            del self._opened[next(iter(self._opened))]
        return opened
