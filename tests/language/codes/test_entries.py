import re
from pathlib import Path

import pytest
import yaml

from sim.language.codes.entries import CODES, explain, explain_key
from sim.language.shapes.documents import SHAPES

SIM = Path(__file__).parents[3] / "sim"


def raised() -> set[str]:
    return {
        code for path in SIM.rglob("*.py") for code in re.findall(r'"([EW]\d{3})"', path.read_text(encoding="utf-8"))
    }


def test_every_code_that_is_raised_is_explained_and_every_explained_one_is_raised() -> None:
    assert raised() == set(CODES)


def test_no_code_stands_for_two_things() -> None:
    written = [
        code
        for path in sorted((SIM / "language" / "codes").glob("*.yaml"))
        for code in re.findall(r"^([EW]\d{3}):$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ]
    assert sorted(written) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_has_a_cause_and_two_examples(code: str) -> None:
    text = explain(code)

    assert text.startswith(f"{code}: ")
    assert "\n\nWrong:\n    " in text
    assert "\n\nRight:\n    " in text
    assert CODES[code].wrong != CODES[code].right
    assert max(len(line) for line in text.splitlines()) <= 120


@pytest.mark.parametrize("code", [code for code in CODES if code[1] in "123456"])
def test_a_right_example_is_yaml(code: str) -> None:
    assert yaml.safe_load(CODES[code].right)


def test_a_key_is_explained_wherever_it_may_stand() -> None:
    assert str(explain_key("memory")).startswith("model.rules.memory: What a clock")
    assert explain_key("rules.memory") == explain_key("memory")
    assert {line.partition(":")[0] for line in str(explain_key("horizon")).splitlines()} == {
        "model.horizon", "scenario.horizon",
    }  # fmt: skip


def test_a_key_is_called_what_the_file_calls_it() -> None:
    assert "model.outcomes.while:" in str(explain_key("while"))
    assert "model.rules.for:" in str(explain_key("for"))
    assert explain_key("safe") is None


@pytest.mark.parametrize("nothing", ["", ".", "nothing", "memory.rules", "rules.memory.", "E301"])
def test_what_is_no_key_is_not_explained(nothing: str) -> None:
    assert explain_key(nothing) is None


def test_every_key_has_a_description() -> None:
    for shape in SHAPES.values():
        for path in shape.model_fields:
            assert shape.model_fields[path].description, path
