"""Checks in sentences: what a model claims of every run."""

from typing import assert_never

from sim.language.expressions.tree import Expression, Literal, Read
from sim.model.checks import (
    Always,
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
    Reachable,
    UnchangedBy,
)
from sim.report.sentences.conditions import condition
from sim.report.sentences.formula_texts import text_of
from sim.report.sentences.terms import Terms, sentence


def check_sentence(check: Check, terms: Terms) -> str:
    """Return what a check claims, without its reason, in one sentence."""
    return sentence(_claim(check, terms))


def _claim(check: Check, terms: Terms) -> str:
    match check.statement:
        case Always(read=read):
            return f"in every state this holds: {condition(read, terms)}"
        case Never(read=read):
            return f"in no state does this hold: {condition(read, terms)}"
        case NeverFalls(read=read):
            return f"no event lowers {_value(read, terms)}"
        case NeverRises(read=read):
            return f"no event raises {_value(read, terms)}"
        case HoldsBefore(read=read, on=on):
            return f"just before {terms.events(on)} happens this holds: {condition(read, terms)}"
        case HoldsAfter(read=read, on=on):
            return f"just after {terms.events(on)} has happened this holds: {condition(read, terms)}"
        case UnchangedBy(read=read, on=on):
            return f"{terms.events(on)} does not change {_value(read, terms)}"
        case ChangedOnlyBy(read=read, on=on):
            return f"only {terms.events(on)} changes {_value(read, terms)}"
        case Happened(events=events, on=on):
            before = terms.events(events, joined="and")
            return f"{before} {'has' if len(events) == 1 else 'have'} happened before {terms.events(on)} happens"
        case LeadsTo() as claim:
            return _leads_to(claim, terms)
        case NeverLowers(outcome=outcome, parameter=parameter):
            return f"a higher {terms.quantity(parameter)} does not make {terms.outcome(outcome)} less likely"
        case NeverRaises(outcome=outcome, parameter=parameter):
            return f"a higher {terms.quantity(parameter)} does not make {terms.outcome(outcome)} likelier"
        case Reachable(names=names):
            if check.claim == "reachable: all":
                return "every rule fires in some run, and every outcome comes true in some run"
            listed = ", ".join(f"{kind} '{name}'" for kind, _, name in (one.partition(" ") for one in names))
            return f"each of these comes in some run: {listed}"
        case NoFailure():
            return "no run ends with an error"
        case _:
            assert_never(check.statement)


def _leads_to(claim: LeadsTo, terms: Terms) -> str:
    if isinstance(claim.begins, Expression):
        begins = f"from when {condition(claim.begins, terms)}"
    else:
        begins = f"after {terms.events(claim.begins)}"
    within = f"within {_length(claim.within, terms)}"
    often = "" if claim.probability == 1.0 else f", in at least {100.0 * claim.probability:g} % of the runs"
    return f"{begins} this comes to hold {within}{often}: {condition(claim.condition, terms)}"


def _length(time: float, terms: Terms) -> str:
    """Return a length of time: in hours where it is whole hours, but not whole days."""
    hours = round(24.0 * time, 9)
    if terms.model.calendar.unit == "day" and hours == round(hours) and not float(time).is_integer():
        return f"{hours:g} hours"
    return terms.model.calendar.length(time)


def _value(given: Expression, terms: Terms) -> str:
    """Return what is told of a value: what has a name by that, anything else as its formula."""
    known = terms.derived_name(given.tree)
    if known is not None:
        return terms.quantity(known)
    match given.tree:
        case Read(scope="state" | "parameter", name=name):
            return terms.quantity(name)
        case Literal():
            return given.text
    return text_of(given)
