"""`sim graph`: the model as a picture, whole or around a name."""

from pathlib import Path
from typing import Any

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError

TEXTS = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
PICTURES = (".svg", ".png", ".pdf")


@click.command("graph")
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", metavar="FILE", type=click.Path(path_type=Path),
    help="Where it goes: .svg, .png, .pdf, .dot or .mmd.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["svg", "dot", "mermaid"]), help="Print it as this text.")
@click.option("--around", multiple=True, metavar="NAME", help="Show what leads to NAME, and what it leads to.")
@click.option("--faction", "factions", multiple=True, metavar="NAME", help="Show a faction's rules, likewise.")
@click.option("--depth", type=Count(1, 20), default=1, show_default=True, help="So many steps on either side.")
@click.option(
    "--with", "kinds", metavar="KINDS", default="",
    help="Show these, too: parameters, sources, events, derived, outcomes, measures, checks, base-rates, documented, "
    "scenarios; several with commas between them.",
)  # fmt: skip
@click.option(
    "--layout", type=click.Choice(["auto", "columns", "grid"]), default="auto", show_default=True,
    help="Boxes and lines in columns, or a grid of rules and state variables; auto: columns up to 250 links.",
)  # fmt: skip
@options.as_json
def command(
    case: Path, out: Path | None, form: str | None, as_json: bool, kinds: str, **asked: Any,  # noqa: FBT001
) -> None:  # fmt: skip
    """Draw the model of CASE: who reads and who writes what. CASE is its folder, its model file or a scenario of it.

    Rules are grouped by faction; a line, or a sign in a grid, tells what a rule looks at from what sets its pace, what
    its weights and amounts depend on, and what its events change. Event types and derived quantities are left out, and
    the rules joined by what they do, unless --with asks for them. NAME is any name of the case; of several with one
    name, a kind and the name choose one: --around 'outcome coup_completed'.

    \b
    Examples:  sim graph scenarios/lesotho-2014 -o model.svg
               sim graph scenarios/lesotho-2014 --around tension --depth 2 -o tension.png
               sim graph scenarios/lesotho-2014 --faction commander --with parameters,sources -o general.svg
               sim graph scenarios/lesotho-2014 --format mermaid
    """
    if not (out or form or as_json):
        raise UsageError("E015", "where is the picture to go?", "give a file: -o model.svg, or model.png, .dot, .mmd",
                         "or print it as text: --format mermaid, or dot")  # fmt: skip
    from sim.report.model_pictures import graph_picture, graph_texts
    from sim.report.model_pictures.graph_look import Names
    from sim.report.pictures.picture import checked, written_whole
    from sim.study.case_files import case_of_files

    if out is not None:
        checked(out, (*PICTURES, *TEXTS))
    wanted = graph_picture.Wanted(kinds=tuple(filter(None, kinds.replace(" ", "").split(","))), **asked)
    graph_picture.kinds_named(wanted.kinds)
    found = case_of_files(case)
    whole = found.graph
    part = graph_picture.part_of(whole, found.model, wanted)
    names = Names.of(whole, found.model, found.history)
    writers = {"dot": graph_texts.as_dot, "mermaid": graph_texts.as_mermaid}
    if out is not None:
        kind = TEXTS.get(out.suffix.lower())
        if kind:
            written_whole(out, writers[kind](part.graph, names, part.title).encode())
        else:
            graph_picture.drawn(part, whole, found.model, found.history).save(out)
    if as_json:
        data = graph_texts.as_data(part.graph, names)
        print_json({"title": part.title, "layout": part.layout, "written": str(out) if out else None, **data})
    elif form is not None:
        text = (
            writers[form](part.graph, names, part.title)
            if form in writers
            else graph_picture.drawn(part, whole, found.model, found.history).svg()
        )
        click.echo(text, nl=False)
    else:
        print_lines(f"wrote {out}: {part.title}")
