"""The methods behind the answers, each against another way to the same number."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.specimens import exact


def test_the_time_in_a_state_is_the_integral_of_the_chance_to_be_there():
    chain = exact.mm1k(0.9, 1, 4)

    for state in range(5):
        integral = exact.quad(lambda t, state=state: exact.transient(chain, 0, t)[state], 0, 6)
        assert exact.occupation(chain, 0, 6.0)[state] == pytest.approx(integral, rel=1e-9)


def test_a_full_queue_forgets_its_beginning_and_is_geometric():
    chances = exact.transient(exact.mm1k(0.9, 1, 4), 0, 500.0)

    assert chances == pytest.approx(0.9 ** np.arange(5) / sum(0.9 ** np.arange(5)))


def test_dimers_come_to_detailed_balance():
    chances = exact.transient(exact.dimerisation(20, 0.02, 0.3), 0, 500.0)

    for pairs in range(10):
        single = 20 - 2 * pairs
        binding = chances[pairs] * 0.02 * math.comb(single, 2)
        assert binding == pytest.approx(chances[pairs + 1] * 0.3 * (pairs + 1))


def test_the_final_size_after_a_fixed_period_is_that_of_the_chain_binomial():
    assert exact.final_size(5, 0.5, lambda s: math.exp(-s)) == pytest.approx(exact.reed_frost(5, math.exp(-0.5)))


def test_the_final_size_after_an_exponential_period_is_that_of_the_markov_chain():
    contact, healthy = 0.2, 4
    chances = [0.0] * (healthy + 1)

    def go(left: int, ill: int, chance: float) -> None:
        if ill == 0:
            chances[healthy - left] += chance
            return
        infection = contact * left / (contact * left + 1)  # one of the ill gets well at rate 1
        if left:
            go(left - 1, ill + 1, chance * infection)
        go(left, ill - 1, chance * (1 - infection))

    go(healthy, 1, 1.0)

    assert exact.final_size(healthy, contact, lambda s: 1 / (1 + s)) == pytest.approx(chances)


def test_a_race_by_quadrature_is_the_race_in_closed_form():
    slow, fast = stats.weibull_min(c=1.7, scale=3), stats.weibull_min(c=1.7, scale=2)
    assert exact.race(0, [fast, slow], 0, math.inf) == pytest.approx(2**-1.7 / (2**-1.7 + 3**-1.7))

    shock, wear = stats.expon(scale=5), stats.gamma(a=2.5, scale=2)
    assert exact.race(1, [shock, wear], 0, math.inf) == pytest.approx(1.4**-2.5)

    both = exact.first_of([fast, slow], [0, 2, math.inf])
    least = stats.weibull_min(c=1.7, scale=(2**-1.7 + 3**-1.7) ** (-1 / 1.7))
    assert (both.mean, both.sd) == pytest.approx((least.mean(), least.std()))


def test_a_renewal_is_the_mean_over_lives_and_repairs():
    lives = stats.weibull_min(c=2, scale=10)
    one = exact.repaired_or_replaced(8.0, lives.sf, (2.0, 13 / 3))

    mean = exact.quad(lambda u: (u + 2) * lives.pdf(u), 0, 8) + 8 * lives.sf(8)
    square = exact.quad(lambda u: (u**2 + 4 * u + 13 / 3) * lives.pdf(u), 0, 8) + 64 * lives.sf(8)
    assert (one.mean, one.sd) == pytest.approx((mean, math.sqrt(square - mean**2)))
