"""`sim explain`: what an error code or a YAML key means."""

import json

import click

from sim.cli import options
from sim.errors import UsageError
from sim.language.suggest import did_you_mean


@click.command("explain")
@click.argument("what", required=False)
@options.as_json
def command(what: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Explain an error code, such as E301, or a key of a YAML file, such as memory. Alone: list all codes.

    \b
    Examples:  sim explain E301
               sim explain memory
    """
    from sim.language.codes.entries import CODES, explain, explain_key, keys

    if what is None:
        listed = {code: item.title for code, item in CODES.items()}
        click.echo(
            json.dumps(listed, indent=2) if as_json else "\n".join(f"{code}  {title}" for code, title in listed.items())
        )
        return
    text = explain(what.upper()) if what.upper() in CODES else explain_key(what)
    if text is None:
        raise UsageError("E001", f"'{what}' is neither a code nor a key", *did_you_mean(what, [*CODES, *keys()]))
    click.echo(json.dumps({"what": what, "explanation": text}, indent=2) if as_json else text)
