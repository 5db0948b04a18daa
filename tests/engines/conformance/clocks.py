"""Known answers about single clocks: the laws, races between them, and the three memories of an interrupted clock."""

import math
from functools import partial
from itertools import pairwise

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import Known, Look, Question, both, cell, fired, text_of
from tests.engines.conformance.numerics import by
from tests.specimens import exact

EVEN = {1: 2.0, 2: 3.0, 3: 4.0}  # the scales of the Weibull clocks of shape 1.7

LAWS = {
    "exponential": (numerics.exponential(3.0), "exp(-t/3)"),
    "weibull_early": (numerics.weibull(0.7, 2.0), "exp(-(t/2)^0.7)"),
    "weibull_by_mean": (numerics.weibull(3.0, 5.0 / math.gamma(4.0 / 3.0)), "exp(-(t/s)^3), s = 5 / Gamma(4/3)"),
    "gamma_early": (numerics.gamma(0.4, 2.0), "Q(0.4, t/2): series, and quadrature of the upper tail"),
    "gamma_by_mean": (numerics.gamma(3.5, 2.0), "Q(3.5, t/2)"),
    "lognormal": (numerics.lognormal(4.0, 0.8), "erfc(log(t/4) / 0.8 / sqrt 2) / 2"),
    "lognormal_by_moments": (numerics.lognormal_by_moments(5.0, 2.0), "the same; sigma^2 = log(1 + (2/5)^2)"),
    "loglogistic": (numerics.loglogistic(1.6, 2.0), "1 / (1 + (t/2)^1.6)"),
    "uniform": (numerics.uniform(1.5, 6.5), "(6.5 - t) / 5"),
    "triangular": (numerics.triangular(1.0, 3.0, 8.0), "two parabolas"),
    "rate": (numerics.exponential(4.0), "exp(-t/4)"),
    "chance_within": (numerics.exponential(-14.0 / math.log(0.7)), "0.7^(t/14)"),
}
SUPPORT = {"uniform": (1.5, 6.5), "triangular": (1.0, 8.0)}


def quarters(scale: float) -> tuple[float, ...]:
    """Return the quartiles of an exponential, a Weibull of shape 1."""
    return tuple(-scale * math.log(1.0 - part / 4.0) for part in (1, 2, 3))


def laws() -> Known:
    return Known(
        "laws",
        text_of("laws"),
        (
            *(
                Question(
                    name,
                    fired(name),
                    Times(by(survival), *SUPPORT.get(name, ())),
                    f"S(t) = {formula}",
                    "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions",
                )
                for name, (survival, formula) in LAWS.items()
            ),
            Question(
                "two_clocks_at_once",
                both(cell(fired("exponential"), quarters(3.0)), cell(fired("rate"), quarters(4.0)), 4),
                Counts((1.0 / 16.0,) * 16, number=False),
                "1/16 for each pair of quarters: clocks are independent",
                "by definition",
            ),
        ),
    )


def winner(event: str) -> Look:
    return lambda seen: next((item.marks[0] - 1.0 for item in seen.log if item.type == event), math.nan)


def when(event: str) -> Look:
    return lambda seen: next((item.time for item in seen.log if item.type == event), math.nan)


HAZARD = sum(scale**-1.7 for scale in EVEN.values())
EVEN_CUTS = tuple((-math.log(1.0 - part / 6.0) / HAZARD) ** (1.0 / 1.7) for part in range(1, 6))
ODD_CUTS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
ODD_LAWS = [numerics.weibull(0.8, 4.0), numerics.weibull(2.5, 3.0), numerics.lognormal(3.0, 0.5)]


def weibull_density(shape: float, scale: float, t: float) -> float:
    return shape / scale * (t / scale) ** (shape - 1.0) * math.exp(-((t / scale) ** shape)) if t > 0.0 else 0.0


def lognormal_density(median: float, sigma: float, t: float) -> float:
    return math.exp(-((math.log(t / median) / sigma) ** 2) / 2.0) / (t * sigma * math.sqrt(2.0 * math.pi)) if t else 0.0


ODD_DENSITIES = [
    partial(weibull_density, 0.8, 4.0), partial(weibull_density, 2.5, 3.0), partial(lognormal_density, 3.0, 0.5),
]  # fmt: skip


def odd_chances() -> tuple[float, ...]:
    """Return, for each runner and each part of time, the integral of its density times the others' survival.

    In u = t^0.8, because the first density has a pole at 0.
    """

    def wins(number: int, low: float, high: float) -> float:
        others = [law for other, law in enumerate(ODD_LAWS) if other != number]

        def slope(u: float) -> float:
            t = u**1.25
            return ODD_DENSITIES[number](t) * math.prod(law(t) for law in others) * 1.25 * u**0.25 if u else 0.0

        return exact.quad(slope, low**0.8, high**0.8)

    return tuple(wins(number, *part) for number in range(3) for part in pairwise((0.0, *ODD_CUTS, 60.0)))


def races() -> Known:
    return Known(
        "races",
        text_of("races"),
        (
            Question(
                "even_who_and_when",
                both(winner("even_won"), cell(when("even_won"), EVEN_CUTS), 6),
                Counts(tuple(scale**-1.7 / HAZARD / 6.0 for scale in EVEN.values() for _ in range(6)), number=False),
                "s_i^-1.7 / sum of s_j^-1.7, whenever it is",
                "Crowder, Classical Competing Risks, 2: proportional hazards",
            ),
            Question(
                "even_when",
                when("even_won"),
                Times(lambda t: 1.0 - math.exp(-HAZARD * max(t, 0.0) ** 1.7)),
                "1 - exp(-t^1.7 sum of s_j^-1.7)",
                "the same",
            ),
            Question(
                "odd_who_and_when",
                both(winner("odd_won"), cell(when("odd_won"), ODD_CUTS), len(ODD_CUTS) + 1),
                Counts(odd_chances(), number=False),
                "integral of f_i times the others' survival",
                "Crowder, Classical Competing Risks, 1; quadrature",
            ),
            Question(
                "odd_when",
                when("odd_won"),
                Times(lambda t: 1.0 - math.prod(law(t) for law in ODD_LAWS)),
                "1 - S_1 S_2 S_3",
                "the same",
            ),
        ),
    )


KNOWN = (laws, races)
