"""The parameters and paragraphs behind what led to a figure, counted over runs."""

import pytest

from sim.build.scenario import load_scenario
from sim.explain.antecedents import Antecedents
from sim.explain.graph.model_graph import Node
from sim.explain.graph.support import Support
from sim.explain.graph.traced_case import TracedCase
from sim.explain.grounds import grounds, parameters_read
from tests.explain.quarrel import MODEL, write

PEACE = Node("outcome", "peace")


def led(run, *rules, events=(), documented=()):
    return Antecedents(
        run=run, rules=frozenset(rules), events=frozenset(events), scheduled=frozenset(),
        documented=frozenset(documented),
    )  # fmt: skip


@pytest.fixture
def traced(tmp_path):
    return TracedCase.of("quarrel", load_scenario(write(tmp_path)))


def test_each_run_counts_once_for_each_name_and_paragraph_behind_it(traced):
    several = [led(0, "north_shoots", "south_calls"), led(1, "south_calls"), led(2, "south_calls")]
    found = grounds(traced, PEACE, several, {})

    assert found.runs == 3
    assert found.led == {Node("rule", "north_shoots"): 1, Node("rule", "south_calls"): 3}
    assert found.parameters == {Node("parameter", "anger"): 1, Node("parameter", "delay"): 3}
    assert found.support == {
        Support("letter", 1): 1, Support("letter", 2): 3, Support("letter", 3): 3, Support("diary"): 3,
    }  # fmt: skip


def test_a_paragraph_says_what_rests_on_it_and_a_parameter_what_reads_it(traced):
    found = grounds(traced, PEACE, [led(0, "north_shoots", "south_calls")], {})

    assert found.resting[Support("letter", 1)] == (Node("parameter", "anger"), Node("rule", "north_shoots"))
    assert found.readers[Node("parameter", "delay")] == (Node("rule", "south_calls"),)


def test_documented_events_are_named_by_their_place_in_the_past(traced):
    found = grounds(traced, PEACE, [led(0, documented=[2]), led(1, documented=[2, 9])], {2: "more-shots"})

    assert found.led == {Node("documented", "more-shots"): 2}
    assert found.support == {Support("letter", 4): 2, Support("diary"): 2}


def test_parameters_are_found_in_derived_quantities_priors_and_where_variables_begin(tmp_path):
    model = MODEL.replace("events:\n", "derived: {fury: {value: 2 * anger}}\nevents:\n", 1)
    model = model.replace("{rate: anger}", "{rate: fury * (1 + shots)}").replace("initial: 0}", "initial: begun}")
    model = model.replace(
        "parameters:\n",
        "parameters:\n  begun: {type: int, value: 1, basis: {judgement: so}}\n"
        "  scale: {value: 1.0, basis: {judgement: so}}\n",
    ).replace(
        "prior: {pert: [0.02, 0.05, 0.2]}, unit: 1/day", "prior: {pert: [0.02, scale * 0.05 per day, 0.2]}, unit: 1/day"
    )
    graph = TracedCase.of("quarrel", load_scenario(write(tmp_path, model=model))).graph

    read = {node.name for node in parameters_read(graph, Node("rule", "north_shoots"))}

    assert read == {"anger", "scale", "begun"}


def test_what_events_do_to_a_variable_that_is_read_is_not_followed(traced):
    assert parameters_read(traced.graph, PEACE) == frozenset()
