"""Where the case is in which a name is looked up."""

import pytest

from sim.errors import SimError
from sim.explain.graph.model_graph import Node
from sim.language.diagnostics import LanguageError
from sim.study.named_cases import case_at, cases_here
from tests.explain.siege import write


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "scenarios" / "siege")


def test_the_case_of_a_folder_is_that_of_its_status_quo(folder):
    case = case_at(folder)

    assert (case.base.scenario.name, case.shown) == ("status-quo", str(folder))
    assert case.base.history is not None


def test_the_case_of_a_scenario_is_as_that_scenario_has_it(folder):
    case = case_at(folder / "relief.yaml")

    assert case.base.scenario.name == "relief"
    assert len(case.scenarios) == len(case_at(folder).scenarios)


def test_a_model_without_a_scenario_is_a_case_though_it_has_no_horizon(tmp_path, folder):
    alone = tmp_path / "alone"
    alone.mkdir()
    text = (folder / "model.yaml").read_text(encoding="utf-8").replace("horizon: 20 days\n", "")
    (alone / "model.yaml").write_text(text, encoding="utf-8")
    (alone / "sources.yaml").write_bytes((folder / "sources.yaml").read_bytes())

    assert case_at(alone).named("mercy") == (Node("parameter", "mercy"),)
    assert case_at(alone / "model.yaml").named("town_asks") == (Node("rule", "town_asks"),)


def test_the_current_folder_is_a_case_or_has_cases_below_it(tmp_path, folder):
    other = write(tmp_path / "scenarios" / "other")

    assert cases_here(folder) == [folder]
    assert cases_here(folder.parent) == cases_here(tmp_path) == [other, folder]
    assert cases_here(tmp_path / "elsewhere") == []


def test_scenarios_whose_model_lies_elsewhere_are_a_case(tmp_path, folder):
    apart = tmp_path / "apart"
    apart.mkdir()
    (apart / "late.yaml").write_text(
        f"scenario: late\nextends: {folder}/status-quo.yaml\nhorizon: 30 days\n", encoding="utf-8"
    )

    assert cases_here(apart) == [apart]
    assert case_at(apart).named("mercy") == (Node("parameter", "mercy"),)


def test_what_is_not_a_case_is_refused(tmp_path, folder):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(SimError) as error:
            case_at(path)
        assert error.value.code == "E108"
    (folder / "model.yaml").write_text("model: [", encoding="utf-8")
    with pytest.raises(LanguageError):
        case_at(folder)
