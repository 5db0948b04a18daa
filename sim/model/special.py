"""Special functions in plain floats: the gamma, beta and normal distributions and their inverses, tails included.

Written once with +, -, *, /, comparisons and the functions of `math` that every platform's libm has, so that
the same text can be compiled. Each function names the source of its formula. What they are for is `laws`',
`priors`' and `draws`' business.
"""

import math

TINY = 1e-300
LARGE = 10.0
# Series and fractions take about the square root of the shape in steps: past this they are not worth waiting for.
LARGEST_SHAPE = 1e9
PRECISION = 2.0**-52
LOG_2 = 0.6931471805599453
LOG_ROOT_2_PI = 0.9189385332046727
ROOT_HALF = 0.7071067811865476


def log_gamma(x: float) -> float:
    """Return log Gamma(x) for x > 0: Stirling's series, and below 10 Lanczos's approximation, g = 7, nine terms
    (Godfrey 2001).
    """
    if x >= LARGE:
        return (x - 0.5) * math.log(x) - x + LOG_ROOT_2_PI + _stirling(x)
    y = x - 1.0 if x >= 0.5 else x
    total = 0.99999999999980993 + 676.5203681218851 / (y + 1.0) - 1259.1392167224028 / (y + 2.0)
    total += 771.32342877765313 / (y + 3.0) - 176.61502916214059 / (y + 4.0) + 12.507343278686905 / (y + 5.0)
    total += 9.9843695780195716e-6 / (y + 7.0) - 0.13857109526572012 / (y + 6.0) + 1.5056327351493116e-7 / (y + 8.0)
    t = y + 7.5
    result = LOG_ROOT_2_PI + (y + 0.5) * math.log(t) - t + math.log(total)
    return result if x >= 0.5 else result - math.log(x)


def _stirling(x: float) -> float:
    """Return what Stirling's formula leaves of log Gamma(x), x >= 10 (Abramowitz and Stegun 6.1.41)."""
    square = 1.0 / (x * x)
    inner = 1.0 / 1680.0 - square * (1.0 / 1188.0 - square * (691.0 / 360360.0))
    return (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * inner))) / x


def _deviance(x: float, mean: float) -> float:
    """Return x log(x / mean) + mean - x, which near the mean is lost unless taken by a series (Loader 2000)."""
    if abs(x - mean) >= 0.1 * (x + mean):
        ratio = x / mean if mean > TINY * x else math.inf
        logarithm = math.log(ratio) if TINY < ratio < math.inf else math.log(x) - math.log(mean)
        return x * logarithm + mean - x
    v = (x - mean) / (x + mean)
    total = (x - mean) * v
    term = 2.0 * x * v
    before = math.inf
    n = 1.0
    while total != before:
        before = total
        term *= v * v
        n += 2.0
        total += term / n
    return total


def _gamma_front(shape: float, x: float) -> float:
    """Return log(x ** shape * exp(-x) / Gamma(shape))."""
    if shape < LARGE:
        return shape * math.log(x) - x - log_gamma(shape)
    return 0.5 * math.log(shape) - LOG_ROOT_2_PI - _stirling(shape) - _deviance(shape, x)


def gamma_hazard(shape: float, x: float) -> float:
    """Return -log Q(shape, x), the cumulative hazard of the standard gamma distribution.

    The series for the lower tail, the continued fraction for the upper (Abramowitz and Stegun 6.5.29, 6.5.31),
    both in logarithms, so that neither tail is lost.
    """
    if x <= 0.0:
        return 0.0
    if x == math.inf:
        return math.inf
    front = _gamma_front(shape, x)
    if x < shape + 1.0:
        lower = math.exp(front) * _gamma_series(shape, x)
        return -math.log1p(-lower) if lower < 1.0 else -front - math.log(_gamma_fraction(shape, x))
    return -front - math.log(_gamma_fraction(shape, x))


def _gamma_series(shape: float, x: float) -> float:
    term = 1.0 / shape
    total = term
    n = shape
    while term > total * 1e-17:
        n += 1.0
        term *= x / n
        total += term
    return total


