"""The numerics behind the answers, each against another way to the same number."""

import math
from itertools import pairwise

import numpy as np
import pytest

from tests.engines.conformance import clocks, memories, moving, numerics, populations, queues, renewals, speeds, timed
from tests.engines.conformance.answers import Counts, Times, chernoff, likelihood_ratio
from tests.engines.conformance.catalogue import MAKERS, known
from tests.specimens import exact


def test_a_gamma_law_of_whole_shape_is_a_poisson_process_waiting():
    for age in (0.01, 1.0, 3.0, 9.0, 40.0):
        known = math.fsum(numerics.poisson(age / 2.0, 3))
        assert numerics.gamma(3.0, 2.0)(age) == pytest.approx(known, rel=1e-11)


def test_a_gamma_law_of_shape_a_half_is_a_normal_one_squared():
    for x in (0.5, 1.0, 8.0, 300.0):
        assert numerics.log_upper_gamma(0.5, x) == pytest.approx(math.log(math.erfc(math.sqrt(x))), rel=1e-12)
    assert numerics.lower_gamma(0.5, 0.3) == pytest.approx(math.erf(math.sqrt(0.3)), rel=1e-13)


def test_moments_by_quadrature_are_those_in_closed_form():
    mean, sd = numerics.moments_of(numerics.weibull(2.0, 2.2), (0.0, 1.0, 5.0, 60.0))

    assert mean == pytest.approx(2.2 * math.gamma(1.5))
    assert sd == pytest.approx(2.2 * math.sqrt(1.0 - math.gamma(1.5) ** 2))


def test_a_generating_function_gives_its_coefficients_back():
    found = numerics.coefficients(lambda z: (0.4 / (1.0 - 0.6 * z)) ** 2)

    assert found[:40] == pytest.approx([(n + 1) * 0.16 * 0.6**n for n in range(40)], abs=1e-15)


CHAIN = exact.generator(3, lambda i: {(i + 1) % 3: 0.5 + i, (i + 2) % 3: 0.3})


def test_the_mean_time_inside_is_the_integral_of_its_distribution():
    cdf = numerics.occupation(CHAIN, (1, 2), 0, 2.0)
    mean = exact.quad(lambda spent: 1.0 - cdf(spent), 0.0, 2.0)

    assert mean == pytest.approx(float(exact.occupation(CHAIN, 0, 2.0)[1:].sum()), rel=1e-9)
    assert cdf(0.0) == pytest.approx(math.exp(-0.8 * 2.0))  # nobody left
    assert numerics.rewards(CHAIN, (1.0, 0.0, 0.0), (0.0, 1.0, 1.0), 2.0)[0] == pytest.approx(mean, rel=1e-9)


def test_the_spread_of_the_time_inside_is_that_of_its_distribution():
    cdf = numerics.occupation(CHAIN, (1, 2), 0, 2.0)
    mean, sd = numerics.rewards(CHAIN, (1.0, 0.0, 0.0), (0.0, 1.0, 1.0), 2.0)
    square = exact.quad(lambda spent: 2.0 * spent * (1.0 - cdf(spent)), 0.0, 2.0)

    assert square - mean**2 == pytest.approx(sd**2, rel=1e-8)


def test_the_mean_over_time_of_a_chain_in_balance_is_its_share():
    shares = np.linalg.solve(np.vstack([CHAIN.T[:2], np.ones(3)]), (0.0, 0.0, 1.0))

    mean, _ = numerics.rewards(CHAIN, shares, (0.0, 1.0, 5.0), 7.0)

    assert mean == pytest.approx(7.0 * (shares[1] + 5.0 * shares[2]))


def test_jumps_at_one_rate_are_counted_as_a_poisson_number():
    ring = exact.generator(3, lambda i: {(i + 1) % 3: 1.5})

    assert numerics.counted_at(ring, lambda i, j: True, 0, 2.0)[:30] == pytest.approx(numerics.poisson(3.0, 30))


def test_sums_of_lives_by_convolution_are_those_in_closed_form():
    found = numerics.sums(numerics.gamma(3.0, 0.5), lambda t: 4.0 * t * t * math.exp(-2.0 * t), 3.0, 3)

    for number, cdf in enumerate(found, start=1):
        assert float(cdf(3.0)) == pytest.approx(1.0 - math.fsum(numerics.poisson(6.0, 3 * number)), abs=1e-12)


