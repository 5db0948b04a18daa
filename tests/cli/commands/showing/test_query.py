import csv
import io
import json

import pytest


@pytest.fixture
def ensemble(sim, case):
    return json.loads(sim("run", case / "status-quo.yaml", "--runs", 25, "--json").out)[0]["ensemble"][:12]


def test_a_query_counts_what_the_ledger_holds(sim, ensemble):
    answer = sim("query", "SELECT count(*) AS n FROM runs", "--json")

    found = json.loads(answer.out)
    assert found["rows"] == [{"n": 25}]
    assert found["ensembles"] == [{"scenario": "status-quo", "ensemble": ensemble, "seed": 1, "runs": 25, "failed": 0}]


def test_every_command_that_an_output_names_gives_rows(sim, case):
    for output in (
        sim("run", case, "--runs", 30),
        sim("outcomes", case, "--runs", 30),
        sim("compare", case, "--runs", 30),
    ):
        assert output.code == 0, output.err
        named = [part.splitlines()[0].split(";")[0] for part in output.out.split("sim query ")[1:]]
        assert named
        for line in named:
            answer = sim("query", *line.split(), "--json")
            assert answer.code == 0, answer.err
            assert json.loads(answer.out)["rows"]


def test_rows_come_as_a_table_as_json_and_as_csv(sim, ensemble):
    text = "SELECT run, ended, time, date FROM runs ORDER BY run LIMIT 3"
    table, data, lines = (sim("query", text, *more) for more in ([], ["--json"], ["--csv"]))

    rows = json.loads(data.out)["rows"]
    assert (
        [int(row["run"]) for row in csv.DictReader(io.StringIO(lines.out))] == [row["run"] for row in rows] == [0, 1, 2]
    )
    assert table.out.splitlines()[0].split() == ["run", "ended", "time", "date"]
    assert "3 rows" in table.out


def test_tables_and_named_queries_are_documented(sim, tmp_path):
    tables, queries = sim("query", "--tables"), sim("query", "--queries")
    shown = sim("query", "@outcomes", "--show")

    assert "events: one event of one run's log" in tables.out
    assert "@changes" in queries.out
    assert shown.out.startswith("-- each outcome's probability")
    assert set(json.loads(sim("query", "--tables", "--json").out)) >= {"events", "runs", "parameters", "outcomes"}


