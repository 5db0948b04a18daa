import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.estimates import mean, wilson
from sim.statistics.uncertainty import over_draws, proportion_over_draws, variance_components, variance_parts

TABLES = st.tuples(st.integers(3, 12), st.integers(2, 6), st.integers(0, 2**32 - 1)).map(
    lambda shape: np.random.default_rng(shape[2]).normal(size=shape[:2])
)


def flat(table):
    """Return a table with one row for each draw as values and the numbers of their draws."""
    return table.ravel(), np.repeat(np.arange(table.shape[0]), table.shape[1])


def nested(draws, runs, between, within, seed=7):
    """Return a nested design with known standard deviations between draws and within them, and the draws' means."""
    random = np.random.default_rng(seed)
    means = random.normal(0.0, between, draws)
    return means[:, None] + random.normal(0.0, within, (draws, runs)), means


def test_known_variance_components_are_recovered():
    """With 2,000 draws of 10 runs, variances 4 between and 9 within: the share 4/13 has a standard error of about 0.008
    (Searle, Casella and McCulloch 1992, section 3.5), and the bound is more than five of them.
    """
    values, draws = flat(nested(2000, 10, 2.0, 3.0)[0])

    found = variance_components(values, draws, 10)

    assert found.parameters_share.value == pytest.approx(4 / 13, abs=0.04)
    assert found.parameters_share.low < 4 / 13 < found.parameters_share.high
    low, high = found.epistemic
    assert (low, high) == pytest.approx((-1.96 * 2, 1.96 * 2), abs=0.6)
    assert (found.draws, found.runs_per_draw) == (2000, 10)


@given(TABLES)
def test_the_share_of_the_parameters_is_that_of_the_analysis_of_variance(table):
    """With F the ratio of mean squares among and within: the share is (F - 1) / (F - 1 + runs), at least 0."""
    ratio = float(stats.f_oneway(*table).statistic)
    runs = table.shape[1]

    found = variance_components(*flat(table), runs)

    assert found.parameters_share.value == pytest.approx(max(0.0, (ratio - 1) / (ratio - 1 + runs)), abs=1e-9)


@given(TABLES)
def test_chance_alone_has_the_variance_within_draws_over_the_number_of_runs(table):
    within = float(table.var(axis=1, ddof=1).mean())

    found = variance_components(*flat(table), table.shape[1]).aleatory

    assert found.value == pytest.approx(float(table.mean()))
    half = stats.norm.ppf(0.975) * math.sqrt(within / table.size)
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


@given(TABLES)
def test_overall_is_students_interval_of_the_draws_means(table):
    expected = mean(table.mean(axis=1))

    found = variance_components(*flat(table), table.shape[1]).overall

    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert found.runs == table.size


def test_draws_with_runs_that_failed_weigh_by_the_runs_that_are_left():
    """The mean is that of all runs; its error is that of a ratio of totals (Cochran 1977, 6.3)."""
    values = [1.0, 2.0, 3.0, 10.0, 12.0, 7.0]
    draws = [0, 0, 0, 1, 1, 2]
    totals, counts = np.array([6.0, 22.0, 7.0]), np.array([3, 2, 1])
    ratio = totals.sum() / counts.sum()
    error = math.sqrt(((totals - ratio * counts) ** 2).sum() * 3 / 2) / counts.sum()

    found = over_draws(values, draws)

    assert found.value == pytest.approx(ratio)
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, 2) * error)


@given(TABLES, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_runs_nor_the_names_of_the_draws_matter(table, random):
    values, draws = flat(table)
    order = list(range(len(values)))
    random.shuffle(order)

    one, other = variance_components(values, draws, 1), variance_components(values[order], 1000 - 7 * draws[order], 1)

    for part in ("overall", "aleatory", "parameters_share"):
        a, b = getattr(one, part), getattr(other, part)
        assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))
    assert one.epistemic == pytest.approx(other.epistemic)


def test_without_variance_between_draws_nothing_is_left_to_ignorance():
    """All draws have the same mean, 1.5, so the variance between them, freed of chance, is below 0 and counts as 0."""
    found = variance_components([0.0, 3.0, 1.0, 2.0, 3.0, 0.0, 1.5, 1.5], [0, 0, 1, 1, 2, 2, 3, 3], 2)

    assert found.epistemic == (1.5, 1.5)
    assert found.parameters_share.value == 0.0
    assert found.aleatory.low < 1.5 < found.aleatory.high


def test_without_variance_within_draws_all_is_ignorance():
    found = variance_components([1.0, 1.0, 2.0, 2.0, 6.0, 6.0], [0, 0, 1, 1, 2, 2], 2)

    assert found.epistemic == (1.0, 6.0)
    assert found.held == pytest.approx(2 / 4)
    assert found.parameters_share.value == pytest.approx(1.0)
    assert found.aleatory.low == found.aleatory.high == pytest.approx(3.0)


