import pytest

from sim.build.scenario import load_scenario
from sim.explain.graph.graph_walks import walk
from sim.explain.graph.model_graph import ModelGraph, Node
from tests.explain.quarrel import write

ANGER = Node("parameter", "anger")


@pytest.fixture
def graph(tmp_path):
    case = load_scenario(write(tmp_path))
    return ModelGraph.of(case.scenario.model, case.history, [case.scenario])


def names(tree):
    yield tree.node
    for child in tree.below:
        yield from names(child)


def test_a_walk_down_counts_the_fewest_steps_and_knows_a_way_of_so_many(graph):
    found = walk(graph, [ANGER], "down", 2)

    assert {node.name: steps for node, steps in found.steps.items() if node.kind in ("outcome", "measure")} == {
        "all_shots": 3,
        "peace": 6,
    }
    assert [node.name for node in found.way(Node("outcome", "peace"))] == [
        "anger", "north_shoots", "shots_fired", "south_calls", "talks_opened", "talks", "peace",
    ]  # fmt: skip
    assert found.answers() == (Node("measure", "all_shots"), Node("outcome", "peace"))


def test_each_name_stands_in_the_tree_once_and_none_farther_than_the_depth(graph):
    for depth in range(1, 8):
        found = walk(graph, [ANGER], "down", depth)
        shown = [node for root in found.roots for node in names(root)]

        assert len(shown) == len(set(shown))
        assert {*shown} == {node for node, steps in found.steps.items() if steps <= depth}
        assert {*found.hidden} == {node for node, steps in found.steps.items() if steps > depth}


def test_a_walk_reaches_what_the_graph_says_is_down_or_up_but_for_who_acts_and_assumes(graph):
    followed = ModelGraph(graph.nodes, (link for link in graph.links if link.how not in ("acts", "own")))

    for node in graph.nodes:
        assert {*walk(graph, [node], "down", 3).reached} == followed.downstream([node])
        assert {*walk(graph, [node], "up", 3).reached} == followed.upstream([node])


def test_a_walk_may_take_some_of_the_first_links_alone(graph):
    letter = Node("source", "letter")
    found = walk(graph, [letter], "down", 1, lambda link: 3 in link.paragraphs)

    assert [child.node.name for child in found.roots[0].below] == ["south_calls"]
    assert ANGER not in found.steps
