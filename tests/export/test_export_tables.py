"""CSV with its data dictionary, read by csvw; Parquet, read by pyarrow; both hold what results and logs say."""

import json
from collections import Counter

import numpy as np
import pyarrow.parquet as pq
import pytest
from csvw import CSVW, TableGroup

from sim.export.export_tables import TABLES


def read_csv(folder):
    group = TableGroup.from_file(folder / "csv-metadata.json")
    group.check_referential_integrity(strict=True)
    found = {}
    for table in group.tables:
        table.check_primary_key()
        found[table.url.string.removesuffix(".csv")] = [dict(row) for row in table.iterdicts(strict=True)]
    return found


def read_parquet(folder):
    return {table.name: pq.read_table(folder / f"{table.name}.parquet").to_pylist() for table in TABLES}


def test_csvw_finds_the_tables_valid_and_every_column_described(export, case):
    made = export("csv", case, "--runs", 30)

    read = CSVW(str(made.folder / "csv-metadata.json"), validate=True)

    assert read.is_valid, read.warnings
    for table in json.loads((made.folder / "csv-metadata.json").read_text())["tables"]:
        for column in table["tableSchema"]["columns"]:
            assert column["name"] in column["titles"]
            assert column["datatype"] in {"string", "integer", "double", "boolean", "dateTime"}
            assert len(column["dc:description"]) > 6
    assert sorted(made.printed["files"]) == ["csv-metadata.json", *(f"{table.name}.csv" for table in sorted_tables())]


def sorted_tables():
    return sorted(TABLES, key=lambda table: table.name)


def test_the_tables_hold_what_results_and_logs_say(export, case):
    made = export("csv", case, "--runs", 40)
    read = read_csv(made.folder)

    assert [row["id"] for row in read["ensembles"]] == [one.source.ensemble for one in made.results]
    for results, logs in zip(made.results, made.logs, strict=True):
        mine = {
            name: [row for row in rows if row["ensemble"] == results.source.ensemble[:12]]
            for name, rows in read.items()
        }
        (ensemble,) = mine["ensembles"]
        assert (ensemble["runs"], ensemble["root"], ensemble["seed"]) == (40, results.source.root, 1)
        assert str(ensemble["start_date"]) == "2030-01-03 04:00:00"
        assert [row["ended"] for row in mine["runs"]] == list(results.runs.ended)
        reached = Counter(row["outcome"] for row in mine["outcomes"])
        assert {name: found.hits for name, found in results.outcomes.items()} == {
            name: reached[name] for name in results.outcomes
        }
        assert [row["value"] for row in mine["measures"]] == list(results.runs.measures["deaths"])
        drawn = [row["value"] for row in mine["parameters"] if row["parameter"] == "provocation"]
        assert drawn == list(results.runs.parameters["provocation"])
        events = [event for _, log in logs for event in log]
        assert [(row["event"], row["sequence"]) for row in mine["events"]] == [
            (event.type, event.sequence) for event in events
        ]
        np.testing.assert_allclose(
            [row["time"] for row in mine["events"]], [event.time - results.scenario.start for event in events]
        )
        shots = [json.loads(row["marks"])["deaths"] for row in mine["events"] if row["event"] == "shots_fired"]
        assert sum(shots) == results.runs.measures["deaths"].sum()


def test_parquet_holds_the_same_rows_and_says_what_each_column_is(export, case):
    csv, parquet = export("csv", case, "--runs", 20), export("parquet", case, "--runs", 20)

    assert read_parquet(parquet.folder) == read_csv(csv.folder)
    for table in TABLES:
        schema = pq.read_schema(parquet.folder / f"{table.name}.parquet")
        assert schema.names == [*table.columns]
        assert schema.metadata[b"description"].decode() == table.row
        for name, column in table.columns.items():
            assert schema.field(name).metadata[b"description"].decode() == column.holds
            assert schema.field(name).nullable == (not column.required)


def test_texts_with_commas_quotes_and_letters_of_their_own_come_back_as_they_are(export, case):
    title = '“Peace”, said Tšooana: \\"now\\"'
    scenario = case / "status-quo.yaml"
    scenario.write_text(scenario.read_text().replace("title: Status quo", f'title: "{title}"'), encoding="utf-8")

    read = read_csv(export("csv", scenario, "--runs", 3).folder)

    assert read["ensembles"][0]["title"] == '“Peace”, said Tšooana: "now"'


def test_a_model_without_dates_and_a_run_without_a_value_have_empty_cells(export, dice):
    text = dice.read_text()
    dice.write_text(
        text.replace("measures: {eyes: {sum: eyes, on: thrown}}", "measures: {late: {time_until: last == 5}}")
    )

    made = export("csv", dice, "--runs", 30)
    read = read_csv(made.folder)

    assert {row["date"] for row in read["events"]} == {None}
    without = sum(row["value"] is None for row in read["measures"])
    assert without == made.results[0].measures["late"].missing > 0
    assert read_parquet(export("parquet", dice, "--runs", 30).folder) == read


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_failed_runs_are_marked_and_have_no_measures_and_what_had_come_true_before(export, case, form):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("range: [0, 1000]", "range: [0, 6]"))

    made = export(form, case / "status-quo.yaml", "--runs", 200, code=1)

    read = {"csv": read_csv, "parquet": read_parquet}[form](made.folder)
    failed = {row["run"] for row in read["runs"] if row["failed"]}
    assert len(failed) == made.results[0].failed > 0
    assert {row["ended"] for row in read["runs"] if row["failed"]} == {"E602"}
    assert failed == {row["run"] for row in read["runs"] if not row["whole"]}
    assert failed.isdisjoint(row["run"] for row in read["measures"])
    came_true = [(event.type, run) for run, log in made.logs[0] for event in log if event.kind == "outcome"]
    assert sorted((row["outcome"], row["run"]) for row in read["outcomes"]) == sorted(came_true)
    assert failed <= {row["run"] for row in read["events"] if row["kind"] == "failed"}


def test_an_ensemble_is_exported_by_its_id_with_as_many_runs_as_the_ledger_has(sim, export, case):
    (first,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 25, "--seed", 7, "--json").out)

    made = export("csv", first["ensemble"][:10])

    assert made.printed["ensembles"] == [
        {"scenario": "status-quo", "ensemble": first["ensemble"], "runs": 25, "failed": 0}
    ]
    assert read_csv(made.folder)["ensembles"][0]["root"] == first["root"]
