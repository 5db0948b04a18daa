"""The sine and the cosine of an angle in radians, with the same bits on every machine.

An angle is brought to within a quarter of pi of a multiple of pi / 2, which is known in three floats (Cody and Waite
1980; the products are exact, Dekker 1971); the shape of the polynomials is classical (Ng 1992, "Argument reduction for
huge arguments"; fdlibm), their coefficients are our own, as in `elementary`, which says in what the text is written.
"""

from sim.numerics.elementary import ROUNDING
from sim.numerics.powers import rounded_off

# Up to here the reduced angle keeps all its digits, however near to a multiple of pi / 2 a float lies.
LARGEST_ANGLE = 4294967296.0
QUARTER_OF_PI = 0.7853981633974483
PER_QUARTER_TURN = 0.6366197723675814
# pi / 2 as a sum, to 2**-163.
QUARTER_TURN = 1.5707963267948966
QUARTER_TURN_REST = 6.123233995736766e-17
QUARTER_TURN_LAST = -1.4973849048591698e-33


def sin(x: float) -> float:
    """Return the sine of x radians within 0.85 ulp (of 7 million floats the worst was off by 0.782).

    Raise ValueError for NaN, and beyond `LARGEST_ANGLE` either way.
    """
    turns, angle, rest = reduced(x)
    value = _near_sine(angle, rest) if turns % 2 == 0 else _near_cosine(angle, rest)
    return value if turns < 2 else -value


def cos(x: float) -> float:
    """Return the cosine of x radians within 0.85 ulp (of 7 million floats the worst was off by 0.777).

    Raise ValueError as `sin` does.
    """
    turns, angle, rest = reduced(x)
    value = _near_cosine(angle, rest) if turns % 2 == 0 else _near_sine(angle, rest)
    return value if turns == 0 or turns == 3 else -value


def reduced(x: float) -> tuple[int, float, float]:
    """Return how many quarter turns are nearest to x, of the last four, and the angle from there, in two floats."""
    if not abs(x) <= LARGEST_ANGLE:
        raise ValueError(f"expected an angle of at most {LARGEST_ANGLE:.0f} either way but got {x}")
    if abs(x) <= QUARTER_OF_PI:
        return 0, x, 0.0
    k = (x * PER_QUARTER_TURN + ROUNDING) - ROUNDING
    high = k * QUARTER_TURN
    middle = k * QUARTER_TURN_REST
    # What was rounded off of the products, and of each difference, is taken away last. The first difference is exact.
    high_rest = rounded_off(k, QUARTER_TURN, high)
    middle_rest = rounded_off(k, QUARTER_TURN_REST, middle)
    first = x - high
    second = first - high_rest
    third = second - middle
    lost = left_over(first, high_rest, second) + left_over(second, middle, third)
    last = (lost - middle_rest) - k * QUARTER_TURN_LAST
    angle = third + last
    return int(k) % 4, angle, last - (angle - third)


def left_over(a: float, b: float, difference: float) -> float:
    """Return a - b - difference, exactly, where `difference` is a - b rounded (Knuth 1969)."""
    given = difference - a
    return (a - (difference - given)) - (b + given)


def _near_sine(x: float, rest: float) -> float:
    """Return the sine of x + rest, for x up to a quarter of pi either way, and a rest below its last digit."""
    z = x * x
    return x - ((z * (0.5 * rest - z * x * sine_rest(z)) - rest) + z * x * 0.16666666666666666)


def _near_cosine(x: float, rest: float) -> float:
    """Return the cosine of x + rest, as `_near_sine` does the sine."""
    z = x * x
    half = 0.5 * z
    # 1 - z / 2 in two parts, so that only the small rest is rounded twice.
    one = 1.0 - half
    return one + (((1.0 - one) - half) + (z * z * cosine_rest(z) - x * rest))


def sine_rest(z: float) -> float:
    """Return (sin(x) / x - 1 + z / 6) / z**2 for z = x * x up to (pi / 4)**2, to 2**-62 of sin(x) / x."""
    w = z * z
    low = 0.008333333333333333 - z * 0.00019841269841268963
    middle = 2.755731922232509e-06 - z * 2.5052107236381626e-08
    high = 1.6058684400905804e-10 - z * 7.595311845794912e-13
    return low + w * (middle + w * high)


def cosine_rest(z: float) -> float:
    """Return (cos(x) - 1 + z / 2) / z**2 for z = x * x up to (pi / 4)**2, to 2**-59 of cos(x)."""
    w = z * z
    low = 0.041666666666666664 - z * 0.0013888888888887398
    middle = 2.480158729876569e-05 - z * 2.7557317271729793e-07
    high = 2.0876146268403195e-09 - z * 1.1382632425521638e-11
    return low + w * (middle + w * high)
