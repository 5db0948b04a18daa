"""`sim runs`: which runs of an ensemble are worth reading."""

import click

from sim.analysis.single.named_parts import Kind, parts_named
from sim.cli import options
from sim.cli.terminal import print_json, print_lines, progresses, say, stoppable
from sim.experiment import Experiment, reopen
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.report.timelines.notable_words import DISTANCES, EXACT, NotableWords
from sim.sql.run_conditions import runs_where
from sim.study.notable_runs import WantedRuns, notable_runs

EVENT: Kind = "event or outcome"


@click.command("runs")
@click.argument("ensemble")
@options.ledger
@click.option(
    "--where", metavar="CONDITION", default="",
    help="Of these runs: 'ending = NAME', 'deaths > 10', an event, 'not EVENT', with 'and' and 'or'; or a SELECT.",
)  # fmt: skip
@click.option(
    "--missed", multiple=True, metavar="NAME",
    help="Find the run that came nearest to this event or outcome without it; else to each ending; may be given again.",
)  # fmt: skip
@click.option("--most", multiple=True, metavar="MEASURE", help="Find the run with the greatest value of this measure.")
@click.option("--least", multiple=True, metavar="MEASURE", help="Find the run with the least value of this measure.")
@click.option(
    "--without", multiple=True, metavar="NAME",
    help="Leave events of this type out where runs are compared by their events; may be given again.",
)  # fmt: skip
@options.workers
@options.as_json
def command(
    ensemble: str, ledger: StorePath, where: str, missed: tuple[str, ...], most: tuple[str, ...],
    least: tuple[str, ...], without: tuple[str, ...], workers: int | None, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Find the runs of an ENSEMBLE that are worth reading, and say how to see each of them.

    These are the most typical run of each ending, by the order of its events; the strangest of all; the run with the
    greatest value of each measure, or of those that --most and --least name; and the closest calls: the run that came
    nearest to an ending, or to what --missed names, without having it. Names may be titles, too.

    CONDITION is made of words: an event type or an outcome by itself, which the run has; 'coup_attempted < 2014-10-01',
    if it has it first before that date; 'times(coup_attempted) > 1'; a measure or a parameter beside a number;
    'ending = NAME', or 'ended = horizon'; with 'and', 'or', 'not' and brackets. Or it is a SELECT in the SQL of
    `sim query` with a column 'run'.

    \b
    Examples:  sim runs 3f9a
               sim runs 3f9a --where "ending = talks_succeed and not troops_entered"
               sim runs 3f9a --most deaths_after --missed coup_completed
    """
    opened_ledger = Ledger(ledger)
    kept = opened_ledger.find(ensemble)
    experiment = reopen(kept, opened_ledger)
    models = [experiment.scenario.model]
    wanted = WantedRuns(
        most=parts_named(most, "measure", models), least=parts_named(least, "measure", models),
        missed=parts_named(missed, EVENT, models), without=parts_named(without, EVENT, models),
    )  # fmt: skip

    def selected(of: Experiment) -> list[int] | None:
        return runs_where(opened_ledger, kept.id, of.scenario, where) if where.strip() else None

    with stoppable(lambda: "stopped"):
        found = notable_runs(experiment, wanted, selected, workers=workers, progress=progresses)
    words = NotableWords(found)
    if as_json:
        print_json(words.as_data(where.strip()))
        return
    print_lines(f"{words.title(where.strip())}\n")
    for heading, lines in words.sections():
        print_lines("\n".join([f"{heading}:", *lines, ""]))
    say(f"{DISTANCES} {EXACT}")
