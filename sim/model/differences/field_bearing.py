"""What a difference in each field bears on: the runs, what is asked of them, or nothing but what people read.

A field that is not named here bears on the runs: one that is added to a model counts until somebody says otherwise.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from sim.language.expressions.types import Calendar
from sim.model.checks import Check
from sim.model.event import Event
from sim.model.evidence.basis import CaseCount
from sim.model.measuring.quantities import Measure
from sim.model.model import BaseRate, EventType, Model, Outcome, Parameter, Rule, Scheduled, Variable
from sim.model.scenario import Scenario

Bearing: TypeAlias = Literal["runs", "questions", "nothing"]
ORDER: tuple[Bearing, ...] = ("nothing", "questions", "runs")

# What is asked of runs, and does not change what happens in them.
QUESTIONS: Mapping[type, frozenset[str]] = {Model: frozenset({"measures", "checks", "base_rates"})}

# What changes no run: it is there for people and for other programs, or bounds what documents may say. Nor does
# a derived quantity by itself: what reads it does.
READ_BY_PEOPLE: Mapping[type, frozenset[str]] = {
    Scenario: frozenset({"name", "title", "question"}),
    Model: frozenset({"name", "title", "factions", "sources", "derived", "derived_titles", "literals"}),
    Calendar: frozenset({"units"}),
    Variable: frozenset({"title"}),
    Parameter: frozenset({"title", "basis", "unit", "domain", "ranged", "experts"}),
    EventType: frozenset({"title", "exogenous", "codes"}),
    Rule: frozenset({"title", "basis"}),
    Outcome: frozenset({"title"}),
    Measure: frozenset({"title"}),
    Check: frozenset({"because", "claim"}),
    BaseRate: frozenset({"title", "basis"}),
    CaseCount: frozenset({"period"}),
}

# What is not looked at: where a thing stands, its name, by which it is found, and what stands elsewhere, too. A model's
# timetable and horizon are in the scenario's, as is what its code needs; `own` is in what holds before the branch, what
# a scenario adds in its model, what it omits in its past, `scale` in the unit, and an event's number, faction and note
# in what the others say.
LEFT_OUT: Mapping[type, frozenset[str]] = {
    Scenario: frozenset({"path", "own", "models_own", "added", "own_events", "past_turns", "asked", "made", "omitted"}),
    Model: frozenset({"path", "shown_order", "timetable", "horizon", "assigned", "woken", "formerly"}),
    Variable: frozenset({"name"}),
    Parameter: frozenset({"name", "scale", "unnamed"}),
    EventType: frozenset({"name"}),
    Rule: frozenset({"name", "location"}),
    Outcome: frozenset({"name"}),
    Measure: frozenset({"name"}),
    Check: frozenset({"name", "location"}),
    BaseRate: frozenset({"name", "location"}),
    Scheduled: frozenset({"location"}),
    Event: frozenset({"sequence", "faction", "note"}),
}


def bearing_of(owner: type, field: str, above: Bearing) -> Bearing:
    """Return what a field of a class bears on, where the class's own place bears on `above`."""
    if field in READ_BY_PEOPLE.get(owner, ()):
        return "nothing"
    return "questions" if field in QUESTIONS.get(owner, ()) else above


def bearing_of_outcomes(*outcomes: Any) -> Bearing:
    """Return what a difference in an outcome bears on: on runs if it ends some, in one of the models at least."""
    return "runs" if any(outcome.ends_run for outcome in outcomes if outcome is not None) else "questions"
