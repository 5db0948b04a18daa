"""Sources files to the records of their documents: read once, with what they keep of paragraphs checked (E406, E315).

What is allowed there and seldom meant is up to `warnings.untraceable`, citations of the documents to `context`.
"""

from collections.abc import Mapping
from pathlib import Path

from sim.build.context import Sources
from sim.build.warnings.untraceable import untraceable
from sim.language.counts import counted
from sim.language.diagnostics import Complaints, Diagnostic
from sim.language.shapes.evidence import SourceShape, SourcesShape
from sim.language.shapes.load import Loaded, load_rest
from sim.language.yaml.parser import Keys
from sim.model.evidence.source_documents import Paragraph, SourceDocument

MOST_WORDS = 25  # of a quotation: enough to find the place, too few to stand for the document


def load_sources(path: Path, complaints: Complaints, shown: str | None = None) -> Sources:
    """Read the sources file at `path` as far as it is right; what is wrong goes to `complaints`.

    None if nothing is left of it.
    """
    loaded = load_rest(path, SourcesShape, complaints, shown)
    if loaded is not None:
        check_excerpts(loaded, complaints)
    return loaded


def checked_sources(path: Path, shown: str | None = None) -> tuple[SourcesShape, tuple[Diagnostic, ...]]:
    """Read a sources file, and return the warnings about it, too. Raise LanguageError with all that is wrong."""
    complaints = Complaints()
    loaded = load_sources(path, complaints, shown)
    complaints.raise_any()
    assert loaded is not None, "a sources file was refused and nothing said"
    return loaded.shape, tuple(untraceable(loaded))


def records(sources: Sources) -> Mapping[str, SourceDocument]:
    """Return the documents that a file may cite, by their ids, in the order of the sources file."""
    return {name: _record(shape) for name, shape in sources.shape.documents.items()} if sources is not None else {}


def check_excerpts(loaded: Loaded[SourcesShape], complaints: Complaints) -> None:
    """Complain of paragraphs that a document does not have (E315), and of quotations that are too long (E406)."""
    document = loaded.document

    def complain(code: str, message: str, keys: Keys, note: str, *, key: bool = False) -> None:
        if not document.is_refused(keys):
            complaints.add(code, message, document.key_span(keys) if key else document.value_span(keys), note)

    for name, shape in loaded.shape.documents.items():
        for field, given in (("summary", shape.summary), ("quotation", shape.quotation)):
            keys: Keys = ("documents", name, field)
            texts = [(keys, given)] if isinstance(given, str) else []
            for number, text in given.items() if isinstance(given, dict) else ():
                texts.append(((*keys, number), text))
                if shape.paragraphs is not None and int(number) > shape.paragraphs:
                    has = f"it has {counted(shape.paragraphs, 'paragraph')}"
                    complain("E315", f"'{name}' has no paragraph {number}", (*keys, number), has, key=True)
            for place, text in texts if field == "quotation" else ():
                words = len(text.split())
                if words > MOST_WORDS:
                    note = f"expected at most {MOST_WORDS}: say the rest in your own words, under `summary`"
                    complain("E406", f"this quotation has {words} words", place, note)


def _record(shape: SourceShape) -> SourceDocument:
    summaries, quotations = _by_paragraph(shape.summary), _by_paragraph(shape.quotation)
    numbers = sorted((summaries.keys() | quotations.keys()) - {0})
    return SourceDocument(
        title=shape.title, title_is_ours=shape.title_is_ours, publisher=shape.publisher or "", date=shape.date or "",
        address=shape.address or "", citation=shape.citation or "", file=shape.file or "",
        reliability=shape.reliability, paragraph_count=shape.paragraphs,
        summary=summaries.get(0, ""), quotation=quotations.get(0, ""),
        paragraphs={
            number: Paragraph(summary=summaries.get(number, ""), quotation=quotations.get(number, ""))
            for number in numbers
        },
        note=shape.note or "",
    )  # fmt: skip


def _by_paragraph(given: str | dict[str, str] | None) -> dict[int, str]:
    """Return texts by the numbers of their paragraphs; under 0 one of the document as a whole."""
    if given is None:
        return {}
    return {0: given} if isinstance(given, str) else {int(number): text for number, text in given.items()}
