"""Arguments that are text, in whatever locale: names, conditions, SQL.

Python passes a byte that is not text in the locale's encoding as a lone surrogate, from which it can have the byte
back. Paths keep it, for only then do they name their file; in text it is read as UTF-8, or refused.
"""

import os

import click

from sim.errors import UsageError

# A target is the path of a file or a folder, or an ensemble's id: it stays as it is.
PATHS = ("targets",)


def text(given: str) -> str:
    """Return a text in Unicode; click calls the type by this function's name."""
    if not any("\ud800" <= letter <= "\udfff" for letter in given):
        return given
    try:
        return os.fsencode(given).decode()
    except UnicodeError:
        raise UsageError("E028", f"'{given}' is not text in UTF-8", "write it in UTF-8, or in ASCII alone") from None


def with_texts(command: click.Command) -> click.Command:
    """Let every parameter of a command that takes text take Unicode alone."""
    for parameter in command.params:
        if parameter.type is click.STRING and parameter.name not in PATHS:
            parameter.type = click.types.FuncParamType(text)
    return command