def _gamma_fraction(shape: float, x: float) -> float:
    """Return the continued fraction of Gamma(shape, x) by Lentz's method (Thompson and Barnett 1986)."""
    b = x + 1.0 - shape
    c = 1.0 / TINY
    d = 1.0 / b if b != 0.0 else 1.0 / TINY
    value = d
    n = 1.0
    change = 2.0
    while abs(change - 1.0) > PRECISION and n < 10000.0:
        a = -n * (n - shape)
        b += 2.0
        d = a * d + b
        if abs(d) < TINY:
            d = TINY
        c = b + a / c
        if abs(c) < TINY:
            c = TINY
        d = 1.0 / d
        change = d * c
        value *= change
        n += 1.0
    return value


def gamma_age(shape: float, hazard: float) -> float:
    """Return the x with gamma_hazard(shape, x) = hazard, by Newton's method on logarithms, kept in a bracket."""
    if hazard <= 0.0:
        return 0.0
    if hazard == math.inf:
        return math.inf
    # In y = log x and log H the curve is nearly straight: slope `shape` on the left, bending to 1 on the right.
    y = (math.log(hazard) + log_gamma(shape + 1.0)) / shape
    if y > math.log(shape + 1.0):
        y = math.log(shape + hazard)
    if y < -744.0:
        return 0.0
    width = 1.0
    low = max(y - width, -745.0)
    while low > -745.0 and gamma_hazard(shape, math.exp(low)) > hazard:
        width *= 3.0
        low = max(y - width, -745.0)
    width = 1.0
    high = min(y + width, 709.0)
    while high < 709.0 and gamma_hazard(shape, math.exp(high)) < hazard:
        width *= 3.0
        high = min(y + width, 709.0)
    aim = math.log(hazard)
    count = 0
    while count < 100:
        count += 1
        x = math.exp(y)
        reached = gamma_hazard(shape, x)
        if reached < hazard:
            low = y
        elif reached > hazard:
            high = y
        else:
            return x
        if reached <= 0.0:
            y = 0.5 * (low + high)
            continue
        # d log H / d log x = x pdf(x) / (Q H). Past all tails the exponent is rounding, and the bracket decides.
        slope = math.exp(min(_gamma_front(shape, x) + reached, 700.0)) / reached
        step = (aim - math.log(reached)) / slope if slope > 0.0 else math.inf
        following = y + step
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - y) <= 2.0 * PRECISION * max(1.0, abs(y)):
            return math.exp(following)
        y = following
    return math.exp(y)


def normal_hazard(z: float) -> float:
    """Return -log of the standard normal's upper tail at z, by erfc, and far out by its continued fraction
    (Abramowitz and Stegun 26.2.14).
    """
    if z < 0.0:
        return -math.log1p(-0.5 * math.erfc(-z * ROOT_HALF))
    if z < 25.0:
        return -math.log(0.5 * math.erfc(z * ROOT_HALF))
    fraction = z
    n = 30.0
    while n > 0.0:
        fraction = z + n / fraction
        n -= 1.0
    return 0.5 * z * z + LOG_ROOT_2_PI + math.log(fraction)


def normal_age(hazard: float) -> float:
    """Return the z with normal_hazard(z) = hazard; -inf for 0, inf for inf."""
    if hazard <= 0.0:
        return -math.inf
    if hazard == math.inf:
        return math.inf
    if hazard >= LOG_2:
        return _upper_normal(hazard)
    return -_upper_normal(-math.log(-math.expm1(-hazard)))


def _upper_normal(hazard: float) -> float:
    """Solve for z >= 0: the rational start of Abramowitz and Stegun 26.2.23, then Newton on the logarithm."""
    t = 1.4142135623730951 * math.sqrt(hazard)
    if hazard > 1e18:
        return t  # the rest of the hazard is below its last digit
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    z = t - above / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    count = 0
    while count < 8:
        count += 1
        reached = normal_hazard(z)
        # Far out the slope is the reciprocal of Mills's ratio, which the quotient of two tails would lose.
        slope = math.exp(reached - 0.5 * z * z - LOG_ROOT_2_PI) if z < 25.0 else z + 1.0 / z
        step = (hazard - reached) / slope
        z += step
        if abs(step) <= 2.0 * PRECISION * max(1.0, abs(z)):
            return z
    return z


