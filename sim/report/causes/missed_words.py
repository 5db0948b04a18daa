"""Why something did not happen in a run, as lines of text and as JSON-ready data.

Owns the words. What stood in the way is found by `sim.explain.why_not`.
"""

import math
from collections.abc import Iterator
from typing import Any

from sim.explain.lacks import Lack, Nearest, Remedy
from sim.explain.why_not import Lost, Unfired, Unreached
from sim.language.counts import counted
from sim.language.expressions.types import Real
from sim.model.evidence.basis import Basis
from sim.model.model import FirstTime
from sim.report.bases import written_basis
from sim.report.causes.causal_trees import Naming
from sim.report.cited_sources import CitedSource, cited_sources
from sim.statistics.estimates import percent

INSET = "  "
MOST_WRITERS = 6  # event types that are named of those that may write a variable


class MissedWords:
    """Writes what `WhyNot` finds in one run."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self.run = naming.run
        self.model = naming.model
        self.calendar = naming.model.calendar
        self._remedies: dict[str, None] = {}
        self._explained = {event.type for event in self.run.log}
        self._bases: list[Basis] = []

    @property
    def open(self) -> list[str]:
        """The titles of events that the lines name as a remedy, that did not come, and that no line explains."""
        return [self.model.events[event].title for event in self._remedies if event not in self._explained]

    def cited(self) -> list[CitedSource]:
        """Return the documents that the bases of the rules in the lines cite."""
        return cited_sources((self.model.sources, self._bases))

    def outcome(self, found: Unreached) -> Iterator[str]:
        """Yield the lines about an outcome that did not come true."""
        outcome = self.model.outcomes[found.outcome]
        yield f"{outcome.title}: the outcome {found.outcome} did not come true"
        yield from (INSET + line for line in self._outcome(found))
        for event, rules in found.events:
            yield ""
            yield from self.event(event, rules)

    def _outcome(self, found: Unreached) -> Iterator[str]:
        first = self.model.outcomes[found.outcome].comes
        over = f"the run was over on {self.moment(self.run.log[-1].time)}: {self.naming.what(len(self.run.events) - 1)}"
        match found.how:
            case "over first":
                yield f"it comes true at the horizon, and {over}"
            case "an ending came":
                yield "it comes true at the horizon if no ending has come before, and one had come"
            case "event did not come":
                named = " or ".join(self.model.events[event].title for event, _ in found.events)
                yield f"it comes true with an event that did not come: {named}"
            case "not safe" if found.failed is not None:
                safe = first.safe.text if isinstance(first, FirstTime) and first.safe else ""
                yield f"until it comes true `{safe}` must hold, and did not with {self.naming.called(found.failed)}"
            case "ended otherwise":
                yield f"its condition held, and {over}, which came true at the same time: a run ends once"
            case "too late":
                yield "its condition held, but not when it counted: not within its time, or not with its event"
            case _:
                yield f"its condition never held; {over}"
        if found.nearest is not None and found.nearest.lacks:
            yield from self._nearest(found.nearest)

    def event(self, name: str, found: tuple[Unfired, ...]) -> Iterator[str]:
        """Yield the lines about an event that did not come, for each rule that might have emitted it."""
        self._explained.add(name)
        yield f"{self.model.events[name].title}: the event {name} did not come"
        if not found:
            yield f"{INSET}no rule emits it: it comes from a history or a timetable"
        for rule in found:
            yield from (INSET + line for line in self.rule(rule, name))

    def rule(self, found: Unfired, event: str = "") -> Iterator[str]:
        """Yield the lines about a rule that did not fire, or that did not emit an event."""
        rule = self.model.rules[found.rule]
        self._bases += rule.basis
        bases = "; ".join(written_basis(basis) for basis in rule.basis) or "no basis given"
        yield f"{rule.title}: rule {found.rule}, {self.model.factions[rule.faction]} [{bases}]"
        yield from (INSET + line for line in self._rule(found, event))

    def _rule(self, found: Unfired, event: str) -> Iterator[str]:
        rule = self.model.rules[found.rule]
        end = self.run.log[-1]
        match found.how:
            case "disabled":
                if not found.off:
                    yield "the scenario does not let it fire"
            case "not awaited":
                waited = " or ".join(self.model.events[name].title for name in rule.on)
                yield (
                    f"its guard held, but the event did not come for which it waits: {waited}"
                    if waited
                    else ("its guard held, but it had fired already and waits for its guard to turn false first")
                )
            case "never enabled":
                yield f"it was never enabled after the branch: its guard is `{' '.join(rule.guard.text.split())}`"
            case "chose another":
                often = f"{len(found.chosen)} times" if len(found.chosen) > 1 else "once"
                yield f"it fired {often}, and a draw chose another event{' each time' if len(found.chosen) > 1 else ''}"
            case "outraced":
                yield f"its clock ran, and the run was over first, on {self.moment(end.time)}: {end.note}"
            case "pending":
                yield "its clock was running still when the run's time was up"
            case _:
                yield "its clock ran, and was stopped"
        for since, until in found.off:
            to = "on" if until is None else f"to {self.moment(self.run.events[until].time)}"
            yield f"the scenario does not let it fire from {self.moment(self.run.events[since].time)} {to}"
        if found.awaited and found.nearest is not None and found.nearest.lacks:
            came = f"{counted(len(found.awaited), 'event')} came for which it waits, and its guard did not hold then"
            yield f"{came}: the first was {self.naming.called(found.awaited[0])}"
        if found.nearest is not None and found.nearest.lacks:
            yield from self._nearest(found.nearest)
        for place, choice in found.chosen:
            share = 0.0 if choice is None else choice.by_event().get(event, 0.0)
            yield f"{self.naming.heading(place)}; '{self.model.events[event].title}' had a chance of {percent(share)}"
        yield from map(self._lost, found.lost)
        if found.chance is not None and len(found.lost) > 1:
            yield f"{percent(found.chance)} of draws would have brought it in one of these times, all else alike"

    def _lost(self, lost: Lost) -> str:
        stretch = lost.stretch
        ran = f"from {self.moment(lost.since)} to {self.moment(lost.until)}"
        by = "until the end"
        if stretch.how == "stopped":
            by = f"then stopped by {self.naming.called(stretch.ended)}"
            if stretch.ended >= 0:
                by += f", {self.naming.what(stretch.ended)}"
        elif stretch.how == "restarted":
            by = f"then started anew by {self.naming.called(stretch.ended)}"
        chance = "" if lost.chance is None else f"; {percent(lost.chance)} of draws would have brought it by then"
        missed = "; it would not have come by itself"
        if lost.missed_by is not None:
            later = self.calendar.length(lost.missed_by, digits=3)
            missed = f"; had all stayed as it was, the rule would have fired {later} later"
        return f"it ran {ran}, {by}{chance}{missed}"

    def _nearest(self, nearest: Nearest) -> Iterator[str]:
        stretch = f"from {self.moment(nearest.since)} to {self.moment(nearest.until)}"
        when = f"nearest to holding {self.calendar.placed(nearest.time)}"
        if nearest.parts == 1:
            yield f"it was false {stretch}" + ("" if nearest.time == nearest.since else f", and {when}")
        else:
            false = f"{len(nearest.lacks)} of its {nearest.parts} parts {'was' if len(nearest.lacks) == 1 else 'were'}"
            yield f"it was {when}: {false} false, {stretch}"
        for lack in nearest.lacks:
            read = ", ".join(f"{name} was {self.naming.named(name, now)}" for name, now in lack.values)
            yield f"{INSET}`{' '.join(lack.text.split())}` was not true" + (f": {read}" if read else "")
            for remedy in lack.remedies:
                yield f"{INSET * 2}{self._remedy(remedy)}"
            if not lack.remedies:
                yield f"{INSET * 2}no change of one variable alone was found that would have made it so"

    def _remedy(self, remedy: Remedy) -> str:
        self._remedies |= dict.fromkeys(remedy.written_by)
        titles = [self.model.events[event].title for event in remedy.written_by]
        more = f", and {len(titles) - MOST_WRITERS} more" if len(titles) > MOST_WRITERS else ""
        by = f"events that change {remedy.name}: {', '.join(titles[:MOST_WRITERS])}{more}"
        if not titles:
            changed = any(remedy.name in event.effects for event in self.model.events.values())
            by = f"no event gives {remedy.name} such a value" if changed else f"no event changes {remedy.name}"
        return f"with {remedy.name} {self._needed(remedy)} it would have been true; {by}"

    def _needed(self, remedy: Remedy) -> str:
        """Write the value that was needed, as exactly as it must be: the first number beyond a bound as that bound."""
        if not isinstance(self.model.variables[remedy.name].type, Real):
            return self.naming.named(remedy.name, remedy.needed)
        bound = math.nextafter(remedy.needed, remedy.value)
        if len(repr(bound)) < len(repr(remedy.needed)):
            return f"{'above' if remedy.needed > remedy.value else 'below'} {bound:.12g}"
        return f"{remedy.needed:.12g}"

    def moment(self, time: float) -> str:
        return self.calendar.moment(time)

    # As data

    def outcome_data(self, found: Unreached) -> dict[str, Any]:
        """Return what is known about an outcome as JSON-ready data."""
        return {
            "outcome": found.outcome, "why_not": found.how, "nearest": self._nearest_data(found.nearest),
            "failed_with": None if found.failed is None else found.failed - self.run.branch,
            "events": {name: [self.rule_data(rule) for rule in rules] for name, rules in found.events},
        }  # fmt: skip

    def rule_data(self, found: Unfired) -> dict[str, Any]:
        """Return what is known about a rule as JSON-ready data; times are in the model's unit since its origin."""
        return {
            "rule": found.rule, "why_not": found.how, "chance": found.chance,
            "off": [[None if place is None else place - self.run.branch for place in places] for places in found.off],
            "awaited": [place - self.run.branch for place in found.awaited],
            "nearest": self._nearest_data(found.nearest),
            "ran": [
                {
                    "since": lost.since, "until": lost.until, "ended": lost.stretch.how, "chance": lost.chance,
                    "ended_by": None if lost.stretch.ended < 0 else lost.stretch.ended - self.run.branch,
                    "missed_by": lost.missed_by,
                }
                for lost in found.lost
            ],
            "fired": [
                {"event": place - self.run.branch, "shares": choice.by_event() if choice else {}}
                for place, choice in found.chosen
            ],
        }  # fmt: skip

    def _nearest_data(self, nearest: Nearest | None) -> dict[str, Any] | None:
        if nearest is None:
            return None
        return {
            "time": nearest.time, "since": nearest.since, "until": nearest.until, "parts": nearest.parts,
            "lacked": [self._lack_data(lack) for lack in nearest.lacks],
        }  # fmt: skip

    def _lack_data(self, lack: Lack) -> dict[str, Any]:
        plain = self.naming.plain
        return {
            "text": lack.text, "values": {name: plain(name, now) for name, now in lack.values},
            "would_do": {one.name: plain(one.name, one.needed) for one in lack.remedies},
        }  # fmt: skip
