"""`sim run`: scenarios to ensembles, and what they come to."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sim.analysis.goals import Goal, read_goal
from sim.analysis.results import Results
from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import fail_if, print_json, progresses, say, say_first, show, stoppable, waits, warn
from sim.errors import RunError, UsageError
from sim.experiment import Experiment
from sim.experiment.cluster import open_pool
from sim.report import assumption_notes, pending_rules, unfollowed_notes
from sim.report.result_tables import tables
from sim.statistics.estimates import Estimate
from sim.study.plan import RUNS, Plan, open_target, origin_of, results_of
from sim.study.targets import scenarios_in


@click.command("run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--runs", show_default="1000; 100 with --draws", type=Count(1, 10**9), help="How many runs, or of each draw."
)
@options.of_an_ensemble
@options.values
@click.option(
    "--until", "goals", multiple=True, metavar="GOAL", help="Run until this is met, such as '±1pp on talks_succeed'."
)
@options.max_runs
@options.who_makes_them
@options.keep
@options.despite_failures
@click.option(
    "--from", "origin", metavar="ENSEMBLE:RUN:EVENT", help="Branch from event number EVENT of a simulated run."
)
@click.option(
    "--luck", type=click.Choice(["fresh", "keep"]), show_default="fresh",
    help="With --from: draw anew after the branch, or go on with that run's draws (one run).",
)  # fmt: skip
@options.as_json
@options.planned
def command(
    paths: tuple[Path, ...], plan: Plan, goals: tuple[str, ...], max_runs: int | None, cluster: str | None, wait: bool,  # noqa: FBT001
    origin: str | None, luck: str | None, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Run scenarios and print each outcome's probability and each measure's range.

    A folder means all its scenarios; a model file is run by itself. What the ledger holds already is not
    simulated again. The same command gives the same numbers, on any number of workers and with either engine.

    --draws M --runs N draws the parameters M times and makes N runs of each draw, which tells chance apart from
    what is not known about the parameters. --until stops as soon as an outcome is known as well as asked.

    --set tries other values of parameters without a file: the runs are those of a scenario that extends the one named,
    or each of those named, and the ledger keeps that as it keeps a file.

    Runs that failed come first, and the exit code is 1. If they are more than 1 %, no figure is given, unless
    --despite-failures asks for bounds that hold whatever they would have come to.

    With --cluster, workers on other machines make the runs and write them to the ledger. All must see it: a shared
    folder under the same path, or an object store.

    \b
    Examples:  sim run scenarios/lesotho-2014/status-quo.yaml
               sim run scenarios/lesotho-2014 --runs 1000 --json
               sim run scenarios/lesotho-2014/talks-hold.yaml --draws 50 --runs 100
               sim run scenarios/lesotho-2014/status-quo.yaml --set word_kept=0.7 --set 'demand_delay=pert(2, 5, 15)'
               sim run scenarios/lesotho-2014/talks-hold.yaml --until "±2pp on talks_succeed"
               sim run scenarios/lesotho-2014/talks-hold.yaml --from 3f9a:17:40
               sim run scenarios/lesotho-2014 --runs 1000000 --cluster tcp://scheduler:8786
    """
    plan = replace(plan, origin=origin_of(origin, luck))
    if goals and plan.wanted() is not None:
        note = "leave --runs, --draws or --until out"
        raise UsageError("E013", "either so many runs, or as many as a goal needs", note)
    refuse_without_goal(max_runs, goals)
    experiments = [open_target(path, plan) for path in scenarios_in(paths)]
    warn(warning for experiment in experiments for warning in experiment.case.warnings)
    found: list[Results] = []
    waiting: list[list[dict[str, Any]]] = []
    stopped = 0
    with open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool:
        plan = replace(plan, workers=pool)
        for experiment in experiments:
            try:
                result = _run(experiment, plan, goals, max_runs)
            except RunError as error:  # all of its runs come to the limit of events: the others are made all the same
                if len(experiments) == 1:
                    raise
                click.echo(str(error), err=True)
                stopped += 1
                continue
            found.append(result)
            if as_json:
                waiting.append(pending_rules.as_data(experiment.scenario))
            else:
                _print(experiment, result)
    if as_json:
        print_json([{**result.as_data(), "pending": rules} for result, rules in zip(found, waiting, strict=True)])
    fail_if(stopped or any(result.failed for result in found))


