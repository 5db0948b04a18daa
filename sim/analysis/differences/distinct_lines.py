"""The distinct lines of columns of whole numbers, without sorting where the numbers are small."""

from collections.abc import Iterable

import numpy as np

from sim.analysis.differences.divergences import Integers

MOST_IN_A_TABLE = 1 << 16  # combinations of which a table is kept; more are sorted


def distinct_lines(columns: Iterable[Integers], count: int) -> tuple[Integers, Integers]:
    """Return the first place of each distinct line of so many, and for each line which of those it is.

    Each column has a number for each line, none below 0.
    """
    codes, size = np.zeros(count, np.int64), 1
    for column in columns:
        span = int(column.max(initial=0)) + 1
        if span == 1:
            continue
        if span > MOST_IN_A_TABLE:
            column, span = _renumbered(column, span)
        codes, size = codes * span + column, size * span
        if size > MOST_IN_A_TABLE:
            codes, size = _renumbered(codes, size)
    codes, size = _renumbered(codes, size)
    first = np.zeros(size, np.int64)
    first[codes[::-1]] = np.arange(count - 1, -1, -1)  # of several lines the first is written last
    return first, codes


def _renumbered(codes: Integers, size: int) -> tuple[Integers, int]:
    """Number codes below a size in their order, without gaps."""
    if size > MOST_IN_A_TABLE:
        values, places = np.unique(codes, return_inverse=True)
        return places.astype(np.int64), len(values)
    there = np.zeros(size, np.bool_)
    there[codes] = True
    table = np.cumsum(there) - 1
    return table[codes], int(there.sum())
