"""SQL reads the tables of the ledger, and can neither open a file nor change what it reads."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.results import Results
from sim.build.model import built_alone
from sim.errors import LedgerError, SimError, UsageError
from sim.ledger.ledger import Ledger
from sim.sql.answer import query
from sim.sql.database import answered, columns_of, connected, insert, tables_of

MODEL = """
model: dice
title: A die
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {a: {title: A}}
state: {s: {type: int, range: [0, 1000], initial: 0}}
events: {e: {by: a, effects: {s: s + 1}}}
rules: {r: {faction: a, when: s < 1000, clock: {rate: 1 per day}, emits: e}}
outcomes: {many: {when: s >= 10, ends_run: true}, few: {otherwise: true}}
measures: {n: {count: [e]}}
"""
HIDDEN = "nobody-reads-this"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dice")
    (folder / "dice.yaml").write_text(MODEL, encoding="utf-8")
    sim.run(folder / "dice.yaml", runs=40, ledger=folder / "ledger", workers=1)
    return folder


@pytest.fixture
def among_secrets(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A working folder full of files that SQL could read, and a home and an environment with more of them."""
    import duckdb

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET", HIDDEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("x.csv", "x.json", "x.sql", ":memory:", ":memory:.wal", ".tmp/x.csv", ".duckdb/stored_secrets/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'"{HIDDEN}"\n', encoding="utf-8")
    for name in ("x.parquet", "run=7/x.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"a": [HIDDEN]}), tmp_path / name)
    with duckdb.connect("x.duckdb") as other:
        other.execute(f"CREATE TABLE s AS SELECT '{HIDDEN}' AS a")
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    yield Ledger(kept / "ledger")
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before, "SQL has written files"


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_csv('x.csv')", "FROM 'x.csv'", 'FROM "x.csv"', "FROM read_csv_auto('*.csv')",
        "FROM sniff_csv('x.csv')",
        "FROM read_text('x.csv')", "FROM read_blob('x.csv')", "FROM read_json('x.json')", "FROM 'x.json'",
        "FROM read_ndjson_objects('x.json')", "FROM read_parquet('x.parquet')", "FROM 'x.parquet'",
        "FROM parquet_scan('run=7/x.parquet')", "FROM parquet_metadata('x.parquet')",
        "FROM parquet_schema('x.parquet')",
        "FROM parquet_kv_metadata('x.parquet')", "FROM glob('*')", "FROM glob('/etc/*')", "FROM '~/x.csv'",
        "FROM read_text(':memory:')", "FROM read_text(':memory:.wal')", "FROM read_text('.tmp/x.csv')",
        "FROM read_text('/proc/self/environ')", "FROM read_text('/dev/stdin')", "FROM read_csv('file:///etc/passwd')",
        "FROM read_csv('http://localhost:1/x')", "FROM read_csv('s3://bucket/x')", "FROM 'x.duckdb'",
        "FROM read_duckdb('x.duckdb', table_name := 's')", "FROM query('FROM read_text(''x.csv'')')",
        "FROM query_table('x.csv')", "FROM query_table(['x.parquet'])", "FROM x.s",
        "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''x.csv'')'))", "SELECT getenv('SECRET')",
        "FROM sqlite_scan('x.duckdb', 's')", "FROM load_aws_credentials()", "DESCRIBE 'x.csv'", "SUMMARIZE 'x.parquet'",
        "SELECT (SELECT content FROM read_text('x.csv'))", "WITH x AS (FROM read_text('x.csv')) FROM x",
        "WITH x AS (COPY (SELECT 1) TO 'y.csv') FROM x", "WITH x AS (DELETE FROM runs RETURNING *) FROM x",
        "WITH x AS (INSERT INTO runs (run) VALUES (9) RETURNING *) FROM x",
        "ATTACH 'x.duckdb' AS x", "COPY runs TO 'y.csv'", "COPY runs FROM 'x.csv'", "COPY (SELECT 1) TO 'y.parquet'",
        "EXPORT DATABASE 'y'", "IMPORT DATABASE 'y'", "INSTALL httpfs", "LOAD httpfs", "LOAD './x.duckdb'",
        "SET enable_external_access = true", "SET lock_configuration = false", "SET allowed_paths = ['x.csv']",
        "SET file_search_path = '/etc'", "RESET lock_configuration", "PRAGMA enable_profiling", "SET VARIABLE a = 1",
        "PRAGMA profiling_output = 'y.json'", "CALL enable_logging('QueryLog')", "CREATE TABLE y AS FROM 'x.csv'",
        "FROM enable_profiling(save_location := 'y.json')",
        "CREATE SECRET s (TYPE s3)", "EXPLAIN ANALYZE FROM 'x.csv'", "PREPARE p AS FROM 'x.csv'", "USE x", "CHECKPOINT",
        "BEGIN", "UPDATE runs SET run = 1", "DROP TABLE runs", "SELECT 1; FROM 'x.csv'", "SELECT $1", "SELECT ?",
    ],
)  # fmt: skip
def test_sql_can_open_no_file_and_change_nothing(among_secrets: Ledger, sql: str) -> None:
    with pytest.raises(UsageError) as refused:
        query(sql, among_secrets, workers=1)

    assert refused.value.code == "E008"
    assert HIDDEN not in str(refused.value)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM duckdb_secrets()", "FROM duckdb_settings()", "FROM duckdb_databases()", "FROM duckdb_temporary_files()",
        "FROM which_secret('s3://x', 's3')", "FROM duckdb_variables()", "FROM duckdb_tables()", "FROM duckdb_views()",
        "SELECT current_setting('home_directory'), getvariable('a'), current_database(), version()",
        "FROM information_schema.tables", "SHOW TABLES",
    ],
)  # fmt: skip
def test_what_duckdb_says_of_itself_has_nothing_of_files(among_secrets: Ledger, sql: str) -> None:
    try:
        found = str(query(sql, among_secrets, workers=1).rows)
    except UsageError as refused:
        found = str(refused)

    assert HIDDEN not in found


