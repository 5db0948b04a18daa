"""A firing that is undone in a run of the kernel, as `sim.engines.undone_run` has it.

The run's block at `n[UNDONE_AT]` says which it is and what comes instead: see `memory_map`.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime import parts
from sim.engines.kernel.runtime.memory_map import *
from sim.engines.kernel.runtime.moving_clocks import leave_cell


def move_firing(f: Reals, n: Ints) -> None:
    """Let the occurrence that comes otherwise be due at its new time, once its clock runs."""
    at = n[UNDONE_AT]
    own = n[STATES_AT] + CLOCK_INTS * n[at + UNDONE_RULE]
    if n[at + INSTEAD] < 0 or n[own + STATE] != ENABLED or n[own + OCCURRENCE] != n[at + UNDONE_OCCURRENCE]:
        return
    f[n[own + RANK]] = max(f[n[at + INSTEAD_AT]], f[TIME])
    if n[own + LOOK] != 0:
        f[n[own + LOOK]] = inf


def exclude_undone(f: Reals, n: Ints, rank: int, now: float) -> bool:
    """Exclude the rule of a rank if it must not fire any more, and return whether it is so."""
    at = n[UNDONE_AT]
    own = n[STATES_AT] + CLOCK_INTS * n[at + UNDONE_RULE]
    if n[at + INSTEAD] >= 0 or n[own + RANK] != n[DUE_AT] + rank or n[own + OCCURRENCE] < n[at + UNDONE_OCCURRENCE]:
        return False
    f[TIME] = now
    n[own + STATE] = EXCLUDED
    f[n[own + RANK]] = inf
    leave_cell(f, n, own)
    return True


def let_fire(f: Reals, n: Ints, rank: int, now: float) -> None:
    """Let the rule of a rank fire: as it draws, or as what comes instead has it."""
    at = n[UNDONE_AT]
    if at != 0 and n[at + INSTEAD] >= 0:
        own = n[STATES_AT] + CLOCK_INTS * n[at + UNDONE_RULE]
        if n[own + RANK] == n[DUE_AT] + rank and n[own + OCCURRENCE] == n[at + UNDONE_OCCURRENCE]:
            f[TIME] = now
            marks = n[at + INSTEAD_AT] + 1
            parts.happened(
                f, n, n[at + INSTEAD], now, marks, n[at + UNDONE_RULE], n[at + INSTEAD_CODE], n[own + OCCURRENCE]
            )
            return
    parts.fire(f, n, rank, now)
