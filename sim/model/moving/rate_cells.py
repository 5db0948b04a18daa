"""The stretch of time in which a clock whose rate moves is followed: `sim.numerics.cells` says what it stands for.

Cells are made one after another, as time comes to them. What changes a rate otherwise than by time ends its cell; what
concerns it not leaves every bit of it alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from sim.numerics.cells import (
    MOST_HALVINGS,
    MOST_HELD,
    MOST_RATE,
    NEAR,
    TINY,
    cell_age,
    cell_end,
    cell_factor,
    cell_part,
    cell_whole,
    grid_end,
    lasting_width,
    near_line,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A rate from `start` to `end`: its values there and in the middle, the factor of their lines, and its integral.

    `width` is what the next cell is told: see `lasting_width`.
    """

    start: float
    end: float
    first: float
    middle: float
    last: float
    factor: float
    whole: float
    width: float

    def part(self, time: float) -> float:
        """Return the integral from the start until a time."""
        age, width = time - self.start, self.end - self.start
        return cell_part(self.first, self.middle, self.last, self.factor, self.whole, width, age)

    def reaching(self, part: float) -> float:
        """Return the time at which the integral has come to `part`, which is not more than the whole."""
        width = self.end - self.start
        return self.start + cell_age(self.first, self.middle, self.last, self.factor, width, part)


def held_cell(rate: Callable[[float], float], start: float, width: float, *, soon: bool, just: bool) -> Cell | None:
    """Return a cell in which a rate stays what it is near a condition's flip; None if it cannot be a rate there.

    `soon` says that a condition which the rule reads flips within the width: until then the rate is held at what it is
    at the start, or at 0. `just` says that one has flipped as shortly before: then at what it is at the cell's end.
    """
    held = rate(start) if soon else rate(start + width) if just else math.nan
    if soon and not 0.0 <= held < MOST_RATE:
        held = 0.0
    if not 0.0 <= held < MOST_RATE or (not soon and held * width > MOST_HELD):
        return None
    whole = cell_whole(held, held, held, 1.0, width)
    return Cell(
        start=start, end=start + width, first=held, middle=held, last=held, factor=1.0, whole=whole, width=width
    )  # fmt: skip


def cell_of(
    rate: Callable[[float], float], start: float, step: float, last_width: float, *, inflects: bool
) -> Cell | None:  # fmt: skip
    """Return the cell from a time on. None where the rate cannot be one there, or just after it.

    It is halved until its lines are near the rate. Three values may be near by chance, as those of a wave whose period
    is the cell's width, or of a rate that bends one way before the middle and the other way after it: one that
    `inflects` so is looked at off the middle, too. Later values are looked at ahead of time: one that cannot be a rate
    ends the cell before it, and is an error when it is reached.
    """
    first = rate(start)
    if not 0.0 <= first < MOST_RATE:
        return None
    grid = grid_end(start, step)
    end = cell_end(start, grid, last_width)
    final = rate(end)
    halvings = 0
    while True:
        half = start + 0.5 * (end - start)
        if not start < half < end:
            return None
        middle = rate(half)
        if 0.0 <= middle < MOST_RATE and 0.0 <= final < MOST_RATE:
            factor = cell_factor(first, middle, final)
            width = end - start
            whole = cell_whole(first, middle, final, factor, width)
            off = abs(factor - 1.0)
            if whole < TINY or halvings >= MOST_HALVINGS:
                near = True
            else:
                near = off <= NEAR
                if near and inflects:
                    near = near_line(first, middle, final, factor, rate(start + 0.3125 * width))
            if near and whole < math.inf:
                return Cell(start=start, end=end, first=first, middle=middle, last=final, factor=factor, whole=whole,
                    width=lasting_width(start, end, grid, halvings),
                )  # fmt: skip
        end, final = half, middle
        halvings += 1
