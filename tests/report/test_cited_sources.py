"""What is cited is told with what is kept of it: each document once, and of its paragraphs those that are cited."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sim.model.evidence.documented import Citation
from sim.model.evidence.source_documents import Paragraph, SourceDocument
from sim.model.model import Basis
from sim.report.cited_sources import HEADING, as_data, cited_sources, source_lines, where, written_sources

REPORT = SourceDocument(
    title="Report 12", publisher="The mission", date="2030-01-05", reliability="high", paragraph_count=9,
    address="https://example.org/reports/12", note="Two observers wrote it.",
    paragraphs={
        1: Paragraph(summary="Shots fell at night."),
        4: Paragraph(summary="Both sides deny it.", quotation="not one shot was ours"),
        5: Paragraph(quotation="we were asleep"),
    },
)  # fmt: skip
MEMO = SourceDocument(
    title="What the envoy saw", title_is_ours=True, reliability="low", address="withheld", file="memo.txt",
    summary="The bridge is mined.", quotation="do not cross",
)  # fmt: skip
LIST = SourceDocument(title="A list", reliability="medium", citation="A. Author, A list, Maseru 2013")
DOCUMENTS = {"un-12": REPORT, "memo": MEMO, "list": LIST}


def test_each_document_is_told_once_with_the_paragraphs_that_are_cited() -> None:
    history = [Citation("un-12", (4,)), Citation("memo"), Citation("un-12", (1, 4))]
    bases = [Basis(judgement="it is so"), Basis(source="list", paragraphs=(2,)), Basis(source="un-12", paragraphs=(5,))]

    found = cited_sources((DOCUMENTS, history), (DOCUMENTS, bases))

    assert [(one.name, one.paragraphs) for one in found] == [("un-12", (1, 4, 5)), ("memo", ()), ("list", (2,))]
    assert written_sources(found).split("\n") == [
        HEADING,
        "un-12: Report 12",
        "    The mission, 2030-01-05, reliability high",
        "    https://example.org/reports/12",
        "    §1: Shots fell at night.",
        '    §4: Both sides deny it. In its words: "not one shot was ours"',
        '    §5: In its words: "we were asleep"',
        "memo: What the envoy saw (our title)",
        "    reliability low",
        "    address withheld; file memo.txt",
        '    The bridge is mined. In its words: "do not cross"',
        "list: A list",
        "    reliability medium",
        "    A. Author, A list, Maseru 2013",
    ]


def test_data_have_all_that_is_kept_and_the_paragraphs_of_which_nothing_is() -> None:
    first, second = as_data(cited_sources((DOCUMENTS, [Citation("un-12", (4, 9)), Citation("memo")])))

    assert first == {
        "source": "un-12", "title": "Report 12", "title_is_ours": False, "publisher": "The mission",
        "date": "2030-01-05", "address": "https://example.org/reports/12", "citation": "", "file": "",
        "reliability": "high", "note": "Two observers wrote it.", "summary": "", "quotation": "",
        "paragraphs": [
            {"paragraph": 4, "summary": "Both sides deny it.", "quotation": "not one shot was ours"},
            {"paragraph": 9, "summary": "", "quotation": ""},
        ],
    }  # fmt: skip
    assert second["title_is_ours"]
    assert (second["address"], second["summary"], second["paragraphs"]) == ("withheld", "The bridge is mined.", [])


def test_one_id_for_two_documents_leads_to_both_and_for_one_document_to_it() -> None:
    other = {"memo": replace(MEMO, title="Another memo")}

    found = cited_sources((DOCUMENTS, [Citation("memo")]), (other, [Citation("memo")]), (DOCUMENTS, [Citation("memo")]))

    assert [(one.name, one.source.title) for one in found] == [("memo", MEMO.title), ("memo", "Another memo")]


def test_a_document_of_which_only_paragraphs_are_kept_says_nothing_where_it_is_cited_whole() -> None:
    (one,) = cited_sources((DOCUMENTS, [Citation("un-12")]))

    assert source_lines(one)[2:] == ["    https://example.org/reports/12"]


def test_without_an_address_that_is_said() -> None:
    assert where(SourceDocument(title="T", reliability="low")) == "no address"
    assert written_sources(cited_sources((DOCUMENTS, [Basis(judgement="so")]))) == "No source is cited."


@given(st.lists(st.tuples(st.sampled_from([*DOCUMENTS, "unknown", ""]), st.lists(st.integers(1, 9)))))
def test_whatever_is_cited_each_known_document_is_told_once_in_the_order_of_first_citation(
    pairs: list[tuple[str, list[int]]],
) -> None:
    found = cited_sources((DOCUMENTS, [Citation(name, tuple(numbers)) for name, numbers in pairs]))

    assert [one.name for one in found] == list(dict.fromkeys(name for name, _ in pairs if name in DOCUMENTS))
    for one in found:
        assert set(one.paragraphs) == {number for name, numbers in pairs if name == one.name for number in numbers}
        assert list(one.paragraphs) == sorted(set(one.paragraphs))
