"""`sim run`: scenarios to ensembles, and what they come to."""

import json
from pathlib import Path

import click

from sim.analysis.estimates import Spread, percent
from sim.analysis.results import Results, results
from sim.analysis.summary import summarise
from sim.cli import options
from sim.cli.cases import scenarios_in
from sim.cli.terminal import console, moment, print_table, progress_bar
from sim.errors import UsageError
from sim.experiment import Experiment, Origin, failure_of, prepare, record
from sim.model.model import Model


@click.command("run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--runs", default=1000, show_default=True, type=click.IntRange(1, 10**9), help="How many runs.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Fixes all that is random."
)
@options.ledger
@click.option("--central", is_flag=True, help="Keep parameters at their central values; else each run draws them.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), help="How many processes; the cores of this machine by default."
)
@click.option(
    "--from", "origin", metavar="ENSEMBLE:RUN:EVENT", help="Branch from event number EVENT of a simulated run."
)
@click.option(
    "--luck",
    type=click.Choice(["fresh", "keep"]),
    default="fresh",
    show_default=True,
    help="With --from: draw anew after the branch, or go on with that run's draws (one run).",
)
@options.as_json
def command(
    paths: tuple[Path, ...], runs: int, seed: int, ledger: Path, central: bool, workers: int | None,  # noqa: FBT001
    origin: str | None, luck: str, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Run scenarios and print each outcome's probability and each measure's range.

    A folder means all its scenarios; a model file is run by itself. What the ledger holds already is not
    simulated again. The same command gives the same numbers, on any number of workers.

    \b
    Examples:  sim run scenarios/lesotho-2014/status-quo.yaml
               sim run scenarios/lesotho-2014 --runs 1000 --json
               sim run scenarios/lesotho-2014/talks-hold.yaml --from 3f9a:17:40
    """
    start = _origin(origin, luck)
    if start and start.luck == "keep":
        runs = 1
    experiments = [prepare(path, ledger, seed=seed, central=central, origin=start) for path in scenarios_in(paths)]
    found = []
    for experiment in experiments:
        result = _run(experiment, runs, workers)
        found.append(result)
        if not as_json:
            _print(experiment, result)
    if as_json:
        click.echo(json.dumps([result.as_data() for result in found], indent=2))
    if any(result.failed for result in found):
        raise click.exceptions.Exit(1)


def _origin(text: str | None, luck: str) -> Origin | None:
    if text is None:
        return None
    parts = text.split(":")
    if len(parts) != 3 or not parts[1].isdigit() or not parts[2].isdigit():
        raise UsageError("E003", f"'{text}' names no event of a run", "expected ENSEMBLE:RUN:EVENT, such as 3f9a:17:40")
    return Origin(parts[0], int(parts[1]), int(parts[2]), "keep" if luck == "keep" else "fresh")


def _run(experiment: Experiment, runs: int, workers: int | None) -> Results:
    try:
        with progress_bar(experiment.scenario.name) as progress:
            ensemble, summaries = record(experiment, runs, summarise, workers=workers, progress=progress)
    except KeyboardInterrupt:
        ensemble = experiment.ledger.create(experiment.spec)
        sealed = runs - sum(len(gap) for gap in ensemble.missing(runs))
        click.echo(
            f"stopped: {sealed:,} of {runs:,} runs of '{experiment.scenario.name}' are sealed in ensemble "
            f"{ensemble.id[:12]}; the same command goes on from there",
            err=True,
        )
        raise click.exceptions.Exit(130) from None
    manifest = ensemble.manifest()
    return results(
        experiment.scenario, summaries, ensemble=ensemble.id, root=manifest.root if manifest else "",
        seed=experiment.seed, central=experiment.central,
    )  # fmt: skip


def _print(experiment: Experiment, result: Results) -> None:
    model = experiment.scenario.model
    drawn = console()
    drawn.print()
    rows = [
        (model.outcomes[name].title, _role(model, name), str(found), found.interval)
        for name, found in sorted(result.outcomes.items(), key=lambda item: item[0] not in result.ending)
    ]
    title = f"{result.title}: {result.question}" if result.question else result.title
    columns = [("outcome", "left"), ("", "left"), ("probability", "right"), ("95 % interval", "right")]
    print_table(title, columns, rows)
    unit = "" if model.clockwork.abstract else f" {model.clockwork.unit}s"
    measured = [
        (model.measures[name].title, *_spread(found, unit if _is_time(model, name) else ""))
        for name, found in result.measures.items()
    ]
    if measured:
        columns = [
            ("measure", "left"),
            ("median", "right"),
            ("its 95 %\ninterval", "right"),
            ("middle 90 %\nof runs", "right"),
            ("runs\nwithout", "right"),
        ]
        print_table("", columns, measured)
    for what, (count, first) in result.failures.items():
        _print_failure(experiment, result, what, count, first)
    failed = f", {result.failed:,} of them failed and left out" if result.failed else ""
    drawn.print(
        f"{result.runs:,} runs{failed}; {_span(experiment)}; seed {result.seed}; {result.events:,} events. "
        f"{result.covers}\n"
        f"Ensemble {result.ensemble[:12]}, digest {result.root[:12]}. One run: sim log {result.ensemble[:12]} --run 0",
        markup=False,
    )


def _span(experiment: Experiment) -> str:
    """Say from when to when the runs go, and what they branch from."""
    scenario = experiment.scenario
    clockwork = scenario.model.clockwork
    lineage = scenario.lineage
    origin = f", event {lineage.event} of run {lineage.run} of {lineage.ensemble[:12]}" if lineage else ""
    return f"from {moment(clockwork, scenario.start)}{origin} to {moment(clockwork, scenario.horizon)}"


def _role(model: Model, name: str) -> str:
    outcome = model.outcomes[name]
    return "ends the run" if outcome.ends_run else "at the horizon" if outcome.otherwise else ""


def _print_failure(experiment: Experiment, result: Results, what: str, count: int, first: int) -> None:
    error = failure_of(experiment, first)
    when = moment(experiment.scenario.model.clockwork, error.time) if error else ""
    lines = [f"{count:,} of {result.runs:,} runs failed with {what}; first: run {first}, {when}"]
    lines += [f"   = {note}" for note in ((error.message, *error.notes) if error else ())]
    console().print("\n".join([*lines, f"   = see it: sim log {result.ensemble[:12]} --run {first}"]), markup=False)


def _is_time(model: Model, name: str) -> bool:
    measure = model.measures[name]
    if measure.kind in ("until", "time_while"):
        return True
    kind = measure.expression.type if measure.expression else None
    return kind is not None and kind.kind == "real" and kind.unit == (("time", 1),)


def _spread(found: Spread, unit: str) -> tuple[str, str, str, str]:
    without = percent(found.missing / (found.missing + found.runs)) if found.missing else "none"
    if found.median is None or found.low is None or found.high is None:
        return "no run has it", "", "", without
    bounds = "too few runs"
    if found.median_low is not None and found.median_high is not None:
        bounds = f"{found.median_low:.4g} to {found.median_high:.4g}"
    return f"{found.median:.4g}{unit}", bounds, f"{found.low:.4g} to {found.high:.4g}", without
