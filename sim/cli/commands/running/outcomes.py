"""`sim outcomes`: runs that are there, asked when and how likely, and questions that nobody had thought of before."""

from dataclasses import replace

import click

from sim.analysis import by_date
from sim.analysis.results import Results
from sim.cli import options
from sim.cli.terminal import fail_if, print_json, progresses, say, say_first, show, waits, warn
from sim.experiment import Experiment
from sim.experiment.cluster import open_pool
from sim.report import assumption_notes, unfollowed_notes
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
@options.runs
@options.of_an_ensemble
@options.values
@options.who_makes_them
@options.despite_failures
@options.as_json
@options.planned
def command(
    targets: tuple[str, ...], plan: Plan, dates: tuple[str, ...], cluster: str | None, wait: bool, as_json: bool  # noqa: FBT001
) -> None:  # fmt: skip
    """Show how likely each outcome is by any date, when it first comes, and what each measure is.

    TARGETS are scenario files, folders or ensembles of the ledger, by id. Runs that are there are only read: also
    for outcomes and measures that are asked for here, or were written into the files later. What the ledger lacks
    is simulated first.

    \b
    Examples:  sim outcomes scenarios/lesotho-2014/status-quo.yaml --by 2014-10-01 --by 2014-12-31
               sim outcomes a702dc --outcome "calm: tension < 0.2" --measure "calm_days: {time_while: tension < 0.2}"
    """
    experiments = opened(targets, plan)
    for experiment in experiments:
        by_date.times_asked(experiment.scenario, dates)  # a wrong date is told before the work, not after it
    warn(warning for experiment in experiments for warning in experiment.case.warnings)
    read = [sealed(experiment) >= runs_wanted([experiment], plan) for experiment in experiments]
    with open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool:
        found = [_results(experiment, replace(plan, workers=pool)) for experiment in experiments]
    if as_json:
        print_json([by_date.as_data(one, dates) for one in found])
    else:
        for experiment, one, there in zip(experiments, found, read, strict=True):
            _print(experiment, one, dates, read=there)
    fail_if(any(one.failed for one in found))


def _results(experiment: Experiment, plan: Plan) -> Results:
    runs = runs_wanted([experiment], plan)
    return results_of(experiment, runs, lean=True, workers=plan.workers, progress=progresses(experiment.scenario.name))


def _print(experiment: Experiment, found: Results, dates: tuple[str, ...], *, read: bool) -> None:
    click.echo()
    say_first(unfollowed_notes.before(found, experiment))
    say_first(assumption_notes.head(found.scenario))
    for table in () if found.withheld else tables(found, dates):
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
