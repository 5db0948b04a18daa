"""`sim list`: the ensembles of a ledger."""

import json
from typing import Any

import click
from click.core import ParameterSource

from sim.cli import options
from sim.cli.terminal import print_table
from sim.ledger.ledger import Ledger
from sim.ledger.stored import Place


@click.command("list")
@options.ledger
@options.as_json
@click.pass_context
def command(context: click.Context, ledger: Place, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """List the ensembles of a ledger: scenario, how many runs are sealed, seed, parameters, digest.

    \b
    Example:  sim list --ledger ledger
    """
    if context.get_parameter_source("ledger") is not ParameterSource.DEFAULT:
        Ledger(ledger).check_there()
    listed = []
    for ensemble in Ledger(ledger).ensembles():
        manifest = ensemble.manifest()
        made = dict(manifest.provenance) if manifest else {}
        listed.append(
            {
                "ensemble": ensemble.id,
                "scenario": made.get("scenario", ""),
                "runs": sum(map(len, manifest.runs)) if manifest else 0,
                "seed": ensemble.spec["seed"],
                "parameters": ensemble.spec["parameters"],
                "root": manifest.root if manifest else "",
                "made": made.get("made", ""),
            }
        )
    listed.sort(key=lambda item: (item["scenario"], item["ensemble"]))
    if as_json:
        click.echo(json.dumps(listed, indent=2))
    elif not listed:
        click.echo(f"no ensembles in '{ledger}'; `sim run SCENARIO` makes one")
    else:
        headings = ["ensemble", "scenario", "runs", "seed", "parameters", "digest", "made"]
        columns = [(heading, "right" if heading in ("runs", "seed") else "left") for heading in headings]
        print_table("", columns, [_row(item) for item in listed])


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    return (
        item["ensemble"][:12],
        item["scenario"],
        f"{item['runs']:,}",
        str(item["seed"]),
        item["parameters"],
        item["root"][:12],
        item["made"],
    )
