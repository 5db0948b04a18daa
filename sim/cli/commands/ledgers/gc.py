"""`sim gc`: out of a ledger goes what nobody needs."""

import re
import time

import click

from sim.cli import options
from sim.cli.terminal import fail_if, leftover_as_data, print_json, print_lines, problem_as_data
from sim.errors import LedgerError
from sim.language.counts import counted
from sim.ledger.collect import CollectionRule, collect, collect_outside, collect_temporary
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.leftovers import WORDS, Leftover

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _age(_: click.Context, __: click.Parameter, text: str) -> float:
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)\s*([smhdw])", text.strip())
    if not found:
        raise click.BadParameter(f"'{text}' is not a length of time such as 90s, 30m, 12h, 1d or 2w")
    return float(found[1]) * _SECONDS[found[2]]


@click.command("gc")
@options.ledger
@click.option(
    "--older-than", "age", metavar="AGE", default="1d", show_default=True, callback=_age,
    help="Leave younger files alone: somebody may be writing them.",
)  # fmt: skip
@click.option("--quarantine", is_flag=True, help="Remove also what `sim repair` set aside.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@options.as_json
def command(ledger: StorePath, age: float, quarantine: bool, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """Remove from a ledger what nobody needs, and say how much it was.

    Files that stopped processes left; runs that were never sealed; manifests that newer ones stand for; runs that a
    larger file has, too; what killed commands left in the system's temporary folder. Files that are not the ledger's
    stay, and so does all that an ensemble has sealed.

    \b
    Examples:  sim gc --dry-run
               sim gc --older-than 12h --quarantine
    """
    rule = CollectionRule(time.time() - age, quarantine)
    opened_ledger = Ledger(ledger)
    gone: list[Leftover] = []
    problems: list[LedgerError] = []
    for ensemble in opened_ledger.chosen(()):
        try:
            gone += collect(ensemble, rule, dry=dry_run)
        except LedgerError as problem:
            problems.append(problem)
    gone += collect_outside(opened_ledger, rule, dry=dry_run)
    gone += collect_temporary(rule, dry=dry_run)
    if as_json:
        files = [*map(leftover_as_data, gone)]
        print_json({"dry_run": dry_run, "removed": files, "problems": [*map(problem_as_data, problems)]})
    else:
        would = "would remove" if dry_run else "removed"
        print_lines(f"{would} {counted(len(gone), 'file')}, {counted(sum(file.size for file in gone), 'byte')}")
        for kind, words in WORDS.items():
            sizes = [file.size for file in gone if file.kind == kind]
            if sizes:
                print_lines(f"   {counted(len(sizes), 'file')}, {counted(sum(sizes), 'byte')}: {words}")
        for one in problems:
            print_lines(str(one), err=True)
    fail_if(problems)
