"""What two models or scenarios differ in, in plain sentences, in the order of what it bears on.

How a value is written is up to `model_values`. A field that has no word here is called by its name.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from sim.language.counts import counted
from sim.model.checks import Check, Reachable
from sim.model.differences.field_bearing import Bearing
from sim.model.differences.meaning import Together
from sim.model.differences.model_differences import ModelDifference
from sim.model.model import Model
from sim.model.scenario import Scenario
from sim.report.model_values import place, written

HEADINGS: dict[Bearing, str] = {
    "runs": "What may change runs",
    "questions": "What is asked of runs, and changes no event of them",
    "nothing": "What changes no run: titles, bases, sources and the like",
}
MOST_OF_A_PAST = 8  # events that are added to a past, or taken from it, and are named one by one

# What the items of a mapping or a list are called.
_ITEMS = {
    "parameters": "parameter", "before": "parameter", "variables": "state variable", "derived": "derived quantity",
    "events": "event type", "rules": "rule", "outcomes": "outcome", "measures": "measure", "checks": "check",
    "base_rates": "base rate", "derived_titles": "title of the derived quantity",
    "factions": "faction", "sources": "source", "codes": "code", "effects": "effect on", "marks": "mark",
    "emissions": "event", "fixed": "value of", "timetable": "scheduled event", "past": "past event",
    "history": "documented event", "changes": "change", "paragraphs": "paragraph",
}  # fmt: skip
# What fields are called; "" where the thing itself is meant.
_FIELDS = {
    "value": "", "statement": "", "quantity": "", "comes": "", "calendar": "time", "start": "branch", "domain": "range",
    "on": "list of events waited for", "restarts": "list of rules restarted", "disabled": "list of rules left out",
    "saturates": "saturation at the bounds", "when": "condition", "ends_run": "ending of runs", "because": "reason",
    "guard": "guard (when)", "safe": "safe condition (while)", "fixed": "set of parameter values",
    "emissions": "events emitted", "timetable": "timetable", "past": "past", "exogenous": "exogenous origin",
    "lineage": "run branched from", "sources": "list of sources", "initial": "initial value",
    "opens": "beginning", "closes": "end", "own_rules": "list of rules that are there from the branch on",
    "literals": "demand on literal numbers", "title_is_ours": "mark that the title is ours",
}  # fmt: skip


def sentences(found: Sequence[ModelDifference], one: Scenario, other: Scenario, bears: Bearing) -> list[str]:
    """Return what bears on the runs, on questions or on nothing, a sentence each."""
    items = [
        item for item in found if item.bears == bears and not _follows_from_its_numbers(item, one.model, other.model)
    ]
    own = [item for item in items if not item.unchanged_text or item.path[0] == "derived"]
    lines, past = [], Counter[str]()
    for item in own:
        if item.path[0] == "past":
            past[item.how] += 1
            if past[item.how] > MOST_OF_A_PAST:
                continue
        lines.append(sentence(item, one, other))
    for how, many in past.items():
        more = many - MOST_OF_A_PAST
        if more > 0:
            lines.append(f"{counted(more, 'more past event')} {'is' if more == 1 else 'are'} {how}.")
    return [*lines, *_written_alike([item for item in items if item not in own])]


def sentence(item: ModelDifference, one: Scenario, other: Scenario) -> str:
    """Return one difference as a sentence: what is there in the second scenario, and what instead in the first."""
    what, field = noun(item.path), item.path[-1]
    if item.owner is Model and len(item.path) == 1:
        what = f"{what} of the model"
    texts = (written(item.one, one.model, item.owner, field), written(item.other, other.model, item.owner, field))
    here, there = (text + (f" ({at})" if (at := place(value)) else "")
                   for text, value in zip(texts, (item.one, item.other), strict=True))  # fmt: skip
    match item.how:
        case "added":
            return f"{_first(what)} is added{f': {there}' if there else ''}."
        case "removed":
            return f"{_first(what)} is removed{f': {here}' if here else ''}."
        case "reordered":
            return f"The order of the {what} is {there} instead of {here}."
        case "reworded":
            return f"{_first(what)} is written {there} instead of {here}, and means the same."
    when = ""
    if item.path[0] == "before":
        when = " before the branch"
    elif item.path[0] == "parameters" and field == "value" and item.path[1] in {*one.replaced, *other.replaced}:
        when = " from the branch on"
    if item.unchanged_text:
        return f"{_first(what)} is {there}, as before, and reads what differs."
    if about := _about_others(item):
        return f"{_first(what)} is {there}, as before, and {about}."
    if texts[0] == texts[1]:  # closer together than dates are written
        here, there = (f"{texts[0]} ({written(value, one.model)})" for value in (item.one, item.other))
    return f"{_first(what)} is {there} instead of {here}{when}."


def _follows_from_its_numbers(item: ModelDifference, one: Model, other: Model) -> bool:
    """Return whether a text differs where an uncertain number does, which is one of the parameters."""
    if item.how != "reworded" or not item.path[1:]:
        return False
    owner, theirs = item.path[1].partition("[")[0] + ".", other.parameters
    return any(
        mine.known != theirs[name].known
        for name, mine in one.parameters.items()
        if mine.unnamed and name.startswith(owner) and name in theirs
    )


def _about_others(item: ModelDifference) -> str:
    """Return what a check of all rules and outcomes is about now, and what no longer; "" for any other difference."""
    match item.one, item.other:
        case Together(of=Check(claim=claim, statement=Reachable(one))), Together(
            of=Check(claim=same, statement=Reachable(other))
        ) if claim == same:
            more, gone = ([name for name in own if name not in theirs] for own, theirs in ((other, one), (one, other)))
            parts = [f"is about {', '.join(more)}, too"] if more else []
            return ", and ".join([*parts, *([f"now leaves out {', '.join(gone)}"] if gone else [])])
    return ""


def noun(path: Sequence[str]) -> str:
    """Return what a path leads to: `guard (when) of rule 'army_waits'`.

    >>> noun(("rules", "army_waits", "emissions", "army_moved", "weight"))
    "weight of event 'army_moved' of rule 'army_waits'"
    """
    parts: list[str] = []
    rest = list(path)
    while rest:
        field = rest.pop(0)
        if field in _ITEMS and rest:
            what, name = _ITEMS[field], rest.pop(0)
            parts.append(what if what == name else f"{what} '{name}'")
        elif word := _FIELDS.get(field, field.replace("_", " ")):
            parts.append(word)
    return " of ".join(reversed(parts))


def _first(what: str) -> str:
    """Begin a sentence with what something is called: `Rule 'x'`, `The guard of rule 'x'`."""
    named = any(what == word or what.startswith(f"{word} '") for word in _ITEMS.values())
    return what[0].upper() + what[1:] if named and " of " not in what else f"The {what}"


def _written_alike(items: Iterable[ModelDifference]) -> list[str]:
    """Say in one sentence what is written as before, and means something else since something that it reads does."""
    names: dict[tuple[str, ...], list[str]] = {}
    for item in items:
        names.setdefault((item.path[0], *item.path[2:]), []).append(item.path[1] if len(item.path) > 1 else "")
    parts = []
    for (field, *inside), known in names.items():
        many = f"{_ITEMS.get(field, field)}{'s' if len(known) > 1 else ''} " + ", ".join(f"'{name}'" for name in known)
        parts.append(f"{noun(inside)} of {many}" if noun(inside) else many)
    if not parts:
        return []
    return [f"Written as before, and with another meaning, since what they read has one: {'; '.join(parts)}."]