@pytest.mark.parametrize("name", ["sql", "connection", "TABLES", "known", "given"])
def test_a_variable_of_this_process_is_no_table(kept: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"Table with name {name} does not exist"):
        query(f"FROM {name}", Ledger(kept / "ledger"))


def test_what_has_no_room_in_memory_goes_to_no_folder_of_the_user(among_secrets: Ledger) -> None:
    (spill,) = query("SELECT current_setting('temp_directory')", among_secrets).rows[0]

    assert not Path(spill).is_relative_to(Path.cwd())
    assert not os.path.lexists(spill), "it is removed at the end"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT count(*) FROM runs", {"runs"}),
        ('SELECT count(*) FROM RUNS JOIN "Outcomes" USING (run)', {"runs", "outcomes"}),
        ("FROM query_table('mea' || 'sures')", {"measures"}),
        ("FROM query('FROM ' || 'events')", {"events"}),
        ("WITH events AS (SELECT 1 AS a) SELECT a, 'measures' FROM events -- divergences", set()),
        ("SELECT 1 AS events", set()),
        ("FROM told", {"asked", "ensembles"}),
        ("SELECT (SELECT max(value) FROM memory.main.measures) FROM ensembles", {"measures", "ensembles"}),
    ],
)
def test_a_query_reads_the_tables_without_which_it_means_nothing(sql: str, tables: set[str]) -> None:
    from sim.sql.answer import prepare

    with connected() as connection:
        prepare(connection)

        assert columns_of(connection, sql)
        assert tables_of(connection, sql) == tables


def test_tables_are_filled_however_sql_names_them(kept: Path) -> None:
    ledger = Ledger(kept / "ledger")

    for name in ("measures", "events", "outcomes"):
        plain = query(f"SELECT count(*) FROM {name}", ledger, workers=1).rows  # noqa: S608 - our own names
        hidden = query(f"SELECT count(*) FROM query_table('{name[:3]}' || '{name[3:]}')", ledger, workers=1).rows  # noqa: S608

        assert plain == hidden
        assert plain[0][0] >= 40


