"""How far the kernel's clocks have come whose rate or speed is followed, as `sim.model.clocks` has it.

A rate that moves is followed in a cell: see `sim.numerics.cells`. Making one is left to each model's own text.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.distributions import law_age, law_hazard
from sim.engines.kernel.runtime.memory_map import *
from sim.numerics.cells import cell_age, cell_part


def progressed(f: Reals, n: Ints, at: int, own: int, now: float) -> float:
    """Return how far a clock has come by `now`: the hazard of a rate, the age of a law."""
    if n[own + LOOK] == 0:
        if f[at + RATE] > 0.0:
            return f[at + ELAPSED] + f[at + RATE] * (now - f[at + SINCE])
        return f[at + ELAPSED]
    cell = n[own + CELL]
    if f[cell + CELL_END] == inf:
        return f[at + ELAPSED]
    return f[at + ELAPSED] + part_of(f, cell, f[at + SINCE], now)


def part_of(f: Reals, cell: int, start: float, now: float) -> float:
    """Return the integral of a cell's rate from its start until `now`."""
    return cell_part(
        f[cell + CELL_FIRST], f[cell + CELL_MIDDLE], f[cell + CELL_FINAL], f[cell + CELL_FACTOR], f[cell + CELL_WHOLE],
        f[cell + CELL_END] - start, now - start,
    )  # fmt: skip


def paced_accumulated(f: Reals, n: Ints, at: int, own: int, now: float) -> float:
    """Return the hazard that an enabled clock has accumulated up to `now` whose rate or speed is followed."""
    progress = progressed(f, n, at, own, now)
    kind = n[own + KIND]
    if kind == MOVING_RATE:
        return progress
    return law_hazard(kind - FIRST_PACED_LAW, f[at + LAW], f[at + LAW + 1], f[at + LAW + 2], progress)


def reaching(f: Reals, n: Ints, at: int, own: int) -> float:
    """Return when a clock's progress comes to what its threshold asks for; infinite if not, or not in its cell."""
    aim = f[at + THRESHOLD]
    kind = n[own + KIND]
    if kind != MOVING_RATE:
        aim = law_age(kind - FIRST_PACED_LAW, f[at + LAW], f[at + LAW + 1], f[at + LAW + 2], aim)
    left = aim - f[at + ELAPSED]
    if n[own + LOOK] == 0:
        return f[at + SINCE] + left / f[at + RATE] if f[at + RATE] > 0.0 else inf
    cell = n[own + CELL]
    start = f[at + SINCE]
    if left < 0.0:
        return start + left
    if left > f[cell + CELL_WHOLE]:
        return inf
    return start + cell_age(
        f[cell + CELL_FIRST], f[cell + CELL_MIDDLE], f[cell + CELL_FINAL], f[cell + CELL_FACTOR],
        f[cell + CELL_END] - start, left,
    )  # fmt: skip


def keep_cell(
    f: Reals, n: Ints, at: int, own: int, start: float, end: float, first: float, middle: float, final: float,
    factor: float, whole: float,
) -> None:  # fmt: skip
    """Let a clock be followed in a cell from `start` on."""
    cell = n[own + CELL]
    f[cell + CELL_END] = end
    f[cell + CELL_FIRST] = first
    f[cell + CELL_MIDDLE] = middle
    f[cell + CELL_FINAL] = final
    f[cell + CELL_FACTOR] = factor
    f[cell + CELL_WHOLE] = whole
    f[at + SINCE] = start
    f[n[own + LOOK]] = end


def leave_cell(f: Reals, n: Ints, own: int) -> None:
    """Let a clock not be followed any more."""
    if n[own + LOOK] != 0:
        cell = n[own + CELL]
        f[cell + CELL_END] = inf
        f[cell + CELL_WIDTH] = 0.0
        f[n[own + LOOK]] = inf
