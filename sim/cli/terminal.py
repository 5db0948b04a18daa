"""How commands look: tables and numbers as text, a progress bar on a terminal and none in a pipe.

Rich is imported when something is drawn. It honours NO_COLOR; in a pipe there is neither colour nor bar, and
lines are as long as they need to be. What is printed is made visible and laid out here; `streams` writes it.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sim.cli import streams, waiting
from sim.errors import SimError

if TYPE_CHECKING:
    from rich.table import Table as Drawn

    from sim.cli.drawing import Drawing
    from sim.experiment import Progress
    from sim.experiment.cluster.connect import Waiting
    from sim.language.diagnostics import Diagnostic
    from sim.report.table import Table

PIPE_WIDTH = 200
MOST_BROKEN = 2_000  # rows of a table whose lines are broken to fit
NARROWEST = 24  # characters that a column of words keeps


def console(*, stderr: bool = False, width: int | None = None) -> "Drawing":
    """Return a console on stdout or stderr, wide enough in a pipe that nothing is cut."""
    from sim.cli.drawing import Drawing

    stream = sys.stderr if stderr else sys.stdout
    wide = width or (None if stream.isatty() else PIPE_WIDTH)
    return Drawing(stream, width=wide, soft_wrap=not stream.isatty())


def show(table: "Table") -> None:
    """Print a table with its lines broken to fit, and an empty line after it.

    One of very many rows is printed as wide as it is, which takes a small part of the time.
    """
    table = fitted(table)
    if len(table.rows) > MOST_BROKEN:
        click.echo(f"{table}\n")
        return
    from rich.text import Text

    drawn = console()
    if table.title:
        drawn.print(Text(table.title, style="bold"))
    if table.rows:  # headings without rows say nothing
        body = drawn_table(table)
        least = drawn.measure(body, options=drawn.options.update(width=10_000)).minimum
        if least > drawn.width:
            drawn = console(width=least)  # the terminal breaks the lines; no number is ever cut
        drawn.print(body)
    drawn.print(Text(f"{table.caption}\n" if table.caption else ""))


def drawn_table(table: "Table") -> "Drawn":
    """Return a table's headings and rows as rich draws them, looking as they do as text."""
    from rich.box import Box
    from rich.table import Table as Drawn
    from rich.text import Text

    from sim.report.table import folded

    ruled = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    made = Drawn(box=ruled, show_edge=False, pad_edge=False, collapse_padding=True)
    for place, (heading, side) in enumerate(table.columns):
        right = side == "right"
        least = min(NARROWEST, max(len(row[place]) for row in table.rows))
        made.add_column(
            Text(folded(heading)), justify="right" if right else "left", no_wrap=right, overflow="fold", min_width=least
        )  # fmt: skip
    for row in table.rows:
        made.add_row(*map(Text, row))
    return made


def fitted(table: "Table") -> "Table":
    """Return a table with its texts as they will stand on stdout, so that its columns are as wide as these."""

    def fit(text: str) -> str:
        return streams.writable(text, sys.stdout)

    return replace(
        table,
        title=fit(table.title),
        columns=[(fit(heading), side) for heading, side in table.columns],
        rows=[[*map(fit, row)] for row in table.rows],
        caption=fit(table.caption),
    )


def say(text: str) -> None:
    """Print words. A line that has a command is left to the terminal to break, so that it can be pasted as a whole."""
    drawn = console()
    for line in text.splitlines():
        drawn.print(line, markup=False, soft_wrap=True if ": sim " in line else None)


@contextmanager
def progress_bar(what: str) -> "Iterator[Progress]":
    """Yield a function of (done, wanted, events) that draws a bar on a terminal's stderr, and nothing in a pipe.

    Beside the bar: runs and simulated events a second, and the time left.
    """
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    speed = Speed()
    drawn = console(stderr=True)
    with Progress(*columns, console=drawn, transient=True) as bar:
        task = bar.add_task(drawn.fit(what), total=None, speed="")

        def tell(done: int, wanted: int, events: int = 0) -> None:
            bar.update(task, completed=done, total=wanted, speed=speed.told(done, events, time.monotonic()))

        # Rich takes what others write meanwhile, and puts it above the bar; it would obey sequences in it.
        sys.stderr = streams.Shown(sys.stderr, "stderr")
        yield tell


def _silent(done: int, wanted: int, events: int = 0) -> None:
    """Say nothing: there is no terminal."""


class Speed:
    """How many runs and events a second there were since the first call."""

    def __init__(self) -> None:
        self.began: tuple[int, float] | None = None

    def told(self, done: int, events: int, now: float) -> str:
        """Say it; nothing in the first tenth of a second, when there is nothing to divide by."""
        if self.began is None:
            self.began = (done, now)
        first, start = self.began
        if now - start < 0.1:
            return ""
        runs = f"{(done - first) / (now - start):,.0f} runs/s"
        return f"{runs}, {events / (now - start):,.0f} events/s" if events else runs


def progresses(what: str, of: str = "runs") -> "Progress":
    """Return a function of (done, wanted, events) that keeps the last line of a terminal, and nothing in a pipe."""
    speed = Speed()

    def tell(done: int, wanted: int, events: int = 0) -> None:
        beside = speed.told(done, events, time.monotonic())
        text = f"{done:,} of {wanted:,} {of}{', ' + beside if beside and of == 'runs' else ''}"
        waiting.tell(f"{what}: {text if done < wanted else 'done'}")

    return tell


def waits() -> "Waiting":
    """Return a function of (there, wanted, seconds) that writes to stderr for what is waited, when a number changes."""
    told: list[int] = []

    def tell(there: int, wanted: int, seconds: float) -> None:
        if there < wanted and told[-1:] != [there]:
            told.append(there)
            sys.stderr.write(f"waiting for {wanted:,} workers, at most {seconds / 60:g} minutes: {there:,} are there\n")
            sys.stderr.flush()

    return tell


def warn(warnings: "Iterable[Diagnostic]") -> None:
    """Print warnings on stderr, each once."""
    for warning in dict.fromkeys(warnings):
        sys.stderr.write(f"{warning}\n")


def problem_as_data(problem: SimError) -> dict[str, Any]:
    """Give an error as JSON has it."""
    return {"code": problem.code, "message": problem.message, "notes": list(problem.notes)}
