"""A document assembled from pieces of several files, of which each part still knows where it stands in its own.

The text of an assembled document is that of its pieces, one after the other, so its offsets lead to a piece, and from
there into a file. In a piece words may stand for others: those that a part of a model was filled in with. Which parts
of which files go together is decided where a model is assembled.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from operator import attrgetter

from sim.language.diagnostics import Span
from sim.language.yaml.parser import Document, NodeOffsets


@dataclass(frozen=True, slots=True)
class Edit:
    """A word of a file, from `start` to `end`, in whose place another stands; `begin` to `stop` in the new text."""

    start: int
    end: int
    begin: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file's text within an assembled one, from the offset `at` on. `through` says what led to the file, if need be.

    `edits` are in order.
    """

    at: int
    document: Document
    edits: tuple[Edit, ...] = ()
    through: str = ""

    def span(self, start: int, end: int) -> Span:
        """Return where some characters of the assembled text stand in the file."""
        first, last = self._in_file(start - self.at, closes=False), self._in_file(end - self.at, closes=True)
        return replace(self.document.span(first, last), through=self.through)

    def offset(self, in_file: int) -> int:
        """Return where a character of the file stands in the assembled text; of a word that was replaced, its begin."""
        number = bisect_right(self.edits, in_file, key=attrgetter("start")) - 1
        if number < 0:
            return self.at + in_file
        edit = self.edits[number]
        return self.at + (edit.begin if in_file < edit.end else edit.stop + in_file - edit.end)

    def _in_file(self, offset: int, *, closes: bool) -> int:
        number = bisect_right(self.edits, offset, key=attrgetter("begin")) - 1
        if number < 0:
            return offset
        edit = self.edits[number]
        if offset >= edit.stop:
            return edit.end + offset - edit.stop
        return edit.end if closes and offset > edit.begin else edit.start


@dataclass(eq=False)
class AssembledDocument(Document):
    """One document made of pieces of several. Its `path` and `content` are those of the file that names the others."""

    pieces: list[Piece] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        number = bisect_right(self.pieces, start, key=attrgetter("at")) - 1
        return self.pieces[max(number, 0)].span(start, end)

    def span_of(self, place: str, text: str) -> Span:
        """Return where a text of a file stands. Where several uses of a part have it, none of them is told."""
        path, line, column = place.rsplit(":", 2)
        found = []
        for piece in self.pieces:
            if piece.document.path == path:
                start = piece.offset(piece.document.line_starts[int(line) - 1] + int(column) - 1)
                if self.text.startswith(text, start):
                    found.append(self.span(start, start + len(text)))
        if found:
            return found[0] if len(found) == 1 else replace(found[0], through="")
        return Span(path=path, line=int(line), column=int(column), length=max(len(text), 1), text="")

    def append(self, document: Document) -> int:
        """Add a document's text; return by how much its offsets are larger here."""
        shift = len(self.text)
        self.text += document.text + "\n"
        own = document.pieces if isinstance(document, AssembledDocument) else [Piece(at=0, document=document)]
        self.pieces += [replace(piece, at=piece.at + shift) for piece in own]
        self.removed.update(document.removed)
        return shift


def shifted(place: NodeOffsets, by: int) -> NodeOffsets:
    """Return where a part stands in a text before which `by` characters were put."""
    key = (place.key[0] + by, place.key[1] + by) if place.key else None
    return NodeOffsets(key, (place.value[0] + by, place.value[1] + by), place.text, place.text_start + by)
