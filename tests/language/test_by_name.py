"""Figures by name: a wrong name is an error that suggests the right one, and a KeyError as of any mapping."""

import pickle

import pytest

from sim.language.by_name import ByName, UnknownName


def test_a_wrong_name_suggests_the_right_one():
    found = ByName({"talks_succeed": 1, "talks_collapse": 2}, kind="outcome")

    with pytest.raises(UnknownName, match="there is no outcome 'talks_succed' here") as error:
        found["talks_succed"]
    assert error.value.code == "E018"
    assert error.value.notes == ("did you mean 'talks_succeed'?",)


def test_where_none_is_near_all_are_named():
    with pytest.raises(UnknownName) as error:
        ByName({"deaths": 1}, kind="measure")["xyz"]
    assert "deaths" in error.value.notes[0]


def test_it_is_a_mapping_like_any_other():
    found = ByName({"a": 1}, kind="outcome")

    assert found == {"a": 1}
    assert found.get("b") is None
    assert "b" not in found
    with pytest.raises(KeyError):
        found["b"]
    assert pickle.loads(pickle.dumps(found)).kind == "outcome"  # noqa: S301 - our own
