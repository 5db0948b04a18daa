"""What a number rests on, as outputs write it: counts of cases with their shares and intervals."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from sim.build.cases.case import Case
from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.model.canonical import specification
from sim.model.differences.model_differences import model_differences
from sim.model.evidence.basis import Basis, CaseCount
from sim.model.program import compile_model
from sim.report.bases import share_interval, written_basis, written_share
from sim.report.differing.difference_words import sentences
from sim.report.timeline import row, steps

MODEL = """
model: quarrel
title: A quarrel of two houses
time: {unit: day}
horizon: 90 days
factions: {north: {title: The northern house}}
state: {calm: {type: bool, initial: true}}
parameters:
  kept: {value: 0.2, basis: {judgement: from a list}}
events: {shots_fired: {by: north, effects: {calm: false}}}
rules:
  north_shoots:
    faction: north
    when: calm
    clock: {rate: 50 per day}
    emits: shots_fired
    basis: {judgement: from a list}
"""
COUNTED = MODEL.replace("judgement: from a list", "count: 8, of: 37, within: 180 days, judgement: from a list")


def of(text: str, folder) -> Case:
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "model.yaml")


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (CaseCount(8, 37), "21.6 % (9.8 % to 38.2 %)"),
        (CaseCount(0, 37), "0 % (below 9.5 %)"),
        (CaseCount(37, 37), "100 % (above 90.5 %)"),
    ],
)
def test_a_count_is_written_as_its_share_and_a_count_of_none_gives_an_upper_bound(
    count: CaseCount, written: str
) -> None:
    assert written_share(count) == written


@pytest.mark.parametrize("count", [CaseCount(0, 12), CaseCount(1, 12), CaseCount(8, 37), CaseCount(12, 12)])
def test_the_interval_of_a_count_is_the_exact_one(count: CaseCount) -> None:
    exact = binomtest(count.hits, count.cases).proportion_ci(method="exact")

    assert share_interval(count) == pytest.approx((exact.low, exact.high), abs=1e-12)


@pytest.mark.parametrize("cases", [1, 9, 37, 200])
def test_the_interval_of_a_count_covers_every_probability_at_least_as_often_as_it_says(cases: int) -> None:
    ends = np.array([share_interval(CaseCount(hits, cases)) for hits in range(cases + 1)])
    for chance in np.linspace(0.0005, 0.9995, 1000):
        covers = (ends[:, 0] <= chance) & (chance <= ends[:, 1])
        assert binom.pmf(np.flatnonzero(covers), cases, chance).sum() >= 0.95 - 1e-12


def test_a_basis_says_what_was_counted_where() -> None:
    count = CaseCount(8, 37, 180.0, "180 days")
    cited = Basis(source="un-list", paragraphs=(4,), count=count)
    judged = Basis(judgement="from a list", count=count)

    assert written_basis(cited) == "8 of 37 within 180 days (un-list, paragraph 4): 21.6 % (9.8 % to 38.2 %)"
    assert written_basis(judged, brief=True) == "8 of 37 within 180 days (judgement): 21.6 % (9.8 % to 38.2 %)"
    assert written_basis(Basis(source="un-list", paragraphs=(4, 5))) == "un-list, paragraph 4, 5"


def test_a_count_has_its_time_in_the_models_unit() -> None:
    (basis,) = loads_model(COUNTED.replace("within: 180 days", "within: 26 weeks")).parameters["kept"].basis

    assert basis.count == CaseCount(8, 37, 182.0, "182 days")


def test_a_count_changes_no_run_and_no_id(tmp_path) -> None:
    one, other = of(MODEL, tmp_path).scenario, of(COUNTED, tmp_path).scenario
    found = model_differences(one, other)

    assert specification(one, 1, central=False) == specification(other, 1, central=False)
    assert {item.bears for item in found} == {"nothing"}
    assert sentences(found, one, other, "nothing")[0] == (
        "The basis of parameter 'kept' is 8 of 37 within 180 days (judgement: from a list): 21.6 % (9.8 % to 38.2 %) "
        "instead of judgement: from a list."
    )


def test_a_timeline_says_what_a_rule_was_counted_from(tmp_path) -> None:
    from sim.engines.reference import ReferenceEngine

    scenario = of(COUNTED, tmp_path).scenario
    program = compile_model(scenario.model)
    rows = [
        row(scenario.model, step, {}) for step in steps(program, scenario, ReferenceEngine(program, scenario, 1).run(0))
    ]
    (fired,) = (cells for cells in rows if "north shoots" in cells[-1])

    assert fired[-1] == "north shoots [8 of 37 within 180 days (judgement): 21.6 % (9.8 % to 38.2 %)]"
