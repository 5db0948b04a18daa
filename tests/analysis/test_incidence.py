import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.incidence import MILESTONES, incidence, milestone
from sim.analysis.runs import Runs, Words
from sim.statistics.estimates import NO_INTERVAL, mean, proportion, quantile, within
from sim.statistics.uncertainty import over_draws, proportion_over_draws

NEVER = math.inf
LIMIT = 10.0


def runs_with(**times) -> Runs:
    """Return runs of which only the outcomes' times matter."""
    count = len(next(iter(times.values())))
    columns = {name: np.array(column, dtype=float) for name, column in times.items()}
    return Runs(np.arange(count), columns, {}, {}, Words.of([""] * count), np.zeros(count), np.full(count, np.inf))


def raced(*causes: list[float]) -> Runs:
    """Return runs in which outcomes compete: the first to come ends the run, the others never come then."""
    first = np.min(causes, axis=0)
    winner = np.argmin(causes, axis=0)
    return runs_with(**{
        f"o{number}": np.where((winner == number) & (first <= LIMIT), first, NEVER) for number in range(len(causes))
    })  # fmt: skip


MOMENTS = st.floats(0, 2 * LIMIT)
RACES = st.integers(1, 60).flatmap(
    lambda runs: st.lists(st.lists(MOMENTS, min_size=runs, max_size=runs), min_size=1, max_size=3)
)


@given(RACES, st.lists(MOMENTS, min_size=1, max_size=10))
def test_the_incidence_is_the_share_of_runs_by_then_with_its_own_interval(causes, times):
    runs = raced(*causes)

    found = incidence(runs, "o0", times)

    hits = [sum(time <= by for time in runs.times["o0"].tolist()) for by in times]
    assert found.shares == tuple(proportion(number, len(runs)) for number in hits)
    assert found.times == tuple(times)


@given(RACES, st.lists(MOMENTS, min_size=2, max_size=10))
def test_the_incidence_never_falls(causes, times):
    shares = [found.hits for found in incidence(raced(*causes), "o0", sorted(times)).shares]

    assert shares == sorted(shares)


@given(RACES, MOMENTS)
def test_the_incidences_of_competing_outcomes_and_of_none_add_up_to_one(causes, time):
    runs = raced(*causes)

    hits = sum(incidence(runs, name, [time]).shares[0].hits for name in runs.times)

    over = np.min(list(runs.times.values()), axis=0) <= time
    assert hits == over.sum() <= len(runs)


@given(st.lists(MOMENTS, min_size=1, max_size=80), st.lists(MOMENTS, min_size=1, max_size=10))
def test_where_nothing_competes_and_all_see_it_it_is_the_empirical_distribution(moments, times):
    expected = stats.ecdf(moments).cdf.evaluate(times)

    found = incidence(runs_with(o=moments), "o", times)

    assert [share.hits / share.runs for share in found.shares] == pytest.approx(expected.tolist())


@given(RACES, MOMENTS)
def test_with_competing_outcomes_it_is_the_aalen_johansen_estimate(causes, time):
    """The estimate: the sum over event times of survival just before, times the hazard of this outcome then."""
    runs = raced(*causes)
    every = np.min(list(runs.times.values()), axis=0)
    expected, alive = 0.0, 1.0
    for moment in sorted({*every[every <= time].tolist()}):
        at_risk = int((every >= moment).sum())
        expected += alive * (runs.times["o0"] == moment).sum() / at_risk
        alive *= 1 - (every == moment).sum() / at_risk

    (found,) = incidence(runs, "o0", [time]).shares

    assert found.hits / found.runs == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 10**6), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_band_is_that_of_dvoretzky_kiefer_and_wolfowitz(runs, level):
    times, whole = np.broadcast_to(0.0, (runs,)), np.broadcast_to(np.inf, (runs,))
    one = Runs(np.broadcast_to(np.int64(0), (runs,)), {"o": times}, {}, {}, Words.of([]), 0, whole)

    found = incidence(one, "o", [], level=level)

    assert found.band == 1.0 or 2 * math.exp(-2 * runs * found.band**2) == pytest.approx(1 - level)
    assert found.band < 1.0 or 2 * math.exp(-2 * runs) >= 1 - level


