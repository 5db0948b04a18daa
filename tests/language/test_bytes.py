"""Bytes of any kind in place of a document: it is read, or refused with located complaints, within bounds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.cases.case import Case
from sim.build.model import load_model, loads_model
from sim.language.diagnostics import LanguageError
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.load import loads
from tests.effort import effort
from tests.language.reading import DOCUMENTS, FILES, GOOD, case, some, told
from tests.language.sentences import checked
from tests.language.yaml.test_emitter import bare

BOM = b"\xef\xbb\xbf"
PIECES = (b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"\xc2\x85", BOM, b"\r",
          b"\r\n", b"\n", b"\t", b"\x1b[31m", b"\x7f", b"---\n", b"...\n", b"%TAG ! x\n", b"&a ", b"*a",
          b"!!python/object:os.system ", b"{" * 30, b"[" * 30, b'"',
          b"'", b"|\n", b">-\n", b"? ", b": ", b"#", b"1e999", b"9" * 50)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("case")


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Return bytes with up to four places cut, doubled, turned over, or with something put in."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from([0, 1, 1, 2, 20, 10**6]))
        put = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
        match draw(st.sampled_from(["put", "cut", "double", "turn"])):
            case "put":
                content = content[:at] + put + content[at:]
            case "cut":
                content = content[:at] + content[at + length :]
            case "double":
                content = content[: at + length] + content[at:]
            case "turn":
                bit = 1 << draw(st.integers(0, 7))
                content = content[:at] + bytes(byte ^ bit for byte in content[at : at + 1]) + content[at + 1 :]
    return content


@some(60)
@given(content=st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join)))
def test_any_bytes_are_refused_as_a_case(folder: Path, content: bytes) -> None:
    told(lambda: case(folder, "model", content), Case)


@pytest.mark.parametrize("name", FILES)
@some(60)
@given(data=st.data())
def test_a_good_document_with_damaged_bytes_is_read_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    content = data.draw(damaged(DOCUMENTS[name].encode()))

    told(lambda: case(folder, name, content), Case)


def test_a_byte_order_mark_and_the_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    def model(content: bytes) -> object:
        (tmp_path / "model.yaml").write_bytes(content)
        (tmp_path / "sources.yaml").write_bytes((GOOD / "sources.yaml").read_bytes())
        return bare(load_model(tmp_path / "model.yaml"))

    plain = DOCUMENTS["model"].encode()

    assert model(BOM + plain) == model(plain.replace(b"\n", b"\r\n")) == model(plain)


def refused(text: str) -> None:
    with pytest.raises(LanguageError) as caught:
        loads(text, ModelShape, "a.yaml")
    str(caught.value)


BOMBS = {
    "brackets": lambda n: "model: " + "[" * n,
    "brackets that close": lambda n: "model: " + "[" * n + "]" * n,
    "braces": lambda n: "{a: " * n,
    "steps": lambda n: "\n".join(" " * level + "a:" for level in range(n // 10)),
    "aliases": lambda n: "a: &a [x]\nb: [" + "*a, " * n + "]",
    "laughs": lambda n: "a0: &a0 ha\n" + "\n".join(f"a{k + 1}: &a{k + 1} [*a{k}, *a{k}]" for k in range(n)),
    "merges": lambda n: "a: &a {x: 1}\n" + "\n".join(f"b{k}: {{<<: *a}}" for k in range(n)),
    "one long word": lambda n: "model: " + "x" * n,
    "one long number": lambda n: "model: " + "9" * n,
    "one long key": lambda n: "? " + "x" * n + "\n: 1",
    "one long line": lambda n: "model: [" + "x, " * n + "]",
    "one long quoted word": lambda n: 'model: "' + "\\x41" * n + '"',
    "many keys": lambda n: "\n".join(f"k{k}: 1" for k in range(n)),
    "one key many times": lambda n: "a: 1\n" * n,
    "documents": lambda n: "--- a\n" * n,
    "comments": lambda n: "# a\n" * n,
    "tags": lambda n: "a: [" + "!!int 1, " * n + "]",
    "empty keys": lambda n: "? \n" * n,
    "dashes": lambda n: "- " * n,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_twice_the_size_is_at_most_about_twice_the_work(bomb: str) -> None:
    once, twice = (effort(lambda size=size: refused(BOMBS[bomb](size))) for size in (2000, 4000))

    assert twice < 2.4 * once


CHAINS = {
    "brackets": lambda n: "(" * n + "1" + ")" * n,
    "indices": lambda n: "up[" * n + "1" + "]" * n,
    "nots": lambda n: "not " * (n // 2) + "true",
    "minuses": lambda n: "-" * n + "1",
    "powers": lambda n: "2" + "**1" * (n // 2),
    "sums": lambda n: "1" + "+1" * n,
    "ands": lambda n: "true" + " and true" * (n // 5),
    "comparisons": lambda n: "1" + "<2" * n,
    "choices": lambda n: "1 if true else " * (n // 8) + "1",
    "calls": lambda n: "abs(" * (n // 3) + "1" + ")" * (n // 3),
    "quantities": lambda n: "1 day + " * (n // 4) + "1 day",
    "dates": lambda n: "2030-01-01 - " * (n // 7) + "2030-01-01",
    "sums of families": lambda n: "count(up) + " * (n // 6) + "1",
    "digits": lambda n: "9" * n,
    "commas": lambda n: "max(" + "1," * n + "1)",
    "unknown names": lambda n: "+".join(["x"] * n),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_an_expression_of_twice_the_length_is_at_most_about_twice_the_work(chain: str) -> None:
    def tried(size: int) -> None:
        told(lambda: checked(CHAINS[chain](size)).text, str)

    once, twice = (effort(lambda size=size: tried(size)) for size in (200, 400))

    assert twice < 2.6 * once


def test_the_good_model_is_read_alone_where_it_cites_nothing() -> None:
    """What the bombs are refused for is not that nothing can be read from text."""
    assert loads_model("model: m\ntitle: M\ntime: {unit: day}\nfactions: {}\nstate: {}\nevents: {}\n").name == "m"
