"""What is wrong with a text that is not YAML, in plain words: PyYAML's messages are about its own internals.

Knows the messages of both of PyYAML's parsers, the one in C and the one in Python.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

QUOTES = 'put the text in quotes, as in title: "The crisis: how it began"'
COLUMN = (
    "the keys of one mapping stand below each other, in the same column; what belongs to a key stands further right"
)
Advice: TypeAlias = tuple[str, tuple[str, ...]]  # what is wrong, and what to write instead
_PARTS = (("quoted scalar", "text in quotes"), ("block scalar", "text"), ("sequence", "list"), ("mapping", "mapping"))


@dataclass(frozen=True, slots=True)
class BrokenYaml:
    """Where the parser stopped: what it says, the line, and the column from 0."""

    problem: str
    line: str
    column: int

    @property
    def here(self) -> str:
        return self.line[self.column : self.column + 1]

    @property
    def before(self) -> str:
        return self.line[: self.column]


def in_words(broken: BrokenYaml) -> Advice:
    """Return what is wrong, and what to write instead."""
    problem = broken.problem
    if "\t" in broken.line and ("tab" in problem or "cannot start any token" in problem or "\t" in broken.before):
        return "a tab stands where only spaces may", ("YAML is indented with spaces, never with tabs",)
    for words, describe in _PROBLEMS:
        if re.search(words, problem):
            return describe(broken)
    return "the text cannot be read from here on", (QUOTES,)


def begun(context: str) -> str:
    """Return what the part is called that the parser was in, such as `list`."""
    return next((ours for theirs, ours in _PARTS if theirs in context), "text")


def _colon(broken: BrokenYaml) -> Advice:
    if re.search(r":\s", broken.before):
        return "a ':' in a text that is not in quotes", (QUOTES,)
    return "this line is indented as if it belonged to the text above it", (COLUMN,)


def _no_key(broken: BrokenYaml) -> Advice:
    if broken.here and broken.here in "}]":
        return f"a '{broken.here}' without the bracket that it closes", ("count the brackets of this line",)
    quote = broken.before.rstrip()[-1:]
    if quote in ("'", '"') and broken.here:
        single = "inside of '...' an apostrophe is written twice: 'It''s'"
        return "text goes on after the quote that closes it", (single if quote == "'" else 'inside of "..." write \\"',)
    return "this line does not begin in the same column as the keys that it stands among", (COLUMN,)


def _start(broken: BrokenYaml) -> Advice:
    if broken.here:
        return f"a text without quotes cannot begin with '{broken.here}'", ("put the text in quotes",)
    return "the text cannot be read from here on", (QUOTES,)


def _comma(broken: BrokenYaml) -> Advice:
    bracket = "]" if "]" in broken.problem else "}"
    note = "between { } or [ ], an expression with , [ ] { } or ': ' in it stands in quotes"
    return f"a ',' or the closing '{bracket}' is missing before this", (note,)


def _said(message: str, *notes: str) -> Callable[[BrokenYaml], Advice]:
    return lambda _: (message, notes)


_PROBLEMS = (
    ("mapping values are not allowed", _colon),
    ("expected ',' or", _comma),
    ("did not find expected key|expected <block end>, but found", _no_key),
    ("expected '?<document start>", _said("this line stands further left than those above it", COLUMN)),
    (
        "could not find expected ':'|simple key",
        _said("a key without its ':' above or in this line", "a key, a ':' and a space: title: A ceasefire"),
    ),
    ("unexpected end of stream", _said("a quote or a bracket is never closed")),
    (
        "sequence entries are not allowed",
        _said("an item of a list, '- ', cannot stand here", "begin the list on a line of its own, or quote the text"),
    ),
    ("escape", _said("a '\\' in a text in \"...\" begins a sign that is none", "write '...', or \\\\ for one \\")),
    (
        "comment or (a )?line break",
        _said("a text after '|' or '>' begins on the next line", "leave the rest of this line empty"),
    ),
    ("alphabetic or numeric character|cannot start any token|plain (scalar|value)", _start),
)