@given(TABLES)
def test_the_ignorance_is_of_draws_whose_variance_is_the_upper_end_of_what_lies_between_them(table):
    """The spread of the draws' means has chance in it. They are shrunk towards their mean by no more than is sure."""
    means = table.mean(axis=1)
    found = variance_components(*flat(table), 2)

    within = float(np.mean([np.var(row, ddof=1) for row in table]))
    high = found.parameters_share.high
    most = high / (1 - high) * within if high < 1 else math.inf
    shrunk = means.mean() + math.sqrt(min(1.0, most / np.var(means, ddof=1))) * (means - means.mean())
    assert found.epistemic == pytest.approx((shrunk.min(), shrunk.max()), abs=1e-9)
    assert found.held == pytest.approx((len(means) - 1) / (len(means) + 1))


def test_of_many_draws_that_differ_by_chance_alone_little_is_put_down_to_ignorance():
    """With 1,000 draws of 4 runs the means spread by half the standard deviation of a run, all of it chance. The upper
    end of what lies between draws is near a tenth of their variance: they are shrunk to a third of their spread.
    """
    table, _ = nested(1000, 4, 0.0, 3.0)
    spread = np.quantile(table.mean(axis=1), [0.025, 0.975])

    low, high = variance_components(*flat(table), 4).epistemic

    assert 0.2 < (high - low) / (spread[1] - spread[0]) < 0.45


def test_with_enough_draws_one_more_lies_within_the_ignorance_nineteen_times_in_twenty():
    """With 79 draws the ends are the second least and the second greatest: 80 gaps, two of them outside at each end."""
    means = np.arange(79.0)
    found = variance_components(np.repeat(means, 2), np.repeat(np.arange(79), 2), 2)

    assert found.epistemic == pytest.approx((1.0, 77.0))
    assert found.held == 0.95


def test_too_few_draws_or_runs_to_a_draw_cannot_be_split():
    assert variance_components([1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1], 2) is None
    assert variance_components([1.0, 2.0, 3.0, 4.0], [0, 1, 2, 3], 1) is None
    assert variance_components([], [], 2) is None


@given(st.integers(3, 10), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_the_shares_interval_is_the_wider_of_searles_and_the_jackknife_on_the_logarithm_of_f(draws, runs, seed):
    table = np.random.default_rng(seed).normal(size=(draws, runs)) + np.arange(draws)[:, None]
    values, numbers = flat(table)

    def share(ratio):
        return max(0.0, (ratio - 1) / (ratio - 1 + runs))

    ratio = float(stats.f_oneway(*table).statistic)
    freedom = draws - 1, draws * (runs - 1)
    searle = ratio / stats.f.ppf(0.975, *freedom), ratio * stats.f.ppf(0.975, *freedom[::-1])
    logs = np.log([float(stats.f_oneway(*np.delete(table, place, axis=0)).statistic) for place in range(draws)])
    error = math.sqrt((draws - 1) / draws * ((logs - logs.mean()) ** 2).sum())
    half = math.exp(min(stats.t.ppf(0.975, draws - 1) * error, 700))

    found = variance_components(values, numbers, runs).parameters_share

    assert found.low == pytest.approx(share(min(searle[0], ratio / half)), abs=1e-6)
    assert found.high == pytest.approx(share(max(searle[1], ratio * half)), abs=1e-6)


def test_a_mean_over_one_draw_or_none_has_no_interval():
    assert (over_draws([1.0, 3.0], [4, 4]).value, over_draws([1.0, 3.0], [4, 4]).low) == (2.0, None)
    assert (over_draws([], []).value, over_draws([], []).low) == (None, None)


def test_a_share_over_draws_is_wilsons_interval_at_the_effective_number_of_runs():
    """The draws' shares 1, 1/2, 0, 1/2 have the variance 1/6, so the mean's is 1/24: as of 0.25 * 24 = 6 independent
    runs. It was estimated from four draws, which lessens them by the square of z over Student's t with 3 degrees.
    """
    hits, draws = [1, 1, 1, 0, 0, 0, 0, 1], [0, 0, 1, 1, 2, 2, 3, 3]
    effective = 6 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 3)) ** 2

    found = proportion_over_draws(hits, draws)

    assert (found.hits, found.runs) == (4, 8)
    assert (found.low, found.high) == pytest.approx(wilson(effective / 2, effective, 0.95))