def normal_quantile(p: float) -> float:
    """Return the standard normal's quantile at p in (0, 1)."""
    if p <= 0.5:
        return -_upper_normal(-math.log(p)) if p < 0.5 else 0.0
    return _upper_normal(-math.log1p(-p))


def beta_cdf(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function by its continued fraction (Didonato and Morris 1992)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(_beta_front(a, b, x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


def beta_tail(a: float, b: float, x: float) -> float:
    """Return 1 - beta_cdf(a, b, x), with the digits that the subtraction would lose."""
    if x <= 0.0:
        return 1.0
    if x >= 1.0:
        return 0.0
    front = math.exp(_beta_front(a, b, x))
    if x < (a + 1.0) / (a + b + 2.0):
        return 1.0 - front * _beta_fraction(a, b, x) / a
    return front * _beta_fraction(b, a, 1.0 - x) / b


def _beta_front(a: float, b: float, x: float) -> float:
    """Return log(x ** a * (1 - x) ** b / B(a, b)), large terms cancelled by hand as in Loader (2000)."""
    n = a + b
    if a >= LARGE and b >= LARGE:
        spread = 0.5 * (math.log(a) + math.log(b) - math.log(n)) - LOG_ROOT_2_PI
        rest = _stirling(n) - _stirling(a) - _stirling(b)
        return spread + rest - _deviance(a, n * x) - _deviance(b, n * (1.0 - x))
    if b >= LARGE:
        power = a * (math.log(x) + math.log(n)) + b * math.log1p(-x)
        return power + (b - 0.5) * math.log1p(a / b) - a + _stirling(n) - _stirling(b) - log_gamma(a)
    if a >= LARGE:
        power = a * math.log(x) + b * (math.log1p(-x) + math.log(n))
        return power + (a - 0.5) * math.log1p(b / a) - b + _stirling(n) - _stirling(a) - log_gamma(b)
    return log_gamma(n) - log_gamma(a) - log_gamma(b) + a * math.log(x) + b * math.log1p(-x)


def _beta_fraction(a: float, b: float, x: float) -> float:
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > TINY else TINY)
    value = d
    m = 1.0
    change = 2.0
    while abs(change - 1.0) > PRECISION and m < 10000.0:
        even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        d = 1.0 + even * d
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = 1.0 + even / c
        c = c if abs(c) > TINY else TINY
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        d = 1.0 + odd * d
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = 1.0 + odd / c
        c = c if abs(c) > TINY else TINY
        change = d * c
        value *= change
        m += 1.0
    return value


def beta_quantile(a: float, b: float, p: float) -> float:
    """Return the x with beta_cdf(a, b, x) = p, found from the end that is nearer to it."""
    if p <= 0.0:
        return 0.0
    if p >= 1.0:
        return 1.0
    if p <= beta_cdf(a, b, a / (a + b)):
        return _lower_beta(a, b, p)
    return 1.0 - _lower_beta(b, a, 1.0 - p)


def _lower_beta(a: float, b: float, p: float) -> float:
    """Solve below the mean by Newton's method on logarithms, where the curve has slope a far out, in a bracket."""
    middle = a / (a + b)
    low, high = -745.0, math.log(middle) if middle > 0.0 else -745.0
    aim = math.log(p)
    x = middle + math.sqrt(middle * (b / (a + b)) / (a + b + 1.0)) * normal_quantile(p)
    if 0.2 * middle < x < middle:
        y = math.log(x)
    else:
        y = min((aim + math.log(a) + log_gamma(a) + log_gamma(b) - log_gamma(a + b)) / a, high)
    if y < low:
        return 0.0
    count = 0
    while count < 200:
        count += 1
        x = math.exp(y)
        reached = beta_cdf(a, b, x)
        if reached < p:
            low = y
        elif reached > p:
            high = y
        else:
            return x
        following = math.inf
        if reached > 0.0 and x < 1.0:
            # d log P / d log x = x pdf(x) / P.
            slope = math.exp(min(_beta_front(a, b, x), 700.0)) / ((1.0 - x) * reached)
            following = y + (aim - math.log(reached)) / slope if slope > 0.0 else math.inf
        if not low <= following <= high:
            following = 0.5 * (low + high)
        if abs(following - y) <= 2.0 * PRECISION * max(1.0, abs(y)):
            return math.exp(following)
        y = following
    return math.exp(y)
