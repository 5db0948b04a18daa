"""What exports say of endings: "before the run ended" only where one ends it, and which ending came true first."""

import json
from collections import Counter

import pytest

from sim.analysis.labels import BEFORE_END


@pytest.fixture
def going_on(case):
    model = case / "model.yaml"
    text = model.read_text()
    assert text.count("ends_run: true") > 1
    model.write_text(text.replace("ends_run: true", "ending: true"))
    return case


def readme(made):
    return " ".join((made.folder / "README.txt").read_text().split())


@pytest.mark.parametrize("form", ["jsonl", "ocel"])
def test_a_readme_says_how_far_runs_are_followed(export, case, form):
    words = readme(export(form, case / "status-quo.yaml", "--runs", 5))

    assert BEFORE_END in words
    assert "All runs are followed" not in words


@pytest.mark.parametrize("form", ["jsonl", "ocel"])
def test_where_nothing_ends_a_run_it_says_by_when_outcomes_come_true(export, going_on, form):
    words = readme(export(form, going_on / "status-quo.yaml", "--runs", 5))

    assert BEFORE_END not in words
    assert "All runs are followed to the horizon: outcomes are those that come true by 2030-07-" in words
    assert "The first ending to come true is how a run's story ends: one of peace, war, stalemate." in words


def test_a_hub_is_told_which_ending_came_true_first(export, going_on):
    pandas = pytest.importorskip("pandas")
    made = export("hubverse", going_on / "status-quo.yaml", "--runs", 60)
    (file,) = (made.folder / "model-output").rglob("*.parquet")
    table = pandas.read_parquet(file)
    pmf = table[table["output_type"] == "pmf"].set_index("output_type_id")["value"]
    (results,) = made.results

    assert pmf.to_dict() == {name: share.hits / 60 for name, share in results.first_endings.items()}
    assert sum(pmf) == pytest.approx(1)
    assert "in which each ending came true first" in readme(made)
    tasks = json.loads((made.folder / "hub-config" / "tasks.json").read_text())
    titles = {one["target_name"] for task in tasks["rounds"][0]["model_tasks"] for one in task["target_metadata"]}
    assert "Which ending comes true first" in titles


def test_runs_in_tables_and_in_process_mining_have_their_first_endings(export, going_on):
    made = export("csv", going_on / "status-quo.yaml", "--runs", 30)
    rows = [line.split(",") for line in (made.folder / "runs.csv").read_text().splitlines()]
    place = rows[0].index("first_ending")
    first = made.results[0].runs.first_ending.tolist()

    assert [row[place] for row in rows[1:]] == first
    assert len(set(first)) > 1
    assert {row[rows[0].index("ended")] for row in rows[1:]} == {"horizon"}
    made = export("ocel", going_on / "status-quo.yaml", "--runs", 30)
    objects = json.loads((made.folder / "events.ocel.json").read_text())["objects"]
    known = [{one["name"]: one["value"] for one in item["attributes"]} for item in objects if item["type"] == "run"]
    assert Counter(one["first_ending"] for one in known) == Counter(first)
