"""The state at the end of the past, kept for the runs that follow: what is the same in all of them is folded once.

Owns the copy and how a run takes it up. What depends on a run's own parameters is left to `past_parts`, and which past
may be kept to `sim.engines.kernel.past`.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime import parts, past_parts
from sim.engines.kernel.runtime.memory_map import *


def copy_reals(f: Reals, place: int, first: int, end: int) -> None:
    """Copy the reals from `first` to `end` to a place."""
    for index in range(end - first):
        f[place + index] = f[first + index]


def copy_wholes(n: Ints, place: int, first: int, end: int) -> None:
    """Copy the whole numbers from `first` to `end` to a place."""
    for index in range(end - first):
        n[place + index] = n[first + index]


def keep(f: Reals, n: Ints) -> None:
    """Keep the state at the end of the past, if other runs may take it up."""
    if n[KEEPING] == FOLDED_EACH or (n[KEEPING] == FOLDED_AGAIN and n[RATES_DEFERRED] == 0):
        return
    copy_reals(f, n[KEPT_REALS_AT], FIRST_KEPT_REAL, n[REALS])
    copy_wholes(n, n[KEPT_WHOLES_AT], FIRST_KEPT_WHOLE, n[WHOLES])
    n[KEPT] = 1


def taken_up(f: Reals, n: Ints) -> bool:
    """Let a run begin where the kept past ends; return whether it can. One that cannot folds its past from the start.

    Where its parameters are its own they stay, and what depends on them is folded again.
    """
    if n[KEEPING] == FOLDED_ONCE:
        copy_reals(f, FIRST_KEPT_REAL, n[KEPT_REALS_AT], n[KEPT_REALS_AT] + n[REALS] - FIRST_KEPT_REAL)
        copy_wholes(n, FIRST_KEPT_WHOLE, n[KEPT_WHOLES_AT], n[KEPT_WHOLES_AT] + n[WHOLES] - FIRST_KEPT_WHOLE)
        return True
    parts.moderate(f, n)
    if n[RATES_DEFERRED] == 0:
        return False
    first = n[KEPT_REALS_AT] - FIRST_KEPT_REAL
    until = TIME + n[FIRST_PARAMETER]
    after = until + n[PARAMETERS]
    copy_reals(f, FIRST_KEPT_REAL, first + FIRST_KEPT_REAL, first + until)
    copy_reals(f, after, first + after, first + n[REALS])
    first = n[KEPT_WHOLES_AT] - FIRST_KEPT_WHOLE
    until = HEADER + n[FIRST_PARAMETER]
    after = until + n[PARAMETERS]
    copy_wholes(n, FIRST_KEPT_WHOLE, first + FIRST_KEPT_WHOLE, first + until)
    copy_wholes(n, after, first + after, first + n[WHOLES])
    try:
        past_parts.refold(f, n)
    except ValueError:
        n[REFUSED] = 0
        return False
    if n[REFUSED] != 0:
        n[REFUSED] = 0
        return False
    return True
