"""`sim diff`: what two models, scenarios or ensembles differ in, and which runs change with it."""

from dataclasses import replace

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, progresses, say, show, stoppable, waits, warn
from sim.errors import UsageError
from sim.experiment.cluster import open_pool
from sim.report.differing.difference_forms import as_data, foot, paragraphs
from sim.report.differing.difference_tables import run_sentences, runs_table, ways_table
from sim.study.diff import opened_to_diff, with_runs
from sim.study.plan import Plan


@click.command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--no-runs", is_flag=True, help="Compare no runs, also where the ledger has some of A.")
@click.option("--all", "every", is_flag=True, help="List every run that differs, not only the first 20.")
@click.option(
    "--runs", type=Count(1, 10**9),
    help="How many runs of each; by default as many as the ledger has of A, up to 1,000.",
)  # fmt: skip
@options.of_an_ensemble
@options.who_makes_them
@options.despite_failures
@options.as_json
@options.planned
def command(
    one: str, other: str, plan: Plan, no_runs: bool, every: bool, cluster: str | None, wait: bool, as_json: bool  # noqa: FBT001
) -> None:  # fmt: skip
    """Show what two models or scenarios differ in, and which runs change.

    A and B are each a model file, a scenario file, or an ensemble of the ledger, by id. What they mean is compared, not
    how their files are written: an order of keys, a comment or a line break makes no difference. What may change runs
    comes first, then what is only asked of them, then titles, bases and sources, which change no run.

    Where the ledger has runs of A, or with --runs, as many runs of B are held against them, with the same seed: which
    are the same, by their digests, and from which event on the others differ. What the ledger lacks is simulated first.
    A file beside an ensemble takes the ensemble's seed, and its mode of parameters.

    \b
    Examples:  sim diff scenarios/lesotho-2014/status-quo.yaml scenarios/lesotho-2014/talks-hold.yaml
               sim diff old/model.yaml scenarios/lesotho-2014/model.yaml
               sim diff a702dc scenarios/lesotho-2014/status-quo.yaml --runs 300
    """
    if no_runs and plan.wanted() is not None:
        raise UsageError("E013", "either no runs, or so many", "leave --no-runs, --runs or --draws out")
    found = opened_to_diff(one, other, plan)
    warn(warning for side in (found.one, found.other) for warning in side.warnings)
    if not no_runs:
        with (
            stoppable(lambda: "stopped; what is sealed stays, and the same command goes on from there"),
            open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool,
        ):
            found = with_runs(found, replace(plan, workers=pool), progresses=progresses)
    if as_json:
        print_json(as_data(found))
        return
    click.echo()
    for paragraph in paragraphs(found):
        say(f"{paragraph}\n\n")
    if lines := run_sentences(found):
        say("\n".join([*lines, "\n"]))
    for table in (ways_table(found), runs_table(found, every=every)):
        if table is not None:
            show(table)
    say(foot(found))
