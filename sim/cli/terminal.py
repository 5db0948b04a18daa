"""How commands look: tables and words, and on a terminal a last line that says how far a command is.

Rich is imported when something is drawn. It honours NO_COLOR; in a pipe there is neither colour nor bar, and
lines are as long as they need to be. What is printed is made visible and laid out here; `output_streams` writes it.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from sim.cli import output_streams, waiting
from sim.errors import SimError

if TYPE_CHECKING:
    from rich.table import Table as Drawn

    from sim.cli.drawing import Drawing
    from sim.experiment import Progress
    from sim.experiment.cluster.connect import Waiting
    from sim.language.diagnostics import Diagnostic
    from sim.ledger.leftovers import Leftover
    from sim.ledger.manifest import Manifest
    from sim.report.table import Table

INTERRUPTED = 130  # the exit code
PIPE_WIDTH = 200
_QUOTED = re.compile(r"\s*\d* *\||.*: sim ")  # a line of a file below a message, or one with a command
MOST_BROKEN = 2_000  # rows of a table whose lines are broken to fit


def console(*, width: int | None = None) -> "Drawing":
    """Return a console on stdout, wide enough in a pipe that nothing is cut."""
    from sim.cli.drawing import Drawing

    terminal = sys.stdout.isatty()
    return Drawing(sys.stdout, width=width or (None if terminal else PIPE_WIDTH), soft_wrap=not terminal)


def show(table: "Table") -> None:
    """Print a table with its lines broken to fit, and an empty line after it.

    One of very many rows is printed as wide as it is, which takes a small part of the time.
    """
    table = fitted(table)
    if len(table.rows) > MOST_BROKEN or not sys.stdout.isatty():
        words = "\n".join(filter(None, [table.title, table.caption]))  # headings without rows say nothing
        click.echo(f"{table if table.rows else words}\n")
        return
    from sim.report.fitting import fitting

    for part in fitting(table, console().width):
        _draw(part)


def _draw(table: "Table") -> None:
    from rich.text import Text

    from sim.report.fitting import broken, needs

    drawn = console()
    if table.title:
        drawn.print(Text(table.title, style="bold"))
    if not any(heading for heading, _ in table.columns):  # blocks of lines, one for each row
        for (line,) in table.rows:
            drawn.print(Text("\n".join(broken(line, drawn.width))))
    elif table.rows:  # headings without rows say nothing
        body = drawn_table(table)
        least = needs(table)
        if least > drawn.width:
            drawn = console(width=least)  # the terminal breaks the lines; no number is ever cut
        drawn.print(body)
    drawn.print(Text(f"{table.caption}\n" if table.caption else ""))


def drawn_table(table: "Table") -> "Drawn":
    """Return a table's headings and rows as rich draws them, looking as they do as text."""
    from rich.box import Box
    from rich.table import Table as Drawn
    from rich.text import Text

    from sim.report.fitting import NARROWEST
    from sim.report.table import folded

    ruled = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    made = Drawn(box=ruled, show_edge=False, pad_edge=False, collapse_padding=True)
    for index, (heading, side) in enumerate(table.columns):
        right = side == "right"
        least = 1 if right else min(NARROWEST, max(len(row[index]) for row in table.rows))
        made.add_column(Text(folded(heading)), justify=side, no_wrap=right, overflow="fold", min_width=least)
    for row in table.rows:
        made.add_row(*map(Text, row))
    return made


def fitted(table: "Table") -> "Table":
    """Return a table with its texts as they will stand on stdout, so that its columns are as wide as these."""
    fit = partial(output_streams.writable, stream=sys.stdout)
    columns = [(fit(heading), side) for heading, side in table.columns]
    rows = [[*map(fit, row)] for row in table.rows]
    return replace(table, title=fit(table.title), columns=columns, rows=rows, caption=fit(table.caption))


def say(text: str) -> None:
    """Print words. A line that has a command is left to the terminal to break, so that it can be pasted as a whole."""
    if not sys.stdout.isatty():
        click.echo("\n".join(text.splitlines()))
        return
    from sim.report.fitting import broken

    drawn = console()
    for line in text.splitlines():
        whole = ": sim " in line
        indent = 2 if line.startswith("- ") else 5 if line.startswith("   = ") else 0
        for part in [line] if whole else broken(line, drawn.width, indent):
            drawn.print(part, markup=False, soft_wrap=True)


