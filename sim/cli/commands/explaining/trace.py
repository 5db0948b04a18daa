"""`sim trace`: what depends on a source or a name, what is behind a figure, and what changes without a source."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import fail_if, print_json, print_lines, progresses, say, say_first, show, stoppable, waits, warn
from sim.errors import UsageError
from sim.report import unfollowed_notes

if TYPE_CHECKING:
    from sim.study.plan import Plan


@click.command("trace")
@click.argument("target")
@click.argument("name", required=False)
@click.option("--depth", type=Count(1, 100), show_default="3", help="How many steps the trees go.")
@click.option(
    "--against", metavar="TARGET",
    help="Trace how NAME, an outcome or a measure, differs from that of another scenario or ensemble.",
)  # fmt: skip
@click.option(
    "--without", "withdrawn", multiple=True, metavar="SOURCE",
    help="Run TARGET without a source, without a paragraph (SOURCE:14) or without a documented event, by its id, and "
    "say what changes; may be given again.",
)  # fmt: skip
@options.runs
@options.of_an_ensemble
@options.who_makes_them
@options.despite_failures
@options.as_json
@options.planned
def command(
    target: str, name: str | None, plan: "Plan", depth: int | None, against: str | None, withdrawn: tuple[str, ...],
    cluster: str | None, wait: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Trace a NAME of a case both ways: what depends on it, and what it depends on.

    TARGET is a case's folder, a scenario or model file, or an ensemble of the ledger, by id. NAME is a source, a
    paragraph of it (SOURCE:14), or a parameter, rule, event type, documented event, state variable, outcome or measure.
    Without NAME the sources are listed.

    The figure of an outcome or a measure is traced to the runs that have it, and to the rules, documented events,
    parameters and paragraphs behind it in these: of an ensemble, with --runs of a scenario, and with --against as a
    difference. NAME may then be the title that a table has.

    --without withdraws a source from a scenario: what rests on nothing else is taken out of the past (documented
    events), switched off (rules) or widened (parameters), what has other support is kept, and as many runs of both are
    compared, on the same luck.

    \b
    Examples:  sim trace scenarios/lesotho-2014
               sim trace scenarios/lesotho-2014 afp-2014-09-09:14
               sim trace scenarios/lesotho-2014/status-quo.yaml 'Talks succeed' --runs 1000
               sim trace scenarios/lesotho-2014/talks-hold.yaml talks_succeed --against 3b2aeb
               sim trace scenarios/lesotho-2014/status-quo.yaml --without powell-thyne-list
    """
    if withdrawn:
        _refuse("--without", {"NAME": name, "--against": against, "--depth": depth})
        _without(target, withdrawn, plan, cluster, wait=wait, as_json=as_json)
        return
    runs = [option for option, parameter in ABOUT_RUNS.items() if _is_given(parameter)]
    if against is None and not runs:
        from sim.study.traced_figure import has_figure

        if name is None or not has_figure(target, name, plan):
            _traced(target, name, plan, depth or 3, as_json=as_json)
            return
    if name is None:
        raise UsageError(
            "E013", f"{[*runs, '--against'][0]} is about the runs behind a figure", "name an outcome or a measure, too"
        )
    _refuse("the runs behind a figure", {"--depth": depth})
    _figure(target, name, plan, against, cluster, wait=wait, as_json=as_json)


# Options that only make sense where runs are made or read.
ABOUT_RUNS = {
    "--runs": "runs", "--seed": "seed", "--central": "central", "--draws": "draws", "--workers": "workers",
    "--cluster": "cluster", "--wait": "wait", "--engine": "engine", "--despite-failures": "despite_failures",
}  # fmt: skip


def _is_given(parameter: str) -> bool:
    source = click.get_current_context().get_parameter_source(parameter)
    return source is not None and source is not click.core.ParameterSource.DEFAULT


def _refuse(what: str, others: dict[str, object]) -> None:
    """Raise UsageError E013 for what does not go with something else that is asked for."""
    for option, given in others.items():
        if given is not None:
            raise UsageError("E013", f"{option} does not go with {what}", "leave one of them out")


def _figure(
    target: str, name: str, plan: "Plan", against: str | None, cluster: str | None, *, wait: bool, as_json: bool
) -> None:
    from sim.experiment.cluster import open_pool
    from sim.report.tracing.figure_tables import figure_data, figure_tables
    from sim.report.tracing.figure_words import figure_lines
    from sim.study.traced_figure import traced_figure

    with (
        stoppable(lambda: "stopped; what is sealed stays, and the same command goes on from there"),
        open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool,
    ):
        found = traced_figure(target, name, replace(plan, workers=pool), against, progresses)
    if as_json:
        print_json(figure_data(found))
    else:
        click.echo()
        for side in found.sides:
            say_first(unfollowed_notes.before(side.results, None))
        say("\n".join([*figure_lines(found), ""]))
        for table in figure_tables(found):
            show(table)
    fail_if(any(side.results.failed for side in found.sides))


def _traced(target: str, name: str | None, plan: "Plan", depth: int, *, as_json: bool) -> None:
    from sim.report.tracing.trace_forms import answers_table, sources_data, sources_table, trace_data, trace_lines
    from sim.study.case_files import traced_case
    from sim.study.tracing import trace

    case = traced_case(target, plan.ledger)
    if name is None:
        if as_json:
            print_json(sources_data(case))
        else:
            show(sources_table(case))
        return
    found = trace(case, name, depth)
    if as_json:
        print_json(trace_data(found))
        return
    click.echo()
    print_lines("\n".join(trace_lines(found)))
    table = answers_table(found)
    if table is not None:
        show(table)


def _without(
    target: str, withdrawn: tuple[str, ...], plan: "Plan", cluster: str | None, *, wait: bool, as_json: bool
) -> None:
    from sim.cli.commands.running.compare import foot
    from sim.experiment.cluster import open_pool
    from sim.explain.graph.traced_case import TracedCase
    from sim.report.tracing import without_tables as report
    from sim.study.use_cases import compare_experiments
    from sim.study.withdrawal import withdrawn as withdrawn_from
    from sim.study.withdrawal import without

    experiment, found = withdrawn_from(target, withdrawn, plan)
    case = TracedCase.of(target, experiment.case)
    if not as_json:
        click.echo()
        show(report.treated_table(case, found))
    if not found.changes:
        if as_json:
            print_json(report.without_data(case, found, None))
        else:
            say(report.nothing_changes(found))
        return
    other = without(experiment, found, plan)
    warn(experiment.case.warnings)
    with (
        stoppable(lambda: "stopped; what is sealed stays, and the same command goes on from there"),
        open_pool(cluster, plan.workers, wait=wait, waiting=waits()) as pool,
    ):
        compared = compare_experiments(
            [experiment, other], replace(plan, workers=pool), unpaired="compare" if found.omits else "refuse",
            progresses=progresses,
        )  # fmt: skip
    if as_json:
        print_json(report.without_data(case, found, compared))
    else:
        for one in compared.everyone:
            say_first(unfollowed_notes.before(one, unfollowed_notes.whose(one, [experiment, other])))
        for table in report.difference_tables(compared):
            show(table)
        say(f"{report.in_words(compared)}\n\n{foot(compared)}")
    fail_if(any(one.failed for one in compared.everyone))
