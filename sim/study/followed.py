"""A run of the ledger made again to be explained, and the event of it that is asked about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import UsageError
from sim.ledger.files.faults import otherwise
from sim.ledger.files.paths import as_option
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.study.opened_runs import OpenedRun, open_run
from sim.study.run_names import event_named

if TYPE_CHECKING:
    from sim.explain.followed_run import FollowedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedEvent:
    """A sealed run (`opened`), the same as it was followed, and the place of the event that is asked about."""

    opened: OpenedRun
    run: "FollowedRun"
    place: int


def followed(asked: str, run: int | None, event: int | None, ledger: StorePath) -> FollowedEvent:
    """Make a run of an ensemble again and follow it.

    `asked` is an ensemble's id or the beginning of it, alone or as ENSEMBLE:RUN or ENSEMBLE:RUN:EVENT; without an event
    it is about the run's last one. Raise UsageError E003 for a text that names no run, E013 for a number that is given
    twice, E708 for a run that the ledger has not, E803 for an event that the run has not, LedgerError if the run comes
    out otherwise than it is kept.
    """
    from sim.explain.followed_run import FollowedRun

    ensemble, run, event = event_named(asked, run, event)
    opened = open_run(Ledger(ledger), ensemble, run)
    made = FollowedRun.of(opened.experiment, run)
    if made.log != opened.log:
        raise otherwise(opened.ensemble.folder, range(run, run + 1))
    last = len(opened.log) - 1
    if event is not None and event > last:
        raise UsageError("E803", f"run {run} has no event {event}", f"expected an event from 0 to {last}",
                         f"to see them: sim log {opened.ensemble_shown} --run {run}{as_option(ledger)}")  # fmt: skip
    return FollowedEvent(opened=opened, run=made, place=made.place(last if event is None else event))
