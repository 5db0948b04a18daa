import json

import pytest


@pytest.mark.parametrize(
    ("ending", "begins"),
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph"), ("mmd", b"---\ntitle")],
)
def test_the_ending_says_what_is_written(sim, case, tmp_path, ending, begins):
    answer = sim("graph", case, "-o", tmp_path / f"model.{ending}")

    assert answer.code == 0, answer.err
    assert (tmp_path / f"model.{ending}").read_bytes().startswith(begins)
    assert "wrote" in answer.out


def test_a_folder_a_model_file_and_a_scenario_can_be_drawn(sim, case):
    whole = json.loads(sim("graph", case, "--json").out)

    assert whole["title"] == "A ceasefire between two armies, watched by an envoy"
    assert json.loads(sim("graph", case / "model.yaml", "--json").out)["links"] == whole["links"]
    assert json.loads(sim("graph", case / "status-quo.yaml", "--json").out)["links"] == whole["links"]


def test_text_goes_to_the_output(sim, case):
    assert sim("graph", case, "--format", "mermaid").out.startswith("---\ntitle")
    assert sim("graph", case, "--format", "dot").out.startswith("digraph")
    assert sim("graph", case, "--format", "svg", "--around", "trust").out.startswith("<svg")


def test_scenarios_and_documented_events_can_be_shown(sim, case):
    found = json.loads(sim("graph", case, "--with", "scenarios, documented,parameters", "--json").out)

    assert {"documented", "scenario", "parameter"} <= {node["kind"] for node in found["nodes"]}


def test_what_cannot_be_drawn_is_refused(sim, case, tmp_path):
    for arguments, code, hint in (
        ((case,), "E015", "--format mermaid"),
        ((case, "-o", "model.jpg"), "E015", ".svg"),
        ((case, "--around", "trusst", "--json"), "E051", "did you mean 'trust'?"),
        ((case, "--around", "zzzz", "--json"), "E051", "expected a name of the case"),
        ((case, "--with", "event", "--json"), "E013", "did you mean 'events'?"),
        ((tmp_path / "nowhere", "--json"), "E108", "nowhere"),
        ((tmp_path, "--json"), "E108", "scenarios/ceasefire"),
    ):
        answer = sim("graph", *arguments)
        assert answer.code in (1, 2)
        assert f"error {code}" in answer.err
        assert hint in answer.err
    assert not list(tmp_path.glob("model.*"))
