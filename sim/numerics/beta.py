"""The beta distribution, its tail and its quantile, near both ends.

See `elementary` for how the text is written, and `priors` and `marks` for what it is for. `beta_table` has the
quantile of one pair of shapes many times faster.
"""

import math

from sim.numerics.elementary import exp, log, log1p
from sim.numerics.gamma import CLOSE, LARGE, LEAST_LOG, LOG_ROOT_2_PI, PRECISION, deviance, log_gamma, stirling
from sim.numerics.normal import normal_quantile


def beta_cdf(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function by its continued fraction (Didonato and Morris 1992)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    return _cdf(a, b, x, exp(beta_front(a, b, beta_constant(a, b), x)))


def beta_tail(a: float, b: float, x: float) -> float:
    """Return 1 - beta_cdf(a, b, x), with the digits that the subtraction would lose."""
    if x <= 0.0:
        return 1.0
    if x >= 1.0:
        return 0.0
    front = exp(beta_front(a, b, beta_constant(a, b), x))
    if x < (a + 1.0) / (a + b + 2.0):
        return 1.0 - front * _fraction(a, b, x) / a
    return front * _fraction(b, a, 1.0 - x) / b


def _cdf(a: float, b: float, x: float, front: float) -> float:
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def beta_constant(a: float, b: float) -> float:
    """Return the part of `beta_front` that does not depend on x, large terms cancelled by hand as in Loader (2000)."""
    n = a + b
    if a >= LARGE and b >= LARGE:
        spread = 0.5 * (log(a) + log(b) - log(n)) - LOG_ROOT_2_PI
        return spread + (stirling(n) - stirling(a) - stirling(b))
    if a < LARGE and b < LARGE:
        return log_gamma(n) - log_gamma(a) - log_gamma(b)
    small = min(a, b)
    large = max(a, b)
    rest = stirling(n) - stirling(large) - log_gamma(small)
    return small * log(n) + (large - 0.5) * log1p(small / large) - small + rest


def beta_front(a: float, b: float, constant: float, x: float) -> float:
    """Return log(x**a * (1 - x)**b / B(a, b)) for x in (0, 1); `constant` is `beta_constant` of the shapes."""
    if a >= LARGE and b >= LARGE:
        n = a + b
        return constant - deviance(a, n * x) - deviance(b, n * (1.0 - x))
    return a * log(x) + b * log1p(-x) + constant


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function by Steed's method (Barnett et al. 1974).

    A step d -> 1 / (1 + over / under * d) takes one division.
    """
    d = 1.0
    change = 1.0
    value = 1.0
    m = 0.0
    moved = 1.0
    while moved > PRECISION * value and m < 10000.0:
        under = (a + 2.0 * m) * (a + 2.0 * m + 1.0)
        d = under / (under - (a + m) * (a + b + m) * x * d)
        odd = change * (d - 1.0)
        m += 1.0
        under = (a + 2.0 * m - 1.0) * (a + 2.0 * m)
        d = under / (under + m * (b - m) * x * d)
        change = odd * (d - 1.0)
        moved = abs(odd) + abs(change)
        value += odd + change
    return value


def beta_quantile(a: float, b: float, p: float) -> float:
    """Return the x with beta_cdf(a, b, x) = p, found from the end that is nearer to it."""
    if p <= 0.0:
        return 0.0
    if p >= 1.0:
        return 1.0
    if p <= beta_cdf(a, b, a / (a + b)):
        return lower_quantile(a, b, p)
    return 1.0 - lower_quantile(b, a, 1.0 - p)


def lower_quantile(a: float, b: float, p: float) -> float:
    """Solve below the mean by Halley's method on logarithms, where the curve has slope a far out.

    Where a step leaves what is known to hold the quantile, that is halved instead.
    """
    constant = beta_constant(a, b)
    middle = a / (a + b)
    low = LEAST_LOG
    high = log(middle) if middle > 0.0 else LEAST_LOG
    aim = log(p)
    x = middle + math.sqrt(middle * (b / (a + b)) / (a + b + 1.0)) * normal_quantile(p)
    if 0.2 * middle < x < middle:
        y = log(x)
    else:
        # x**a / (a B(a, b)), the lower tail, turned round.
        log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b)
        y = min((aim + log(a) + log_beta) / a, high)
    if y < low:
        return 0.0
    count = 0
    while count < 200:
        count += 1
        x = exp(y)
        front = exp(min(beta_front(a, b, constant, x), 700.0)) if x < 1.0 else 0.0
        reached = _cdf(a, b, x, front) if x < 1.0 else 1.0
        if reached < p:
            low = y
        elif reached > p:
            high = y
        else:
            return x
        following = math.inf
        if reached > 0.0 and x < 1.0:
            # d log P / d log x = x pdf(x) / P.
            slope = front / (1.0 - x) / reached
            bend = a - (b - 1.0) * (x / (1.0 - x)) - slope
            step = (aim - log(reached)) / slope if slope > 0.0 else math.inf
            step /= max(1.0 + 0.5 * step * bend, 0.5)
            following = y + step
            if abs(step) * (1.0 + slope + abs(bend) + a) <= CLOSE:
                return exp(following)
        if not low <= following <= high:
            following = 0.5 * (low + high)
            if high - low <= 2.0 * PRECISION * max(1.0, abs(y)):
                return exp(following)
        y = following
    return exp(y)
