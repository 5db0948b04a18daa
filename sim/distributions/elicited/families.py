"""The laws that are fitted to what experts say: chances, tails and quantiles, each with two parameters.

A law lies over all numbers (normal), over the positive ones (lognormal, gamma) or over a range (beta). Its parameters
are those of the prior of its name. How they are found is `least_squares`'s.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.numerics.beta import beta_cdf, beta_quantile, beta_tail
from sim.numerics.elementary import exp, expm1, log, log1p
from sim.numerics.gamma import gamma_age, gamma_hazard
from sim.numerics.normal import normal_hazard, normal_quantile


@dataclass(frozen=True, slots=True)
class Family:
    """A law by its two parameters: `chance` of at most x, `tail` above x, and the `quantile` at a chance in (0, 1).

    `number` stands for it in tables; `reaches` is what it lies over.
    """

    name: str
    number: int
    parameters: tuple[str, str]
    reaches: str
    chance: Callable[[float, float, float], float]
    tail: Callable[[float, float, float], float]
    quantile: Callable[[float, float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A law with its parameters, and the range over which a beta lies; `off` is the sum of its squared misfits."""

    family: str
    first: float
    second: float
    low: float = 0.0
    high: float = 1.0
    off: float = 0.0

    def chance(self, x: float) -> float:
        """Return the chance of at most x."""
        return FAMILIES[self.family].chance(self.first, self.second, self._own(x))

    def tail(self, x: float) -> float:
        """Return the chance of more than x."""
        return FAMILIES[self.family].tail(self.first, self.second, self._own(x))

    def quantile(self, u: float) -> float:
        """Return the quantile at u in (0, 1)."""
        value = FAMILIES[self.family].quantile(self.first, self.second, u)
        return min(self.low + (self.high - self.low) * value, self.high) if self.family == "beta" else value

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest value."""
        match FAMILIES[self.family].reaches:
            case "a range":
                return self.low, self.high
            case "the positive numbers":
                return 0.0, math.inf
        return -math.inf, math.inf

    def __str__(self) -> str:
        over = f" over {self.low:g} to {self.high:g}" if self.family == "beta" else ""
        return f"{self.family}({self.first:.6g}, {self.second:.6g}){over}"

    def _own(self, x: float) -> float:
        return (x - self.low) / (self.high - self.low) if self.family == "beta" else x


def _normal_tail(z: float) -> float:
    return exp(-normal_hazard(z))


def _log_ratio(median: float, sigma: float, x: float) -> float:
    return log(x / median) / sigma if x > 0.0 else -math.inf


def _gamma_hazard(shape: float, mean: float, x: float) -> float:
    return gamma_hazard(shape, x * (shape / mean))


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            name="normal",
            number=0,
            parameters=("mean", "sd"),
            reaches="all numbers",
            chance=lambda mean, sd, x: _normal_tail((mean - x) / sd),
            tail=lambda mean, sd, x: _normal_tail((x - mean) / sd),
            quantile=lambda mean, sd, u: mean + sd * normal_quantile(u),
        ),
        Family(
            name="lognormal",
            number=1,
            parameters=("median", "sigma"),
            reaches="the positive numbers",
            chance=lambda median, sigma, x: _normal_tail(-_log_ratio(median, sigma, x)),
            tail=lambda median, sigma, x: _normal_tail(_log_ratio(median, sigma, x)),
            quantile=lambda median, sigma, u: median * exp(sigma * normal_quantile(u)),
        ),
        Family(
            name="gamma",
            number=2,
            parameters=("shape", "mean"),
            reaches="the positive numbers",
            chance=lambda shape, mean, x: -expm1(-_gamma_hazard(shape, mean, x)),
            tail=lambda shape, mean, x: exp(-_gamma_hazard(shape, mean, x)),
            quantile=lambda shape, mean, u: mean / shape * gamma_age(shape, -log1p(-u)),
        ),
        Family(
            name="beta",
            number=3,
            parameters=("a", "b"),
            reaches="a range",
            chance=beta_cdf,
            tail=beta_tail,
            quantile=beta_quantile,
        ),
    )
}
BY_NUMBER = tuple(FAMILIES)
