import pytest

from sim.build.model import loads_model
from sim.errors import UsageError
from sim.explain.graph.graph_views import called, columns, nodes_named, seen_in, view
from sim.explain.graph.model_graph import Link, ModelGraph, Node
from tests.explain.graph.test_model_graph import MODEL


def siege():
    return ModelGraph.of(loads_model(MODEL, "siege.yaml"))


def ends(graph):
    return {(link.origin.name, link.how, link.target.name) for link in graph.links}


def test_a_view_joins_rules_by_what_their_events_do():
    found = view(siege())

    assert {node.kind for node in found.nodes} == {"rule", "variable"}
    assert ends(found) == {
        ("gate", "guard", "town_eats"), ("town_eats", "writes", "bread"),
        ("bread", "guard", "town_opens"), ("gate", "guard", "town_opens"), ("town_opens", "writes", "gate"),
        ("town_opens", "writes", "noise"), ("town_opens", "restarts", "town_eats"),
        ("town_opens", "awaited", "army_moves"), ("gate", "guard", "army_moves"), ("fear", "speed", "army_moves"),
        ("bread", "weight", "army_moves"), ("noise", "mark", "army_moves"),
    }  # fmt: skip


def test_what_an_events_effects_read_is_read_by_the_rule_that_emits_it():
    assert ("greed", "effect", "town_eats") in ends(view(siege(), ["parameter"]))


def test_what_is_asked_for_is_not_contracted():
    found = ends(view(siege(), ["event", "derived", "outcome"]))

    assert {("bread", "value", "hungry"), ("hungry", "guard", "town_opens")} <= found
    assert {("town_eats", "emits", "eaten"), ("eaten", "writes", "bread"), ("eaten", "since", "fallen")} <= found
    assert ("bread", "own", "eaten") not in found


def test_one_node_of_a_kind_that_is_not_shown_can_be_shown_by_itself():
    found = view(siege(), nodes=[Node("event", "opened")])

    assert [node.name for node in found.nodes if node.kind == "event"] == ["opened"]
    assert ("town_opens", "emits", "opened") in ends(found)


def test_an_event_that_no_rule_emits_stays():
    text = MODEL.replace("  fled: {by: army}", "  fled: {by: army}\n  rain: {exogenous: true, effects: {noise: 3}}")

    assert ("rain", "writes", "noise") in ends(view(ModelGraph.of(loads_model(text, "siege.yaml"))))


def test_columns_are_the_steps_up_and_down_and_may_hold_a_node_twice():
    found = view(siege())
    steps, middle = columns(found, found.named("gate"), 1)

    assert middle == 1
    assert [[node.name for node in column] for column in steps] == [
        ["town_opens"], ["gate"], ["army_moves", "town_eats", "town_opens"]
    ]  # fmt: skip
    assert ends(seen_in(found, steps)) == {
        ("town_opens", "writes", "gate"), ("gate", "guard", "army_moves"), ("gate", "guard", "town_eats"),
        ("gate", "guard", "town_opens"),
    }  # fmt: skip


def test_what_a_parameter_rests_on_is_no_step_away_from_it_and_neither_is_a_question_from_its_state():
    found = view(siege(), ["parameter", "outcome", "check"])
    steps, middle = columns(found, [Node("rule", "town_eats")], 1)

    assert [[node.name for node in column] for column in steps] == [
        ["dread"], ["greed", "town_opens", "gate"], ["town_eats"], ["fallen", "bread"], ["poor"],
    ]  # fmt: skip
    assert middle == 2


def test_a_name_may_stand_for_several_nodes_or_be_told_by_its_kind():
    graph = ModelGraph([Node("event", "coup"), Node("outcome", "coup"), Node("faction", "army")], [])

    assert called(graph, "coup") == (Node("event", "coup"), Node("outcome", "coup"))
    assert called(graph, "outcome coup") == (Node("outcome", "coup"),)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("event", "event type"), ("variable", "state variable"), ("documented", "documented event"),
        ("base rate", "base rate"), ("derived", "derived quantity"), ("outcome", " outcome "),
    ],
)  # fmt: skip
def test_a_kind_is_told_as_outputs_call_it(kind, said):
    kinds = ("event", "variable", "documented", "base rate", "derived", "outcome")
    graph = ModelGraph([Node(one, "calm") for one in kinds], [])

    assert nodes_named(graph, f"{said} calm") == (Node(kind, "calm"),)
    assert not nodes_named(graph, "rule calm")
    assert not nodes_named(graph, "")


def test_a_faction_is_meant_by_its_rules():
    assert called(siege(), "army") == (Node("rule", "army_moves"),)


def test_a_name_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="E051") as error:
        called(siege(), "noize")
    assert "did you mean 'noise'?" in str(error.value)


def test_links_through_what_is_hidden_keep_what_reads_them():
    a, b, c = Node("variable", "a"), Node("derived", "b"), Node("derived", "c")
    rule = Node("rule", "r")
    graph = ModelGraph([], [Link(a, b, "value"), Link(b, c, "value"), Link(c, rule, "clock")])

    assert view(graph).links == (Link(a, rule, "clock"),)
