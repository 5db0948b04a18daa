"""Do intervals hold what they state? Each estimate is made in 2,000 repeats of runs whose truth is known.

A 95 % interval is to cover the truth in 94 to 96 % of the repeats. In so many repeats a share of 95 % has a standard
error of 0.49 points, so the bound is two of these: it finds an interval of 93 or 97 %, and it needs fixed seeds. An
interval that must jump from one count to the next has no exact level; the number of runs is then such that its own
level, known from the binomial law, lies near 95 %. What is valid at every look, or for several numbers together, may
only cover more often than it says.
"""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from scipy import special, stats

from sim.analysis.incidence import incidence, milestone
from sim.analysis.runs import Runs, Words
from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.statistics.differences import (
    measure_difference,
    outcome_difference,
    paired_difference,
    unpaired_outcome_difference,
    variance_reduction_of,
)
from sim.statistics.estimates import Estimate, mean, order_interval, proportion, quantile
from sim.statistics.sequence import _least_deviance, _slack, proportion_sequence
from sim.statistics.simultaneous import rank_ranges, sidak
from sim.statistics.uncertainty import over_draws, proportion_over_draws, variance_components, variance_parts
from sim.statistics.unknown_pairs import independent_difference
from sim.testing.models import alone
from tests.analysis.crises import COIN
from tests.specimens.harness import FOLDER

pytestmark = pytest.mark.slow

REPEATS = 2000
SEED = 1968


def covers(found, truth) -> bool:
    return (found.low is None or found.low <= truth) and (found.high is None or truth <= found.high)


def coverage(intervals, truth) -> float:
    """Return in which share of the repeats an interval covers the truth, or each the truth of its own repeat."""
    truths = truth if isinstance(truth, list) else itertools.repeat(truth)
    held = [covers(found, known) for found, known in zip(intervals, truths, strict=False)]
    assert len(held) == REPEATS
    return sum(held) / REPEATS


def as_stated(share: float) -> bool:
    return 0.94 <= share <= 0.96


def random(number: int) -> np.random.Generator:
    return np.random.default_rng((SEED, number))


# Runs of the engine: of specimens whose answers are known in closed form.

ABSORBING_RUNS = 125
BRIDGE_RUNS = 120
REACHED = 1 - math.exp(-1)


@cache
def absorbing() -> np.ndarray:
    """Return the times at which runs of `absorbing` reach their outcome, infinite where they never do: by repeat."""
    scenario = load_scenario(FOLDER / "absorbing.yaml").scenario
    engine = ReferenceEngine(compile_model(scenario.model), scenario, SEED)
    logs = map(engine.run, range(REPEATS * ABSORBING_RUNS))
    return np.array([log[1].time if log[1].kind == "fired" else math.inf for log in logs]).reshape(REPEATS, -1)


@cache
def bridge(spared: int) -> np.ndarray:
    """Return in which runs of `bridge` it comes down though part number `spared` never fails: by repeat."""
    scenario = load_scenario(FOLDER / "bridge.yaml").scenario
    excluded = type(scenario)(**{**vars(scenario), "disabled": (f"part_fails[{spared}]",)})
    engine = ReferenceEngine(compile_model(scenario.model), excluded, SEED)
    logs = map(engine.run, range(REPEATS * BRIDGE_RUNS))
    return np.array([log[-1].note == "down" for log in logs]).reshape(REPEATS, -1)


def bridge_cells(one: int, other: int) -> tuple[float, float, float, float]:
    """Return the chances of (both, first alone, second alone, neither) come down, by going through all 32 states."""
    lasts = math.exp(-0.4)
    cells = [0.0] * 4
    for up in itertools.product((True, False), repeat=5):
        chance = math.prod(lasts if part else 1 - lasts for part in up)
        down = []
        for spared in (one, other):
            a, b, c, d, e = (part or place == spared for place, part in enumerate(up, 1))
            down.append(not any((a and d, b and e, a and c and e, b and c and d)))
        cells[(3, 2, 1, 0)[2 * down[0] + down[1]]] += chance
    return tuple(cells)


def runs_of(times: np.ndarray) -> Runs:
    return Runs(
        np.arange(len(times)),
        {"o": times},
        {},
        {},
        Words.of([""] * len(times)),
        np.zeros(len(times)),
        np.full(len(times), np.inf),
    )