def test_what_is_wrong_with_a_batch_is_raised_as_it_is() -> None:
    schema = pa.schema([("a", pa.int64())])

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array([1, 2])], schema=schema)
        raise LedgerError("E703", "a file that was changed")

    with connected() as connection:
        connection.execute("CREATE TABLE t (a BIGINT)")
        with pytest.raises(LedgerError, match="a file that was changed"):
            insert(connection, "INSERT INTO t SELECT a FROM given", schema, batches())

        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(0,)]


def test_a_ledger_that_grows_meanwhile_is_seen_as_it_was(kept: Path, tmp_path: Path) -> None:
    from sim.experiment import reopen
    from sim.sql.loader import Covered

    ledger = Ledger(tmp_path / "ledger")
    shutil.copytree(kept / "ledger", ledger.folder)
    (ensemble,) = ledger.ensembles()
    one = Covered(ensemble, reopen(ensemble, ledger), ensemble.manifest())
    sim.run(kept / "dice.yaml", runs=90, ledger=ledger.folder, workers=1)

    assert one.runs == (range(40),)
    assert one.manifest
    rows = [batch.num_rows for batch in ensemble.batches(one.manifest, range(40))]
    assert sum(rows) == query("SELECT count(*) FROM events WHERE run < 40", ledger, [ensemble.id]).rows[0][0]


def _with_a_horizon_beyond_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    """Make an ensemble as a sim made it that knew no bound of horizons."""
    (folder / "far.yaml").write_text(MODEL.replace("10 days", "1e300 days").replace("s < 1000", "s < 4"))
    monkeypatch.setattr("sim.build.timing._beyond", lambda *_: "")
    found = sim.run(folder / "far.yaml", runs=5, ledger=folder / "ledger", workers=1)
    built_alone.cache_clear()  # another sim, in another process, builds it anew
    return found


def test_dates_beyond_the_calendar_are_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _with_a_horizon_beyond_all(tmp_path, monkeypatch)

    rows = query("@outcomes", Ledger(tmp_path / "ledger")).as_data()
    dates = query("SELECT date FROM runs", Ledger(tmp_path / "ledger"), workers=1).rows

    assert {row["outcome"]: row["hits"] for row in rows} == {name: one.hits for name, one in found.outcomes.items()}
    assert set(dates) == {(None,)}


def test_an_ensemble_whose_documents_are_refused_today_leaves_the_others_in_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        far = _with_a_horizon_beyond_all(tmp_path, earlier)
    (tmp_path / "near.yaml").write_text(MODEL)
    near = sim.run(tmp_path / "near.yaml", runs=7, ledger=tmp_path / "ledger", workers=1)
    shelf = Ledger(tmp_path / "ledger")

    answer = query("SELECT ensemble, count(*) FROM runs GROUP BY ensemble", shelf)

    assert answer.rows == ((near.source.ensemble[:12], 7),)
    assert [(short, problem.code) for short, problem in answer.left_out] == [(far.source.ensemble[:12], "E715")]
    assert "without 1 ensemble that cannot be read" in repr(answer)
    with pytest.raises(LedgerError, match="the horizon lies too far away"):
        query("SELECT 1", shelf, [far.source.ensemble])


def test_where_nothing_can_be_written_a_query_is_answered_from_memory(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(**_: object) -> None:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuses)

    assert query("SELECT current_setting('temp_directory')", Ledger(kept / "ledger")).rows == (("",),)


def test_a_query_that_has_not_enough_memory_says_so() -> None:
    connection = duckdb.connect(config={"memory_limit": "20MB", "threads": 1, "temp_directory": ""})

    with pytest.raises(SimError) as caught:
        answered(connection, "SELECT DISTINCT a.range * b.range FROM range(3000) a, range(3000) b ORDER BY 1")
    assert (caught.value.code, caught.value.message) == ("E616", "there is not enough memory for this query")
