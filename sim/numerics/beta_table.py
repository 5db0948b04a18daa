"""The quantile of one pair of beta shapes as a table: polynomials of the logit of u that give x, or the logit of x.

With s = logit u the quantile x(s) is a smooth curve, and y = logit x a nearly straight one, whose nearest singularities
lie at s = +-i pi. Where a shape is small x(s) bends too sharply for polynomials and y(s) does not. `beta_table` makes
the pieces once; `table_quantile` then costs a logarithm and a polynomial, and for y an exponential. Outside the pieces,
and for shapes for which neither would be exact enough, the quantile is `beta`'s.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from sim.numerics.beta import beta_cdf, beta_constant, beta_front, beta_quantile, lower_quantile
from sim.numerics.elementary import Reals, exp, log, log1p, logistic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Series: TypeAlias = npt.NDArray[np.float64]

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
    import numpy as np

    constant = beta_constant(a, b)
    chance_of_mean = beta_cdf(a, b, a / (a + b))
    middles = [number - REACH + 0.5 for number in range(int(2.0 * REACH))]
    with np.errstate(over="ignore", invalid="ignore"):
        x, y = _series(a, b, constant, middles, [_logit_quantile(a, b, chance_of_mean, s) for s in middles])
        for form, pieces, size in ((1.0, x, x[0]), (2.0, y, np.ones(len(middles)))):
            table = _joined(pieces, size)
            if table:
                return form, a, b, *table
    return 0.0, a, b


def _joined(pieces: "Series", size: "Series") -> list[float]:
    """Return the coefficients of all pieces, or none if one leaves out more than is allowed of its size."""
    short, left_out = _shortened(pieces)
    gaps = abs(_value(short, -1.0)[1:] - _value(short, 1.0)[:-1])
    if (left_out > ALLOWED * size).any() or (gaps > ALLOWED * size[1:]).any():
        return []
    table: list[float] = short.T.ravel().tolist()
    return table


def _logit_quantile(a: float, b: float, chance_of_mean: float, s: float) -> float:
    if logistic(s) <= chance_of_mean:
        x = lower_quantile(a, b, logistic(s))
        return log(x) - log1p(-x)
    rest = lower_quantile(b, a, logistic(-s))
    return log1p(-rest) - log(rest)


def _series(
    a: float, b: float, constant: float, middles: Sequence[float], logits: Sequence[float]
) -> "tuple[Series, Series]":
    """Return the Taylor series of x and y around each s, in powers of t = 2 (s' - s), from their differential equation:
    a row for each power, a column for each s.

    With u and x the logistics of s and y, and g = dy/ds:
    u' = u (1 - u), x' = x (1 - x) g, g' = g (1 - 2 u - (a (1 - x) - b x) g).
    """
    import numpy as np

    y = np.empty((TERMS, len(middles)))
    left, right = np.empty((2, 5, *y.shape))  # the factors of five products of series
    (x, u, lean, spread, g), (not_x, not_u, *copies, pull) = left, right
    y[0] = logits
    x[0], not_x[0], u[0], not_u[0] = (
        [logistic(sign * one) for one in values] for values in (logits, middles) for sign in (1.0, -1.0)
    )
    for at, first in enumerate(logits):
        near, far = float(x[0, at]), float(not_x[0, at])
        front = beta_front(a, b, constant, near) if first < 0.0 else beta_front(b, a, constant, far)
        g[0, at] = float(u[0, at]) * float(not_u[0, at]) / exp(front)
    for k in range(TERMS - 1):
        step = 0.5 / (k + 1)
        copies[0][k] = copies[1][k] = g[k]
        lean[k] = a * not_x[k] - b * x[k]
        spread[k], du, leaning = _terms(left[:3], right[:3], k)
        pull[k] = not_u[k] - u[k] - leaning
        dx, dg = _terms(left[3:], right[3:], k)
        y[k + 1], g[k + 1] = step * g[k], step * dg
        u[k + 1], not_u[k + 1] = step * du, -step * du
        x[k + 1], not_x[k + 1] = step * dx, -step * dx
    return x, y


def _terms(one: "Series", other: "Series", k: int) -> "Series":
    """Return term k of products of two power series each, added in one order on every machine."""
    import numpy as np

    products: Series = np.add.accumulate(one[:, : k + 1] * other[:, k::-1], axis=1)
    return products[:, -1] + 0.0  # no sum is -0.0


def _shortened(series: "Series") -> "tuple[Series, Series]":
    """Drop the last terms of series on [-1, 1] by Chebyshev polynomials (Lanczos 1938), and say how much at most."""
    import numpy as np

    left_out = np.zeros(series.shape[1])
    while len(series) > COEFFICIENTS:
        *polynomial, leading = CHEBYSHEV[len(series) - 1]
        part = series[-1] / leading
        series = series[:-1] - part * [[one] for one in polynomial]
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


def _value(series: "Series", t: float) -> "Series":
    total: Series = series[-1]
    for one in series[-2::-1]:
        total = total * t + one
    return total
