"""What is known about a parameter before any run: priors as quantile functions of one uniform.

A parameter takes one uniform a run, through the quantile function, so that two scenarios which share a seed share what
is not known (their epistemic uncertainty), too. What is the same in all runs is computed once, into a table of floats;
the kernel lays the tables of all priors end to end.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sim.distributions.elicited.linear_pool import pool_median, pool_quantile, pool_support, pool_table
from sim.distributions.run_tables import (
    FARTHEST,
    LEAST_SHAPE,
    SIZE,
    WIDEST,
    lay_beta,
    lay_gamma,
    lay_lognormal,
    lay_loguniform,
    lay_normal,
    lay_ordered,
    lay_pert,
    lay_uniform,
    no_table,
)
from sim.numerics.beta_table import beta_table, table_quantile
from sim.numerics.elementary import Reals, exp, log, log1p
from sim.numerics.gamma import LARGEST_SHAPE, gamma_age
from sim.numerics.normal import normal_quantile

# A quantile is asked for a uniform in (0, 1]; the ends of an unbounded prior are kept finite.
LEAST, MOST = 2.0**-54, 1.0 - 2.0**-53


def given(*arguments: float) -> tuple[float, ...]:
    """Return the table of a prior that works nothing out beforehand: its arguments."""
    return arguments


def ends(*arguments: float) -> tuple[float, float]:
    """Return the support of a prior whose first argument is its least value and whose last is its greatest."""
    return arguments[0], arguments[-1]


@dataclass(frozen=True, slots=True)
class Prior:
    """A prior by its parameters. `scaled` says which are in the unit of what has the prior; the others are plain
    numbers. `check` raises ValueError with the values that cannot be; `central` is the value that `--central` takes;
    `support` the least and the greatest value.

    `quantile(table, first, u)` reads at `table[first]` and on what `prepare` made of the parameters. `lay` makes such
    a table, too, for a prior that is known only in a run: see `run_tables`.
    """

    name: str
    parameters: tuple[str, ...]
    scaled: tuple[bool, ...]
    check: Callable[..., None]
    quantile: Callable[[Reals, int, float], float]
    central: Callable[..., float]
    lay: Callable[..., None]
    prepare: Callable[..., tuple[float, ...]] = given
    support: Callable[..., tuple[float, float]] = ends


def prior_quantile(name: str, arguments: tuple[float, ...], u: float) -> float:
    """Return the quantile at u in (0, 1] of the prior of that name with these arguments."""
    return DRAWN[name].quantile(_prepared(name, arguments), 0, u)


@lru_cache(maxsize=1024)
def _prepared(name: str, arguments: tuple[float, ...]) -> tuple[float, ...]:
    return DRAWN[name].prepare(*arguments)


def run_quantile(name: str, arguments: Sequence[float], u: float) -> float:
    """Return the quantile of a prior whose arguments are known only in a run. Raise ValueError if they cannot be."""
    prior, table = PRIORS[name], [0.0] * SIZE
    prior.lay(table, 0, *arguments)
    return prior.quantile(table, 0, u)


def _inner(u: float) -> float:
    return min(max(u, LEAST), MOST)


def pert_table(low: float, mode: float, high: float) -> tuple[float, ...]:
    """Return the ends and the table of the PERT: a beta over [low, high] with shape 4 (Clark 1962; Vose 2008)."""
    a = 1.0 + 4.0 * ((mode - low) / (high - low))
    b = 1.0 + 4.0 * ((high - mode) / (high - low))
    return low, high, *beta_table(a, b)


def pert_quantile(table: Reals, first: int, u: float) -> float:
    low = table[first]
    high = table[first + 1]
    return min(low + (high - low) * table_quantile(table, first + 2, u), high)


def uniform_quantile(table: Reals, first: int, u: float) -> float:
    low = table[first]
    high = table[first + 1]
    return min(low + (high - low) * u, high)


def triangular_quantile(table: Reals, first: int, u: float) -> float:
    low = table[first]
    mode = table[first + 1]
    high = table[first + 2]
    if u < (mode - low) / (high - low):
        return low + math.sqrt(u * (high - low)) * math.sqrt(mode - low)
    return max(high - math.sqrt((1.0 - u) * (high - low)) * math.sqrt(high - mode), low)


def normal_prior_quantile(table: Reals, first: int, u: float) -> float:
    return table[first] + table[first + 1] * normal_quantile(_inner(u))


def lognormal_quantile(table: Reals, first: int, u: float) -> float:
    return table[first] * exp(table[first + 1] * normal_quantile(_inner(u)))


def gamma_quantile(table: Reals, first: int, u: float) -> float:
    shape = table[first]
    mean = table[first + 1]
    return mean / shape * gamma_age(shape, -log1p(-_inner(u)))


def loguniform_table(low: float, high: float) -> tuple[float, ...]:
    return low, high, log(low), log(high) - log(low)


def loguniform_quantile(table: Reals, first: int, u: float) -> float:
    value = exp(table[first + 2] + u * table[first + 3])
    return min(max(value, table[first]), table[first + 1])


def _ordered(low: float, mode: float, high: float) -> None:
    if not (-math.inf < low <= mode <= high < math.inf and low < high):
        raise ValueError(f"expected low <= mode <= high and low < high but got low={low}, mode={mode}, high={high}")
    _narrow(low, high)


def _interval(low: float, high: float) -> None:
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"expected low < high but got low={low} and high={high}")
    _narrow(low, high)


def _narrow(low: float, high: float) -> None:
    if high - low == math.inf:
        raise ValueError(f"expected a narrower range but got low={low} and high={high}")


def _positive_interval(low: float, high: float) -> None:
    if not 0.0 < low < high < math.inf:
        raise ValueError(f"expected 0 < low < high but got low={low} and high={high}")


def _positive(**given: float) -> None:
    for name, value in given.items():
        if not 0.0 < value < math.inf:
            raise ValueError(f"expected {name} above 0 but got {name}={value}")


def _finite_mean(mean: float, sd: float) -> None:
    if not -math.inf < mean < math.inf:
        raise ValueError(f"expected a finite mean but got mean={mean}")
    _positive(sd=sd)
    if not abs(mean) + FARTHEST * sd < math.inf:
        raise ValueError(f"expected a smaller sd but got mean={mean} and sd={sd}")


def _finite_median(median: float, sigma: float) -> None:
    _positive(median=median, sigma=sigma)
    if not abs(log(median)) + FARTHEST * sigma < WIDEST:
        raise ValueError(f"expected a smaller sigma but got median={median} and sigma={sigma}")


def _no_larger(**given: float) -> None:
    for name, value in given.items():
        if value > LARGEST_SHAPE:
            raise ValueError(f"expected {name} of at most {LARGEST_SHAPE:g} but got {name}={value}")


def _finite_shapes(a: float, b: float) -> None:
    _positive(a=a, b=b)
    _no_larger(a=a, b=b)
    for name, shape in (("a", a), ("b", b)):
        if shape < LEAST_SHAPE:
            raise ValueError(f"expected {name} of at least {LEAST_SHAPE:g} but got {name}={shape}")


def _finite_scale(shape: float, mean: float) -> None:
    _positive(shape=shape, mean=mean)
    _no_larger(shape=shape)
    if not mean / shape < 1e300:
        raise ValueError(f"expected a larger shape but got shape={shape} and mean={mean}")


PRIORS: Mapping[str, Prior] = {
    prior.name: prior
    for prior in (
        Prior(
            name="pert",
            parameters=("low", "mode", "high"),
            scaled=(True, True, True),
            check=_ordered,
            prepare=pert_table,
            quantile=pert_quantile,
            central=lambda low, mode, high: mode,
            lay=lay_pert,
        ),
        Prior(
            name="uniform",
            parameters=("low", "high"),
            scaled=(True, True),
            check=_interval,
            quantile=uniform_quantile,
            central=lambda low, high: low + 0.5 * (high - low),
            lay=lay_uniform,
        ),
        Prior(
            name="triangular",
            parameters=("low", "mode", "high"),
            scaled=(True, True, True),
            check=_ordered,
            quantile=triangular_quantile,
            central=lambda low, mode, high: mode,
            lay=lay_ordered,
        ),
        Prior(
            name="beta",
            parameters=("a", "b"),
            scaled=(False, False),
            check=_finite_shapes,
            prepare=beta_table,
            quantile=table_quantile,
            central=lambda a, b: a / (a + b),
            lay=lay_beta,
            support=lambda a, b: (0.0, 1.0),
        ),
        Prior(
            name="normal",
            parameters=("mean", "sd"),
            scaled=(True, True),
            check=_finite_mean,
            quantile=normal_prior_quantile,
            central=lambda mean, sd: mean,
            lay=lay_normal,
            support=lambda mean, sd: (-math.inf, math.inf),
        ),
        Prior(
            name="lognormal",
            parameters=("median", "sigma"),
            scaled=(True, False),
            check=_finite_median,
            quantile=lognormal_quantile,
            central=lambda median, sigma: median,
            lay=lay_lognormal,
            support=lambda median, sigma: (0.0, math.inf),
        ),
        Prior(
            name="gamma",
            parameters=("shape", "mean"),
            scaled=(False, True),
            check=_finite_scale,
            quantile=gamma_quantile,
            central=lambda shape, mean: mean,
            lay=lay_gamma,
            support=lambda shape, mean: (0.0, math.inf),
        ),
        Prior(
            name="loguniform",
            parameters=("low", "high"),
            scaled=(True, True),
            check=_positive_interval,
            prepare=loguniform_table,
            quantile=loguniform_quantile,
            central=lambda low, high: math.sqrt(low) * math.sqrt(high),
            lay=lay_loguniform,
        ),
    )
}

# What experts say, fitted and pooled: nobody writes its arguments, so it is none of the priors that documents name.
ELICITED = Prior(
    name="elicited",
    parameters=(),
    scaled=(),
    check=lambda *_: None,
    prepare=pool_table,
    quantile=pool_quantile,
    central=pool_median,
    lay=no_table,
    support=pool_support,
)
DRAWN: Mapping[str, Prior] = {**PRIORS, ELICITED.name: ELICITED}
