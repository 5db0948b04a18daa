"""`sim new`: the skeleton of a case, which checks, replays and runs as it is."""

import json
import re
from importlib.resources import files
from pathlib import Path

import click

from sim.cli import options
from sim.errors import SimError, UsageError

SEEDS = ("sources.yaml", "history.yaml")
SCENARIOS = ("README.md", "model.yaml", "status-quo.yaml", "early-envoy.yaml")


@click.command("new")
@click.argument("case")
@options.as_json
def command(case: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Make the skeleton of a new CASE in the folders scenarios/CASE and seeds/CASE.

    What it makes is a small invented case that works: change it piece by piece.

    \b
    Example:  sim new ceasefire-2030
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", case):
        raise UsageError("E004", f"'{case}' cannot be the name of a case", "expected small letters, digits and '-'")
    wanted = {Path("seeds") / case / name: name for name in SEEDS}
    wanted |= {Path("scenarios") / case / name: name for name in SCENARIOS}
    standing = sorted({str(path.parent) for path in wanted if path.parent.exists()})
    if standing:
        what = f"there is a case '{case}' already: {', '.join(standing)}"
        raise SimError("E005", what, "nothing was changed; choose another name")
    try:
        for path, name in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (files("sim.cli") / "skeleton" / name).read_text(encoding="utf-8")
            with path.open("x", encoding="utf-8") as file:
                file.write(text.replace("CASE", case))
    except OSError as error:
        raise SimError("E006", f"cannot write '{error.filename}': {error.strerror}") from None
    if as_json:
        click.echo(json.dumps([str(path) for path in wanted]))
        return
    for path in wanted:
        click.echo(f"made {path}")
    steps = "; ".join(f"sim {step} scenarios/{case}" for step in ("check", "replay", "run", "compare", "test"))
    click.echo(f"\nnow: {steps}")
