import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import LedgerError
from sim.ledger import Ledger
from sim.ledger.spec import canonical, spec_content

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=10,
)


def backwards(value: Any) -> Any:
    """The same value, its keys put in the other way round."""
    match value:
        case dict():
            return {key: backwards(item) for key, item in reversed(value.items())}
        case list():
            return tuple(backwards(item) for item in value)
    return value


@given(st.dictionaries(text.filter(lambda key: key != "format"), values))
def test_the_order_of_keys_does_not_matter(spec: dict[str, Any]) -> None:
    assert spec_content(spec) == spec_content(backwards(spec))


@given(values)
def test_canonical_json_reads_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(values, values)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    if one != other:
        assert canonical(one) != canonical(other)


def test_a_spec_is_written_as_it_always_was(tmp_path: Path) -> None:
    content = spec_content({"seed": 7, "model": "élan", "rates": [0.1, 1.0, 1e300, -0.0, None, True]})
    assert content == '{"format":2,"model":"élan","rates":[0.1,1.0,1e+300,-0.0,null,true],"seed":7}'.encode()


def test_the_id_is_the_hash_of_the_file(tmp_path: Path) -> None:
    ensemble = Ledger(tmp_path).create({"seed": 7})
    assert hashlib.sha256((ensemble.folder / "spec.json").read_bytes()).hexdigest() == ensemble.id
    assert ensemble.spec == {"seed": 7}


@pytest.mark.parametrize(
    ("value", "error", "complaint"),
    [
        (float("nan"), ValueError, r"\['a'\]\[1\] holds nan"),
        (float("-inf"), ValueError, "holds -inf"),
        ("\ud800", ValueError, "not Unicode"),
        ({1: 2}, TypeError, "key 1, which is not text"),
        ({1, 2}, TypeError, "not a JSON value"),
        (b"bytes", TypeError, "not a JSON value"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(value: Any, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        spec_content({"a": [0, value]})


def test_the_key_format_belongs_to_the_ledger() -> None:
    with pytest.raises(AssertionError, match="belongs to the ledger"):
        spec_content({"format": 1})


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"format":1,"seed":8}'])
def test_a_changed_spec_is_found(tmp_path: Path, content: bytes) -> None:
    ensemble = Ledger(tmp_path).create({"seed": 7})
    (ensemble.folder / "spec.json").write_bytes(content)
    with pytest.raises(LedgerError, match="was changed") as caught:
        _ = ensemble.spec
    assert caught.value.code == "E703"
    with pytest.raises(LedgerError, match="was changed"):
        Ledger(tmp_path).create({"seed": 7})


def test_a_spec_of_a_newer_format_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    content = canonical({"format": 3})
    folder = tmp_path / "ensembles" / hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True)
    (folder / "spec.json").write_bytes(content)
    with pytest.raises(LedgerError, match="format 3") as caught:
        _ = Ledger(tmp_path).find("").spec
    assert caught.value.code == "E705"
