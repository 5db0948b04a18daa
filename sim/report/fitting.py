"""How a table is made to fit a terminal: figures broken before their intervals, columns left out, a block for each row.

What is done is chosen by the width alone, in this order, until the table fits: figures get their interval on a line of
its own; columns that can be spared are left out, and the caption says which; a grid is cut into tables of fewer
columns; any other table becomes a block of lines for each row. No number is ever broken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from textwrap import wrap

from sim.language.visible import columns
from sim.report.table import GAP, Side, Table, folded

NARROWEST = 16  # characters that a column of words keeps
INDENT = 2
HEADING = 11  # characters of a line of a heading, though its words and the cells below it are shorter


def fitting(table: Table, width: int) -> list[Table]:
    """Return the tables that show a table in lines of `width` characters, with no column to be cut.

    A table whose rows became blocks has one column, whose lines may still have to be broken at spaces.
    """
    if needs(table) <= width:
        return [table]
    table = _broken(table)
    table = _spared(table, width)
    if needs(table) <= width:
        return [table]
    return _parted(table, width) if table.grid and len(table.columns) > 1 else [_blocks(table)]


def broken(text: str, width: int, indent: int = 4) -> Iterator[str]:
    """Yield the lines of a text that is broken at spaces to fit `width` columns; all but the first are set in.

    A word that is longer than a line stays whole, and so does a number with its sign of per cent.
    """
    if columns(text) <= width:
        yield text
        return
    before = text[: len(text) - len(text.lstrip())]
    line = before
    for word in re.findall(r"\S+(?: %\S*)?", text):
        longer = line + ("" if line.isspace() or not line else " ") + word
        if columns(longer) > width and not line.isspace() and line:
            yield line
            longer = before + " " * indent + word
        line = longer
    yield line


def needs(table: Table) -> int:
    """Return how many characters a table needs where its words are broken at spaces and its figures are not."""
    return sum(_needs(table)) + GAP * (len(table.columns) - 1)


def _needs(table: Table) -> list[int]:
    return [
        max([_heading_width(heading), *(_cell_width(row[index], side) for row in table.rows)])
        for index, (heading, side) in enumerate(table.columns)
    ]


def _heading_width(heading: str) -> int:
    return max(map(columns, folded(heading).split("\n")))


def _longest_word(text: str) -> int:
    return max(map(columns, text.split()), default=0)


def _cell_width(cell: str, side: Side) -> int:
    lines = cell.split("\n")
    if side == "right":
        return max(map(columns, lines))
    return max(_longest_word(cell), min(NARROWEST, max(map(columns, lines))))


def _broken(table: Table) -> Table:
    """Put brackets behind a figure on a line of their own, and break headings to the width of the cells."""
    sides = [side for _, side in table.columns]
    rows = [
        [cell.replace(" (", "\n(") if side == "right" else cell for cell, side in zip(row, sides, strict=True)]
        for row in table.rows
    ]
    made = []
    for index, (heading, side) in enumerate(table.columns):
        least = max(_longest_word(heading), min(HEADING, _heading_width(heading)))
        needed = max([1, least, *(_cell_width(row[index], side) for row in rows)])
        lines = [part for line in heading.split("\n") for part in wrap(line, needed) or [""]]
        made.append(("\n".join(lines), side))
    return replace(table, columns=made, rows=rows)


def _spared(table: Table, width: int) -> Table:
    """Leave out columns that can be spared, the last of them first, until the table fits or none is left."""
    spared, gone = list(table.spared), list[int]()
    kept = table
    while spared and needs(kept) > width:
        gone.insert(0, spared.pop())
        kept = _with_columns(table, [index for index in range(len(table.columns)) if index not in gone])
    if not gone or needs(kept) > width:
        return table
    names = ", ".join(" ".join(table.columns[index][0].split()) for index in gone)
    note = f"Not shown in {width} columns: {names}. In a wider window they are."
    return replace(kept, caption=f"{table.caption}\n{note}" if table.caption else note)


def _with_columns(table: Table, at: Sequence[int]) -> Table:
    kept = [table.columns[index] for index in at], [[row[index] for index in at] for row in table.rows]
    return replace(table, columns=kept[0], rows=kept[1], spared=())


def _parted(table: Table, width: int) -> list[Table]:
    """Cut a grid into tables that have its first column and as many of the others as fit."""
    needed = _needs(table)
    others = range(1, len(needed))
    if max(needed[0] + GAP + needed[at] for at in others) > width:
        return [_blocks(table)]
    for count in range(1, len(others) + 1):
        ends = [round(part * len(others) / count) for part in range(count + 1)]
        groups = [others[first:last] for first, last in pairwise(ends)]
        if all(needed[0] + sum(GAP + needed[at] for at in group) <= width for group in groups):
            break
    parts = [replace(_with_columns(table, [0, *group]), title="", caption="") for group in groups]
    return [replace(parts[0], title=table.title), *parts[1:-1], replace(parts[-1], caption=table.caption)]


def _blocks(table: Table) -> Table:
    """Give each row lines of its own: its first words, and below them each other cell behind its heading."""
    return replace(
        table, columns=[("", "left")], rows=[[line] for row in table.rows for line in _block(table, row)], spared=()
    )


def _block(table: Table, row: Sequence[str]) -> Iterator[str]:
    first, *others = (" ".join(cell.split()) for cell in row)
    yield first
    for (heading, _), cell in zip(table.columns[1:], others, strict=True):
        if cell:
            name = " ".join(heading.split())
            yield " " * INDENT + (f"{name}: {cell}" if name else cell)