def test_draws_that_agree_are_no_more_precise_than_twice_as_many_independent_runs():
    found = proportion_over_draws([1, 0, 1, 0, 1, 0], [0, 0, 1, 1, 2, 2])

    effective = 12 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 2)) ** 2
    assert (found.low, found.high) == pytest.approx(wilson(effective / 2, effective, 0.95))


@given(st.integers(2, 200), st.integers(1, 5))
def test_no_hit_in_any_draw_bounds_the_share_of_draws_that_have_one(draws, runs):
    numbers = np.repeat(np.arange(draws), runs)

    none = proportion_over_draws(np.zeros(draws * runs), numbers)
    every = proportion_over_draws(np.ones(draws * runs), numbers)

    assert (1 - none.high) ** draws == pytest.approx(0.05)
    assert (none.low, every.high) == (0.0, 1.0)
    assert every.low == pytest.approx(1 - none.high)
    assert str(none).startswith("below")


def test_one_draw_says_nothing_about_a_share():
    found = proportion_over_draws([1, 0, 1], [0, 0, 0])

    assert (found.low, found.high, found.method) == (0.0, 1.0, "too few draws")


@given(st.integers(2, 4), st.integers(3, 10), st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_chance_parameters_and_scenario_make_up_the_whole_variance(scenarios, draws, runs, seed):
    random = np.random.default_rng(seed)
    shared = random.normal(size=draws)
    made = {
        f"s{place}": flat(place + shared[:, None] + random.normal(size=(draws, runs))) for place in range(scenarios)
    }

    found = variance_parts(made)

    assert list(found) == ["chance", "parameters", "scenario"]
    assert sum(part.value for part in found.values()) == pytest.approx(1.0)
    assert all(0 <= part.low <= part.value <= part.high <= 1 for part in found.values())


def pure(kind):
    """Return two scenarios of four draws with four runs each, whose values vary by nothing but `kind`."""
    chance = np.tile([0.0, 1.0, 0.0, 1.0], (4, 1))
    parameters = np.tile([[0.0], [1.0], [3.0], [4.0]], (1, 4))
    none = np.zeros((4, 4))
    tables = {"chance": (chance, chance), "parameters": (parameters, parameters), "scenario": (none, none + 1)}[kind]
    return {name: flat(table) for name, table in zip("ab", tables, strict=True)}


@pytest.mark.parametrize("kind", ["chance", "parameters", "scenario"])
def test_what_varies_by_one_thing_alone_is_put_down_to_it_wholly(kind):
    found = variance_parts(pure(kind))

    assert {part: estimate.value for part, estimate in found.items()} == {
        part: float(part == kind) for part in ("chance", "parameters", "scenario")
    }
    assert (found[kind].low, found[kind].high) == (1.0, 1.0)


def test_what_does_not_vary_has_no_parts():
    assert variance_parts({name: flat(np.ones((3, 2))) for name in "ab"}) is None
    assert variance_components(*flat(np.ones((3, 2))), 2) is None


def test_known_parts_are_recovered():
    """Three scenarios with means -1, 0, 1 (variance 2/3), draws of variance 1 that they share, chance of variance 2:
    shares 6/11, 3/11 and 2/11. The bounds are above five standard errors, which are about those of a variance from
    2,000 draws, at most 0.02.
    """
    random = np.random.default_rng(3)
    shared = random.normal(size=(2000, 1))
    made = {
        str(shift): flat(shift + shared + math.sqrt(2) * random.normal(size=(2000, 5))) for shift in (-1.0, 0.0, 1.0)
    }

    found = variance_parts(made)

    assert [part.value for part in found.values()] == pytest.approx([6 / 11, 3 / 11, 2 / 11], abs=0.05)


def test_draws_that_differ_by_scenario_do_not_make_scenarios_differ():
    """The scenarios have the same mean, and each its own answer to each draw. Freed of what these add by chance, the
    variance of two means is below 0, and so counts as 0, if a chi-square of 1 degree is below 1: in most repeats.
    """
    found = []
    for seed in range(400):
        random = np.random.default_rng(seed)
        made = {name: flat(random.normal(size=(10, 1)) + np.zeros((10, 2))) for name in "ab"}
        parts = variance_parts(made)
        found.append(parts["scenario"].value)

    assert np.median(found) == 0.0


def test_only_the_draws_that_all_scenarios_have_count():
    one, other = pure("parameters").values()
    more = np.append(other[0], [99.0, 77.0]), np.append(other[1], [4, 4])

    assert variance_parts({"a": one, "b": more}) == variance_parts({"a": one, "b": other})


def test_too_few_draws_or_scenarios_have_no_parts():
    table = flat(np.arange(6.0).reshape(3, 2))

    assert variance_parts({"a": table}) is None
    assert variance_parts({"a": table, "b": flat(np.arange(4.0).reshape(2, 2))}) is None
