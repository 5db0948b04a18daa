"""How commands look: tables and numbers as text, a progress bar on a terminal and none in a pipe.

Rich is imported when something is drawn. It honours NO_COLOR; in a pipe there is neither colour nor bar, and
lines are as long as they need to be. What is printed is made visible and laid out here; `streams` writes it.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from sim.cli import streams, waiting
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.analysis.tables import Side, Table
    from sim.cli.drawing import Drawing
    from sim.experiment import Progress
    from sim.experiment.cluster.connect import Waiting
    from sim.language.diagnostics import Diagnostic
    from sim.model.model import Model

PIPE_WIDTH = 200
WIDEST_HEADING = 28  # characters of a line of a heading
MOST_BROKEN = 2_000  # rows of a table whose lines are broken to fit
NARROWEST = 24  # characters that a column of words keeps


def console(*, stderr: bool = False, width: int | None = None) -> "Drawing":
    """Return a console on stdout or stderr, wide enough in a pipe that nothing is cut."""
    from sim.cli.drawing import Drawing

    stream = sys.stderr if stderr else sys.stdout
    wide = width or (None if stream.isatty() else PIPE_WIDTH)
    return Drawing(stream, width=wide, soft_wrap=not stream.isatty())


def print_table(
    title: str, columns: "Sequence[tuple[str, Side]]", rows: Sequence[Sequence[str]], caption: str = ""
) -> None:
    """Print a table; `columns` are (heading, `left` or `right`).

    One of very many rows is printed without its lines being broken, which takes a small part of the time.
    """
    if len(rows) > MOST_BROKEN:
        from sim.analysis.tables import Table

        click.echo(str(fitted(Table(title, tuple(columns), tuple(map(tuple, rows)), caption))))
        return
    from rich import box
    from rich.measure import Measurement
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = console()
    fit = drawn.fit
    title, caption = fit(title), fit(caption)
    columns = [(fit(heading), side) for heading, side in columns]
    rows = [[fit(cell) for cell in row] for row in rows]
    if not rows:  # a heading without a body says nothing
        drawn.print(Text("\n".join(part for part in (title, caption) if part) + "\n"))
        return
    table = Drawn(box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left", pad_edge=False)
    for place, (heading, side) in enumerate(columns):
        right = side == "right"
        least = min(NARROWEST, max((len(row[place]) for row in rows), default=0))
        table.add_column(
            Text(folded(heading)), justify="right" if right else "left", no_wrap=right, overflow="fold", min_width=least
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    least_width = Measurement.get(drawn, drawn.options.update(width=10_000), table).minimum
    if least_width > drawn.width:
        drawn = console(width=least_width)  # the terminal breaks the lines; no number is ever cut
    if title:
        drawn.print(Text(title, style="bold"))
    drawn.print(table)
    if caption:
        drawn.print(Text(caption))


def folded(heading: str) -> str:
    """Break the lines of a heading at spaces, so that a long title does not push the figures off the line."""
    lines = heading.splitlines() or [""]
    return "\n".join(part for line in lines for part in wrap(line, WIDEST_HEADING, break_long_words=False) or [""])


def fitted(table: "Table") -> "Table":
    """Return a table with its texts as they will stand on stdout, so that its columns are as wide as these."""

    def fit(text: str) -> str:
        return streams.writable(text, sys.stdout)

    headings = tuple((fit(heading), side) for heading, side in table.columns)
    rows = tuple(tuple(map(fit, row)) for row in table.rows)
    return replace(table, title=fit(table.title), columns=headings, rows=rows, caption=fit(table.caption))


def show(table: "Table") -> None:
    """Print a table of results."""
    print_table(table.title, table.columns, table.rows, table.caption)


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


def change(model: "Model", name: str, now: object) -> str:
    """Write what a state variable is now: a date as a date."""
    if (
        model.variables[name].type == model.clockwork.instant()
        and isinstance(now, float)
        and not model.clockwork.abstract
    ):
        return f"{name}: {model.clockwork.moment(now)}"
    return f"{name}: {value(now)}"


def value(number: object) -> str:
    """Write a state variable's value or a mark."""
    if isinstance(number, bool):
        return "yes" if number else "no"
    return f"{number:.3g}" if isinstance(number, float) else str(number)
