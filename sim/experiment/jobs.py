"""What a process needs to make or read the runs of an experiment: the job that names them, and that opened.

A job is plain values, and travels to any process; who hands it out is `workers`' business.
"""

import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial

from sim.engines.choice import MANY, TRIED, chosen, engine, ready
from sim.engines.engine import ENOUGH, Engine, Name
from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError
from sim.experiment.errand import Errand
from sim.experiment.golden import check_machine
from sim.experiment.prepare import Experiment, Origin, prepare
from sim.ledger.documents import readable
from sim.ledger.files import faults
from sim.ledger.files.faults import disagreeing
from sim.ledger.files.stored import Place
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Segment
from sim.ledger.segments.digest import SIZE, run_digests
from sim.ledger.segments.schema import Keeps
from sim.model.asked import ask_again
from sim.model.event import LIMIT_OF_EVENTS, Log
from sim.model.event_table import EventTable, joined, until_enough
from sim.model.meaning import measured
from sim.model.measures import measured_table, measures_of
from sim.model.program import compile_model

MOST_OPENED = 4  # experiments that a process keeps opened: each takes some 30 MB


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process needs to know to open an experiment: plain values, and paths that hold in any folder."""

    entry: Place
    ledger: Place
    ensemble: str
    seed: int
    central: bool
    runs_per_draw: int
    origin: Origin | None
    engine: Name
    thorough: bool = False
    strict: bool = False  # no other engine where this one cannot be used: it was asked for by name

    @staticmethod
    def of(
        experiment: Experiment, entry: Place, ensemble: str, runs: int, *, new: bool = True, tried: bool = True
    ) -> "Job":
        """Return the job of making so many runs of an experiment whose documents are kept at `entry`.

        `new` says that some of them must be made, for what is kept of them will not do; `tried`, that one may be made
        to see how long that takes.
        Where the kernel is to make them, its code is made here, once for all processes. Raise UsageError E021 where it
        cannot be used and was asked for by name.
        """
        model = experiment.scenario.model
        name = chosen(experiment.engine, model, runs, partial(_goes_on, experiment) if new and tried else None)
        thorough, strict = runs >= MANY, experiment.engine != "auto"
        if new:
            name = Errand(partial(ready, name, model, thorough=thorough, strict=strict)).take()
        return Job(
            entry.absolute(), experiment.ledger.folder.absolute(), ensemble, experiment.seed, experiment.central,
            experiment.runs_per_draw, experiment.origin, name, thorough, strict,
        )  # fmt: skip


def _goes_on(experiment: Experiment) -> bool:
    """Make the first events of a run on the reference engine, and say whether it has more."""
    engine = ReferenceEngine(
        compile_model(experiment.scenario.model), experiment.scenario, experiment.seed, central=experiment.central,
        most_events=TRIED,
    )  # fmt: skip
    return engine.run(0)[-1].note == LIMIT_OF_EVENTS


class Opened:
    """An experiment opened in this process: its scenario, program, engine and ensemble.

    The engine is loaded when a run is to be made: often what is kept will do.
    Raises LedgerError E711 where this process does not see the ensemble: it is on another machine.
    """

    def __init__(self, job: Job) -> None:
        _check_seen(job)
        self.ledger = Ledger(job.ledger)
        self.ensemble = self.ledger.ensemble(job.ensemble)
        experiment = prepare(
            readable(self.ensemble.folder, job.entry), job.ledger, seed=job.seed, central=job.central,
            runs_per_draw=job.runs_per_draw, origin=job.origin, shown=job.entry.name,
        )  # fmt: skip
        self.scenario = experiment.scenario
        self.program = compile_model(self.scenario.model)
        self._job = job

    @cached_property
    def engine(self) -> Engine:
        """The engine that makes the runs here. Raises SimError E609 on a machine that makes others."""
        job = self._job
        made = engine(
            job.engine, self.program, self.scenario, job.seed, central=job.central, runs_per_draw=job.runs_per_draw,
            thorough=job.thorough, strict=job.strict,
        )  # fmt: skip
        check_machine(made.name)
        return made

    def sealed(self, runs: range, *, reads_logs: bool) -> EventTable:
        """Return the first of some sealed runs, as many as `made` would: read, or made again and proved by their
        digests where what is kept does not do. They are measured unless their logs are read.
        """
        if not reads_logs and (kept := self._until_enough(self._kept(runs))):
            return joined(kept)
        if (reads_logs or self._job.engine == "reference") and self.ensemble.keeps_logs(runs):
            table = joined(self._until_enough(self.ensemble.tables(runs)))
            if reads_logs:
                return table
            return replace(table, measures=measures_of(self.program, self.scenario, table.logs()))
        table = self.made(runs)
        known = self.ensemble.run_digests(table.runs)
        for place, digest in enumerate(run_digests(table)):
            if digest != known[SIZE * place : SIZE * (place + 1)]:
                raise disagreeing(runs[place], "the ledger", f"what the {self._job.engine} engine makes of it")
        return table

    def logs(self, runs: range) -> Iterator[Log]:
        """Give the logs of sealed runs, in order; no more of them are held at once than `sealed` returns."""
        while runs:
            table = self.sealed(runs, reads_logs=True)
            runs = range(table.runs.stop, runs.stop)
            yield from table.logs()

    def _kept(self, runs: range) -> Iterator[EventTable]:
        """Read the first of some runs as far as outcomes and these measures are kept of them."""
        for kept in self.ensemble.kept(runs, measured(self.scenario.model)):
            if kept.first != runs.start:
                break
            runs = range(kept.runs.stop, runs.stop)
            yield kept

    def _until_enough(self, tables: Iterable[EventTable]) -> list[EventTable]:
        return until_enough(tables, ENOUGH, len(self.scenario.model.measures))

    def publish(self, table: EventTable, keeps: Keeps, *, over: bool = False) -> Segment:
        """Put runs on disk: their logs, or their outcomes and measures; `over` what is known to be damaged."""
        if keeps == "full":
            return self.ensemble.publish(table, over=over)
        return self.ensemble.publish_outcomes(table, measured(self.scenario.model), over=over)

    def made(self, runs: range, *, whole: bool = False) -> EventTable:
        """Make the first of some runs, up to the one with which they have `ENOUGH` events, marks and measures.

        With `whole`, make all of them.
        """
        return self.engine.make(runs, enough=sys.maxsize if whole else ENOUGH)

    def asked(self, source: str, runs: range) -> EventTable:
        """Ask the first of some runs of another ensemble anew, as many as `made` would make.

        What is damaged there, or cannot be asked, is made here.
        """
        return joined(self._until_enough(self._asked(source, runs)))

    def _asked(self, source: str, runs: range) -> Iterator[EventTable]:
        there = self._there(source, runs)
        for run in runs:
            log = next(there, None)
            yield (
                self.made(range(run, run + 1)) if log is None else measured_table(self.program, self.scenario, run, log)
            )

    def _there(self, source: str, runs: range) -> "Iterator[Log | None]":
        with suppress(LedgerError):
            for _, log in self.ledger.find(source).logs(runs):
                yield ask_again(self.program, self.scenario, log)


def _check_seen(job: Job) -> None:
    ensemble = Ledger(job.ledger).ensemble(job.ensemble)
    if not faults.stands(ensemble.folder / "spec.json"):
        raise LedgerError(
            "E711",
            f"the worker on {socket.gethostname()} does not see ensemble {job.ensemble[:12]} in {job.ledger}",
            "expected a folder that all workers share, under this very path, or an object store",
        )


class Desk:
    """Where one process works: the experiments that it has opened."""

    def __init__(self) -> None:
        self._opened: dict[Job, Opened] = {}

    def open(self, job: Job) -> Opened:
        opened = self._opened.pop(job, None) or Opened(job)
        self._opened[job] = opened  # the one that was used last is the last
        while len(self._opened) > MOST_OPENED:
            del self._opened[next(iter(self._opened))]
        return opened
