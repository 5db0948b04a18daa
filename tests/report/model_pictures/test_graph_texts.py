import re

import pytest

from sim.build.model import loads_model
from sim.explain.graph.graph_views import view
from sim.explain.graph.model_graph import Link, ModelGraph, Node
from sim.report.model_pictures.graph_look import Names
from sim.report.model_pictures.graph_texts import as_data, as_dot, as_mermaid
from tests.explain.graph.test_model_graph import MODEL


@pytest.fixture(scope="module")
def shown():
    model = loads_model(MODEL, "siege.yaml")
    whole = ModelGraph.of(model)
    return view(whole, ["parameter", "outcome"]), Names.of(whole, model)


def test_dot_has_every_node_every_link_and_a_cluster_for_each_faction(shown):
    graph, names = shown
    text = as_dot(graph, names, 'A "siege"')

    assert 'label="A \\"siege\\""' in text
    assert len(re.findall(r"^ +\"[^\"]+\" \[label=", text, re.MULTILINE)) == len(graph.nodes)
    assert '"variable gate" -> "rule army_moves" [style=dashed, arrowhead=odot' in text
    assert '"rule town_eats" -> "variable bread" [arrowhead=normal' in text
    assert text.count("subgraph") == 2
    assert text.count("{") == text.count("}")


def test_mermaid_has_every_node_every_link_and_a_subgraph_for_each_faction(shown):
    graph, names = shown
    text = as_mermaid(graph, names, "A siege")
    links = re.findall(r"^  n\d+ (?:-|=)\S*.* n\d+$", text, re.MULTILINE)

    assert len(links) == len({(link.origin, link.target, link.how) for link in graph.links})
    assert re.search(r'subgraph army_rules\["The army"\]\n +n\d+\["Army moves"\]\n  end', text)
    assert 'n0{{"parameter: ' in text or '{{"parameter: Haste"}}' in text


def test_quotation_marks_and_line_feeds_of_a_title_do_no_harm():
    node, other = Node("variable", "a"), Node("rule", "b")
    graph = ModelGraph([], [Link(node, other, "guard")])
    names = Names(titles={node: 'say "no"\n\x1b[1m', other: "b"}, capitals={}, faction_of={}, factions={}, colours={})

    assert 'label="say \\"no\\"\\n\\\\x1b[1m"' in as_dot(graph, names, "t") or "\x1b" not in as_dot(graph, names, "t")
    assert '(["say #quot;no#quot; \\x1b[1m"])' in as_mermaid(graph, names, "t")


def test_data_have_nodes_with_titles_and_links_with_ends(shown):
    graph, names = shown
    data = as_data(graph, names)

    assert {"kind": "rule", "name": "army_moves", "title": "Army moves", "faction": "army"} in data["nodes"]
    assert {
        "from": {"kind": "variable", "name": "gate"},
        "to": {"kind": "rule", "name": "army_moves"},
        "how": "guard",
    } in data["links"]
