"""The cards of a name: one for each part of a case that has it, each by what kind of part it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sim.explain.graph.model_graph import Kind, Node
from sim.explain.named_case import NamedCase, families
from sim.report.named.card import Card, Entry
from sim.report.named.ensemble_figures import Figures
from sim.report.named.event_cards import documented_card, event_card
from sim.report.named.link_texts import shortened
from sim.report.named.named_part import NamedPart
from sim.report.named.parameter_card import parameter_card
from sim.report.named.people_cards import faction_card, scenario_card, source_card
from sim.report.named.prior_curve import BLOCKS
from sim.report.named.question_cards import base_rate_card, check_card, measure_card, outcome_card
from sim.report.named.rule_card import rule_card
from sim.report.named.state_cards import derived_card, variable_card

MOST_MEMBERS = 8  # of a family, whose names are shown
CARDS: Mapping[Kind, Callable[[NamedPart], Card]] = {
    "source": source_card, "parameter": parameter_card, "variable": variable_card, "derived": derived_card,
    "event": event_card, "rule": rule_card, "outcome": outcome_card, "measure": measure_card, "check": check_card,
    "base rate": base_rate_card, "faction": faction_card, "documented": documented_card, "scenario": scenario_card,
}  # fmt: skip


def cards(case: NamedCase, name: str, figures: Figures | None = None, signs: str = BLOCKS) -> Iterator[Card]:
    """Yield a card for each part of the case that has a name; of a family one for its first member.

    `signs` are those of the curves of priors, from none to most.
    """
    for members in families(case.named(name)).values():
        node = members[0]
        named = NamedPart(case=case, node=node, owner=case.owners[node], figures=figures, signs=signs)
        card = CARDS[node.kind](named)
        yield card if node.name == name else _of_family(card, members)


def _of_family(card: Card, members: list[Node]) -> Card:
    """Return the card of a family's first member, with what the others are called before all else."""
    names = [node.name for node in members]
    shown = ", ".join(shortened(names, MOST_MEMBERS))
    family = f"{len(members)} members, {shown}; this is {card.name}"
    return replace(card, entries=(Entry("family", (family,)), *card.entries), data={"family": names, **card.data})
