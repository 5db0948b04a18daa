"""Tables of text: the form in which results reach a terminal, a notebook and a page alike."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

from sim.errors import UsageError

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True)
class Table:
    """A title, headings with the side that their column leans to, rows of text, and what to know about them."""

    title: str
    columns: tuple[tuple[str, Side], ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __str__(self) -> str:
        lines = [[heading.replace("\n", " ") for heading, _ in self.columns], *map(list, self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        drawn = [
            "  ".join(
                cell.rjust(width) if side == "right" else cell.ljust(width)
                for cell, width, (_, side) in zip(line, widths, self.columns, strict=True)
            ).rstrip()
            for line in lines
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([*([self.title] if self.title else []), drawn[0], rule, *drawn[1:], *self._caption()])

    def _caption(self) -> list[str]:
        return [self.caption] if self.caption else []

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align:{side}">{escape(heading)}</th>' for heading, side in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{side}">{escape(cell)}</td>'
                for cell, (_, side) in zip(row, self.columns, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        title = f"<caption style='text-align:left'><b>{escape(self.title)}</b></caption>" if self.title else ""
        below = f"<p>{escape(self.caption)}</p>" if self.caption else ""
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def as_html(tables: Sequence[Table], *paragraphs: str) -> str:
    """Return tables and paragraphs below them as one piece of HTML, with nothing to load."""
    return "".join(table._repr_html_() for table in tables) + "".join(f"<p>{escape(text)}</p>" for text in paragraphs)


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
