"""The documents behind what an output cites: where each can be read, and what is kept of the paragraphs cited.

Owns how a source is written for people and as data. What cites it, a documented event or a basis, is up to the caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from sim.model.evidence.basis import Basis
from sim.model.evidence.documented import Documented, History
from sim.model.evidence.source_documents import SourceDocument
from sim.model.model import Model
from sim.report.timeline import PAST, Step

INSET = "    "
HEADING = "Sources cited, with summaries in our own words:"
NONE = "No source is cited."


class Citing(Protocol):
    """What names a document and paragraphs of it, or no document: such as a judgement."""

    @property
    def source(self) -> str: ...
    @property
    def paragraphs(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A document by its id, and the paragraphs of it that are cited, in their order; none where it is cited whole."""

    name: str
    source: SourceDocument
    paragraphs: tuple[int, ...]


Citations: TypeAlias = tuple[Mapping[str, SourceDocument], Sequence[Citing]]


def cited_sources(*cited: Citations) -> list[CitedSource]:
    """Return what citations lead to, in the order in which the documents are first cited.

    Citations come with the documents that they may name. What two collections have under one id is one document, unless
    they describe it differently.
    """
    found: list[CitedSource] = []
    for documents, citations in cited:
        numbers: dict[str, set[int]] = {}
        for citation in citations:
            if citation.source in documents:
                numbers.setdefault(citation.source, set()).update(citation.paragraphs)
        for name, more in numbers.items():
            known = (at for at, one in enumerate(found) if (one.name, one.source) == (name, documents[name]))
            at = next(known, len(found))
            before = found[at].paragraphs if at < len(found) else ()
            one = CitedSource(name=name, source=documents[name], paragraphs=tuple(sorted({*before, *more})))
            found[at : at + 1] = [one]
    return found


def citing_in_timeline(
    model: Model, steps: Iterable[Step], documented: Mapping[int, Documented], history: History | None
) -> tuple[Citations, Citations]:
    """Return what the events of a timeline cite: the documented ones, then others by the bases of their rules.

    `documented` has what is known about the events of the past, by their places in it.
    """
    citations: list[Citing] = []
    bases: dict[str, tuple[Basis, ...]] = {}
    for part, event, _ in steps:
        if part == PAST and event.kind == "documented" and event.sequence in documented:
            citations += documented[event.sequence].citations
        elif event.kind == "fired":
            bases[event.rule] = model.rules[event.rule].basis
    by_rules = [basis for several in bases.values() for basis in several]
    return (history.sources if history else {}, citations), (model.sources, by_rules)


def written_sources(found: Sequence[CitedSource]) -> str:
    """Write the documents, each with a line that names it and lines below it that are set in."""
    return "\n".join([HEADING, *(line for one in found for line in source_lines(one))]) if found else NONE


def source_lines(cited: CitedSource) -> list[str]:
    """Return the lines about a document: its id and title, what it is, where it can be read, and what it says there.

    Of a document that is cited by paragraphs these are told; where nothing is kept of them, the document as a whole.
    """
    source = cited.source
    published = [source.publisher, source.date, f"reliability {source.reliability}"]
    lines = [f"{cited.name}: {titled(source)}", INSET + ", ".join(filter(None, published)), INSET + where(source)]
    return lines + [INSET + text for text in summaries(cited)]


def summaries(cited: CitedSource) -> list[str]:
    """Return what is kept of the paragraphs that are cited, a text each; else of the document as a whole."""
    source = cited.source
    kept = [(number, source.paragraphs[number]) for number in cited.paragraphs if number in source.paragraphs]
    said = [f"§{number}: {_said(one.summary, one.quotation)}" for number, one in kept]
    said = said or [_said(source.summary, source.quotation)]
    return [text for text in said if text]


def where(source: SourceDocument) -> str:
    """Return where a document can be read, in a phrase: its address, what stands for it, or that there is none."""
    address = f"address {source.address}" if source.is_withheld else source.address
    parts = [address, source.citation, f"file {source.file}" if source.file else ""]
    return "; ".join(filter(None, parts)) or "no address"


def as_data(found: Sequence[CitedSource]) -> list[dict[str, Any]]:
    """Return the documents as JSON-ready data; a text that is not given is empty."""
    return [_as_data(one) for one in found]


def titled(source: SourceDocument) -> str:
    """Return the title of a document, and whether it is its own."""
    return f"{source.title} (our title)" if source.title_is_ours else source.title


def _said(summary: str, quotation: str) -> str:
    return " ".join(filter(None, [summary, f'In its words: "{quotation}"' if quotation else ""]))


def _as_data(cited: CitedSource) -> dict[str, Any]:
    source = cited.source
    names = ("title", "title_is_ours", "publisher", "date", "address", "citation", "file", "reliability", "note")
    kept = [(number, source.paragraphs.get(number)) for number in cited.paragraphs]
    return {
        "source": cited.name, **{name: getattr(source, name) for name in names},
        "summary": source.summary, "quotation": source.quotation,
        "paragraphs": [
            {"paragraph": number, "summary": one.summary if one else "", "quotation": one.quotation if one else ""}
            for number, one in kept
        ],
    }  # fmt: skip
