"""The words of the good case, and documents made up of them: many fit their shape, and some mean something."""

from typing import Any

from hypothesis import strategies as st

from tests.language.random_documents import Data, Words
from tests.language.random_expressions import ATOMS, KINDS, expressions

QUARREL = {
    **ATOMS,
    "bool": ("calm", "true", "false", "up[1]", "up[i]", "any(down)", "down[2]", "happened(shots_fired)"),
    "enum": ("talks", "none", "signed"),
    "int": (
        "3",
        "bridges",
        "0",
        "i",
        "count(up)",
        "broken",
        "times(shots_fired)",
        "deaths",
        "poisson(0.4)",
        "one_of(1: 2, 3: 0.5)",
    ),
    "real": (
        "trust",
        "0.5",
        "start_trust",
        "tense",
        "grain[h]",
        "grain[south]",
        "sum(grain)",
        "normal(0, 1)",
        "gamma(2, trust)",
    ),
    "duration": ("patience", "3 days", "1.5 weeks", "delay", "90 days"),
    "instant": ("deadline", "2030-01-05", "2030-02-05T12:00", "time"),
    "rate": ("provocation", "0.2 per day", "1 per week"),
    "soldiers": ("dead", "40 person"),
}

FACTIONS = ("north", "south")
STATE = ("calm", "talks", "dead", "trust", "deadline", "patience", "up", "grain")
EVENTS = ("shots_fired", "talks_opened", "peace_made", "talks_broken", "bridge_fell", "bridge_built", "flood_came")
RULES = ("north_shoots", "south_calls", "parties_decide", "fails", "mends")
OUTCOMES = ("peace", "early", "flood", "stalemate")
PARAMETERS = ("provocation", "delay", "start_trust", "bridges")
IDS = ("first-shots", "call", "flood", "beginning", "branch", "letter-3", "letter-4")
FORMS = ("shape", "scale", "mean", "median", "sigma", "sd", "low", "mode", "high")
EMISSION = ("event", "weight", "deaths")
SCHEDULED = ("at", "after", "event", "deaths")
LAWS = ("exponential", "weibull", "gamma", "lognormal", "loglogistic", "uniform", "triangular")

sentences = st.sampled_from(["Two ferrymen", "no", "1", "é 🎉", "person", "day", "1/day", "model.yaml", "sources.yaml",
                             "30 % within 14 days", "immediately", "\x00", "x" * 300])  # fmt: skip
made = st.sampled_from(KINDS).flatmap(lambda kind: expressions(kind, deep=2, typos=True, atoms=QUARREL))
texts = made.map(lambda node: node.text()[:1000])
KEYED = {
    "factions": FACTIONS, "state": STATE, "parameters": PARAMETERS, "derived": ("tense", "broken", "down", "new"),
    "events": EVENTS, "rules": RULES, "outcomes": OUTCOMES, "measures": ("toll", "shots"), "marks": ("deaths",),
    "checks": ("first", "second", "third"), "documents": ("letter-3", "letter-4"), "emits": EMISSION,
    "choose": EMISSION, "timetable": SCHEDULED,
    "effects": (*STATE[:6], "up[1]", "up[i]", "grain[south]", "tense", "up[bridges]", "up[j] for j in 1..3",
                "up[j] for j in 1..3 if j !="),
    "prior": ("pert", "uniform", "beta", "normal", "gamma"), **dict.fromkeys(LAWS, FORMS),
}  # fmt: skip
MEMBERS = (*EVENTS, *RULES, *OUTCOMES, "all", "bridge_fell[1]", "fails[2]", "fails[i]", "up[9]")
WORDS = Words(
    sentences=sentences,
    expressions=st.one_of(texts, texts, st.sampled_from(["calm", "talks == open", "3 days", "0.5", "2030-03-01", "["])),
    names=st.sampled_from([*FACTIONS, *STATE, *RULES, *OUTCOMES, *PARAMETERS, "person", "open", "time", "if"]),
    slugs=st.sampled_from(IDS),
    dates=st.sampled_from(["2030-01-01", "2030-01-03", "2030-01-09T14:30", "2030-01-12", "2031-02-29", "0001-01-01"]),
    families=st.sampled_from(["i in 1..3", "h in north, south", "i in 3..1", "if in 1..2", "i in 1..9999", "i in a,a",
                              "i in 1..3, j in 1..2 if i != j", "i in 1..3, i in 1..2", "i in 1..3 if h == i"]),
    free=st.sampled_from([*EMISSION, *SCHEDULED, *FORMS, "strange"]),
    keyed=KEYED,
    named={
        "faction": FACTIONS, "by": FACTIONS, "on": MEMBERS, "after": (*EVENTS, "call"), "before": EVENTS,
        "emits": (*EVENTS, "bridge_fell[i]"), "restarts": MEMBERS, "disable": RULES, "source": IDS, "rule": RULES,
        "event": (*EVENTS, "bridge_fell[1]"), "monotone": PARAMETERS, "never_lowers": OUTCOMES,
        "never_raises": OUTCOMES, "happened": EVENTS, "unchanged_by": EVENTS, "changed_only_by": EVENTS,
        "reachable": MEMBERS, "count": EVENTS, "model": ("model.yaml",), "history": ("history.yaml",),
        "sources": ("sources.yaml",), "check": ("first", "no_run_fails"), "extends": ("scenario.yaml", "base.yaml"),
        "scenario": ("scenario.yaml", "model.yaml", "nowhere.yaml"),
    },
)  # fmt: skip
SCENARIO_WORDS = Words(**{**WORDS.__dict__, "keyed": {**KEYED, "events": SCHEDULED}})

junk: Any = st.sampled_from(
    [None, True, False, 0, -1, 10**30, 1.5, 1e-300, "", "x", "a b", "0", [], {}, [[]], {"a": {"b": [1]}}, [None], "é",
     "[", "up[", "x" * 3000, ["a"] * 300, {"strange key: #": 1}, 10**60, float("1e308"), "\x85"]
)  # fmt: skip


@st.composite
def slipped(draw: st.DrawFn, data: Data, words: Any = junk) -> Data:
    """Return data with up to three of its parts replaced by something else, taken out, or put under another key."""
    data = _copied(data)  # parts of it may be shared by all examples
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(data))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "take out", "move", "swap"])):
            case "replace":
                holder[key] = _copied(draw(words))
            case "take out":
                del holder[key]
            case "move":
                put = draw(st.sampled_from(["strange", "for", "at", "i", "<<", "é: ", "", "x" * 200]))
                moved = holder.pop(key)
                if isinstance(holder, dict):
                    holder[put] = moved
            case "swap":
                other, there = draw(st.sampled_from(places))
                if there in other if isinstance(other, dict) else there < len(other):
                    holder[key] = _copied(other[there])
    return data


def _places(data: Any) -> Any:
    pending = [data]
    while pending:
        part = pending.pop()
        keys = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        for key in keys:
            yield part, key
            pending.append(part[key])


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
