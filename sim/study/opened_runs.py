"""Which run of the ledger a word names, `ENSEMBLE:RUN`, opened: its experiment and its log."""

from dataclasses import dataclass
from functools import cached_property

from sim.build.history import Documented
from sim.errors import UsageError
from sim.experiment import Experiment, log_of, reopen
from sim.experiment.pairs import Side
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import as_option
from sim.ledger.ledger import Ledger
from sim.model.event import Event, Log
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
        """What is known of the documented events of its past, by their sequence."""
        history = self.experiment.case.history
        if history is None:
            return {}
        past = [event.sequence for event in self.experiment.scenario.past if event.kind == "documented"]
        return dict(zip(past, history.documented, strict=False))


def check_one_calendar(one: OpenedRun, other: OpenedRun) -> None:
    """Raise UsageError E011 for two runs whose models count time differently: they cannot stand side by side."""
    calendars = [run.experiment.scenario.model.calendar for run in (one, other)]
    mine, theirs = ((calendar.origin, calendar.unit) for calendar in calendars)
    if mine != theirs:
        titles = " and of ".join(f"'{run.experiment.scenario.model.title}'" for run in (one, other))
        message = "the two runs count time from different moments, or in different units"
        raise UsageError("E011", message, f"they are of {titles}")


def run_named(text: str, run: int | None) -> tuple[str, int]:
    """Return the ensemble and the run that `ENSEMBLE:RUN` names, or `ENSEMBLE` and the number of a run beside it.

    Raise UsageError E003 for a text that names no run, E013 for two numbers.
    """
    ensemble, colon, number = text.partition(":")
    if not colon:
        if run is None:
            raise UsageError("E003", f"'{text}' names no run", f"expected a run's number: {text}:17, or --run 17")
        return ensemble, run
    if not (ensemble and number.isascii() and number.isdigit()):
        raise UsageError("E003", f"'{text}' names no run", "expected ENSEMBLE:RUN, such as 3f9a:17")
    if run is not None:
        raise UsageError("E013", f"'{text}' names a run already", "leave --run out, or the number behind the colon")
    return ensemble, int(number)


def open_run(ledger: Ledger, ensemble: str, run: int) -> OpenedRun:
    """Open a sealed run. Raise LedgerError where the ledger has no such ensemble, UsageError E708 no such run of it."""
    kept = ledger.find(ensemble)
    if any(run in gap for gap in kept.missing(run + 1)):
        note = f"see `sim list{as_option(ledger.folder)}` for how many runs it has"
        raise UsageError("E708", f"run {run} is not in ensemble {kept.id[:SHOWN]}", note)
    log = log_of(kept, ledger, run)
    return OpenedRun(kept, reopen(kept, ledger), run, log)
