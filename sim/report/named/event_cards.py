"""Event types and documented events as cards: what they change, who brings them about, and what is documented."""

from typing import Any

from sim.report.model_values import with_marks
from sim.report.named.card import Card, entries
from sim.report.named.ensemble_figures import occurrences_data
from sim.report.named.link_texts import part, readers, shortened
from sim.report.named.named_part import NamedPart
from sim.report.named.source_texts import citation_texts
from sim.report.sentences.event_sentences import effects_sentence
from sim.report.sentences.terms import sentence
from sim.report.timeline import doubt


def event_card(named: NamedPart) -> Card:
    """Return the card of an event type."""
    model = named.model
    event = model.events[named.name]
    documented = [link.origin.name for link in named.into if link.how == "kind"]
    assumed = [part(link.origin) for link in named.into if link.how == "assumes"]
    counted = {} if named.figures is None else named.figures.counted([("event", event.name)])
    runs = [text for found in counted.values() for text in named.figures.happened(found)] if named.figures else []
    rules = [part(link.origin) for link in named.into if link.how == "emits"]
    outside = "nothing in the model: it comes from outside" if event.exogenous else "no rule"
    data: dict[str, Any] = {
        "faction": event.faction, "marks": {name: str(kind) for name, kind in event.marks.items()},
        "exogenous": event.exogenous, "codes": dict(event.codes), "documented": documented,
        "effects": {name: one.text for name, one in event.effects.items()},
        "in_runs": {name: occurrences_data(found) for (_, name), found in counted.items()},
    }  # fmt: skip
    return named.card(
        event.title,
        *entries(
            ("by", named.terms.faction(event.faction) if event.faction else ""),
            ("effects", effects_sentence(event, named.terms)),
            ("carries", [f"{name}: {kind}" for name, kind in event.marks.items()]),
            ("emitted by", shortened(rules) or outside),
            ("read by", readers(named.out_of, ("writes",))),
            ("documented", shortened([_documented(named, name) for name in documented])),
            ("assumed by", assumed),
            ("codes", ", ".join(f"{scheme} {code}" for scheme, code in event.codes.items())),
        ),
        *named.of_figures(runs, of_events=True),
        *named.how_to_ask("how often it happens and when"),
        data=data,
    )


def _documented(named: NamedPart, name: str) -> str:
    item = named.case.documented(name)
    return f"{named.model.calendar.moment(item.event.time)} {name}: {doubt(item.status)}{item.claim}"


def documented_card(named: NamedPart) -> Card:
    """Return the card of a documented event."""
    item, model = named.case.documented(named.name), named.model
    marks = with_marks(item.event.type, item.event.marks, model)
    over = f"before the branch of '{named.owner.name}'"
    later = f"after the branch of '{named.owner.name}': the past from which runs go on does not have it"
    return named.card(
        item.claim,
        *entries(
            ("happened", model.calendar.moment(item.event.time) + (f", until {item.until}" if item.until else "")),
            ("reported", item.reported),
            ("claim is", item.status),
            ("event type", f"{item.event.type}{marks}: {named.terms.event(item.event.type)}"),
            ("attributed to", f"rule {item.event.rule}" if item.event.rule else ""),
            ("sources", citation_texts(named.case, item.citations)),
            ("note", sentence(item.note) if item.note else ""),
            ("stands", over if item.event.time <= named.owner.start else later),
        ),
        data={
            "time": item.event.time, "status": item.status, "event": item.event.type, "rule": item.event.rule,
            "claim": item.claim, "reported": item.reported, "note": item.note,
            "sources": [{"source": one.source, "paragraphs": list(one.paragraphs)} for one in item.citations],
        },
    )  # fmt: skip