def test_wilsons_interval_of_a_share_covers_it():
    hits = np.isfinite(absorbing()[:, :100]).sum(axis=1)

    assert as_stated(coverage((proportion(int(found), 100) for found in hits), REACHED))


@pytest.mark.parametrize(("share", "runs"), [(0.25, 109), (0.5, 125)])
def test_the_interval_of_a_quantile_covers_it_though_some_runs_never_get_there(share, runs):
    low, high = order_interval(runs, share, 0.95)
    exact = stats.binom.cdf(high, runs, share) - stats.binom.cdf(low, runs, share)
    truth = -math.log1p(-share) / 0.1

    found = coverage((quantile(times, share) for times in absorbing()[:, :runs]), truth)

    assert 0.95 <= exact < 0.9545
    assert as_stated(found)
    assert abs(found - exact) < 0.01


@pytest.mark.parametrize("runs", [75, 100])
@pytest.mark.parametrize("share", [0.05, 0.95])
def test_the_interval_of_an_outer_quantile_covers_it_as_often_as_its_places_say(share, runs):
    """Its level jumps by points from one number of runs to the next, and never lies below what is stated."""
    low, high = order_interval(runs, share, 0.95)
    exact = (1.0 if high is None else stats.binom.cdf(high, runs, share)) - (
        0.0 if low is None else stats.binom.cdf(low, runs, share)
    )
    values = random(1).exponential(size=(REPEATS, runs))

    found = coverage((quantile(row, share) for row in values), -math.log1p(-share))

    assert exact >= 0.95
    assert abs(found - exact) < 0.01


def test_students_interval_of_a_mean_covers_it_for_few_normal_values():
    values = random(2).normal(3.0, 2.0, (REPEATS, 8))

    assert as_stated(coverage(map(mean, values), 3.0))


def test_students_interval_of_a_mean_time_without_an_outcome_covers_it():
    """The mean of min(T, 10), with T exponential of mean 10, is 10 (1 - 1/e)."""
    found = (milestone(runs_of(times), "o", 10.0).restricted_mean for times in absorbing())

    assert as_stated(coverage(found, 10 * REACHED))


def test_the_incidence_covers_it_at_a_time_and_its_band_at_all_times_together():
    """The band is valid for any law; just before or after a jump of the curve it is farthest from the truth."""
    at, whole = [], []
    for times in absorbing()[:, :100]:
        found = incidence(runs_of(times), "o", [5.0])
        at.append(found.shares[0])
        known = np.sort(times[times <= 10.0])
        truth = -np.expm1(-0.1 * known)
        steps = np.arange(len(known)) / 100
        whole.append(max(np.abs(steps - truth).max(), np.abs(steps + 0.01 - truth).max()) <= found.band)

    assert as_stated(coverage(at, -math.expm1(-0.5)))
    assert sum(whole) / REPEATS >= 0.95


def test_the_paired_interval_covers_the_difference_of_two_scenarios_on_the_same_luck():
    one, other = bridge(3), bridge(1)
    both, lost, gained, _ = bridge_cells(3, 1)

    found = (outcome_difference("down", a, b) for a, b in zip(one, other, strict=True))

    assert (one.mean(), (one & other).mean()) == pytest.approx((both + lost, both), abs=0.006)
    assert as_stated(coverage((item.difference for item in found), gained - lost))


def test_the_independent_interval_covers_the_difference_of_scenarios_that_share_no_luck():
    one, other = bridge(3), np.roll(bridge(1), 1, axis=0)
    _, lost, gained, _ = bridge_cells(3, 1)

    found = (unpaired_outcome_difference("down", a, b).difference for a, b in zip(one, other, strict=True))

    assert as_stated(coverage(found, gained - lost))


def test_the_paired_interval_of_few_changes_covers_more_often_than_it_says():
    """Of 120 pairs not six change, by which the adjusted interval is wide: its own level is 98.7 %."""
    _, lost, gained, _ = bridge_cells(1, 2)
    runs = BRIDGE_RUNS
    counts = np.array([(i, j) for i in range(40) for j in range(40)])
    law = stats.multinomial.pmf(
        np.column_stack([counts, runs - counts.sum(axis=1)]), runs, [gained, lost, 1 - gained - lost]
    )
    exact = sum(chance for (i, j), chance in zip(counts, law, strict=True)
                if covers(paired_difference(int(i), int(j), runs), 0.0))  # fmt: skip

    found = coverage(
        (outcome_difference("down", a, b).difference for a, b in zip(bridge(1), bridge(2), strict=True)), gained - lost
    )

    assert gained == pytest.approx(lost)
    assert exact == pytest.approx(0.987, abs=0.001)
    assert abs(found - exact) < 0.01


