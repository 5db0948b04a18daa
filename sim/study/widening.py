"""What is known of a parameter once the source of its number is withdrawn: a prior that is wider than its own.

Owns how much wider. Where documents declare what the parameter can be at all, every value of that is equally likely;
else the prior keeps its median and reaches three times as far. The three is a choice made here, and outputs say so.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.build.domains import span
from sim.language.expressions.types import Real
from sim.model.model import UPPER, Parameter
from sim.model.priors.joint_prior import JointPrior
from sim.numerics.normal import normal_quantile

FACTOR = 3.0  # how many times as far from its median a prior reaches
LOWER = 1.0 - UPPER


@dataclass(frozen=True, slots=True)
class Widened:
    """A wider prior: its law and numbers in the unit of the parameter's author, and in words what was done.

    `stretched` says that it reaches FACTOR times as far, which is a choice made here; else documents give its ends.
    """

    law: str
    numbers: tuple[float, ...]
    words: str
    stretched: bool = True

    def as_override(self) -> Mapping[str, Any]:
        """Return it as a scenario file gives a prior."""
        return {"prior": {self.law: [*self.numbers]}}


def widened(parameter: Parameter, parameters: Mapping[str, Parameter]) -> Widened | None:
    """Return the wider prior of a parameter, one of `parameters`; None where no prior about its value is wider.

    Uniform over what it can be, where that has two ends. Else with the median m and the quantiles at 5 % and 95 % as
    a and b: lognormal if a > 0, with 90 % within the factor 3 max(b/m, m/a) of m; normal otherwise, with 90 % within
    3 max(b - m, m - a) of m. A value without a prior has m = a = b. What is negative is uniform from its furthest
    such end to its nearest.
    """
    if not isinstance(parameter.type, Real):
        return None
    low, high = (end / parameter.scale for end in parameter.domain)
    if math.isfinite(low) and math.isfinite(high):
        what = "its range" if parameter.ranged else "all that a number with its prior can be"
        return _uniform(low, high, f"uniform over {what}, {span(parameter, parameter.domain)}", stretched=False)
    a, m, b = (value / parameter.scale for value in _quantiles(parameter, parameters))
    if a > 0.0:
        factor = FACTOR * max(b / m, m / a)
        words = f"lognormal, its median as it is, 90 % within a factor of {factor:.3g} of it: {FACTOR:g} times as far"
        return Widened("lognormal", (_short(m), _short(math.log(factor) / normal_quantile(UPPER))), words)
    if a < b:
        if high <= 0.0:
            return _uniform(FACTOR * a, min(b / FACTOR, 0.0), f"uniform over values {FACTOR:g} times as far")
        sd = FACTOR * max(b - m, m - a) / normal_quantile(UPPER)
        return Widened("normal", (_short(m), _short(sd)), f"normal, its median as it is, {FACTOR:g} times as far")
    if m < 0.0:
        return _uniform(FACTOR * m, m / FACTOR, f"uniform from {FACTOR:g} times its value to a third of it")
    return None  # 0, of which any number of times is 0


def _quantiles(parameter: Parameter, parameters: Mapping[str, Parameter]) -> tuple[float, float, float]:
    """Return the quantiles of a parameter at 5, 50 and 95 %; what its prior reads is at its central value."""
    if not parameter.prior:
        return (float(parameter.value),) * 3
    if parameter.given:
        joint = JointPrior(parameters)
        at = [joint.value(parameter, joint.central(), chance) for chance in (LOWER, 0.5, UPPER)]
    else:
        at = [parameter.quantile(chance) for chance in (LOWER, 0.5, UPPER)]
    return at[0], at[1], at[2]


def _uniform(low: float, high: float, words: str, *, stretched: bool = True) -> Widened:
    return Widened("uniform", (_short(low), _short(high)), words, stretched)


def _short(number: float) -> float:
    """Return a number with as many digits as a reader wants to see."""
    return float(f"{number:.6g}")
