"""Checks of arguments given from Python: whole numbers, True or False, one of a few words.

Types matter, because arguments name runs: seed 1.0 would be another text in an ensemble's id than seed 1. Command lines
give texts, which `click` checks.
"""

from collections.abc import Collection
from operator import index
from typing import Any

from sim.errors import UsageError

SEED_LIMIT = 2**63 - 1
RUN_LIMIT = 10**9
DRAW_LIMIT = 10**6
WORKER_LIMIT = 1024


def whole_number(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return a whole number as a plain int, also where it is one of NumPy's.

    Raise UsageError E024 for anything else (True, 1.0, "1"), E013 for one out of bounds.
    """
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        whole = isinstance(value, float) and value.is_integer()
        note = f"write {int(value)}" if whole else "expected a whole number, such as 1"
        raise UsageError("E024", f"{name} is {_shown(value)}, which is not a whole number", note)
    if number < least or (most is not None and number > most):
        bounds = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"
        raise UsageError("E013", f"{name} is {number}", f"expected {bounds}")
    return number


def truth(name: str, value: Any) -> bool:
    """Return True or False. Raise UsageError E024 for anything else, such as 1 or "no"."""
    if not isinstance(value, bool):
        raise UsageError("E024", f"{name} is {_shown(value)}", "expected True or False")
    return value


def one_of(name: str, value: Any, allowed: Collection[str]) -> None:
    """Raise UsageError E024 unless a value is one of these words."""
    if value not in allowed:
        raise UsageError("E024", f"{name} is {_shown(value)}", "expected " + " or ".join(map(repr, allowed)))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
