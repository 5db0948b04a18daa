"""`sim list`: the ensembles of a ledger."""

import json
from pathlib import Path

import click

from sim.cli.terminal import print_table
from sim.ledger.ledger import Ledger


@click.command("list")
@click.option(
    "--ledger", default="ledger", show_default=True, type=click.Path(path_type=Path), help="Where event logs are kept."
)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(ledger: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """List the ensembles of a ledger: scenario, how many runs are sealed, seed, parameters, digest.

    \b
    Example:  sim list --ledger ledger
    """
    listed = []
    for ensemble in Ledger(ledger).ensembles():
        manifest = ensemble.manifest()
        made = dict(manifest.provenance) if manifest else {}
        listed.append(
            {
                "ensemble": ensemble.id,
                "scenario": made.get("scenario", ""),
                "runs": sum(segment.runs for segment in manifest.segments) if manifest else 0,
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
        columns = [
            ("ensemble", "left"),
            ("scenario", "left"),
            ("runs", "right"),
            ("seed", "right"),
            ("parameters", "left"),
            ("digest", "left"),
            ("made", "left"),
        ]
        rows = [
            (item["ensemble"][:12], item["scenario"], f"{item['runs']:,}", str(item["seed"]), item["parameters"], item["root"][:12], item["made"])
            for item in listed
        ]  # fmt: skip
        print_table("", columns, rows)
