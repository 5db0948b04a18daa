from hypothesis import given

from sim.build.model import loads_model
from sim.explain.graph.model_graph import Link, ModelGraph, Node
from sim.language.expressions.tree import reads
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer

MODEL = """
model: siege
title: A siege
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {town: {title: The town}, army: {title: The army}}
state:
  gate: {type: bool, initial: false}
  bread: {type: real, range: [-100, 100], initial: 1}
  noise: {type: int, initial: 0}
  fear: {type: real, range: [0, 1], initial: 1, relaxes: {towards: calm, half_life: 3 days}}
parameters:
  haste: {value: 2, unit: 1/day, basis: {judgement: a guess}}
  greed: {prior: {pert: [0, dread, 9]}, basis: {judgement: a guess}}
  dread: {value: 4, basis: {judgement: a guess}}
  calm: {value: 0.5, range: [0, 1], basis: {judgement: a guess}}
derived: {hungry: {value: bread < 0.5}}
events:
  opened: {by: town, effects: {gate: true, noise: noise + 1}}
  eaten: {by: town, effects: {bread: bread - 0.1 * greed}}
  entered: {by: army, marks: {force: real}}
  fled: {by: army}
rules:
  town_eats: {faction: town, when: not gate, clock: {fixed: 1 day}, emits: eaten, basis: {judgement: a guess}}
  town_opens: {faction: town, when: hungry and not gate, clock: {rate: haste}, emits: opened,
    restarts: [town_eats], basis: {judgement: a guess}}
  army_moves:
    faction: army
    on: [opened]
    when: gate
    clock: {weibull: {shape: 2, scale: 1 day}, speed: fear}
    choose: [{event: entered, weight: bread, force: noise}, {event: fled, weight: 1}]
    basis: {judgement: a guess}
outcomes:
  fallen: {when: gate and since(eaten) > 1 day}
measures: {meals: {count: eaten}}
checks:
  poor: {never: gate and bread > 50, because: nobody is so rich}
"""


def links_into(graph, kind, name):
    return {(link.origin.kind, link.origin.name, link.how) for link in graph.into.get(Node(kind, name), ())}


def siege():
    return ModelGraph.of(loads_model(MODEL, "siege.yaml"))


def test_a_rule_is_told_apart_by_what_of_it_reads():
    assert links_into(siege(), "rule", "army_moves") == {
        ("faction", "army", "acts"), ("event", "opened", "awaited"), ("variable", "gate", "guard"),
        ("variable", "fear", "speed"), ("variable", "bread", "weight"), ("variable", "noise", "mark"),
    }  # fmt: skip


def test_a_derived_quantity_stands_between_what_it_reads_and_what_reads_it():
    graph = siege()

    assert links_into(graph, "derived", "hungry") == {("variable", "bread", "value")}
    assert ("derived", "hungry", "guard") in links_into(graph, "rule", "town_opens")
    assert ("variable", "bread", "guard") not in links_into(graph, "rule", "town_opens")


def test_a_variable_that_an_event_only_adds_to_is_its_own():
    graph = siege()

    assert links_into(graph, "event", "eaten") == {
        ("rule", "town_eats", "emits"), ("parameter", "greed", "effect"), ("variable", "bread", "own"),
    }  # fmt: skip
    assert links_into(graph, "variable", "fear") == {("parameter", "calm", "course")}
    assert links_into(graph, "parameter", "greed") == {("parameter", "dread", "prior")}


def test_questions_are_at_the_end_of_the_graph():
    graph = siege()

    assert links_into(graph, "outcome", "fallen") == {("variable", "gate", "condition"), ("event", "eaten", "since")}
    assert links_into(graph, "measure", "meals") == {("event", "eaten", "counted")}
    assert Node("outcome", "fallen") in graph.downstream([Node("parameter", "haste")])
    assert Node("parameter", "haste") in graph.upstream([Node("outcome", "fallen")])


def test_a_part_has_what_is_within_so_many_links():
    graph = siege()
    near = graph.around([Node("parameter", "calm")], 1)

    assert near.nodes == (Node("parameter", "calm"), Node("variable", "fear"))
    assert near.links == (Link(Node("parameter", "calm"), Node("variable", "fear"), "course"),)
    assert graph.around([Node("parameter", "calm")], 2).nodes == (
        Node("parameter", "calm"), Node("rule", "army_moves"), Node("variable", "fear"),
    )  # fmt: skip


@fewer
@given(model_data())
def test_all_that_a_rule_reads_leads_to_it_and_nothing_else_does(data):
    model = scenario_of(data).model
    graph = ModelGraph.of(model)
    for rule in model.rules.values():
        trees = [one.tree for one in rule.expressions()]
        behind = set()
        for link in graph.into[Node("rule", rule.name)]:
            if link.how not in ("acts", "awaited", "emits", "restarts", "basis", "since"):
                derived = link.origin.kind == "derived"
                behind |= set(_reads(model.derived[link.origin.name].tree)) if derived else {link.origin}
        read = {node for tree in trees for node in _reads(tree)}
        assert {node for node in behind if node.kind != "event"} == {node for node in read if node.kind != "event"}


def _reads(tree):
    scopes = {"state": "variable", "parameter": "parameter"}
    return [Node(kind, name) for scope, kind in scopes.items() for name in reads(tree, scope)]
