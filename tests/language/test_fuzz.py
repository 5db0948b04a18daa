"""Documents made up from their own shapes, right or wrong: each is read, or refused with located complaints.

A key that a shape gains is tried by itself. `SIM_EXAMPLES=5000 pytest tests/language/test_fuzz.py` tries more.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import event, given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.errors import SimError
from sim.language.shapes.claims import CounterexampleShape
from sim.language.shapes.documents import SHAPES, ModelShape
from sim.language.shapes.load import Loaded, loads
from sim.model.program import Program, compile_model
from sim.testing.counterexamples import read_back
from sim.testing.models import model_data, text_of
from tests.language.quarrel import SCENARIO_WORDS, WORDS, slipped
from tests.language.random_documents import Data, Words, documents, section
from tests.language.reading import DOCUMENTS, case, refused, some, texts_with, told, written

SECTIONS = [field.alias or name for name, field in ModelShape.model_fields.items()]


def words_of(kind: str) -> Words:
    return SCENARIO_WORDS if kind == "scenario" else WORDS


def text_in_some_style(draw: st.DrawFn | Any, data: Any) -> str:
    """Write data as YAML, in brackets or in lines. What cannot be written so is written as JSON."""
    if draw(st.booleans()):
        return json.dumps(data, ensure_ascii=draw(st.booleans()))
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=draw(st.sampled_from([20, 80, 10**6])))


def good(name: str) -> Data:
    """Return a good document as data: every scalar is text, so that dates stay as they were written."""
    found: Data = yaml.load(DOCUMENTS[name], yaml.BaseLoader)  # noqa: S506 - texts alone
    return found


def compiled(folder: Path, name: str, text: str) -> Program:
    return compile_model(case(folder, name, text).scenario.model)


@pytest.mark.parametrize("kind", SHAPES)
@some(20)
@given(data=st.data())
def test_a_document_made_from_its_shape_fits_its_shape(kind: str, data: st.DataObject) -> None:
    made = data.draw(documents(SHAPES[kind], words_of(kind)))

    assert loads(json.dumps(made, ensure_ascii=False).replace("\x00", " "), SHAPES[kind], "a.yaml").shape


@pytest.mark.parametrize("kind", SHAPES)
@some(20)
@given(data=st.data())
def test_a_document_made_from_its_shape_with_slips_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    made = data.draw(slipped(data.draw(documents(SHAPES[kind], words_of(kind)))))
    text = text_in_some_style(data.draw, made)

    told(lambda: loads(text, SHAPES[kind], "a.yaml"), Loaded, {"a.yaml": text})


@pytest.mark.parametrize("name", DOCUMENTS)
@some(20)
@given(data=st.data())
def test_a_case_with_a_document_made_from_its_shape_is_read_or_refused(tmp_path_factory, name, data) -> None:
    made = data.draw(slipped({**good(name), **data.draw(documents(SHAPES[name], words_of(name)))}))
    text = text_in_some_style(data.draw, made)

    told(lambda: compiled(folder_of(tmp_path_factory), name, text), Program, texts_with(name, text))


@pytest.mark.parametrize("key", SECTIONS)
@some(10)
@given(data=st.data())
def test_a_good_model_with_one_section_made_from_its_shape_is_read_or_refused(tmp_path_factory, key, data) -> None:
    made = {**good("model"), key: data.draw(section(ModelShape, key, WORDS))}
    text = text_in_some_style(data.draw, data.draw(slipped(made)) if data.draw(st.booleans()) else made)

    told(lambda: compiled(folder_of(tmp_path_factory), "model", text), Program, texts_with("model", text))


@some(30)
@given(data=model_data(), drawn=st.data())
def test_a_generated_model_with_slips_is_read_or_refused(data, drawn) -> None:
    text = text_of(drawn.draw(slipped(data)))

    told(lambda: compile_model(loads_model(text, "a.yaml")), Program, {"a.yaml": text})


CHECKED = DOCUMENTS["model"] + "checks: {first: {never: dead > 3 person, because: few may die}}\n"


@some(20)
@given(data=st.data())
def test_a_counterexample_made_from_its_shape_is_read_or_refused(tmp_path_factory, data) -> None:
    whole = {"check": "first", "begins": "branch", "parameters": {}}
    whole["scenario"] = data.draw(st.sampled_from(["scenario.yaml", "nowhere.yaml", "x" * 300, ".", "a\0b"]))
    made = {**data.draw(documents(CounterexampleShape, WORDS)), **(whole if data.draw(st.booleans()) else {})}
    folder = folder_of(tmp_path_factory)
    written(folder, "model", CHECKED)
    file = folder / "counterexample.yaml"
    file.write_text(text_in_some_style(data.draw, data.draw(slipped(made))), encoding="utf-8")

    event("refused" if refused(lambda: read_back(file)) else "read")


@pytest.mark.parametrize("name", ["nowhere.yaml", "x" * 300, "a\\0b", "."])
def test_a_counterexample_of_a_file_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "counterexample.yaml"
    file.write_text(f'counterexample: c\ncheck: first\nbecause: b\nbegins: branch\nscenario: "{name}"\n')

    with pytest.raises(SimError) as caught:
        read_back(file)
    assert caught.value.code == "E511"


def folder_of(factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all examples: each writes all of its files anew."""
    folder = factory.getbasetemp() / "case"
    folder.mkdir(exist_ok=True)
    return folder
