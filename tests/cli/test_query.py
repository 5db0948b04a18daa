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
    assert found["ensembles"] == [{"scenario": "status-quo", "ensemble": ensemble, "seed": 1, "runs": 25}]


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


def test_a_ledger_that_is_not_there_is_said_to_be(sim, ensemble):
    answer = sim("query", "SELECT 1", "--ledger", "elsewhere")

    assert answer.code == 1
    assert "there is no ledger elsewhere" in answer.err
