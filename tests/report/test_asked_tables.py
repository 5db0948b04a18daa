"""What was asked of measures as tables: each figure with its meaning, its interval, and what it leaves out."""

import pytest

from sim.language.visible import columns
from sim.report.asked_tables import tables
from sim.report.fitting import fitting, needs
from tests.analysis.asked.attacks import NEVER, UNDEFINED, made, scenario_in

MANY = {
    "deaths": [float(number % 13) for number in range(40)],
    "attacks": [1.0 + number % 4 for number in range(40)],
    "alarm_after": [NEVER if number % 5 == 0 else 2.0 * number for number in range(40)],
    "per_attack": [UNDEFINED, *[0.5] * 39],
}
ASKED = (
    "P(deaths <= 4)", "deaths / attacks", "variance(alarm_after)", "P(per_attack > 9)", "histogram(deaths)",
    "histogram(alarm_after, 0, 30 days, 60 days)",
)  # fmt: skip


@pytest.fixture
def results(tmp_path):
    return made(scenario_in(tmp_path), MANY)


@pytest.fixture
def shown(results):
    return tables(map(results.ask, ASKED))


def test_there_is_one_table_of_figures_and_one_of_each_histogram(shown):
    figures, deaths, alarm = shown

    assert [row[0] for row in figures.rows] == [
        "P(deaths <= 4)", "mean(deaths) / mean(attacks)", "variance(alarm_after)", "P(per_attack > 9)",
    ]  # fmt: skip
    assert deaths.title == "The share of runs in each bin of 'deaths' (up to the run's end)"
    assert alarm.title == "The share of runs in each bin of 'alarm after' (up to the run's end), in days"
    assert [row[0] for row in alarm.rows] == ["0 to 30 days", "30 days to 60 days", "60 days or more", "never came"]


def test_each_figure_says_what_it_means_and_what_it_leaves_out(shown):
    figures, *_ = shown
    text = " ".join(str(figures).split())

    for part in (
        "P(deaths <= 4): the share of runs in which 'deaths' (up to the run's end) is at most 4.",
        "It is not the mean of A / B.",
        "20.0 % (never came)",
        "2.5 % (no value)",
        "they are not figures of all runs",
        "below 7.3 % 0 of 40: 95% bound",
    ):
        assert part in text


def test_a_histogram_says_by_which_rule_its_bins_are_that_they_hold_together_and_where_an_edge_belongs(shown):
    _, deaths, alarm = shown

    assert "all together" in str(deaths)
    assert "Freedman and Diaconis" in deaths.caption
    assert "lies in the upper one" not in deaths.caption, "whole numbers lie on no edge"
    assert "Freedman and Diaconis" not in alarm.caption, "its edges were asked for"
    assert "lies in the upper one of its two bins" in alarm.caption


def test_bars_are_as_long_as_the_shares_and_the_longest_is_that_of_the_largest(shown):
    _, deaths, alarm = shown

    for table in (deaths, alarm):
        lengths = [len(row[4]) for row in table.rows]
        runs = [int(row[3]) for row in table.rows]
        assert max(lengths) == 24
        assert sorted(lengths) == [lengths[place] for place in sorted(range(len(runs)), key=runs.__getitem__)]
        assert all((length > 0) == (number > 0) for length, number in zip(lengths, runs, strict=True))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_they_fit_a_terminal_with_no_number_and_no_word_broken(shown, width):
    for table in shown:
        parts = fitting(table, width)
        words = {word for part in parts for row in part.rows for cell in row for word in cell.split()}
        assert all(needs(part) <= width for part in parts if any(heading for heading, _ in part.columns))
        assert all(columns(line) <= width for part in parts for row in part.rows for line in row[0].splitlines())
        assert {row[1].split()[0] for row in table.rows} <= words


def test_of_failed_runs_the_tables_say_what_was_left_out(tmp_path):
    found = made(scenario_in(tmp_path), MANY, failed={3: 5.0}, stopped={4: 50.0}, despite_failures=True)
    for table in tables(map(found.ask, ("P(deaths <= 4)", "histogram(deaths)"))):
        assert "intervals of shares count them both ways" in table.caption
    (ratio,) = tables([found.ask("deaths / attacks")])
    assert "2.5 % (failed)" in str(ratio)
