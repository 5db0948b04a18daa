"""The linear pool of several experts' laws: the average of their chances, by weight (Stone 1961), as a prior.

Its arguments are six numbers for each law: weight, family, two parameters, and the range of a beta. A quantile is read
from a table of polynomials of the logit of u, made once. The chance of what is read is u, to `ALLOWED` and in the tails
to `IN_TAILS` of them. What a law is, `families` says.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from sim.distributions.elicited.families import BY_NUMBER, FAMILIES, Fitted
from sim.numerics.elementary import Reals, log, logistic

Weighted: TypeAlias = tuple[tuple[float, Fitted], ...]

SIX = 6  # numbers of each law
ALLOWED = 1e-6  # how far the chance of a quantile from the table may be from the one asked for
IN_TAILS = 1e-3  # and how far, of the lesser of that and the rest, down to chances of 1e-9
LEAST, MOST = 2.0**-54, 1.0 - 2.0**-53
ENDS = -37.5, 36.75  # the logits of these, and a little more
FIRST_PIECES = 25
NARROWEST = 2.0**-14  # of a piece: in a gap between two experts the pool's quantile jumps
UNTOLD = 1e-13  # of a value: next to the end of a range floats cannot tell chances apart
CELL = 7  # numbers of a piece: where it begins, 1 / its length, a cubic's coefficients, and its value at the end


def arguments_of(laws: Weighted) -> tuple[float, ...]:
    """Return the numbers that stand for laws with weights; the weights are made to add up to 1."""
    total = sum(weight for weight, _ in laws)
    return tuple(
        number
        for weight, law in laws
        for number in (
            weight / total, float(FAMILIES[law.family].number), law.first, law.second, law.low, law.high,
        )
    )  # fmt: skip


def laws_of(arguments: Sequence[float]) -> Weighted:
    """Return the laws with their weights that such numbers stand for."""
    rows = [arguments[at : at + SIX] for at in range(0, len(arguments), SIX)]
    return tuple(
        (weight, Fitted(family=BY_NUMBER[int(number)], first=first, second=second, low=low, high=high))
        for weight, number, first, second, low, high in rows
    )


def pool_in_words(arguments: Sequence[float]) -> str:
    """Return what such numbers stand for: `lognormal(7, 0.8)`, or several laws with their weights."""
    laws = laws_of(arguments)
    return " + ".join(f"{weight:.3g} {law}" for weight, law in laws) if len(laws) > 1 else str(laws[0][1])


def pool_support(*arguments: float) -> tuple[float, float]:
    """Return the least and the greatest value of a pool."""
    ends = [law.support for _, law in laws_of(arguments)]
    return min(low for low, _ in ends), max(high for _, high in ends)


def pool_median(*arguments: float) -> float:
    """Return the median of a pool."""
    return solved(laws_of(arguments), 0.5)


def chance_of(laws: Weighted, x: float) -> float:
    """Return the chance that a pool has of at most x."""
    return _added((weight, law.chance(x)) for weight, law in laws)


def solved(laws: Weighted, u: float, low: float | None = None, high: float | None = None) -> float:
    """Return the quantile of a pool at u: between those of its laws, or between `low` and `high` if they are known.

    Regula falsi in its Illinois form (Dowell and Jarratt 1971), with a halving wherever that is slow.
    """
    upper = u > 0.5
    if low is None or high is None:
        quantiles = [law.quantile(u) for _, law in laws]
        low, high = min(quantiles), max(quantiles)
    if not low < high:
        return low

    def missing(x: float) -> float:
        if upper:
            return (1.0 - u) - _added((weight, law.tail(x)) for weight, law in laws)
        return chance_of(laws, x) - u

    below, above = missing(low), missing(high)
    if below >= 0.0:
        return low
    if above <= 0.0:
        return high
    side = 0
    for count in range(400):
        x = low + (high - low) * (below / (below - above)) if count % 3 < 2 else _between(low, high)
        if not low < x < high:
            x = _between(low, high)
        here = missing(x)
        if here == 0.0 or high - low <= 1e-14 * max(abs(low), abs(high)) or not low < x < high:
            return x
        if here < 0.0:
            low, below = x, here
            above *= 0.5 if side < 0 else 1.0
            side = -1
        else:
            high, above = x, here
            below *= 0.5 if side > 0 else 1.0
            side = 1
    return _between(low, high)


def _between(low: float, high: float) -> float:
    """Return the middle of two numbers; of two positive ones of other sizes, by their sizes."""
    return math.sqrt(low) * math.sqrt(high) if 0.0 < 4.0 * low < high else 0.5 * (low + high)


def pool_quantile(table: Reals, first: int, u: float) -> float:
    """Return the quantile at u in (0, 1] of the pool whose `pool_table` begins at `table[first]`."""
    inner = min(max(u, LEAST), MOST)
    s = log(inner / (1.0 - inner))
    low = 0
    high = int(table[first])
    while high - low > 1:
        middle = (low + high) // 2
        if table[first + 1 + CELL * middle] <= s:
            low = middle
        else:
            high = middle
    at = first + 1 + CELL * low
    t = (s - table[at]) * table[at + 1]
    value = table[at + 2] + t * (table[at + 3] + t * (table[at + 4] + t * table[at + 5]))
    return min(max(value, table[at + 2]), table[at + 6])


@lru_cache(maxsize=256)
def pool_table(*arguments: float) -> tuple[float, ...]:
    """Return the number of pieces, and the pieces in order: cubics in the logit of u that give the quantile."""
    laws = laws_of(arguments)
    step = (ENDS[1] - ENDS[0]) / FIRST_PIECES
    ends = [ENDS[0] + step * number for number in range(FIRST_PIECES + 1)]
    values = [solved(laws, _chance(s)) for s in ends]
    cells: list[float] = []
    pairs = [*zip(ends, values, strict=True)]
    pending = [*pairwise(pairs)][::-1]
    while pending:
        (s, x), (s1, x1) = pending.pop()
        width = s1 - s
        inner = [(s + share * width, 0.0) for share in (1.0 / 3.0, 2.0 / 3.0)]
        one = solved(laws, _chance(inner[0][0]), x, x1)
        other = solved(laws, _chance(inner[1][0]), one, x1)
        a, b, c = one - x, other - x, x1 - x
        cubic = (9.0 * a - 4.5 * b + c, -22.5 * a + 18.0 * b - 4.5 * c, 13.5 * a - 13.5 * b + 4.5 * c)
        if width <= NARROWEST or x1 - x <= UNTOLD * max(abs(x), abs(x1)):
            cubic = (c, 0.0, 0.0)
        elif not _rises(cubic) or not _close(laws, s, width, x, cubic):
            middle = s + 0.5 * width, solved(laws, _chance(s + 0.5 * width), x, x1)
            pending += [(middle, (s1, x1)), ((s, x), middle)]
            continue
        cells += [s, 1.0 / width, x, *cubic, x1]
    return float(len(cells) // CELL), *cells


def _rises(cubic: tuple[float, float, float]) -> bool:
    """Return whether a cubic without a constant rises from 0 to 1."""
    p, q, r = cubic
    lowest = min(p, p + 2.0 * q + 3.0 * r)
    turning = -q / (3.0 * r) if r != 0.0 else -1.0
    if 0.0 < turning < 1.0:
        lowest = min(lowest, p + turning * (2.0 * q + 3.0 * r * turning))
    return lowest >= 0.0


def _close(laws: Weighted, s: float, width: float, x: float, cubic: tuple[float, float, float]) -> bool:
    """Return whether the chances of a piece's values are near enough, where its error is greatest."""
    p, q, r = cubic
    for t in (0.13, 0.5, 0.87):
        value = x + t * (p + t * (q + t * r))
        at = s + t * width
        rest = _chance(-abs(at))
        if at < 0.0:
            off = chance_of(laws, value) - rest
        else:
            off = _added((weight, law.tail(value)) for weight, law in laws) - rest
        allowed = min(ALLOWED, IN_TAILS * rest) if rest > 1e-9 else ALLOWED
        if not abs(off) <= allowed:
            return False
    return True


def _chance(s: float) -> float:
    return min(max(logistic(s), LEAST), MOST)


def _added(parts: Iterator[tuple[float, float]]) -> float:
    total = 0.0
    for weight, part in parts:
        total += weight * part
    return total
