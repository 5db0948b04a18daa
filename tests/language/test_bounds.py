"""Whatever is in a document, it is read or refused within bounds: twice the text is about twice the work and memory.

Work is counted in calls, so the bounds hold on any machine; each is above what linear growth gives, and below what
quadratic growth does.
"""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.build.context import MOST_PARTS_OF_ALL
from sim.build.model import loads_model
from sim.language.diagnostics import LanguageError
from sim.model.program import compile_model
from tests.effort import effort
from tests.language.reading import DOCUMENTS, case

SIZE = 500
MOST_WORK, MOST_MEMORY = 2.4, 2.6  # times as much for twice the size
RULE = {"faction": "a", "emits": "hit"}
BASIS = {"basis": {"judgement": "x"}}
MODEL = {
    "model": "m", "title": "M", "time": {"unit": "day", "origin": "2030-01-01"}, "horizon": "90 days",
    "factions": {"a": {"title": "A"}}, "state": {"lit": {"type": "bool", "initial": "true"}},
    "events": {"hit": {"by": "a"}},
}  # fmt: skip
FLAG = {"type": "bool", "initial": "true"}
FLOOD = {"at": "2030-01-10", "event": "flood_came", "claim": "x", "sources": [{"source": "letter-3"}]}
Data = dict[str, Any]


def many(size: int, value: Any) -> Data:
    return {f"k{number}": value(number) if callable(value) else value for number in range(size)}


def names(size: int) -> list[str]:
    return list(many(size, None))


def with_events(size: int, **more: Any) -> Data:
    return {"events": {"hit": {"by": "a"}, **many(size, {"by": "a"})}, **more}


def up(size: int) -> Data:
    return {"up": {"for": f"i in 1..{size}", **FLAG}}


