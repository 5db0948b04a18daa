"""Laws and priors by number, as the kernel's data has them: the order is that of `LAWS` and of `DRAWN`.

Compiled code chooses among functions that stand in its text; the tests hold each number against the registry.
"""

from sim.distributions import clock_laws, priors
from sim.distributions.elicited import linear_pool
from sim.engines.kernel.compiler.subset import Reals
from sim.numerics import beta_table


def law_hazard(law: int, a: float, b: float, c: float, age: float) -> float:
    """Return the hazard that a law has accumulated at an age; a law of fewer parameters leaves the last ones out."""
    match law:
        case 0:
            return clock_laws.exponential_hazard(a, age)
        case 1:
            return clock_laws.weibull_hazard(a, b, age)
        case 2:
            return clock_laws.gamma_law_hazard(a, b, age)
        case 3:
            return clock_laws.lognormal_hazard(a, b, age)
        case 4:
            return clock_laws.loglogistic_hazard(a, b, age)
        case 5:
            return clock_laws.uniform_hazard(a, b, age)
        case 6:
            return clock_laws.triangular_hazard(a, b, c, age)
    return clock_laws.fixed_hazard(a, age)


def law_age(law: int, a: float, b: float, c: float, hazard: float) -> float:
    """Return the age at which a law has accumulated a hazard."""
    match law:
        case 0:
            return clock_laws.exponential_age(a, hazard)
        case 1:
            return clock_laws.weibull_age(a, b, hazard)
        case 2:
            return clock_laws.gamma_law_age(a, b, hazard)
        case 3:
            return clock_laws.lognormal_age(a, b, hazard)
        case 4:
            return clock_laws.loglogistic_age(a, b, hazard)
        case 5:
            return clock_laws.uniform_age(a, b, hazard)
        case 6:
            return clock_laws.triangular_age(a, b, c, hazard)
    return clock_laws.fixed_age(a, hazard)


def quantile_of(prior: int, table: Reals, first: int, u: float) -> float:
    """Return a prior's quantile at u; its table stands from `first` on."""
    match prior:
        case 0:
            return priors.pert_quantile(table, first, u)
        case 1:
            return priors.uniform_quantile(table, first, u)
        case 2:
            return priors.triangular_quantile(table, first, u)
        case 3:
            return beta_table.table_quantile(table, first, u)
        case 4:
            return priors.normal_prior_quantile(table, first, u)
        case 5:
            return priors.lognormal_quantile(table, first, u)
        case 6:
            return priors.gamma_quantile(table, first, u)
        case 7:
            return priors.loguniform_quantile(table, first, u)
    return linear_pool.pool_quantile(table, first, u)