def test_the_renewal_function_of_a_uniform_life_grows_as_the_exponential():
    reached = [numerics.irwin_hall(n, 1.0) for n in range(1, 25)]

    assert math.fsum(reached) == pytest.approx(math.e - 1.0)
    assert numerics.irwin_hall(3, 1.5) == pytest.approx(0.5)


def test_what_alternates_at_constant_rates_is_up_as_a_markov_chain_is():
    found = numerics.availability(
        numerics.exponential(2.0), lambda t: math.exp(-t / 2.0) / 2.0, lambda t: 1.5 * math.exp(-1.5 * t), 3.0
    )

    for time in (0.5, 1.37, 3.0):
        assert float(found(time)) == pytest.approx((1.5 + 0.5 * math.exp(-2.0 * time)) / 2.0, rel=1e-12)


def test_the_age_of_a_part_has_its_jump_where_none_has_failed():
    chance = math.fsum(numerics.poisson(9.0, 3))

    assert 1.0 - renewals.staged_age(renewals.HORIZON) == pytest.approx(chance, rel=1e-9)


def test_the_descendants_of_one_are_those_of_the_markov_chain():
    size = 120
    chain = exact.generator(
        size, lambda n: {**({n + 1: 1.0 * n} if n + 1 < size else {}), **({n - 1: 0.8 * n} if n else {})}
    )

    assert populations.descendants(1.2)[:40] == pytest.approx(exact.transient(chain, 1, 1.2)[:40], abs=1e-13)


def test_a_queue_with_fixed_service_comes_to_the_mean_of_pollaczek_and_khinchine():
    lengths = (1.0, 0.0, 0.0)
    for _ in range(400):
        lengths = queues.after(lengths)

    assert exact.moments(lengths).mean == pytest.approx(0.7 + 0.7**2 / (2.0 * 0.3), rel=1e-6)


def test_somebody_wins_each_race():
    assert math.fsum(clocks.odd_chances()) == pytest.approx(1.0, rel=1e-9)


def test_the_accumulated_rate_is_the_integral_of_the_rate():
    grid = (np.arange(500_000) + 0.5) / 100_000.0

    assert timed.accumulated(5.0) == pytest.approx(math.fsum(map(timed.pace, grid)) / 100_000.0, abs=1e-4)


def test_the_three_memories_of_one_clock_have_three_means():
    answers = {question.name: question.answer for question in memories.memories().questions}

    assert answers["keep"].mean + 1.0 < answers["fresh"].mean
    assert answers["fresh"].mean + 0.5 < answers["repeat"].mean
    assert answers["rate_kept"].mean + 1.0 < answers["rate_repeated"].mean


def test_a_word_is_kept_or_broken():
    assert timed.kept_by(3.01) == pytest.approx(1.0 - timed.WORD(1.31))


@pytest.mark.parametrize("name", MAKERS)
def test_the_chances_of_every_distribution_add_up(name):
    for question in known(name).questions:
        answer = question.answer
        if isinstance(answer, Counts):
            assert math.fsum(answer.chances) + answer.never == pytest.approx(1.0, rel=0.0, abs=1e-9)
        if isinstance(answer, Times):
            last = answer.high if answer.high < math.inf else 1e12
            assert answer.cdf(last) + answer.never == pytest.approx(1.0, rel=0.0, abs=1e-7)


def test_the_likelihood_ratio_is_near_to_pearsons_statistic_where_cells_are_full():
    chances = np.array([0.1, 0.2, 0.3, 0.4])
    counts = np.array([10_150, 19_900, 30_100, 39_850])
    pearson = float(((counts - 100_000 * chances) ** 2 / (100_000 * chances)).sum())

    # The tail of a chi-square of 3: erfc(sqrt(x/2)) + sqrt(2x/pi) exp(-x/2).
    known = math.erfc(math.sqrt(pearson / 2.0)) + math.sqrt(2.0 * pearson / math.pi) * math.exp(-pearson / 2.0)
    assert likelihood_ratio(counts, chances) == pytest.approx(known, rel=0.02)


