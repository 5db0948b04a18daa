"""One occurrence: what happened, when, by which rule. A run's log is a tuple of these and nothing else."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["started", "documented", "fired", "scheduled", "changed", "outcome", "ended", "failed"]

Log: TypeAlias = "tuple[Event, ...]"

# Kinds of the events that are kept where logs are not: how a run began, which outcomes came true, and how it ended.
KEPT: frozenset[Kind] = frozenset({"started", "outcome", "ended", "failed"})

RUN_STARTED = "run_started"
RUN_ENDED = "run_ended"
ASSUMPTIONS_CHANGED = "assumptions_changed"
HORIZON = "horizon"
LIMIT_OF_EVENTS = "limit of events"  # no name of an outcome has spaces


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence of an event type, or a mark of the run's own life. Past tense, never changed.

    A run's log begins with `started` (type `run_started`; its marks are the values of all parameters, in
    order of their names, and after them what those had been that the scenario replaces at the branch). It
    goes on with `fired` (by a rule), `scheduled` (by a timetable), `outcome` and `changed` events
    (type `assumptions_changed`: the scenario's change number `occurrence`; its marks are the values that all
    parameters have from then on, in order of their names), and closes with
    `ended` (type `run_ended`, note: the outcome that ended it, `horizon`, or `limit of events` for a run that
    was stopped before its end) or `failed` (type: the error's code, note: its message). `documented` events
    come from a history and stand before the branch, never in a stored log.

    `time` is in the model's unit since the model's origin. `marks` stand in order of their names; a bool or
    an int is stored as a float. `occurrence` counts how many times the rule's clock was started, from 0.
    """

    sequence: int
    time: float
    kind: Kind
    type: str
    rule: str = ""
    faction: str = ""
    occurrence: int = 0
    marks: tuple[float, ...] = ()
    note: str = ""


def is_whole(log: Log) -> bool:
    """Return whether a complete run was followed to its end: it did not fail, nor stop at the limit of events."""
    return log[-1].kind == "ended" and log[-1].note != LIMIT_OF_EVENTS
