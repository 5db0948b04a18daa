"""How wrong the probability is that a clock has fired whose rate moves: the table of `sim/docs/explanation/motion.md`.

Rates of six kinds stand against their integrals in closed form. One unit of time is the scale on which they change.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.model.moving.test_rate_cells import Rate, cells

UNTIL = 8.0
MOMENTS = 24  # of a cell
# By the step: what half of the rates, 19 in 20 of them, and all of them are wrong by.
TABLE = {1.0: (7e-5, 5e-4, 6e-3), 0.5: (4e-5, 3e-4, 3e-3), 0.25: (2e-5, 2e-4, 2e-3)}


def wave(draw: np.random.Generator) -> tuple[Rate, Rate]:
    pace, phase, share = 2.0 * math.pi * draw.uniform(0.02, 1.0), draw.uniform(0.0, 2.0 * math.pi), draw.uniform(0.5, 1)
    return (
        lambda t: 1.0 + share * math.sin(pace * t + phase),
        lambda t: t + share / pace * (math.cos(phase) - math.cos(pace * t + phase)),
    )


def rise(draw: np.random.Generator) -> tuple[Rate, Rate]:
    pace, middle = 10.0 ** draw.uniform(-0.7, 1.0), draw.uniform(0.0, 6.0)

    def softplus(t: float) -> float:
        return float(np.logaddexp(0.0, pace * (t - middle))) / pace

    return lambda t: 1.0 / (1.0 + math.exp(pace * (middle - t))), lambda t: softplus(t) - softplus(0.0)


def decay(draw: np.random.Generator) -> tuple[Rate, Rate]:
    pace, rest = 10.0 ** draw.uniform(-1.0, 0.7), draw.uniform(0.0, 0.3)
    return lambda t: math.exp(-pace * t) + rest, lambda t: rest * t - math.expm1(-pace * t) / pace


def growth(draw: np.random.Generator) -> tuple[Rate, Rate]:
    pace = 10.0 ** draw.uniform(-1.0, 0.5)
    return lambda t: 0.1 * math.exp(pace * t), lambda t: 0.1 * math.expm1(pace * t) / pace


def bump(draw: np.random.Generator) -> tuple[Rate, Rate]:
    middle, width, rest = draw.uniform(0.0, 6.0), 10.0 ** draw.uniform(-0.4, 0.5), draw.uniform(0.02, 0.3)
    half = 0.5 * width * math.sqrt(math.pi)
    return (
        lambda t: rest + math.exp(-(((t - middle) / width) ** 2)),
        lambda t: rest * t + half * (math.erf((t - middle) / width) + math.erf(middle / width)),
    )


def power(draw: np.random.Generator) -> tuple[Rate, Rate]:
    exponent = draw.uniform(0.5, 4.0)
    return lambda t: 0.3 * t**exponent, lambda t: 0.3 * t ** (exponent + 1.0) / (exponent + 1.0)


KINDS: tuple[Callable[[np.random.Generator], tuple[Rate, Rate]], ...] = (wave, rise, decay, growth, bump, power)


def error(rate: Rate, integral: Rate, scale: float, step: float) -> float:
    """Return how wrong the probability is to have fired, at the moment at which it is wrong most."""

    def errors() -> Iterator[float]:
        before = 0.0
        for cell in cells(lambda t: scale * rate(t), UNTIL, step):
            for time in np.linspace(cell.start, cell.end, MOMENTS):
                yield abs(math.exp(-before - cell.part(time)) - math.exp(-scale * integral(time)))
            before += cell.whole

    return max(errors())


@pytest.mark.parametrize("each", [40, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize("step", TABLE)
def test_a_clock_has_fired_with_the_probability_that_its_rate_gives_it(step, each):
    draw = np.random.default_rng(2)
    errors = [error(*kind(draw), 10.0 ** draw.uniform(-1.0, 0.5), step) for kind in KINDS for _ in range(each)]

    half, most, every = np.quantile(errors, [0.5, 0.95, 1.0])
    assert half < TABLE[step][0]
    assert most < TABLE[step][1]
    assert every < TABLE[step][2]


def test_a_wave_that_swings_several_times_in_a_step_may_not_be_seen():
    """Each value that is looked at is then the same."""
    (cell,) = cells(lambda t: 1.0 + 0.9 * math.sin(8.0 * math.pi * t + 0.25 * math.pi), 1.0, 1.0)

    assert cell.first == pytest.approx(cell.middle) == pytest.approx(cell.last)
