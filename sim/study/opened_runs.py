"""A sealed run of the ledger, opened: its experiment, its log, and what is known of its documented past.

How a word names a run is left to `run_names`.
"""

from dataclasses import dataclass
from functools import cached_property

from sim.errors import UsageError
from sim.experiment import Experiment, log_of, reopen
from sim.experiment.pairs import Side
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import as_option
from sim.ledger.ledger import Ledger
from sim.model.event import Event, Log
from sim.model.evidence.documented import Documented, documented_in
from sim.model.outcomes import first_ending

SHOWN = 12  # characters of an ensemble's id


@dataclass(frozen=True)
class OpenedRun:
    """One sealed run of an ensemble, with the experiment that it is of and its log."""

    ensemble: Ensemble
    experiment: Experiment
    number: int
    log: Log

    @property
    def name(self) -> str:
        """How a command line calls it."""
        return f"{self.ensemble_shown}:{self.number}"

    @property
    def ensemble_shown(self) -> str:
        """The beginning of its ensemble's id."""
        return self.ensemble.id[:SHOWN]

    @property
    def side(self) -> Side:
        """It as one of two runs that are compared."""
        return self.experiment.program, self.experiment.scenario, self.log

    @cached_property
    def first_ending(self) -> Event | None:
        """Its first ending, before the branch or after it."""
        scenario = self.experiment.scenario
        return first_ending(scenario.model, (*scenario.past, *self.log))

    @cached_property
    def documented(self) -> dict[int, Documented]:
        """What is known of the documented events of its past, by their places in it."""
        return documented_in(self.experiment.scenario.past, self.experiment.case.history)


def check_one_calendar(one: OpenedRun, other: OpenedRun) -> None:
    """Raise UsageError E011 for two runs whose models count time differently: they cannot stand side by side."""
    calendars = [run.experiment.scenario.model.calendar for run in (one, other)]
    mine, theirs = ((calendar.origin, calendar.unit) for calendar in calendars)
    if mine != theirs:
        titles = " and of ".join(f"'{run.experiment.scenario.model.title}'" for run in (one, other))
        message = "the two runs count time from different moments, or in different units"
        raise UsageError("E011", message, f"they are of {titles}")


def open_run(ledger: Ledger, ensemble: str, run: int) -> OpenedRun:
    """Open a sealed run. Raise LedgerError where the ledger has no such ensemble, UsageError E708 no such run of it."""
    kept = ledger.find(ensemble)
    check_sealed(kept, run, ledger)
    log = log_of(kept, ledger, run)
    return OpenedRun(kept, reopen(kept, ledger), run, log)


def check_sealed(ensemble: Ensemble, run: int, ledger: Ledger) -> None:
    """Raise UsageError E708 for a run that is not among the sealed ones of an ensemble."""
    if run < 0 or any(run in gap for gap in ensemble.missing(run + 1)):
        note = f"see `sim list{as_option(ledger.folder)}` for how many runs it has; `sim run` makes more"
        raise UsageError("E708", f"run {run} is not in ensemble {ensemble.id[:SHOWN]}", note)
