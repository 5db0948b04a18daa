"""What the text of a model must define for `loop`: these functions, with these meanings.

The texts that stand here are never run; each model has its own, made by `text`.
"""

from sim.engines.kernel.subset import Ints, Reals


def initial(f: Reals, n: Ints) -> None:
    """Give every state variable its initial value."""
    raise NotImplementedError


def start(f: Reals, n: Ints) -> None:
    """Enable, before any event, every rule whose guard holds and that waits for none."""
    raise NotImplementedError


def watch(f: Reals, n: Ints, now: float) -> None:
    """Begin to watch the outcomes; write those that are true already."""
    raise NotImplementedError


def look(f: Reals, n: Ints, now: float) -> None:
    """Look at the measures for the first time."""
    raise NotImplementedError


def happen(f: Reals, n: Ints, event: int, now: float, at: int) -> None:
    """Let an event of the timetable happen; its marks stand in `f` from `at` on."""
    raise NotImplementedError


def happened(f: Reals, n: Ints, event: int, now: float, at: int, fired: int) -> None:
    """Follow an event of the past, and the rule that it was fired by, -1 for none."""
    raise NotImplementedError


def fire(f: Reals, n: Ints, rank: int, now: float) -> None:
    """Let the rule of a rank fire."""
    raise NotImplementedError


def horizon(f: Reals, n: Ints, now: float) -> None:
    """End the run because its time is up."""
    raise NotImplementedError


def measured(f: Reals, n: Ints) -> None:
    """Close the measures and write them."""
    raise NotImplementedError