def test_the_gain_of_an_outcome_is_covered_by_its_jackknife():
    """The interval is an asymptotic one, of the logarithm of a ratio of variances."""
    both, lost, gained, _ = bridge_cells(3, 1)
    one, other = both + lost, both + gained
    truth = (one * (1 - one) + other * (1 - other)) / (lost + gained - (gained - lost) ** 2)
    a, b = bridge(3), bridge(1)
    counts = np.column_stack([(a & b).sum(1), (a & ~b).sum(1), (~a & b).sum(1), (~a & ~b).sum(1)])

    found = coverage((variance_reduction_of(*map(int, cells)) for cells in counts), truth)

    assert 0.92 <= found <= 0.98


def test_the_gain_of_a_measure_is_covered_by_its_jackknife():
    """Normal values that correlate by 0.8 with equal variances: the gain is 1 / (1 - 0.8) = 5."""
    streams = random(3).normal(size=(REPEATS, 3, 200))
    one = math.sqrt(0.8) * streams[:, 0] + math.sqrt(0.2) * streams[:, 1]
    other = math.sqrt(0.8) * streams[:, 0] + math.sqrt(0.2) * streams[:, 2]

    found = [measure_difference("m", a, b) for a, b in zip(one, other, strict=True)]

    assert 0.92 <= coverage((item.variance_reduction for item in found), 5.0) <= 0.98
    assert as_stated(coverage((item.difference for item in found), 0.0))


# Nested designs.

DRAWS, PER_DRAW = 20, 5
NUMBERS = np.repeat(np.arange(float(DRAWS)), PER_DRAW)


@cache
def coins() -> np.ndarray:
    """Return which coins fell heads in nested designs of the engine, the bias drawn once for five runs: by repeat."""
    scenario = alone(loads_model(COIN, "coin.yaml"))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, SEED, runs_per_draw=PER_DRAW)
    logs = map(engine.run, range(REPEATS * DRAWS * PER_DRAW))
    return np.array([log[-1].note == "heads" for log in logs]).reshape(REPEATS, -1)


HEADS = 0.5 * -math.expm1(-0.3 * 10)  # it falls within 10 at the rate 0.3, and the mean bias is 1/2


def test_a_share_over_draws_covers_it_where_the_runs_alone_do_not():
    found = coverage((proportion_over_draws(heads, NUMBERS) for heads in coins()), HEADS)
    careless = coverage((proportion(int(heads.sum()), DRAWS * PER_DRAW) for heads in coins()), HEADS)

    assert as_stated(found)
    assert careless < 0.94


def normal_design(number, draws, runs, between, within, scenarios=1, repeats=REPEATS):
    """Yield repeats of a nested design with known deviations between and within draws, and the draws' own means."""
    streams = random(number)
    for _ in range(repeats):
        means = streams.normal(0.0, between, draws)
        values = [np.repeat(means, runs) + streams.normal(0.0, within, draws * runs) for _ in range(scenarios)]
        yield (*values, np.repeat(np.arange(draws), runs), means)


def test_a_mean_over_draws_covers_it():
    found = (over_draws(values, draws) for values, draws, _ in normal_design(4, 12, 4, 1.0, 2.0))

    assert as_stated(coverage(found, 0.0))


def test_the_interval_for_chance_alone_covers_the_mean_of_these_very_draws():
    made = [
        (variance_components(values, draws, 10), means.mean())
        for values, draws, means in normal_design(17, 20, 10, 1.0, 2.0)
    ]

    assert as_stated(coverage((found.aleatory for found, _ in made), [float(truth) for _, truth in made]))


