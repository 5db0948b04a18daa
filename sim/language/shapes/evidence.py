"""The shapes of a history file and of a sources file: what is documented, and by which documents."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sim.language.shapes.shape import (
    Expr,
    Indexed,
    Instant,
    Name,
    ParagraphNumber,
    Paragraphs,
    Sentence,
    Shape,
    Slug,
    kind_of,
    one,
    optional,
)

ByParagraph: TypeAlias = Annotated[
    Annotated[Sentence, Tag("text")] | Annotated[dict[ParagraphNumber, Sentence], Tag("mapping")],
    Discriminator(kind_of),
]


class CitationShape(Shape):
    """A document, and the paragraphs of it that say so."""

    source: Slug = one("The id of a document in the sources file.")
    paragraph: Paragraphs = one("The paragraph or paragraphs.", default=[])


class DocumentedShape(Shape):
    """A documented event, with its sources."""

    id: Slug = one("The event's id, unique in the file.")
    at: Instant = one("When it happened: a day, taken as its beginning, 00:00, or a date and time.")
    until: Instant | None = optional("When it ended, if it lasted: a day, which is its end, or a date and time.")
    reported: Instant | None = optional("When it was reported.")
    event: Indexed = one("Its event type.")
    marks: dict[Name, Expr] = one("The values that it carries.", default={})
    rule: Indexed | None = optional("The rule that emitted it, where several could have.")
    claim: Sentence = one("What is said to have happened, in our own words.")
    status: Literal["attested", "alleged", "disputed"] = one("How well it is established.", default="attested")
    act: Literal["deed", "speech", "commitment"] = one("What was done: a deed, words, a promise.", default="deed")
    due: Instant | None = optional("When a promise falls due: by the end of a day, or by a time of it.")
    sources: Annotated[list[CitationShape], Field(min_length=1)] = one("The documents that say so.")
    note: Sentence | None = optional("What else a reader should know.")


class HistoryShape(Shape):
    """A history file: documented events, in order of time."""

    history: Slug = one("The history's id.")
    title: Sentence = one("The history in words.")
    sources: Sentence = one("The path of the sources file, seen from this file.")
    events: list[DocumentedShape] = one("The documented events, in order of time.")
    note: Sentence | None = optional("What else a reader should know.")


class SourceShape(Shape):
    """One document."""

    title: Sentence = one("Its title.")
    title_is_ours: bool = one(
        "The title is not the publisher's: it says in words of ours what the document is.", default=False
    )
    publisher: Sentence | None = optional("Who published it.")
    date: Instant | None = optional("When it was published.")
    address: Sentence | None = optional(
        "Where it can be read: `https://...`, or a DOI such as `doi:10.1000/182`. `withheld` if it is known, and "
        "not given."
    )
    citation: Sentence | None = optional(
        "A full reference in words, for a document without an address: who, what, where and when."
    )
    file: Sentence | None = optional("Its file name, for a document that came as a file.")
    reliability: Literal["high", "medium", "low"] = one("How far it can be relied on.")
    paragraphs: int | None = optional("How many paragraphs it has; citations are checked against it.")
    summary: ByParagraph | None = optional(
        "What it says, in our own words: a text for all of it, or a mapping of paragraphs' numbers to texts."
    )
    quotation: ByParagraph | None = optional(
        "At most 25 words of it, word for word; or a mapping of paragraphs' numbers to as much of each."
    )
    note: Sentence | None = optional("Why it is relied on to this degree, and what else there is to say.")


class SourcesShape(Shape):
    """A sources file: the documents that a case rests on."""

    sources: Slug = one("The id of the collection.")
    title: Sentence | None = optional("The collection in words.")
    documents: dict[Slug, SourceShape] = one("The documents, by id.")
    note: Sentence | None = optional("What else a reader should know.")
