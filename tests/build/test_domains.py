"""What a parameter can be at all, and what a scenario may make of it."""

from pathlib import Path

import pytest

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.language.diagnostics import LanguageError
from sim.model.canonical import canonical_model, digest

MODEL = """
model: m
title: One parameter
time: {{unit: day}}
horizon: 30 days
factions: {{f: {{title: F}}}}
state: {{x: {{type: real, initial: p}}}}
parameters:
  p: {{{prior}, basis: {{judgement: a guess}}}}
events: {{e: {{by: f}}}}
measures: {{end: {{value: p}}}}
"""
ANYTHING = "value: 0.5"
SHARE = "prior: {beta: [3, 5]}"
POSITIVE = "prior: {pert: [0.08, 0.15, 0.3]}"
NEGATIVE = "prior: {uniform: [-3, 0]}"
LOGIT = "prior: {normal: [0, 1]}"
RANGED = "prior: {pert: [0.08, 0.15, 0.3]}, range: [-1, 0.5]"


def said(folder: Path, prior: str, assumed: str, unit: str = "") -> list[str]:
    """Return the codes of what is said of a scenario that assumes this of the parameter."""
    model = MODEL.format(prior=prior + (f", unit: {unit}" if unit else ""))
    if unit:
        model = model.replace("type: real, initial: p", "type: real, unit: day, initial: p")
    (folder / "model.yaml").write_text(model, encoding="utf-8")
    text = f"scenario: s\nmodel: model.yaml\nparameters: {{p: {assumed}}}\n"
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    try:
        return [warning.code for warning in load_scenario(folder / "s.yaml").warnings]
    except LanguageError as error:
        return [item.code for item in error.diagnostics]


@pytest.mark.parametrize(
    ("prior", "assumed", "expected"),
    [
        (SHARE, "90 %", []),
        (SHARE, "0", []),
        (SHARE, "1", []),
        (SHARE, "120 %", ["E518"]),
        (SHARE, "-0.1", ["E518"]),
        (SHARE, "{prior: {beta: [8, 3]}}", []),
        (SHARE, "{prior: {uniform: [0.2, 0.9]}}", []),
        (SHARE, "{prior: {uniform: [0.2, 1.1]}}", ["E518"]),
        (SHARE, "{prior: {normal: [0.5, 0.1]}}", ["E518"]),
        (SHARE, "{prior: {lognormal: [0.5, 0.1]}}", ["E518"]),
        (POSITIVE, "0.3", []),
        (POSITIVE, "0", ["W520"]),
        (POSITIVE, "0.4", ["W520"]),
        (POSITIVE, "-0.3", ["E518"]),
        (POSITIVE, "{prior: {pert: [0.1, 0.2, 0.3]}}", []),
        (POSITIVE, "{prior: {pert: [0.1, 0.2, 0.4]}}", ["W520"]),
        (POSITIVE, "{prior: {gamma: [2, 0.2]}}", ["W520"]),
        (POSITIVE, "{prior: {uniform: [-0.1, 0.2]}}", ["E518"]),
        (POSITIVE, "{prior: {normal: [0.2, 0.01]}}", ["E518"]),
        (NEGATIVE, "-2", []),
        (NEGATIVE, "-4", ["W520"]),
        (NEGATIVE, "0.1", ["E518"]),
        (LOGIT, "-40", []),
        (LOGIT, "{prior: {uniform: [-40, 90]}}", []),
        (ANYTHING, "-7", []),
        (ANYTHING, "{prior: {normal: [0, 1]}}", []),
        (RANGED, "-0.9", []),
        (RANGED, "0.6", ["E518"]),
        (RANGED, "{prior: {normal: [0, 1]}}", ["E518"]),
        ("type: int, value: 3, range: [0, 5]", "6", ["E518"]),
        ("type: int, value: 3", "-6", []),
    ],
)
def test_a_scenario_gives_a_parameter_what_it_can_be(tmp_path: Path, prior: str, assumed: str, expected: list) -> None:
    assert said(tmp_path, prior, assumed) == expected


@pytest.mark.parametrize(
    ("prior", "assumed", "expected"),
    [
        ("prior: {pert: [12, 24, 48]}", "2 days", []),
        ("prior: {pert: [12, 24, 48]}", "49", ["W520"]),
        ("prior: {pert: [12, 24, 48]}", "2.1 days", ["W520"]),
        ("prior: {pert: [12, 24, 48]}", "-1 day", ["E518"]),
        ("prior: {beta: [2, 2]}", "0.9", []),
        ("prior: {beta: [2, 2]}", "61 minutes", ["E518"]),
        ("value: 24, range: [12, 48]", "3 days", ["E518"]),
        ("value: 24, range: [1 hour, 4 days]", "3 days", []),
    ],
)
def test_a_range_is_in_the_unit_of_its_parameter(tmp_path: Path, prior: str, assumed: str, expected: list) -> None:
    assert said(tmp_path, prior, assumed, unit="hour") == expected


@pytest.mark.parametrize(
    ("prior", "fine"),
    [
        ("prior: {beta: [2, 2]}, range: [0, 1]", True),
        ("prior: {beta: [2, 2]}, range: [0, 0.9]", False),
        ("prior: {normal: [0.5, 0.1]}, range: [0, 1]", False),
        ("prior: {pert: [1, 2, 3]}, range: [1, 3]", True),
        ("prior: {pert: [1, 2, 3]}, range: [1.5, 3]", False),
        ("prior: {gamma: [1, 2]}, range: [0, 100]", False),
        ("value: 120 %, range: [0, 1]", False),
        ("value: 80 %, range: [0, 1]", True),
        ("value: 1, range: [3, 2]", False),
        ("type: bool, value: true, range: [0, 1]", False),
    ],
)
def test_a_models_own_parameter_lies_within_its_range(prior: str, fine: bool) -> None:
    text = MODEL.format(prior=prior).replace("initial: p", "initial: 0")
    if fine:
        loads_model(text)
        return
    with pytest.raises(LanguageError) as error:
        loads_model(text)
    assert [item.code for item in error.value.diagnostics] == ["E329"]


def test_a_range_changes_no_digest() -> None:
    plain, ranged = (loads_model(MODEL.format(prior=prior)) for prior in (POSITIVE, RANGED))

    assert digest(canonical_model(plain)) == digest(canonical_model(ranged))


def test_an_override_of_the_file_that_is_extended_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL.format(prior=POSITIVE), encoding="utf-8")
    below = "scenario: below\nmodel: model.yaml\nparameters: {p: 0.9}\n"
    (tmp_path / "below.yaml").write_text(below, encoding="utf-8")
    for assumed, expected in (("0.2", []), ("0.8", ["W520"])):
        text = f"scenario: s\nextends: below.yaml\nparameters: {{p: {assumed}}}\n"
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")

        assert [warning.code for warning in load_scenario(tmp_path / "s.yaml").warnings] == expected
