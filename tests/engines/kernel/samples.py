"""Functions of the kernel's subset, one for each thing that it has: compiled, they must give what CPython gives."""

import math
from collections.abc import MutableSequence
from typing import TypeAlias

Reals: TypeAlias = MutableSequence[float]
Ints: TypeAlias = MutableSequence[int]

THIRD = 1.0 / 3.0


def whole(a: int, b: int) -> int:
    if b == 0:
        return a & 0xFF
    return (a // b) * 1000 + a % b + (a ^ b) - (a | 7) + (b << 2) + (a >> 3)


def arithmetic(x: float, y: float) -> float:
    z = x * THIRD - y
    z += x / (1.5 + abs(y)) if y > -1.0 else -x
    return min(z, x) + max(y, z) * 2.0


def comparisons(x: float, y: float) -> int:
    found = 0
    if x < y:
        found += 1
    elif x == y:
        found += 2
    else:
        found += 4
    if 0.0 <= x <= y < 10.0:
        found += 8
    if x != x or not y >= 0.5:
        found += 16
    return found + int(x > 0.0 and y > 0.0)


def loops(x: float, count: int) -> float:
    total = 0.0
    for i in range(count):
        if i == 7:
            continue
        if total > 50.0:
            break
        total += x * float(i)
    at = 0
    while at < count:
        at += 2
        total -= 0.25
        if total < -3.0:
            break
    for i in range(2, count):
        total += float(i)
    return total


def pieces(x: float) -> tuple[float, int]:
    part, exponent = math.frexp(x)
    return part, exponent


def apart_and_together(x: float, shift: int) -> float:
    part, exponent = pieces(x)
    return math.ldexp(part, exponent - shift) + float(math.floor(part * 10.0)) + float(math.ceil(part * 10.0))


def refused(x: float) -> float:
    if x < 0.0:
        raise ValueError(f"{x} is below nought")
    return math.sqrt(x)


def passed_on(x: float, y: float) -> float:
    return refused(x) + refused(y) if x < 100.0 else refused(y - x)


def caught(x: float, y: float) -> float:
    result = 0.0
    try:
        result = passed_on(x, y)
        result += refused(y)
    except ValueError:
        result = -1.0 - result
    return result


def chosen(which: int, x: float) -> float:
    result = x
    match which:
        case 0:
            result = x + 1.0
        case 1:
            return x * 2.0
        case 5:
            result = refused(x)
    return result


def short_circuit(f: Reals, n: Ints, at: int) -> bool:
    return at >= 0 and at < n[0] and (f[at] > 1.0 or n[1] == at)


def cells(f: Reals, n: Ints, count: int) -> int:
    for place in range(count):
        f[place] = f[place] * 2.0 + float(n[1])
        n[1] = n[1] + place
    f[0] += 0.5
    n[0] -= 3
    return n[0] + n[1]


def named(name: str, x: float) -> float:
    if x > 1e6:
        raise ValueError(f"expected {name} below a million but got {x}")
    return x


def with_a_name(x: float) -> float:
    return named("x", x) * 2.0
