"""Powers of floats that have the same bits on every machine, and are exact wherever the power is a float.

The logarithm is taken in two floats, with some 64 bits, as are the products on the way (Dekker 1971), for the
exponent multiplies its error. `elementary` says in what the text is written.
"""

import math

from sim.numerics.elementary import PER_LOG_2, ROUNDING, exp_rest
from sim.numerics.log_table import LOG_2_HIGH, LOG_2_LOW

ROOT_HALF = 0.7071067811865476
# From here on every float is an even number.
ALL_EVEN = 9007199254740992.0
# No float but 1 has so small a logarithm that a power of more than this neither overflows nor is zero.
MOST_POWER = 1e19
# Splits a float into two halves of its digits.
SPLITTER = 134217729.0


def power(x: float, y: float) -> float:
    """Return x to the power y within 0.85 ulp (the worst of a million was 0.767), as C99's pow defines it.

    Raise ValueError where it has no value or one that leaves the floats: a negative x to a broken power, 0 to a
    negative one, and what is too large.
    """
    if y == 0.0 or x == 1.0:
        return 1.0
    if x != x or y != y:
        return x + y
    base = abs(x)
    whole = abs(y) >= ALL_EVEN or y == float(math.floor(y))
    odd = whole and abs(y) < ALL_EVEN and 0.5 * y != float(math.floor(0.5 * y))
    if abs(y) == math.inf:
        grows = base > 1.0 if y > 0.0 else base < 1.0
        return 1.0 if base == 1.0 else math.inf if grows else 0.0
    if base == 0.0 or base == math.inf:
        if y > 0.0:
            return x if odd else base
        if base == 0.0:
            raise ValueError(f"{x} to the power {y} is not a number")
        return -0.0 if odd and x < 0.0 else 0.0
    if x < 0.0 and not whole:
        raise ValueError(f"{x} to the power {y} is not a number")
    size = _positive_power(base, y)
    return -size if odd and x < 0.0 else size


def _positive_power(x: float, y: float) -> float:
    if x == 1.0:
        return 1.0
    if abs(y) > MOST_POWER:
        grows = x > 1.0 if y > 0.0 else x < 1.0
        if grows:
            raise ValueError(f"{x} to the power {y} is too large")
        return 0.0
    log_high, log_low = log_in_two(x)
    product = y * log_high
    if product > 710.0:
        raise ValueError(f"{x} to the power {y} is too large")
    if product < -746.0:
        return 0.0
    product_low = rounded_off(y, log_high, product) + y * log_low
    # From here on as in `exp`.
    k = (product * PER_LOG_2 + ROUNDING) - ROUNDING
    high = product - k * LOG_2_HIGH
    low = k * LOG_2_LOW - product_low
    r = high - low
    rest = r * r * exp_rest(r) + ((high - r) - low)
    one = 1.0 + r
    value = one + ((r - (one - 1.0)) + rest)
    if k >= 1024.0 and value >= 1.0:
        raise ValueError(f"{x} to the power {y} is too large")
    return math.ldexp(value, int(k))


def log_in_two(x: float) -> tuple[float, float]:
    """Return the natural logarithm of a finite x above 0 as a sum of two floats, to 2**-64 of its size."""
    part, exponent = math.frexp(x)
    if part < ROOT_HALF:
        part += part
        exponent -= 1
    k = float(exponent)
    # s = f / (2 + f), and log(1 + f) = 2 atanh(s) = s * (2 + z * series), z = s * s; each in two floats.
    f = part - 1.0
    under = 2.0 + f
    under_low = f - (under - 2.0)
    inverse = 1.0 / under
    s = f * inverse
    whole = s * under
    s_low = (((f - whole) - rounded_off(s, under, whole)) - s * under_low) * inverse
    z = s * s
    z_low = rounded_off(s, s, z) + 2.0 * s * s_low
    tail = z * _series_tail(z)
    series = 0.6666666666666666 + tail
    series_low = (tail - (series - 0.6666666666666666)) + (3.700743415417188e-17 + 0.4 * z_low)
    rest = z * series
    rest_low = rounded_off(z, series, rest) + (z_low * series + z * series_low)
    factor = 2.0 + rest
    factor_low = (rest - (factor - 2.0)) + rest_low
    high = s * factor
    low = rounded_off(s, factor, high) + (s_low * factor + s * factor_low)
    large = k * LOG_2_HIGH
    total = large + high
    total_low = (high - (total - large)) + (low + k * LOG_2_LOW)
    result = total + total_low
    return result, total_low - (result - total)


def _series_tail(z: float) -> float:
    """Return (2 atanh(s) / s - 2 - 2 z / 3) / z**2 for z = s * s up to 0.02945, to 2**-66 of 2 atanh(s) / s."""
    w = z * z
    odd = 0.28571428571429364 + w * (0.18181818335314404 + w * (0.13334804238225345 + w * 0.11723051028097753))
    even = 0.4 + w * (0.22222222221656232 + w * (0.15384594970895457 + w * 0.11706248540922386))
    return even + z * odd


def rounded_off(a: float, b: float, product: float) -> float:
    """Return a * b - product, exactly, where `product` is a * b rounded (Dekker 1971); none of the three is huge."""
    a_high = a * SPLITTER
    a_high -= a_high - a
    a_low = a - a_high
    b_high = b * SPLITTER
    b_high -= b_high - b
    b_low = b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
