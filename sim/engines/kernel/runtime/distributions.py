"""Laws and priors by number, as the kernel's data has them: the order is that of `LAWS` and of `PRIORS`.

Compiled code chooses among functions that stand in its text; the tests hold each number against the registry.
"""

from sim.distributions.clock_laws import (
    exponential_age,
    exponential_hazard,
    fixed_age,
    fixed_hazard,
    gamma_law_age,
    gamma_law_hazard,
    loglogistic_age,
    loglogistic_hazard,
    lognormal_age,
    lognormal_hazard,
    triangular_age,
    triangular_hazard,
    uniform_age,
    uniform_hazard,
    weibull_age,
    weibull_hazard,
)
from sim.distributions.priors import (
    gamma_quantile,
    lognormal_quantile,
    loguniform_quantile,
    normal_prior_quantile,
    pert_quantile,
    triangular_quantile,
    uniform_quantile,
)
from sim.engines.kernel.compiler.subset import Reals
from sim.numerics.beta_table import table_quantile


def law_hazard(law: int, a: float, b: float, c: float, age: float) -> float:
    """Return the hazard that a law has accumulated at an age; a law of fewer parameters leaves the last ones out."""
    match law:
        case 0:
            return exponential_hazard(a, age)
        case 1:
            return weibull_hazard(a, b, age)
        case 2:
            return gamma_law_hazard(a, b, age)
        case 3:
            return lognormal_hazard(a, b, age)
        case 4:
            return loglogistic_hazard(a, b, age)
        case 5:
            return uniform_hazard(a, b, age)
        case 6:
            return triangular_hazard(a, b, c, age)
    return fixed_hazard(a, age)


def law_age(law: int, a: float, b: float, c: float, hazard: float) -> float:
    """Return the age at which a law has accumulated a hazard."""
    match law:
        case 0:
            return exponential_age(a, hazard)
        case 1:
            return weibull_age(a, b, hazard)
        case 2:
            return gamma_law_age(a, b, hazard)
        case 3:
            return lognormal_age(a, b, hazard)
        case 4:
            return loglogistic_age(a, b, hazard)
        case 5:
            return uniform_age(a, b, hazard)
        case 6:
            return triangular_age(a, b, c, hazard)
    return fixed_age(a, hazard)


def quantile_of(prior: int, table: Reals, first: int, u: float) -> float:
    """Return a prior's quantile at u; its table stands from `first` on."""
    match prior:
        case 0:
            return pert_quantile(table, first, u)
        case 1:
            return uniform_quantile(table, first, u)
        case 2:
            return triangular_quantile(table, first, u)
        case 3:
            return table_quantile(table, first, u)
        case 4:
            return normal_prior_quantile(table, first, u)
        case 5:
            return lognormal_quantile(table, first, u)
        case 6:
            return gamma_quantile(table, first, u)
    return loguniform_quantile(table, first, u)
