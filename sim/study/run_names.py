"""How a run of the ledger, or an event of one, is named: `ENSEMBLE:RUN` and `ENSEMBLE:RUN:EVENT`.

Owns the reading of such a name, and of the numbers that options give beside it. Whether there is such an ensemble or
run is found where it is opened.
"""

from sim.errors import UsageError

MOST_DIGITS = 18  # a longer number is of nothing in a ledger


def parts_of(text: str) -> tuple[str, list[int]] | None:
    """Return an ensemble and the numbers behind it, each after a colon; None for a text that is nothing of the kind."""
    ensemble, *numbers = text.split(":")
    whole = all(number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS for number in numbers)
    return (ensemble, [int(number) for number in numbers]) if ensemble and whole else None


def run_named(text: str, run: int | None) -> tuple[str, int]:
    """Return the ensemble and the run that `ENSEMBLE:RUN` names, or `ENSEMBLE` and the number of a run beside it.

    Raise UsageError E003 for a text that names no run, E013 for a number that is given twice.
    """
    ensemble, run, _ = _named(text, 1, "ENSEMBLE:RUN, such as 3f9a:17", run=run)
    return ensemble, run


def event_named(text: str, run: int | None, event: int | None) -> tuple[str, int, int | None]:
    """Return the ensemble, the run and the event that `ENSEMBLE:RUN:EVENT` names; both numbers may stand beside it.

    The event is None where none is given. Raise UsageError E003 for a text that names no run, E013 for a number that is
    given twice.
    """
    return _named(text, 2, "ENSEMBLE:RUN or ENSEMBLE:RUN:EVENT, such as 3f9a:17:40", run=run, event=event)


def _named(text: str, most: int, expected: str, **beside: int | None) -> tuple[str, int, int | None]:
    parts = parts_of(text)
    if parts is None or len(parts[1]) > most:
        raise UsageError("E003", f"'{text}' names no run", f"expected {expected}")
    ensemble, behind = parts
    numbers: list[int | None] = []
    for place, (what, given) in enumerate(beside.items()):
        written = behind[place] if place < len(behind) else None
        if written is not None and given is not None:
            raise UsageError(
                "E013", f"'{text}' names the {what} already", f"leave --{what} out, or the number behind the colon"
            )
        numbers.append(given if written is None else written)
    run, event = (*numbers, None)[:2]
    if run is None:
        raise UsageError("E003", f"'{text}' names no run", f"expected a run's number: {text}:17, or --run 17")
    return ensemble, run, event