def test_fewer_runs_can_be_seen(sim, ensemble):
    answer = sim("query", "SELECT count(*) AS n FROM runs", ensemble, "--first", 10, "--json")

    found = json.loads(answer.out)
    assert found["rows"] == [{"n": 10}]
    assert found["ensembles"][0]["runs"] == 10


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["SELECT * FROM evnts"], 2, "error E008"),
        (["@nothing"], 2, "error E008"),
        (["@outcomes", "ffff"], 1, "error E701"),
        ([], 2, "expected a SELECT"),
        (["@nothing", "--show"], 2, "error E008"),
    ],
)
def test_what_is_no_query_is_refused_without_a_traceback(sim, ensemble, arguments, code, says):
    answer = sim("query", *arguments)

    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_a_damaged_segment_is_named_and_not_read(sim, ensemble, tmp_path):
    file = next((tmp_path / "ledger" / "ensembles").glob(f"{ensemble}*/segments/*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))

    answer = sim("query", "SELECT count(*) FROM events")

    assert answer.code == 1
    assert "error E703" in answer.err


def test_an_ensemble_named_twice_is_read_once(sim, ensemble):
    once, twice = (sim("query", "@outcomes", *[ensemble] * times, "--json").out for times in (1, 2))

    assert once == twice


def test_what_is_no_number_is_null_in_json(sim, ensemble):
    answer = sim("query", "SELECT 'nan'::DOUBLE AS a, 'infinity'::DOUBLE AS b, 1.5::DOUBLE AS c", "--json")

    assert json.loads(answer.out, parse_constant=pytest.fail)["rows"] == [{"a": None, "b": None, "c": 1.5}]


def test_what_is_no_number_is_null_in_json_inside_of_lists_too(sim, ensemble):
    text = "SELECT [1.5, 'nan'::DOUBLE] AS a, {'x': ['infinity'::DOUBLE]} AS b, MAP {1: 'nan'::DOUBLE} AS c"
    answer = sim("query", text, "--json")

    found = json.loads(answer.out, parse_constant=pytest.fail)["rows"]
    assert found == [{"a": [1.5, None], "b": {"x": [None]}, "c": {"1": None}}]


def test_no_column_hides_another_of_its_name(sim, ensemble):
    text = "SELECT 1 AS time, 2 AS time, 3 AS time_1, 4 AS time"
    data, lines, table = (sim("query", text, *more) for more in (["--json"], ["--csv"], []))

    assert json.loads(data.out)["rows"] == [{"time": 1, "time_2": 2, "time_1": 3, "time_3": 4}]
    assert lines.out.splitlines() == ["time,time_2,time_1,time_3", "1,2,3,4"]
    assert table.out.split()[:4] == ["time", "time_2", "time_1", "time_3"]


def test_a_folder_without_ensembles_is_said_to_have_none(sim, tmp_path):
    (tmp_path / "empty").mkdir()
    answer = sim("query", "SELECT count(*) AS n FROM runs", "--ledger", "empty")

    assert answer.code == 0
    assert "covers no ensemble: there is none in empty" in answer.err


def test_a_ledger_that_is_not_there_is_said_to_be(sim, ensemble):
    answer = sim("query", "SELECT 1", "--ledger", "elsewhere")

    assert answer.code == 1
    assert "there is no ledger elsewhere" in answer.err


@pytest.fixture
def several(sim, case):
    """Two scenarios and a second seed of one of them: the ids of three ensembles, by name and seed."""
    for scenario, *more in (("status-quo",), ("status-quo", "--seed", 2), ("early-envoy",)):
        assert sim("run", case / f"{scenario}.yaml", "--runs", 25, *more).code == 0
    made = json.loads(sim("query", "SELECT * FROM ensembles", "--json").out)["ensembles"]
    return {(part["scenario"], part["seed"]): part["ensemble"] for part in made}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM runs",
        "SELECT outcome, count(*) AS n FROM outcomes JOIN runs USING (ensemble, run) GROUP BY outcome -- by ensemble",
        "SELECT scenario, count(*) AS n FROM runs JOIN ensembles USING (ensemble) GROUP BY scenario",
        "SELECT 'ensemble', max(value) FROM measures",
        "SELECT count(*) FROM query_table('ru' || 'ns')",
        "SUMMARIZE parameters",
    ],
)
def test_what_would_mix_ensembles_is_refused_with_what_to_do(sim, several, text):
    refused, named, together = sim("query", text), sim("query", text, *several.values()), sim("query", text, "--all")

    assert refused.code == 2
    assert refused.out == ""
    assert "error E022: the answer would mix 3 ensembles" in refused.err
    for (scenario, seed), ensemble in several.items():
        assert f"{scenario}, ensemble {ensemble}, seed {seed}, 25 runs" in refused.err
    assert "GROUP BY ensemble" in refused.err
    assert "--all" in refused.err
    assert (named.code, named.err) == (0, ""), "who names them knows which they are"
    assert together.code == 0
    assert "covers 3 ensembles of ledger" in together.err
    assert all(ensemble in together.err for ensemble in several.values())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ensemble, count(*) AS n FROM runs GROUP BY ensemble",
        "SELECT * FROM runs",
        "SELECT Ensemble, run FROM runs LIMIT 3",
        "@outcomes",
        "SELECT count(*) FROM ensembles",
        "SELECT DISTINCT name FROM asked",
        "SELECT proportion(3, 0, 10).low AS low",
        "DESCRIBE runs",
    ],
)
def test_what_mixes_nothing_is_answered_and_says_what_it_covers(sim, several, text):
    answer = sim("query", text, "--json")

    assert answer.code == 0, answer.err
    assert "covers 3 ensembles of ledger" in answer.err
    assert {part["ensemble"] for part in json.loads(answer.out)["ensembles"]} == set(several.values())


def test_the_scenario_tells_ensembles_apart_where_each_has_its_own(sim, case):
    for scenario in ("status-quo", "early-envoy"):
        sim("run", case / f"{scenario}.yaml", "--runs", 25)

    answer = sim("query", "SELECT scenario, count(*) AS n FROM runs JOIN ensembles USING (ensemble) GROUP BY ALL")

    assert answer.code == 0, answer.err
    assert "25" in answer.out
    assert "over 2 ensembles" in answer.out


def test_of_one_ensemble_nothing_more_is_said(sim, ensemble):
    answer = sim("query", "SELECT count(*) AS n FROM runs")

    assert (answer.code, answer.err) == (0, "")


def test_a_comparison_asks_for_the_ensembles_that_it_compares(sim, several):
    one = several["status-quo", 1]
    for arguments in (["@changes"], ["@changes", "--all"], ["@changes", one], ["@changes", one, one[:10]]):
        refused = sim("query", *arguments)

        assert refused.code == 2
        assert "'@changes' takes two ensembles or more" in refused.err


def test_all_and_some_contradict_each_other(sim, several):
    assert "error E013" in sim("query", "SELECT count(*) FROM runs", several["status-quo", 1], "--all").err


def test_of_many_ensembles_some_are_named(sim, case):
    for seed in range(10):
        sim("run", case / "status-quo.yaml", "--runs", 1, "--seed", seed)

    refused, answered = sim("query", "SELECT count(*) FROM runs"), sim("query", "@outcomes")

    for said in (refused.err, answered.err):
        assert said.count("ensemble ") >= 8
        assert "and 2 more, which `sim list` names" in said


def test_a_query_adds_nothing_to_a_ledger_that_keeps_outcomes_alone(sim, case, tmp_path):
    sim("run", case / "status-quo.yaml", "--runs", 60, "--keep", "outcomes")
    before = {path: path.stat().st_size for path in (tmp_path / "ledger").rglob("*")}

    for text in ("@measures", "@outcomes", "SELECT count(*) FROM measures"):
        assert sim("query", text).code == 0

    assert {path: path.stat().st_size for path in (tmp_path / "ledger").rglob("*")} == before
