"""A rate that moves, followed in cells of time: its integral over part of a cell, and the inverse of that.

In a cell the rate stands for two straight lines, through its values at the beginning, the middle and the end, times a
factor that makes their integral that of Simpson's rule. The integral then rises, never bends back, and its inverse is
one square root. Cells lie on an absolute grid and are halved until the factor is near 1: see `fine`.

Only + - * / and the square root, in this order: both engines have the same bits. The kernel compiles these very
functions. Rates are per unit of time, widths in units of time, integrals plain numbers.
"""

import math

MOST_RATE = 1e300
NEAR = 0.00390625  # how far the factor may be from 1: 1 part in 256
MOST_POINTS = 4503599627370496.0  # of the grid: 2**52; from there on times lie as far apart as its points
TINY = 1e-6  # an integral so small need not be more exact
MOST_HALVINGS = 20
NARROW = 9.5367431640625e-07  # of a step, 2**-20: so long a rate without a value is held about a condition's flip
MOST_HELD = 1e-4  # the integral of a rate that is held just after a flip: more is a pole's


def grid_cell(time: float, step: float) -> float:
    """Return the number of the grid's cell that a time is in: one on the grid begins its cell."""
    number = float(math.floor(time / step))
    while (number + 1.0) * step <= time:
        number += 1.0
    while number * step > time:
        number -= 1.0
    return number


def grid_end(time: float, step: float) -> float:
    """Return the grid's next point after a time, so far away that there is a moment between the two.

    Where the grid is finer than times can be told apart, that is twice the time.
    """
    if not time / step < MOST_POINTS:
        return 2.0 * time
    number = grid_cell(time, step)
    end = (number + 1.0) * step
    return end if time < time + 0.5 * (end - time) < end else (number + 2.0) * step


def cell_end(start: float, grid: float, last: float) -> float:
    """Return where a cell is to end, if it need not be halved: at the grid's next point, or twice as far from its
    beginning as the cell before was wide (`last`; 0 if that had not been too wide).
    """
    end = start + 2.0 * last
    if last > 0.0 and end < grid and not grid - end < 0.25 * last:
        return end
    return grid


def lasting_width(start: float, end: float, grid: float, halvings: int) -> float:
    """Return what the cell after one is told of its width: 0 where that came to the grid's next point unhalved."""
    return end - start if halvings > 0 or end < grid else 0.0


def cell_factor(first: float, middle: float, last: float) -> float:
    """Return what turns the integral of the two lines into Simpson's: from 2/3 to 4/3, and 1 for a constant."""
    mean = 0.25 * (first + 2.0 * middle + last)
    return 1.0 + (middle - 0.5 * (first + last)) / (6.0 * mean) if mean > 0.0 else 1.0


def cell_whole(first: float, middle: float, last: float, factor: float, width: float) -> float:
    """Return the integral over a whole cell."""
    return width * (0.25 * (first + 2.0 * middle + last)) * factor


def near_line(first: float, middle: float, last: float, factor: float, value: float) -> bool:
    """Return whether a rate is near enough to its lines at 5/16 of a cell, where a wave as long as the cell is not."""
    mean = 0.25 * (first + 2.0 * middle + last)
    return abs(value - (first + 0.625 * (middle - first))) <= 3.0 * NEAR * mean * factor


def _line(first: float, last: float, width: float, age: float) -> float:
    return age * (first + 0.5 * (last - first) * (age / width))


def cell_part(first: float, middle: float, last: float, factor: float, whole: float, width: float, age: float) -> float:
    """Return the integral from a cell's beginning until an age within it."""
    if age >= width:
        return whole
    if age <= 0.0:
        return 0.0
    half = 0.5 * width
    if age <= half:
        return factor * _line(first, middle, half, age)
    return factor * (0.5 * half * (first + middle) + _line(middle, last, half, age - half))


def cell_age(first: float, middle: float, last: float, factor: float, width: float, part: float) -> float:
    """Return the age within a cell at which the integral has come to `part`, which it does in this cell."""
    half = 0.5 * width
    scaled = part / factor
    before = 0.5 * half * (first + middle)
    age = _root(first, middle, half, scaled) if scaled <= before else half + _root(middle, last, half, scaled - before)
    return min(age, width)


def _root(first: float, last: float, width: float, part: float) -> float:
    if part <= 0.0:
        return 0.0
    begin = first * width
    square = begin * begin + 2.0 * (last * width - begin) * part
    total = begin + math.sqrt(max(square, 0.0))
    if total <= 0.0:
        return width
    share = 2.0 * part / total
    return share * width if share < 1.0 else width
