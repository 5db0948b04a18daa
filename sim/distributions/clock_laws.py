"""The laws of clocks: each a cumulative hazard and its inverse.

A clock whose threshold is E, a unit exponential, fires at the age at which its law's hazard reaches E (Anderson
2007; the inversion method for hazards, Devroye 1986, section VI.2). Owns the laws and the forms in which each
can be given. Plain floats in, floats out: the kernel compiles these very functions.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.numerics.elementary import exp, expm1, log, log1p
from sim.numerics.gamma import LARGEST_SHAPE, gamma_age, gamma_hazard, log_gamma
from sim.numerics.normal import normal_age, normal_hazard

Kind: TypeAlias = Literal["number", "duration"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to give a law. `canonical` turns it into the law's own parameters, or raises ValueError with the
    value that cannot be.
    """

    parameters: tuple[str, ...]
    kinds: tuple[Kind, ...]
    canonical: Callable[..., tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Law:
    """A law: H(parameters, age) is `hazard`, and `age` its inverse in the last argument."""

    name: str
    hazard: Callable[..., float]
    age: Callable[..., float]
    forms: tuple[Form, ...]


def _log_ratio(age: float, scale: float) -> float:
    """Return log(age / scale), also where the quotient itself leaves the floats."""
    ratio = age / scale
    return log(ratio) if 1e-300 < ratio < math.inf else log(age) - log(scale)


def exponential_hazard(mean: float, age: float) -> float:
    return age / mean if age > 0.0 else 0.0


def exponential_age(mean: float, hazard: float) -> float:
    return mean * hazard


def weibull_hazard(shape: float, scale: float, age: float) -> float:
    if age <= 0.0:
        return 0.0
    power = shape * _log_ratio(age, scale)
    return exp(power) if power < 709.7 else math.inf


def weibull_age(shape: float, scale: float, hazard: float) -> float:
    if hazard <= 0.0:
        return 0.0
    power = log(hazard) / shape
    return scale * exp(power) if power < 709.7 else math.inf


def gamma_law_hazard(shape: float, scale: float, age: float) -> float:
    return gamma_hazard(shape, age / scale)


def gamma_law_age(shape: float, scale: float, hazard: float) -> float:
    return scale * gamma_age(shape, hazard)


def lognormal_hazard(median: float, sigma: float, age: float) -> float:
    return normal_hazard(_log_ratio(age, median) / sigma) if age > 0.0 else 0.0


def lognormal_age(median: float, sigma: float, hazard: float) -> float:
    if hazard <= 0.0:
        return 0.0
    power = sigma * normal_age(hazard)
    return median * exp(power) if power < 709.7 else math.inf


def loglogistic_hazard(shape: float, scale: float, age: float) -> float:
    if age <= 0.0:
        return 0.0
    power = shape * _log_ratio(age, scale)
    return log1p(exp(power)) if power < 40.0 else power


def loglogistic_age(shape: float, scale: float, hazard: float) -> float:
    if hazard <= 0.0:
        return 0.0
    power = (log(expm1(hazard)) if hazard < 40.0 else hazard) / shape
    return scale * exp(power) if power < 709.7 else math.inf


def uniform_hazard(low: float, high: float, age: float) -> float:
    if age <= low:
        return 0.0
    if age >= high:
        return math.inf
    # From the end that is nearer, where the difference is exact.
    if 2.0 * age < low + high:
        return -log1p(-(age - low) / (high - low))
    return -log((high - age) / (high - low))


def uniform_age(low: float, high: float, hazard: float) -> float:
    if hazard == math.inf:
        return high
    return min(low - (high - low) * expm1(-hazard), high)


def triangular_hazard(low: float, mode: float, high: float, age: float) -> float:
    if age <= low:
        return 0.0
    if age >= high:
        return math.inf
    if age >= mode:
        # Past the mode the survival is that at the mode times a square: two uniform laws over [mode, high].
        return uniform_hazard(low, high, mode) + 2.0 * uniform_hazard(mode, high, age)
    chance = ((age - low) / (high - low)) * ((age - low) / (mode - low))
    if chance < 0.5:
        return -log1p(-chance)
    left = mode - age
    return -log((high - mode + left * (2.0 - left / (mode - low))) / (high - low))


def triangular_age(low: float, mode: float, high: float, hazard: float) -> float:
    if hazard <= 0.0:
        return low
    if hazard == math.inf:
        return high
    at_mode = uniform_hazard(low, high, mode)
    if hazard < at_mode:
        chance = -expm1(-hazard)
        return min(low + math.sqrt(chance * (high - low)) * math.sqrt(mode - low), mode)
    return uniform_age(mode, high, 0.5 * (hazard - at_mode))


def fixed_hazard(value: float, age: float) -> float:
    return math.inf if age >= value and age > 0.0 else 0.0


def fixed_age(value: float, hazard: float) -> float:  # noqa: ARG001 - a fixed time has no chance in it
    return value


def _above_nought(name: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise ValueError(f"expected {name} above 0 but got {name}={value}")
    return value


def exponential_mean(mean: float) -> tuple[float]:
    return (_above_nought("mean", mean),)


def shape_scale(shape: float, scale: float) -> tuple[float, float]:
    return _above_nought("shape", shape), _above_nought("scale", scale)


def weibull_shape_mean(shape: float, mean: float) -> tuple[float, float]:
    shape = _above_nought("shape", shape)
    mean = _above_nought("mean", mean)
    scale = mean * exp(-log_gamma(1.0 + 1.0 / shape))
    if not 0.0 < scale < math.inf:
        raise ValueError(f"expected a larger shape: with shape={shape} and mean={mean} the scale is {scale}")
    return shape, scale


def gamma_shape_scale(shape: float, scale: float) -> tuple[float, float]:
    if shape > LARGEST_SHAPE:
        raise ValueError(f"expected shape of at most {LARGEST_SHAPE:g} but got shape={shape}")
    return _above_nought("shape", shape), _above_nought("scale", scale)


def gamma_shape_mean(shape: float, mean: float) -> tuple[float, float]:
    shape = _above_nought("shape", shape)
    mean = _above_nought("mean", mean)
    scale = mean / shape
    if not 0.0 < scale < math.inf:
        raise ValueError(f"expected a scale above 0 but got shape={shape} and mean={mean}: the scale is {scale}")
    return gamma_shape_scale(shape, scale)


def median_sigma(median: float, sigma: float) -> tuple[float, float]:
    return _above_nought("median", median), _above_nought("sigma", sigma)


def lognormal_mean_sd(mean: float, sd: float) -> tuple[float, float]:
    mean = _above_nought("mean", mean)
    sd = _above_nought("sd", sd)
    variance = log1p((sd / mean) * (sd / mean))
    if not 0.0 < variance < math.inf:
        raise ValueError(f"expected an sd nearer to the mean but got mean={mean} and sd={sd}")
    return median_sigma(mean * exp(-0.5 * variance), math.sqrt(variance))


def low_high(low: float, high: float) -> tuple[float, float]:
    if not 0.0 <= low < high < math.inf:
        raise ValueError(f"expected 0 <= low < high but got low={low} and high={high}")
    return low, high


def low_mode_high(low: float, mode: float, high: float) -> tuple[float, float, float]:
    if not (0.0 <= low <= mode <= high < math.inf and low < high):
        raise ValueError(
            f"expected 0 <= low <= mode <= high and low < high but got low={low}, mode={mode}, high={high}"
        )
    return low, mode, high


def fixed_value(value: float) -> tuple[float]:
    if not 0.0 <= value < math.inf:
        raise ValueError(f"expected a time of at least 0 but got value={value}")
    return (value,)


def _form(kinds: str, canonical: Callable[..., tuple[float, ...]], *parameters: str) -> Form:
    named: dict[str, Kind] = {"n": "number", "d": "duration"}
    return Form(parameters, tuple(named[kind] for kind in kinds), canonical)


_SHAPE_SCALE = _form("nd", shape_scale, "shape", "scale")
_GAMMA_FORMS = (_form("nd", gamma_shape_scale, "shape", "scale"), _form("nd", gamma_shape_mean, "shape", "mean"))
_LOGNORMAL_FORMS = (_form("dn", median_sigma, "median", "sigma"), _form("dd", lognormal_mean_sd, "mean", "sd"))

LAWS: Mapping[str, Law] = {
    law.name: law
    for law in (
        Law("exponential", exponential_hazard, exponential_age, (_form("d", exponential_mean, "mean"),)),
        Law("weibull", weibull_hazard, weibull_age, (_SHAPE_SCALE, _form("nd", weibull_shape_mean, "shape", "mean"))),
        Law("gamma", gamma_law_hazard, gamma_law_age, _GAMMA_FORMS),
        Law("lognormal", lognormal_hazard, lognormal_age, _LOGNORMAL_FORMS),
        Law("loglogistic", loglogistic_hazard, loglogistic_age, (_SHAPE_SCALE,)),
        Law("uniform", uniform_hazard, uniform_age, (_form("dd", low_high, "low", "high"),)),
        Law("triangular", triangular_hazard, triangular_age, (_form("ddd", low_mode_high, "low", "mode", "high"),)),
        Law("fixed", fixed_hazard, fixed_age, (_form("d", fixed_value, "value"),)),
    )
}
