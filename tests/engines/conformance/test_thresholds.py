"""A clock fires at the age at which its hazard reaches its draw: time by time, in the body and in the far tails.

The draw is the stream's, which every engine shares; the survival is worked out here, in logarithms, by other means
than the engine's. After a branch at a great age only far tails are asked for.
"""

import math
from dataclasses import replace

import pytest
from scipy import optimize

from sim.build.model import loads_model
from sim.model.program import compile_model
from sim.numerics.streams import stream_key, uniform
from tests.engines.conformance import numerics
from tests.engines.conformance.clocks import LAWS
from tests.engines.conformance.engines import ENGINES
from tests.engines.conformance.known import alone, text_of
from tests.specimens import exact

SEED = 77
RUNS = 60
FOREVER = 1e300


def drawn(rule: str, run: int) -> float:
    """Return the uniform of the first start of a rule's clock; its threshold is minus the logarithm."""
    return uniform(stream_key(SEED, f"rule:{rule}"), run, 0, 0)


def times(engine: str, start: float, run: int, horizon: float = FOREVER) -> dict[str, float]:
    """Return when each rule first fires in a run that begins at `start`: till then the clocks have run on."""
    scenario = replace(alone(loads_model(text_of("laws"))), start=start, horizon=horizon)
    log = ENGINES[engine](compile_model(scenario.model), scenario, SEED).run(run)
    return {event.rule: event.time for event in log if event.kind == "fired"}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_law_fires_where_its_survival_is_the_uniform(engine):
    for run in range(RUNS):
        found = times(engine, 0.0, run)
        assert set(found) == set(LAWS)
        for name, (survival, _) in LAWS.items():
            chance = drawn(name, run)
            assert survival(found[name]) == pytest.approx(chance, rel=1e-11, abs=0.0)
            assert 1.0 - survival(found[name]) == pytest.approx(1.0 - chance, rel=1e-9, abs=0.0)


def log_normal_tail(z: float) -> float:
    """Return log of P(Z > z) for z > 0: the density times the integral of exp(-z v - v^2/2)."""
    tail = exact.quad(lambda v: math.exp(-v - (v / z) ** 2 / 2.0), 0.0, math.inf)
    return -z * z / 2.0 - math.log(2.0 * math.pi) / 2.0 - math.log(z) + math.log(tail)


def log_lognormal(median: float, sigma: float, age: float) -> float:
    return log_normal_tail(math.log(age / median) / sigma)


VARIANCE = math.log(1.0 + (2.0 / 5.0) ** 2)
LOG_SURVIVAL = {
    "exponential": lambda age: -age / 3.0,
    "weibull_early": lambda age: -((age / 2.0) ** 0.7),
    "weibull_by_mean": lambda age: -((age * math.gamma(4.0 / 3.0) / 5.0) ** 3),
    "gamma_early": lambda age: numerics.log_upper_gamma(0.4, age / 2.0),
    "gamma_by_mean": lambda age: numerics.log_upper_gamma(3.5, age / 2.0),
    "lognormal": lambda age: log_lognormal(4.0, 0.8, age),
    "lognormal_by_moments": lambda age: log_lognormal(5.0 * math.exp(-VARIANCE / 2.0), math.sqrt(VARIANCE), age),
    "loglogistic": lambda age: -1.6 * math.log(age / 2.0) - math.log1p((age / 2.0) ** -1.6),
    "rate": lambda age: -age / 4.0,
    "chance_within": lambda age: age / 14.0 * math.log(0.7),
}


def age_at(name: str, survival: float) -> float:
    """Return an age at which so little survival is left."""
    above = 5.0  # past all medians but one, where the formulas hold
    while LOG_SURVIVAL[name](above) > math.log(survival):
        above *= 2.0
    return optimize.brentq(lambda age: LOG_SURVIVAL[name](age) - math.log(survival), above / 2.0, above, rtol=1e-6)


@pytest.mark.parametrize("survival", [1e-6, 1e-30, 1e-300])
@pytest.mark.parametrize("name", LOG_SURVIVAL)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_old_clock_is_left_with_the_far_tail_of_its_law(engine, name, survival):
    age = age_at(name, survival)
    for run in range(5):
        time = times(engine, age, run)[name]
        assert time >= age
        left = LOG_SURVIVAL[name](age) + math.log(drawn(name, run))
        assert LOG_SURVIVAL[name](time) == pytest.approx(left, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("before", [1e-3, 1e-9])
@pytest.mark.parametrize(("name", "end", "power"), [("uniform", 6.5, 1.0), ("triangular", 8.0, 0.5)])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_bounded_clock_that_is_nearly_due_is_left_with_its_last_moments(engine, name, end, power, before):
    for run in range(20):
        time = times(engine, end - before, run)[name]
        left = (end - (end - before)) * drawn(name, run) ** power
        assert time == pytest.approx(end - left, rel=0.0, abs=4.0 * math.ulp(end))
