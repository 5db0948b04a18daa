"""`sim query`: SQL over the ledger, and the queries behind every figure that is printed."""

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from sim.analysis.unfollowed import too_many
from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.output_streams import write_data
from sim.cli.terminal import fail_if, fitted, print_json, print_lines, problem_as_data
from sim.cli.terminal import show as show_table
from sim.errors import UsageError
from sim.ledger.files.stored import StorePath

if TYPE_CHECKING:
    from sim.sql.answer import CoveredRuns
    from sim.sql.query_tables import QueryTable


@click.command("query")
@click.argument("sql", required=False)
@click.argument("ensembles", nargs=-1)
@options.ledger
@click.option("--all", "all_ensembles", is_flag=True, help="Take all ensembles of the ledger together.")
@click.option("--first", type=Count(1), metavar="N", help="See only runs 0 to N - 1 of each ensemble.")
@click.option(
    "--despite-failures", is_flag=True,
    help="Of a query that has a name: give figures though more than 1 % of the runs failed.",
)  # fmt: skip
@click.option("--tables", is_flag=True, help="List the tables and columns that a query may read.")
@click.option("--queries", is_flag=True, help="List the queries that have a name.")
@click.option("--show", is_flag=True, help="Print the SQL of a query that has a name, and do not run it.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV, in UTF-8.")
@options.spreadsheet
@options.workers
@options.as_json
def command(
    sql: str | None, ensembles: tuple[str, ...], ledger: StorePath, all_ensembles: bool, first: int | None,  # noqa: FBT001
    despite_failures: bool,  # noqa: FBT001
    tables: bool, queries: bool, show: bool, as_csv: bool, spreadsheet: bool, workers: int | None, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Answer a SELECT in DuckDB's SQL over the events, runs, parameters and outcomes of ENSEMBLES, by their ids.

    SQL may also be the name of a query with '@' before it: those are the queries behind the figures that other
    commands print.

    Without ENSEMBLES, it covers all ensembles of the ledger, and stderr says which. If there are several, each row
    must say which it is of: SELECT ensemble, ... GROUP BY ensemble. What would mix them is refused, unless --all asks
    for that. Ensembles that cannot be read are left out: stderr says which, and the exit code is 1. A query that has a
    name gives figures, and so none of ensembles of which more than 1 % of the runs failed, unless --despite-failures.

    SQL reads the tables that --tables lists, and can open no file. --json prints the ensembles that are covered, and
    the rows. --csv gives texts as they are to a file or a pipe; a spreadsheet runs those that begin with = + - or @,
    unless --spreadsheet makes them text.

    \b
    Examples:  sim query --tables
               sim query "SELECT event, count(*) FROM events GROUP BY event ORDER BY 2 DESC" 3f9a01
               sim query @changes a702dc 3f9a01 --csv
    """
    if as_csv and as_json:
        raise UsageError("E013", "--csv and --json are two forms of one answer", "leave one of them out")
    if spreadsheet and not as_csv:
        raise UsageError("E013", "--spreadsheet is about CSV, and this is none", "expected --csv")
    from sim.ledger.ledger import Ledger
    from sim.report.answer_tables import table
    from sim.sql.answer import listed, named_queries, purpose, query, sql_of
    from sim.sql.query_tables import TABLES, described

    if tables and as_json:
        print_json({name: _as_data(table) for name, table in TABLES.items()})
    elif tables:
        print_lines(described())
    elif queries:
        known = {f"@{name}": purpose(text) for name, text in named_queries().items()}
        if as_json:
            print_json(known)
        else:
            print_lines("\n".join(f"{name:<13} {what}" for name, what in known.items()))
    elif sql is None:
        raise click.UsageError("expected a SELECT, the name of a query, --tables or --queries")
    elif show:
        click.echo(sql_of(sql).rstrip())
    else:
        answer = query(
            sql, Ledger(ledger), ensembles, first=first, all_ensembles=all_ensembles,
            despite_failures=despite_failures, workers=workers,
        )  # fmt: skip
        if not answer.covers and not answer.left_out:
            click.echo(f"covers no ensemble: there is none in {ledger}", err=True)
        elif len(answer.covers) > 1 and not ensembles:
            lines = [f"covers {len(answer.covers):,} ensembles of {ledger}:", *listed(answer.covers)]
            print_lines("\n  ".join(lines), err=True)
        _warn_of_failures(answer.covers)
        if as_json:
            ensembles_listed = [asdict(part) for part in answer.covers]
            left_out = [{"ensemble": short, **problem_as_data(problem)} for short, problem in answer.left_out]
            print_json({"ensembles": ensembles_listed, "left_out": left_out, "rows": answer.as_data()}, default=str)
        elif as_csv:
            _print_csv([answer.columns, *answer.rows], spreadsheet=spreadsheet)
        else:
            if answer.rows and sys.stdout.isatty():
                show_table(table(answer))
            else:  # a line for each row, for who reads on
                click.echo(str(fitted(table(answer))))
        for _, problem in answer.left_out:
            print_lines(str(problem), err=True)
        failing = [short for short, problem in answer.left_out if problem.code == "E611"]
        unread = [short for short, problem in answer.left_out if problem.code != "E611"]
        for names, why in ((failing, "too many of their runs failed"), (unread, "they cannot be read")):
            if names:
                print_lines(f"left out, for {why}: {', '.join(names)}", err=True)
        fail_if(answer.left_out)


def _warn_of_failures(covers: Sequence["CoveredRuns"]) -> None:
    """Say on stderr of which ensembles so many runs failed that what is made of the others is not a figure of all."""
    from sim.report.unfollowed_notes import of_query

    for part in covers:
        if too_many(part.failed, part.runs):
            print_lines(of_query(part), err=True)


def _print_csv(rows: Sequence[Sequence[object]], *, spreadsheet: bool) -> None:
    cells: list[list[object]] = [
        [value.isoformat(sep=" ") if isinstance(value, datetime) else value for value in row] for row in rows
    ]
    if spreadsheet:
        from sim.export.spreadsheet import as_text

        cells = [[*map(as_text, row)] for row in cells]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    write_data(text.getvalue(), sys.stdout)


def _as_data(table: "QueryTable") -> dict[str, Any]:
    columns = {name: {"type": column.type, "holds": column.holds} for name, column in table.columns.items()}
    return {"row": table.row, "columns": columns}
