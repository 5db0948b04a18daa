import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from sim.analysis.goals import Goal, read_goal
from sim.errors import UsageError
from sim.experiment import EachRun, record
from sim.statistics.estimates import Estimate
from sim.statistics.sequence import METHOD, difference_sequence, proportion_sequence
from sim.study.plan import results_of
from sim.study.use_cases import looks, run_until
from tests.analysis.crises import experiment, write

LEVELS = st.sampled_from([0.8, 0.95, 0.99])
COUNTS = st.integers(1, 100_000).flatmap(lambda runs: st.tuples(st.integers(0, runs), st.just(runs)))
PAIRS = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 3000)).filter(any)


def log_mixture_ratio(counts, chances):
    """Return log M: of Jeffreys' Dirichlet mixture's likelihood of the counts, in an order, to that of the chances."""
    prior = np.full(len(counts), 0.5)
    after = np.asarray(counts) + prior

    def log_beta(alphas):
        return special.gammaln(alphas).sum() - special.gammaln(alphas.sum())

    return log_beta(after) - log_beta(prior) - special.xlogy(counts, chances).sum()


@given(COUNTS, LEVELS)
def test_the_sequence_contains_the_share(counts, level):
    hits, runs = counts

    found = proportion_sequence(hits, runs, level)

    assert 0.0 <= found.low <= hits / runs <= found.high <= 1.0
    assert (found.value, found.runs, found.method, found.level) == (hits / runs, runs, METHOD, level)


@given(COUNTS, LEVELS)
def test_at_each_end_the_mixture_reaches_one_over_the_error(counts, level):
    hits, runs = counts

    found = proportion_sequence(hits, runs, level)

    for end, bound in ((found.low, 0.0), (found.high, 1.0)):
        if end != bound:
            ratio = log_mixture_ratio((hits, runs - hits), (end, 1 - end))
            assert ratio == pytest.approx(-math.log(1 - level), abs=1e-6)
    assert (found.low == 0.0) == (hits == 0)
    assert (found.high == 1.0) == (hits == runs)


@given(COUNTS, LEVELS)
def test_hits_and_misses_are_treated_alike(counts, level):
    hits, runs = counts

    one, other = proportion_sequence(hits, runs, level), proportion_sequence(runs - hits, runs, level)

    assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high), abs=1e-12)


@given(COUNTS)
def test_more_confidence_gives_an_interval_around_that_of_less(counts):
    less, more = proportion_sequence(*counts, 0.9), proportion_sequence(*counts, 0.99)

    assert more.low <= less.low
    assert less.high <= more.high


@given(st.integers(10, 10_000).flatmap(lambda runs: st.tuples(st.integers(1, runs - 1), st.just(runs))))
def test_the_right_to_look_again_costs_width(counts):
    """The interval for one look is here Wald's, which no valid one for every look can be within."""
    hits, runs = counts
    share = hits / runs
    half = 1.96 * math.sqrt(share * (1 - share) / runs)

    found = proportion_sequence(hits, runs)

    assert found.high - found.low > 2 * half


@pytest.mark.parametrize("chance", [0.02, 0.3, 0.5, 0.85])
def test_the_chance_that_the_sequence_ever_misses_within_eighty_runs_is_below_the_error(chance):
    """The exact chance, by recursion over the counts, with no simulation; the bound is Ville's inequality."""
    left = {0: 1.0}
    missed = 0.0
    for runs in range(1, 81):
        after = {}
        for hits, mass in left.items():
            for more, weight in ((1, chance), (0, 1 - chance)):
                after[hits + more] = after.get(hits + more, 0.0) + mass * weight
        left = {}
        for hits, mass in after.items():
            found = proportion_sequence(hits, runs)
            if found.low <= chance <= found.high:
                left[hits] = mass
            else:
                missed += mass

    assert 0.0 < missed <= 0.05
    assert missed + math.fsum(left.values()) == pytest.approx(1.0)


