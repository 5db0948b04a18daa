"""STUB"""

from sim.engines.kernel.subset import Reals

PRIOR_NUMBERS = {}


def law_hazard(law: int, a: float, b: float, c: float, age: float) -> float:
    return a


def law_age(law: int, a: float, b: float, c: float, hazard: float) -> float:
    return a


def prior_quantile(prior: int, table: Reals, first: int, u: float) -> float:
    return u
