"""The log's rows and their marks, in the subset: what is written down, and what is refused.

The functions raise where there is no room, where a chain of events takes no time, and where a rate was refused.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.memory_map import *
from sim.model.run import MOST_AT_ONCE


def row(f: Reals, n: Ints, code: int, now: float, occurrence: int) -> None:
    """Write one row of the log."""
    index = n[ROWS]
    if index >= n[ROOM]:
        n[SITE] = AT_FULL
        raise ValueError("no room")
    f[n[TIMES_AT] + index] = now
    n[n[CODES_AT] + index] = occurrence * SECOND + code
    n[ROWS] = index + 1
    f[LAST] = now


def marks_for(n: Ints, count: int) -> int:
    """Return where in `f` the marks of the last row go."""
    index = n[MARKS]
    if index + count > n[MARKS_ROOM]:
        n[SITE] = AT_FULL
        raise ValueError("no room")
    n[MARKS] = index + count
    return n[MARKS_AT] + index


def begin_event(f: Reals, n: Ints, now: float, fired: int, code: int, occurrence: int) -> None:
    """Write an event's row before it changes anything; the past has no rows.

    A chain of events that takes no time and a row for which there is no room are refused.
    """
    n[FIRED] = fired
    if n[RECORDING] == 0:
        return
    index = n[ROWS]
    if now == f[LAST] or index >= n[ROOM]:
        look_for_end(f, n, now)
    else:
        n[AT_ONCE] = 0
    f[n[TIMES_AT] + index] = now
    n[n[CODES_AT] + index] = occurrence * SECOND + code
    n[ROWS] = index + 1
    f[LAST] = now


def come_true(f: Reals, n: Ints, now: float, code: int, ended: int) -> None:
    """Write down that an outcome came true; `ended` is the code of the row that then ends the run, 0 if it goes on."""
    if n[RECORDING] != 0 and (ended == 0 or n[ENDED] == 0):
        row(f, n, code, now, 0)
        if ended != 0:
            n[ENDED] = ended


def look_for_end(f: Reals, n: Ints, now: float) -> None:
    """End a run that may not go on: a chain of events takes no time, or there is no room for a row."""
    n[AT_ONCE] = n[AT_ONCE] + 1 if now == f[LAST] else 0
    if n[AT_ONCE] > MOST_AT_ONCE:
        n[SITE] = AT_COUNT
        f[TIME] = now
        raise ValueError("endless")
    if n[ROWS] >= n[ROOM]:
        n[SITE] = AT_FULL
        raise ValueError("no room")


def refuse(n: Ints) -> None:
    """Note that a clock's rate cannot be. The event at hand comes to its end, and then the run does."""
    if n[REFUSED] == 0:
        n[REFUSED] = n[SITE]
        n[REFUSED_ROWS] = n[ROWS]


def look_for_refusal(n: Ints) -> None:
    """End the run if a rate was refused: what was written after that is not part of it."""
    if n[REFUSED] != 0:
        n[SITE] = n[REFUSED]
        n[ROWS] = n[REFUSED_ROWS]
        raise ValueError("a rate")


def nan() -> float:
    return inf - inf
