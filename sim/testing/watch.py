"""Watches a run for broken checks: a projection over its events, so that any log can be watched.

Owns what each kind of claim means for a sequence of events. `simulated` and `reach` judge the claims about many runs: a
probability, a trend, what can be reached.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.build.checks import NO_FAILURE
from sim.errors import RunError
from sim.language.expressions.tree import Expression, Value, reads
from sim.model.event import Event
from sim.model.evolve import carry, evolve, initial
from sim.model.expression import Evaluate, Fault, Frame, compiled
from sim.model.model import Check
from sim.model.program import TIME, Program
from sim.model.replay import CHANGING, assume, parameters_of, shown_value

# The claims that one run alone can break, event by event; `leads_to` only where it has no probability.
EVENT_BY_EVENT = frozenset(
    {"always", "never", "holds_after", "holds_before", "happened", "never_falls", "never_rises", "unchanged_by",
     "changed_only_by", "leads_to"}
)  # fmt: skip
SURE = 1.0


@dataclass(frozen=True, slots=True)
class Breach:
    """A check broken by an event, or by the state before any event (`event` None). `why` says it in words."""

    check: str
    event: Event | None
    why: str


@dataclass(frozen=True)
class Claim:
    """A check, compiled."""

    check: Check
    evaluate: Evaluate | None
    slots: frozenset[int]
    on: frozenset[str]
    when: Evaluate | None = None


def by_events(check: Check) -> bool:
    """Return whether one run alone can break a check."""
    return check.kind in EVENT_BY_EVENT and check.probability == SURE


class Watchers:
    """The compiled event-by-event checks of one program: make it once, then `Watch` any number of runs."""

    def __init__(self, program: Program, checks: Iterable[Check]) -> None:
        self.program = program
        self.slots = dict(program.slots)
        self.width = program.width
        for name in program.model.events:
            self._place("times", name)
        for name in program.model.outcomes:
            self._place("reached", name)
        self.claims = [self.claim(check) for check in checks if by_events(check)]

    def _place(self, scope: str, name: str) -> None:
        self.slots[scope, name] = self.width
        self.width += 1

    def compile(self, expression: Expression) -> Evaluate:
        """Return the function of a watched frame that gives the expression's value."""
        return compiled(expression.tree, self.slots)

    def slots_of(self, expression: Expression) -> frozenset[int]:
        """Return the slots of a watched frame that an expression reads, parameters apart."""
        scopes = ("state", "times", "reached")
        return frozenset(self.slots[scope, name] for scope in scopes for name in reads(expression.tree, scope))

    def claim(self, check: Check) -> Claim:
        """Compile a check."""
        if check.expression is None:
            return Claim(check, None, frozenset(), frozenset(check.on))
        when = self.compile(check.when) if check.when is not None else None
        return Claim(check, self.compile(check.expression), self.slots_of(check.expression), frozenset(check.on), when)

    def values(self, expression: Expression, frame: Frame) -> str:
        """Write what an expression reads in a frame: `tension = 0.4, troops = entered`."""
        parts = []
        for scope in ("state", "times", "reached", "parameter", "mark"):
            for name in sorted(reads(expression.tree, scope)):
                value = frame[self.slots[scope, name]]
                if scope == "state":
                    value = shown_value(self.program.model.variables[name].type, value)
                words = {"times": f"times({name})", "reached": f"reached({name})"}
                parts.append(f"{words.get(scope, name)} = {_short(value)}")
        if reads(expression.tree, "time"):
            parts.append(f"time = {self.program.model.clockwork.moment(frame[TIME])}")
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
        for claim in watchers.claims:
            if claim.check.kind in ("always", "never"):
                self._condition(claim, None)
            elif claim.check.kind == "leads_to":
                self._wait_for(claim, None, began=False)

    def follow(self, event: Event) -> None:
        """Follow the next event."""
        for name, due in self.due.items():
            if event.time > due:
                self._break(name, event, f"it had not come by {self.watchers.program.model.clockwork.moment(due)}")
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
        if before == self.frame:
            return
        self.frame[TIME] = event.time
        for claim in self.watchers.claims:
            if claim.check.kind in ("always", "never"):
                self._condition(claim, event)
            elif claim.check.kind == "leads_to":
                began = claim.when is not None and bool(self.value(claim, event, before, claim.when))
                self._wait_for(claim, event, began=began)

    def _change(self, event: Event) -> None:
        program, frame = self.watchers.program, self.frame
        before = list(frame)
        before[TIME] = event.time
        carry(program, before, event.type, event.marks)
        try:
            changed = set(evolve(program, frame, event.type, event.marks, event.time))
        except RunError as error:
            self._break(NO_FAILURE, event, f"error {error.code}: {error.message}")
            return
        counter = self.watchers.slots["times", event.type]
        frame[counter] += 1
        changed.add(counter)
        self._claims(changed, event, before)

    def _claims(self, changed: set[int], event: Event, before: Frame) -> None:
        """Look at every claim after an event, or an outcome, that changed these slots."""
        frame = self.frame
        for claim in self.watchers.claims:
            kind = claim.check.kind
            if claim.check.name in self.breaches:
                continue
            if kind in ("holds_before", "holds_after"):
                if event.type in claim.on and event.kind != "outcome":
                    self._condition(claim, event, before if kind == "holds_before" else frame)
            elif kind == "happened":
                if event.type in claim.on and event.kind != "outcome":
                    self._happened(claim, event, before)
            elif kind == "leads_to":
                began = claim.when is not None and bool(self.value(claim, event, before, claim.when))
                self._wait_for(claim, event, began=began)
            elif kind not in ("always", "never") and claim.slots & changed:
                self._compare(claim, event, before)
        self._states(changed, event)

    def _states(self, changed: set[int], event: Event) -> None:
        for claim in self.watchers.claims:
            if claim.check.kind in ("always", "never") and claim.slots & changed:
                self._condition(claim, event)

    def _condition(self, claim: Claim, event: Event | None, frame: Frame | None = None) -> None:
        at = self.frame if frame is None else frame
        holds = self.value(claim, event, at)
        if holds is None or bool(holds) == (claim.check.kind != "never"):
            return
        assert claim.check.expression is not None, "a condition is an expression"
        self._break(claim.check.name, event, self.watchers.values(claim.check.expression, at))

    def _wait_for(self, claim: Claim, event: Event | None, *, began: bool) -> None:
        """Begin to wait where a `leads_to` begins, and stop where what it leads to is true; `began` already before."""
        name = claim.check.name
        if self.value(claim, event, self.frame):
            self.due.pop(name, None)
            return
        if self.begins(claim, event, began=began):
            self.due.setdefault(name, self.frame[TIME] + claim.check.within)

    def begins(self, claim: Claim, event: Event | None, *, began: bool) -> bool:
        """Return whether a `leads_to` begins with the event just followed; `began`: what begins it was true before."""
        if claim.when is None:
            return event is not None and event.kind != "outcome" and event.type in claim.on
        return not began and bool(self.value(claim, event, self.frame, claim.when))

    def _happened(self, claim: Claim, event: Event, before: Frame) -> None:
        missing = [name for name in claim.check.names if not before[self.watchers.slots["times", name]]]
        if missing:
            self._break(claim.check.name, event, f"{', '.join(missing)} had not happened")

    def _compare(self, claim: Claim, event: Event, before: Frame) -> None:
        kind = claim.check.kind
        named = event.type in claim.on and event.kind != "outcome"
        if (kind == "unchanged_by") != named and kind in ("unchanged_by", "changed_only_by"):
            return
        old, new = self.value(claim, event, before), self.value(claim, event, self.frame)
        if old is None or new is None or old == new:
            return
        if (kind == "never_falls" and new > old) or (kind == "never_rises" and new < old):
            return
        assert claim.check.expression is not None, "a value is an expression"
        text, kind_of = claim.check.expression.text, claim.check.expression.type
        self._break(claim.check.name, event, f"{text} goes from {_short(shown_value(kind_of, old))} to "
                                             f"{_short(shown_value(kind_of, new))}")  # fmt: skip

    def value(self, claim: Claim, event: Event | None, frame: Frame, evaluate: Evaluate | None = None) -> Any:
        """Return the value of a check's expression, or of another part of it. Where there is none, it is broken."""
        evaluate = evaluate or claim.evaluate
        assert evaluate is not None, "this claim has an expression"
        try:
            return evaluate(frame)
        except Fault as fault:
            self._break(claim.check.name, event, f"it has no value: {fault}")
            return None

    def _break(self, check: str, event: Event | None, why: str) -> None:
        self.breaches.setdefault(check, Breach(check, event, why))


def watch(watchers: Watchers, parameters: tuple[Value, ...], events: Iterable[Event]) -> Mapping[str, Breach]:
    """Return the first breach of each check in a whole run: its past and its log, one after the other."""
    following = Watch(watchers, parameters)
    for event in events:
        following.follow(event)
    return following.breaches
