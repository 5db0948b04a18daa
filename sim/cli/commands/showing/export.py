"""`sim export`: ensembles in the formats of others."""

from pathlib import Path

import click

from sim.cli import options
from sim.cli.commands.running.run import interrupted
from sim.cli.terminal import fail_if, print_json, print_lines, progresses, stoppable
from sim.errors import UsageError
from sim.experiment import Experiment
from sim.export import FORMATS, Exported, Request, check, export
from sim.language.counts import counted
from sim.study.plan import Plan, results_of, runs_wanted
from sim.study.targets import opened


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="The folder to make; nothing may be in it."
)
@options.runs
@options.seed
@options.ledger
@click.option("--measure", help="views: the measure whose amounts are exported; else the first of kind sum.")
@click.option("--country-id", type=click.IntRange(0, 10**6), help="views: ViEWS's own number of the country.")
@click.option("--location", help="hubverse: what the hub calls the place; else the model's name.")
@options.spreadsheet
@options.workers
@options.despite_failures
@options.as_json
@options.planned
def command(
    form: str, targets: tuple[str, ...], plan: Plan, folder: Path, measure: str | None, country_id: int | None,
    location: str | None, spreadsheet: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Export ensembles in a format that other programs read, into a new folder.

    TARGETS are scenario files, folders (all their scenarios) or ensembles of the ledger, by id. What the ledger lacks
    is simulated first. Nothing is ever written over. Files hold all texts as they are; --spreadsheet is for CSV that
    is opened in a spreadsheet, which runs cells that begin with = + - or @. FORMAT is one of these:

    \b
    csv       tables, with a data dictionary (CSV on the Web)
    parquet   the same tables as Parquet files
    jsonl     events as CloudEvents, one JSON object a line
    ocel      events as OCEL 2.0 JSON, for process mining
    views     draws by month, as ViEWS exchanges forecasts of conflict
    hubverse  model output of a forecast hub
    rocrate   a folder for replication: documents, runs, results, how to make them again (RO-Crate)

    \b
    Examples:  sim export csv scenarios/lesotho-2014/status-quo.yaml --to tables
               sim export rocrate scenarios/lesotho-2014 --runs 1000 --to replication
               sim export views a702dc --country-id 999 --measure deaths_after --to draws
    """
    for option, given, owner in (
        ("--measure", measure, "views"), ("--country-id", country_id, "views"), ("--location", location, "hubverse"),
        ("--spreadsheet", spreadsheet or None, "csv"),
    ):  # fmt: skip
        if given is not None and form != owner:
            raise UsageError("E013", f"{option} is for the format '{owner}', and this is '{form}'")
    request = Request(measure, country_id, location, spreadsheet)
    # The same ensemble may be named twice.
    experiments = list({str(experiment.spec): experiment for experiment in reversed(opened(targets, plan))}.values())
    experiments.reverse()
    check(form, experiments, request, folder)
    exported = [_run(experiment, plan) for experiment in experiments]
    written = export(form, exported, request, folder)
    _tell(form, folder, written, exported, as_json=as_json)
    fail_if(any(one.results.failed for one in exported))


def _run(experiment: Experiment, plan: Plan) -> Exported:
    wanted = runs_wanted([experiment], plan)
    with stoppable(lambda: interrupted(experiment, wanted)):
        progress = progresses(experiment.scenario.name)
        return Exported.of(experiment, results_of(experiment, wanted, workers=plan.workers, progress=progress))


def _tell(form: str, folder: Path, written: tuple[str, ...], exported: list[Exported], *, as_json: bool) -> None:
    for one in exported:
        if one.results.failed:
            line = f"{one.results.failed:,} of {one.runs:,} runs of '{one.scenario.name}' failed: see `sim run`"
            print_lines(line, err=True)
    if as_json:
        ensembles = [
            {"scenario": one.scenario.name, "ensemble": one.ensemble.id, "runs": one.runs, "failed": one.results.failed}
            for one in exported
        ]
        data = {"format": form, "folder": str(folder), "files": list(written), "ensembles": ensembles}
        print_json(data)
        return
    for one in exported:
        print_lines(f"{counted(one.runs, 'run')} of '{one.scenario.name}', ensemble {one.short}")
    top = dict.fromkeys(path.partition("/")[0] + ("/" if "/" in path else "") for path in written)
    print_lines(f"wrote {counted(len(written), 'file')} to {folder}: {', '.join(top)}")
