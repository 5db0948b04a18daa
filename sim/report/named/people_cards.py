"""Factions, sources and scenarios as cards: who acts, what rests on a document, what is assumed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sim.build.words.assumptions import asked_beside, assumptions
from sim.explain.graph.model_graph import Link
from sim.language.counts import counted
from sim.report.cited_sources import CitedSource, as_data, source_lines
from sim.report.named.card import Card, entries
from sim.report.named.ensemble_figures import occurrences_data
from sim.report.named.link_texts import KINDS, shortened
from sim.report.named.named_part import NamedPart
from sim.report.named.source_texts import documents


def faction_card(named: NamedPart) -> Card:
    """Return the card of a faction: its rules, with how often each fired where an ensemble is asked."""
    model = named.model
    rules = [rule for rule in model.rules.values() if rule.faction == named.name]
    figures = named.figures
    found = {} if figures is None else figures.counted([("rule", rule.name) for rule in rules])
    acts = []
    for rule in rules:
        events = named.terms.events(dict.fromkeys(one.event for one in rule.emissions))
        often = ""
        if figures is not None and ("rule", rule.name) in found:
            often = f"; {figures.in_runs(found['rule', rule.name].share)}"
        acts.append(f"rule {rule.name}: {events}{often}")
    emitted = {emission.event for rule in rules for emission in rule.emissions}
    others = [
        event.name for event in model.events.values() if event.faction == named.name and event.name not in emitted
    ]
    data: dict[str, Any] = {
        "rules": [rule.name for rule in rules], "other_events": others,
        "in_runs": {name: occurrences_data(one) for (_, name), one in found.items()},
    }  # fmt: skip
    return named.card(
        model.factions[named.name],
        *entries(
            ("rules", acts or "none"),
            ("acts by", shortened([f"event type {name}: {named.terms.event(name)}" for name in others])),
        ),
        *named.of_figures([], of_events=True),
        *named.how_to_ask("how often each rule fires"),
        data=data,
    )


def source_card(named: NamedPart) -> Card:
    """Return the card of a source: all that rests on it, with the paragraphs."""
    paragraphs = sorted({number for link in named.out_of for number in link.paragraphs})
    found = {**documents(named.case), **named.model.sources}.get(named.name)
    cited = [] if found is None else [CitedSource(name=named.name, source=found, paragraphs=tuple(paragraphs))]
    texts = [_resting(link) for link in named.out_of if link.how == "basis"]
    return named.card(
        "",
        *entries(
            ("document", [line.strip() for one in cited for line in source_lines(one)] or named.name),
            ("rests on it", texts or "nothing"),
            ("in all", _counts(named.out_of)),
        ),
        data={"sources": as_data(cited)},
    )


def _resting(link: Link) -> str:
    where = ", ".join(map(str, link.paragraphs))
    place = f"paragraph{'s' if len(link.paragraphs) > 1 else ''} {where}" if where else "as a whole"
    return f"{KINDS[link.target.kind]} {link.target.name} ({place})"


def _counts(links: Sequence[Link]) -> str:
    found = Counter(KINDS[link.target.kind] for link in links)
    return ", ".join(counted(number, word) for word, number in found.items())


def scenario_card(named: NamedPart) -> Card:
    """Return the card of a scenario: its question, its branch and horizon, and what it assumes."""
    scenario = named.case.scenario(named.name)
    calendar = scenario.model.calendar
    past = sum(event.kind == "documented" for event in scenario.past)
    assumed = [str(one) for one in assumptions(scenario)]
    return named.card(
        scenario.title,
        *entries(
            ("question", scenario.question),
            ("branches at", f"{calendar.moment(scenario.start)}, after {counted(past, 'documented event')}"),
            ("runs until", calendar.moment(scenario.horizon)),
            ("assumes", assumed or "nothing against its model"),
            ("asks beside", list(asked_beside(scenario))),
            ("run it", f"sim run {scenario.path}" if not named.case.of_ensemble else ""),
        ),
        data={
            "question": scenario.question, "start": scenario.start, "horizon": scenario.horizon, "assumes": assumed,
            "path": scenario.path,
        },
    )  # fmt: skip
