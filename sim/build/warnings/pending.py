"""Rules that were enabled before the branch and, by the model, should long have fired (W521).

A run goes on from a past in which they have not: what is left of their clocks is drawn given that. So where a clock has
nearly run out, its rule fires soon after the branch, which is right only if the past is documented in full.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from sim.build.warnings import warning
from sim.errors import RunError
from sim.language.diagnostics import Diagnostic, Span
from sim.model.clocks import RunClock
from sim.model.event import Event
from sim.model.evolve import evolve
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate, Rule
from sim.model.program import TIME, compile_model
from sim.model.random_streams import RandomStreams
from sim.model.replay import assume
from sim.model.run import Run
from sim.model.scenario import Scenario

AWAITED, OTHERS = 0.5, 0.95  # how likely it must be that the rule had fired by now
HALF = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Pending:
    """A rule that is enabled at the branch: since when, how long its clock ran, how likely it would have fired by then,
    and within what time from the branch half of the runs have it.
    """

    rule: Rule
    since: float
    ran: float
    after: str
    fired_by_now: float
    half_within: float


def overdue(scenario: Scenario) -> list[Pending]:
    """Return the rules that would likely have fired before the branch, with the parameters at their central values.

    Laws are those that hold from the branch on, of which the rest is drawn: the scenario's, where it has others.
    A rule that waits `on` events counts from AWAITED on; another one, if its clock is a law, from OTHERS on. A past
    that cannot be folded has none.
    """
    try:
        run = _at_branch(scenario)
    except RunError:
        return []  # a run says what is wrong with it
    now = scenario.start
    found = []
    for clock in run.clocks.clocks:
        rule = clock.program.rule
        if not clock.enabled or rule.name in scenario.disabled or not clock.started < now:
            continue
        if isinstance(rule.clock, AtDate | Every) or (isinstance(rule.clock, Rate) and not rule.on):
            continue
        elapsed = math.inf if isinstance(rule.clock, Immediately) else clock.accumulated(now)
        chance = -math.expm1(-elapsed)
        if chance >= (AWAITED if rule.on else OTHERS):
            after = _what_enabled(scenario, clock)
            ran = clock.age + (now - clock.since) if isinstance(rule.clock, LawClock) else now - clock.started
            half = _half(clock, elapsed, now)
            found.append(
                Pending(rule=rule, since=clock.started, ran=ran, after=after, fired_by_now=chance, half_within=half)
            )
    return found


def _at_branch(scenario: Scenario) -> Run:
    """Return a run at its branch, with what the scenario assumes, and with what the timetable lets happen there."""
    program = compile_model(scenario.model)
    streams = RandomStreams(program, 0)
    run = Run(program, scenario, streams, streams, 0, central=True)
    run.fold_past()
    run.frame[TIME] = scenario.start
    assume(program, run.frame, run.parameters)
    run.clocks.make(run.frame, run.turns.branch)
    for item in scenario.timetable:
        if item.time == scenario.start:
            changed = evolve(program, run.frame, item.event, item.marks, item.time)
            run.clocks.follow(run.frame, item.event, changed, None)
    return run


def _what_enabled(scenario: Scenario, clock: RunClock) -> str:
    """Return the type of the event that enabled a rule; "" where that was before any event."""
    on = clock.program.rule.on
    events: list[Event] = [event for event in scenario.past if event.time == clock.started]
    types = [event.type for event in events if not on or event.type in on]
    return types[0] if types else ""


def _half(clock: RunClock, elapsed: float, now: float) -> float:
    """Return within what time from the branch half of the runs have the rule fire, if nothing stops it."""
    if elapsed == math.inf:
        return 0.0
    match clock.program.clock:
        case Rate():
            return HALF / clock.rate if clock.rate > 0.0 else math.inf
        case LawClock(law=law):
            age = clock.age + (now - clock.since)
            return max(0.0, law.age(*clock.law, elapsed + HALF) - age)
        case AtDate() | Every() | Immediately():
            raise AssertionError("nothing is left to chance here")
        case _:
            assert_never(clock.program.clock)


def warnings_about(scenario: Scenario, span: Span) -> Iterator[Diagnostic]:
    """Warn of each rule that is overdue at the branch, which stands at `span` (W521)."""
    calendar = scenario.model.calendar
    for item in overdue(scenario):
        after = f" ({item.after})" if item.after else ""
        share = f"{100 * item.fired_by_now:.0f} %" if item.fired_by_now < 0.99 else "over 99 %"
        waited = f"{calendar.length(item.ran, digits=3)} later"
        if item.ran < scenario.start - item.since:
            waited = f"after {calendar.length(item.ran, digits=3)} in which it was enabled"
        soon = "it fires at the branch itself, in every run that nothing stops"
        if item.half_within > 0.0:
            soon = f"it comes early: half of the runs have it within {calendar.length(item.half_within, digits=2)}"
        yield warning(
            "W521",
            f"the rule '{item.rule.name}' has been {'pending' if item.rule.on else 'enabled'} since "
            f"{calendar.moment(item.since)}{after}; by the branch, {waited}, it would have fired in {share} of "
            "cases, and the history has no firing of it since",
            span,
            f"what is left of its clock is drawn given that it has not fired, so {soon}",
            "if it did fire, document the event; if it will not, let the scenario disable the rule, or let an event "
            "make its guard false",
            f"the rule stands at {item.rule.location}; figures at the scenario's central parameters",
        )
