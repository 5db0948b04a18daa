"""A model's functions with what many of them have in common written once: what the members of a family share.

Functions that differ in numbers alone become one function, which is told its member and finds the numbers in tables.
Statements that come one after another and differ in numbers alone become a loop over such a table, and so do the cases
of a choice by a number. Owns which parts are shared; how numbers are left out is left to `alike`.

A few alike parts stay as they are: the compiler makes faster code where it knows the numbers.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from sim.engines.kernel.generator.alike import (
    INT,
    NAME,
    Moved,
    Numbers,
    Rows,
    kinds,
    put_together,
    statements,
    taken_apart,
    whole_taken_apart,
)
from sim.engines.kernel.generator.lines import INDENT, MANY, indented

_HEAD = re.compile(r"def (\w+)\(f: Reals, n: Ints")
_CALLED = re.compile(r"\b([a-z]\w*_\d+)\(f, n")
_NUMBERED = re.compile(r"_\d+$")
_ASKED = re.compile(r"( *)if (\w+) == \d+:$")


class SharedText:
    """Functions of a model, as `functions`, and the tables that they read."""

    def __init__(self, functions: Sequence[str], many: int = MANY) -> None:
        self._many = many
        self.tables: dict[str, Numbers] = {}
        self._texts = {_name(text): text for text in functions}
        self._moved: dict[str, Moved] = {}
        self._rows: dict[str, Rows] = {}  # of statements and cases, by their templates
        self._made = 0
        order = {name: place for place, name in enumerate(self._texts)}
        self.functions = [text for _, text in sorted((order[name], text) for name, text in self._shared())]
        for rows in self._rows.values():
            self.tables |= rows.tables()

    def _shared(self) -> Iterator[tuple[str, str]]:
        """Yield each function with the name of the first that it stands for."""
        for names in _by_height(self._texts):
            alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for name in names:
                text = self._texts.pop(name)
                head, *lines = text.splitlines()
                if len(lines) >= self._many:
                    self._inner = 0
                    text = "\n".join([head, *self._block(lines, 1)]) + "\n"
                template, left_out = whole_taken_apart(text.removeprefix(f"def {name}"), self._moved)
                stem = _NUMBERED.sub("", name)
                alike[template if stem != name else f"{name}{template}"].append((name, " ".join(left_out)))
            for template, members in alike.items():
                if len(members) >= self._many:
                    yield members[0][0], self._one(template, members)
                    continue
                for name, given in members:
                    body = template if _NUMBERED.search(name) else template.removeprefix(name)
                    yield name, f"def {name}{put_together(body, given.split())}"

    def _new_rows(self, kinds: Sequence[str]) -> Rows:
        self._made += 1
        return Rows(number=self._made - 1, kinds=kinds)

    def _one(self, template: str, members: Sequence[tuple[str, str]]) -> str:
        """Return the function that alike ones become. Each number that differs has a column, equal columns have one."""
        columns = list(zip(*(left_out.split() for _, left_out in members), strict=True))
        differing = {column: kind for column, kind in zip(columns, kinds(template), strict=True)
                     if kind != NAME and len(set(column)) > 1}  # fmt: skip
        rows = self._new_rows(list(differing.values()))
        for row in zip(*differing, strict=True) if differing else ():
            rows.add(row)
        lines, names = rows.read("member")
        known = dict(zip(differing, names, strict=True))
        self.tables |= rows.tables()
        shared = f"{_NUMBERED.sub('', members[0][0])}_of_{rows.number}"
        self._moved.update((name, Moved(shared, place)) for place, (name, _) in enumerate(members))
        head, body = put_together(template, [known.get(column, column[0]) for column in columns]).split("\n", 1)
        head = head.replace("(f: Reals, n: Ints", f"def {shared}(f: Reals, n: Ints, member: int", 1)
        return "\n".join([head, *indented(lines), body])

    # Statements

    def _block(self, lines: Sequence[str], depth: int) -> list[str]:
        """Return lines of one depth with what is alike in them shared."""
        if len(lines) < self._many:
            return list(lines)
        found = []
        for name, asked in groupby(statements(lines, depth), _asked):
            group = list(asked)
            if name and len(group) >= self._many and _exclusive(name, group):
                cases = [(_asked_for(head), body) for head, *body in group]
                found += self._choice(name, cases, depth, depth + 1)
                continue
            parts = [(taken_apart("\n".join(one), self._moved), one) for one in group]
            for template, alike in groupby(parts, lambda part: part[0][0]):
                each = list(alike)
                if len(each) >= self._many:
                    found += self._loop(template, [numbers for (_, numbers), _ in each], depth)
                else:
                    found += [line for _, one in each for line in self._statement(one, depth)]
        return found

    def _statement(self, lines: list[str], depth: int) -> list[str]:
        """Return one statement with what is alike in its blocks shared."""
        if lines[0].startswith("match ", len(INDENT) * depth):
            name = lines[0].strip().removeprefix("match ").removesuffix(":")
            cases = [(_asked_for(head), body) for head, *body in statements(lines[1:], depth + 1)]
            return self._choice(name, cases, depth, depth + 2)
        indent = INDENT * (depth + 1)
        found: list[str] = []
        for inner, block in groupby(lines, lambda line: line.startswith(indent)):
            part = list(block)
            found += self._block(part, depth + 1) if inner else part
        return found

    def _loop(self, template: str, alike: Sequence[Sequence[str]], depth: int) -> list[str]:
        """Return the loop that alike statements become."""
        rows = self._rows_of(template)
        first = rows.count
        for numbers in alike:
            rows.add(numbers)
        row = self._row()
        lines, names = rows.read(row)
        body = put_together(template, names).split("\n")
        head = f"for {row} in range({first}, {rows.count}):"
        return [*indented([head], depth), *indented(lines, depth + 1), *indented(body)]

    def _choice(self, name: str, cases: Sequence[tuple[int, list[str]]], depth: int, inner: int) -> list[str]:
        """Return the choice among cases by a number: alike ones are found by a table with the way and the row."""
        alike: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
        for number, body in cases:
            template, numbers = taken_apart("\n".join(line.removeprefix(INDENT * inner) for line in body), self._moved)
            alike[template].append((number, numbers))
        many = {template for template, members in alike.items() if len(members) >= self._many}
        others = [
            line
            for template, members in alike.items()
            if template not in many
            for number, numbers in members
            for line in (f"    case {number}:", *indented(put_together(template, numbers).split("\n"), 2))
        ]
        lines = [f"match {name}:", *others] if others else []
        if many:
            size = 1 + max(number for number, _ in cases)
            found = self._new_rows([INT, INT])
            found.whole = [-1, 0] * size
            ways = []
            for way, template in enumerate(one for one in alike if one in many):
                rows = self._rows_of(template)
                for number, numbers in alike[template]:
                    found.whole[2 * number : 2 * number + 2] = way, rows.add(numbers)
                row = self._row()
                reading, names = rows.read(row)
                place = f"{row} = numbers_{found.number}[2 * {name} + 1]"
                body = [place, *reading, *put_together(template, names).split("\n")]
                ways += [f"    case {way}:", *indented(body, 2)]
            self.tables |= found.tables()
            match = f"match numbers_{found.number}[2 * {name}]:"
            lines = [f"if 0 <= {name} < {size}:", *indented([match, *ways]), *lines]
        return indented(lines, depth)

    def _rows_of(self, template: str) -> Rows:
        if template not in self._rows:
            self._rows[template] = self._new_rows(kinds(template))
        return self._rows[template]

    def _row(self) -> str:
        """Return a new name of a function for the place of a row."""
        self._inner += 1
        return f"row{self._inner}"


def _name(text: str) -> str:
    head = _HEAD.match(text)
    assert head, "a function of the kernel's arrays"
    return head[1]


def _asked(lines: Sequence[str]) -> str:
    """Return the name that a statement compares with a number, if that is all that it asks."""
    head = _ASKED.match(lines[0])
    return head[2] if head and all(line[len(head[1])] == " " for line in lines[1:]) else ""


def _asked_for(head: str) -> int:
    """Return the number in the head of a case, or of a statement that compares a name with one."""
    return int(head.removesuffix(":").rpartition(" ")[2])


def _exclusive(name: str, asking: Sequence[Sequence[str]]) -> bool:
    """Return whether at most one of some statements that compare a name with numbers does anything."""
    given = f"{name} = "
    return len({head for head, *_ in asking}) == len(asking) and not any(
        line.lstrip().startswith(given) for _, *body in asking for line in body
    )


def _by_height(texts: dict[str, str]) -> list[list[str]]:
    """Return the names of functions, those first that call none of them, then those that call only such, and so on."""
    calls = {name: {one for one in _CALLED.findall(text) if one in texts} for name, text in texts.items()}
    heights: dict[str, int] = {}
    for first in calls:
        pending = [first]
        while pending:
            name = pending[-1]
            unknown = [one for one in calls[name] if one not in heights]
            if unknown:
                pending += unknown
            else:
                heights[pending.pop()] = 1 + max((heights[one] for one in calls[name]), default=0)
    found: list[list[str]] = [[] for _ in range(max(heights.values(), default=0))]
    for name in texts:
        found[heights[name] - 1].append(name)
    return found
