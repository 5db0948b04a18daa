"""Options that several commands share."""

from pathlib import Path

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

ledger = click.option(
    "--ledger",
    default="ledger",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder in which event logs are kept.",
)
