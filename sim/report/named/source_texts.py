"""How a card names what something rests on: the document, the paragraphs of it, or the judgement."""

from collections.abc import Iterable, Sequence

from sim.build.history import Citation
from sim.explain.named_case import NamedCase
from sim.model.evidence.basis import Basis
from sim.report.bases import written_share


def source_text(case: NamedCase, source: str, paragraphs: Sequence[int] = ()) -> str:
    """Return a document as a card cites it: its id, the paragraphs, and its title."""
    titles = {**(case.base.history.sources if case.base.history else {}), **case.model.sources}
    where = ", ".join(map(str, paragraphs))
    place = f", paragraph{'s' if len(paragraphs) > 1 else ''} {where}" if where else ""
    return f"{source}{place}" + (f': "{titles[source]}"' if source in titles else "")


def basis_texts(case: NamedCase, bases: Iterable[Basis]) -> list[str]:
    """Return what a number or a rule rests on, a text for each document and each judgement."""
    return [_basis_text(case, basis) for basis in bases] or ["no basis is given"]


def _basis_text(case: NamedCase, basis: Basis) -> str:
    text = f"judgement: {basis.judgement}" if basis.judgement else source_text(case, basis.source, basis.paragraphs)
    if basis.note:
        text += f" ({basis.note})"
    return text if basis.count is None else f"{basis.count}: {written_share(basis.count)}; {text}"


def citation_texts(case: NamedCase, citations: Iterable[Citation]) -> list[str]:
    """Return the documents of a documented event."""
    return [source_text(case, one.source, one.paragraphs) for one in citations]


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
