"""Exact answers by numerics of our own kind: matrix exponentials, quadrature, recursion. Never another simulator.

Which answer is which number is in `recomputed`; here are the methods, each with its source.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import integrate
from scipy.linalg import expm


@dataclass(frozen=True)
class Moments:
    mean: float
    sd: float


def moments(distribution: Sequence[float] | np.ndarray) -> Moments:
    """Return mean and sd of a distribution on 0, 1, 2, ..."""
    chances = np.asarray(distribution, dtype=float)
    values = np.arange(len(chances))
    mean = float(chances @ values)
    return Moments(mean, math.sqrt(float(chances @ (values - mean) ** 2)))


def generator(states: int, jumps: Callable[[int], dict[int, float]]) -> np.ndarray:
    """Return the generator of a Markov chain on 0..states-1 from each state's jumps and their rates."""
    matrix = np.zeros((states, states))
    for state in range(states):
        for target, rate in jumps(state).items():
            matrix[state, target] += rate
            matrix[state, state] -= rate
    return matrix


def transient(matrix: np.ndarray, start: int, time: float) -> np.ndarray:
    """Return the distribution at `time` of a chain that begins in `start`."""
    return expm(matrix * time)[start]


def occupation(matrix: np.ndarray, start: int, time: float) -> np.ndarray:
    """Return the expected time in each state up to `time` (Van Loan 1978: one larger exponential)."""
    states = len(matrix)
    block = np.zeros((2 * states, 2 * states))
    block[:states, :states] = matrix
    block[:states, states:] = np.eye(states)
    return expm(block * time)[start, states:]


def dimerisation(molecules: int, bind: float, part: float) -> np.ndarray:
    """Return the generator of the number of pairs."""

    def jumps(pairs: int) -> dict[int, float]:
        single = molecules - 2 * pairs
        found = {}
        if single >= 2:
            found[pairs + 1] = bind * single * (single - 1) / 2
        if pairs:
            found[pairs - 1] = part * pairs
        return found

    return generator(molecules // 2 + 1, jumps)


def mm1k(arrivals: float, services: float, places: int) -> np.ndarray:
    """Return the generator of the number present."""

    def jumps(n: int) -> dict[int, float]:
        return {**({n + 1: arrivals} if n < places else {}), **({n - 1: services} if n else {})}

    return generator(places + 1, jumps)


def quad(function: Callable[[float], float], low: float, high: float) -> float:
    value, error = integrate.quad(function, low, high, epsabs=1e-13, epsrel=1e-12, limit=200)
    assert error < 1e-9
    return value


def race(number: int, laws: Sequence[Any], low: float, high: float) -> float:
    """Return the chance that law `number` is the first, before `high`: the integral of f_i times the others' S_j."""
    others = [law for other, law in enumerate(laws) if other != number]
    return quad(lambda t: laws[number].pdf(t) * math.prod(law.sf(t) for law in others), low, high)


def first_of(laws: Sequence[Any], cuts: Sequence[float]) -> Moments:
    """Return mean and sd of the least of several times, cut off at the last of `cuts`.

    By E T = integral of S and E T^2 = 2 * integral of t S, between one cut and the next.
    """

    def survival(t: float) -> float:
        return math.prod(law.sf(t) for law in laws)

    pieces = list(pairwise(cuts))
    mean = sum(quad(survival, low, high) for low, high in pieces)
    square = sum(quad(lambda t: 2 * t * survival(t), low, high) for low, high in pieces)
    return Moments(mean, math.sqrt(square - mean**2))


def reed_frost(healthy: int, escape: float) -> list[float]:
    """Return the chances of 0, 1, ... further cases in the chain binomial with one first case."""
    chances = [0.0] * (healthy + 1)

    def go(ill: int, left: int, chance: float) -> None:
        if ill == 0:
            chances[healthy - left] += chance
            return
        p = 1 - escape**ill
        for new in range(left + 1):
            go(new, left - new, chance * math.comb(left, new) * p**new * (1 - p) ** (left - new))

    go(1, healthy, 1.0)
    return chances


def final_size(healthy: int, contact: float, transform: Callable[[float], float]) -> list[float]:
    """Return the chances of 0, 1, ... further cases of an epidemic with one first case.

    `contact` is the rate between two given persons, `transform` the Laplace transform of the infectious period. The
    triangular equations of Ball 1986; Andersson and Britton 2000, section 2.4. Latent periods do not matter.
    """
    chances: list[float] = []
    for j in range(healthy + 1):
        known = transform(contact * (healthy - j))
        sum_so_far = sum(math.comb(healthy - i, j - i) * chances[i] / known ** (i + 1) for i in range(j))
        chances.append((math.comb(healthy, j) - sum_so_far) * known ** (j + 1))
    return chances


def life(age: float, survival: Callable[[float], float]) -> tuple[float, float]:
    """Return the mean and the mean square of a life that is cut off at `age`."""
    return quad(survival, 0.0, age), quad(lambda u: 2 * u * survival(u), 0.0, age)


def repaired_or_replaced(age: float, survival: Callable[[float], float], repair: tuple[float, float]) -> Moments:
    """Return mean and sd of one renewal: min(X, age), and the repair if X came first. `repair`: its mean, mean square.

    Barlow and Proschan 1965, chapter 4, with repairs that take time; X and the repair are independent.
    """
    mean, square = life(age, survival)
    broken = 1.0 - survival(age)
    before = mean - age * survival(age)  # E(X; X < age)
    whole = mean + repair[0] * broken
    squared = square + 2 * before * repair[0] + broken * repair[1]
    return Moments(whole, math.sqrt(squared - whole**2))
