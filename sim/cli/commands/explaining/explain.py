"""`sim explain`: a name of a case, a page or a section of the documentation, an error code, or a key of a YAML file.

Names of a case come first, where there is a case; `sim.cli.case_names` prints them.
"""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING

import click

from sim.cli import options, output_streams
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError
from sim.language.suggest import did_you_mean
from sim.ledger.files.stored import StorePath

if TYPE_CHECKING:
    from sim.cli.case_names import CaseNames

WIDEST = 100
MOST_MENTIONS = 3
WIDTH = 80  # of the list of topics


@click.command("explain")
@click.argument("topic", nargs=-1)
@click.option(
    "--case", "case", type=click.Path(path_type=Path), metavar="FOLDER|SCENARIO",
    help="Look the name up in this case; else in the current folder, or in the cases below it.",
)  # fmt: skip
@click.option(
    "--ensemble", metavar="ID",
    help="Look the name up in the case of this ensemble, and tell what its runs say: values that were drawn, how often "
    "a rule fired and when, how an outcome came about.",
)  # fmt: skip
@options.ledger
@click.option(
    "--topic", "documentation", is_flag=True, help="Explain the word of the documentation, whatever the case has."
)
@options.as_json
def command(
    topic: tuple[str, ...], case: Path | None, ensemble: str | None, ledger: StorePath, documentation: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Explain a TOPIC: a name of a case, a page, a word of the language, a key of a file, an error code.

    A name is anything that has one in a case: a parameter, a rule, a state variable, an event type, an outcome, a
    source, a faction, a scenario. In the folder of a case, or above one, names come first. Alone: list the topics, or
    with --case the names of a case.

    \b
    Examples:  sim explain tutorial
               sim explain lognormal prior
               sim explain rules.memory
               sim explain E301
               sim explain codes
               sim explain word_kept --case scenarios/lesotho-2014
               sim explain talks_succeed --ensemble a702dc
    """
    what = " ".join(topic).strip()
    asked = case is not None or ensemble is not None
    if documentation and (asked or not what):
        raise UsageError("E013", "--topic is about a word of the documentation", "leave --case and --ensemble out")
    if asked:
        _of_the_case(what, case, ensemble, ledger, as_json=as_json)
    elif not what:
        _list(as_json=as_json)
    elif what.lower() == "codes":
        _codes(as_json=as_json)
    else:
        names = None if documentation or _is_code(what) else _names(None, None, ledger)
        if names is not None and names.cases and names.explained(what, is_topic=_is_topic(what), as_json=as_json):
            return
        text, written = _explained(what, names)
        if as_json:
            print_json({"what": what, "explanation": text})
        elif written:
            _show(text)
        else:
            print_lines(text)


def _of_the_case(what: str, case: Path | None, ensemble: str | None, ledger: StorePath, *, as_json: bool) -> None:
    """Explain a name of the case that was asked about, or list its names. Raise UsageError E001 for any other."""
    from sim.cli.case_names import print_names

    names = _names(case, ensemble, ledger)
    if not what:
        print_names(names, as_json=as_json)
    elif not names.explained(what, is_topic=_is_topic(what), as_json=as_json):
        option = f"--case {names.cases[0].shown}" if ensemble is None else f"--ensemble {ensemble}"
        hints = names.near(what) or (f"see all names: sim explain {option}",)
        topic = (f"the documentation has it: sim explain {what}",) if _is_topic(what) else ()
        raise UsageError("E001", f"nothing in {names.cases[0].shown} is called '{what}'", *hints, *topic)


def _names(case: Path | None, ensemble: str | None, ledger: StorePath) -> "CaseNames":
    from sim.cli.case_names import names_of

    return names_of(case, ensemble, ledger)


def _is_code(what: str) -> bool:
    from sim.language.codes.entries import CODES

    return what.upper() in CODES


def _is_topic(what: str) -> bool:
    """Return whether the documentation explains a word by its own name."""
    from sim.cli import topics
    from sim.language.codes.entries import explain_key

    return _is_code(what) or bool(topics.find(what)) or explain_key(what) is not None


def _codes(*, as_json: bool) -> None:
    from sim.language.codes.entries import CODES

    listed = {code: item.title for code, item in CODES.items()}
    lines = [f"{code}  {title}" for code, title in listed.items()]
    if as_json:
        print_json(listed)
    else:
        print_lines("\n".join(lines))


def _explained(what: str, names: "CaseNames | None" = None) -> tuple[str, bool]:
    """Return the explanation, and whether it is Markdown. Raise UsageError E001 if there is none.

    `names` are those of a case that has none like that, which the word may have been meant to be.
    """
    from sim.cli import topics
    from sim.language.codes.entries import CODES, explain, explain_key, keys

    if what.upper() in CODES:
        return explain(what.upper()), False
    described = explain_key(what)
    found = topics.find(what) or ([] if described else topics.titled(what))
    if not found and described is None:
        known = {name for topic in topics.topics() for name in topic.names} | set(CODES) | keys()
        known |= names.all() if names is not None else set()
        places = topics.mentioning(what)[:MOST_MENTIONS]
        hints = (
            did_you_mean(what, known)
            or (names.near(what) if names is not None else ())
            or tuple(f"it is mentioned in: sim explain {one.asked}" for one in places)
            or (f"see `sim explain` for the topics, `sim explain codes` for the codes{_for_names(names)}",)
        )
        raise UsageError("E001", f"there is no topic '{what}'{_nor_a_name(names)}", *hints)
    if not found:
        return str(described), False
    keys_too = f"As a key of a file:\n\n```text\n{described}\n```" if described else ""
    if len(found) == 1:
        whole = f"More of this: `sim explain {found[0].stem}`" if found[0].level > 1 else ""
        return "\n\n".join(filter(None, [topics.for_reading(found[0]), keys_too, whole])), True
    many = f"'{what}' is explained in {len(found)} places:\n\n```text\n{topics.listed(found)}\n```"
    return "\n\n".join(filter(None, [many, keys_too])), True


def _for_names(names: "CaseNames | None") -> str:
    """Return where names are listed, if there is a case here."""
    cases = names.cases if names is not None else ()
    return f", `sim explain --case {cases[0].shown if len(cases) == 1 else 'FOLDER'}` for names" if cases else ""


def _nor_a_name(names: "CaseNames | None") -> str:
    """Return where a word is not a name either, and which cases could not be asked."""
    if names is None:
        return ""
    asked = [case.shown for case in names.cases]
    where = f", nor a name in {asked[0] if len(asked) == 1 else f'{len(asked)} cases here'}" if asked else ""
    if names.unasked:
        return f"; names of the {names.unasked} cases below this folder were not looked up, --case FOLDER does it"
    broken = ", ".join(f"'{folder}'" for folder in names.broken)
    return where + (f"; the case in {broken} cannot be read: sim check {names.broken[0]}" if broken else "")


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
               "sim explain codes lists the codes. In the folder of a case, names of the case come first;\n"
               "sim explain --case FOLDER lists them.")  # fmt: skip


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
