"""Tables of text: the form in which results reach a terminal, a notebook and a page alike; there all is `visible`.

As text a table is laid out here, by the widths of its cells: rich, which `sim.cli.terminal` draws with where lines must
be broken to fit, takes a hundred times as long (100,000 rows of seven cells: 32 s instead of 0.3 s). Both look alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Literal, TypeAlias

from sim.language.visible import columns, isolated, visible, visible_line

Side: TypeAlias = Literal["left", "right"]
GAP = 2  # spaces between columns
WIDEST_HEADING = 28  # characters of a line of a heading


@dataclass(frozen=True)
class Table:
    """A title, headings with the side that their column leans to, rows of text, and what to know about them.

    Where lines are short, the columns `spared` may be left out, the last of them first, and a `grid` may be cut into
    tables of fewer columns: `fitting` does it.
    """

    title: str
    columns: Sequence[tuple[str, Side]]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    spared: Sequence[int] = ()
    grid: bool = False

    def __str__(self) -> str:
        broken = [folded(visible(heading)).split("\n") for heading, _ in self.columns]
        height = max(map(len, broken))
        headings = [*zip(*([""] * (height - len(lines)) + lines for lines in broken), strict=True)]
        rows = [[visible_line(cell) for cell in row] for row in self.rows]
        widths = [max(map(columns, column)) for column in zip(*headings, *rows, strict=True)]
        rule = "-" * (sum(widths) + GAP * (len(widths) - 1))
        lines = [*self._laid_out(headings, widths), rule, *self._laid_out(rows, widths)]
        return "\n".join([*filter(None, [visible(self.title)]), *lines, *filter(None, [visible(self.caption)])])

    def _laid_out(self, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
        sides = [side for _, side in self.columns]
        for row in rows:
            yield (" " * GAP).join(map(_padded, row, widths, sides)).rstrip()

    def _repr_html_(self) -> str:
        head = self._row("th", [heading for heading, _ in self.columns])
        body = "".join(self._row("td", row) for row in self.rows)
        title = f"<caption style='text-align:left'><b>{_page(self.title)}</b></caption>" if self.title else ""
        below = f"<p>{_page(self.caption)}</p>" if self.caption else ""
        return f"<table>{title}<thead>{head}</thead><tbody>{body}</tbody></table>{below}"

    def _row(self, tag: str, cells: Sequence[str]) -> str:
        sided = zip(cells, self.columns, strict=True)
        written = (f'<{tag} style="text-align:{side}">{_page(cell)}</{tag}>' for cell, (_, side) in sided)
        return f"<tr>{''.join(written)}</tr>"


def _padded(cell: str, width: int, side: Side) -> str:
    space = " " * (width - columns(cell))
    return space + cell if side == "right" else cell + space


def as_a_list(items: Sequence[str]) -> str:
    """Write items one after another, with `and` before the last."""
    *before, last = items
    return f"{', '.join(before)} and {last}" if before else last


def sided(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, Side]]:
    """Return headings of columns that lean to the left, and behind them of some that lean to the right."""
    return [*((heading, "left") for heading in left), *((heading, "right") for heading in right)]


def folded(heading: str) -> str:
    """Break the lines of a heading at spaces, so that a long title does not push the figures off the line."""
    lines = heading.splitlines() or [""]
    return "\n".join(part for line in lines for part in wrap(line, WIDEST_HEADING, break_long_words=False) or [""])


def _page(text: str) -> str:
    """Write text for a page of HTML."""
    return escape(isolated(visible(text)))


def as_html(tables: Sequence[Table], *paragraphs: str, before: Sequence[str] = ()) -> str:
    """Return tables, with paragraphs before and below them, as one piece of HTML, with nothing to load."""
    above, below = ("".join(f"<p>{_page(text)}</p>" for text in texts) for texts in (before, paragraphs))
    return above + "".join(table._repr_html_() for table in tables) + below
