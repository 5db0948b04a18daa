"""`sim outcomes`: runs that are there, asked when and how likely, and questions that nobody had thought of before."""

from collections.abc import Sequence
from dataclasses import replace
from shlex import quote
from typing import Any

import click

from sim.analysis import by_date
from sim.analysis.asked.asked_text import read_statistics
from sim.analysis.results import Results
from sim.cli import options
from sim.cli.terminal import fail_if, print_json, progresses, say, say_first, show, waits, warn
from sim.experiment import Experiment, reopen
from sim.experiment.cluster import open_pool
from sim.report import assumption_notes, unfollowed_notes
from sim.report.asked_tables import tables as asked_tables
from sim.report.outcome_tables import tables
from sim.study.plan import Plan, results_of, runs_wanted, sealed
from sim.study.targets import opened


@click.command("outcomes")
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "--by", "dates", multiple=True, metavar="DATE",
    help="How likely by the end of this day, or by this time of it: 2014-10-01T12:00; may be given again.",
)  # fmt: skip
@options.outcomes
@options.measures
@options.asked
@options.histograms
@options.runs
@options.of_an_ensemble
@options.values
@options.who_makes_them
@options.despite_failures
@options.as_json
@options.planned
def command(
    targets: tuple[str, ...], plan: Plan, dates: tuple[str, ...], asked: tuple[str, ...], histograms: tuple[str, ...],
    cluster: str | None, wait: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Show how likely each outcome is by any date, when it first comes, and what each measure is.

    TARGETS are scenario files, folders or ensembles of the ledger, by id. Runs that are there are only read: also
    for outcomes and measures that are asked for here, or were written into the files later. What the ledger lacks
    is simulated first.

    --ask gives figures of measures beside their means and quantiles: P(deaths <= 10), also with <, >= or > and with two
    numbers; deaths / attacks, the ratio of their means; variance(deaths). --histogram gives the share of runs in each
    bin of a measure.

    \b
    Examples:  sim outcomes scenarios/lesotho-2014/status-quo.yaml --by 2014-10-01 --by 2014-12-31
               sim outcomes a702dc --outcome "calm: tension < 0.2" --measure "calm_days: {time_while: tension < 0.2}"
               sim outcomes a702dc --ask 'P(deaths <= 10)' --ask 'deaths / attacks' --histogram 'deaths, 0, 5, 10'
    """
    experiments = opened(targets, plan)
    questions = (*asked, *(f"histogram({text})" for text in histograms))
    for experiment in experiments:  # what is wrong is told before the work, not after it
        by_date.times_asked(experiment.scenario, dates)
        read_statistics(questions, experiment.scenario)
    warn(warning for experiment in experiments for warning in experiment.case.warnings)
    read = [sealed(experiment) >= runs_wanted([experiment], plan) for experiment in experiments]
    with open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool:
        found = [_results(experiment, replace(plan, workers=pool)) for experiment in experiments]
    if as_json:
        print_json([by_date.as_data(one, dates) | _asked_as_data(one, questions) for one in found])
    else:
        for experiment, one, there in zip(experiments, found, read, strict=True):
            _print(experiment, one, dates, questions, read=there)
    fail_if(any(one.failed for one in found))


def _results(experiment: Experiment, plan: Plan) -> Results:
    runs = runs_wanted([experiment], plan)
    return results_of(experiment, runs, lean=True, workers=plan.workers, progress=progresses(experiment.scenario.name))


def _asked_as_data(found: Results, questions: Sequence[str]) -> dict[str, Any]:
    """Return what was asked of measures as JSON-ready data; nothing where nothing was."""
    return {"asked": [found.ask(text).as_data() for text in questions]} if questions else {}


def _print(
    experiment: Experiment, found: Results, dates: tuple[str, ...], questions: Sequence[str], *, read: bool
) -> None:
    click.echo()
    say_first(unfollowed_notes.before(found, experiment))
    say_first(assumption_notes.head(found.scenario))
    for table in () if found.withheld else [*tables(found, dates), *asked_tables(map(found.ask, questions))]:
        show(table)
    for line in unfollowed_notes.after(found, experiment):
        say(line)
    ensemble = found.source.ensemble[:12]
    more = ", ".join(f"@{name}" for name in by_date.EXTRA)
    again = f" Every figure again, from the ledger: {'; '.join(found.queries)}; and so with {more}"
    if read:
        say("The runs are those that were there: only questions were asked, and nothing was simulated.")
    say(
        f"{unfollowed_notes.counted(found)}; seed {found.source.settings.seed}. {found.covers}\n"
        f"Ensemble {ensemble}." + ("" if found.withheld else again)
    )
    if questions and not found.withheld:
        say(f"What was asked, again: sim outcomes {ensemble} {_again(experiment, found, questions)}")


def _again(experiment: Experiment, found: Results, questions: Sequence[str]) -> str:
    """Return the options that ask the same of the same runs, which may be kept without the measures added here."""
    added: Sequence[str] = click.get_current_context().params["asked_measures"]
    kept = reopen(experiment.ensemble, experiment.ledger).scenario.model.measures if added else {}
    missing = [text for text in added if text.partition(":")[0].strip() not in kept]
    asked = [*(f"--measure {quote(text)}" for text in missing), *(f"--ask {quote(text)}" for text in questions)]
    return " ".join([f"--runs {found.count}{found.source.in_ledger}", *asked])
