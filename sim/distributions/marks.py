"""Random marks: the laws of the values that an event may carry, as quantile functions of one uniform.

The quantile at u is the least value whose distribution function reaches u. u = 1 is taken as the greatest float
below it, so that every draw is finite.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.distributions.clock_laws import weibull_age
from sim.numerics.beta import beta_quantile, beta_tail
from sim.numerics.elementary import exp, log1p
from sim.numerics.gamma import LARGEST_SHAPE, gamma_age, gamma_hazard
from sim.numerics.normal import normal_quantile

LEAST, MOST = 2.0**-54, 1.0 - 2.0**-53
LARGEST_MEAN = 1e9
# The greatest whole number that the language knows; see `language.expressions.scope`.
LARGEST_COUNT = 9007199254740992.0
FEW = 30.0


@dataclass(frozen=True, slots=True)
class MarkLaw:
    """A law of marks: its parameters, the type of its values, and its quantile function.

    `quantile` raises ValueError with the parameter that cannot be.
    """

    name: str
    parameters: tuple[str, ...]
    type: Literal["int", "real", "bool"]
    quantile: Callable[..., float]

    def check(self, *arguments: float) -> None:
        """Raise ValueError with the parameter that cannot be, or that only some uniforms can be drawn with."""
        for u in (0.5, LEAST, 1.0):
            self.quantile(*arguments, u)


def poisson(mean: float, u: float) -> int:
    if not 0.0 <= mean <= LARGEST_MEAN:
        raise ValueError(f"expected a mean from 0 to {LARGEST_MEAN:g} but got mean={mean}")
    u = min(u, MOST)
    if mean >= FEW:
        return _least(math.inf, mean, mean, math.sqrt(mean), u)
    term = exp(-mean)
    total = term
    k = 0.0
    while total < u and (k < mean or term > total * 1e-18):
        k += 1.0
        term *= mean / k
        total += term
    return int(k)


def binomial(n: float, p: float, u: float) -> int:
    if not 0.0 <= n <= LARGEST_MEAN or n != float(math.floor(n)):
        raise ValueError(f"expected a whole number of trials from 0 to {LARGEST_MEAN:g} but got n={n}")
    p = _chance(p)
    if p == 0.0 or p == 1.0:
        return int(n * p)
    return _least(n, p, n * p, math.sqrt(n * p * (1.0 - p)), min(u, MOST))


def _chance_up_to(k: float, n: float, p: float) -> float:
    """Return the chance that a binomial is at most k; with infinite n, that a Poisson of mean p is."""
    if n == math.inf:
        # The upper tail of a gamma of shape k + 1 at the mean (Abramowitz and Stegun 26.4.21).
        return exp(-gamma_hazard(k + 1.0, p))
    # The upper tail of a beta of shapes k + 1 and n - k at p (Abramowitz and Stegun 26.5.24).
    return beta_tail(k + 1.0, n - k, p) if k < n else 1.0


def _least(n: float, p: float, mean: float, sd: float, u: float) -> int:
    """Return the least k whose `_chance_up_to` reaches u, from the normal approximation, stepping by doubling."""
    k = float(math.floor(mean + sd * normal_quantile(max(u, LEAST))))
    low = -1.0
    high = min(max(k, 0.0), n)
    step = 1.0
    while high < n and _chance_up_to(high, n, p) < u:
        low = high
        high = min(high + step, n)
        step *= 2.0
    step = 1.0
    if low < 0.0:
        low = high - 1.0
        while low >= 0.0 and _chance_up_to(low, n, p) >= u:
            high = low
            low = max(low - step, -1.0)
            step *= 2.0
    while high - low > 1.0:
        middle = float(math.floor(0.5 * (low + high)))
        if _chance_up_to(middle, n, p) >= u:
            high = middle
        else:
            low = middle
    return int(high)


def geometric(p: float, u: float) -> int:
    """Return how many trials the first success takes, 1 at least."""
    if not 0.0 < p <= 1.0:
        raise ValueError(f"expected p above 0 and at most 1 but got p={p}")
    if p == 1.0:
        return 1
    trials = log1p(-min(u, MOST)) / log1p(-p)
    if not trials <= LARGEST_COUNT:
        raise ValueError(f"expected a larger p but got p={p}")
    return max(1, math.ceil(trials))


def bernoulli(p: float, u: float) -> bool:
    return min(u, MOST) > 1.0 - _chance(p)


def uniform_real(low: float, high: float, u: float) -> float:
    if not (-math.inf < low <= high < math.inf and high - low < math.inf):
        raise ValueError(f"expected low <= high, a finite way apart, but got low={low} and high={high}")
    return min(low + (high - low) * u, high)


def exponential(mean: float, u: float) -> float:
    if not 0.0 <= mean < math.inf:
        raise ValueError(f"expected a mean of at least 0 but got mean={mean}")
    return _finite(-mean * log1p(-min(u, MOST)), "mean", mean)


def normal(mean: float, sd: float, u: float) -> float:
    if not (-math.inf < mean < math.inf and 0.0 <= sd < math.inf):
        raise ValueError(f"expected a finite mean and sd of at least 0 but got mean={mean} and sd={sd}")
    return _finite(mean + sd * normal_quantile(min(max(u, LEAST), MOST)), "sd", sd)


def lognormal(median: float, sigma: float, u: float) -> float:
    if not (0.0 < median < math.inf and 0.0 <= sigma < math.inf):
        raise ValueError(f"expected a median above 0 and sigma of at least 0 but got {median=} and {sigma=}")
    power = sigma * normal_quantile(min(max(u, LEAST), MOST))
    return _finite(median * exp(power) if power < 709.0 else math.inf, "sigma", sigma)


def gamma(shape: float, mean: float, u: float) -> float:
    shape = _shape("shape", shape)
    if not 0.0 <= mean < math.inf:
        raise ValueError(f"expected a mean of at least 0 but got mean={mean}")
    return _finite(mean / shape * gamma_age(shape, -log1p(-min(u, MOST))), "mean", mean)


def weibull(shape: float, scale: float, u: float) -> float:
    if not (0.0 < shape < math.inf and 0.0 <= scale < math.inf):
        raise ValueError(f"expected a shape above 0 and a scale of at least 0 but got {shape=} and {scale=}")
    return _finite(weibull_age(shape, scale, -log1p(-min(u, MOST))), "scale", scale)


def beta(a: float, b: float, u: float) -> float:
    return beta_quantile(_shape("a", a), _shape("b", b), min(u, MOST))


def triangular(low: float, mode: float, high: float, u: float) -> float:
    if not (-math.inf < low <= mode <= high < math.inf and high - low < math.inf):
        raise ValueError(
            f"expected low <= mode <= high, a finite way apart, but got low={low}, mode={mode} and high={high}"
        )
    # From the end on whose side of the mode the uniform lies.
    if u * (high - low) < mode - low:
        return min(low + math.sqrt(u * (high - low)) * math.sqrt(mode - low), mode)
    return max(high - math.sqrt((1.0 - u) * (high - low)) * math.sqrt(high - mode), mode)


def _shape(name: str, value: float) -> float:
    if not 0.0 < value <= LARGEST_SHAPE:
        raise ValueError(f"expected {name} above 0, of at most {LARGEST_SHAPE:g}, but got {name}={value}")
    return value


def one_of(weights: Sequence[float], u: float) -> int:
    """Return the place of the one among some values, of these weights, that a uniform stands for.

    Raise ValueError for a weight that cannot be, and where they do not add up to a finite number above 0.
    """
    total = 0.0
    for weight in weights:
        if not 0.0 <= weight < math.inf:
            raise ValueError(f"expected weights of at least 0 but got {weight:g}")
        total += weight
    if not 0.0 < total < math.inf:
        raise ValueError(f"expected weights of which one is above 0 but they add up to {total:g}")
    return reached(weights, u * total)


def reached(weights: Sequence[float], aim: float) -> int:
    """Return the first place at which weights, added one by one, reach `aim`; those of 0 are passed over."""
    below = 0.0
    last = 0
    for place, weight in enumerate(weights):
        if weight > 0.0:
            last = place
            below += weight
            if aim <= below:
                break
    return last


def _finite(value: float, name: str, given: float) -> float:
    if not -math.inf < value < math.inf:
        raise ValueError(f"expected a smaller {name} but got {name}={given}")
    return value


def _chance(p: float) -> float:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"expected a chance from 0 to 1 but got p={p}")
    return p


MARK_LAWS: Mapping[str, MarkLaw] = {
    draw.name: draw
    for draw in (
        MarkLaw("bernoulli", ("p",), "bool", bernoulli),
        MarkLaw("beta", ("a", "b"), "real", beta),
        MarkLaw("binomial", ("n", "p"), "int", binomial),
        MarkLaw("exponential", ("mean",), "real", exponential),
        MarkLaw("gamma", ("shape", "mean"), "real", gamma),
        MarkLaw("geometric", ("p",), "int", geometric),
        MarkLaw("lognormal", ("median", "sigma"), "real", lognormal),
        MarkLaw("normal", ("mean", "sd"), "real", normal),
        MarkLaw("poisson", ("mean",), "int", poisson),
        MarkLaw("triangular", ("low", "mode", "high"), "real", triangular),
        MarkLaw("uniform_real", ("low", "high"), "real", uniform_real),
        MarkLaw("weibull", ("shape", "scale"), "real", weibull),
    )
}
