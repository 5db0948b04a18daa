"""`sim log`: one run as a timeline, the documented past and the simulated future plainly told apart; or two of them."""

import click

from sim.analysis.single.named_parts import Kind, parts_named
from sim.cli import options
from sim.cli.commands.showing.replay import event_as_data
from sim.cli.count_type import Count
from sim.cli.terminal import fail_if, print_json, print_lines, say, say_first, show
from sim.errors import UsageError
from sim.ledger.files.paths import as_option
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.report import assumption_notes
from sim.report.cited_sources import as_data, written_sources
from sim.report.timelines.row_selection import row_selection
from sim.report.timelines.shown_pair import ShownPair
from sim.report.timelines.shown_run import ShownRun
from sim.report.timelines.what_is_shown import WhatIsShown
from sim.study.opened_runs import OpenedRun, check_one_calendar, open_run
from sim.study.run_names import run_named

FOLLOWED: Kind = "state variable or derived quantity"


@click.command("log")
@click.argument("runs", nargs=-1, required=True, metavar="ENSEMBLE:RUN [ENSEMBLE:RUN]")
@click.option("--run", "run", type=Count(0), help="The run's number, from 0, where it is not behind a colon.")
@options.ledger
@click.option("--future", is_flag=True, help="Leave the documented past out.")
@click.option(
    "--faction", "factions", multiple=True, metavar="NAME",
    help="Show what this faction does, by its name or title; may be given again.",
)  # fmt: skip
@click.option(
    "--event", "events", multiple=True, metavar="NAME",
    help="Show events of this type, or this outcome, by its name or title; may be given again.",
)  # fmt: skip
@click.option(
    "--without", multiple=True, metavar="NAME",
    help="Leave events of this type, or this outcome, out; may be given again.",
)  # fmt: skip
@click.option(
    "--between", nargs=2, metavar="DATE DATE",
    help="Show what lies between two dates, such as 2014-10-01 2014-10-31: to the end of the second day.",
)  # fmt: skip
@click.option(
    "--show", "followed", multiple=True, metavar="NAME,NAME",
    help="Follow state variables or derived quantities: a column with the value after each event.",
)  # fmt: skip
@click.option("--parameters", is_flag=True, help="Show the run's parameters, and where each lies in its prior.")
@click.option("--weights", is_flag=True, help="Show each choice: its alternatives, their shares, the number drawn.")
@options.sources
@options.as_json
def command(
    runs: tuple[str, ...], run: int | None, ledger: StorePath, future: bool, factions: tuple[str, ...],  # noqa: FBT001
    events: tuple[str, ...], without: tuple[str, ...], between: tuple[str, str] | None, followed: tuple[str, ...],
    parameters: bool, weights: bool, with_sources: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Show one run of an ensemble, given by its id or the beginning of it and the run's number; or two side by side.

    The number in the first column is the one that `sim run --from ENSEMBLE:RUN:EVENT` takes. Rows at which the run
    begins and ends are shown whatever --faction and --event name. Of two runs, what both have stands on one row, and
    the first difference is marked.

    \b
    Examples:  sim log 3f9a:17
               sim log 3f9a:17 --faction commander --show tension,trust
               sim log 3f9a:17 --parameters --weights
               sim log 3f9a:17 a702:17
    """
    if len(runs) > 2:
        raise UsageError("E003", f"{len(runs)} runs are named", "expected one run, or two to be compared")
    named = [run_named(text, run) for text in runs]
    opened_ledger = Ledger(ledger)
    opened = [open_run(opened_ledger, *one) for one in named]
    if len(opened) == 2:
        check_one_calendar(*opened)
    models = [one.experiment.scenario.model for one in opened]
    names = [word.strip() for text in followed for word in text.split(",")]
    for model in models:  # each has to know what is followed
        names = [*parts_named(names, FOLLOWED, [model])]
    wanted = WhatIsShown(
        selection=row_selection(models, factions=factions, events=events, without=without, between=between),
        followed=names, future=future, parameters=parameters, weights=weights,
    )  # fmt: skip
    shown = ShownRun(opened[0], wanted) if len(opened) == 1 else ShownPair(opened[0], opened[1], wanted)
    cited = shown.sources() if with_sources else None
    if as_json:
        print_json({**shown.as_data(event_as_data), **({} if cited is None else {"sources": as_data(cited)})})
        return
    if len(opened) == 1:
        say_first(assumption_notes.head(opened[0].experiment.scenario))
    for table in shown.tables():
        show(table)
    say("\n".join(_next(opened, ledger, drawn=parameters and weights)))
    if cited is not None:
        print_lines(f"\n{written_sources(cited)}")
    failed = [one for one in opened if one.log[-1].kind == "failed"]
    for one in failed:
        which = "the run" if len(opened) == 1 else f"run {one.name}"
        click.echo(f"{which} failed: {one.log[-1].type}: {one.log[-1].note}", err=True)
    fail_if(failed)


def _next(opened: list[OpenedRun], ledger: StorePath, *, drawn: bool) -> list[str]:
    """Return the commands that lead on from what is shown, a line each; `drawn` says that all draws are shown."""
    where = as_option(ledger)
    if len(opened) == 2:
        return [f"Why {letter} ended so: sim why {one.name}{where}" for letter, one in zip("AB", opened, strict=True)]
    (one,) = opened
    lines = [
        f"Why it ended so, and what the sources say: sim why {one.name} --sources{where}",
        f"Why an event came, by its number: sim why {one.name}:NUMBER{where}",
    ]
    draws = f"Its parameters, and the shares of each choice: sim log {one.name} --parameters --weights{where}"
    return lines if drawn else [*lines, draws]
