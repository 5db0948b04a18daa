"""`sim plot`: results, comparisons and single runs as pictures in a file."""

from collections.abc import Sequence
from pathlib import Path

import click

from sim.analysis.results import Results
from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import fail_if, print_json, print_lines, progresses
from sim.errors import UsageError
from sim.experiment import Experiment
from sim.report.pictures.picture import Picture, checked
from sim.report.pictures.plots import Kind, check_kind, check_outcomes, plot, timeline_of
from sim.study.plan import Plan, results_of, runs_wanted, sealed
from sim.study.targets import opened_to_compare
from sim.study.use_cases import Unpaired, compare_experiments


@click.command("plot")
@click.argument("kind")
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="Where the picture goes: .svg, .png, .pdf, or .json for its Vega-Lite spec.",
)  # fmt: skip
@click.option("--run", "run", type=Count(0), help="For a timeline: the run's number, from 0.")
@click.option("--baseline", help="Which of the scenarios comes first, and the others are compared with, by name.")
@options.runs
@options.of_an_ensemble
@click.option("--unpaired", is_flag=True, help="Differences: from the baseline as it is, also without pairs of runs.")
@click.option("--only", "outcomes", multiple=True, metavar="NAME", help="Draw this outcome only; may be given again.")
@options.workers
@options.despite_failures
@options.as_json
@options.planned
def command(
    kind: Kind, targets: tuple[str, ...], plan: Plan, out: Path, run: int | None, baseline: str | None,
    unpaired: bool, outcomes: tuple[str, ...], as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Draw a picture of TARGETS: scenario files, folders (all their scenarios) or ensembles of the ledger, by id.

    KIND is one of: probabilities (how likely each outcome is), incidence (when outcomes come true, with the
    documented past), differences (from a baseline, which is 'status-quo' if a folder has it, else the first, made at
    the moment of each scenario), timeline (one run, by faction). What the ledger lacks is simulated first.

    \b
    Examples:  sim plot probabilities scenarios/lesotho-2014/status-quo.yaml -o outcomes.svg
               sim plot incidence scenarios/lesotho-2014/talks-hold.yaml --runs 500 -o when.png
               sim plot differences scenarios/lesotho-2014 -o differences.pdf
               sim plot timeline scenarios/lesotho-2014/status-quo.yaml --run 17 -o run.svg
    """
    check_kind(kind)
    checked(out)
    if (run is None) == (kind == "timeline"):
        what = "a timeline is of one run" if kind == "timeline" else "only a timeline is of one run"
        raise UsageError("E013", what, "expected --run N with `sim plot timeline`, and nowhere else")
    if unpaired and kind != "differences":
        what = "--unpaired is about differences, and this is another picture"
        raise UsageError("E013", what, f"leave it out of {kind}")
    experiments, rule = opened_to_compare(targets, plan, baseline, unpaired=unpaired)
    check_outcomes([experiment.scenario for experiment in experiments], outcomes)
    found: Sequence[Results] = ()
    if run is not None:
        picture = _timeline(experiments, plan, run)
    else:
        picture, found = _picture(kind, experiments, plan, outcomes, rule)
    written = picture.save(out)
    if as_json:
        spec = str(written) if written.suffix.lower() == ".json" else None
        ensembles = [
            {"scenario": one.scenario.name, "ensemble": one.source.ensemble, "runs": one.count, "failed": one.failed}
            for one in found
        ]
        made = {"kind": kind, "title": picture.title, "written": str(written), "spec": spec, "ensembles": ensembles}
        print_json(made)
    else:
        print_lines(f"wrote {written}: {picture.title}")
    fail_if(any(one.failed for one in found))


def _picture(
    kind: Kind, experiments: Sequence[Experiment], plan: Plan, outcomes: tuple[str, ...], unpaired: Unpaired
) -> tuple[Picture, Sequence[Results]]:
    if kind == "differences":
        comparison = compare_experiments(experiments, plan, unpaired=unpaired, progresses=progresses)
        return plot(comparison, kind, outcomes=outcomes), comparison.everyone
    found = [_results(one, experiments, plan) for one in experiments]
    return plot(found, kind, outcomes=outcomes), found


def _results(one: Experiment, experiments: Sequence[Experiment], plan: Plan) -> Results:
    runs, progress = runs_wanted(experiments, plan), progresses(one.scenario.name)
    return results_of(one, runs, workers=plan.workers, progress=progress)


def _timeline(experiments: Sequence[Experiment], plan: Plan, run: int) -> Picture:
    if len(experiments) > 1:
        raise UsageError("E015", f"a timeline is of one run, and here are {len(experiments)} scenarios", "name one")
    (experiment,) = experiments
    if plan.wanted() or not sealed(experiment):
        _results(experiment, experiments, plan)
    return timeline_of(experiment, run)
