"""Parts of a text that differ in numbers alone: where those numbers stand, and the tables that they go to.

Owns how a text is taken apart and put together again. Which parts of a model's text share one is left to
`shared_text`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.engines.kernel.generator.lines import INDENT

Numbers: TypeAlias = tuple[int, ...] | tuple[float, ...]

INT, REAL, NAME = "\0i", "\0r", "\0n"  # what stands in a template where a number or a local name is left out
# A call of a model's function, by a name that ends in a number; a number outside of names and of heads of
# cases; a local name with a number.
_CALL = r"\b([a-z]\w*_\d+)\(f, n"
_NUMBER = r"(?<![\w.])(?<!\de[+-])(?<!case )(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.])"
_LOCAL = r"\b([a-z]+\d+)\b(?!\()"
_PART = re.compile(f"{_CALL}|{_NUMBER}")
_PART_OR_NAME = re.compile(f"{_CALL}|{_NUMBER}|{_LOCAL}")
_LEFT_OUT = re.compile("(?:\1[0-9]+)?(\0[irn])")


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a function has gone: the shared one, and its member there."""

    name: str
    member: int


def taken_apart(text: str, moved: Mapping[str, Moved]) -> tuple[str, list[str]]:
    """Return a text without its numbers, and those. Calls of functions that have `moved` become calls of shared ones.

    Two texts are alike if they are the same without their numbers.
    """
    parts = _PART.split(text)
    template, left_out = [parts[0]], list[str]()
    for call, number, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        template += [_known(call, number, moved, left_out), rest]
    return "".join(template), left_out


def whole_taken_apart(text: str, moved: Mapping[str, Moved]) -> tuple[str, list[str]]:
    """Return a function's text without its numbers and its local names that have numbers, and both.

    Two functions are alike if they are the same without these, and each has one name where the other has one.
    """
    parts = _PART_OR_NAME.split(text)
    template, left_out = [parts[0]], list[str]()
    names: dict[str, int] = {}
    for call, number, name, rest in zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True):
        if name is not None:
            left_out.append(name)
            template += [f"\1{names.setdefault(name, len(names))}{NAME}", rest]
        else:
            template += [_known(call, number, moved, left_out), rest]
    return "".join(template), left_out


def _known(call: str | None, number: str | None, moved: Mapping[str, Moved], left_out: list[str]) -> str:
    """Return what of a call or a number stays in a template; the rest is put with what is left out."""
    if number is not None:
        left_out.append(number)
        return REAL if "." in number or "e" in number else INT
    assert call is not None, "what is found is a call or a number"
    if call not in moved:
        return f"{call}(f, n"
    left_out.append(str(moved[call].member))
    return f"{moved[call].name}(f, n, {INT}"


def put_together(template: str, values: Sequence[str]) -> str:
    """Return a template with something at each place where something was left out."""
    left = iter(values)
    return _LEFT_OUT.sub(lambda _: next(left), template)


def kinds(template: str) -> list[str]:
    """Return of what kind each thing is that is left out of a template."""
    return _LEFT_OUT.findall(template)


@dataclass
class Rows:
    """The numbers of alike parts, a row for each: whole numbers in one table, reals in another."""

    number: int
    kinds: Sequence[str]
    whole: list[int] = field(default_factory=list)
    real: list[float] = field(default_factory=list)
    count: int = 0

    def add(self, numbers: Sequence[str]) -> int:
        """Add a row; return its place."""
        for number, kind in zip(numbers, self.kinds, strict=True):
            if kind == REAL:
                self.real.append(float(number))
            else:
                self.whole.append(int(number))
        self.count += 1
        return self.count - 1

    def tables(self) -> dict[str, Numbers]:
        """Return the tables by their names."""
        found: dict[str, Numbers] = {f"numbers_{self.number}": tuple(self.whole)}
        return {name: table for name, table in (*found.items(), (f"reals_{self.number}", tuple(self.real))) if table}

    def read(self, row: str) -> tuple[list[str], list[str]]:
        """Return the lines that read a row, whose place has a name, and the names of its numbers."""
        lines, names = [], []
        tables, places = {INT: "numbers", REAL: "reals"}, {INT: 0, REAL: 0}
        for kind, table in tables.items():
            if kind in self.kinds:
                lines.append(f"{row}_{table} = {row} * {self.kinds.count(kind)}")
        for column, kind in enumerate(self.kinds):
            names.append(f"{row}_{column}")
            lines.append(f"{names[-1]} = {tables[kind]}_{self.number}[{row}_{tables[kind]} + {places[kind]}]")
            places[kind] += 1
        return lines, names


def statements(lines: Sequence[str], depth: int) -> list[list[str]]:
    """Split lines of one depth into statements, each with the lines that belong to it."""
    found: list[list[str]] = []
    indent = INDENT * depth
    for line in lines:
        begins = line[len(indent)] != " " and not line.startswith(("else:", "elif ", "except "), len(indent))
        if begins or not found:
            found.append([])
        found[-1].append(line)
    return found