def test_before_the_first_run_nothing_is_known():
    assert proportion_sequence(0, 0) == Estimate(None, 0.0, 1.0, 0, METHOD)
    assert difference_sequence(0, 0, 0) == Estimate(None, -1.0, 1.0, 0, METHOD)


def least_ratio(counts, difference):
    """Return the least log mixture ratio over all chances with this difference, by SciPy's search."""
    low, high = max(0.0, -difference), (1 - difference) / 2

    def ratio(second):
        return log_mixture_ratio(counts, np.clip((second + difference, second, 1 - 2 * second - difference), 0, 1))

    inner = optimize.minimize_scalar(ratio, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).fun
    return min(inner, ratio(low), ratio(high))


@given(PAIRS, LEVELS)
@settings(max_examples=40)
def test_a_difference_is_inside_if_some_chances_that_give_it_are(pairs, level):
    gained, lost, _unchanged = pairs
    runs = sum(pairs)

    found = difference_sequence(gained, lost, runs, level)

    share = (gained - lost) / runs
    assert -1.0 <= found.low <= share <= found.high <= 1.0
    for end, bound in ((found.low, -1.0), (found.high, 1.0)):
        if end != bound:
            assert least_ratio(pairs, end) == pytest.approx(-math.log(1 - level), abs=1e-3)


@pytest.mark.parametrize("pairs", [(3, 1, 20), (0, 5, 30), (12, 9, 4), (0, 0, 40), (7, 0, 0)])
def test_the_interval_of_a_difference_is_that_of_a_brute_force_grid_over_the_chances(pairs):
    step = 400
    inside = [
        (first - second) / step
        for first in range(step + 1)
        for second in range(step + 1 - first)
        if log_mixture_ratio(pairs, np.array([first, second, step - first - second]) / step) < math.log(20)
    ]

    found = difference_sequence(pairs[0], pairs[1], sum(pairs))

    assert found.low == pytest.approx(min(inside), abs=2 / step)
    assert found.high == pytest.approx(max(inside), abs=2 / step)


@given(PAIRS)
@settings(max_examples=40)
def test_gains_and_losses_are_treated_alike(pairs):
    gained, lost, _ = pairs

    one, other = difference_sequence(gained, lost, sum(pairs)), difference_sequence(lost, gained, sum(pairs))

    assert (-other.high, -other.low) == pytest.approx((one.low, one.high), abs=1e-9)
    assert -other.value == one.value


@given(st.integers(0, 200), st.integers(1, 2000))
@settings(max_examples=40)
def test_where_nothing_is_lost_the_interval_is_around_that_of_the_share_that_is_gained(gained, more):
    """The three kinds of pair cost a wider slack than two, by log(Gamma(n + 3/2) / Gamma(n + 1) / Gamma(3/2)) > 0."""
    runs = gained + more

    difference, share = difference_sequence(gained, 0, runs), proportion_sequence(gained, runs)

    assert difference.low <= share.low
    assert share.high <= difference.high


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("±1pp on x", Goal("x", 0.01)),
        ("+-1 pp on x", Goal("x", 0.01)),
        ("+/- 0.25 points on x", Goal("x", 0.0025)),
        ("±.5 pp on long_name", Goal("long_name", 0.005)),
        ("  ± 50 points on down[3] ", Goal("down[3]", 0.5)),
    ],
)
def test_goals_about_a_probability_are_read(text, goal):
    read = read_goal(text, ["x", "long_name", "down[3]"], difference=False)

    assert (read.outcome, read.difference) == (goal.outcome, False)
    assert read.half_width == pytest.approx(goal.half_width)
    assert read_goal(str(read), ["x", "long_name", "down[3]"], difference=False) == read


def test_goals_about_a_difference_are_read():
    read = read_goal("±0.5pp on difference in x", ["x"], difference=True)

    assert read == Goal("x", 0.005, difference=True)
    assert read_goal(str(read), ["x"], difference=True) == read


