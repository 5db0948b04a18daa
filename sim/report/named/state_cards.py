"""State variables and derived quantities as cards: what they can be, who writes and who reads them."""

from collections.abc import Mapping
from typing import Any

from sim.explain.graph.model_graph import Link
from sim.model.model import Variable
from sim.report.named.card import Card, entries
from sim.report.named.link_texts import read, readers, shortened
from sim.report.named.named_part import NamedPart
from sim.report.sentences.event_sentences import course_sentence, effect, variable_sentence
from sim.report.sentences.formula_texts import text_of
from sim.report.timeline import value


def variable_card(named: NamedPart) -> Card:
    """Return the card of a state variable."""
    variable = named.model.variables[named.name]
    values = named.branch.values
    return named.card(
        variable.title,
        *entries(
            ("it is", [variable_sentence(variable, named.terms), course_sentence(variable, named.terms)]),
            ("at the branch", _at_branch(named, variable, values)),
            ("written by", _writers(named) or "nothing: it stays as it is"),
            ("read by", readers(named.out_of, ("own",)) or "nothing"),
        ),
        data={
            "type": str(variable.type), "initial": variable.initial.text, "saturates": variable.saturates,
            "at_branch": values.get(variable.name),
        },
    )  # fmt: skip


def _at_branch(named: NamedPart, variable: Variable, values: Mapping[str, Any]) -> str:
    if variable.name not in values:
        return ""
    now, calendar = values[variable.name], named.model.calendar
    dated = variable.type == calendar.instant() and not calendar.abstract
    text = calendar.moment(now) if dated else value(now)
    return f"{text} ({calendar.moment(named.owner.start)} in '{named.owner.name}', parameters at central values)"


def _writers(named: NamedPart) -> list[str]:
    """Return the events that write the variable, what they make of it, and which rules emit them."""
    texts = []
    for link in named.into:
        if link.how != "writes":
            continue
        event = named.model.events.get(link.origin.name)
        if event is None:
            continue
        by = [one.origin.name for one in named.graph.into.get(link.origin, ()) if one.how == "emits"]
        rules = f"; emitted by {', '.join(by)}" if by else "; emitted by no rule"
        texts.append(f"event type {event.name}: {effect(named.name, event.effects[named.name], named.terms)}{rules}")
    return shortened(texts)


def derived_card(named: NamedPart) -> Card:
    """Return the card of a derived quantity."""
    expression = named.model.derived[named.name]
    inner: list[Link] = [link for link in named.into if link.how == "value" or link.how == "since"]
    return named.card(
        named.model.derived_titles.get(named.name, ""),
        *entries(
            ("it is", text_of(expression)),
            ("reads", read(inner) or "nothing"),
            ("read by", readers(named.out_of) or "nothing"),
        ),
        data={"value": expression.text},
    )
