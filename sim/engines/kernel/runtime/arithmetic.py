"""The operations of expressions that may have no value, as the kernel calls them: they raise where `expression` does.

Whole numbers stay within 2**53, as in `sim.model.expression`; what passes it is an error, never a wrong number.
"""

import math

LIMIT = 9007199254740992


def divided(over: float, under: float) -> float:
    if under == 0.0:
        raise ValueError("divided by zero")
    return over / under


def since(time: float, last: float) -> float:
    if last == -math.inf:
        raise ValueError("it has not happened yet")
    return time - last


def truth(flag: int) -> bool:
    if flag > 1:
        raise ValueError("it has no value")
    return flag != 0


def within(value: int) -> int:
    if value > LIMIT or value < -LIMIT:
        raise ValueError("a whole number passes 2**53")
    return value


def added(a: int, b: int) -> int:
    return within(a + b)


def subtracted(a: int, b: int) -> int:
    return within(a - b)


def multiplied(a: int, b: int) -> int:
    # The product may not fit into 64 bits; rounded, it says whether it does.
    if abs(float(a) * float(b)) > 9007199254740992.0:
        raise ValueError("a whole number passes 2**53")
    return within(a * b)


def floor_divided(a: int, b: int) -> int:
    if b == 0:
        raise ValueError("divided by zero")
    return within(a // b)


def remainder(a: int, b: int) -> int:
    if b == 0:
        raise ValueError("divided by zero")
    return within(a % b)


def raised(base: int, exponent: int) -> int:
    result = 1
    for _ in range(exponent):
        result = multiplied(result, base)
    return result


def root(x: float) -> float:
    if x < 0.0:
        raise ValueError("no number")
    return math.sqrt(x)


def floor(x: float) -> int:
    if not abs(x) <= 9007199254740992.0:
        raise ValueError("no whole number within 2**53")
    return math.floor(x)


def ceil(x: float) -> int:
    if not abs(x) <= 9007199254740992.0:
        raise ValueError("no whole number within 2**53")
    return math.ceil(x)


def placed(index: int, low: int, high: int) -> int:
    if not low <= index <= high:
        raise ValueError("no member")
    return index - low