GROWING: dict[str, Callable[[int], Data]] = {
    "variables": lambda n: {"state": many(n, {"type": "int", "initial": "0"})},
    "enums": lambda n: {"state": many(n, lambda k: {"type": "enum", "values": [f"v{k}", "w"], "initial": f"v{k}"})},
    "families": lambda n: {"state": many(n, {"for": "i in 1..2", **FLAG})},
    "parameters": lambda n: {"parameters": many(n, {"value": "1", **BASIS})},
    "parameters and variables": lambda n: {"parameters": many(n, {"value": "1", **BASIS}),
                                           "state": {f"s{k}": FLAG for k in range(n)}},
    "derived": lambda n: {"derived": many(n, {"value": "1 if lit else 2"})},
    "events": lambda n: with_events(n),
    "effects": lambda n: {"state": many(n, FLAG),
                          "events": {"hit": {"by": "a", "effects": many(n, lambda k: f"not k{k}")}}},
    "marks": lambda n: {"events": {"hit": {"by": "a", "marks": many(n, "int")}}},
    "rules": lambda n: {"rules": many(n, {**RULE, "when": "lit"})},
    "a rule on all events": lambda n: with_events(n, rules={"r": {**RULE, "on": names(n)}}),
    "rules on events of their own": lambda n: with_events(n, rules=many(n, lambda k: {**RULE, "on": f"k{k}"})),
    "a rule that restarts all": lambda n: {"rules": {**many(n, RULE), "r": {**RULE, "restarts": names(n)}}},
    "a rule with many bases": lambda n: {"rules": {"r": {**RULE, "basis": [{"judgement": "x"}] * n}}},
    "choices": lambda n: {"rules": many(n // 50, {"faction": "a", "choose": [{"event": "hit", "weight": "1"}] * 50})},
    "a timetable": lambda n: {"timetable": [{"at": f"{k} days", "event": "hit"} for k in range(n)]},
    "a timetable of all events": lambda n: {"events": many(n, {}),
                                            "timetable": [{"at": "1 day", "event": name} for name in names(n)]},
    "outcomes on events": lambda n: with_events(n, outcomes=many(n, lambda k: {"on": f"k{k}"})),
    "measures": lambda n: {"measures": many(n, {"integral": "1 if lit else 0"})},
    "checks": lambda n: with_events(n, checks=many(n, lambda k: {"always": f"times(k{k}) < 2", "because": "x"})),
    "a check of all rules": lambda n: {"rules": many(n, RULE),
                                       "checks": {"c": {"reachable": names(n), "because": "x"}}},
    "a check of all events": lambda n: with_events(
        n, checks={"c": {"after": "hit", "happened": names(n), "because": "x"}}
    ),
    "rules over a sum": lambda n: {"state": up(20), "rules": many(n // 5, {**RULE, "when": "count(up) > 2"})},
    "rules over what is derived": lambda n: {"state": up(20), "derived": {"c": {"value": "count(up)"}},
                                             "rules": many(n // 5, {**RULE, "when": "c > 2"})},
    "long sentences": lambda n: {"factions": {"a": {"title": "A"}, **many(n, {"title": "x" * 1000})}},
    "unknown keys": lambda n: {"state": many(n, {"strange": "x"})},
    "missing keys": lambda n: {"state": many(n, {"type": "bool"})},
}  # fmt: skip
GROWING_CASE: dict[str, tuple[str, Callable[[int], Data]]] = {
    "documented events": ("history", lambda n: {"events": [
        *good("history")["events"], *({"id": f"e{k}", **FLOOD, "at": "2030-01-12"} for k in range(n))]}),
    "documents": ("sources", lambda n: {"documents": {
        **good("sources")["documents"], **many(n, {"title": "x", "reliability": "low"})}}),
    "events of a scenario": ("scenario", lambda n: {"events": [{"after": "5 days", "event": "flood_came"}] * n}),
    "events before the branch": ("scenario", lambda n: {"events": [{"at": "2030-01-02", "event": "flood_came"}] * n}),
    "rules disabled": ("scenario", lambda n: {"disable": ["mends"] * n}),
    "outcomes of a scenario": ("scenario", lambda n: {"outcomes": many(n, {"when": "calm"})}),
    "unknown parameters": ("scenario", lambda n: {"parameters": many(n, "3")}),
}  # fmt: skip


def good(name: str) -> Data:
    found: Data = yaml.load(DOCUMENTS[name], yaml.BaseLoader)  # noqa: S506 - texts alone
    return found


def model_text(change: Data) -> str:
    return json.dumps({**MODEL, **change})


def read(act: Callable[[], Any]) -> None:
    try:
        compile_model(act())
    except LanguageError as error:
        str(error)


def read_model(change: Data) -> Callable[[], None]:
    text = model_text(change)
    return lambda: read(lambda: loads_model(text))


def read_case(folder: Path, name: str, change: Data) -> Callable[[], None]:
    text = json.dumps({**good(name), **change})
    return lambda: read(lambda: case(folder, name, text).scenario.model)


@pytest.mark.parametrize("what", GROWING)
def test_a_model_of_twice_the_size_is_about_twice_the_work(what: str) -> None:
    once, twice = (effort(read_model(GROWING[what](size))) for size in (SIZE, 2 * SIZE))

    assert twice < MOST_WORK * once


@pytest.mark.parametrize("what", GROWING_CASE)
def test_a_case_of_twice_the_size_is_about_twice_the_work(tmp_path: Path, what: str) -> None:
    name, change = GROWING_CASE[what]

    once, twice = (effort(read_case(tmp_path, name, change(size))) for size in (SIZE, 2 * SIZE))

    assert twice < MOST_WORK * once


def peak(act: Callable[[], None]) -> int:
    """Return the greatest memory in use while `act` runs, in bytes, beyond what was in use before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", ["variables", "rules on events of their own", "long sentences"])
def test_a_model_of_twice_the_size_is_about_twice_the_memory(what: str) -> None:
    small, once, twice = (peak(read_model(GROWING[what](size))) for size in (10, SIZE, 2 * SIZE))

    assert twice - small < MOST_MEMORY * (once - small)


def refusal(text: str) -> tuple[str, int]:
    """Return the code of the first complaint about a model, and the work that it took."""
    found: list[str] = []

    def act() -> None:
        try:
            loads_model(text)
        except LanguageError as error:
            found.append(error.diagnostics[0].code)

    work = effort(act)
    return found[0], work


def test_a_family_whose_every_member_sums_a_family_is_refused_soon() -> None:
    """A file of some hundred bytes, whose expressions would have four million parts."""
    rules = {"r": {**RULE, "for": "i in 1..999", "when": "count(up) > i"}}

    code, work = refusal(model_text({"state": up(999), "rules": rules}))

    assert code == "E204"
    assert work < 10 * MOST_PARTS_OF_ALL


def test_a_family_of_wrong_sums_is_refused_soon() -> None:
    choice = [{"event": "hit", "weight": "count(up) > 2"}] * 10
    rules = {"r": {"faction": "a", "for": "i in 1..200", "choose": choice}}

    code, work = refusal(model_text({"state": up(999), "rules": rules}))

    assert code == "E302"
    assert work < 200 * 10 * 500
