"""What a target and a text mean to a trace, and what is found there."""

import pytest

from sim.errors import SimError, UsageError
from sim.explain.graph.model_graph import Node
from sim.study.case_files import traced_case
from sim.study.tracing import trace
from tests.explain.quarrel import MODEL, SCENARIO, SOURCES, write

OTHER = "scenario: other\nextends: status-quo.yaml\nparameters: {anger: 0.1}\n"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, other=OTHER)
    return tmp_path


def test_a_folder_is_its_model_with_all_its_scenarios(folder):
    found = traced_case(str(folder), folder / "ledger")

    assert [one.name for one in found.scenarios] == ["status-quo", "other"]
    assert found.model.parameters["anger"].prior == "pert"
    assert Node("documented", "first-shots") in found.graph.nodes


def test_a_scenario_is_traced_with_its_own_values(folder):
    found = traced_case(str(folder / "other.yaml"), folder / "ledger")

    assert found.model.parameters["anger"].value == 0.1


def test_a_model_by_itself_has_no_documented_events(folder):
    found = traced_case(str(folder / "model.yaml"), folder / "ledger")

    assert not [node for node in found.graph.nodes if node.kind == "documented"]


def test_a_folder_with_neither_is_refused(tmp_path):
    with pytest.raises(SimError, match="neither a model nor a scenario") as error:
        traced_case(str(tmp_path), tmp_path / "ledger")

    assert error.value.code == "E108"


def test_what_rests_on_a_paragraph_is_what_cites_it(folder):
    found = trace(traced_case(str(folder), folder / "ledger"), "letter:2", 3)

    assert {one.node.name: one.alone for one in found.resting} == {"anger": False, "delay": False}
    assert {node for node in found.down.steps if found.down.steps[node] == 1} == {
        Node("parameter", "anger"), Node("parameter", "delay"),
    }  # fmt: skip


def test_what_cites_the_source_as_a_whole_is_told_apart_from_what_cites_the_paragraph(folder):
    found = trace(traced_case(str(folder), folder / "ledger"), "diary:1", 3)

    assert not found.down.reached
    assert {node.name for node in found.as_a_whole} == {"calm-again", "more-shots", "grace", "luckless", "south_calls"}


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [("angre", "E051", "anger"), ("first-shot", "E051", "first-shots"), ("lettre:1", "E053", "letter")],
)
def test_a_name_that_the_case_does_not_have_is_refused_with_the_one_that_was_meant(folder, text, code, meant):
    with pytest.raises(UsageError, match=r".") as error:
        trace(traced_case(str(folder), folder / "ledger"), text, 3)

    assert error.value.code == code
    assert f"did you mean '{meant}'?" in error.value.notes


def test_a_kind_before_a_name_tells_which_of_several_is_meant(folder):
    (folder / "model.yaml").write_text(MODEL.replace("outcomes:\n  peace:", "outcomes:\n  calmed:"))
    case = traced_case(str(folder), folder / "ledger")

    assert trace(case, "calmed", 3).subject.nodes == (Node("event", "calmed"), Node("outcome", "calmed"))
    assert trace(case, "outcome calmed", 3).subject.nodes == (Node("outcome", "calmed"),)


def test_a_scenario_without_a_history_is_one_and_a_model_by_itself_is_none(tmp_path):
    write(tmp_path, **{"status-quo": "scenario: status-quo\nmodel: model.yaml\nparameters: {anger: 0.1}\n"})
    scenario, model = (traced_case(str(tmp_path / f"{name}.yaml"), tmp_path) for name in ("status-quo", "model"))

    assert Node("scenario", "status-quo") in scenario.graph.nodes
    assert not [node for node in model.graph.nodes if node.kind == "scenario"]


def test_a_folder_is_the_case_of_its_model_file_also_where_scenarios_have_another(folder):
    (folder / "second.yaml").write_text(MODEL.replace("model: quarrel", "model: second"))
    (folder / "a-second.yaml").write_text("scenario: a-second\nmodel: second.yaml\n")

    found = traced_case(str(folder), folder / "ledger")

    assert found.model.name == "quarrel"
    assert [one.name for one in found.scenarios] == ["status-quo", "other"]


def test_a_folder_without_scenarios_is_the_case_of_its_only_model(tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "quarrel.yaml").write_text(MODEL)

    assert traced_case(str(tmp_path), tmp_path / "ledger").model.name == "quarrel"

    (tmp_path / "second.yaml").write_text(MODEL)
    with pytest.raises(SimError, match="holds several models") as error:
        traced_case(str(tmp_path), tmp_path / "ledger")
    assert error.value.code == "E108"
    assert error.value.notes == (f"name one of them, such as {tmp_path / 'quarrel.yaml'}",)


def test_a_history_of_another_scenario_is_found_whichever_comes_first(tmp_path):
    write(tmp_path, **{"a-first": SCENARIO.replace("status-quo", "a-first").replace("history: history.yaml\n", "")})

    found = traced_case(str(tmp_path), tmp_path / "ledger")

    assert found.history is not None


@pytest.mark.parametrize(("text", "has"), [("letter:6", "it has 5 paragraphs"), ("diary:0", "paragraphs count from 1")])
def test_a_paragraph_that_the_source_does_not_have_is_refused(folder, text, has):
    with pytest.raises(UsageError, match="has no paragraph") as error:
        trace(traced_case(str(folder), folder / "ledger"), text, 3)

    assert error.value.code == "E053"
    assert has in str(error.value)


def test_a_target_that_is_neither_a_path_nor_an_id_is_refused_as_a_path(folder):
    with pytest.raises(SimError, match="there is no file or folder 'nowhere'"):
        traced_case("nowhere", folder / "ledger")
