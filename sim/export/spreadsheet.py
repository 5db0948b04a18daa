"""Cells of a CSV file that a spreadsheet would run: a text that begins like a formula is made text for it.

Spreadsheets take a cell that begins with = + - or @ as a formula, and some look behind a tab or a carriage return; a
formula may open an address or start a program. An apostrophe before it says that it is text (OWASP, "CSV Injection").
The data are then no longer as they were, so this is done where it is asked for alone.
"""

import re
from typing import TypeVar

T = TypeVar("T")

# The full-width forms are the same to a spreadsheet in Chinese or Japanese.
_FORMULA = re.compile("[\\s\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF")


def as_text(cell: T) -> "T | str":
    """Return a cell that no spreadsheet runs; numbers, as numbers or as they are written, stay what they are."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