def test_without_runs_nothing_is_known_of_the_curve():
    found = incidence(runs_with(o=[]), "o", [1.0])

    assert (found.band, found.shares[0].low, found.shares[0].high) == (1.0, 0.0, 1.0)


def test_in_a_nested_design_the_draws_alone_are_independent():
    runs, draws = runs_with(o=[1.0, 2.0, NEVER, NEVER, 1.0, NEVER]), np.array([0.0, 0.0, 1.0, 1.0, 2.0, 2.0])

    curve, first = incidence(runs, "o", [1.5], draws), milestone(runs, "o", LIMIT, draws)

    assert curve.shares[0] == proportion_over_draws([1, 0, 0, 0, 1, 0], draws)
    assert curve.band == pytest.approx(math.sqrt(math.log(40) / 6))
    assert first.happened == proportion_over_draws([1, 1, 0, 0, 1, 0], draws)
    mean_time = over_draws(np.minimum(runs.times["o"], LIMIT), draws)
    assert first.restricted_mean == within(mean_time, (0.0, LIMIT))
    assert all(found.low is None and found.method == NO_INTERVAL for found in first.quantiles.values())


def test_what_had_come_true_before_the_branch_has_come_true_by_any_time():
    assert incidence(runs_with(o=[-3.0, NEVER]), "o", [0.0]).shares[0].hits == 1


def test_a_milestone_that_had_come_true_before_the_branch_counts_from_the_branch():
    earlier, then = (milestone(runs_with(o=[first, 4.0, NEVER]), "o", LIMIT) for first in (-3.0, 0.0))

    assert earlier == then
    assert earlier.restricted_mean.value == pytest.approx(14 / 3)


@given(st.lists(st.one_of(st.floats(0, LIMIT), st.just(NEVER)), min_size=1, max_size=80))
def test_a_milestone_has_quantiles_over_all_runs_and_none_where_so_many_never_see_it(times):
    found = milestone(runs_with(o=times), "o", LIMIT)

    ordered = sorted(times)
    for share in MILESTONES:
        assert found.quantiles[share] == quantile(times, share)
        place = share * (len(times) - 1)
        assert (found.quantiles[share].value is None) == (ordered[math.ceil(place)] == NEVER)
    reached = [time for time in times if time < NEVER]
    assert found.happened == proportion(len(reached), len(times))
    assert found.median_if == quantile(reached, 0.5)


@given(st.lists(st.one_of(st.floats(0, LIMIT), st.just(NEVER)), min_size=2, max_size=80))
def test_the_restricted_mean_is_that_of_the_time_or_the_limit_whichever_comes_first(times):
    found = milestone(runs_with(o=times), "o", LIMIT)

    assert found.restricted_mean == within(mean([min(time, LIMIT) for time in times]), (0.0, LIMIT))
    assert found.limit == LIMIT


@given(st.lists(st.floats(0, LIMIT), min_size=1, max_size=40), st.integers(0, 40))
def test_the_restricted_mean_is_the_area_above_the_incidence(moments, never):
    """E min(T, limit) is the integral of 1 - P(T <= t) from 0 to the limit, here by steps between the times."""
    runs = runs_with(o=[*moments, *[NEVER] * never])
    steps = sorted({0.0, LIMIT, *moments})
    shares = incidence(runs, "o", steps).shares
    area = sum((1 - share.hits / share.runs) * (later - time)
               for share, time, later in zip(shares, steps, steps[1:], strict=False))  # fmt: skip

    assert milestone(runs, "o", LIMIT).restricted_mean.value == pytest.approx(area)


def test_a_milestone_that_nobody_sees_has_no_times():
    found = milestone(runs_with(o=[NEVER, NEVER]), "o", LIMIT)

    assert {estimate.value for estimate in found.quantiles.values()} == {None}
    assert found.median_if.value is None
    assert found.restricted_mean.value == LIMIT
    assert found.happened.hits == 0
