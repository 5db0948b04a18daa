"""Arguments that are text, in whatever locale: names, conditions, SQL.

Python passes a byte that is not text in the locale's encoding as a lone surrogate, from which it can have the byte
back. Paths keep it, for only then do they name their file; in text it is read as UTF-8, or refused.
"""

import os
from typing import TYPE_CHECKING, Any

import click

from sim.errors import UsageError

# A target is the path of a file or a folder, or an ensemble's id: it stays as it is.
PATHS = ("targets",)

if TYPE_CHECKING:
    _Kind = click.ParamType[str]
else:
    _Kind = click.ParamType  # older versions of click take no argument


class TextType(_Kind):
    """A text in Unicode."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's signature
        text = str(value)
        if not any("\ud800" <= letter <= "\udfff" for letter in text):
            return text
        try:
            return os.fsencode(text).decode()
        except UnicodeError:
            raise UsageError("E028", f"'{text}' is not text in UTF-8", "write it in UTF-8, or in ASCII alone") from None


def with_texts(command: click.Command) -> click.Command:
    """Let every parameter of a command that takes text take Unicode alone."""
    for parameter in command.params:
        if parameter.type is click.STRING and parameter.name not in PATHS:
            parameter.type = TextType()
    return command
