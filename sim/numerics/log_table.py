"""The table of the logarithm: 128 places between 1/2 and 1, with the logarithm at each, made in whole numbers.

After Tang 1990, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic": near a
place c the logarithm of x is that of c and that of x/c, and the latter is a short polynomial. Division by c is a
multiplication with a number near 1/c that has few bits, so that its product with x - c is exact.
"""

# How many bits of fraction the logarithms are computed with.
_BITS = 160
# log 2 in two parts: the first has 33 bits, so that its product with an exponent is exact.
LOG_2_HIGH = 0.6931471804855391
LOG_2_LOW = 7.440617110012397e-11


def _logarithms() -> list[int]:
    """Return log(n / 256) for n from 256 to 512, times 2**160: each is the one before and 2 atanh(1 / (2 n + 1))."""
    found = [0]
    for n in range(256, 512):
        odd = 2 * n + 1
        power, total, place = (2 << _BITS) // odd, 0, 1
        while power:
            total += power // place
            power //= odd * odd
            place += 2
        found.append(found[-1] + total)
    return found


def _table() -> tuple[float, ...]:
    """Return four numbers for each 256th from 1/2 on: the place c in its middle, the factor near 1/c, and in two parts
    c * factor - 1 - log(factor).

    The first of the parts has 42 bits of fraction, so that a multiple of LOG_2_HIGH can be added exactly. The first
    place is 1/2 and the last one 1, so that nothing is lost next to 1, on either side.
    """
    logarithms = _logarithms()
    rows = [0.5, 2.0, -LOG_2_HIGH, -LOG_2_LOW]
    for cell in range(129, 255):
        twice = 2 * cell + 1  # of 512ths
        factor = (512 * 256 + twice // 2) // twice  # of 256ths
        value = ((twice * factor - 512 * 256) << _BITS - 17) - logarithms[factor - 256]
        high = (value >> _BITS - 43) + 1 >> 1
        low = value - (high << _BITS - 42)
        rows += [twice / 512, factor / 256, high / 2**42, low / 2**_BITS]
    return (*rows, 1.0, 1.0, 0.0, 0.0)


LOG_TABLE = _table()
