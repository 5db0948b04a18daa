"""Which faction, event, outcome, rule, variable or measure of a model a reader's word means.

Tables show titles and documents have names, so a word may be either.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from sim.analysis import labels
from sim.errors import UsageError
from sim.language.suggest import LONGEST_LIST, did_you_mean
from sim.model.model import Model

Kind: TypeAlias = Literal["faction", "event or outcome", "state variable or derived quantity", "measure"]

Subject: TypeAlias = Literal["outcome", "event", "rule"]

Titles: TypeAlias = Mapping[str, str]  # by names


def names_of(models: Iterable[Model], kind: Kind) -> dict[str, str]:
    """Return the titles of all parts of a kind, by their names; an outcome's where an event type has the same name."""
    found: dict[str, str] = {}
    for model in models:
        match kind:
            case "faction":
                found.update(model.factions)
            case "event or outcome":
                found.update({name: one.title for name, one in model.events.items()})
                found.update({name: one.title for name, one in model.outcomes.items()})
            case "state variable or derived quantity":
                found.update(dict.fromkeys(model.derived, ""))
                found.update({name: one.title for name, one in model.variables.items()})
            case "measure":
                found.update({name: one.title for name, one in model.measures.items()})
    return found


def part_named(word: str, kind: Kind, titles: Titles) -> str:
    """Return the name that a word means: it is one, or a title, whatever its case. Raise UsageError E044 for others."""
    if word in titles:
        return word
    titled = [name for name, title in titles.items() if title and title.casefold() == word.casefold()]
    if len(titled) == 1:
        return titled[0]
    notes = did_you_mean(word, titles)
    if not notes:
        few = sorted(titles)[:LONGEST_LIST]
        more = f" and {len(titles) - len(few)} more" if len(titles) > len(few) else ""
        notes = (f"there are {', '.join(few)}{more}",) if few else ("the model has none",)
    raise UsageError("E044", f"the model has no {kind} '{word}'", *notes)


def parts_named(words: Iterable[str], kind: Kind, models: Iterable[Model]) -> tuple[str, ...]:
    """Return the names that words mean, each once, in their order. Raise UsageError E044 as `part_named` does."""
    titles = names_of(models, kind)
    return tuple(dict.fromkeys(part_named(word, kind, titles) for word in words))


def subject_named(word: str, model: Model) -> tuple[Subject, str] | None:
    """Return which outcome, event type or rule of a run a word means, and its kind; None if it means none, or several.

    A name counts before a title. What an outcome and an event type are both called is the outcome.
    """
    outcomes = {name: {one.title, labels.short(model, name)} for name, one in model.outcomes.items()}
    events = {name: {one.title} for name, one in model.events.items()}
    rules = {name: {one.title} for name, one in model.rules.items()}
    called: Mapping[Subject, Mapping[str, set[str]]] = {"outcome": outcomes, "event": events, "rule": rules}
    for kind, names in called.items():
        if word in names:
            return kind, word
    for kind, names in called.items():
        titled = [name for name, titles in names.items() if word.casefold() in {title.casefold() for title in titles}]
        if titled:
            return (kind, titled[0]) if len(titled) == 1 else None
    return None
