"""The normal distribution: its tails as cumulative hazards, and their inverses.

See `elementary` for how the text is written, and `clock_laws`, `priors` and `marks` for what it is for.
"""

import math

from sim.numerics.elementary import exp, expm1, log, log1p
from sim.numerics.powers import rounded_off

LOG_2 = 0.6931471805599453
ROOT_2 = 1.4142135623730951
ROOT_2_PI = 2.5066282746310002
# Past this the hazard is half the square, to the last digit.
ALL_SQUARE = 1e18
# The square of more than this is infinite.
LARGEST_ROOT = 1.3407807929942596e154
# The upper tail ends, and the lower begins, where a float does.
FARTHEST = 39.0


def scaled_tail(z: float) -> float:
    """Return exp(z**2 / 2) times the standard normal's upper tail at z >= 0: half the erfcx of z / sqrt(2).

    Within 9 ulps (the worst of 40 million was 7.62, just above zero, where the terms cancel most; past 0.1 it was
    5.5). (1 + 1.25 z) times it is a polynomial of (z - 5) / (z + 5), as in Shepherd and Laframboise (1981); the
    coefficients are our own, by Chebyshev interpolation in mpmath. As floats they give it to 7e-17.
    """
    t = (z - 5.0) / (z + 5.0)
    t2 = t * t
    t4 = t2 * t2
    t8 = t4 * t4
    a = 0.5576649610687956 - 0.07857596347650818 * t + t2 * (0.009770757560953556 + 0.0327239097975576 * t)
    b = 0.03652467917680597 * t - 0.04496514177891562 + t2 * (0.008747211920490687 * t - 0.02121086189102172)
    c = -0.0021499781128456086 - 2.382969127717125e-05 * t + t2 * (0.00024302453905693735 - 6.724989660023716e-05 * t)
    d = 1.1642549303885496e-05 * t - 1.4031179655638312e-05 + t2 * (8.072161747722354e-08 - 1.6955892329564023e-06 * t)
    e = 1.4075214271153581e-07 + 2.556606027101369e-07 * t - t2 * (3.02902364716649e-08 + 4.051017929293932e-08 * t)
    f = 4.182548375080131e-09 + 5.824570642455965e-09 * t - t2 * (3.215442205510038e-10 + 5.146382428193451e-10 * t)
    return ((a + t4 * b) + t8 * ((c + t4 * d) + t8 * (e + t4 * f))) / (1.0 + 1.25 * z)


def normal_hazard(z: float) -> float:
    """Return -log of the standard normal's upper tail at z."""
    if z < 0.0:
        return -log1p(-_upper_tail(-z))
    if z > LARGEST_ROOT:
        return math.inf
    return 0.5 * z * z - log(scaled_tail(z))


def _upper_tail(z: float) -> float:
    """Return the upper tail at z >= 0, with the digits that the square rounds off."""
    if z > FARTHEST:
        return 0.0
    square = z * z
    return exp(-0.5 * square) * (1.0 - 0.5 * rounded_off(z, z, square)) * scaled_tail(z)


def normal_age(hazard: float) -> float:
    """Return the z with normal_hazard(z) = hazard; -inf for 0, inf for inf."""
    if hazard <= 0.0:
        return -math.inf
    if hazard == math.inf:
        return math.inf
    if hazard >= LOG_2:
        return _upper_age(hazard)
    return -_upper_age(-log(-expm1(-hazard)))


def normal_quantile(p: float) -> float:
    """Return the standard normal's quantile at p in (0, 1)."""
    if p <= 0.5:
        return -_upper_age(-log(p)) if p < 0.5 else 0.0
    return _upper_age(-log1p(-p))


def _upper_age(hazard: float) -> float:
    """Solve for z >= 0: one step of Halley's method, which cubes the error of the start."""
    z = upper_start(hazard)
    if hazard > ALL_SQUARE:
        return z
    tail = scaled_tail(z)
    # The slope of the hazard is 1 / mills, and its own slope is that times (1 / mills - z).
    mills = ROOT_2_PI * tail
    step = (hazard - (0.5 * z * z - log(tail))) * mills
    return z + step / (1.0 + 0.5 * step * (1.0 / mills - z))


def upper_start(hazard: float) -> float:
    """Return the z of a hazard of at least log 2, to 7e-6 up to 700 and to 1e-3 past that, where no threshold comes.

    A rational function in the form of Abramowitz and Stegun 26.2.23; the coefficients are our own, by weighted least
    squares.
    """
    t = ROOT_2 * math.sqrt(hazard)
    if hazard > ALL_SQUARE:
        return t
    above = 2.9006164699872024 + t * (4.063311555646762 + t * (0.5519964055524752 + t * 0.007217777707476849))
    below = 0.12304895822651672 + t * 0.0009914947473060002
    return t - above / (1.0 + t * (3.2002311221202566 + t * (1.5985798803128486 + t * below)))
