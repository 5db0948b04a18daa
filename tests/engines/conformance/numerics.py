"""Exact numerics for the known answers: survival functions, generating functions, uniformisation, renewal equations.

Never another simulator. What the specimens' `exact` has, such as the matrix exponential, is taken from there.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.linalg import expm

from tests.specimens import exact

Survival = Callable[[float], float]


# The laws of clocks: the chance to be older than an age.


def exponential(mean: float) -> Survival:
    return lambda age: math.exp(-max(age, 0.0) / mean)


def weibull(shape: float, scale: float) -> Survival:
    return lambda age: math.exp(-((max(age, 0.0) / scale) ** shape))


def gamma(shape: float, scale: float) -> Survival:
    """Near the origin 1 minus the series (Abramowitz and Stegun 6.5.29), else the integral of the upper tail."""

    def survival(age: float) -> float:
        x = max(age, 0.0) / scale
        if x == 0.0:
            return 1.0
        if x < shape + 1.0:
            return 1.0 - lower_gamma(shape, x)
        return math.exp(log_upper_gamma(shape, x))

    return survival


def lower_gamma(shape: float, x: float) -> float:
    term = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1.0))
    total, n = 0.0, 0
    while term > 1e-18 * total:
        total += term
        n += 1
        term *= x / (shape + n)
    return total


def log_upper_gamma(shape: float, x: float) -> float:
    """Return log Q(shape, x): x^(shape-1) e^-x / Gamma(shape) times the integral of e^-v (1 + v/x)^(shape-1)."""
    tail = exact.quad(lambda v: math.exp(-v) * (1.0 + v / x) ** (shape - 1.0), 0.0, math.inf)
    return (shape - 1.0) * math.log(x) - x - math.lgamma(shape) + math.log(tail)


def lognormal(median: float, sigma: float) -> Survival:
    def survival(age: float) -> float:
        return 0.5 * math.erfc(math.log(age / median) / sigma / math.sqrt(2.0)) if age > 0.0 else 1.0

    return survival


def lognormal_by_moments(mean: float, sd: float) -> Survival:
    variance = math.log(1.0 + (sd / mean) ** 2)
    return lognormal(mean * math.exp(-variance / 2.0), math.sqrt(variance))


def loglogistic(shape: float, scale: float) -> Survival:
    return lambda age: 1.0 / (1.0 + (max(age, 0.0) / scale) ** shape)


def uniform(low: float, high: float) -> Survival:
    return lambda age: min(max((high - age) / (high - low), 0.0), 1.0)


def triangular(low: float, mode: float, high: float) -> Survival:
    def survival(age: float) -> float:
        if age <= low:
            return 1.0
        if age < mode:
            return 1.0 - (age - low) ** 2 / ((high - low) * (mode - low))
        return max(high - age, 0.0) ** 2 / ((high - low) * (high - mode))

    return survival


def by(survival: Survival) -> Survival:
    """Return the distribution function."""
    return lambda age: 1.0 - survival(age)


def left(survival: Survival, age: float) -> Survival:
    """Return the survival of what is left at an age, given that it was reached."""
    return lambda more: survival(age + max(more, 0.0)) / survival(age)


def moments_of(survival: Survival, cuts: Sequence[float]) -> tuple[float, float]:
    """Return mean and sd of a time from its survival, by quadrature from each cut to the next."""
    pieces = list(pairwise(cuts))
    mean = sum(exact.quad(survival, low, high) for low, high in pieces)
    square = sum(exact.quad(lambda t: 2.0 * t * survival(t), low, high) for low, high in pieces)
    return mean, math.sqrt(square - mean**2)


# Distributions on whole numbers


def poisson(mean: float, size: int = 80) -> tuple[float, ...]:
    return tuple(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1.0)) for n in range(size))


def binomial(number: int, chance: float) -> tuple[float, ...]:
    return tuple(math.comb(number, n) * chance**n * (1.0 - chance) ** (number - n) for n in range(number + 1))


def convolved(*distributions: Sequence[float]) -> tuple[float, ...]:
    """Return the distribution of the sum of independent numbers."""
    total = np.ones(1)
    for distribution in distributions:
        total = np.convolve(total, distribution)
    return tuple(float(chance) for chance in total)


def coefficients(generating: Callable[[complex], complex], size: int = 256) -> tuple[float, ...]:
    """Return the chances of 0, 1, ... from a generating function on the unit circle (Abate and Whitt 1992)."""
    circle = np.exp(-2j * np.pi * np.arange(size) / size)
    found = np.fft.ifft([generating(z) for z in circle]).real
    return tuple(float(chance) for chance in np.maximum(found, 0.0))


# Markov chains


def at(matrix: np.ndarray, start: int, time: float) -> tuple[float, ...]:
    return tuple(float(chance) for chance in exact.transient(matrix, start, time))


def absorbing(matrix: np.ndarray, *states: int) -> np.ndarray:
    """Return the generator of the same chain, which stays in these states for good."""
    stopped = matrix.copy()
    stopped[list(states)] = 0.0
    return stopped


def rewards(matrix: np.ndarray, start: Sequence[float], rates: Sequence[float], time: float) -> tuple[float, float]:
    """Return mean and sd of the integral of a reward rate up to `time` (Van Loan 1978: one larger exponential)."""
    states = len(matrix)
    block = np.zeros((3 * states, 3 * states))
    for number in range(3):
        block[number * states : (number + 1) * states, number * states : (number + 1) * states] = matrix
    for number in range(2):
        block[number * states : (number + 1) * states, (number + 1) * states : (number + 2) * states] = np.diag(rates)
    whole = expm(block * time)
    ones = np.ones(states)
    mean = float(np.asarray(start) @ whole[:states, states : 2 * states] @ ones)
    square = 2.0 * float(np.asarray(start) @ whole[:states, 2 * states :] @ ones)
    return mean, math.sqrt(square - mean**2)


def jumps_counted(matrix: np.ndarray, counted: Callable[[int, int], bool], most: int) -> np.ndarray:
    """Return the generator of (count, state): the count of those jumps that are counted, up to `most`."""
    states = len(matrix)
    larger = np.zeros(((most + 1) * states, (most + 1) * states))
    for count in range(most + 1):
        for i in range(states):
            for j in range(states):
                to = min(count + 1, most) if i != j and counted(i, j) else count
                larger[count * states + i, to * states + j] += matrix[i, j]
    return larger


def counted_at(matrix: np.ndarray, counted: Callable[[int, int], bool], start: int, time: float) -> tuple[float, ...]:
    """Return the distribution of the number of counted jumps up to `time`."""
    most = 40
    chances = exact.transient(jumps_counted(matrix, counted, most), start, time)
    return tuple(float(chance) for chance in chances.reshape(most + 1, len(matrix)).sum(axis=1))


def occupation(matrix: np.ndarray, inside: Sequence[int], start: int, time: float) -> Callable[[float], float]:
    """Return the distribution function of the time spent `inside` up to `time`, by uniformisation.

    Given n jumps of the uniformised chain, its n + 1 stays are exchangeable: if k of them are inside, their sum is
    the k-th of n uniforms on (0, time), or 0, or all of it (de Souza e Silva and Gail 1986).
    """
    rate = 1.05 * float(-matrix.diagonal().min())
    step = np.eye(len(matrix)) + matrix / rate
    within = np.zeros(len(matrix), dtype=bool)
    within[list(inside)] = True
    stays = np.zeros((2, len(matrix)))
    stays[int(within[start]), start] = 1.0
    weights = poisson(rate * time, int(rate * time + 12.0 * math.sqrt(rate * time) + 30))
    counts = []
    for _ in weights:
        counts.append(stays.sum(axis=1))
        moved = stays @ step
        stays = np.zeros((len(stays) + 1, len(matrix)))
        stays[:-1, ~within] = moved[:, ~within]
        stays[1:, within] = moved[:, within]

    def cdf(spent: float) -> float:
        if spent < 0.0:
            return 0.0
        if spent >= time:
            return 1.0
        part = spent / time
        total = 0.0
        for n, weight in enumerate(weights):
            inside_chances = counts[n]
            upper = np.cumsum(binomial(n, part)[::-1])[::-1]  # the chance that at least k of n uniforms are below
            total += weight * float(inside_chances[: n + 1] @ upper)
        return total

    return cdf


# Renewals


def sums(survival: Survival, density: Survival, time: float, most: int) -> list[Chebyshev]:
    """Return the distribution functions of the sums of 1, 2, ... lives on (0, time), as Chebyshev series.

    Each is the convolution of the last with the density, by Gauss's quadrature; for a density that is smooth there.
    """
    nodes, weights = np.polynomial.legendre.leggauss(60)

    def next_of(last: Callable[[np.ndarray], np.ndarray], t: float) -> float:
        u = t * (nodes + 1.0) / 2.0
        return float(t / 2.0 * (weights * [density(age) for age in u]) @ last(t - u))

    found = [Chebyshev.interpolate(np.vectorize(by(survival)), 50, (0.0, time))]
    while len(found) < most:
        found.append(Chebyshev.interpolate(np.vectorize(lambda t: next_of(found[-1], t)), 50, (0.0, time)))
    return found


def renewals(reached: Sequence[float]) -> tuple[float, ...]:
    """Return the chances of 0, 1, ... renewals from the chances that the first, the second, ... comes in time."""
    chances = -np.diff([1.0, *reached, 0.0])
    return tuple(float(chance) for chance in np.maximum(chances, 0.0))


def irwin_hall(number: int, time: float) -> float:
    """Return the chance that `number` uniforms on (0, 1) sum up to at most `time` (Feller, volume II, I.9)."""
    if time >= number:
        return 1.0
    terms = ((-1) ** k * math.comb(number, k) * (time - k) ** number for k in range(math.floor(time) + 1))
    return math.fsum(terms) / math.factorial(number)


def availability(up: Survival, up_density: Survival, down_density: Survival, time: float) -> Chebyshev:
    """Return the chance to be up at each time on (0, time), of what alternates between up and down, up first.

    A(t) = S(t) + the integral of f(u) B(t - u), and B(t) = the integral of g(u) A(t - u): solved by iteration, each
    round of which adds one more renewal (Cox, Renewal Theory, chapter 7).
    """
    nodes, weights = np.polynomial.legendre.leggauss(60)

    def folded(density: Survival, other: Callable[[np.ndarray], np.ndarray]) -> Chebyshev:
        def at_time(t: float) -> float:
            u = t * (nodes + 1.0) / 2.0
            return float(t / 2.0 * (weights * [density(age) for age in u]) @ other(t - u))

        return Chebyshev.interpolate(np.vectorize(at_time), 50, (0.0, time))

    alone = Chebyshev.interpolate(np.vectorize(up), 50, (0.0, time))
    found = alone
    for _ in range(60):
        better = alone + folded(up_density, folded(down_density, found))
        change = float(np.abs(better.coef - found.coef).max())
        found = better
        if change < 1e-14:
            break
    return found
