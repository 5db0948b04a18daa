"""A rule as a card: in a sentence, its clock, how long it waits at the branch, what it reads and what it changes."""

import math
from collections import Counter
from typing import Any

from sim.build.pending import about
from sim.explain.branch_waits import BranchWait
from sim.explain.graph.model_graph import How, Node
from sim.language.counts import counted
from sim.language.expressions.types import Calendar
from sim.model.model import AtDate, Clock, Every, LawClock, Rule
from sim.report.named.card import Card, entries
from sim.report.named.ensemble_figures import occurrences_data
from sim.report.named.link_texts import KINDS, part, read, shortened
from sim.report.named.named_part import NamedPart
from sim.report.named.source_texts import basis_data, basis_texts, sources_data
from sim.report.pending_rules import clock_in_words
from sim.report.sentences.conditions import condition
from sim.report.sentences.formula_texts import text_of
from sim.report.sentences.rule_sentences import further_sentences, rule_sentence

NOT_READ: tuple[How, ...] = ("basis", "acts", "sets", "disables", "enables", "adds", "restarts")


def rule_card(named: NamedPart) -> Card:
    """Return the card of a rule."""
    rule = named.model.rules[named.name]
    wait = named.branch.wait(rule)
    often = {} if named.figures is None else named.figures.counted([("rule", rule.name)])
    runs = [text for found in often.values() for text in named.figures.happened(found)] if named.figures else []
    data: dict[str, Any] = {
        "faction": rule.faction, "guard": rule.guard.text, "clock": clock_in_words(rule.clock), "on": list(rule.on),
        "memory": rule.memory, "basis": basis_data(rule.basis), "sources": sources_data(named.case, rule.basis),
        "at_branch": _wait_data(wait),
        "in_words": rule_sentence(rule, named.terms),
        "in_runs": {name: occurrences_data(found) for (_, name), found in often.items()},
    }  # fmt: skip
    shown_title = rule.title if rule.title != rule.name.replace("_", " ") else ""
    return named.card(
        shown_title,
        *entries(
            ("in words", [rule_sentence(rule, named.terms), *further_sentences(rule)]),
            ("condition", "none: it always holds" if rule.guard.text in {"", "true"} else text_of(rule.guard)),
            ("clock", clock_in_words(rule.clock)),
            ("at the branch", _wait_texts(named, wait)),
            ("basis", basis_texts(named.case, rule.basis)),
            ("reads", read(named.into, NOT_READ) or "nothing"),
            ("changes", _changes(named, rule)),
            ("restarted by", [part(link.origin) for link in named.into if link.how == "restarts"]),
            ("scenarios", _scenarios(named)),
        ),
        *named.of_figures(runs, of_events=True),
        *named.how_to_ask("how often it fires and when"),
        data=data,
    )


def _wait_texts(named: NamedPart, wait: BranchWait | None) -> list[str]:
    """Return whether a rule is enabled at the branch, and how long half of the runs then wait for it."""
    scenario, calendar = named.owner, named.model.calendar
    when = f"{calendar.moment(scenario.start)} in '{scenario.name}'"
    if wait is None:
        return ["the state at the branch is not known without the run that it goes on from"]
    rate = "" if wait.rate is None else f"; its rate is {wait.rate:.3g}{_per(calendar)}"
    match wait.half_within:
        case None:
            soon = "its clock has no value"
        case math.inf:
            soon = "it does not fire"
        case 0.0:
            soon = "it fires at once"
        case half if _certain(named.model.rules[named.name].clock):
            soon = f"it fires after {about(calendar, half)}"
        case half:
            soon = f"half of all runs would have it fire within {about(calendar, half)}"
    central = "with the parameters at their central values"
    if wait.disabled:
        return [f"the scenario does not let it fire ({when})"]
    if wait.enabled:
        return [f"enabled ({when}){rate}", f"if nothing changes, {soon}, {central}"]
    lacks = [f"not so: {condition(one, named.terms)}" for one in wait.unmet]
    if wait.unheard:
        lacks = [f"it waits for {named.terms.events(named.model.rules[named.name].on)}"]
    return [f"not enabled ({when})", *lacks, f"once it is, with all else as at the branch, {soon}, {central}"]


def _certain(clock: Clock) -> bool:
    """Return whether nothing is drawn for a clock."""
    return isinstance(clock, AtDate | Every) or (isinstance(clock, LawClock) and clock.law.name == "fixed")


def _per(calendar: Calendar) -> str:
    return "" if calendar.abstract else f" per {calendar.unit}"


def _wait_data(wait: BranchWait | None) -> dict[str, Any] | None:
    if wait is None:
        return None
    half = wait.half_within
    return {
        "enabled": wait.enabled, "disabled": wait.disabled, "waits_for_event": wait.unheard,
        "unmet": [one.text for one in wait.unmet], "rate": wait.rate,
        "half_within": None if half is None or half == math.inf else half,
    }  # fmt: skip


def _changes(named: NamedPart, rule: Rule) -> list[str]:
    """Return what a rule's events write, and how many parts of the model wait for them or read that: its fan-out."""
    texts = []
    for name in dict.fromkeys(one.event for one in rule.emissions):
        links = named.graph.out_of.get(Node("event", name), ())
        written = [link.target for link in links if link.how == "writes"]
        heard = {link.target for link in links if link.how != "writes"}
        by_it = heard.union(link.target for one in written for link in named.graph.out_of.get(one, ()))
        found = Counter(one.kind for one in by_it)
        counts = [counted(found[kind], KINDS[kind]) for kind in ("rule", "outcome", "measure") if found[kind]]
        what = f"changes {', '.join(one.name for one in written)}" if written else "changes no state variable"
        readers = f"; what waits for it or reads that: {', '.join(counts)}" if counts else ""
        texts.append(f"event type {name}: {what}{readers}")
    texts += [f"rule {name}: its clock starts again" for name in rule.restarts]
    return shortened(texts)


def _scenarios(named: NamedPart) -> list[str]:
    words = {"disables": "it does not fire", "enables": "it may fire again", "adds": "it is there from the branch on"}
    return [f"{part(link.origin)}: {words[link.how]}" for link in named.into if link.how in words]
