"""The numbers of a model that are written as known: as a table, and as data.

`sim.build.guesses.literals` says which they are.
"""

from collections.abc import Sequence
from typing import Any

from sim.build.guesses.literals import LiteralNumber
from sim.language.counts import counted
from sim.report.table import Table, sided

WHERE = "in rules, effects, derived quantities and under `relaxes`"
WIDEST_TEXT = 48  # characters of an expression, around its number


def table(numbers: Sequence[LiteralNumber]) -> Table:
    """Return a row for each number, and how many there are."""
    rows = [(one.span.location, f"{one.kind} '{one.owner}'", one.place, one.written, _around(one)) for one in numbers]
    return Table(
        title="Numbers that are written as known",
        columns=sided(["where", "in", "place", "number", "text"], []),
        rows=rows,
        caption=_caption(numbers),
        spared=(2, 4),
    )


def _caption(numbers: Sequence[LiteralNumber]) -> str:
    if not numbers:
        return f"0 numbers are written as known {WHERE}."
    in_guards = sum(one.in_guard for one in numbers)
    guards = f", {in_guards} of them in guards" if in_guards else ""
    are = "is" if len(numbers) == 1 else "are"
    return (
        f"{counted(len(numbers), 'number')} {are} written as known {WHERE}{guards}. "
        "One that is a guess can say so: about(0.3, 2). In a guard, and under `relaxes`, it is a parameter. 0, 1, "
        "whole exponents, the 2 of 2 * pi and the time of a chance do not count."
    )


def _around(one: LiteralNumber) -> str:
    """Return an expression, of a long one the part around its number."""
    text, at = one.text, one.begins
    if len(text) <= WIDEST_TEXT:
        return text
    first = max(0, min(at - WIDEST_TEXT // 3, len(text) - WIDEST_TEXT))
    piece = text[first : first + WIDEST_TEXT]
    return ("..." if first else "") + piece + ("..." if first + WIDEST_TEXT < len(text) else "")


def as_data(numbers: Sequence[LiteralNumber]) -> list[dict[str, Any]]:
    """Return each number as JSON-ready data."""
    return [
        {
            "path": one.span.path, "line": one.span.line, "column": one.span.column, "length": one.span.length,
            "kind": one.kind, "name": one.owner, "place": one.place, "number": one.written, "text": one.text,
        }
        for one in numbers
    ]  # fmt: skip
