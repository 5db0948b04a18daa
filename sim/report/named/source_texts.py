"""How a card names what something rests on: the document, the paragraphs of it, or the judgement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.explain.named_case import NamedCase
from sim.model.evidence.basis import Basis
from sim.model.evidence.documented import Citation
from sim.model.evidence.source_documents import SourceDocument
from sim.report.bases import written_share
from sim.report.cited_sources import CitedSource, Citing, as_data, cited_sources, summaries, titled


def documents(case: NamedCase) -> Mapping[str, SourceDocument]:
    """Return the documents that a case may cite."""
    return {**(case.base.history.sources if case.base.history else {}), **case.model.sources}


def source_texts(case: NamedCase, source: str, paragraphs: tuple[int, ...] = (), note: str = "") -> list[str]:
    """Return a document as a card cites it: its id, the paragraphs, its title, and what is kept of the paragraphs."""
    found = documents(case).get(source)
    where = ", ".join(map(str, paragraphs))
    place = f", paragraph{'s' if len(paragraphs) > 1 else ''} {where}" if where else ""
    noted = f" ({note})" if note else ""
    if found is None:
        return [f"{source}{place}{noted}"]
    cited = CitedSource(name=source, source=found, paragraphs=paragraphs)
    return [f'{source}{place}: "{titled(found)}"{noted}', *summaries(cited)]


def basis_texts(case: NamedCase, bases: Iterable[Basis]) -> list[str]:
    """Return what a number or a rule rests on, texts for each document and each judgement."""
    return [text for basis in bases for text in _basis_texts(case, basis)] or ["no basis is given"]


def _basis_texts(case: NamedCase, basis: Basis) -> list[str]:
    noted = f" ({basis.note})" if basis.note else ""
    judged = f"judgement: {basis.judgement}{noted}"
    first, *said = [judged] if basis.judgement else source_texts(case, basis.source, basis.paragraphs, basis.note)
    return [first if basis.count is None else f"{basis.count}: {written_share(basis.count)}; {first}", *said]


def citation_texts(case: NamedCase, citations: Iterable[Citation]) -> list[str]:
    """Return the documents of a documented event."""
    return [text for one in citations for text in source_texts(case, one.source, one.paragraphs)]


def sources_data(case: NamedCase, citing: Sequence[Citing]) -> list[dict[str, Any]]:
    """Return the documents that are cited, with what is kept of them, as JSON-ready data."""
    return as_data(cited_sources((documents(case), citing)))


def basis_data(bases: Iterable[Basis]) -> list[dict[str, object]]:
    """Return the same as JSON-ready data."""
    return [
        {
            "source": one.source, "paragraphs": list(one.paragraphs), "judgement": one.judgement, "note": one.note,
            "count": None if one.count is None else {"hits": one.count.hits, "cases": one.count.cases,
                                                     "period": one.count.period},
        }
        for one in bases
    ]  # fmt: skip
