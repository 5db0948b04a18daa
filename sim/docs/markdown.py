"""Markdown as the reference pages have it: pages, tables, blocks."""

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by `python -m sim.docs` from the code: change it there. -->"


def page(title: str, *parts: str, topics: str = "") -> str:
    """Return a page of parts with an empty line between them; empty parts are left out."""
    words = f"\n<!-- topics: {topics} -->" if topics else ""
    return "\n\n".join(part for part in (f"# {title}{words}", NOTICE, *parts) if part) + "\n"


def section(title: str, *parts: str, topics: str = "", level: int = 2) -> str:
    """Return a section; `topics` are further words by which it is asked for."""
    words = f"\n<!-- topics: {topics} -->" if topics else ""
    return "\n\n".join(part for part in (f"{'#' * level} {title}{words}", *parts) if part)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing without rows. A line within a cell is joined with the next."""
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    rule = f"|{'|'.join(['---'] * len(heads))}|"
    return "\n".join([f"| {' | '.join(heads)} |", rule, *lines]) if lines else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def block(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def facts(**given: str) -> str:
    """Return a list of named facts; those without a text are left out."""
    return "\n".join(f"- **{name.replace('_', ' ').capitalize()}:** {text}" for name, text in given.items() if text)
