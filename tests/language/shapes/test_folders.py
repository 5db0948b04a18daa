"""What is wrong with the files of a folder together."""

from sim.language.shapes.folders import repeated_scenarios


def test_every_scenario_after_the_first_of_an_id_is_complained_of_and_names_the_first(tmp_path):
    texts = {
        "a.yaml": "scenario: one\nmodel: model.yaml\n",
        "b.yaml": "# a copy\nscenario: one\nmodel: model.yaml\n",
        "c.yaml": "scenario: 'one'\nextends: a.yaml\n",
        "d.yaml": "scenario: two\nextends: a.yaml\n",
        "model.yaml": "model: one\n",
        "kept.yaml": "counterexample: one\nscenario: one\n",
        "broken.yaml": "scenario: one\n\tmodel: x\n",
        "elsewhere/a.yaml": "scenario: one\nmodel: model.yaml\n",
    }
    (tmp_path / "elsewhere").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    found = repeated_scenarios([tmp_path / name for name in texts])

    assert [item.code for item in found] == ["E512", "E512"]
    assert [item.span.location for item in found] == [f"{tmp_path}/b.yaml:2:11", f"{tmp_path}/c.yaml:1:11"]
    assert all(f"the first is at {tmp_path}/a.yaml:1:11" in item.notes for item in found)
