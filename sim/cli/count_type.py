"""Whole numbers on the command line, as people write them: 1000, 10,000, 10_000, 1e6."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import click

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+|\d{1,3}('\d{3})+|\d+(_\d+)*")
_POWER = re.compile(r"\d+(\.\d+)?[eE]\+?\d{1,2}")


class Count(click.types.IntParamType):
    """A whole number within bounds, both of which it may be."""

    def __init__(self, least: int, most: int | None = None) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = value if isinstance(value, int) else whole(str(value))
        if number is None:
            self.fail(f"'{value}' is not a whole number: expected one such as 1000, 10,000 or 1e6", param, ctx)
        if number < self.least:
            self.fail(f"{number:,} is too small: the least is {self.least:,}", param, ctx)
        if self.most is not None and number > self.most:
            self.fail(f"{number:,} is too large: the greatest is {self.most:,}", param, ctx)
        return number


def whole(text: str) -> int | None:
    """Return the whole number that a text means; None where it means none."""
    text = text.strip()
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if _GROUPED.fullmatch(digits):
        return sign * int(re.sub(r"[,_']", "", digits))
    if not _POWER.fullmatch(digits):
        return None
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return sign * int(number) if number == number.to_integral_value() else None
