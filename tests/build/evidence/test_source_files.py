"""What a sources file keeps of documents becomes records, and what is wrong in it is said where it stands."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.build.evidence.source_files import MOST_WORDS, check_excerpts, checked_sources, load_sources, records
from sim.build.history import build_history
from sim.build.model import checked_model, load_model
from sim.language.diagnostics import Complaints, LanguageError
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.load import load, loads
from sim.model.canonical import canonical_model, digest
from sim.model.evidence.source_documents import Paragraph, SourceDocument

GOOD = Path(__file__).parents[2] / "language" / "good"
LETTER = SourceDocument(
    title="The third letter", publisher="The southern house", date="2030-02-01", file="third.txt",
    reliability="medium", paragraph_count=4, address="withheld",
    paragraphs={
        1: Paragraph(summary="The south asks for calm."),
        2: Paragraph(summary="It offers to meet, and names a day.", quotation="on the bridge at noon"),
    },
)  # fmt: skip
TOLLS = SourceDocument(
    title="The tolls of the year", title_is_ours=True, reliability="low",
    citation="Keeper of the bridge, accounts of 2029, kept in the northern house",
    summary="Fewer carts cross from month to month.",
)  # fmt: skip
WORDS = st.lists(st.text("abcdefghij'-", min_size=1, max_size=6), min_size=1, max_size=2 * MOST_WORDS)


def read(**document: object) -> Complaints:
    data = {"sources": "s", "documents": {"paper": {"title": "P", "reliability": "low", "paragraphs": 9, **document}}}
    complaints = Complaints()
    check_excerpts(loads(yaml.safe_dump(data, allow_unicode=True), SourcesShape, "sources.yaml"), complaints)
    return complaints


def test_documents_become_records_of_models_and_histories_alike() -> None:
    expected = {"letter-3": LETTER, "ledger-of-tolls": TOLLS}
    complaints = Complaints()
    history = build_history(
        load(GOOD / "history.yaml", HistoryShape), load_sources(GOOD / "sources.yaml", complaints), None, complaints
    )

    assert load_model(GOOD / "model.yaml").sources == expected
    assert history.sources == expected
    assert records(None) == {}


def test_no_digest_of_a_model_depends_on_what_is_kept_of_its_sources(tmp_path: Path) -> None:
    text = (GOOD / "sources.yaml").read_text()
    for file in ("model.yaml", "history.yaml"):
        (tmp_path / file).write_text((GOOD / file).read_text())
    (tmp_path / "sources.yaml").write_text(text)
    before = load_model(tmp_path / "model.yaml")
    (tmp_path / "sources.yaml").write_text(text.replace("asks for calm", "asks for war").replace("withheld", "none"))
    after = load_model(tmp_path / "model.yaml")

    assert before.sources != after.sources
    assert digest(canonical_model(before)) == digest(canonical_model(after))


def test_a_number_of_paragraphs_alone_is_as_good_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources: s\ndocuments: {paper: {title: P, reliability: low, address: withheld, paragraphs: 18}}\n")

    shape, warnings = checked_sources(path)

    assert shape.documents["paper"].paragraphs == 18
    assert not warnings


@given(WORDS, st.sampled_from([None, 1, 9]))
def test_a_quotation_is_refused_just_where_it_has_more_words_than_may_be_kept(words: list[str], at: int | None) -> None:
    text = " ".join(words)

    found = read(quotation=text if at is None else {str(at): text}).found

    assert [one.code for one in found] == (["E406"] if len(words) > MOST_WORDS else [])
    assert all(f"{len(words)} words" in one.message and one.span is not None for one in found)


@given(st.sets(st.integers(1, 30)), st.sampled_from(["summary", "quotation"]))
def test_what_is_kept_of_a_paragraph_that_a_document_does_not_have_is_refused(kept: set[int], key: str) -> None:
    found = read(**{key: {str(number): "a few words" for number in kept}}).found

    assert {one.message for one in found} == {f"'paper' has no paragraph {number}" for number in kept if number > 9}
    assert {one.code for one in found} <= {"E315"}


def test_without_a_number_of_paragraphs_any_may_be_kept() -> None:
    assert not read(paragraphs=None, summary={"99": "The last."}).found


def test_what_is_wrong_in_a_sources_file_is_wrong_for_the_model_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text((GOOD / "model.yaml").read_text())
    text = (GOOD / "sources.yaml").read_text()
    (tmp_path / "sources.yaml").write_text(text.replace("on the bridge at noon", "word " * 26))

    with pytest.raises(LanguageError) as refused:
        load_model(tmp_path / "model.yaml")

    (found,) = refused.value.diagnostics
    assert found.code == "E406"
    assert found.span is not None
    assert found.span.path == str(tmp_path / "sources.yaml")


def test_a_model_warns_of_each_sources_file_that_it_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text((GOOD / "model.yaml").read_text())
    text = (GOOD / "sources.yaml").read_text()
    (tmp_path / "sources.yaml").write_text(text.replace("withheld", "in the chest").replace("citation", "note"))

    _, warnings = checked_model(tmp_path / "model.yaml")

    about = [(one.code, one.span.path, one.span.text.strip()) for one in warnings if one.span]
    path = str(tmp_path / "sources.yaml")
    assert about == [("W407", path, "address: in the chest"), ("W408", path, "ledger-of-tolls:")]
