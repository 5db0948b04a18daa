"""Why something did not happen in a run: a rule that did not fire, an event that did not come, an outcome that did not.

A rule was never enabled after the branch, or its clock ran and was stopped, or the run was over first; or it fired and
chose another event. An outcome's event did not come, its condition never held, or not in time, or not while it had to.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.explain.because import DrawnChoice
from sim.explain.followed_run import PASSING, FollowedRun, Stretch
from sim.explain.lacks import Lacks, Nearest
from sim.explain.part_values import PartValues
from sim.explain.reasons import Reasons
from sim.explain.rules_off import Off, rules_off
from sim.model.event import HORIZON
from sim.model.expression import TIME
from sim.model.model import FirstTime, LawClock, Rate, Rule
from sim.model.replay import CHANGING

How: TypeAlias = Literal["disabled", "never enabled", "not awaited", "stopped", "outraced", "pending", "chose another"]
OutcomeHow: TypeAlias = Literal[
    "over first", "event did not come", "never held", "too late", "not safe", "an ending came", "ended otherwise"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A stretch in which a rule's clock ran in vain after the branch, from `since` until `until`.

    `chance` is the share of draws with which it would have fired by then, all else being the same; None where nothing
    is drawn. `missed_by` is how much later it would have fired had it gone on as it was; None: not at all.
    """

    stretch: Stretch
    since: float
    until: float
    chance: float | None
    missed_by: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfired:
    """Why a rule did not fire, or did not emit an event.

    `nearest` is about its guard, where it never held for long enough to start the clock; of a rule that waits for
    events, and for which some came, only as these left the state: `awaited` are their places. `off` says when the
    scenario did not let it fire, if only for a time. `lost` are the stretches in which its clock ran. `chosen` are the
    places at which it fired, each with its choice, and `chance` the share of draws with which its clock would have come
    in one of the stretches, None where it never ran or nothing is drawn.
    """

    rule: str
    how: How
    nearest: Nearest | None = None
    lost: tuple[Lost, ...] = ()
    chosen: tuple[tuple[int, DrawnChoice | None], ...] = ()
    chance: float | None = None
    off: tuple[Off, ...] = ()
    awaited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Why an outcome did not come true. `events` says why those did not come that it waits for; of one whose condition
    never held, those that alone could have changed what it lacked.

    `failed` is the place of the event that broke what had to hold until then, where that is why.
    """

    outcome: str
    how: OutcomeHow
    nearest: Nearest | None = None
    events: tuple[tuple[str, tuple[Unfired, ...]], ...] = ()
    failed: int | None = None


class WhyNot:
    """Say of one run why things did not happen in it after the branch."""

    def __init__(self, run: FollowedRun) -> None:
        self.run = run
        self.values = PartValues(run.program)
        self.lacks = Lacks(run, self.values)
        self.reasons = Reasons(run)
        self.off = rules_off(run)

    def rule(self, name: str, event: str = "") -> Unfired:
        """Return why a rule did not fire; with an `event`, why it did not emit that one."""
        fired = [place for place in range(self.run.branch, len(self.run.events)) if self.run.events[place].rule == name
                 and self.run.events[place].kind == "fired"]  # fmt: skip
        lost = tuple(self._lost(stretch) for stretch in self.run.stretches_of(name) if self._in_vain(stretch))
        chance, off = _joined(lost), self.off.get(name, ())
        if fired and event:
            chosen = tuple((place, self.reasons.of(place).choice) for place in fired)
            return Unfired(rule=name, how="chose another", lost=lost, chosen=chosen, chance=chance, off=off)
        if not lost:
            return self._never_enabled(name, off)
        last = lost[-1].stretch
        over = self.run.log[-1]
        how: How = "stopped" if last.how != "over" else "pending" if over.note == HORIZON else "outraced"
        return Unfired(rule=name, how=how, lost=lost, chance=chance, off=off)

    def _in_vain(self, stretch: Stretch) -> bool:
        """Return whether a clock ran after the branch without firing: one that the branch itself stopped did not."""
        after = stretch.until > self.run.scenario.start if stretch.ended == PASSING else stretch.ended > self.run.branch
        return stretch.how != "fired" and after

    def _never_enabled(self, name: str, off: tuple[Off, ...]) -> Unfired:
        if off and off[0] == (self.run.branch, None):
            return Unfired(rule=name, how="disabled")
        rule = self.run.program.model.rules[name]
        awaited = {place for place in range(self.run.branch, len(self.run.events)) if self._is_awaited(rule, place)}

        def allowed(place: int, time: float) -> bool:
            now = not awaited or (place in awaited and time == self.run.events[place].time)
            return now and not any(since <= place and (until is None or place < until) for since, until in off)

        nearest = self.lacks.nearest(rule.guard, allowed)
        if nearest is None and off:
            return Unfired(rule=name, how="disabled", off=off)
        held = nearest is not None and not nearest.lacks
        how: How = "not awaited" if held else "never enabled"
        return Unfired(rule=name, how=how, nearest=nearest, off=off, awaited=tuple(sorted(awaited)))

    def _is_awaited(self, rule: Rule, place: int) -> bool:
        event = self.run.events[place]
        return event.kind in CHANGING and event.type in rule.on

    def _lost(self, stretch: Stretch) -> Lost:
        clock, start = stretch.clock, self.run.scenario.start
        chance = None
        if isinstance(clock.program.clock, Rate | LawClock) and clock.threshold is not None:
            draw = self.run.threshold(stretch.rule, stretch.occurrence)
            known = clock.threshold - draw  # what had accumulated when it was drawn
            chance = -math.expm1(-max(0.0, clock.accumulated(stretch.until) - known))
        missed = clock.due - stretch.until if math.isfinite(clock.due) else None
        return Lost(
            stretch=stretch, since=max(stretch.since, start), until=stretch.until, chance=chance,
            missed_by=missed,
        )  # fmt: skip

    def event(self, name: str) -> tuple[Unfired, ...]:
        """Return why an event did not come, for each rule that emits it, in order of names."""
        rules = self.run.program.model.rules
        emitting = (rule for rule in rules.values() if any(emission.event == name for emission in rule.emissions))
        return tuple(self.rule(rule.name, name) for rule in emitting)

    def outcome(self, name: str) -> Unreached:
        """Return why an outcome did not come true."""
        outcome = self.run.program.model.outcomes[name]
        first = outcome.comes
        if not isinstance(first, FirstTime):
            over = self.run.log[-1].note != HORIZON
            return Unreached(outcome=name, how="over first" if over else "an ending came")
        heard = {place for place in range(self.run.branch, len(self.run.events))
                 if self.run.events[place].kind in CHANGING and self.run.events[place].type in first.on}  # fmt: skip
        if first.on and not heard:
            events = tuple((event, self.event(event)) for event in first.on)
            return Unreached(outcome=name, how="event did not come", events=events)
        latest = self._latest(first)

        def allowed(place: int, time: float) -> bool:
            return time <= latest and (not heard or (place in heard and time == self.run.events[place].time))

        nearest = None if first.when is None else self.lacks.nearest(first.when, allowed)
        broken = self._broken(first, latest)
        if broken is not None:
            return Unreached(outcome=name, how="not safe", nearest=nearest, failed=broken)
        needed = tuple((event, self.event(event)) for event in _alone(nearest) if not self._heard([event]))
        held = first.when is None or self.lacks.held(first.when)
        if first.ends_run and nearest is not None and not nearest.lacks and self.run.log[-1].kind == "ended":
            return Unreached(outcome=name, how="ended otherwise", nearest=nearest)
        if held:
            return Unreached(outcome=name, how="too late", nearest=nearest)
        return Unreached(outcome=name, how="never held", nearest=nearest, events=needed)

    def _heard(self, events: Iterable[str]) -> bool:
        return any(event.type in events for event in self.run.log)

    def _latest(self, first: FirstTime) -> float:
        """Return the last time at which an outcome counts; inf where it always does."""
        lineage = self.run.scenario.lineage
        begun = lineage.begun if lineage else self.run.scenario.start
        within = math.inf if first.within is None else begun + first.within
        return min(within, math.inf if first.by is None else first.by)

    def _broken(self, first: FirstTime, latest: float) -> int | None:
        """Return the place of the event after which what must hold until an outcome comes did not hold, if any."""
        if first.safe is None:
            return None
        tree = first.safe.tree
        return next((place for place, frame in self.lacks.looks
                     if frame[TIME] <= latest and self.values.value(tree, frame) is not True), None)  # fmt: skip


def _alone(nearest: Nearest | None) -> Iterator[str]:
    """Yield each event type that alone could have changed what a condition lacked, once."""
    lacks = nearest.lacks if nearest else ()
    writers = [{event for remedy in lack.remedies for event in remedy.written_by} for lack in lacks]
    yield from sorted(set().union(*(found for found in writers if len(found) == 1)))


def _joined(lost: Iterable[Lost]) -> float | None:
    """Return the share of draws with which a rule's clock would have come in one of its stretches.

    Each occurrence has a draw of its own. Stretches of one occurrence, whose rule remembers, have the same draw: it
    would have come in one of them if it had by the end of the one in which most had accumulated.
    """
    known: dict[int, float] = {}
    for one in lost:
        if one.chance is not None:
            known[one.stretch.occurrence] = max(one.chance, known.get(one.stretch.occurrence, 0.0))
    return 1.0 - math.prod(1.0 - chance for chance in known.values()) if known else None


def happened(run: FollowedRun, name: str) -> Iterator[int]:
    """Yield the places after the branch at which an outcome of this name came; else an event; else a rule fired.

    Only one of these is meant: an outcome where an event type or a rule has the same name, and so on.
    """
    for place in range(run.branch, len(run.events)):
        event = run.events[place]
        if name in run.program.model.outcomes:
            came = event.kind == "outcome" and event.type == name
        elif name in run.program.model.events:
            came = event.kind in CHANGING and event.type == name
        else:
            came = event.kind == "fired" and event.rule == name
        if came:
            yield place


def came_before(run: FollowedRun, outcome: str) -> float | None:
    """Return when an outcome came true in the run that a branch goes on from; None if it did not."""
    past = (event.time for event in run.events[: run.branch] if event.kind == "outcome" and event.type == outcome)
    return next(past, None)
