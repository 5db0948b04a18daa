"""`sim explain`: a page or a section of the documentation, an error code, or a key of a YAML file."""

import sys
from contextlib import redirect_stdout
from shutil import get_terminal_size
from textwrap import fill

import click

from sim.cli import options, output_streams
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError
from sim.language.suggest import did_you_mean

WIDEST = 100
MOST_MENTIONS = 3
WIDTH = 80  # of the list of topics


@click.command("explain")
@click.argument("topic", nargs=-1)
@options.as_json
def command(topic: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Explain a TOPIC: a page, a word of the language, a key of a file, an error code. Alone: list the topics.

    \b
    Examples:  sim explain tutorial
               sim explain lognormal prior
               sim explain rules.memory
               sim explain E301
               sim explain codes
    """
    what = " ".join(topic).strip()
    if not what:
        _list(as_json=as_json)
    elif what.lower() == "codes":
        _codes(as_json=as_json)
    else:
        text, written = _explained(what)
        if as_json:
            print_json({"what": what, "explanation": text})
        elif written:
            _show(text)
        else:
            print_lines(text)


def _codes(*, as_json: bool) -> None:
    from sim.language.codes.entries import CODES

    listed = {code: item.title for code, item in CODES.items()}
    lines = [f"{code}  {title}" for code, title in listed.items()]
    if as_json:
        print_json(listed)
    else:
        print_lines("\n".join(lines))


def _explained(what: str) -> tuple[str, bool]:
    """Return the explanation, and whether it is Markdown. Raise UsageError E001 if there is none."""
    from sim.cli import topics
    from sim.language.codes.entries import CODES, explain, explain_key, keys

    if what.upper() in CODES:
        return explain(what.upper()), False
    described = explain_key(what)
    found = topics.find(what) or ([] if described else topics.titled(what))
    if not found and described is None:
        known = {name for topic in topics.topics() for name in topic.names} | set(CODES) | keys()
        places = topics.mentioning(what)[:MOST_MENTIONS]
        hints = (
            did_you_mean(what, known)
            or tuple(f"it is mentioned in: sim explain {one.asked}" for one in places)
            or ("see `sim explain` for the topics, `sim explain codes` for the codes",)
        )
        raise UsageError("E001", f"there is no topic '{what}'", *hints)
    if not found:
        return str(described), False
    keys_too = f"As a key of a file:\n\n```text\n{described}\n```" if described else ""
    if len(found) == 1:
        whole = f"More of this: `sim explain {found[0].stem}`" if found[0].level > 1 else ""
        return "\n\n".join(filter(None, [topics.for_reading(found[0]), keys_too, whole])), True
    many = f"'{what}' is explained in {len(found)} places:\n\n```text\n{topics.listed(found)}\n```"
    return "\n\n".join(filter(None, [many, keys_too])), True


def _list(*, as_json: bool) -> None:
    """Print every page by its name, in groups."""
    from sim.cli import topics

    whole = [one for one in topics.topics() if one.level == 1 and "/codes/" not in one.page]
    grouped = {title: [one for one in whole if one.folder == folder] for folder, title in topics.GROUPS.items()}
    if as_json:
        listed = {title: {one.names[0]: one.title for one in found} for title, found in grouped.items()}
        print_json(listed)
        return
    for title, found in grouped.items():
        click.echo(title)
        width = max((len(one.names[0]) for one in found), default=0)
        for one in found:
            click.echo(f"  {one.names[0]:{width}}  {one.title}")
            if entries := ", ".join(topics.entries_of(one)):
                click.echo(fill(entries, WIDTH, initial_indent=" " * (width + 4), subsequent_indent=" " * (width + 4)))
        click.echo()
    click.echo("sim explain NAME shows one of them, or what they say of a word: sim explain poisson, branch, within.\n"
               "sim explain rules.memory explains a key of a file, sim explain E301 an error code;\n"
               "sim explain codes lists the codes.")  # fmt: skip


def _show(text: str) -> None:
    """Print Markdown: as it is in a pipe; on a terminal laid out, and through a pager where it is longer than that."""
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from sim.cli.page import Page
    from sim.cli.terminal import console

    size = get_terminal_size()
    drawn = console(width=min(size.columns, WIDEST))
    with drawn.capture() as captured:
        drawn.print(Page(text))
    shown = captured.get()
    if shown.count("\n") >= size.lines:
        with redirect_stdout(output_streams.drawn(sys.stdout)):  # where there is no pager, click writes by itself
            click.echo_via_pager(shown)
    else:
        drawn.print(Page(text))
