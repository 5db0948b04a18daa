"""`sim compare`: scenarios against a baseline, on the same luck."""

from dataclasses import replace

import click

from sim.analysis.comparison import Comparison
from sim.cli import options
from sim.cli.commands.running.run import interrupted, known_to, refuse_without_goal
from sim.cli.terminal import fail_if, print_json, progresses, say, say_first, show, stoppable, waits, warn
from sim.errors import UsageError
from sim.experiment import Experiment
from sim.experiment.cluster import open_pool
from sim.language.suggest import named_or_near
from sim.report import assumption_notes, unfollowed_notes
from sim.report.comparison_tables import legend, tables
from sim.report.comparison_words import paragraph
from sim.study.plan import Plan
from sim.study.targets import opened_to_compare
from sim.study.use_cases import MOST_RUNS, compare_experiments


@click.command("compare")
@click.argument("targets", nargs=-1, required=True)
@click.option("--baseline", help="Which of the scenarios the others are compared with, by name; else the first.")
@options.runs
@options.of_an_ensemble
@options.values
@click.option(
    "--until", "goals", multiple=True, metavar="GOAL",
    help="Run until this is met, such as '±0.5pp on difference in coup_completed'.",
)  # fmt: skip
@options.max_runs
@click.option("--unpaired", is_flag=True, help="Compare all with the baseline as it is, also without pairs of runs.")
@click.option(
    "--statistics", is_flag=True,
    help="Show the statistics, too: what the same luck saves, where runs first part, differences and ranks by outcome.",
)  # fmt: skip
@click.option("--only", "outcomes", multiple=True, metavar="NAME", help="Show this outcome only; may be given again.")
@options.outcomes
@options.measures
@options.who_makes_them
@options.despite_failures
@options.as_json
@options.planned
def command(
    targets: tuple[str, ...], plan: Plan, baseline: str | None, goals: tuple[str, ...], max_runs: int | None,
    unpaired: bool, statistics: bool, outcomes: tuple[str, ...], cluster: str | None, wait: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Compare scenarios with a baseline: run i of the one beside run i of the other, with the same luck.

    TARGETS are scenario files, folders (all their scenarios) or ensembles of the ledger, by id. The baseline is
    'status-quo' if a folder has it, else the first. A scenario that branches at another moment, or runs to another
    horizon, is compared with the baseline made at its own moment. What the ledger lacks is simulated first. Scenarios
    of a folder that cannot be paired at all are named with the reason; named by themselves, they are refused.

    --set adds one more scenario: the baseline with these values, all of them together. With one scenario named, that is
    the scenario beside itself with the values.

    Of two scenarios it shows what changes, and what made the difference; of more, how likely each outcome is under
    each. --statistics and --only show differences with their intervals by outcome.

    \b
    Examples:  sim compare scenarios/lesotho-2014
               sim compare scenarios/lesotho-2014/status-quo.yaml scenarios/lesotho-2014/talks-hold.yaml
               sim compare scenarios/lesotho-2014/status-quo.yaml --set word_kept=0.7
               sim compare a702dc 3f9a01 --json
    """
    refuse_without_goal(max_runs, goals)
    experiments, rule = opened_to_compare(targets, plan, baseline, unpaired=unpaired)
    _check_outcomes(experiments, outcomes)
    warn(warning for experiment in experiments for warning in experiment.case.warnings)
    wanted = plan.wanted()
    with (
        stoppable(lambda: interrupted(experiments[0], wanted) if wanted else "stopped"),
        open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool,
    ):
        found = compare_experiments(
            experiments, replace(plan, workers=pool), goals=goals, most=max_runs or MOST_RUNS, unpaired=rule,
            progresses=progresses,
        )  # fmt: skip
    if as_json:
        print_json({**found.as_data(), "queries": found.queries})
    else:
        click.echo()
        for one in found.everyone:
            say_first(unfollowed_notes.before(one, unfollowed_notes.whose(one, experiments)))
        for table in tables(found, outcomes, statistics=statistics):
            show(table)
        if found.goal is not None:
            known = found.versus[0].changes[found.goal.outcome].difference
            met = "met" if found.goal_met else f"not met ({known_to(known)} so far)"
            say(f"Goal {found.goal}: {met} after {found.versus[0].pairs:,} pairs of runs.\n\n")
        lacks = [f"Under '{one.scenario.title}' {line}" for one in found.everyone
                 for line in unfollowed_notes.after(one, unfollowed_notes.whose(one, experiments))]  # fmt: skip
        assumed = assumption_notes.beside(one.scenario for one in found.everyone)
        explained = legend(found, outcomes, statistics=statistics)
        texts = (explained, assumed, paragraph(found), "\n".join(lacks), foot(found))
        say("\n\n".join(text for text in texts if text))
    fail_if(any(one.failed for one in found.everyone))


def foot(found: Comparison) -> str:
    """Return which runs were compared, what their intervals cover, and the commands that give every figure again."""
    ensembles = ", ".join(f"{one.scenario.name} {one.source.ensemble[:12]}" for one in found.everyone)
    seeds = sorted({one.source.settings.seed for one in found.everyone})
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else "seeds " + ", ".join(map(str, seeds))
    counts = [one.count for one in found.everyone]
    many = f"{counts[0]:,}" if len(set(counts)) == 1 else f"from {min(counts):,} to {max(counts):,}"
    covers = " ".join(dict.fromkeys(one.covers for one in found.everyone))
    by_ids: dict[str, list[str]] = {}
    for line in found.queries:
        name, rest = line.removeprefix("sim query ").split(" ", 1)
        by_ids.setdefault(rest, []).append(name)
    lines = [f"{many} runs of each; {seed}. {covers}", f"Ensembles: {ensembles}", *_side_by_side(found)]
    lead = "Every figure again, from the ledger"
    for rest, (first, *others) in by_ids.items():
        lines.append(f"{lead}: sim query {first} {rest}" + (f"; and so with {', '.join(others)}" if others else ""))
        lead = "and"
    return "\n".join(lines)


def _side_by_side(found: Comparison) -> list[str]:
    """Return the line with the command that shows a pair of runs that ended otherwise; none where there is no pair."""
    for versus in found.versus:
        if versus.paired and versus.turning:
            run, source = versus.turning[0].example, versus.baseline.source
            pair = " ".join(f"{side.source.ensemble[:12]}:{run}" for side in (versus.baseline, versus.other))
            return [f"Run {run} of both, side by side: sim log {pair}{source.in_ledger}"]
    return []


def _check_outcomes(experiments: list[Experiment], outcomes: tuple[str, ...]) -> None:
    first, *others = (one.scenario.model.outcomes for one in experiments)
    known = [name for name in first if all(name in one for one in others)]
    for name in outcomes:
        if name not in known:
            raise UsageError("E011", f"there is no outcome '{name}' to compare", *named_or_near(name, known))
