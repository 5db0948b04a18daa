"""Links lead somewhere: to a page, a section, a picture, a test; and every page can be reached from the first."""

import re
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

from sim.cli.topics import INDEX, anchor, pages
from sim.docs.reference_pages import PAGES

TOP = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(page: str) -> list[str]:
    return [anchor(title) for title in re.findall(r"^#{1,4} (.+)$", prose(pages()[page]), re.MULTILINE)]


@pytest.mark.parametrize("page", pages())
def test_a_link_leads_somewhere(page: str) -> None:
    for target in LINK.findall(prose(pages()[page])):
        if "://" in target:
            continue
        path, _, at = target.partition("#")
        there = normpath(join(dirname(page), path)) if path else page
        assert (PAGES / there).is_file(), target
        assert not at or at in anchors(there), target


@pytest.mark.parametrize("page", pages())
def test_no_two_sections_of_a_page_have_one_anchor(page: str) -> None:
    assert len(anchors(page)) == len(set(anchors(page)))


def test_the_index_names_every_page_but_those_of_the_codes() -> None:
    named = {normpath(target.partition("#")[0]) for target in LINK.findall(pages()[INDEX])}
    assert named == {page for page in pages() if page != INDEX and "/codes/" not in page}


def test_every_test_that_a_page_names_is_there() -> None:
    named = {found for text in pages().values() for found in re.findall(r"`(tests/\S+\.py)::(\w+)`", text)}

    assert len(named) > 30
    missing = [
        f"{path}::{name}" for path, name in named if f"def {name}(" not in (TOP / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_pages_are_short_enough_to_be_read() -> None:
    longest = {page: len(text.splitlines()) for page, text in pages().items() if "/codes/" not in page}
    assert {page: lines for page, lines in longest.items() if lines > 400} == {}
