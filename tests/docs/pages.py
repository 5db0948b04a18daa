"""The fenced blocks of a page, and a tutorial's commands with their output, which `python -m tests.docs` writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.cli.topics import pages
from sim.docs.markdown import NOTICE
from sim.docs.reference_pages import PAGES
from tests.docs.shell import typed

ELLIPSIS = "..."
_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]*)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title, its text, and where the text lies in the page."""

    language: str
    title: str
    text: str
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    return [Block(found[1], found[2] or "", found[3], found.start(3), found.end(3)) for found in _BLOCK.finditer(text)]


def written_by_hand() -> dict[str, str]:
    """Return the pages that are not written from the code."""
    return {page: text for page, text in pages().items() if NOTICE not in text}


def steps(text: str, folder: Path) -> Iterator[tuple[Block, Block | None, str]]:
    """Do what a tutorial says, in a folder: yield each command, the block that shows its output, and its output.

    Whole documents are saved under their titles.
    """
    listed = blocks(text)
    for place, block in enumerate(listed):
        if block.title:
            (folder / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "sh":
            after = listed[place + 1] if place + 1 < len(listed) else None
            shown = after if after is not None and after.language == "text" else None
            yield block, shown, typed(block.text.strip(), folder)


def shortened(output: str, shown: str) -> str:
    """Return an output as a block shows it: of one with a line `...`, as many lines before and after it as it has.

    Where that leaves nothing out, the whole output. Raise ValueError for `...` alone, which any output would fit.
    """
    lines, kept = output.split("\n"), shown.rstrip("\n").split("\n")
    if kept == [ELLIPSIS]:
        raise ValueError("expected a line of output beside `...`")
    if ELLIPSIS not in kept or len(kept) > len(lines):
        return f"{output}\n"
    before = kept.index(ELLIPSIS)
    after = len(kept) - before - 1
    return "\n".join([*lines[:before], ELLIPSIS, *lines[len(lines) - after :]]) + "\n"


def rewritten(text: str, folder: Path) -> str:
    """Return a tutorial with the output that its commands have now."""
    made, last = [], 0
    for _, shown, output in steps(text, folder):
        if shown is not None:
            made += [text[last : shown.start], shortened(output, shown.text)]
            last = shown.end
    return "".join([*made, text[last:]])


def tutorials() -> list[str]:
    return [page for page in pages() if page.startswith("tutorial/")]


def write(page: str, folder: Path) -> None:
    """Write a tutorial with its output again."""
    (PAGES / page).write_text(rewritten(pages()[page], folder), encoding="utf-8")
