"""Brackets that are not needed and spaces between words have no meaning; what fits grammar and types is read."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.language.diagnostics import LanguageError
from sim.language.expressions.grammar import MOST_CHARACTERS, MOST_DEPTH
from sim.language.expressions.tree import Tree
from sim.language.expressions.types import BOOL, DURATION, INSTANT, INT, RATE_TYPE, REAL, Integer, Real, Type
from tests.language.random_expressions import KINDS, Node, expressions
from tests.language.sentences import TALKS, checked

TYPES = {
    "bool": BOOL, "enum": TALKS, "int": INT, "real": REAL, "duration": DURATION, "instant": INSTANT, "rate": RATE_TYPE,
    "soldiers": Integer((("soldier", 1),)),
}  # fmt: skip


def read(text: str, wanted: Type | None) -> Tree | list[str]:
    """Return the tree of a text, or the codes of what is wrong with it."""
    try:
        return checked(text, wanted).tree
    except LanguageError as error:
        return sorted({item.code for item in error.diagnostics})


def other_text(node: Node, data: st.DataObject) -> str:
    return node.text(
        more=lambda: data.draw(st.integers(0, 4)) == 0,
        space=lambda: data.draw(st.sampled_from(["", "", " ", "  ", "\u00a0"])),
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_made_by_the_grammar_and_the_types_is_read(kind: str, data: st.DataObject) -> None:
    text = data.draw(expressions(kind, deep=3)).text()
    assume(len(text) <= MOST_CHARACTERS)

    found = checked(text, TYPES[kind]).type

    if isinstance(found, Integer | Real) and found.unit is None:  # a 0 fits every unit
        found = replace(found, unit=getattr(TYPES[kind], "unit", None))
    assert found == TYPES[kind]


@pytest.mark.parametrize("typos", [False, True])
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_more_brackets_and_spaces_change_nothing(typos, kind: str, data: st.DataObject) -> None:
    node = data.draw(expressions(kind, deep=3, typos=typos))
    text, other = node.text(), other_text(node, data)
    assume(len(other) <= MOST_CHARACTERS)
    assume(other.count("(") <= MOST_DEPTH)

    assert read(other, TYPES[kind]) == read(text, TYPES[kind]), other


def test_brackets_that_are_needed_do_change_something() -> None:
    """Else the test above could not fail."""
    for needed, without in (
        ("(1 + dead) * 2", "1 + dead * 2"),
        ("dead - (2 - dead)", "dead - 2 - dead"),
        ("not (ceasefire and up[0])", "not ceasefire and up[0]"),
        ("(-2) ** 2", "-2 ** 2"),
    ):
        assert read(needed, None) != read(without, None)
