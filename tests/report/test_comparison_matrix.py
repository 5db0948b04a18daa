"""Many scenarios at one glance: the figures of the results, and a mark where the difference leaves 0 out."""

import pytest

from sim.report.comparison_matrix import matrix
from sim.study.api import compare
from tests.analysis.crises import write


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    coin = write(tmp_path_factory.mktemp("coin"))
    names = ("as-it-is", "loaded", "pushed", "longer")
    return compare(*(coin / f"{name}.yaml" for name in names), runs=200, ledger=coin / "ledger", workers=1)


def test_each_scenario_has_a_row_and_each_outcome_a_column(found):
    table = matrix(found, found.counted(["heads", "tails"]))

    titles = [row[0].strip() for row in table.rows]
    assert titles[:1] == ["As it is"]
    assert {"A loaded coin", "A push", "Longer"} <= set(titles)
    assert [heading for heading, _ in table.columns] == ["scenario", "Heads", "Tails"]
    assert table.grid


def test_the_cells_have_the_figures_of_the_results(found):
    table = matrix(found, found.counted(["heads"]))

    cells = {row[0].strip(): row[1] for row in table.rows}
    (loaded,) = (one.other for one in found.versus if one.other.scenario.name == "loaded")
    share, interval = str(loaded.outcomes["heads"]), loaded.outcomes["heads"].interval
    assert cells["A loaded coin"] == f"{share.removesuffix(' %')} + ({interval.replace(' %', '')})"


def test_only_what_surely_differs_has_a_mark(found):
    cells = {row[0].strip(): row[1:] for row in matrix(found, found.counted(["heads", "tails"])).rows}

    for one in found.versus:
        for name, cell in zip(("heads", "tails"), cells[one.other.scenario.title], strict=True):
            change = one.changes[name].difference
            marks = [mark for mark in (" + ", " - ") if mark in f"{cell} "]
            assert bool(marks) == change.excludes_zero
            if marks:
                assert (marks == [" + "]) == (change.low > 0)
    assert " + " in cells["A loaded coin"][0]
    assert " - " in cells["A loaded coin"][1]


def test_the_baseline_has_none(found):
    assert not any(
        mark in cell for mark in (" + ", " - ") for cell in matrix(found, found.counted(["heads", "tails"])).rows[0][1:]
    )
