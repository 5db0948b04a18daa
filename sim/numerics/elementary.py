"""Elementary functions that have the same bits on every machine: log, exp and their kin.

Written in the operations that IEEE 754 rounds in one way alone (+, -, *, /, the square root, comparisons, taking a
float apart and putting it together), never in libm's own functions, whose last bits differ between platforms.
Annotated functions of floats, without closures, defaults or exceptions caught: the same text can be compiled.
Powers are in `powers`, distributions in `normal`, `gamma` and `beta`.

The shapes of the reductions are classical (Tang 1989 and 1990, with a table in `log_table`; Muller, "Elementary
Functions", 2016). The coefficients are our own: Chebyshev interpolation in mpmath with 200 bits, the first ones kept
as they are in the series.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

from sim.numerics.log_table import LOG_2_HIGH, LOG_2_LOW, LOG_TABLE

# A flat row of floats that is only indexed.
Reals: TypeAlias = Sequence[float]

PER_LOG_2 = 1.4426950408889634
# Added and taken away again, it rounds a float below 2**51 to the nearest whole number.
ROUNDING = 6755399441055744.0
# exp of more than the first is not a finite float; exp of less than the second is zero.
MOST_EXPONENT = 709.782712893384
LEAST_EXPONENT = -745.1332191019412


def log(x: float) -> float:
    """Return the natural logarithm of x within 0.60 ulp (of a million floats the worst was off by 0.585); inf of inf.

    Raise ValueError for x <= 0.
    """
    if not 0.0 < x < math.inf:
        if x <= 0.0:
            raise ValueError(f"expected a number above 0 but got {x}")
        return x
    part, exponent = math.frexp(x)
    k = float(exponent)
    row = 4 * leading(part) - 512
    c = LOG_TABLE[row]
    factor = LOG_TABLE[row + 1]
    # Both products are exact: x is 2**k * (1 + r) / factor, and r is nearly `near`.
    near = (part - c) * factor
    r = near + (c * factor - 1.0)
    square = r * r
    rest = (0.3333333333333333 * r - 0.5) + square * (
        (0.2000000135867185 * r - 0.24999999998475375) + square * (0.1421141506776254 * r - 0.1666700931093174)
    )
    high = k * LOG_2_HIGH + LOG_TABLE[row + 2]
    total = high + near
    return total + ((high - total) + near + (k * LOG_2_LOW + LOG_TABLE[row + 3] + square * rest))


def log1p(x: float) -> float:
    """Return log(1 + x) within 1.05 ulp (the worst measured is 0.997), with the digits that 1 + x loses.

    Raise ValueError for x <= -1.
    """
    if -0.29 < x < 0.41:
        half = 0.5 * x * x
        s = x / (2.0 + x)
        return x - (half - s * (half + _atanh_rest(s * s)))
    if x <= -1.0:
        raise ValueError(f"expected a number above -1 but got {x}")
    if not x < 1e17:
        return log(x)
    one_more = 1.0 + x
    lost = 1.0 - (one_more - x) if x > 1.0 else x - (one_more - 1.0)
    return log(one_more) + lost / one_more


def leading(part: float) -> int:
    """Return how many 256ths are in a number from 1/2 on and below 1."""
    return int(part * 256.0)


def _atanh_rest(z: float) -> float:
    """Return 2 atanh(s) / s - 2 for z = s * s up to 0.02945, to 2**-57 of 2 atanh(s) / s."""
    w = z * z
    odd = 0.666666666666667 + w * (0.28571428625975487 + w * (0.18182889125261723 + w * 0.14616449685043406))
    even = 0.39999999999899505 + w * (0.2222221113479508 + w * 0.15331721600556042)
    return z * odd + w * even


def exp(x: float) -> float:
    """Return e to the power x within 0.70 ulp, or 0.80 of a subnormal number's (the worst measured are 0.682 and
    0.767); 0 of -inf, inf of inf.

    Raise ValueError where a finite x leaves the floats.
    """
    if not LEAST_EXPONENT < x <= MOST_EXPONENT:
        if x <= LEAST_EXPONENT:
            return 0.0
        if MOST_EXPONENT < x < math.inf:
            raise ValueError(f"expected at most {MOST_EXPONENT} but got {x}")
        return x
    k = (x * PER_LOG_2 + ROUNDING) - ROUNDING
    high = x - k * LOG_2_HIGH
    low = k * LOG_2_LOW
    r = high - low
    rest = r * r * exp_rest(r) + ((high - r) - low)
    # 1 + r in two parts, so that only the small rest is rounded twice.
    one = 1.0 + r
    return math.ldexp(one + ((r - (one - 1.0)) + rest), int(k))


def exp_rest(r: float) -> float:
    """Return (exp(r) - 1 - r) / r**2 for r up to log(2) / 2 either way, to 2**-57."""
    square = r * r
    fourth = square * square
    first = 0.5 + r * 0.16666666666666669 + square * (0.041666666666666664 + r * 0.008333333333330039)
    second = 0.0013888888888886537 + r * 0.00019841269863171557
    second += square * (2.4801587317228724e-05 + r * 2.7557268276905696e-06)
    third = 2.7557282838800484e-07 + r * 2.5100472505694996e-08 + square * 2.09112987659402e-09
    return first + fourth * (second + fourth * third)


def expm1(x: float) -> float:
    """Return exp(x) - 1 within 1.25 ulp (the worst measured is 1.16), with the digits that exp(x) loses.

    Raise ValueError as `exp` does.
    """
    if -0.34657 < x < 0.34657:
        return x + x * x * exp_rest(x)
    if not -38.0 < x < 40.0:
        return exp(x) if not x <= -38.0 else -1.0
    k = (x * PER_LOG_2 + ROUNDING) - ROUNDING
    high = x - k * LOG_2_HIGH
    low = k * LOG_2_LOW
    r = high - low
    rest = r * r * exp_rest(r) + ((high - r) - low)
    scale = math.ldexp(1.0, int(k))
    # scale * (1 + r) - 1 in two parts, the larger of its terms first.
    less = scale - 1.0
    grown = scale * r
    total = less + grown
    return total + ((grown - (total - less)) + scale * rest)


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)) within 2.8 ulps (the worst measured is 2.26), without overflow for any finite x."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    grown = exp(x)
    return grown / (1.0 + grown)
