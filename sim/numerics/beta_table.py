"""The quantile of one pair of beta shapes as a table: polynomials of the logit of u that give x, or the logit of x.

With s = logit u the quantile x(s) is a smooth curve, and y = logit x a nearly straight one, whose nearest singularities
lie at s = +-i pi. Where a shape is small x(s) bends too sharply for polynomials and y(s) does not. `beta_table` makes
the pieces once; `table_quantile` then costs a logarithm and a polynomial, and for y an exponential. Outside the pieces,
and for shapes for which neither would be exact enough, the quantile is `beta`'s.
"""

import math
from functools import lru_cache

from sim.numerics.beta import beta_cdf, beta_constant, beta_front, beta_quantile, lower_quantile
from sim.numerics.elementary import Reals, exp, log, log1p, logistic

# Pieces of length 1 from s = -REACH to s = REACH, and the u at which the first begins (a little within).
REACH = 9.0
CENTRAL = 1.24e-4
COEFFICIENTS = 12
HEAD = 3
# Terms of the Taylor series that is shortened to COEFFICIENTS, and the error that a table may have: of y, or of x
# relative to x.
TERMS = 21
ALLOWED = 2e-13
LEAST_SHAPE = 0.05


def table_quantile(table: Reals, first: int, u: float) -> float:
    """Return the quantile at u of the shapes whose `beta_table` begins at `table[first]`, within 1e-12 of itself."""
    if table[first] < 1.0 or not CENTRAL <= u <= 1.0 - CENTRAL:
        return beta_quantile(table[first + 1], table[first + 2], u)
    position = log(u / (1.0 - u)) + REACH
    piece = int(position)
    t = 2.0 * (position - float(piece)) - 1.0
    at = first + HEAD + piece * COEFFICIENTS
    t2 = t * t
    t4 = t2 * t2
    low = table[at] + t * table[at + 1] + t2 * (table[at + 2] + t * table[at + 3])
    middle = table[at + 4] + t * table[at + 5] + t2 * (table[at + 6] + t * table[at + 7])
    high = table[at + 8] + t * table[at + 9] + t2 * (table[at + 10] + t * table[at + 11])
    value = low + t4 * (middle + t4 * high)
    return min(value, 1.0) if table[first] < 2.0 else logistic(value)


@lru_cache(maxsize=1024)  # scenarios of one case share most of them; each takes 1 ms, and 7 kB
def beta_table(a: float, b: float) -> tuple[float, ...]:
    """Return (1, a, b, coefficients of all pieces of x), (2, a, b, those of y), or (0, a, b) for shapes that neither
    fits to `ALLOWED`.

    The fit is judged by what the shortened series leave out, and by how pieces meet that were made apart.
    """
    if min(a, b) < LEAST_SHAPE:
        return 0.0, a, b
    constant = beta_constant(a, b)
    chance_of_mean = beta_cdf(a, b, a / (a + b))
    middles = [number - REACH + 0.5 for number in range(int(2.0 * REACH))]
    pieces = [_series(a, b, constant, s, _logit_quantile(a, b, chance_of_mean, s)) for s in middles]
    for form, all_series, size in (
        (1.0, [x for x, _ in pieces], [x[0] for x, _ in pieces]),
        (2.0, [y for _, y in pieces], [1.0 for _ in pieces]),
    ):
        table = _joined(all_series, size)
        if table:
            return form, a, b, *table
    return 0.0, a, b


def _joined(pieces: list[list[float]], sizes: list[float]) -> list[float]:
    """Return the coefficients of all pieces, or none if one leaves out more than is allowed of its size."""
    table: list[float] = []
    end = math.nan  # the first piece has none before it that it must meet: no difference from NaN is too large
    for series, size in zip(pieces, sizes, strict=True):
        short, left_out = _shortened(series)
        if left_out > ALLOWED * size or abs(_value(short, -1.0) - end) > ALLOWED * size:
            return []
        end = _value(short, 1.0)
        table += short
    return table


def _logit_quantile(a: float, b: float, chance_of_mean: float, s: float) -> float:
    if logistic(s) <= chance_of_mean:
        x = lower_quantile(a, b, logistic(s))
        return log(x) - log1p(-x)
    rest = lower_quantile(b, a, logistic(-s))
    return log1p(-rest) - log(rest)


def _series(a: float, b: float, constant: float, s: float, y: float) -> tuple[list[float], list[float]]:
    """Return the Taylor series of x and y around s, in powers of t = 2 (s' - s), from their differential equation.

    With u and x the logistics of s and y, and g = dy/ds:
    u' = u (1 - u), x' = x (1 - x) g, g' = g (1 - 2 u - (a (1 - x) - b x) g).
    """
    x, not_x, u, not_u = [logistic(y)], [logistic(-y)], [logistic(s)], [logistic(-s)]
    front = beta_front(a, b, constant, x[0]) if y < 0.0 else beta_front(b, a, constant, not_x[0])
    g = [u[0] * not_u[0] / exp(front)]
    result = [y]
    spread: list[float] = []  # x (1 - x)
    pull: list[float] = []  # g' / g
    for k in range(TERMS - 1):
        step = 0.5 / (k + 1)
        spread.append(_term(x, not_x, k))
        lean = [a * one - b * other for one, other in zip(not_x, x, strict=True)]
        pull.append(not_u[k] - u[k] - _term(lean, g, k))
        du, dx, dg = _term(u, not_u, k), _term(spread, g, k), _term(g, pull, k)
        result.append(step * g[k])
        u.append(step * du)
        not_u.append(-step * du)
        x.append(step * dx)
        not_x.append(-step * dx)
        g.append(step * dg)
    return x, result


def _term(one: list[float], other: list[float], k: int) -> float:
    """Return term k of the product of two power series, added in one order on every machine."""
    total = 0.0
    for i in range(k + 1):
        total += one[i] * other[k - i]
    return total


def _shortened(series: list[float]) -> tuple[list[float], float]:
    """Drop the last terms of a series on [-1, 1] by Chebyshev polynomials (Lanczos 1938), and say how much at most."""
    left_out = 0.0
    while len(series) > COEFFICIENTS:
        part = series[-1]
        polynomial = CHEBYSHEV[len(series) - 1]
        part /= polynomial[-1]
        series = [one - part * other for one, other in zip(series[:-1], polynomial[:-1], strict=True)]
        left_out += abs(part)
    return series, left_out


def _chebyshev(count: int) -> list[list[float]]:
    """Return the coefficients of the first Chebyshev polynomials; they are whole numbers, and exact."""
    found = [[1.0], [0.0, 1.0]]
    while len(found) < count:
        doubled = [0.0, *(2.0 * one for one in found[-1])]
        found.append([one - other for one, other in zip(doubled, [*found[-2], 0.0, 0.0], strict=True)])
    return found


CHEBYSHEV = _chebyshev(TERMS)


def _value(series: list[float], t: float) -> float:
    total = 0.0
    for one in reversed(series):
        total = total * t + one
    return total
