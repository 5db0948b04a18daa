"""Many comparisons at once: intervals and ranks that hold together.

The difference of two scenarios is in `differences`.
"""

from itertools import combinations

from sim.statistics.arrays import Bools, Floats
from sim.statistics.differences import outcome_difference
from sim.statistics.estimates import LEVEL


def sidak(comparisons: int, level: float = LEVEL) -> float:
    """Return the level of each of several intervals that makes all of them hold together with `level`.

    Valid for normal estimates whatever their correlation (Z. Sidak 1967).
    """
    return float(level ** (1 / max(1, comparisons)))


def rank_ranges(
    shares: list[Bools], level: float = LEVEL, draws: Floats | None = None, unknown: list[Bools] | None = None
) -> list[tuple[int, int, int]]:
    """Return, for each scenario, its rank by an outcome's share (1 is the likeliest) and the range that it lies in.

    All ranges hold together with `level`: a scenario ranks below those whose paired difference from it is surely
    above 0, and above those surely below (Mogstad, Romano, Shaikh and Wilhelm 2024), at simultaneous intervals.
    """
    count = len(shares)
    each = sidak(count * (count - 1) // 2, level)
    above = [[False] * count for _ in range(count)]
    for i, j in combinations(range(count), 2):
        open_ = None if unknown is None else (unknown[i], unknown[j])
        found = outcome_difference("", shares[i], shares[j], draws, each, open_).difference
        above[j][i] = found.low is not None and found.low > 0
        above[i][j] = found.high is not None and found.high < 0
    totals = [float(column.sum()) for column in shares]
    if unknown is not None:  # which of them is likelier is not known: the range says so
        totals = [total + float(column.sum()) / 2 for total, column in zip(totals, unknown, strict=True)]
    ranges = []
    for i in range(count):
        rank = 1 + sum(total > totals[i] for total in totals)
        better, worse = sum(row[i] for row in above), sum(above[i])
        ranges.append((rank, 1 + better, count - worse))
    return ranges
