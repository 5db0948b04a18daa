"""Values with 160 bits to hold floats against, and how far a float is from one."""

import math
import random
import struct
from typing import Any

from mpmath import mp

exact = mp.clone()
exact.prec = 160


def ulps(value: float, wanted: object) -> float:
    """How many units in the last place of `wanted` lie between the two."""
    if wanted == 0:
        return 0.0 if value == 0.0 else math.inf
    unit = exact.ldexp(1, max(int(exact.frexp(wanted)[1]) - 53, -1074))
    return float(abs(exact.mpf(value) - wanted) / unit)


def between(low: float, high: float, count: int = 401) -> list[Any]:
    """Points from `low` to `high`, denser at both ends, where polynomials are farthest off.

    A function of +, -, * and / takes them, too: what comes out is its formula without any rounding.
    """
    middle, half = (exact.mpf(high) + low) / 2, (exact.mpf(high) - low) / 2
    return [middle - half * exact.cos(exact.pi * place / count) for place in range(1, count)]


def any_float(luck: random.Random) -> float:
    """A finite float above 0, every pattern of bits as likely as another."""
    while True:
        (value,) = struct.unpack("<d", struct.pack("<Q", luck.getrandbits(63)))
        if 0.0 < value < math.inf:
            return float(value)
