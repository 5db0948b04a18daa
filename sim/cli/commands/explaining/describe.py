"""`sim describe`: the model as a document, for people who have never seen its files."""

from pathlib import Path

import click

from sim.cli import options
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError


@click.command("describe")
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="Where it goes: a file ending in .md."
)
@click.option(
    "--picture", is_flag=True, help="Draw the model as a grid beside FILE, too, and show it at the beginning."
)
@options.as_json
def command(case: Path, out: Path | None, picture: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Describe the model of CASE as a document in Markdown. CASE is its folder, its model file or a scenario of it.

    The document follows the ODD protocol: purpose, entities, scheduling, design concepts, initialization, input data
    and submodels, with every rule in a sentence, every parameter with what it rests on, every source with where it can
    be read, and at its end how much rests on a source, on a judgement alone, and on nothing. Nothing is simulated.

    \b
    Examples:  sim describe scenarios/lesotho-2014 -o model.md
               sim describe scenarios/lesotho-2014 -o model.md --picture
               sim describe scenarios/lesotho-2014 | less
    """
    from sim.report.describing.described_case import DescribedCase
    from sim.report.describing.described_evidence import as_data
    from sim.report.describing.description import description
    from sim.report.pictures.picture import checked, written_whole
    from sim.study.case_files import case_of_files

    if picture and out is None:
        raise UsageError("E013", "--picture writes the picture beside the document", "say where that goes: -o model.md")
    if out is not None:
        checked(out, (".md",), "a document in Markdown")
    found = DescribedCase(case_of_files(case))
    drawn = out.with_suffix(".svg") if out is not None and picture else None
    text = description(found, drawn.name if drawn else "")
    if drawn is not None:
        from sim.report.model_pictures import graph_picture

        part = graph_picture.part_of(found.graph, found.model, graph_picture.Wanted(layout="grid"))
        graph_picture.drawn(part, found.graph, found.model, found.case.history).save(drawn)
    if out is not None:
        written_whole(out, text.encode())
    if as_json:
        written = [str(one) for one in (out, drawn) if one is not None]
        print_json({"model": found.model.name, "title": found.model.title, "written": written, **as_data(found),
                    "markdown": text})  # fmt: skip
    elif out is None:
        click.echo(text, nl=False)
    else:
        print_lines(f"wrote {out}" + (f" and {drawn}" if drawn else ""))
