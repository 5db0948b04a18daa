"""Do intervals of ratios, variances and histograms hold what they state? As in `test_coverage`, with its bounds."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.statistics.estimates import Estimate
from sim.statistics.histogram import edges_of, simultaneous_shares
from sim.statistics.second_moments import ratio_of_means, variance
from tests.statistics.test_coverage import REPEATS, as_stated, coverage, covers, random

pytestmark = pytest.mark.slow

RUNS = 100


def test_fiellers_interval_covers_a_ratio_of_means_of_counts_that_go_together():
    """The events of a Poisson process of rate 3, each with a chance of 0.4 of a death: the ratio is 0.4."""
    streams = random(30)
    attacks = streams.poisson(3.0, (REPEATS, RUNS))
    deaths = streams.binomial(attacks, 0.4)

    found = (ratio_of_means(*pair) for pair in zip(deaths.astype(float), attacks.astype(float), strict=True))

    assert as_stated(coverage(found, 0.4))


def test_the_mean_of_the_runs_own_ratios_is_another_number():
    """E(1 / B) for B uniform from 1 to 3 is log(3) / 2, and the ratio of means is 1/2."""
    below = random(31).uniform(1.0, 3.0, (REPEATS, RUNS))

    found = [ratio_of_means(np.ones(RUNS), row) for row in below]

    assert as_stated(coverage(found, 0.5))
    assert coverage(found, math.log(3) / 2) < 0.5


def nested(number, draws=30, each=10):
    """Yield repeats of a nested design of gamma means 4 with variance 4, and Poisson counts about them."""
    streams = random(number)
    numbers = np.repeat(np.arange(float(draws)), each)
    for _ in range(REPEATS):
        yield streams.poisson(np.repeat(streams.gamma(4.0, 1.0, draws), each)).astype(float), numbers


def test_over_draws_a_ratio_of_means_is_covered_where_the_runs_alone_do_not():
    streams = random(32)
    designs = [(values, streams.poisson(2.0, len(values)).astype(float), draws) for values, draws in nested(33)]

    found = coverage((ratio_of_means(values, below, draws) for values, below, draws in designs), 2.0)
    careless = coverage((ratio_of_means(values, below) for values, below, _ in designs), 2.0)

    assert as_stated(found)
    assert careless < 0.85


LAWS = {
    "normal": (lambda streams: streams.normal(0.0, 2.0, (REPEATS, 300)), 4.0),
    "uniform": (lambda streams: streams.uniform(0.0, 6.0, (REPEATS, 300)), 3.0),
    "Poisson": (lambda streams: streams.poisson(3.0, (REPEATS, 300)), 3.0),
    "two kinds": (lambda streams: streams.binomial(1, 0.2, (REPEATS, 300)), 0.16),
    "exponential": (lambda streams: streams.exponential(1.0, (REPEATS, 300)), 1.0),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_interval_of_a_variance_covers_it_whatever_the_law(law):
    """By Bonett's own simulations it covers somewhat less often where tails are heavy, as an exponential law's are."""
    make, truth = LAWS[law]
    values = make(random(34)).astype(float)

    found = coverage(map(variance, values), truth)

    assert 0.925 <= found <= 0.97


def chi_squared(values):
    """Return the interval of a variance that takes values as normal."""
    found = values.var(ddof=1)
    half = 1.96 * math.sqrt(2 / (len(values) - 1))
    return Estimate(value=found, low=found * math.exp(-half), high=found * math.exp(half), runs=len(values), method="")


def test_the_interval_that_takes_values_as_normal_covers_an_exponential_laws_variance_far_too_seldom():
    values = random(34).exponential(1.0, (REPEATS, 300))

    assert coverage(map(chi_squared, values), 1.0) < 0.75


def test_over_draws_a_variance_is_covered_where_the_runs_alone_do_not():
    """A run's variance is 4 by chance and 4 by its draw. Of 30 draws that vary by a gamma law it covers 91 %."""
    designs = list(nested(35))

    found = coverage((variance(values, draws) for values, draws in designs), 8.0)
    careless = coverage((variance(values) for values, _ in designs), 8.0)

    assert 0.9 <= found <= 0.97
    assert careless < 0.7


@pytest.mark.parametrize("chosen", [False, True])
def test_the_shares_of_a_histogram_are_covered_all_together_though_its_bins_were_chosen_from_the_runs(chosen):
    values = random(36).exponential(2.0, (REPEATS, 200))
    held = 0
    for row in values:
        edges = np.array([*(edges_of(row) if chosen else np.arange(0.0, 10.0, 1.0)), np.inf])
        truth = np.exp(-edges[:-1] / 2) - np.exp(-edges[1:] / 2)
        bins = [((row >= low) & (row < high), np.zeros(200, np.bool_)) for low, high in pairwise(edges)]
        held += all(covers(share, chance) for share, chance in zip(simultaneous_shares(bins), truth, strict=True))

    assert held / REPEATS >= 0.95


def test_over_draws_the_shares_of_a_histogram_are_covered_all_together():
    """Twenty draws of the mean of an exponential law, 1 or 3, for twenty runs each: half of both is the truth."""
    streams, edges, held = random(37), np.array([0.0, 1.0, 2.0, 4.0, 8.0, np.inf]), 0
    draws, nobody = np.repeat(np.arange(20.0), 20), np.zeros(400, np.bool_)
    truth = sum(np.exp(-edges[:-1] / mean) - np.exp(-edges[1:] / mean) for mean in (1.0, 3.0)) / 2
    for _ in range(REPEATS):
        row = streams.exponential(np.repeat(streams.choice((1.0, 3.0), 20), 20))
        bins = [((row >= low) & (row < high), nobody) for low, high in pairwise(edges)]
        held += all(
            covers(share, chance) for share, chance in zip(simultaneous_shares(bins, draws), truth, strict=True)
        )

    assert held / REPEATS >= 0.94
