"""Whatever is written in a document, it is read, or refused with a located message; never anything else.

`SIM_EXAMPLES=5000 pytest tests/language/test_anything.py` tries more than the quick suite does.
"""

import shutil
import string
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.build.cases.case import Case
from sim.build.model import loads_model
from sim.model.model import Model
from tests.language.reading import DOCUMENTS, FILES, case, some, texts_with, told
from tests.language.sentences import checked

SPARKS = ["{", "}", "[", "]", ":", " ", "\n", "\t", "'", '"', "-", "#", "&a", "*a", "!!x ", "|", ">", "0", "é", "🎉",
          "\r\n", "~", "1e999", "up[i]", "time", "none", "null", ",", "(", ")", " per ", "<<: ", "? ", "---\n", "%",
          "\0", "for: i in 3..1"]  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp())
    yield made
    shutil.rmtree(made)


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """Return a good document with up to four characters or lines deleted, doubled, swapped or put in."""
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            parts = text.splitlines(keepends=True)
            other = draw(st.sampled_from(parts))
        else:
            parts = list(text)
            other = draw(st.sampled_from(SPARKS))
        at = draw(st.integers(0, len(parts) - 1))
        match draw(st.sampled_from(["delete", "double", "replace", "insert", "swap"])):
            case "delete":
                del parts[at]
            case "double":
                parts.insert(at, parts[at])
            case "replace":
                parts[at] = other
            case "insert":
                parts.insert(at, other)
            case "swap":
                parts[at - 1], parts[at] = parts[at], parts[at - 1]
        text = "".join(parts)
        assume(text)
    return text


def words(text: str) -> list[str]:
    found: list[str] = []
    word = ""
    for character in text + " ":
        if character.isalnum() or character in "_.":
            word += character
        else:
            found += [word] if word else []
            word = ""
    return sorted(set(found))


@st.composite
def reworded(draw: st.DrawFn, text: str) -> str:
    """Return a good document with some of its words replaced by others of its words."""
    known = words(text)
    for _ in range(draw(st.integers(1, 3))):
        old, new = draw(st.sampled_from(known)), draw(st.sampled_from([*known, *SPARKS]))
        count = draw(st.sampled_from([1, -1]))
        start = draw(st.integers(0, len(text)))
        text = text[:start] + text[start:].replace(old, new, count)
    return text


@some(60)
@given(st.text())
def test_any_text_is_refused_as_a_model(text: str) -> None:
    told(lambda: loads_model(text), Model, {"model.yaml": text})


@some(60)
@given(st.text(alphabet="{}[]:,-?&*!|>'\"%@`# \n\tab01~<"))
def test_any_text_of_yamls_own_signs_is_refused_as_a_model(text: str) -> None:
    told(lambda: loads_model(text), Model, {"model.yaml": text})


def test_the_good_case_is_good(folder: Path) -> None:
    assert isinstance(case(folder, "model", DOCUMENTS["model"]), Case)


@pytest.mark.parametrize("name", FILES)
@some(60)
@given(data=st.data())
def test_a_slip_in_a_good_document_is_read_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    text = data.draw(changed(DOCUMENTS[name]))

    told(lambda: case(folder, name, text), Case, texts_with(name, text))


@pytest.mark.parametrize("name", FILES)
@some(40)
@given(data=st.data())
def test_wrong_words_in_a_good_document_are_read_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    text = data.draw(reworded(DOCUMENTS[name]))

    told(lambda: case(folder, name, text), Case, texts_with(name, text))


TOKENS = [
    *"()[],+-*/%<>=!.&|^~@:;#'\"\\ ",
    "**", "//", "==", "!=", "<=", ">=", " and ", " or ", "not ", " if ", " else ", " in ", "trust", "talks",
    "open", "signed", "up", "up[i]", "grain[h]", "dates", "deadline", "time", "true", "sum(", "max(", "exp(",
    "poisson(", "one_of(", ": ", "clamp(", "3 days", "0.2 per day", "1e308", "1", "0", "2.5", "2030-01-01", "30 %",
    " within ", "lambda ", "é", "🎉", "army", "5 soldier", "\u00a0", "_", "9" * 30,
]  # fmt: skip


@some(200)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_any_tokens_are_an_expression_or_refused(text: str) -> None:
    told(lambda: checked(text).text, str)


@some(200)
@given(st.text(alphabet=string.printable + "éß🎉", max_size=40))
def test_any_characters_are_an_expression_or_refused(text: str) -> None:
    told(lambda: checked(text).text, str)
