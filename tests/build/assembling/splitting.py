"""Random models cut into several files, which together say what the whole says."""

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from sim.testing.models import model_data

Data = dict[str, Any]
Files = dict[str, Data]  # by name, without `.yaml`; `model` names the others

GROUPS = (
    "factions", "state", "parameters", "derived", "events", "rules", "outcomes", "measures", "checks", "base_rates",
)  # fmt: skip
KINDS = {
    "factions": "faction", "state": "state", "parameters": "parameter", "derived": "derived", "events": "event",
    "rules": "rule", "outcomes": "outcome", "measures": "measure",
}  # fmt: skip
AMBIGUOUS = {"over", "rest", "marks", "fire", "beta"}  # words that stand for other things in a model's text, too
CHECKS: Data = {
    "warm_enough": {"because": "it is bounded", "never": "heat > 1 or happened(worn) and heat < 0"},
    "in_order": {"because": "it is bounded", "after": ["worn", "settled"], "holds": "heat <= 1 and times(worn) > 0"},
    "steady": {"because": "only these do", "changed_only_by": ["worn"], "value": "up[1]"},
    "cooler": {"because": "it cools", "never": "reached(hot) and heat > 2"},
    "rising": {"because": "it heats", "monotone": "pace", "never_lowers": "hot"},
    "there": {"because": "they can", "reachable": ["settles", "hot"]},
}
COUNTED: Data = {"outcome": "hot", "count": 8, "of": 37, "basis": {"judgement": "from a list"}}


@st.composite
def whole_models(draw: st.DrawFn) -> Data:
    """Draw a model with checks and base rates, as data. No run is made for them, so they may be broken."""
    data: Data = draw(model_data())
    within = data["outcomes"]["stocked"]["within"]
    rates = {"elsewhere": {**COUNTED, "within": within}, "anywhere": {**COUNTED, "within": within, "count": 0}}
    return {**data, "checks": CHECKS, "base_rates": rates}


@st.composite
def extensions(draw: st.DrawFn) -> tuple[Data, Files]:
    """Draw a model, and a model and its extension that say the same: it adds, replaces and removes."""
    whole = draw(whole_models())
    base: Data = {"model": "base", "title": "Another", "time": whole["time"]}
    own: Data = {"model": "generated", "title": whole["title"], "extends": "base.yaml", "remove": {}, "replace": {}}
    for group in GROUPS:
        kept = {name for name in whole[group] if draw(st.booleans())}
        replaced = [name for name in whole[group] if name not in kept and draw(st.booleans())]
        other = next(iter(whole[group].values()))
        base[group] = {name: given if name in kept else other for name, given in whole[group].items()
                       if name in kept or name in replaced}  # fmt: skip
        base[group][f"extra_{group}"] = other
        own[group] = {name: given for name, given in whole[group].items() if name not in kept}
        own["replace"][group] = replaced
        own["remove"][group] = [f"extra_{group}"]
    cut = draw(st.integers(0, len(whole["timetable"])))
    base["timetable"] = [*whole["timetable"][:cut], {"at": "1 day", "event": "never_was"}]
    own["timetable"] = whole["timetable"][cut:]
    own["remove"]["timetable"] = ["never_was"]
    (base if draw(st.booleans()) else own)["horizon"] = whole["horizon"]
    return whole, {"model": own, "base": base}


@st.composite
def uses(draw: st.DrawFn) -> tuple[Data, Files]:
    """Draw a model, and a model that says the same with a part, whose names stand behind a word or do not."""
    whole = draw(whole_models())
    named = {name: group for group in GROUPS for name in whole[group] if name not in AMBIGUOUS}
    inside = {name for name, group in named.items() if group != "factions" and draw(st.booleans())}
    prefix = draw(st.sampled_from(["", "west"]))
    if prefix:
        whole = json.loads(renamed(json.dumps(whole), {name: f"{prefix}_{name}" for name in inside}))
    within = {f"{prefix}_{name}" if prefix else name for name in inside}
    part = {group: {name: item for name, item in whole[group].items() if name in within} for group in GROUPS}
    rest = {group: {name: item for name, item in whole[group].items() if name not in within} for group in GROUPS}
    text = json.dumps(part)
    needed = [name for name in named if name not in inside and re.search(rf"\b{name}\b(?!\()", text)]
    text = renamed(text, {name: f"its_{name}" for name in needed} | {f"{prefix}_{name}": name for name in inside})
    needs = {f"its_{name}": need(named[name], whole[named[name]][name], typed=draw(st.booleans())) for name in needed}
    as_they_are = {
        name: group
        for group in GROUPS
        for name in rest[group]
        if name in AMBIGUOUS and any(re.search(rf"\b{name}\b", leaf) for leaf in leaves(part))
    }
    needs |= {name: need(group, whole[group][name], typed=True) for name, group in as_they_are.items()}
    given = {f"its_{name}": name for name in needed} | {name: name for name in as_they_are}
    use: Data = {"part": "part.yaml", "with": given}
    use |= {"as": prefix} if prefix else {}
    files = {"part": {"part": "split", "title": "A part", "needs": needs, **json.loads(text)}}
    return whole, {"model": {**whole, **rest, "use": [use]}, **files}


def leaves(data: Any) -> Iterator[str]:
    """Yield the texts of data that are no keys."""
    if isinstance(data, str):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from leaves(item)


def renamed(text: str, names: dict[str, str]) -> str:
    """Return a text in which other words stand for some; those before a bracket are functions and stay."""
    return re.sub(r"\b[a-z][a-z0-9_]*\b(?!\()", lambda match: names.get(match.group(), match.group()), text)


def need(group: str, declared: Data, *, typed: bool) -> Data:
    """Return what a part says that it needs, where something declared like this is outside of it."""
    found: Data = {"is": KINDS[group]}
    if group in ("state", "parameters", "derived") and typed:
        derived = "real" if "for" in declared else "bool"
        kind = {"parameters": "real", "derived": derived}.get(group)
        found |= {"type": declared.get("type", kind)}
        found |= {"values": declared["values"]} if "values" in declared else {}
    return found | {key: declared[key] for key in ("marks", "for") if key in declared}
