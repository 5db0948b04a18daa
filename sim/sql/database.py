"""A DuckDB that can open no file, and the one way by which rows of a ledger come into it.

It is given Arrow batches that were decoded from checked bytes, never a path. A path would be a pattern to it (`*`, `?`,
`[`, a leading `~`), a folder `run=7` on the way a column, and the file might be another by the time that it is read.
SQL runs where no file, extension or variable of this process can be reached, and where nothing can be changed.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from sim.errors import UsageError, out_of_memory
from sim.ledger.files.paths import temporary
from sim.sql.query_tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

GIVEN = "given"  # the name under which an INSERT finds the batches
_AT_ONCE = 10_000  # rows
_MOST_WORDS = 100_000
LESS = ("ask for fewer rows or columns, of fewer ensembles, or of the first runs alone (`--first 1000`)",)
T = TypeVar("T")


@contextmanager
def connected() -> "Iterator[duckdb.DuckDBPyConnection]":
    """Open a database in memory. What has no room there goes to a folder of its own, which is removed at the end."""
    import duckdb

    with _folder_of_its_own() as spill:
        never = ("autoinstall_known_extensions", "autoload_known_extensions", "python_enable_replacements")
        with duckdb.connect(config={**dict.fromkeys(never, False), "temp_directory": spill}) as connection:
            # As a part of `config`, it would leave files called ':memory:' in the working folder open to SQL.
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection


@contextmanager
def _folder_of_its_own() -> Iterator[str]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"{temporary()}query-", ignore_cleanup_errors=True)
    except OSError:  # there is nowhere to write: then everything has to find room in memory
        yield ""
        return
    with folder as path:
        yield path


def insert(
    connection: "duckdb.DuckDBPyConnection", sql: str, schema: "pa.Schema", batches: "Iterable[pa.RecordBatch]"
) -> None:
    """Run an INSERT that reads the table `given`, whose rows are those of the batches, taken one by one.

    Raise what taking a batch raises, as it is.
    """
    import duckdb
    import pyarrow as pa

    wrong: list[BaseException] = []

    def watched() -> "Iterator[pa.RecordBatch]":
        try:
            yield from batches
        except (Exception, KeyboardInterrupt) as problem:  # DuckDB makes text of it
            wrong.append(problem)
            raise

    connection.register(GIVEN, pa.RecordBatchReader.from_batches(schema, watched()))
    try:
        connection.execute(sql)
    except Exception as error:
        if wrong:
            raise wrong[0] from None
        if isinstance(error, duckdb.OutOfMemoryException):
            raise out_of_memory("the tables of this query", *LESS) from None
        raise
    finally:
        connection.unregister(GIVEN)


def guarded(act: Callable[[], T]) -> T:
    """Call DuckDB, and make of its complaint one of ours. Raise SimError E616 where it has not enough memory."""
    import duckdb

    try:
        return act()
    except duckdb.OutOfMemoryException:
        raise out_of_memory("this query", *LESS) from None
    except duckdb.Error as error:
        complaint = [line for line in str(error).splitlines() if line.strip()]
    notes = (*(line.rstrip() for line in complaint[1:6]), "`sim query --tables` lists the tables")
    raise UsageError("E008", complaint[0], *notes)


def check_select(connection: "duckdb.DuckDBPyConnection", sql: str) -> None:
    """Raise UsageError E008 for what is not one SELECT."""
    import duckdb

    statements = guarded(lambda: connection.extract_statements(sql))
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise UsageError("E008", "expected one SELECT, and nothing else", "`sim export` writes whole tables to files")


def columns_of(connection: "duckdb.DuckDBPyConnection", sql: str) -> tuple[str, ...]:
    """Return the columns that a SELECT gives, without answering it. Raise UsageError E008 where it cannot be."""
    return tuple(guarded(lambda: connection.sql(sql).columns))


def tables_of(connection: "duckdb.DuckDBPyConnection", sql: str) -> frozenset[str]:
    """Return which tables a SELECT reads: those without which it means nothing.

    So its text may name them in any way that DuckDB knows, such as by `query_table('ru' || 'ns')`.
    """
    import duckdb

    found = set()
    for name in TABLES:
        connection.execute("BEGIN TRANSACTION")
        try:
            connection.execute(f"DROP TABLE {name}")
            connection.sql(sql)
        except duckdb.Error:
            found.add(name)
        finally:
            connection.execute("ROLLBACK")
    return frozenset(found)


def answered(connection: "duckdb.DuckDBPyConnection", sql: str) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Answer a SELECT: the columns' names, and the rows. Raise UsageError E008 where it cannot be."""

    def ask() -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        connection.execute("BEGIN TRANSACTION READ ONLY")  # a part of a SELECT may be a DELETE
        cursor = connection.execute(sql)
        names = [item[0] for item in cursor.description or ()]
        return _distinct(names), tuple(_rows(cursor))

    return guarded(ask)


def _rows(cursor: "duckdb.DuckDBPyConnection") -> Iterator[tuple[Any, ...]]:
    """Give the rows. Words come again and again, in a million rows: each is kept once."""
    words: dict[str, str] = {}
    while some := cursor.fetchmany(_AT_ONCE):
        if len(words) > _MOST_WORDS:
            words.clear()
        for row in some:
            yield tuple(words.setdefault(value, value) if isinstance(value, str) else value for value in row)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Give the second column of a name another: `time_1`. In a mapping of names to values one would hide the other."""
    found: dict[str, None] = {}
    for name in names:
        others = (f"{name}_{number}" for number in count(1))
        found[name if name not in found else next(other for other in others if other not in {*found, *names})] = None
    return tuple(found)