@pytest.mark.parametrize(
    ("text", "difference", "note"),
    [
        ("1pp on x", False, "±1pp on"),
        ("±1 on x", False, "±1pp on"),
        ("±1pp x", False, "±1pp on"),
        ("±-1pp on x", False, "±1pp on"),
        ("±1pp on difference in x", False, "±1pp on"),
        ("±1pp on x", True, "±0.5pp on difference in"),
        ("±1pp on excess", False, "access"),
        ("±0pp on x", False, "more than 0"),
        ("±51pp on x", False, "at most 50"),
        ("", False, "±1pp on"),
    ],
)
def test_what_is_no_goal_is_refused_with_what_was_expected(text, difference, note):
    with pytest.raises(UsageError) as error:
        read_goal(text, ["x", "access"], difference=difference)

    assert error.value.code == "E009"
    assert note in " ".join(error.value.notes)


def test_a_goal_is_met_when_the_interval_is_no_wider_than_twice_the_half_width():
    goal = Goal("x", 0.05)

    assert goal.met(Estimate(0.5, 0.45, 0.55 - 1e-9, 9, ""))
    assert not goal.met(Estimate(0.5, 0.45, 0.55 + 1e-9, 9, ""))


@given(st.integers(0, 5000), st.lists(st.integers(1, 900), max_size=12))
def test_one_looks_every_hundred_runs_and_at_the_last_however_many_are_made_at_once(most, batches):
    seen, looked, made = [], 0, 0
    for batch in [*batches, most]:
        made = min(most, made + batch)
        found = looks(looked, made, most)
        seen += found
        looked = found[-1] if found else looked
        if made == most:
            break

    assert seen == sorted({*range(100, most + 1, 100), most})


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def numbers(results):
    return results.count, results.outcomes, results.measures, results.goals


def goals_of(*texts):
    return [read_goal(text, ["heads", "tails", "hangs", "soon"], difference=False) for text in texts]


def test_one_runs_until_the_first_look_at_which_all_goals_are_met(coin):
    goals = goals_of("±6pp on hangs", "±8pp on heads")
    whole = results_of(experiment(coin), 2000, workers=1).runs

    found = run_until(experiment(coin), goals, 2000, workers=1)

    def met(look):
        part = whole.first(look)
        return all(goal.met(proportion_sequence(int(part.reached(goal.outcome).sum()), look)) for goal in goals)

    assert found.count == next(look for look in range(100, 2001, 100) if met(look))
    assert 100 < found.count < 2000
    assert found.goals == tuple((goal, True) for goal in goals)
    heads = found.outcomes["heads"]
    assert (heads.hits, heads.runs) == (int(whole.first(found.count).reached("heads").sum()), found.count)
    expected = proportion_sequence(heads.hits, heads.runs)
    assert (heads.low, heads.high, heads.method) == (expected.low, expected.high, METHOD)


def test_a_goal_that_is_not_reached_is_said_to_be_unmet_after_all_the_runs_that_are_allowed(coin):
    found = run_until(experiment(coin), goals_of("±1pp on heads"), 250, workers=1)

    assert (found.count, found.goals[0][1]) == (250, False)
    assert run_until(experiment(coin), goals_of("±1pp on heads"), 0, workers=1).count == 0


def test_the_answer_is_the_same_whatever_the_ledger_held_before(tmp_path):
    goals = goals_of("±6pp on hangs")
    found = []
    for before in (0, 130, 1500):
        (tmp_path / str(before)).mkdir()
        coin = write(tmp_path / str(before))
        if before:
            record(experiment(coin), before, EachRun(lambda *_: None), workers=1)
        found.append(numbers(run_until(experiment(coin), goals, 5000, workers=1)))

    assert found[1] == found[0]
    assert found[2] == found[0]


def test_the_answer_is_the_same_whatever_the_number_of_workers(tmp_path):
    goals = goals_of("±6pp on hangs")
    found = []
    for workers in (1, 2):
        (tmp_path / str(workers)).mkdir()
        coin = write(tmp_path / str(workers))
        found.append(numbers(run_until(experiment(coin), goals, 5000, workers=workers)))

    assert found[1] == found[0]
