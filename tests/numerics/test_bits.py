"""The numbers of runs, to the last bit: what every machine and every engine must agree on.

A digest that changes here changes runs: then SEMANTICS in `sim.model.canonical` goes up, too.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator, Mapping

import pytest

from sim.distributions.clock_laws import LAWS
from sim.distributions.elicited.families import FAMILIES
from sim.distributions.elicited.least_squares import fit
from sim.distributions.elicited.linear_pool import arguments_of, pool_quantile, pool_table
from sim.distributions.marks import MARK_LAWS
from sim.distributions.priors import PRIORS
from sim.numerics.beta import beta_quantile
from sim.numerics.elementary import exp, expm1, log, log1p, logistic
from sim.numerics.gamma import gamma_age, gamma_hazard
from sim.numerics.normal import normal_age, normal_hazard, normal_quantile
from sim.numerics.powers import power
from sim.numerics.streams import philox_uniform, threshold, uniform
from sim.numerics.trigonometry import cos, sin

NUMBER = 300
LAW_OF = {"exponential": (3.0,), "weibull": (0.7, 4.0), "gamma": (2.5, 3.0), "lognormal": (4.0, 0.8),
          "loglogistic": (1.6, 2.0), "uniform": (2.0, 5.0), "triangular": (2.0, 3.0, 5.0), "fixed": (5.0,)}  # fmt: skip
DRAW_OF = {"bernoulli": (0.3,), "binomial": (40.0, 0.3), "exponential": (3.0,), "geometric": (0.2,),
           "lognormal": (2.0, 0.5), "normal": (1.0, 3.0), "poisson": (45.0,), "uniform_real": (2.0, 5.0)}  # fmt: skip
SHAPED_DRAW_OF = {"beta": (2.0, 6.0), "gamma": (2.5, 10.0), "triangular": (2.0, 7.0, 30.0), "weibull": (0.7, 4.0)}
PRIOR_OF = {"beta": (2.0, 6.0), "gamma": (2.5, 10.0), "lognormal": (3.0, 0.7), "loguniform": (0.1, 10.0),
            "normal": (-1.0, 2.0), "pert": (2.0, 7.0, 30.0), "triangular": (2.0, 7.0, 30.0),
            "uniform": (2.0, 7.0)}  # fmt: skip


def us() -> Iterator[float]:
    for index in range(NUMBER):
        yield philox_uniform(1, 2, 3, index)


def scaled(least: float, most: float) -> Iterator[float]:
    return (least + (most - least) * u for u in us())


def of_laws() -> Iterator[float]:
    for name, parameters in LAW_OF.items():
        for u in us():
            age = LAWS[name].age(*parameters, 3.0 * u)
            yield age
            yield LAWS[name].hazard(*parameters, age)


def of_draws(given: Mapping[str, tuple[float, ...]]) -> Iterator[float]:
    return (MARK_LAWS[name].quantile(*arguments, u) for name, arguments in given.items() for u in us())


def of_priors() -> Iterator[float]:
    for name, arguments in PRIOR_OF.items():
        table = PRIORS[name].prepare(*arguments)
        yield from table
        yield from (PRIORS[name].quantile(table, 0, u) for u in us())


def of_experts() -> Iterator[float]:
    said = ((0.05, 2.0), (0.5, 7.0), (0.95, 30.0)), ((0.25, 3.0), (0.5, 5.0), (0.75, 8.0))
    laws = tuple((1.0, fit(family, one, 0.0, 40.0)) for one in said for family in FAMILIES)
    yield from (number for _, law in laws for number in (law.first, law.second, law.off))
    for pool in (laws[1:3], laws[3:4], laws):
        table = pool_table(*arguments_of(pool))
        yield from table
        yield from (pool_quantile(table, 0, u) for u in us())


MADE: dict[str, tuple[Callable[[], Iterator[float]], str]] = {
    "log": (lambda: map(log, scaled(0.0, 9.0)), "91a23bcb0eb5dfd0"),
    "log1p": (lambda: map(log1p, scaled(-1.0, 3.0)), "5e7f348094fb5f66"),
    "exp": (lambda: map(exp, scaled(-740.0, 709.0)), "db55f56e988aa5ff"),
    "expm1": (lambda: map(expm1, scaled(-9.0, 9.0)), "572763d597470151"),
    "logistic": (lambda: map(logistic, scaled(-40.0, 40.0)), "8a0275c02475b9df"),
    "power": (lambda: map(power, scaled(0.0, 9.0), scaled(90.0, -90.0)), "57ce5030fe005c41"),
    "sin": (lambda: map(sin, scaled(-9.0, 9.0)), "c5a63fb1db0002ba"),
    "cos": (lambda: map(cos, scaled(-1e9, 1e9)), "429a34bceab3aee0"),
    "normal": (lambda: (f(u) for u in us() for f in (normal_quantile, normal_age, normal_hazard)), "d73c129fabc8f3e3"),
    "gamma": (
        lambda: (f(s, u) for u in us() for f in (gamma_age, gamma_hazard) for s in (0.3, 2.0, 40.0)),
        "6ed482c76881c830",
    ),
    "beta": (
        lambda: (beta_quantile(a, b, u) for u in us() for a, b in ((0.4, 2.0), (20.0, 31.0), (0.5, 99.0))),
        "df89f3a33c79a3b2",
    ),
    "uniform": (lambda: (uniform(2**63 + index, 2**33, 3, 4) for index in range(NUMBER)), "2868719859b84c5a"),
    "threshold": (lambda: (threshold(2**63 + index, 2**33, 3) for index in range(NUMBER)), "c034a2476862acc0"),
    "laws": (of_laws, "f35c9c313b47ca3b"),
    "draws": (lambda: of_draws(DRAW_OF), "1e1738e86496c1ce"),
    "draws with a shape": (lambda: of_draws(SHAPED_DRAW_OF), "d7522d896cbc7111"),
    "priors": (of_priors, "e8ec0cf94270c60e"),
    "experts": (of_experts, "a37fb4978d7df8f3"),
}


def test_all_laws_draws_and_priors_are_among_them():
    assert (set(LAW_OF), {*DRAW_OF, *SHAPED_DRAW_OF}, set(PRIOR_OF)) == (set(LAWS), set(MARK_LAWS), set(PRIORS))


@pytest.mark.parametrize("name", MADE)
def test_every_machine_makes_the_same_numbers(name):
    made, digest = MADE[name]
    values = list(made())

    assert hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()[:16] == digest