def test_the_bound_on_a_mean_is_above_its_binomial_tails_and_not_far():
    for count in (400, 480, 500, 515, 600):
        tail = 2.0 * sum(math.comb(1_000, n) for n in range(500 + abs(count - 500), 1_001)) / 2**1_000
        bound = chernoff(np.array([0.5, 0.5]), np.array([0.0, 1.0]), 1_000, count / 1_000)

        assert min(tail, 1.0) <= bound <= 40.0 * tail


def test_what_cannot_be_is_never_forgiven():
    many = np.repeat([1.0, 2.0], 5_000)

    assert min(Counts((0.5, 0.5), first=1).tests(many).values()) > 0.9
    for value in (0.0, 3.0, 1.5):
        assert min(Counts((0.5, 0.5), first=1).tests(np.append(many, value)).values()) == 0.0
    assert min(Counts((0.5, 0.5), first=1).tests(np.append(many, math.nan)).values()) == 0.0
    even = (np.arange(10_000) + 0.5) / 10_000
    for value in (-0.01, 1.01, math.nan):
        assert (
            min(Times(numerics.by(numerics.uniform(0.0, 1.0)), high=1.0).tests(np.append(even, value)).values()) == 0.0
        )


RATES = {
    "gompertz": lambda t: 0.1 * math.exp(0.5 * t),
    "tangent": lambda t: 1.5 / 4.0 * math.sqrt(t / 4.0),
    "line": lambda t: 2.0 / 9.0 * t,
    "square": lambda t: 3.0 / 125.0 * t * t,
    "logistic": lambda t: 0.6 / (1.0 + math.exp(4.0 - t)),
    "teeth": lambda t: 0.1 + 0.8 * (t - math.floor(t)),
    "jumps": lambda t: 0.5 if t < 1.3 else 0.05 if t < 4.1 else 0.3,
    "calming": lambda t: 0.3 * math.exp(2.0 * (0.1 + 0.8 * 2.0 ** (-t / 2.0))),
}


@pytest.mark.parametrize("name", moving.HAZARDS)
def test_a_hazard_is_the_integral_of_its_rate(name):
    cuts = (0.0, 1.0, 1.3, 2.0, 3.0, 4.0, 4.1, 5.0, 5.7)

    by_parts = sum(exact.quad(RATES[name], *part) for part in pairwise(cuts))

    assert moving.HAZARDS[name][0](5.7) == pytest.approx(by_parts, rel=1e-10)


@pytest.mark.parametrize("time", [0.5, 3.0, 10.0, 40.0])
def test_the_moments_of_self_exciting_events_give_their_mean_in_closed_form_and_poissons_without_a_jump(time):
    excited = moving.self_exciting(0.5, 0.5, 1.0, time)
    assert excited.mean == pytest.approx(time - 1.0 + math.exp(-time / 2.0))
    assert excited.sd > math.sqrt(excited.mean)

    calm = moving.self_exciting(0.7, 0.0, 1.0, time)
    assert (calm.mean, calm.sd**2) == pytest.approx((0.7 * time, 0.7 * time))


def test_shot_noise_without_calls_is_what_was_there_and_begins_at_its_first_value():
    assert moving.heard(1e-9) == pytest.approx(0.15e-9)
    assert moving.heard(200.0) - moving.heard(199.0) == pytest.approx(0.7 * -math.expm1(-0.3 * 1.5 / math.log(2.0)))


def test_a_warm_spare_works_with_these_chances():
    found = [speeds.spared(time) for time in (5.0, 10.0, 20.0, 30.0)]

    assert found == pytest.approx([0.954274, 0.752982, 0.253004, 0.044864], abs=1e-6)


def test_ages_and_chances_under_a_speed_are_those_of_the_table():
    assert [speeds.paced(t) for t in (2, 4, 5, 6, 7, 8, 12)] == [1, 2, 2, 2, 4, 6, 14]
    found = [1.0 - math.exp(-speeds.worn(speeds.paced(t))) for t in (2, 4, 5, 6, 8, 12)]
    assert found == pytest.approx([0.031128, 0.085559, 0.085559, 0.085559, 0.371713, 0.809195], abs=1e-6)
