"""Tables of text: the form in which results reach a terminal, a notebook and a page alike; there all is `visible`."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

from sim.errors import UsageError
from sim.language.visible import columns, isolated, visible, visible_line

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True)
class Table:
    """A title, headings with the side that their column leans to, rows of text, and what to know about them."""

    title: str
    columns: tuple[tuple[str, Side], ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __str__(self) -> str:
        headings = [heading for heading, _ in self.columns]
        lines = [[visible_line(cell) for cell in line] for line in (headings, *self.rows)]
        widths = [max(columns(line[place]) for line in lines) for place in range(len(self.columns))]
        drawn = [
            "  ".join(
                " " * (width - columns(cell)) + cell if side == "right" else cell + " " * (width - columns(cell))
                for cell, width, (_, side) in zip(line, widths, self.columns, strict=True)
            ).rstrip()
            for line in lines
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        around = [[visible(text)] if text else [] for text in (self.title, self.caption)]
        return "\n".join([*around[0], drawn[0], rule, *drawn[1:], *around[1]])

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align:{side}">{_page(heading)}</th>' for heading, side in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{side}">{_page(cell)}</td>'
                for cell, (_, side) in zip(row, self.columns, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        title = f"<caption style='text-align:left'><b>{_page(self.title)}</b></caption>" if self.title else ""
        below = f"<p>{_page(self.caption)}</p>" if self.caption else ""
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def _page(text: str) -> str:
    """Write text for a page of HTML."""
    return escape(isolated(visible(text)))


def as_html(tables: Sequence[Table], *paragraphs: str) -> str:
    """Return tables and paragraphs below them as one piece of HTML, with nothing to load."""
    return "".join(table._repr_html_() for table in tables) + "".join(f"<p>{_page(text)}</p>" for text in paragraphs)


def frame(columns: Mapping[str, Any]) -> Any:
    """Return columns as a pandas DataFrame. Raise UsageError E010 if pandas is not installed."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        raise UsageError(
            "E010",
            "`.to_frame()` needs pandas, which is not installed",
            "install it beside sim, such as by pip install '.[frames]'",
        ) from None
    return pandas.DataFrame(dict(columns))
