import pytest

from sim.build.scenario import load_scenario
from sim.errors import UsageError
from sim.explain.graph.model_graph import Node
from sim.explain.graph.support import Passage, Support, passage_of, resting_on, support_of
from tests.explain.quarrel import write


@pytest.fixture
def supports(tmp_path):
    case = load_scenario(write(tmp_path))
    return support_of(case.scenario.model, case.history)


def resting(supports, *passages):
    return {one.node.name: ([*map(str, one.covered)], [*map(str, one.left)]) for one in resting_on(supports, passages)}


def test_each_paragraph_each_whole_source_and_each_judgement_is_a_piece_of_support(supports):
    assert supports[Node("parameter", "delay")] == (Support("letter", 2), Support(judgement="slow"))
    assert supports[Node("rule", "south_calls")] == (Support("letter", 3), Support("diary"))
    assert supports[Node("documented", "more-shots")] == (Support("letter", 4), Support("diary"))


def test_a_source_covers_all_of_it_and_a_paragraph_only_itself(supports):
    assert resting(supports, Passage("letter", (1,))) == {
        "anger": (["letter §1"], ["letter §2"]),
        "first-shots": (["letter §1"], []),
        "north_shoots": (["letter §1"], []),
    }
    assert resting(supports, Passage("diary"))["more-shots"] == (["diary"], ["letter §4"])


def test_a_source_that_is_cited_as_a_whole_is_cited_by_no_paragraph(supports):
    assert resting(supports, Passage("diary", (1,))) == {}


def test_what_rests_on_two_passages_alone_is_left_nothing(supports):
    both = resting_on(supports, [Passage("letter", (1,)), Passage("letter", (2,))])

    assert {one.node.name for one in both if one.alone} == {"anger", "first-shots", "north_shoots"}
    assert {one.node.name for one in both if not one.alone} == {"delay"}


@pytest.mark.parametrize(
    ("text", "passage"),
    [("letter", Passage("letter")), ("letter:3", Passage("letter", (3,))), ("letter: 3,1", Passage("letter", (1, 3)))],
)
def test_a_passage_is_written_with_its_paragraphs_behind_a_colon(text, passage):
    assert passage_of(text, ["letter"]) == passage


@pytest.mark.parametrize(("text", "note"), [("leter", "letter"), ("letter:x", "SOURCE:14"), ("zzz", "diary, letter")])
def test_what_names_no_passage_is_refused_with_what_helps(text, note):
    with pytest.raises(UsageError, match=r".") as error:
        passage_of(text, ["letter", "diary"])

    assert error.value.code == "E053"
    assert note in str(error.value)
