"""Exact answers by numerics of our own kind: matrix exponentials, quadrature, recursion. Never another simulator."""

import math
from collections.abc import Callable

import numpy as np
from scipy import integrate
from scipy.linalg import expm


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


def moments(distribution: np.ndarray) -> tuple[float, float]:
    values = np.arange(len(distribution))
    mean = float(distribution @ values)
    return mean, math.sqrt(float(distribution @ (values - mean) ** 2))


def dimerisation() -> tuple[float, float]:
    def jumps(pairs: int) -> dict[int, float]:
        single = 20 - 2 * pairs
        found = {}
        if single >= 2:
            found[pairs + 1] = 0.02 * single * (single - 1) / 2
        if pairs:
            found[pairs - 1] = 0.3 * pairs
        return found

    return moments(transient(generator(11, jumps), 0, 2.0))


def _mm1k() -> np.ndarray:
    def jumps(n: int) -> dict[int, float]:
        return {**({n + 1: 0.9} if n < 4 else {}), **({n - 1: 1.0} if n else {})}

    return generator(5, jumps)


def mm1k_length() -> float:
    return moments(transient(_mm1k(), 0, 6.0))[0]


def mm1k_lost() -> float:
    return float(0.9 * occupation(_mm1k(), 0, 6.0)[4])


def mm1k_busy() -> float:
    return float(6.0 - occupation(_mm1k(), 0, 6.0)[0])


def age_replacement() -> float:
    def survival(age: float) -> float:
        return math.exp(-((age / 3.0) ** 2))

    return integrate.quad(survival, 0.0, 2.0)[0] / (1.0 - survival(2.0))


def reed_frost() -> tuple[float, float]:
    """Return mean and sd of the final size with one ill and three healthy, q = exp(-0.5), the first ill included."""
    q = math.exp(-0.5)
    size = [0.0] * 5

    def go(ill: int, healthy: int, chance: float) -> None:
        if ill == 0:
            size[4 - healthy] += chance
            return
        p = 1 - q**ill
        for new in range(healthy + 1):
            go(new, healthy - new, chance * math.comb(healthy, new) * p**new * (1 - p) ** (healthy - new))

    go(1, 3, 1.0)
    return moments(np.array(size))


def memory_keep_sd() -> float:
    """Return the sd of W + 1(W > 1) for W uniform on (0, 2)."""
    mean = 1.5
    square = integrate.quad(lambda w: 0.5 * (w + (w > 1)) ** 2, 0, 2, points=[1])[0]
    return math.sqrt(square - mean**2)


NUMERIC: dict[tuple[str, str, str], Callable[[], float]] = {
    ("dimerisation", "pairs", "mean"): lambda: dimerisation()[0],
    ("dimerisation", "pairs", "sd"): lambda: dimerisation()[1],
    ("mm1k", "length", "mean"): mm1k_length,
    ("mm1k", "lost", "mean"): mm1k_lost,
    ("mm1k", "busy", "mean"): mm1k_busy,
    ("age_replacement", "until_failure", "mean"): age_replacement,
    ("sir_fixed_period", "size", "mean"): lambda: reed_frost()[0],
    ("sir_fixed_period", "size", "sd"): lambda: reed_frost()[1],
    ("memory_keep", "done_at", "sd"): memory_keep_sd,
}
