"""What is asked of measures, answered: known answers, and what becomes of runs that lack a measure."""

import json
import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.asked.asked_text import read_statistic
from sim.analysis.asked.figures import figure
from sim.language.diagnostics import LanguageError
from sim.statistics.estimates import WITHHELD, one_sided_bound, proportion
from sim.statistics.histogram import bonferroni
from sim.statistics.second_moments import ratio_of_means, variance
from sim.statistics.sequence import proportion_sequence
from sim.statistics.uncertainty import proportion_over_draws
from sim.study.api import run
from tests.analysis.asked.attacks import NEVER, UNDEFINED, made, scenario_in, write

RUNS = 2000


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return scenario_in(tmp_path_factory.mktemp("asked"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return run(write(folder), runs=RUNS, ledger=folder / "ledger", workers=1)


# Of 9 attacks on average, each with 1.5 deaths on average: a Poisson law, and a compound one.
TRUTHS = {
    "P(attacks <= 10)": stats.poisson.cdf(10, 9),
    "P(attacks < 10)": stats.poisson.cdf(9, 9),
    "P(attacks >= 10)": stats.poisson.sf(9, 9),
    "P(attacks > 10)": stats.poisson.sf(10, 9),
    "P(attacks == 9)": stats.poisson.pmf(9, 9),
    "P(8 <= attacks <= 10)": stats.poisson.cdf(10, 9) - stats.poisson.cdf(7, 9),
    "P(alarm_after <= 30 days)": -math.expm1(-0.6),
    "P(alarm_after > 30 days)": math.exp(-0.6),
    "P(calm_time >= 90 days)": math.exp(-1.8),
    "deaths / attacks": 1.5,
    "variance(attacks)": 9.0,
    "variance(deaths)": 9.0 * (1.5 + 1.5**2),
}


@pytest.mark.parametrize("text", TRUTHS)
def test_figures_of_runs_of_a_known_law_hold_the_truth(attacked, text):
    found, truth = attacked.ask(text), TRUTHS[text]
    half = (found.high - found.low) / 2

    assert abs(found.value - truth) < 2.5 * half, "five standard errors"
    assert half < 0.15 * truth
    assert found.runs == RUNS


def test_the_bins_of_a_histogram_of_a_known_law_hold_its_shares(attacked):
    found = attacked.ask("histogram(attacks, 5, 8, 11)")

    assert [one.label for one in found.bins] == ["below 5", "5 to 7", "8 to 10", "11 or more"]
    truths = np.diff([0, *stats.poisson.cdf([4, 7, 10], 9), 1])
    for one, truth in zip(found.bins, truths, strict=True):
        assert one.share.level == bonferroni(4)
        assert one.share.low - 0.02 < truth < one.share.high + 0.02
    assert sum(one.share.hits for one in found.bins) == RUNS


def test_chosen_bins_have_every_run_and_say_what_was_never_seen(attacked):
    found = attacked.ask("histogram(attacks)")
    last = found.bins[-1]

    assert sum(one.share.hits for one in found.bins) == RUNS
    assert [one.label for one in found.bins[:2]] == ["0 to 1", "2 to 3"] or found.bins[0].label in ("0", "1")
    assert last.label.endswith(" or more")
    assert (last.share.share, last.share.hits) == (None, 0)
    assert last.share.high == one_sided_bound(RUNS, bonferroni(len(found.bins))) > one_sided_bound(RUNS, 0.95)


def test_no_hit_is_a_bound_and_never_a_share_of_0(attacked):
    found = attacked.ask("P(attacks > 1000)")

    assert (found.value, found.low, found.high) == (None, 0.0, one_sided_bound(RUNS, 0.95))
    assert "below 0.15 %" in str(found)


def test_a_ratio_says_that_it_is_no_mean_of_ratios(attacked):
    found = attacked.ask("deaths / attacks")

    assert "a ratio of means, not the mean of the runs' own ratios" in found.says
    assert found.value == attacked.measures["deaths"].mean.value / attacked.measures["attacks"].mean.value
    for text in (str(found), found._repr_html_(), json.dumps(found.as_data())):
        assert "mean(deaths) / mean(attacks)" in text
        assert "ratio of" in text


def test_a_run_in_which_a_time_never_came_counts_as_later_than_any(scenario):
    found = made(scenario, {"alarm_after": [5.0, 40.0, NEVER, NEVER]})

    assert found.ask("P(alarm_after <= 50 days)").found == proportion(2, 4)
    assert found.ask("P(alarm_after > 20 days)").found == proportion(3, 4)
    assert found.ask("P(20 days < alarm_after <= 50 days)").found == proportion(1, 4)
    assert dict(found.ask("P(alarm_after > 20 days)").without)["never"] == 2
    labels = {one.label: one.share.hits for one in found.ask("histogram(alarm_after, 0, 45 days, 90 days)").bins}
    assert labels == {"0 to 45 days": 2, "45 days to 90 days": 0, "never came": 2}
    assert "later than any" in str(found.ask("P(alarm_after > 20 days)"))


def test_a_run_in_which_a_measure_has_no_value_keeps_to_no_bound(scenario):
    found = made(scenario, {"per_attack": [0.25, 0.5, UNDEFINED, 1.0]})
    low, high = (found.ask(f"P(per_attack {sign} 0.5)") for sign in ("<=", ">"))

    assert (low.found, high.found) == (proportion(2, 4), proportion(1, 4))
    assert low.without["undefined"] == 1
    assert [one.share.hits for one in found.ask("histogram(per_attack, 0, 2)").bins][-1] == 1
    assert "no value" in str(low)
    assert found.ask("variance(per_attack)").found.runs == 3


def test_of_stopped_and_failed_runs_shares_count_both_ways_what_is_not_known(scenario):
    many = {"alarm_after": [5.0, 40.0, 60.0, 70.0, NEVER, NEVER], "deaths": [1.0, 2.0, 3.0, 4.0, UNDEFINED, 0.0]}
    found = made(scenario, many, stopped={4: 30.0}, failed={5: 10.0}, despite_failures=True)

    early, late = found.ask("P(alarm_after <= 20 days)"), found.ask("P(alarm_after <= 50 days)")
    assert early.found == proportion(1, 6, unknown=1), "the stopped run had not seen it by then"
    assert late.found == proportion(2, 6, unknown=2)
    assert found.ask("P(alarm_after > 20 days)").found == proportion(3, 6, unknown=2)
    assert found.ask("P(deaths <= 2)").found == proportion(2, 6, unknown=2)
    assert (late.without["stopped"], late.without["failed"], late.unknown) == (1, 1, 2)
    assert "count them both ways" in str(late)
    for one in found.ask("histogram(deaths, 0, 3)").bins:
        assert one.share.unknown == 2


def test_ratios_and_variances_are_of_the_runs_that_have_the_measures_and_say_so(scenario):
    many = {"deaths": [1.0, 2.0, 4.0, 9.0, 9.0], "attacks": [1.0, 1.0, 2.0, 3.0, 3.0]}
    found = made(scenario, many, failed={4: 10.0}, despite_failures=True)
    ratio, spread = found.ask("deaths / attacks"), found.ask("variance(deaths)")

    assert ratio.found.value == 16 / 7
    assert ratio.found.high == ratio_of_means(np.array([1.0, 2, 4, 9]), np.array([1.0, 1, 2, 3])).high
    assert spread.found == variance(np.array([1.0, 2.0, 4.0, 9.0]))
    for one in (ratio, spread):
        assert one.found.runs == 4
        assert one.without["failed"] == 1
        assert "20.0 % (failed)" in str(one)
        assert "they are not figures of all runs" in str(one)


def test_the_intervals_of_ratios_and_variances_hold_whatever_stopped_runs_came_to(scenario):
    many = {"calm_time": [9.0, 20.0, 35.0, 50.0, 60.0, 75.0, UNDEFINED], "attacks": [3.0, 1, 2, 4, 2, 3, UNDEFINED]}
    found, whole = made(scenario, many, stopped={6: 30.0}), made(scenario, {key: of[:6] for key, of in many.items()})

    for text in ("calm_time / attacks", "variance(calm_time)"):
        one, known = found.ask(text), whole.ask(text)
        assert one.value == known.value
        assert one.low < known.low
        assert one.without["stopped"] == 1
        assert "Their intervals hold whatever the measures came to in the runs that were stopped" in str(one)
    assert found.ask("variance(calm_time)").high == 90**2 / 4, "of a time of at most 90 days"
    assert found.ask("attacks / calm_time").high is None


def test_a_ratio_of_what_cannot_be_negative_has_no_negative_end(scenario):
    deaths = [0.0] * 28 + [90.0, 1.0]
    found = made(scenario, {"deaths": deaths, "attacks": [1.0, 2.0] * 15}).ask("deaths / attacks")

    assert found.low == 0.0
    assert found.found.method == "Fieller, cut to 0 or more"


@pytest.mark.parametrize("text", ["P(deaths <= 2)", "deaths / attacks", "variance(deaths)", "histogram(deaths)"])
def test_where_too_many_runs_failed_no_figure_is_given(scenario, text):
    found = made(scenario, {"deaths": [1.0, 2.0, 3.0]}, failed={2: 10.0}).ask(text)
    data = found.as_data()

    assert found.withheld
    assert (found.value, found.low, found.high, found.bins) == (None, None, None, ())
    assert data["withheld"]
    assert "low" not in data
    assert found.found is None or found.found.method == WITHHELD
    assert "not given" in str(found)


def test_in_a_nested_design_the_draws_alone_are_independent(scenario):
    random = np.random.default_rng(5)
    deaths = random.poisson(np.repeat(random.gamma(4.0, 2.0, 12), 5)).astype(float)
    attacks = random.poisson(8.0, 60).astype(float)
    found = made(scenario, {"deaths": deaths.tolist(), "attacks": attacks.tolist()}, runs_per_draw=5)
    draws = np.repeat(np.arange(12.0), 5)

    assert found.ask("P(deaths <= 6)").found == proportion_over_draws(deaths <= 6, draws)
    assert found.ask("deaths / attacks").high == ratio_of_means(deaths, attacks, draws).high
    assert found.ask("variance(deaths)").found == variance(deaths, draws)
    assert found.ask("histogram(deaths, 5)").bins[0].share == proportion_over_draws(
        deaths < 5, draws, 0.975, exact=True
    )
    for text in ("P(deaths <= 6)", "histogram(deaths)"):
        assert "once for every 5 runs" in found.ask(text).covers


def test_where_one_looked_at_runs_as_they_came_shares_are_those_of_a_sequence(attacked):
    found = figure(type(attacked)(**{**vars(attacked), "sequential": True}), "P(attacks <= 10)")

    assert found.low == proportion_sequence(found.found.hits, RUNS).low
    assert "confidence sequence" in found.covers


def test_a_figure_prints_itself_and_becomes_data(attacked):
    found = attacked.ask("histogram(calm_time, 10 days, 40 days)")
    data = json.loads(json.dumps(found.as_data()))

    assert [one["bin"] for one in data["bins"]] == ["below 10 days", "10 days to 40 days", "40 days or more"]
    assert [(one["from"], one["to"]) for one in data["bins"]] == [(None, 10.0), (10.0, 40.0), (40.0, None)]
    assert data["says"] == "the share of runs in each bin of 'calm time' (up to the run's end)"
    assert data["bins_by"] == "as asked"
    assert "up to the run's end" in str(found)
    assert "all together" in found._repr_html_()
    assert attacked.ask("variance(calm_time)").unit == " days squared"
    assert attacked.ask("calm_time / attacks").unit == " days"
    assert attacked.ask("attacks / calm_time").unit == " per day"


def test_a_histogram_of_what_no_run_has_has_no_bins(scenario):
    found = made(scenario, {"alarm_after": [NEVER, NEVER], "per_attack": [UNDEFINED, UNDEFINED]})

    assert [one.label for one in found.ask("histogram(alarm_after)").bins] == ["never came"]
    assert [one.label for one in found.ask("histogram(per_attack)").bins] == ["no value"]


def test_what_is_wrong_in_python_is_the_error_of_the_command_line(attacked):
    with pytest.raises(LanguageError, match="unknown measure 'atacks'"):
        attacked.ask("variance(atacks)")
    assert read_statistic("variance(attacks)", attacked.scenario).kind == "variance"
