"""Assertions over logs, for tests of one's own. Conditions are written as in a model file.

Each raises AssertionError with the event that breaks it, LanguageError for a condition that is none, and ValueError
for a claim about many runs.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sim.build.cases.case import Case
from sim.build.checks import check_from
from sim.model.checks import Check
from sim.model.event import Event, Log
from sim.model.program import compile_model
from sim.model.replay import CHANGING, parameters_before
from sim.testing.watch import Breach, Watchers, by_events, watch


def breaches_of(case: Case, log: Log, checks: Mapping[str, Check] | None = None) -> Mapping[str, Breach]:
    """Return the first breach of each check in a run of the case, its past included; all the model's checks by default.

    Claims about many runs are left out: one run cannot break them.
    """
    model = case.scenario.model
    if checks is not None:  # a program keeps only those times of events that its model asks about
        model = replace(model, checks=checks)
    program, wanted = compile_model(model), model.checks
    watchers = Watchers(program, [check for check in wanted.values() if by_events(check)])
    return watch(watchers, parameters_before(program, case.scenario, log), (*case.scenario.past, *log))


def assert_checks(case: Case, log: Log) -> None:
    """Assert that a run breaks none of its model's checks, and has not failed."""
    for breach in breaches_of(case, log).values():
        check = case.scenario.model.checks.get(breach.check)
        because = f" (because {check.because})" if check else ""
        raise AssertionError(f"'{breach.check}' is broken{because}: {_when(case, breach)}")


def assert_claim(case: Case, log: Log, **claim: Any) -> None:
    """Assert one claim by the keys of a check: `assert_claim(case, log, after="shots_fired", holds="tension > 0")`."""
    check = check_from(case.scenario.model, claim)
    if not by_events(check):
        raise ValueError(f"'{check.claim}' is about many runs: one log cannot show it")
    for breach in breaches_of(case, log, {check.name: check}).values():
        raise AssertionError(f"'{check.claim}' does not hold: {_when(case, breach)}")


def assert_always(case: Case, log: Log, condition: str) -> None:
    """Assert that a condition holds before any event and after each."""
    assert_claim(case, log, always=condition)


def assert_never(case: Case, log: Log, condition: str) -> None:
    """Assert that a condition holds at no time."""
    assert_claim(case, log, never=condition)


def assert_happened(log: Log, event: str, *, times: int | None = None) -> None:
    """Assert that an event type happens in a run after its past: at all, or so many times."""
    found = events_of(log, event)
    if times is None and not found:
        raise AssertionError(f"'{event}' does not happen in this run")
    if times is not None and len(found) != times:
        raise AssertionError(f"'{event}' happens {len(found)} times in this run, not {times}")


def assert_order(log: Log, *events: str) -> None:
    """Assert that event types happen first in this order."""
    places = []
    for event in events:
        found = events_of(log, event)
        if not found:
            raise AssertionError(f"'{event}' does not happen in this run")
        places.append(found[0].sequence)
    for (one, first), (other, second) in pairwise(zip(events, places, strict=True)):
        if first > second:
            raise AssertionError(f"'{other}' (event {second}) happens before '{one}' (event {first})")


def events_of(log: Log, event: str) -> list[Event]:
    """Return the events of one type in a run."""
    return [item for item in log if item.kind in CHANGING and item.type == event]


def _when(case: Case, breach: Breach) -> str:
    if breach.event is None:
        return f"before any event, {breach.why}"
    moment = case.scenario.model.calendar.moment(breach.event.time)
    return f"at event {breach.event.sequence}, {breach.event.type} on {moment}, {breach.why}"
