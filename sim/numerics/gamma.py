"""The gamma function's logarithm, and the gamma distribution as a cumulative hazard with its inverse, tails included.

See `elementary` for how the text is written, and `clock_laws`, `priors` and `marks` for what it is for.
"""

import math

from sim.numerics.elementary import exp, expm1, log, log1p
from sim.numerics.normal import LOG_2, upper_start

TINY = 1e-300
LARGE = 10.0
# Series and fractions take about the square root of the shape in steps: past this they are not worth waiting for.
LARGEST_SHAPE = 1e9
PRECISION = 2.220446049250313e-16
LOG_ROOT_2_PI = 0.9189385332046728
# The logarithms between which an age is looked for: those of the floats.
LEAST_LOG, MOST_LOG = -745.0, 709.0
# A step of Halley's method leaves about the cube of its own size.
CLOSE = 1e-5


def log_gamma(x: float) -> float:
    """Return log Gamma(x) for x > 0: Stirling's series, to which Gamma(x + 1) = x Gamma(x) leads from below 10."""
    product = 1.0
    y = x
    while y < LARGE:
        product *= y
        y += 1.0
    result = (y - 0.5) * log(y) - y + LOG_ROOT_2_PI + stirling(y)
    return result - log(product) if x < LARGE else result


def stirling(x: float) -> float:
    """Return what Stirling's formula leaves of log Gamma(x), x >= 10 (Abramowitz and Stegun 6.1.41)."""
    square = 1.0 / (x * x)
    inner = 1.0 / 1680.0 - square * (1.0 / 1188.0 - square * (691.0 / 360360.0))
    return (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * inner))) / x


def deviance(x: float, mean: float) -> float:
    """Return x log(x / mean) + mean - x, which near the mean is lost unless taken by a series (Loader 2000)."""
    if not abs(x - mean) < 0.1 * (x + mean):
        ratio = x / mean if mean > TINY * x else math.inf
        logarithm = log(ratio) if TINY < ratio < math.inf else log(x) - log(mean)
        return x * logarithm + mean - x
    v = (x - mean) / (x + mean)
    square = v * v
    total = (x - mean) * v
    term = 2.0 * x * v
    before = math.inf
    n = 1.0
    while total != before:
        before = total
        term *= square
        n += 2.0
        total += term / n
    return total


def _front_constant(shape: float) -> float:
    """Return the part of `_front` that does not depend on x."""
    if shape < LARGE:
        return -log_gamma(shape)
    return 0.5 * log(shape) - LOG_ROOT_2_PI - stirling(shape)


def _front(shape: float, constant: float, x: float, log_x: float) -> float:
    """Return log(x**shape * exp(-x) / Gamma(shape)); `constant` is the shape's `_front_constant`."""
    if shape < LARGE:
        return shape * log_x - x + constant
    return constant - deviance(shape, x)


def gamma_hazard(shape: float, x: float) -> float:
    """Return -log Q(shape, x), the cumulative hazard of the standard gamma distribution.

    The series for the lower tail, the continued fraction for the upper (Abramowitz and Stegun 6.5.29, 6.5.31),
    both in logarithms, so that neither tail is lost.
    """
    if x <= 0.0:
        return 0.0
    if x == math.inf:
        return math.inf
    hazard, _ = _hazard(shape, x, _front(shape, _front_constant(shape), x, log(x)))
    return hazard


def _hazard(shape: float, x: float, front: float) -> tuple[float, float]:
    """Return the hazard at x, and its rise with the logarithm of x: x pdf(x) / Q(x)."""
    if x < shape + 1.0:
        density = exp(front)
        lower = density * _series(shape, x)
        if lower < 1.0:
            return -log1p(-lower), density / (1.0 - lower)
    fraction = _fraction(shape, x)
    return -front - log(fraction), 1.0 / fraction


def _series(shape: float, x: float) -> float:
    term = 1.0 / shape
    total = term
    n = shape
    while term > total * 1e-17:
        n += 1.0
        term *= x / n
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    """Return the continued fraction of Gamma(shape, x) by Steed's method (Barnett et al. 1974)."""
    b = x + 1.0 - shape
    d = 1.0 / b if b != 0.0 else 1.0 / TINY
    change = d
    value = d
    n = 1.0
    while abs(change) > 0.5 * PRECISION * abs(value) and n < 10000.0:
        b += 2.0
        below = b - n * (n - shape) * d
        d = 1.0 / below if abs(below) > TINY else 1.0 / TINY
        change *= b * d - 1.0
        value += change
        n += 1.0
    return value


def gamma_age(shape: float, hazard: float) -> float:
    """Return the x with gamma_hazard(shape, x) = hazard, by Halley's method on logarithms.

    In y = log x and log H the curve is nearly straight: its slope is `shape` on the left and bends to 1 on the right.
    Where a step leaves what is known to hold the age, that is halved instead.
    """
    if hazard <= 0.0:
        return 0.0
    if hazard == math.inf:
        return math.inf
    constant = _front_constant(shape)
    y = _start(shape, constant, hazard)
    if y < -744.0:
        return 0.0
    aim = log(hazard)
    low = LEAST_LOG
    high = MOST_LOG
    count = 0
    while count < 100:
        count += 1
        x = exp(y)
        reached, rise = _hazard(shape, x, _front(shape, constant, x, y))
        if reached < hazard:
            low = y
        elif reached > hazard:
            high = y
        else:
            return x
        following = math.inf
        if reached > 0.0:
            slope = rise / reached
            bend = shape - x + rise - slope
            step = (aim - log(reached)) / slope if slope > 0.0 else math.inf
            step /= max(1.0 + 0.5 * step * bend, 0.5)
            following = y + step
            if abs(step) * (1.0 + slope + abs(bend) + abs(shape - x)) <= CLOSE:
                return exp(following)
        if not low < following < high:
            following = 0.5 * (low + high)
            if high - low <= 2.0 * PRECISION * max(1.0, abs(y)):
                return exp(following)
        y = following
    return exp(y)


def _start(shape: float, constant: float, hazard: float) -> float:
    """Return nearly the logarithm of the age at which the hazard is reached."""
    log_chance = log(-expm1(-hazard))
    log_gamma_shape = -constant if shape < LARGE else (shape * log(shape) - shape) - constant
    # The lower tail: x**shape exp(-x) (1 + x / (shape + 1) + ...) / Gamma(shape + 1), turned round.
    y = (log_chance + log(shape) + log_gamma_shape) / shape
    part = exp(y) / (shape + 1.0) if y < MOST_LOG else 1.0
    if part < 0.2:
        return y + part * (1.0 + part * (2.0 * shape + 3.0) / (2.0 * shape + 4.0))
    if shape >= 0.5 and hazard < 10.0 * (shape + 1.0):
        # The cube root is nearly normal (Wilson and Hilferty 1931).
        z = upper_start(hazard) if hazard >= LOG_2 else -upper_start(-log_chance)
        root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
        return log(shape) + 3.0 * log(max(root, 0.1))
    # The upper tail: x**shape exp(-x) / Gamma(shape) over the first terms of its fraction, turned round by iteration.
    x = max(hazard, shape)
    for _ in range(2):
        fraction = x + 1.0 - shape - (1.0 - shape) / (x + 3.0 - shape)
        x = max(hazard - log_gamma_shape + shape * log(x) - log(fraction), 0.1)
    return min(log(x), MOST_LOG)
