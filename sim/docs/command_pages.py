"""The reference pages of the commands and of the error codes, from `sim.cli` and `sim.language.codes`."""

import re
from collections import defaultdict
from inspect import cleandoc

import click

from sim.cli.main import COMMANDS, GROUPS, group
from sim.docs.markdown import block, page, section, table
from sim.language.codes.entries import CODES

EXIT_CODES = (
    "Every command has `--help` and `--json`. Exit codes: 0 all is fine; 1 wrong input, a failed run, a broken check; "
    "2 wrong usage; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP. Numbers of runs may be written 10,000 or 1e6."
)
PASSES = {
    "E0": "Requests", "E1": "The shape of a file", "E2": "The grammar of expressions", "E3": "Names, types and rules",
    "E4": "Histories", "E5": "Scenarios", "E6": "Runs", "E7": "Ledgers", "E8": "Explanations, forecasts and scores",
    "E9": "Reports and pages", "W": "Warnings",
}  # fmt: skip


def files() -> dict[str, str]:
    """Return the pages by path."""
    return {**_commands(), **_codes()}


def _commands() -> dict[str, str]:
    return {
        f"reference/commands-{folder}.md": page(
            f"Commands: {title[:1].lower()}{title[1:]}", EXIT_CODES, *map(_command, names), topics="commands"
        )
        for folder, (title, names) in GROUPS.items()
    }


def _command(name: str) -> str:
    command = group.get_command(click.Context(group), name)
    assert command is not None, f"there is a command {name}"
    context = click.Context(command, info_name=f"sim {name}")
    usage = " ".join([f"sim {name}", *command.collect_usage_pieces(context)])
    texts = [_plain(paragraph) for paragraph in cleandoc(command.help or "").split("\n\n")]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return section(
        f"sim {name}",
        COMMANDS[name],
        block("text", usage),
        *texts,
        table(["option", "what it does"], [(_written(option), _help(option)) for option in options]),
        topics=f"{name}, sim {name}, {name} command",
    )


def _plain(paragraph: str) -> str:
    """Return a paragraph of a help text; lines that click leaves as they are become a block."""
    if paragraph.startswith("\b"):
        return block("text", paragraph.removeprefix("\b").strip("\n"))
    return " ".join(paragraph.split())


def _written(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    if option.is_flag:
        return names
    choices = "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else ""
    return f"{names} `{option.metavar or choices or option.type.name.upper()}`"


def _help(option: click.Option) -> str:
    text = option.help or ""
    if isinstance(option.show_default, str):
        return f"{text} Default: {option.show_default}."
    return f"{text} Default: `{option.default}`." if option.show_default else text


def _codes() -> dict[str, str]:
    passes: dict[str, list[str]] = defaultdict(list)
    for code in CODES:
        passes["W" if code.startswith("W") else code[:2]].append(code)
    made = {}
    for first, codes in passes.items():
        sections = []
        for code in codes:
            known = CODES[code]
            sections.append(
                section(f"{code}: {known.title}", known.cause, f"Wrong:\n\n{block('text', known.wrong)}",
                        f"Right:\n\n{block('text', known.right)}", topics=code)
            )  # fmt: skip
        kind = "warning" if first == "W" else "error"
        made[f"reference/codes/{first.lower()}-{_slug(PASSES[first])}.md"] = page(
            f"{PASSES[first]}: {kind} codes", f"`sim explain {codes[0]}` shows one of them. Codes are never used again "
            "for something else.", *sections, topics=f"{first} codes",
        )  # fmt: skip
    return made


def _slug(words: str) -> str:
    return re.sub(r"[^a-z]+", "-", words.lower()).strip("-")
