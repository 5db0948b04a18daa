"""A run of the ledger made again to be explained, and the event of it that is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.build.history import Documented, History
from sim.errors import UsageError
from sim.experiment.logs import log_of
from sim.experiment.prepare import reopen
from sim.ledger.files.faults import otherwise
from sim.ledger.files.paths import as_option
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger

if TYPE_CHECKING:
    from sim.explain.followed_run import FollowedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedEvent:
    """A run that was followed: its ensemble's id, the place of the event that is asked about, the case's history."""

    ensemble: str
    run: "FollowedRun"
    place: int
    history: History | None


def followed(asked: str, run: int | None, event: int | None, ledger: StorePath) -> FollowedEvent:
    """Make a run of an ensemble again and follow it.

    `asked` is an ensemble's id or the beginning of it, alone or as ENSEMBLE:RUN or ENSEMBLE:RUN:EVENT; without an event
    it is about the run's last one. Raise UsageError E801 for a run or an event that is not given, given twice or no
    number, E708 for a run that the ledger has not, E803 for an event that the run has not, LedgerError if the run comes
    out otherwise than it is kept.
    """
    from sim.explain.followed_run import FollowedRun

    ensemble, *numbers = asked.split(":")
    run, event = _number("run", numbers[:1], run), _number("event", numbers[1:2], event)
    if run is None or len(numbers) > 2:
        raise UsageError("E801", "which run is not given" if run is None else f"'{asked}' has too many parts",
                         "expected an ensemble and a run, such as 3f9a --run 17 or 3f9a:17")  # fmt: skip
    opened = Ledger(ledger)
    kept = opened.find(ensemble)
    if any(run in gap for gap in kept.missing(run + 1)):
        note = f"see `sim list{as_option(ledger)}` for how many runs it has"
        raise UsageError("E708", f"run {run} is not in ensemble {kept.id[:12]}", note)
    log = log_of(kept, opened, run)
    experiment = reopen(kept, opened)
    made = FollowedRun.of(experiment, run)
    if made.log != log:
        raise otherwise(kept.folder, range(run, run + 1))
    if event is not None and event >= len(log):
        raise UsageError("E803", f"run {run} has no event {event}", f"expected an event from 0 to {len(log) - 1}",
                         f"to see them: sim log {kept.id[:12]} --run {run}{as_option(ledger)}")  # fmt: skip
    place = made.place(len(log) - 1 if event is None else event)
    return FollowedEvent(ensemble=kept.id, run=made, place=place, history=experiment.case.history)


def _number(what: str, written: list[str], given: int | None) -> int | None:
    if not written:
        return given
    if given is not None:
        raise UsageError("E801", f"the {what} is given twice: {written[0]} and --{what} {given}")
    if not (written[0].isdecimal() and written[0].isascii()):
        raise UsageError("E801", f"the {what} '{written[0]}' is not a number", "expected a number from 0 on")
    return int(written[0])


def documented_places(run: "FollowedRun", history: History | None) -> Mapping[int, Documented]:
    """Return what is known about the documented events of a run's past, by their places."""
    places = [place for place, event in enumerate(run.scenario.past) if event.kind == "documented"]
    return dict(zip(places, history.documented, strict=False)) if history else {}
