"""`sim log`: one run as a timeline, the documented past and the simulated future plainly told apart."""

import click

from sim.cli import options
from sim.cli.commands.showing.replay import event_as_data
from sim.cli.count_type import Count
from sim.cli.terminal import fail_if, print_json, print_lines, say_first, show
from sim.errors import UsageError
from sim.experiment import log_of, reopen
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.model.outcomes import first_ending
from sim.model.program import compile_model
from sim.report import assumption_notes
from sim.report.cited_sources import as_data, cited_in_timeline, written_sources
from sim.report.table import Table
from sim.report.timeline import COLUMNS, FUTURE, of_moving, row, steps

NOT_A_FORECAST = "A simulated event is one possible future, not a forecast of that event."


@click.command("log")
@click.argument("ensemble")
@click.option("--run", "run", required=True, type=Count(0), help="The run's number, from 0.")
@options.ledger
@click.option("--future", is_flag=True, help="Leave the documented past out.")
@options.sources
@options.as_json
def command(ensemble: str, run: int, ledger: StorePath, future: bool, with_sources: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show one run of an ENSEMBLE, given by its id or the beginning of it.

    The number in the first column is the one that `sim run --from ENSEMBLE:RUN:EVENT` takes.

    \b
    Example:  sim log 3f9a --run 17
    """
    opened_ledger = Ledger(ledger)
    kept = opened_ledger.find(ensemble)
    if any(run in gap for gap in kept.missing(run + 1)):
        note = "see `sim list` for how many runs it has"
        raise UsageError("E708", f"run {run} is not in ensemble {kept.id[:12]}", note)
    log = log_of(kept, opened_ledger, run)
    experiment = reopen(kept, opened_ledger)
    case, scenario = experiment.case, experiment.scenario
    program = compile_model(scenario.model)
    past = [event.sequence for event in scenario.past if event.kind == "documented"]
    documented = dict(zip(past, case.history.documented, strict=False)) if case.history else {}
    first = first_ending(scenario.model, (*scenario.past, *log))
    listed = [step for step in steps(program, scenario, log) if step[0] == FUTURE or not future]
    cited = cited_in_timeline(scenario.model, listed, documented, case.history) if with_sources else None
    if as_json:
        data = []
        for part, event, changed in listed:
            news = {name: new for name, (_, new) in changed.items()}
            data.append({"part": part, **event_as_data(scenario.model, event), "changed": news})
        sources = {} if cited is None else {"sources": as_data(cited)}
        ending = first.type if first else None
        print_json({"ensemble": kept.id, "run": run, "first_ending": ending, "events": data, **sources})
        return
    rows = [row(scenario.model, step, documented, first) for step in listed]
    when = scenario.model.calendar.moment(scenario.start)
    title = f"Run {run} of '{scenario.name}', ensemble {kept.id[:12]}: branches at {when}"
    say_first(assumption_notes.head(scenario))
    caption = "\n".join(filter(None, [NOT_A_FORECAST, of_moving(scenario.model)]))
    show(Table(title=title, columns=COLUMNS, rows=rows, caption=caption, spared=(6,)))
    if cited is not None:
        print_lines(written_sources(cited))
    if log[-1].kind == "failed":
        click.echo(f"the run failed: {log[-1].type}: {log[-1].note}", err=True)
    fail_if(log[-1].kind == "failed")
