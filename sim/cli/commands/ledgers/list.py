"""`sim list`: the ensembles of a ledger."""

from typing import Any

import click
from click.core import ParameterSource

from sim.cli import options
from sim.cli.terminal import fail_if, print_json, print_lines, sealed_as_data, show
from sim.errors import LedgerError
from sim.language.counts import counted
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.report.table import Table, sided


@click.command("list")
@options.ledger
@options.as_json
@click.pass_context
def command(context: click.Context, ledger: StorePath, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """List the ensembles of a ledger: scenario, how many runs are sealed, seed, parameters, digest.

    One that cannot be read is left out, with its error on stderr; the exit code is then 1.

    \b
    Example:  sim list --ledger ledger
    """
    if context.get_parameter_source("ledger") is not ParameterSource.DEFAULT:
        Ledger(ledger).check_there()
    listed = []
    problems: list[LedgerError] = []
    for ensemble in Ledger(ledger).ensembles():
        try:
            listed.append(_item(ensemble))
        except LedgerError as problem:
            problems.append(problem)
    listed.sort(key=lambda item: (item["scenario"], item["ensemble"]))
    if as_json:
        print_json(listed)
    elif not listed and not problems:
        print_lines(f"no ensembles in '{ledger}'; `sim run SCENARIO` makes one")
    else:
        columns = [*sided(["ensemble", "scenario"], ["runs", "seed"]), *sided(["parameters", "digest", "made"], [])]
        show(Table(title="", columns=columns, rows=[_row(item) for item in listed], spared=(4, 6)))
    for one in problems:
        print_lines(str(one), err=True)
    if problems:
        print_lines(f"left out: {counted(len(problems), 'ensemble')} that cannot be read", err=True)
    fail_if(problems)


def _item(ensemble: Ensemble) -> dict[str, Any]:
    """Return what is listed of an ensemble. Raise LedgerError if it cannot be read."""
    spec, manifest = ensemble.spec, ensemble.manifest()
    sealed = sealed_as_data(ensemble.id, manifest)
    root = sealed.pop("root")
    return {
        **sealed, "seed": spec.get("seed"), "parameters": str(spec.get("parameters", "")), "root": root,
        "made": str(manifest.provenance.get("made", "")) if manifest else "",
    }  # fmt: skip


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    runs, seed = f"{item['runs']:,}", str(item["seed"])
    return item["ensemble"][:12], item["scenario"], runs, seed, item["parameters"], item["root"][:12], item["made"]
