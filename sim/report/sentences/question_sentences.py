"""Outcomes, measures, checks and base rates in sentences: what is asked of runs."""

from typing import assert_never

from sim.model.measuring.quantities import (
    CountOf,
    Formula,
    Greatest,
    Integral,
    Least,
    Measure,
    Moment,
    OnDate,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
)
from sim.model.model import BaseRate, FirstTime, Otherwise, Outcome
from sim.report.sentences.conditions import condition
from sim.report.sentences.formula_texts import text_of
from sim.report.sentences.terms import Terms, sentence


def outcome_sentence(outcome: Outcome, terms: Terms) -> str:
    """Return when an outcome comes true, and what becomes of the run then, in one sentence."""
    match outcome.comes:
        case Otherwise():
            return "It comes true at the horizon, if no ending has come true before."
        case FirstTime() as comes:
            return sentence(f"it comes true {_first(comes, terms)}{_ends(comes)}")
        case _:
            assert_never(outcome.comes)


def _first(comes: FirstTime, terms: Terms) -> str:
    calendar = terms.model.calendar
    when = "" if comes.when is None else condition(comes.when, terms)
    if comes.on:
        text = f"the first time after the branch that {terms.events(comes.on)} happens{when and f' while {when}'}"
    else:
        text = f"as soon as {when}"
    if comes.within is not None:
        text += f", within {calendar.length(comes.within)} of the branch"
    if comes.by is not None:
        text += f", by {calendar.moment(comes.by)}"
    return text if comes.safe is None else f"{text}, if until then {condition(comes.safe, terms)}"


def _ends(comes: FirstTime) -> str:
    if comes.ends_run:
        return ", and ends the run"
    return ", and is an ending, after which the run goes on" if comes.ending else ", and the run goes on"


def measure_sentence(measure: Measure, terms: Terms) -> str:
    """Return what a measure of a run is, and in which window, in one sentence."""
    return sentence(f"it is {_quantity(measure, terms)}{_window(measure, terms)}")


def _quantity(measure: Measure, terms: Terms) -> str:
    match measure.quantity:
        case ValueAt(expression=given, at=at):
            return f"the value of {text_of(given)} {'at the end of the run' if at is None else _moment(at, terms)}"
        case SumOf(expression=given, on=on):
            return f"the sum of {text_of(given)}, added up each time that {terms.events(on)} happens"
        case CountOf(on=on):
            return f"how many times {terms.events(on)} happens"
        case TimeWhile(expression=given):
            return f"the time during which {condition(given, terms)}"
        case Integral(expression=given):
            return f"the integral over time of {text_of(given)}"
        case TimeUntil(expression=given):
            return f"the time until {condition(given, terms)}"
        case Greatest(expression=given):
            return f"the greatest value of {text_of(given)}"
        case Least(expression=given):
            return f"the least value of {text_of(given)}"
        case Formula(expression=given):
            return f"{text_of(given)}, from other measures of the run"
        case _:
            assert_never(measure.quantity)


def _window(measure: Measure, terms: Terms) -> str:
    window, text = measure.window, ""
    if window.opens is not None:
        text += f", from {_moment(window.opens, terms)}"
    if window.closes is not None:
        text += f", until {_moment(window.closes, terms)}"
    return text if window.when is None else f"{text}, while {condition(window.when, terms)}"


def _moment(moment: Moment, terms: Terms) -> str:
    calendar = terms.model.calendar
    if isinstance(moment, OnDate):
        return calendar.moment(moment.time)
    return f"{calendar.length(moment.time)} after the branch"


def base_rate_sentence(rate: BaseRate, terms: Terms) -> str:
    """Return what a base rate holds an outcome against, in one sentence."""
    count = rate.count
    within = f" within {count.period}" if count.period else ""
    return f"In comparable cases, {terms.outcome(rate.outcome)} came true in {count.hits} of {count.cases}{within}."
