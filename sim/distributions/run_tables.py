"""The tables of priors whose arguments are known only in a run: checked and laid by the kernel as by the reference.

A table serves the same quantile function as one that `priors` prepares beforehand. A beta's has no polynomials, which
are not worth the making for one draw: its quantile is then computed directly. Why arguments cannot be is left to the
checks in `priors`, which refuse the same and say it in words; the order of draws to
`sim.model.priors.joint_prior`.
"""

from collections.abc import MutableSequence
from math import inf
from typing import TypeAlias

from sim.numerics.elementary import log
from sim.numerics.gamma import LARGEST_SHAPE

Reals: TypeAlias = MutableSequence[float]

FARTHEST = 8.3  # the normal quantile at the greatest uniform below 1: no draw lies further out
WIDEST = 700.0  # the greatest logarithm that a lognormal's draw may have
LEAST_SHAPE = 1e-100  # of a beta: its fraction divides by the square
SIZE = 5  # cells of the largest table


def lay_ordered(table: Reals, first: int, low: float, mode: float, high: float) -> None:
    """Lay the table of a triangular prior."""
    if not (-inf < low <= mode and mode <= high < inf and low < high and high - low < inf):
        raise ValueError("no such prior")
    table[first] = low
    table[first + 1] = mode
    table[first + 2] = high


def lay_pert(table: Reals, first: int, low: float, mode: float, high: float) -> None:
    """Lay the table of a PERT: its ends, and its beta."""
    lay_ordered(table, first, low, mode, high)
    table[first + 1] = high
    lay_beta(table, first + 2, 1.0 + 4.0 * ((mode - low) / (high - low)), 1.0 + 4.0 * ((high - mode) / (high - low)))


def lay_beta(table: Reals, first: int, a: float, b: float) -> None:
    """Lay the table of a beta prior, without polynomials."""
    if not (LEAST_SHAPE <= a <= LARGEST_SHAPE and LEAST_SHAPE <= b <= LARGEST_SHAPE):
        raise ValueError("no such prior")
    table[first] = 0.0
    table[first + 1] = a
    table[first + 2] = b


def lay_uniform(table: Reals, first: int, low: float, high: float) -> None:
    """Lay the table of a uniform prior."""
    if not (-inf < low < high and high < inf and high - low < inf):
        raise ValueError("no such prior")
    table[first] = low
    table[first + 1] = high


def lay_loguniform(table: Reals, first: int, low: float, high: float) -> None:
    """Lay the table of a loguniform prior."""
    if not (0.0 < low < high and high < inf):
        raise ValueError("no such prior")
    table[first] = low
    table[first + 1] = high
    table[first + 2] = log(low)
    table[first + 3] = log(high) - log(low)


def lay_normal(table: Reals, first: int, mean: float, sd: float) -> None:
    """Lay the table of a normal prior."""
    if not (-inf < mean < inf and 0.0 < sd < inf and abs(mean) + FARTHEST * sd < inf):
        raise ValueError("no such prior")
    table[first] = mean
    table[first + 1] = sd


def lay_lognormal(table: Reals, first: int, median: float, sigma: float) -> None:
    """Lay the table of a lognormal prior."""
    if not (0.0 < median < inf and 0.0 < sigma < inf):
        raise ValueError("no such prior")
    if not abs(log(median)) + FARTHEST * sigma < WIDEST:
        raise ValueError("no such prior")
    table[first] = median
    table[first + 1] = sigma


def lay_gamma(table: Reals, first: int, shape: float, mean: float) -> None:
    """Lay the table of a gamma prior."""
    if not (0.0 < shape <= LARGEST_SHAPE and 0.0 < mean < inf and mean / shape < 1e300):
        raise ValueError("no such prior")
    table[first] = shape
    table[first + 1] = mean


def no_table(table: Reals, first: int) -> None:  # noqa: ARG001 - it stands for what the others do
    """Refuse: the arguments of such a prior are always known beforehand."""
    raise ValueError("no such prior")
