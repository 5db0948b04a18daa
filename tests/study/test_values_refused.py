"""Values that cannot be: in whichever way a parameter's value is given, the same is refused for the same reason."""

import math
from pathlib import Path

import numpy as np
import pytest

from sim.build.scenario import load_scenario
from sim.errors import SimError, UsageError
from sim.language.diagnostics import LanguageError
from sim.study.api import run
from sim.study.plan import Plan, open_target
from sim.study.set_values import set_values
from sim.study.variants import assume
from tests.study.test_set_values import MODEL

# parameter, as YAML has it, as the command line may have it, as Python has it, and what is said
CANNOT_BE = [
    ("word_kept", "1.2", "1.2", 1.2, "E518"),
    ("word_kept", "120 %", "120 %", "120 %", "E518"),
    ("word_kept", "-0.01", "-0.01", np.float64(-0.01), "E518"),
    ("delay", "-3 days", "-3 days", "-3 days", "E518"),
    ("delay", "-3", "-3", np.int64(-3), "E518"),
    ("skill", "{value: 0.8}", "{value: 0.8}", {"value": 0.8}, "E518"),
    ("skill", "{prior: {uniform: [0.5, 0.8]}}", "uniform(0.5, 0.8)", {"prior": {"uniform": [0.5, 0.8]}}, "E518"),
    ("word_kept", "{prior: {normal: [0.5, 0.1]}}", "normal(0.5, 0.1)", {"prior": {"normal": [0.5, 0.1]}}, "E518"),
    ("delay", "{prior: {pert: [-1, 5, 9]}}", "pert(-1, 5, 9)", {"prior": {"pert": [-1, 5, 9]}}, "E518"),
    ("delay", "{prior: {pert: [9, 5, 2]}}", "pert(9, 5, 2)", {"prior": {"pert": [9, 5, 2]}}, "E311"),
    ("delay", "{prior: {gamma: [0, 5]}}", "gamma(0, 5)", {"prior": {"gamma": [0, 5]}}, "E311"),
    ("number", "{prior: {uniform: [1, 5]}}", "uniform(1, 5)", {"prior": {"uniform": [1, 5]}}, "E311"),
    ("skill", "nan", "nan", "nan", "E311"),
    ("pull", "-inf", "-inf", "-inf", "E311"),
    ("skill", "1 / 0", "1 / 0", "1 / 0", "E319"),
    ("skill", "1e400", "1e400", "1e400", "E204"),
    ("skill", "true", "true", True, "E302"),
    ("armed", "1", "1", 1, "E302"),
    ("number", "2.5", "2.5", 2.5, "E302"),
    ("skill", "0.5 days", "0.5 days", "0.5 days", "E303"),
    ("delay", "3 soldiers", "3 soldiers", "3 soldiers", "E303"),
    ("skill", "word_kept", "word_kept", "word_kept", "E301"),
    ("skil", "0.5", "0.5", 0.5, "E505"),
]


@pytest.fixture
def quarrel(tmp_path: Path) -> Path:
    (tmp_path / "quarrel.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "status-quo.yaml").write_text("scenario: status-quo\nmodel: quarrel.yaml\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("name", "in_yaml", "on_the_command_line", "in_python", "code"), CANNOT_BE)
def test_in_whichever_way_it_is_given_the_same_is_refused(
    quarrel: Path, name: str, in_yaml: str, on_the_command_line: str, in_python: object, code: str
) -> None:
    text = f"scenario: s\nmodel: quarrel.yaml\nparameters: {{{name}: {in_yaml}}}\n"
    (quarrel / "s.yaml").write_text(text, encoding="utf-8")
    base, plan = quarrel / "status-quo.yaml", Plan(quarrel / "ledger")
    set_text = Plan(quarrel / "ledger", values=set_values([f"{name}={on_the_command_line}"]))
    ways = {
        "a scenario": lambda: load_scenario(quarrel / "s.yaml"),
        "the command line": lambda: open_target(base, set_text),
        "sim.assume": lambda: open_target(assume(base, parameters={name: in_python}), plan),
        "sim.run": lambda: run(base, parameters={name: in_python}, runs=2, ledger=quarrel / "ledger"),
    }

    said = {}
    for way, give in ways.items():
        with pytest.raises(LanguageError) as error:
            give()
        said[way] = [(item.code, item.message) for item in error.value.diagnostics]

    assert {codes[0][0] for codes in said.values()} == {code}
    assert len({str(found) for found in said.values()}) == 1, said
    assert not (quarrel / "ledger").exists()


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, np.float32("nan"), {"prior": {"beta": [2, math.inf]}}]
)
def test_what_is_not_finite_in_python_is_refused_as_that(quarrel: Path, value: object) -> None:
    with pytest.raises(UsageError, match=r"expected a finite number for 'parameters\.skill") as error:
        run(quarrel / "status-quo.yaml", parameters={"skill": value}, runs=2, ledger=quarrel / "ledger")

    assert error.value.code == "E024"


def test_a_branch_from_a_run_takes_no_value_that_cannot_be(quarrel: Path) -> None:
    made = run(quarrel / "status-quo.yaml", runs=2, ledger=quarrel / "ledger", workers=1)
    options = {"origin": f"{made.source.ensemble}:0:1", "runs": 2, "ledger": quarrel / "ledger", "workers": 1}

    with pytest.raises(SimError) as error:
        run(quarrel / "status-quo.yaml", parameters={"word_kept": 1.2}, **options)

    assert error.value.code == "E518"
