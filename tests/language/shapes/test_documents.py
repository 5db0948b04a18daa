import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from sim.language.shapes.documents import SHAPES
from sim.language.shapes.load import load
from sim.language.shapes.shape import Expr
from sim.language.yaml.parser import parse, read

GOOD = Path(__file__).parents[1] / "good"
MARK = TypeAdapter(Expr).json_schema()
FILES = {
    "model": "model",
    "part": "part",
    "scenario": "scenario",
    "harder": "scenario",
    "history": "history",
    "sources": "sources",
}


def schema(kind: str) -> Draft202012Validator:
    made = SHAPES[kind].model_json_schema(by_alias=True)
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(json.loads(json.dumps(made)))


def example(name: str) -> Any:
    return read(GOOD / f"{name}.yaml", name).data


@pytest.mark.parametrize("name", FILES)
def test_a_good_document_fits_its_shape_and_its_schema(name: str) -> None:
    load(GOOD / f"{name}.yaml", SHAPES[FILES[name]])

    assert [error.message for error in schema(FILES[name]).iter_errors(example(name))] == []


@pytest.mark.parametrize("name", FILES)
def test_a_schema_refuses_an_unknown_key_at_every_depth(name: str) -> None:
    """Where authors choose the keys, the unknown one is a name that nobody may give, or its value is wrong."""
    validator = schema(FILES[name])
    pending: list[Any] = [document := example(name)]
    mappings = 0
    while pending:
        part = pending.pop()
        pending += list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else []
        if isinstance(part, dict):
            part["Not A Key!"] = {"nor": "this"}
            assert not validator.is_valid(document), part
            del part["Not A Key!"]
            mappings += 1

    assert validator.is_valid(document)
    assert mappings >= 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("model", "memory: sometimes"),
        ("scenario", "disable: all"),
        ("history", "events: {}"),
        ("sources", "documents: []"),
    ],
)
def test_a_schema_refuses_a_value_of_the_wrong_shape(kind: str, text: str) -> None:
    assert not schema(kind).is_valid({**example(kind), **parse(text, "a.yaml").data})


@pytest.mark.parametrize("kind", SHAPES)
def test_a_schema_describes_every_key_for_editors(kind: str) -> None:
    made = SHAPES[kind].model_json_schema(by_alias=True)
    parts = [made, *made.get("$defs", {}).values()]

    assert [
        name for part in parts for name, key in part.get("properties", {}).items() if "description" not in key
    ] == []
    others = [part.get("additionalProperties") for part in parts if "properties" in part]
    assert all(other is False or other == MARK for other in others)
    assert others.count(MARK) == (kind == "scenario"), "only an event that a scenario assumes has keys of its own"
