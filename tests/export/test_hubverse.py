"""Model output of a hub, read by hubdata."""

import json
import re

import pytest

from sim.export.hubverse import _target_id


@pytest.fixture
def read():
    from hubdata import connect_hub

    def table(folder):
        connection = connect_hub(folder)
        found = connection.to_table().to_pandas()
        return connection, found.sort_values(["model_id", "target", "output_type"], kind="stable")

    return table


def test_hubdata_reads_outcomes_quantiles_and_samples_of_every_scenario(export, case, read):
    made = export("hubverse", case, "--runs", 40, "--location", "XX")

    connection, table = read(made.folder)

    assert [field.name for field in connection.schema] == [
        "origin_date", "target", "target_end_date", "location", "output_type", "output_type_id", "value", "model_id",
    ]  # fmt: skip
    assert set(table["model_id"]) == {"sim-status_quo", "sim-early_envoy"}
    assert set(table["location"]) == {"XX"}
    assert {str(day) for day in table["origin_date"]} == {"2030-01-03"}
    assert {str(day) for day in table["target_end_date"]} == {"2030-07-02"}
    for results in made.results:
        mine = table[table["model_id"] == "sim-" + results.scenario.name.replace("-", "_")]
        pmf = mine[mine["output_type"] == "pmf"].set_index("output_type_id")["value"]
        assert dict(pmf) == {name: results.outcomes[name].hits / 40 for name in results.ending}
        assert sum(pmf) == pytest.approx(1)
        quantiles = mine[mine["output_type"] == "quantile"]
        expected = {f"{share:g}": found.value for share, found in results.measures["deaths"].quantiles.items()}
        assert dict(zip(quantiles["output_type_id"], quantiles["value"], strict=True)) == expected
        samples = mine[mine["output_type"] == "sample"]
        assert list(samples["value"]) == list(results.runs.measures["deaths"])
        assert [int(run) for run in samples["output_type_id"]] == list(range(40))


def test_the_configuration_lists_every_value_that_the_files_have(export, case, read):
    made = export("hubverse", case, "--runs", 12)

    connection, table = read(made.folder)

    (round_,) = connection.tasks["rounds"]
    allowed = set()
    for task in round_["model_tasks"]:
        ids = {name: (known["required"] or []) + (known["optional"] or []) for name, known in task["task_ids"].items()}
        assert set(ids) == {"origin_date", "target", "target_end_date", "location"}
        known = {item["target_keys"]["target"] for item in task["target_metadata"]}
        assert known == set(ids["target"])
        for output_type, says in task["output_type"].items():
            for target in ids["target"]:
                if output_type == "sample":
                    assert says["output_type_id_params"]["min_samples_per_task"] == 12
                    allowed |= {(target, output_type, str(run)) for run in range(12)}
                else:
                    allowed |= {(target, output_type, str(one)) for one in says["output_type_id"]["required"]}
    assert set(zip(table["target"], table["output_type"], table["output_type_id"], strict=True)) == allowed
    assert connection.admin["file_format"] == ["parquet"]
    assert set(table["location"]) == {"ceasefire"}


def test_names_are_those_that_a_hub_allows(export, case):
    made = export("hubverse", case, "--runs", 3)

    for path in made.printed["files"]:
        if path.startswith("model-output/"):
            _, model, file = path.split("/")
            assert re.fullmatch(r"[A-Za-z0-9_]+-[A-Za-z0-9_]+", model)
            assert file == f"2030-01-03-{model}.parquet"
            assert f"model-metadata/{model}.yml" in made.printed["files"]
    long = "a_measure_whose_name_is_longer_than_a_hub_allows"
    assert len(_target_id(long)) == 30
    assert _target_id(long) != _target_id(long + "_still")
    assert _target_id("deaths") == "deaths"


def test_one_scenario_with_two_seeds_is_two_models(sim, export, case, read):
    ids = [
        json.loads(sim("run", case / "status-quo.yaml", "--runs", 4, "--seed", seed, "--json").out)[0]["ensemble"]
        for seed in (1, 2)
    ]

    _, table = read(export("hubverse", *ids).folder)

    assert set(table["model_id"]) == {f"sim-status_quo_{one[:12]}" for one in ids}


def test_a_run_that_nothing_ends_is_counted_and_a_measure_that_some_runs_lack_is_left_out(export, case, read):
    model = case / "model.yaml"
    text = model.read_text().replace("  stalemate: {title: Neither by the horizon, otherwise: true}\n", "")
    model.write_text(text + "  first_shot: {time_until: violations > 1}\n  shots: {count: shots_fired}\n")

    scenario = case / "status-quo.yaml"
    scenario.write_text(scenario.read_text().replace("horizon: 180 days", "horizon: 20 days"))

    made = export("hubverse", scenario, "--runs", 60)

    _, table = read(made.folder)
    pmf = table[table["output_type"] == "pmf"].set_index("output_type_id")["value"]
    assert set(pmf.index) == {"peace", "war", "horizon"}
    assert pmf["horizon"] == (made.results[0].runs.ended == "horizon").mean() > 0
    assert sum(pmf) == pytest.approx(1)
    assert made.results[0].measures["first_shot"].missing > 0
    assert set(table["target"]) == {"ending", "deaths", "shots"}
    assert "Left out" in (made.folder / "README.txt").read_text()


def test_a_model_without_dates_is_refused(sim, dice):
    answer = sim("export", "hubverse", dice, "--to", "out")

    assert answer.code == 2
    assert "E014" in answer.err
