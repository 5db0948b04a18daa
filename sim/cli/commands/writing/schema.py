"""`sim schema`: the JSON Schema of a kind of file."""

import click

from sim.cli import options
from sim.cli.terminal import print_json


@click.command("schema")
@click.argument("kind", type=click.Choice(["model", "part", "scenario", "history", "sources", "counterexample"]))
@options.as_json
def command(kind: str, as_json: bool) -> None:  # noqa: ARG001, FBT001 - click passes flags by name
    """Print the JSON Schema of a KIND of file, so that an editor can complete and check it.

    \b
    Example:  sim schema model > model.schema.json
    Then write, as the first line of a model file:
              # yaml-language-server: $schema=model.schema.json
    """
    from sim.language.shapes.documents import SHAPES

    schema = SHAPES[kind].model_json_schema(by_alias=True)
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
