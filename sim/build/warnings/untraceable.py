"""Documents that a reader cannot look up: what stands as an address is not one (W407), or nothing says where (W408)."""

from collections.abc import Iterator

from sim.build.warnings import warning
from sim.language.addresses import is_address, is_url
from sim.language.diagnostics import Diagnostic
from sim.language.shapes.evidence import SourcesShape
from sim.language.shapes.load import Loaded
from sim.model.evidence.source_documents import WITHHELD

EXPECTED = f"expected `https://...`, a DOI such as `doi:10.1000/182`, or `{WITHHELD}`"
MOST_NAMED = 3
_BEGINNINGS = {
    "file:": "the name of a file stands under `file`",
    "doi:": "a DOI is '10.', four digits or more, a '/' and what the publisher put behind it",
    "http": "a URL has a host, such as example.org, and no spaces",
}


def untraceable(loaded: Loaded[SourcesShape]) -> Iterator[Diagnostic]:
    """Warn of each that is not an address, and once of the documents without any: of the first, and how many there are.

    A document whose address is `withheld`, and one with a citation and no address, gets no warning.
    """
    document = loaded.document
    nowhere = []
    for name, shape in loaded.shape.documents.items():
        address = shape.address
        if address is None and shape.citation is None:
            nowhere.append(name)
        elif address is not None and address != WITHHELD and not is_address(address):
            span = document.value_span(("documents", name, "address"))
            yield warning("W407", f"'{address}' is not an address", span, EXPECTED, _instead(address))
    if nowhere:
        message = f"nothing says where '{nowhere[0]}' can be read"
        if len(nowhere) > 1:
            more = len(nowhere) - MOST_NAMED
            names = ", ".join(f"'{name}'" for name in nowhere[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
            message = f"nothing says where {len(nowhere)} documents can be read: {names}"
        note = f"expected an `address`, which may be `{WITHHELD}`, or a `citation`: a full reference in words"
        yield warning("W408", message, document.key_span(("documents", nowhere[0])), note)


def _instead(address: str) -> str:
    """Return what somebody may have meant who wrote this where an address was expected."""
    if WITHHELD in address.lower():
        return f"write `{WITHHELD}`"
    if is_url(f"https://{address}"):
        return f"did you mean 'https://{address}'?"
    for begins, note in _BEGINNINGS.items():
        if address.lower().startswith(begins):
            return note
    return "a reference in words stands under `citation`"
