"""A document that is printed and read again is the same document, whatever it holds."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import build, loads_model
from sim.build.named_files import sources_of
from sim.language.diagnostics import Complaints
from sim.language.shapes.documents import SHAPES, ModelShape
from sim.language.shapes.load import load, loads
from sim.language.shapes.shape import NAME, SLUG, BasisShape, Shape
from sim.language.yaml.emitter import write
from sim.language.yaml.parser import parse
from sim.testing.models import model_data, text_of
from tests.language.random_documents import Words, documents

ROOT = Path(__file__).parents[3]
FILES = sorted(
    path
    for folder in ("scenarios", "seeds", "tests/specimens", "tests/language/good")
    for path in (ROOT / folder).rglob("*.yaml")
    if not path.name.endswith(".answer.yaml")
)
KINDS = {path: next(kind for kind in parse(path.read_text("utf-8"), "").data if kind in SHAPES) for path in FILES}
MODELS = [path for path, kind in KINDS.items() if kind == "model"]

AWKWARD = st.sampled_from(
    ["no", "yes", "Null", "null", "~", "true", "false", "1", "-2", "+3", "0.50", ".5", "5.", "1e3", "1E-7", "1e999",
     "0x1f", "1_000", "12:30:00", "2014-09-12", ".nan", "-.inf", "<<", "=", "!", "!!str 1", "&a", "*a", "?", "? a",
     "-", "- a", "---", "...", "--- a", "%YAML 1.1", "@a", "`a`", "|", "> a", "#", "a #b", "a# b", "a: b", "a:b", "a:",
     ":a", ": a", ",", "a, b", "[a]", "{a: b}", "]", "}", "'", "''", '"', '"a"', "it's", "\\", "\\n", "\\x41",
     " a", "a ", "  ", "\n", "a\nb", "a\n\n b\n", "\na", " \n a", "a\r\nb", "\r", "\t", "a\tb", "\x00", "\x1b", "\x85",
     "a\x85b", "\u2028", "\u2029x", "\ufeff", "a\ufeff", "\u00a0", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "é",
     "e\u0301", "🎉", "\U0010ffff", "1" * 40, "1" * 41, "word " * 300, "x" * 900, " " * 500, "\x00" * 100, "a, " * 200]
)  # fmt: skip
characters = st.characters(exclude_categories=["Cs"])
anything = st.one_of(
    AWKWARD, AWKWARD, st.text(characters, min_size=1, max_size=30), st.builds("{}{}".format, AWKWARD, AWKWARD)
)
slugs = st.one_of(st.sampled_from(["1", "1e3", "true", "null", "no", "0", "1.5", "2014-09-12", "1.", "a" * 100]),
                  st.from_regex(SLUG.replace("$", r"\Z")))  # fmt: skip
names = st.one_of(st.sampled_from(["true", "false", "null", "no", "y", "e1", "x" * 64]),
                  st.from_regex(NAME.replace("$", r"\Z")))  # fmt: skip
members = anything.map(lambda text: text.replace("\n", " ")[:100])
ANY = Words(
    sentences=anything.map(lambda text: text[:2000]),
    expressions=anything.map(lambda text: text[:1000]),
    names=names,
    slugs=slugs,
    dates=anything.map(lambda text: text[:40]),
    families=st.builds("{} in {}".format, names, members),
    free=st.one_of(st.text(characters, max_size=5), anything).filter(lambda text: text != "<<"),
)


def bare(value: Any) -> Any:
    """Return a model as data, without the places of its parts and with the spaces in its texts made one."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = [item.name for item in fields(value) if item.name not in ("location", "path")]
        return (type(value).__name__, *(bare(getattr(value, name)) for name in kept))
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list | tuple):
        return [bare(item) for item in value]
    return {key: bare(item) for key, item in value.items()} if hasattr(value, "items") else value


def same_again(shape: Shape) -> str:
    text = write(shape)
    assert loads(text, type(shape), "again.yaml").shape == shape, text
    return text


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_document_of_the_repository_is_the_same_when_it_is_printed_and_read_again(path: Path) -> None:
    same_again(load(path, SHAPES[KINDS[path]]).shape)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_model_built_from_a_printed_document_is_the_same_but_for_places(path: Path) -> None:
    loaded = load(path, ModelShape)
    complaints = Complaints()
    sources = sources_of(loaded, complaints)
    again = loads(write(loaded.shape), ModelShape, str(path))

    assert bare(build(again, sources, complaints)) == bare(build(loaded, sources, complaints))
    assert not complaints


@given(model_data())
def test_a_generated_model_is_the_same_when_it_is_printed_and_read_again(data) -> None:
    text = same_again(loads(text_of(data), ModelShape, "generated.yaml").shape)

    assert bare(loads_model(text)) == bare(loads_model(text_of(data)))


@pytest.mark.parametrize("kind", SHAPES)
@given(data=st.data())
def test_any_document_that_fits_its_shape_is_the_same_when_it_is_printed_and_read_again(kind, data) -> None:
    same_again(SHAPES[kind].model_validate(data.draw(documents(SHAPES[kind], ANY))))


@given(anything)
def test_any_text_is_the_same_text_when_it_is_printed_and_read_again(text) -> None:
    same_again(BasisShape(judgement=text[:2000], note=f"{text}\n{text}"[:2000]))


@given(st.text(characters, min_size=1, max_size=40))
def test_both_of_pyyamls_parsers_read_what_is_printed(text) -> None:
    printed = write(BasisShape(judgement=text))
    found = [yaml.load(printed, loader) for loader in (yaml.BaseLoader, yaml.CBaseLoader)]  # noqa: S506 - texts alone

    assert found == [{"judgement": text}] * 2


MODEL = """
model: m
title: Nothing is at its default
time: {unit: day, origin: 2030-01-01}
factions: {a: {title: A}}
state: {calm: {type: bool, initial: true, at_bounds: error}}
events: {hit: {by: a, marks: {}, effects: {}, exogenous: false, for: "i in 1..2"}}
rules: {r: {faction: a, when: "true", on: [hit], emits: "hit[1]", memory: fresh, priority: 0, basis: [{judgement: x}]}}
outcomes: {o: {when: calm, while: calm}}
"""


def test_what_is_at_its_default_is_left_out_and_keys_have_the_names_of_files() -> None:
    assert (
        write(loads(MODEL, ModelShape, "m.yaml").shape)
        == """model: m
title: Nothing is at its default
time: {unit: day, origin: 2030-01-01}

factions:
  a: {title: A}

state:
  calm: {type: bool, initial: true}

events:
  hit: {by: a, for: i in 1..2}

rules:
  r: {faction: a, on: hit, emits: 'hit[1]', basis: {judgement: x}}

outcomes:
  o: {when: calm, while: calm}
"""
    )


def test_an_expression_is_never_broken_over_lines() -> None:
    """Its length has a limit, and the indentation of a second line would count."""
    long = " or ".join(["calm"] * 120)
    text = MODEL.replace("{when: calm,", f"{{when: {long},")

    assert f"    when: {long}\n" in write(loads(text, ModelShape, "m.yaml").shape)
