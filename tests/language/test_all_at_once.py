"""Errors do not hide each other: several at once are complained of as each is alone, and nothing else is."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.planted import ERRORS, Planted, Said, independent, said
from tests.language.reading import some

UNIT = Planted("model", "{unit: day, origin", "{unit: dya, origin")
NOT_YAML = {
    "model": Planted("model", "title: A quarrel", "title: [A quarrel"),
    "history": Planted("history", "title: The winter", "title: 'The winter"),
    "sources": Planted("sources", "title: Letters", "\ttitle: Letters"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planted")


@cache
def alone(folder: Path, error: Planted) -> Said:
    """Return what is said where the error is the only one."""
    return said(folder, [error])


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_a_planted_error_is_complained_of(folder: Path, error: Planted) -> None:
    assert 1 <= len(alone(folder, error)) <= 2


@some(60)
@given(chosen=st.lists(st.sampled_from(ERRORS), min_size=2, max_size=12, unique=True))
def test_several_errors_are_complained_of_as_each_is_alone(folder: Path, chosen: list[Planted]) -> None:
    errors = independent(chosen)

    assert said(folder, errors) == frozenset().union(*(alone(folder, error) for error in errors))


@pytest.mark.parametrize("kind", NOT_YAML)
def test_a_file_that_is_not_yaml_hides_no_error_of_another_file(folder: Path, kind: str) -> None:
    others = [
        Planted("scenario", "horizon: 90 days", "horizons: 90 days"),
        Planted("history", "reported: 2030-01-04", "reported: 2030-13-04"),
        Planted("history", "act: commitment", "act: comitment"),
        Planted("history", "- id: flood\n", "- id: call\n"),
        Planted("sources", "reliability: medium", "reliability: mediun"),
        Planted("model", "when: calm and", "when: clam and"),
    ]
    readable = [error for error in others if error.file != kind]
    each = [alone(folder, error) for error in (NOT_YAML[kind], *readable)]

    assert said(folder, [NOT_YAML[kind], *readable]) == frozenset().union(*each)


def test_an_unknown_unit_of_time_is_complained_of_once(folder: Path) -> None:
    assert {code for _, _, _, code, _ in said(folder, [UNIT])} == {"E106"}


def test_an_unknown_unit_of_time_hides_only_what_is_about_times(folder: Path) -> None:
    about_times = {"E302", "E303", "E306", "E314", "E317", "E403", "E502", "E503", "E504"}
    for error in ERRORS:
        if error.file != "model" or "time: " in error.right:
            continue
        others = {item for item in alone(folder, error) if item[3] not in about_times}

        assert said(folder, [UNIT, error]) == others | alone(folder, UNIT), error


def test_a_missing_sources_file_is_complained_of_once(folder: Path) -> None:
    for kind in ("model", "history"):
        lost = Planted(kind, "sources: sources.yaml", "sources: source.yaml")

        assert {code for _, _, _, code, _ in said(folder, [lost])} == {"E108"}
