import json

from tests.report.describing.reading import assert_sound


def test_a_skeleton_its_model_and_a_scenario_of_it_are_described(sim, case):
    for path in (case, case / "model.yaml", case / "status-quo.yaml"):
        answer = sim("describe", path)

        assert answer.code == 0, answer.err
        assert answer.out.startswith("# A ceasefire between two armies")
        assert_sound(answer.out)


def test_the_document_is_written_with_its_picture(sim, case, tmp_path):
    answer = sim("describe", case, "-o", tmp_path / "siege.md", "--picture")

    assert answer.code == 0, answer.err
    assert "](<siege.svg>)" in (tmp_path / "siege.md").read_text()
    assert (tmp_path / "siege.svg").read_bytes().startswith(b"<svg")
    assert "siege.md" in answer.out
    assert "siege.svg" in answer.out


def test_the_document_as_data_has_what_it_rests_on(sim, case):
    printed = sim("describe", case).out
    found = json.loads(sim("describe", case, "--json").out)

    assert found["markdown"] == printed
    assert found["rests_on"]["parameters"]["judgement"] == ["provocation"]
    assert found["written"] == []


def test_a_model_without_dates_horizon_sources_or_rules_is_described(sim, tmp_path):
    (tmp_path / "model.yaml").write_text(
        "model: bare\ntitle: Bare\ntime: {unit: abstract}\nfactions: {}\nstate: {}\nevents: {}\n"
    )
    answer = sim("describe", tmp_path / "model.yaml", "-o", tmp_path / "bare.md", "--picture")

    assert answer.code == 0, answer.err
    told = (tmp_path / "bare.md").read_text()
    assert "The model has no rules." in told
    assert "it cannot be run as it is" in told
    assert_sound(told)


def test_what_cannot_be_described_is_refused(sim, case, tmp_path):
    for arguments, code, hint in (
        ((case, "--picture"), "E013", "-o model.md"),
        ((case, "-o", "model.txt"), "E015", ".md"),
        ((case, "-o", tmp_path / "no" / "model.md"), "E015", "make it first"),
        ((tmp_path / "nowhere",), "E108", "nowhere"),
    ):
        answer = sim("describe", *arguments)
        assert answer.code in (1, 2)
        assert f"error {code}" in answer.err
        assert hint in answer.err
