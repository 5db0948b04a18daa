"""A document in Markdown: sections with numbers, anchors and a list of contents, tables, and text that is safe in it.

Owns what must be escaped. The Markdown is CommonMark with the tables of GitHub.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sim.language.visible import visible_line

# Formulas between backticks and addresses stay as they are; what has a meaning in Markdown elsewhere loses it.
_KEPT = re.compile(r"(?P<code>`[^`]+`)|(?P<address>https?://[^\s<>`]*[^\s<>`;,.)])")
_SIGNS = re.compile(r"[\\`*_\[\]<>#~$&]")
_WITHIN_A_WORD = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
_BEGINS_A_LIST = re.compile(r"^(?:([-+=])|(\d+)([.)]))(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the paragraphs below it, each of them Markdown, and the sections within it, which have none."""

    title: str
    body: Sequence[str] = ()
    parts: Sequence["Section"] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.body) and all(part.empty for part in self.parts)


def prose(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line; what stands between backticks is code.

    >>> prose("a * b, `a * b`")
    'a \\\\* b, `a * b`'
    """
    text = " ".join(visible_line(text).split())
    paired = text.count("`") % 2 == 0
    found, end = [], 0
    for match in _KEPT.finditer(text):
        if match["code"] and not paired:
            continue
        found += [_escaped(text[end : match.start()]), match["code"] or f"<{match['address']}>"]
        end = match.end()
    whole = "".join([*found, _escaped(text[end:])])
    return _BEGINS_A_LIST.sub(lambda sign: f"\\{sign[1]}" if sign[1] else f"{sign[2]}\\{sign[3]}", whole)


def _escaped(text: str) -> str:
    words = _WITHIN_A_WORD.split(text)  # an underscore between two letters means nothing
    return "_".join(_SIGNS.sub(r"\\\g<0>", word) for word in words)


def code(text: str) -> str:
    """Return a name or a formula as code."""
    text = " ".join(visible_line(text).split())
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def anchor(kind: str, name: str) -> str:
    """Return the id by which links reach a thing of a kind.

    >>> anchor("rule", "fails[1,2]")
    'rule-fails-1-2'
    """
    return re.sub(r"[^\w]+", "-", f"{kind} {name}", flags=re.ASCII).strip("-")


def mark(kind: str, name: str) -> str:
    """Return the place that links to a thing lead to."""
    return f'<a id="{anchor(kind, name)}"></a>'


def link(text: str, kind: str, name: str) -> str:
    """Return a link to a thing, with a text that is Markdown already."""
    return f"[{text}](#{anchor(kind, name)})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown; "" without rows."""
    lines = [f"| {' | '.join(one.replace('|', chr(92) + '|') for one in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines]) if lines else ""


def bullets(items: Iterable[str]) -> str:
    """Return a list of Markdown items; an item that begins with two spaces is set in below the one before it."""
    return "\n".join(f"  - {item.strip()}" if item.startswith("  ") else f"- {item}" for item in items)


def document(title: str, head: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the whole document, with its contents behind its head; sections in which nothing stands are left out."""
    found = [*_placed(sections)]
    contents = bullets(f"{'  ' * one.depth}[{one.number} {prose(one.section.title)}](#{one.id})" for one in found)
    blocks = [f"# {prose(title)}", *head, "## Contents", contents]
    for one in found:
        heading = f"{'#' * (one.depth + 2)} {one.number} {prose(one.section.title)}"
        blocks += [f'<a id="{one.id}"></a>', heading, *one.section.body]
    return "\n\n".join(filter(None, blocks)) + "\n"


@dataclass(frozen=True, slots=True)
class _Placed:
    depth: int
    number: str
    id: str
    section: Section


def _placed(sections: Sequence[Section]) -> Iterator[_Placed]:
    """Yield the sections in which something stands, and the parts of each, with their numbers."""
    for place, one in enumerate((one for one in sections if not one.empty), 1):
        here = anchor("section", one.title.lower())
        yield _Placed(0, str(place), here, one)
        for within, part in enumerate((part for part in one.parts if not part.empty), 1):
            yield _Placed(1, f"{place}.{within}", f"{here}-{within}", part)