def print_lines(text: str, *, err: bool = False) -> None:
    """Print the lines of a list or of a message.

    On a terminal they are broken at spaces, with what follows set in. In a pipe they stay whole, as everywhere a line
    that quotes a file or that is a command.
    """
    if (sys.stderr if err else sys.stdout).isatty():
        from sim.report.fitting import broken

        width = _width(sys.stderr if err else sys.stdout)
        text = text if err else output_streams.writable(text, sys.stdout)  # as wide as it will stand there
        lines = text.split("\n")
        text = "\n".join(part for line in lines for part in ([line] if _QUOTED.match(line) else broken(line, width)))
    click.echo(text, err=err, color=True if err else None)


def _width(stream: Any) -> int:
    """Return how many columns the terminal of a stream has: COLUMNS, where that is set, else what it says itself."""
    try:
        return int(os.environ.get("COLUMNS", "")) or os.get_terminal_size(stream.fileno()).columns
    except (ValueError, OSError, AttributeError):
        return get_terminal_size().columns


def say_first(lines: Sequence[str]) -> None:
    """Print what stands before the figures and an empty line; nothing where there is nothing to say."""
    if lines:
        say("\n".join([*lines, "\n"]))


def progresses(what: str, of: str = "runs") -> "Progress":
    """Return a function of (done, wanted, events) that keeps the last line of a terminal, and nothing in a pipe.

    The line has a bar, how much is done, simulated runs and events a second, and the time left.
    """
    if not sys.stderr.isatty():
        return lambda done, wanted, events=0: None
    from rich import progress

    from sim.cli.drawing import Drawing

    # Nothing but text can be taken back from the last line, and no more than fits in it.
    drawn = Drawing(sys.stderr, width=get_terminal_size().columns - 1, colours=False)
    columns = (progress.TextColumn("{task.description}", markup=False), progress.BarColumn(),
               progress.MofNCompleteColumn(), progress.TextColumn("{task.fields[beside]}", markup=False),
               progress.TimeRemainingColumn())  # fmt: skip
    bar = progress.Progress(*columns, console=drawn, auto_refresh=False)
    bar.add_task(drawn.fit(what), start=False, total=None, beside=of)
    (task,) = bar.tasks

    def tell(done: int, wanted: int, events: int = 0) -> None:
        if task.start_time is None:
            bar.start_task(task.id)
        bar.update(task.id, completed=done, total=wanted)
        speeds = [f"{task.speed:,.0f} runs/s"] if task.speed and of == "runs" else []
        speeds += [f"{events / task.elapsed:,.0f} events/s"] if events and task.elapsed else []
        bar.update(task.id, beside=", ".join([of, *speeds]))
        line = "".join(part.text for part in drawn.render(bar.get_renderable())).split("\n")[0].rstrip()
        waiting.tell(line if done < wanted else f"{what}: done")

    return tell


def waits() -> "Waiting":
    """Return a function of (there, wanted, seconds) that writes to stderr for what is waited, when a number changes."""
    text: list[int] = []

    def tell(there: int, wanted: int, seconds: float) -> None:
        if there < wanted and text[-1:] != [there]:
            text.append(there)
            sys.stderr.write(f"waiting for {wanted:,} workers, at most {seconds / 60:g} minutes: {there:,} are there\n")
            sys.stderr.flush()

    return tell


def warn(warnings: "Iterable[Diagnostic]") -> None:
    """Print warnings on stderr, each once."""
    for warning in dict.fromkeys(warnings):
        print_lines(str(warning), err=True)


def problem_as_data(problem: SimError) -> dict[str, Any]:
    """Give an error as JSON has it."""
    return {"code": problem.code, "message": problem.message, "notes": list(problem.notes)}


def sealed_as_data(ensemble: str, manifest: "Manifest | None") -> dict[str, Any]:
    """Give what an ensemble has sealed as JSON has it; `manifest` is its newest."""
    return {
        "ensemble": ensemble,
        "scenario": str(manifest.provenance.get("scenario", "")) if manifest else "",
        "runs": sum(map(len, manifest.runs)) if manifest else 0,
        "root": manifest.root if manifest else "",
    }


def leftover_as_data(file: "Leftover") -> dict[str, Any]:
    """Give a file that belongs to no ensemble as JSON has it."""
    return {"kind": file.kind, "file": str(file.path), "bytes": file.size}


def print_json(data: object, default: Callable[[Any], str] | None = None) -> None:
    click.echo(json.dumps(data, indent=2, default=default))


def fail_if(failed: object) -> None:
    """End the command with exit code 1 where something was wrong, after all that it has to say."""
    if failed:
        raise click.exceptions.Exit(1)


@contextmanager
def stoppable(stopped: Callable[[], str]) -> Iterator[None]:
    """Say after Ctrl-C what has become of the work in this block, and end with the exit code of an interruption."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(stopped(), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
