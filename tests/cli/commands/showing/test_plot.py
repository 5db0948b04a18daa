import json
from pathlib import Path

import pytest

KINDS = ("probabilities", "incidence", "differences")


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_drawn_and_json_says_what_was_written(sim, case, tmp_path, kind):
    answer = sim("plot", kind, case, "--runs", 12, "-o", "picture.svg")
    data = json.loads(sim("plot", kind, case, "--runs", 12, "-o", "picture.json", "--json").out)

    assert answer.code == 0, answer.err
    assert answer.out.startswith("wrote picture.svg: ")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8").startswith("<svg")
    assert data["kind"] == kind
    assert data["written"] == data["spec"] == "picture.json"
    assert [item["scenario"] for item in data["ensembles"]] == ["status-quo", "early-envoy"]
    assert {item["runs"] for item in data["ensembles"]} == {12}
    spec = json.loads((tmp_path / "picture.json").read_text(encoding="utf-8"))
    assert data["title"] == " ".join(spec["title"]["text"])
    assert data["ensembles"][0]["ensemble"][:12] in json.dumps(spec)


def test_a_timeline_is_of_one_run_of_a_scenario_or_an_ensemble(sim, case, tmp_path):
    answer = sim("plot", "timeline", case / "status-quo.yaml", "--runs", 5, "--run", 4, "-o", "run.png")
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]
    again = sim("plot", "timeline", ensemble[:9], "--run", 4, "-o", "again.png", "--json")

    assert answer.code == again.code == 0, answer.err
    assert json.loads(again.out)["spec"] is None
    assert (tmp_path / "run.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    assert "run 4" in answer.out


def test_draws_baseline_and_outcome_are_taken(sim, case, tmp_path):
    options = ("--draws", 4, "--runs", 3, "--baseline", "early-envoy", "--only", "peace")

    answer = sim("plot", "probabilities", case, *options, "-o", "p.json", "--json")

    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    assert [item["scenario"] for item in data["ensembles"]] == ["early-envoy", "status-quo"]
    assert {item["runs"] for item in data["ensembles"]} == {12}
    spec = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert len(spec["vconcat"][0]["concat"][0]["data"]["values"]) == 1
    assert "4 draws of the parameters" in json.dumps(spec)


def test_the_ending_of_a_file_may_be_in_capitals_and_what_stood_there_is_replaced(sim, case, tmp_path):
    (tmp_path / "P.PDF").write_text("what stood here", encoding="utf-8")

    assert sim("plot", "probabilities", case / "status-quo.yaml", "--runs", 4, "-o", "P.PDF").code == 0

    assert (tmp_path / "P.PDF").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("probabilities", "CASE", "-o", "p.doc"), "E015"),
        (("probabilities", "CASE", "-o", "p"), "E015"),
        (("probabilities", "CASE", "-o", "nowhere/p.svg"), "E015"),
        (("pie", "CASE", "-o", "p.svg"), "E015"),
        (("probabilites", "CASE", "-o", "p.svg"), "did you mean 'probabilities'"),
        (("probabilities", "CASE", "--only", "paece", "-o", "p.svg"), "E015"),
        (("timeline", "CASE", "--run", "0", "-o", "p.svg"), "E015"),
        (("timeline", "CASE/status-quo.yaml", "-o", "p.svg"), "E013"),
        (("timeline", "CASE/status-quo.yaml", "--runs", "3", "--run", "9", "-o", "p.svg"), "E708"),
        (("incidence", "CASE", "--run", "1", "-o", "p.svg"), "E013"),
        (("incidence", "CASE", "--draws", "3", "--central", "-o", "p.svg"), "E013"),
        (("differences", "CASE/status-quo.yaml", "--runs", "3", "-o", "p.svg"), "E011"),
        (("differences", "CASE", "--baseline", "nobody", "-o", "p.svg"), "E011"),
        (("probabilities", "nowhere/", "-o", "p.svg"), "E108"),
        (("probabilities", "ffff", "-o", "p.svg"), "E701"),
    ],
)
def test_wrong_input_gives_a_message_and_no_file(sim, case, tmp_path, arguments, code):
    answer = sim("plot", *(str(argument).replace("CASE", str(case)) for argument in arguments))

    assert answer.code in (1, 2)
    assert code in answer.err
    assert "Traceback" not in answer.err
    assert {path.name for path in tmp_path.iterdir()} <= {"scenarios", "seeds", "ledger"}


def test_what_is_no_pair_has_a_difference_only_where_that_is_asked_for(sim, case):
    text = (case / "model.yaml").read_text(encoding="utf-8")
    more = "parameters:\n  unused: {value: 1, basis: {judgement: nobody reads it}}\n"
    (case / "model-two.yaml").write_text(text.replace("parameters:\n", more, 1), encoding="utf-8")
    other = case / "other-model.yaml"
    other.write_text("scenario: other-model\nmodel: model-two.yaml\nhorizon: 180 days\n", encoding="utf-8")
    two = (case / "status-quo.yaml", other)

    folder = sim("plot", "differences", case, "--runs", 12, "-o", "folder.json", "--json")
    refused = sim("plot", "differences", *two, "--runs", 12, "-o", "refused.svg")
    wanted = sim("plot", "differences", *two, "--runs", 12, "--unpaired", "-o", "wanted.json")
    misplaced = sim("plot", "incidence", *two, "--runs", 12, "--unpaired", "-o", "misplaced.svg")

    assert [item["scenario"] for item in json.loads(folder.out)["ensembles"]] == ["status-quo", "early-envoy"]
    assert "Not compared: 'other model', because they are of different models" in " ".join(
        json.loads(Path("folder.json").read_text(encoding="utf-8"))["vconcat"][0]["title"]["text"]
    )
    assert (refused.code, wanted.code, misplaced.code) == (1, 0, 2)
    assert "E510" in refused.err
    assert "--unpaired is about differences" in misplaced.err
    assert not Path("refused.svg").exists()
