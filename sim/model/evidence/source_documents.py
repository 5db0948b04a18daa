"""The documents that a case rests on, as its authors describe them: where each can be read, and what it says.

No run depends on any of it. What cites them is in `model`, `Basis`, and in the documented history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

WITHHELD = "withheld"  # an address that is known, and is not given


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """What is kept of a paragraph: a `summary` in the words of the case's authors, and a `quotation` in its own.

    Each is empty where there is none.
    """

    summary: str = ""
    quotation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document. A text that is not given is empty.

    Its title is the publisher's, or else one that the case's authors gave it: then `title_is_ours`. `paragraph_count`
    is None where it is not known. `summary` and `quotation` are of the document as a whole, `paragraphs` has what is
    kept of single ones, by their numbers from 1.
    """

    title: str
    reliability: str
    title_is_ours: bool = False
    publisher: str = ""
    date: str = ""
    address: str = ""
    citation: str = ""
    file: str = ""
    paragraph_count: int | None = None
    summary: str = ""
    quotation: str = ""
    paragraphs: Mapping[int, Paragraph] = field(default_factory=dict)
    note: str = ""

    @property
    def is_withheld(self) -> bool:
        """Whether its address is known, and not given."""
        return self.address == WITHHELD