@pytest.mark.parametrize(("seed", "draws"), [(6, 10), (7, 20), (8, 50), (9, 200)])
def test_what_is_left_to_ignorance_holds_the_mean_of_one_more_draw_as_often_as_it_says(seed, draws):
    """On average over repeats, by the normal law that the draws' means have. Many runs to a draw: what freeing few runs
    of chance leaves unsure is another matter, and narrows or widens the range.
    """
    design = normal_design(seed, draws, 200, 1.0, 2.0, repeats=REPEATS // 4)
    made = [variance_components(values, numbers, 200) for values, numbers, _ in design]
    content = [stats.norm.cdf(found.epistemic[1]) - stats.norm.cdf(found.epistemic[0]) for found in made]

    assert float(np.mean(content)) == pytest.approx(made[0].held, abs=0.01)


def test_differences_of_paired_nested_designs_are_covered():
    """The same draws raise a chance by 0.2 in every one of them."""
    streams = random(7)
    found = []
    for _ in range(REPEATS):
        chances = np.repeat(streams.beta(4, 6, DRAWS), PER_DRAW) * 0.8
        uniform = streams.uniform(size=DRAWS * PER_DRAW)
        found.append(outcome_difference("o", uniform < chances, uniform < chances + 0.2, NUMBERS).difference)

    assert as_stated(coverage(found, 0.2))


def test_differences_of_nested_designs_that_share_nothing_are_covered_where_the_runs_alone_do_not():
    nested, careless = [], []
    for one, other in zip(coins(), np.roll(coins(), 1, axis=0), strict=True):
        nested.append(unpaired_outcome_difference("heads", one, other, (NUMBERS, NUMBERS)).difference)
        careless.append(unpaired_outcome_difference("heads", one, other).difference)

    assert as_stated(coverage(nested, 0.0))
    assert coverage(careless, 0.0) < 0.94


def test_the_share_of_the_parameters_in_the_variance_is_covered():
    """Variances 1 between draws and 3 within: a share of 1/4. Being the wider of two, it covers somewhat more often."""
    found = (
        variance_components(values, draws, 20).parameters_share
        for values, draws, _ in normal_design(8, 40, 20, 1.0, math.sqrt(3))
    )

    assert 0.94 <= coverage(found, 0.25) <= 0.98


@pytest.mark.parametrize(("share", "draws", "runs"), [(0.01, 20, 50), (0.1, 10, 20), (0.3, 50, 20)])
def test_the_share_of_the_parameters_is_covered_for_an_outcome_whose_chance_varies(share, draws, runs):
    streams, weight = random(21), 1 / share - 1
    found = []
    for _ in range(REPEATS):
        chances = streams.beta(0.3 * weight, 0.7 * weight, draws)
        hits = streams.uniform(size=(draws, runs)) < chances[:, None]
        found.append(
            variance_components(hits.ravel().astype(float), np.repeat(np.arange(draws), runs), runs).parameters_share
        )

    assert 0.94 <= coverage(found, share) <= 0.985


def test_the_parts_of_the_variance_are_covered_by_their_jackknife():
    """Three scenarios with means -1, 0, 1: variances 2/3 among them, 1 between draws, 2 within."""
    found = {"chance": [], "parameters": [], "scenario": []}
    for *values, draws, _ in normal_design(9, 40, 10, 1.0, math.sqrt(2), scenarios=3):
        made = {str(place): (column + place - 1, draws) for place, column in enumerate(values)}
        for part, estimate in variance_parts(made).items():
            found[part].append(estimate)

    for part, truth in (("chance", 6 / 11), ("parameters", 3 / 11), ("scenario", 2 / 11)):
        assert 0.92 <= coverage(found[part], truth) <= 0.98, part


# Several numbers together.


def likely(number, chances, runs, correlation):
    """Yield repeats of outcomes, with these chances, of scenarios whose luck correlates."""
    streams = random(number)
    edges = stats.norm.ppf(chances)
    for _ in range(REPEATS):
        shared, own = streams.normal(size=runs), streams.normal(size=(len(chances), runs))
        yield math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own < edges[:, None]


CHANCES = np.array([0.5, 0.45, 0.6, 0.5, 0.3])


def test_differences_at_sidaks_level_hold_all_together():
    each = sidak(4)
    together = 0
    for columns in likely(10, CHANCES, 400, 0.5):
        found = [outcome_difference("o", columns[0], column, None, each).difference for column in columns[1:]]
        together += all(covers(item, truth - 0.5) for item, truth in zip(found, CHANCES[1:], strict=True))

    assert together / REPEATS >= 0.94
    assert together / REPEATS <= 0.98


def test_without_sidaks_level_they_do_not():
    together = 0
    for columns in likely(10, CHANCES, 400, 0.5):
        found = [outcome_difference("o", columns[0], column).difference for column in columns[1:]]
        together += all(covers(item, truth - 0.5) for item, truth in zip(found, CHANCES[1:], strict=True))

    assert together / REPEATS < 0.94


def test_the_ranges_of_ranks_hold_all_true_ranks_together():
    """Two scenarios are equally likely, so each has two true ranks, and its range is to hold both."""
    true = [(1 + int((chance < CHANCES).sum()), int((chance <= CHANCES).sum())) for chance in CHANCES]
    together, narrow = 0, 0
    for columns in likely(11, CHANCES, 400, 0.5):
        found = rank_ranges(list(columns))
        together += all(low <= first and last <= high
                        for (_, low, high), (first, last) in zip(found, true, strict=True))  # fmt: skip
        narrow += all(low == first and last == high
                      for (_, low, high), (first, last) in zip(found, true, strict=True))  # fmt: skip

    assert together / REPEATS >= 0.94
    assert narrow > 0


# Every look.

LOOKS = 2000


@pytest.mark.parametrize("chance", [0.02, 0.3, 0.5])
def test_whoever_looks_after_every_run_sees_the_sequence_of_a_share_miss_it_in_at_most_five_of_a_hundred(chance):
    """The worst rule for looking is to look after every run and to stop at the first that misses.

    For each number of runs the counts whose interval holds the chance are found by bisection, so the function itself
    decides about each of the four million looks.
    """
    hits = np.cumsum(random(12).uniform(size=(REPEATS, LOOKS)) < chance, axis=1)

    missed = np.zeros(REPEATS, dtype=bool)
    for runs in range(1, LOOKS + 1):
        least = _first(range(runs + 1), lambda count, n=runs: proportion_sequence(count, n).high >= chance)
        most = _first(range(runs, -1, -1), lambda count, n=runs: proportion_sequence(count, n).low <= chance)
        missed |= (hits[:, runs - 1] < least) | (hits[:, runs - 1] > most)

    assert 0.005 < missed.mean() <= 0.05


def _first(counts, holds):
    """Return the first of the counts for which a condition holds that goes on to hold, by bisection."""
    low, high = 0, len(counts) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(counts[middle]) else (middle + 1, high)
    return counts[low]


@pytest.mark.parametrize("chances", [(0.1, 0.1), (0.25, 0.05), (0.02, 0.0)])
def test_whoever_looks_after_every_pair_sees_the_sequence_of_a_difference_miss_it_in_at_most_five_of_a_hundred(chances):
    """What the sequence asks of each look, whether some chances with the true difference fit the counts well enough, is
    worked out for all looks at once by the closed form of these chances (T. Tango 1998); the function itself is asked
    wherever that is close, and about a sample of the rest.
    """
    gains, losses = chances
    truth = gains - losses
    uniform = random(13).uniform(size=(REPEATS, LOOKS))
    gained = np.cumsum(uniform < gains, axis=1)
    lost = np.cumsum((uniform >= gains) & (uniform < gains + losses), axis=1)
    runs = np.broadcast_to(np.arange(1, LOOKS + 1), gained.shape)
    room = _slack_of_all(gained, lost, runs) - _deviance_of_all(gained, lost, runs, truth)

    def inside(place):
        counts = tuple(int(count[place]) for count in (gained, lost, runs - gained - lost))
        return _least_deviance(counts, truth) <= _slack(counts, 0.95)

    outside = room < 0
    for place in map(tuple, np.argwhere(np.abs(room) < 1e-3)):
        outside[place] = not inside(place)
    for place in map(tuple, random(14).integers(0, REPEATS, (2000, 2))):
        assert inside(place) != outside[place]
    for place in map(tuple, np.argwhere(outside)[:: max(1, int(outside.sum()) // 2000)]):
        assert not inside(place)

    assert outside.any(axis=1).mean() <= 0.05


def _slack_of_all(gained, lost, runs):
    rest = runs - gained - lost
    mixture = sum(special.gammaln(count + 0.5) for count in (gained, lost, rest)) - special.gammaln(runs + 1.5)
    prior = 3 * special.gammaln(0.5) - special.gammaln(1.5)
    best = sum(special.xlogy(count, count / runs) for count in (gained, lost, rest))
    return best - (mixture - prior) + math.log(20)


def _deviance_of_all(gained, lost, runs, difference):
    """Return how far the likelihood of the best chances with this difference lies below the greatest one.

    With q the second chance and q + d the first, d at least 0, the derivative of the log likelihood
    g log(q + d) + l log q + r log(1 - 2 q - d) is 0 where 2 n q^2 - (g + l - d (g + 3 l + 2 r)) q - l d (1 - d) = 0.
    """
    rest = runs - gained - lost
    half = (gained + lost - difference * (gained + 3 * lost + 2 * rest)) / 2
    root = np.sqrt(half**2 + 2 * runs * lost * difference * (1 - difference))
    second = np.clip((half + root) / (2 * runs), 0.0, (1 - difference) / 2)
    with np.errstate(divide="ignore"):
        return sum(
            special.xlogy(count, count / runs) - special.xlogy(count, np.maximum(chance, 0.0))
            for count, chance in ((gained, second + difference), (lost, second), (rest, 1 - 2 * second - difference))
        )


def test_an_interval_for_one_look_is_missed_far_more_often_by_whoever_looks_after_every_run():
    """The control of the two tests above: Wilson's interval holds at one look, and not at every look."""
    hits = np.cumsum(random(12).uniform(size=(REPEATS, LOOKS)) < 0.5, axis=1)

    missed = np.zeros(REPEATS, dtype=bool)
    for runs in range(1, LOOKS + 1):
        least = _first(range(runs + 1), lambda count, n=runs: proportion(count, n).high >= 0.5)
        missed |= (hits[:, runs - 1] < least) | (hits[:, runs - 1] > runs - least)

    assert missed.mean() > 0.3


# Controls.


@pytest.mark.parametrize("spared", [3, 1])
def test_where_there_is_no_difference_one_is_found_in_about_five_of_a_hundred_repeats(spared):
    """The null control: one scenario against itself with other luck. The truth is the same, whatever it is."""
    one, other = bridge(spared), np.roll(bridge(spared), 1, axis=0)

    independent = [unpaired_outcome_difference("down", a, b).difference for a, b in zip(one, other, strict=True)]
    by_run = [outcome_difference("down", a, b).difference for a, b in zip(one, other, strict=True)]

    assert 0.04 <= sum(found.excludes_zero for found in independent) / REPEATS <= 0.06
    assert 0.04 <= sum(found.excludes_zero for found in by_run) / REPEATS <= 0.06


def test_where_a_measure_does_not_differ_one_is_found_to_in_about_five_of_a_hundred_repeats():
    values = random(15).gamma(3.0, size=(2, REPEATS, 60))

    found = [measure_difference("m", a, b).difference for a, b in zip(*values, strict=True)]

    assert 0.04 <= sum(item.excludes_zero for item in found) / REPEATS <= 0.06


def narrowed(found):
    """Return the interval narrower by a fifth."""
    middle, half = (found.low + found.high) / 2, (found.high - found.low) / 2
    return Estimate(middle, middle - 0.8 * half, middle + 0.8 * half, found.runs, "")


def test_intervals_that_are_too_narrow_by_a_fifth_are_found_out():
    """The control of all these tests: a normal interval of 0.8 times its width covers 88 %."""
    shares = map(narrowed, (proportion(int(hits), 100) for hits in np.isfinite(absorbing()[:, :100]).sum(axis=1)))
    means = map(narrowed, map(mean, random(2).normal(3.0, 2.0, (REPEATS, 8))))
    pairs = (narrowed(outcome_difference("down", a, b).difference) for a, b in zip(bridge(3), bridge(1), strict=True))

    assert coverage(shares, REACHED) < 0.92
    assert coverage(means, 3.0) < 0.92
    _, lost, gained, _ = bridge_cells(3, 1)
    assert coverage(pairs, gained - lost) < 0.92


def test_intervals_that_are_too_wide_by_a_fifth_are_found_out_too():
    values = random(2).normal(3.0, 2.0, (REPEATS, 8))
    wide = (Estimate(0, found.low - 0.1 * (found.high - found.low), found.high + 0.1 * (found.high - found.low), 8, "")
            for found in map(mean, values))  # fmt: skip

    assert coverage(wide, 3.0) > 0.96


def test_agresti_and_caffos_interval_covers_differences_of_unequal_samples():
    streams = random(16)
    hits, mates = streams.binomial(90, 0.3, REPEATS), streams.binomial(150, 0.45, REPEATS)

    shares = ((proportion(int(a), 90), proportion(int(b), 150)) for a, b in zip(hits, mates, strict=True))
    found = (independent_difference(*pair) for pair in shares)

    assert as_stated(coverage(found, 0.15))
