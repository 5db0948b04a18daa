"""Watches a run for broken checks: a projection over its events, so that any log can be watched.

Owns what each kind of claim means for a sequence of events. `simulated` and `reach` judge the claims about many runs: a
probability, a trend, what can be reached.
"""

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, assert_never

from sim.build.checks import NO_FAILURE
from sim.errors import RunError
from sim.language.expressions.tree import Expression, Value, reads
from sim.model.checks import (
    Always,
    ByEvents,
    ChangedOnlyBy,
    Check,
    Happened,
    HoldsAfter,
    HoldsBefore,
    LeadsTo,
    Never,
    NeverFalls,
    NeverLowers,
    NeverRaises,
    NeverRises,
    NoFailure,
    OfStates,
    OfValues,
    Reachable,
    UnchangedBy,
)
from sim.model.event import Event
from sim.model.evolve import carry, evolve, initial
from sim.model.expression import Evaluate, Fault, Frame, compiled
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, assume, moments, parameters_of, shown_value, state_of

SURE = 1.0
OF_RUN = ("state", "times", "reached")  # what events change


@dataclass(frozen=True, slots=True)
class Breach:
    """A check broken by an event, or by the state before any event (`event` None). `why` says it in words."""

    check: str
    event: Event | None
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A check of a condition, or of a value that some events must not change, compiled; `slots` are those it reads."""

    check: Check
    statement: OfStates | OfValues
    expression: Expression
    evaluate: Evaluate
    slots: frozenset[int]


@dataclass(frozen=True, slots=True)
class HappenedClaim:
    """A check of what must have happened before; `counters` count that, by event types."""

    check: Check
    on: tuple[str, ...]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LeadsToClaim:
    """A check of what leads to what, compiled. It `begins` with one of some events, or when a condition turns true."""

    check: Check
    begins: tuple[str, ...] | Evaluate
    evaluate: Evaluate
    within: float


def by_events(check: Check) -> bool:
    """Return whether one run alone can break a check, event by event."""
    if isinstance(check.statement, LeadsTo):
        return check.statement.probability == SURE
    return isinstance(check.statement, ByEvents)


class Watchers:
    """The compiled event-by-event checks of one program: make it once, then `Watch` any number of runs."""

    def __init__(self, program: Program, checks: Iterable[Check]) -> None:
        self.program = program
        self.slots = dict(program.slots)
        self.width = program.width
        for scope, names in (("times", program.model.events), ("reached", program.model.outcomes)):
            for name in names:
                self.slots[scope, name] = self.width
                self.width += 1
        self.claims: list[Claim | HappenedClaim | LeadsToClaim] = []
        self.probable: list[LeadsToClaim] = []  # those that need not always lead to it: only many runs tell
        for check in checks:
            self._add(check)

    def _add(self, check: Check) -> None:
        """Compile a check, if runs can break it one by one, or with a probability."""
        statement = check.statement
        if isinstance(statement, OfStates | OfValues):
            (read,) = check.expressions()
            read_here = {self.slots[scope, name] for scope in OF_RUN for name in reads(read.tree, scope)}
            slots = frozenset(read_here | {TIME for scope in ("time", "last") if reads(read.tree, scope)})
            claim = Claim(check=check, statement=statement, expression=read, evaluate=self._compiled(read), slots=slots)
            self.claims.append(claim)
        elif isinstance(statement, Happened):
            counters = {name: self.slots["times", name] for name in statement.events}
            self.claims.append(HappenedClaim(check, statement.on, counters))
        elif isinstance(statement, LeadsTo):
            begins = statement.begins
            starts = self._compiled(begins) if isinstance(begins, Expression) else begins
            leads = LeadsToClaim(check, starts, self._compiled(statement.condition), statement.within)
            (self.claims if statement.probability == SURE else self.probable).append(leads)
        elif not isinstance(statement, NeverLowers | NeverRaises | Reachable | NoFailure):
            assert_never(statement)

    def _compiled(self, expression: Expression) -> Evaluate:
        return compiled(expression.tree, self.slots)

    def values(self, expression: Expression, frame: Frame) -> str:
        """Write what an expression reads in a frame: `tension = 0.4, troops = entered`."""
        calendar, state, parts = self.program.model.calendar, state_of(self.program, frame), []
        for scope in (*OF_RUN, "parameter", "mark"):
            for name in sorted(reads(expression.tree, scope)):
                value = state[name] if scope == "state" else frame[self.slots[scope, name]]
                words = {"times": f"times({name})", "reached": f"reached({name})"}
                parts.append(f"{words.get(scope, name)} = {_short(value)}")
        if reads(expression.tree, "time"):
            parts.append(f"time = {calendar.moment(frame[TIME])}")
        for name in sorted(reads(expression.tree, "last")):
            last = frame[self.slots["last", name]]
            ago = f"since({name}) = {calendar.length(frame[TIME] - last)}"
            parts.append(ago if last > -math.inf else f"{name} has not happened")
        return ", ".join(parts)


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class Watch:
    """Follows one run from before its first event; `breaches` are the first of each check, in order.

    `parameters` are those of the run's past: its start brings those that hold from then on.
    """

    def __init__(self, watchers: Watchers, parameters: tuple[Value, ...]) -> None:
        self.watchers = watchers
        self.breaches: dict[str, Breach] = {}
        self.due: dict[str, float] = {}  # until when what a `leads_to` waits for must have come
        program = watchers.program
        self.frame: Frame = []
        try:
            self.frame = initial(program, parameters)
        except RunError as error:
            self._break(NO_FAILURE, None, f"error {error.code}: {error.message}")
            return
        self.frame += [0] * len(program.model.events) + [False] * len(program.model.outcomes)
        self._look(None, None)

    def copy(self) -> "Watch":
        """Return one that has seen what this one has, and watches by itself."""
        other = copy(self)
        other.breaches, other.due, other.frame = dict(self.breaches), dict(self.due), list(self.frame)
        return other

    def follow(self, event: Event) -> None:
        """Follow the next event."""
        if self.frame:
            for _ in moments(self.watchers.program, self.frame, event):
                pass
        for name, due in self.due.items():
            if event.time > due:
                self._break(name, event, f"it had not come by {self.watchers.program.model.calendar.moment(due)}")
        if event.kind == "outcome":
            before = list(self.frame)
            slot = self.watchers.slots["reached", event.type]
            self.frame[slot] = True
            self._claims({slot}, event, before)
        elif event.kind == "failed":
            self._break(NO_FAILURE, event, f"error {event.type}: {event.note}")
        elif event.kind == "started" and self.frame:
            self._assume(event)
        elif event.kind in CHANGING and self.frame:
            self._change(event)

    def _assume(self, event: Event) -> None:
        """Set the parameters that a run begins with, and check the conditions again if they differ."""
        before = list(self.frame)
        assume(self.watchers.program, self.frame, parameters_of(self.watchers.program, (event,)))
        if before != self.frame:
            self.frame[TIME] = event.time
            self._look(event, before)

    def _look(self, event: Event | None, before: Frame | None) -> None:
        """Look at a state that nothing has brought: the first, or one with other parameters than `before`."""
        for claim in self.watchers.claims:
            if isinstance(claim, LeadsToClaim):
                began = before is not None and self.began(claim, event, before)
                self._wait_for(claim, event, began=began)
            elif isinstance(claim, Claim) and isinstance(claim.statement, Always | Never):
                self._condition(claim, event, self.frame)

    def _change(self, event: Event) -> None:
        program, frame = self.watchers.program, self.frame
        before = list(frame)
        before[TIME] = event.time
        carry(program, before, event.type, event.marks)
        try:
            changed = {TIME, *program.motion.variables, *evolve(program, frame, event.type, event.marks, event.time)}
        except RunError as error:
            self._break(NO_FAILURE, event, f"error {error.code}: {error.message}")
            return
        counter = self.watchers.slots["times", event.type]
        frame[counter] += 1
        changed.add(counter)
        self._claims(changed, event, before)

    def _claims(self, changed: set[int], event: Event, before: Frame) -> None:
        """Look at every claim after an event, or an outcome, that changed these slots."""
        for claim in self.watchers.claims:
            if claim.check.name in self.breaches:
                continue
            if isinstance(claim, LeadsToClaim):
                self._wait_for(claim, event, began=self.began(claim, event, before))
            elif isinstance(claim, Claim):
                self._follow(claim, changed, event, before)
            elif _is_one(event, claim.on):
                self._happened(claim, event, before)
        for claim in self.watchers.claims:
            if isinstance(claim, Claim) and isinstance(claim.statement, Always | Never) and claim.slots & changed:
                self._condition(claim, event, self.frame)

    def _follow(self, claim: Claim, changed: set[int], event: Event, before: Frame) -> None:
        """Look at a claim after an event; a condition of every state is looked at when all others have been."""
        match claim.statement:
            case HoldsBefore(on=on) if _is_one(event, on):
                self._condition(claim, event, before)
            case HoldsAfter(on=on) if _is_one(event, on):
                self._condition(claim, event, self.frame)
            case UnchangedBy(on=on) if claim.slots & changed and _is_one(event, on):
                self._compare(claim, event, before)
            case ChangedOnlyBy(on=on) if claim.slots & changed and not _is_one(event, on):
                self._compare(claim, event, before)
            case NeverFalls() | NeverRises() if claim.slots & changed:
                self._compare(claim, event, before)
            case Always() | Never() | HoldsBefore() | HoldsAfter():
                pass
            case UnchangedBy() | ChangedOnlyBy() | NeverFalls() | NeverRises():
                pass
            case _:
                assert_never(claim.statement)

    def _condition(self, claim: Claim, event: Event | None, frame: Frame) -> None:
        holds = self.value(claim, event, frame, claim.evaluate)
        if holds is not None and bool(holds) == isinstance(claim.statement, Never):
            self._break(claim.check.name, event, self.watchers.values(claim.expression, frame))

    def _wait_for(self, claim: LeadsToClaim, event: Event | None, *, began: bool) -> None:
        """Begin to wait where a `leads_to` begins, and stop where what it leads to is true; `began` already before."""
        name = claim.check.name
        if self.value(claim, event, self.frame, claim.evaluate):
            self.due.pop(name, None)
        elif self.begins(claim, event, began=began):
            self.due.setdefault(name, self.frame[TIME] + claim.within)

    def began(self, claim: LeadsToClaim, event: Event | None, before: Frame) -> bool:
        """Return whether the condition with which a `leads_to` begins was true before an event."""
        return callable(claim.begins) and bool(self.value(claim, event, before, claim.begins))

    def begins(self, claim: LeadsToClaim, event: Event | None, *, began: bool) -> bool:
        """Return whether a `leads_to` begins with the event just followed; `began`: what begins it was true before."""
        if not callable(claim.begins):
            return event is not None and _is_one(event, claim.begins)
        return not began and bool(self.value(claim, event, self.frame, claim.begins))

    def _happened(self, claim: HappenedClaim, event: Event, before: Frame) -> None:
        missing = [name for name, counter in claim.counters.items() if not before[counter]]
        if missing:
            self._break(claim.check.name, event, f"{', '.join(missing)} had not happened")

    def _compare(self, claim: Claim, event: Event, before: Frame) -> None:
        old = self.value(claim, event, before, claim.evaluate)
        new = self.value(claim, event, self.frame, claim.evaluate)
        if old is None or new is None or old == new:
            return
        rises = isinstance(claim.statement, NeverFalls) and new > old
        falls = isinstance(claim.statement, NeverRises) and new < old
        if not rises and not falls:
            one, other = (_short(shown_value(claim.expression.type, value)) for value in (old, new))
            self._break(claim.check.name, event, f"{claim.expression.text} goes from {one} to {other}")

    def value(self, claim: Claim | LeadsToClaim, event: Event | None, frame: Frame, evaluate: Evaluate) -> Any:
        """Return the value of a part of a check. Where there is none, the check is broken."""
        try:
            return evaluate(frame)
        except Fault as fault:
            self._break(claim.check.name, event, f"it has no value: {fault}")
            return None

    def _break(self, check: str, event: Event | None, why: str) -> None:
        self.breaches.setdefault(check, Breach(check, event, why))


def _is_one(event: Event, types: tuple[str, ...]) -> bool:
    return event.type in types and event.kind != "outcome"


def watch(watchers: Watchers, parameters: tuple[Value, ...], events: Iterable[Event]) -> Mapping[str, Breach]:
    """Return the first breach of each check in a whole run: its past and its log, one after the other."""
    following = Watch(watchers, parameters)
    for event in events:
        following.follow(event)
    return following.breaches