def refuse_without_goal(max_runs: int | None, goals: tuple[str, ...]) -> None:
    if max_runs is not None and not goals:
        raise UsageError("E013", "--max-runs bounds --until, which is not there", "expected --until or --runs")


def _run(experiment: Experiment, plan: Plan, goals: tuple[str, ...], max_runs: int | None) -> Results:
    progress = progresses(experiment.scenario.name)
    if not goals:
        runs = plan.wanted() or RUNS
        with stoppable(lambda: interrupted(experiment, runs)):
            return results_of(experiment, runs, lean=True, workers=plan.workers, progress=progress)
    from sim.study.use_cases import MOST_RUNS, run_until

    names, most = tuple(experiment.scenario.model.outcomes), max_runs or MOST_RUNS
    wanted = [read_goal(text, names, difference=False) for text in goals]
    with stoppable(lambda: interrupted(experiment, most)):
        return run_until(experiment, wanted, most, workers=plan.workers, progress=progress)


def interrupted(experiment: Experiment, runs: int) -> str:
    """Return what stands after an interruption."""
    ensemble = experiment.created()
    sealed = runs - sum(len(gap) for gap in ensemble.missing(runs))
    return (
        f"stopped: {sealed:,} of {runs:,} runs of '{experiment.scenario.name}' are sealed in ensemble "
        f"{ensemble.id[:12]}; the same command goes on from there"
    )


def _print(experiment: Experiment, result: Results) -> None:
    click.echo()
    say_first(pending_rules.head(experiment.scenario, experiment.case.scenario.path))
    say_first(unfollowed_notes.before(result, experiment))
    say_first(assumption_notes.head(result.scenario))
    for table in () if result.withheld else tables(result):
        show(table)
    ensemble = result.source.ensemble[:12]
    lines = [
        *unfollowed_notes.after(result, experiment),
        *(_goal_line(result, goal, met=met) for goal, met in result.goals),
        f"{unfollowed_notes.counted(result)}; {_span(experiment)}; seed {result.source.settings.seed}; "
        f"{result.runs.events:,} events. {result.covers}",
        f"Ensemble {ensemble}, digest {result.source.root[:12]}. "
        f"One run: sim log {ensemble}:0{result.source.in_ledger}",
        *(
            f"The runs behind a figure: sim runs {ensemble} --where {name}{result.source.in_ledger}\n"
            f"What it rests on, down to sources: sim trace {ensemble} {name}{result.source.in_ledger}"
            for name in [*result.scenario.model.shown_order.get("outcomes", ())][:1]
        ),
        *([] if result.withheld else ["Every figure again, from the ledger: " + "; ".join(result.queries)]),
    ]
    say("\n".join(lines))


def _goal_line(result: Results, goal: Goal, *, met: bool) -> str:
    found = result.outcomes[goal.outcome]
    share = found.hits / found.runs if found.runs and not found.unknown else None
    known = Estimate(value=share, low=found.low, high=found.high, runs=found.runs, method=found.method)
    how = "met after" if met else f"not met ({known_to(known)} so far) in"
    return f"Goal {goal}: {how} {result.count:,} runs."


def known_to(found: Estimate) -> str:
    """Write how well something is known: the longer half of its interval, in percentage points."""
    if not found.runs or found.low is None or found.high is None:
        return "nothing is known"
    middle = (found.low + found.high) / 2 if found.value is None else found.value
    return f"±{max(found.high - middle, middle - found.low) * 100:.2g}pp"


def _span(experiment: Experiment) -> str:
    """Say from when to when the runs go, and what they branch from."""
    scenario, calendar = experiment.scenario, experiment.scenario.model.calendar
    lineage = scenario.lineage
    origin = f", event {lineage.event} of run {lineage.run} of {lineage.ensemble[:12]}" if lineage else ""
    return f"from {calendar.moment(scenario.start)}{origin} to {calendar.moment(scenario.horizon, hour=True)}"
