"""A card: what is said of one part of a case, as labelled lines that fit a width, and as data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.language.visible import columns, visible_line
from sim.report.fitting import broken

GAP = 2
INDENT = 2  # of the lines that go on with a text


@dataclass(frozen=True, slots=True)
class Entry:
    """A label and the texts beside it, each on lines of its own. A command is never broken, nor what is `drawn`."""

    label: str
    texts: tuple[str, ...]
    drawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is said of one part of a case. `kind` is the kind in words, `case` what its case is called."""

    name: str
    kind: str
    case: str
    title: str
    entries: tuple[Entry, ...]
    data: dict[str, Any] = field(default_factory=dict)

    def lines(self, width: int) -> Iterator[str]:
        """Yield the lines of the card, of `width` characters where their words allow it."""
        yield from broken(visible_line(f"{self.name}: {self.kind} of {self.case}"), width, INDENT)
        if self.title:
            yield from broken(visible_line(self.title), width, INDENT)
        yield ""
        label_width = max((columns(entry.label) for entry in self.entries), default=0)
        for entry in self.entries:
            label = entry.label
            for text in entry.texts:
                whole = entry.drawn or text.startswith("sim ")
                yield from _beside(label.ljust(label_width), visible_line(text), width, whole=whole)
                label = ""

    def as_data(self) -> dict[str, Any]:
        """Give the card as JSON-ready data."""
        return {"name": self.name, "kind": self.kind, "case": self.case, "title": self.title, **self.data}


def _beside(label: str, text: str, width: int, *, whole: bool) -> Iterator[str]:
    room = max(width - len(label) - GAP, 2 * INDENT)
    for line in [text] if whole else broken(text, room, INDENT):
        yield f"{label}{' ' * GAP}{line}".rstrip()
        label = " " * len(label)


def entries(*given: tuple[str, str | Sequence[str] | Iterable[str]]) -> tuple[Entry, ...]:
    """Return an entry for each label with what stands beside it; none where that is nothing."""
    found = []
    for label, texts in given:
        kept = tuple(filter(None, [texts] if isinstance(texts, str) else texts))
        if kept:
            found.append(Entry(label, kept))
    return tuple(found)
