"""Expressions checked against a small scope of their own: what the tests of the language share."""

from sim.language.diagnostics import Complaints, LanguageError
from sim.language.expressions.grammar import Text
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Read
from sim.language.expressions.types import (
    BOOL,
    DURATION,
    INSTANT,
    INT,
    RATE_TYPE,
    REAL,
    Calendar,
    Enumeration,
    Integer,
    Type,
    date,
)
from sim.language.expressions.typing import check
from sim.language.yaml.parser import parse

TALKS = Enumeration(("none", "open", "signed"))
SIDE = Enumeration(("south", "west"))
MOOD = Enumeration(("calm", "angry", "open"))
NAMES = {
    "ceasefire": BOOL, "talks": TALKS, "side": SIDE, "mood": MOOD, "dead": INT, "trust": REAL, "patience": DURATION,
    "deadline": INSTANT, "pace": RATE_TYPE, "army": Integer((("soldier", 1),)),
}  # fmt: skip


def scope(*, time: bool = False, random: bool = False, broken: frozenset[str] = frozenset()) -> Scope:
    return Scope(
        Calendar("day", date("2030-01-01"), ("soldier",)),
        {name: Read("state", name, kind) for name, kind in NAMES.items()},
        families={
            "up": {str(member): Read("state", f"up[{member}]", BOOL) for member in (-1, 0, 1)},
            "grain": {member: Read("state", f"grain[{member}]", REAL) for member in ("north", "south")},
            "moods": {member: Read("state", f"moods[{member}]", MOOD) for member in ("north", "south")},
            "dates": {member: Read("state", f"dates[{member}]", INSTANT) for member in ("north", "south")},
        },
        indices={"i": 0, "h": "north", "w": "signed"},
        enums=(TALKS, MOOD),
        broken=broken,
        time=time,
        random=random,
    )


def checked(text: str, wanted: Type | None = None, where: Scope | None = None) -> Expression:
    """Check the text of an expression. Raise LanguageError if it is wrong."""
    document = parse("x: 1", "a.yaml")
    document.text = text
    document.line_starts = [0]
    document.lines = {}
    complaints = Complaints()
    found = check(Text(text, document, 0), where or scope(), wanted, complaints)
    complaints.raise_any()
    assert found is not None, "nothing was complained of"
    return found


def wrong(text: str, wanted: Type | None = None, where: Scope | None = None) -> list[str]:
    """Return `CODE piece: message` of each complaint about the text."""
    try:
        checked(text, wanted, where)
    except LanguageError as error:
        return [
            f"{item.code} {text[item.span.column - 1 :][: item.span.length]}: {item.message}"
            for item in error.diagnostics
            if item.span
        ]
    return []
