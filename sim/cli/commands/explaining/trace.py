"""`sim trace`: what depends on a source, a paragraph or a name, and what it depends on."""

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, print_lines, show
from sim.ledger.files.stored import StorePath


@click.command("trace")
@click.argument("target")
@click.argument("name", required=False)
@click.option("--depth", type=Count(1, 100), default=3, show_default=True, help="How many steps the trees go.")
@options.ledger
@options.as_json
def command(target: str, name: str | None, depth: int, ledger: StorePath, as_json: bool) -> None:  # noqa: FBT001
    """Trace a NAME of a case both ways: what depends on it, and what it depends on.

    TARGET is a case's folder, a scenario or model file, or an ensemble of the ledger, by id. NAME is a source, a
    paragraph of it (SOURCE:14), or a parameter, rule, event type, documented event, state variable, outcome or measure.
    Without NAME the sources are listed.

    \b
    Examples:  sim trace scenarios/lesotho-2014
               sim trace scenarios/lesotho-2014 afp-2014-09-09:14
               sim trace scenarios/lesotho-2014 word_kept
    """
    from sim.report.tracing.trace_forms import answers_table, sources_data, sources_table, trace_data, trace_lines
    from sim.study.tracing import trace, traced_case

    case = traced_case(target, ledger)
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
