"""The names of a case: which parts have one, in which of its scenarios, and what they are linked with."""

import pytest

from sim.explain.graph.model_graph import Node
from sim.explain.named_case import families
from sim.study.named_cases import case_at
from tests.explain.siege import SCENARIOS, siege, write


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return siege(tmp_path_factory.mktemp("names") / "siege")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mercy", "parameter"), ("town_asks", "rule"), ("terms", "variable"), ("yielding", "derived"),
        ("gate_opened", "event"), ("fallen", "outcome"), ("horns", "measure"), ("kept", "check"),
        ("sieges_end", "base rate"), ("report", "source"), ("army", "faction"), ("the-ring", "documented"),
        ("status-quo", "scenario"), ("merciless", "scenario"), ("army_burns", "rule"), ("wall[2]", "variable"),
        ("a_storm_breaks", "event"),
    ],
)  # fmt: skip
def test_every_kind_of_part_is_found_by_its_name(case, name, kind):
    assert case.named(name) == (Node(kind, name),)


def test_a_name_that_nothing_has_is_not_found(case):
    assert case.named("town_sleeps") == case.named("wall[3]") == case.named("") == ()


def test_the_name_of_a_family_means_all_its_members(case):
    assert case.named("wall") == (Node("variable", "wall[1]"), Node("variable", "wall[2]"))
    assert families(case.named("wall")) == {("variable", "wall"): list(case.named("wall"))}


def test_parts_of_several_kinds_may_share_a_name(tmp_path):
    shared = siege(tmp_path / "siege", ("horns: {title: Horns,", "town_waits: {title: Horns,"))

    assert shared.named("town_waits") == (Node("measure", "town_waits"), Node("rule", "town_waits"))


def test_a_part_belongs_to_the_scenario_that_adds_it_and_any_other_to_the_base(case):
    assert case.base.scenario.name == "status-quo"
    assert case.owners[Node("rule", "army_burns")].name == "bridge"
    assert case.owners[Node("rule", "town_asks")].name == "status-quo"
    assert case.graph_of(case.scenario("bridge")).out_of[Node("rule", "army_burns")]


def test_the_base_stands_before_the_other_scenarios(case):
    assert [one.name for one in case.scenarios] == ["status-quo", *sorted({*SCENARIOS} - {"status-quo"})]


def test_the_names_of_a_case_are_those_of_its_parts_without_members_and_unnamed_numbers(tmp_path):
    guessed = siege(tmp_path / "siege", ("clock: {fixed: calm}", 'clock: {fixed: "about(2 days, 1.5)"}'))

    unnamed = {name for name, one in guessed.model.parameters.items() if one.unnamed}
    assert len(unnamed) == 1
    assert {"mercy", "wall", "bridge_burnt", "the-ring"} <= guessed.names()
    assert not guessed.names() & {"wall[1]", *unnamed}


def test_a_scenario_of_another_model_in_the_folder_has_its_own_names(tmp_path):
    folder = write(tmp_path / "siege")
    other = (folder / "model.yaml").read_text(encoding="utf-8").replace("model: siege", "model: other")
    (folder / "other.yaml").write_text(
        other.replace("  calm:", "  fear:").replace("fixed: calm", "fixed: fear"), "utf-8"
    )
    (folder / "afraid.yaml").write_text(
        "scenario: afraid\nmodel: other.yaml\nparameters: {fear: 3 days, mercy: 2}\n", encoding="utf-8"
    )

    case = case_at(folder)

    assert case.owners[Node("parameter", "fear")].name == "afraid"
    assert case.owners[Node("parameter", "calm")].name == "status-quo"
    assert "afraid" not in [one.name for one in case.siblings(case.base.scenario)]
    assert [link.origin.name for link in case.graph_of(case.base.scenario).into[Node("parameter", "mercy")]] == [
        "merciless", "report",
    ]  # fmt: skip


def test_a_scenario_that_cannot_be_read_leaves_the_others_and_is_counted(tmp_path):
    folder = write(tmp_path / "siege")
    (folder / "broken.yaml").write_text("scenario: broken\nmodel: model.yaml\nhorizon: never\n", encoding="utf-8")

    broken = case_at(folder)

    assert broken.unread == 1
    assert len(broken.scenarios) == len(SCENARIOS)
    assert broken.named("mercy")
