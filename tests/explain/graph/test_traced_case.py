import pytest

from sim.build.scenario import load_scenario
from sim.explain.graph.model_graph import Node
from sim.explain.graph.traced_case import TracedCase
from tests.explain.quarrel import MODEL, write


@pytest.fixture
def traced(tmp_path):
    return TracedCase.of("quarrel", load_scenario(write(tmp_path)))


def test_every_name_that_a_document_declares_has_its_line(traced, tmp_path):
    lines = MODEL.splitlines()
    for node in traced.graph.nodes:
        path, _, line = traced.place(node).rpartition(":")
        if node.kind in ("documented", "source", "scenario"):
            continue
        assert path == str(tmp_path / "model.yaml")
        assert lines[int(line) - 1].lstrip().startswith(f"{node.name}:") or node.name in lines[int(line) - 1]
    for kind, name, file in (("documented", "calm-again", "history"), ("source", "diary", "sources")):
        path, _, line = traced.place(Node(kind, name)).rpartition(":")
        text = (tmp_path / f"{file}.yaml").read_text().splitlines()[int(line) - 1]
        assert path == str(tmp_path / f"{file}.yaml")
        assert name in text


def test_a_name_has_its_title_and_one_that_only_repeats_the_name_has_none(traced):
    assert traced.title(Node("event", "shots_fired")) == "Shots are fired"
    assert traced.title(Node("event", "calmed")) == ""
    assert traced.title(Node("source", "letter")) == "The letter"
    assert traced.title(Node("documented", "calm-again")) == "They calmed down."
    assert traced.title(Node("check", "calm_first")) == "nobody shoots twice"


def test_places_in_an_ensembles_own_documents_are_found(tmp_path):
    from sim.experiment import reopen
    from sim.study.api import run

    ledger = tmp_path / "ledger"
    made = run(write(tmp_path), runs=2, ledger=ledger, workers=1)
    from sim.ledger.ledger import Ledger

    opened = Ledger(ledger)
    case = reopen(opened.find(made.source.ensemble), opened).case
    found = TracedCase.of("an ensemble", case)

    assert found.place(Node("parameter", "anger")) == "model.yaml:12"
    assert found.place(Node("source", "diary")) == "sources.yaml:4"
