"""What is asked of measures, as a text: what each form means, and what is said of a text that has none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.asked.asked_text import read_statistic, read_statistics, type_of
from sim.analysis.asked.statistic import Bound, Histogram, RatioOfMeans, Share, Variance
from sim.language.diagnostics import LanguageError
from sim.language.expressions.types import DURATION, INSTANT, INT, REAL, TIME, Real
from tests.analysis.asked.attacks import scenario_in

DAY = 1.0


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return scenario_in(tmp_path_factory.mktemp("asked"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("P(deaths <= 10)", Share("deaths", (Bound("<=", 10, "10"),))),
        ("P( deaths<10 )", Share("deaths", (Bound("<", 10, "10"),))),
        ("P(10 >= deaths)", Share("deaths", (Bound("<=", 10, "10"),))),
        ("P(10 < deaths)", Share("deaths", (Bound(">", 10, "10"),))),
        ("P(deaths == 3)", Share("deaths", (Bound("==", 3, "3"),))),
        ("P(5 <= deaths < 10)", Share("deaths", (Bound(">=", 5, "5"), Bound("<", 10, "10")))),
        ("P(10 > deaths >= 5)", Share("deaths", (Bound(">=", 5, "5"), Bound("<", 10, "10")))),
        ("P(deaths <= -2 + 5)", Share("deaths", (Bound("<=", 3, "-2 + 5"),))),
        ("P(alarm_after <= 2 weeks)", Share("alarm_after", (Bound("<=", 14 * DAY, "2 weeks"),))),
        ("P(last_day > 2030-02-01)", Share("last_day", (Bound(">", 31 * DAY, "2030-02-01"),))),
        ("P(calm >= 1)", Share("calm", (Bound(">=", 1, "1"),))),
        ("P(tension <= 0)", Share("tension", (Bound("<=", 0, "0"),))),
        ("deaths / attacks", RatioOfMeans("deaths", "attacks")),
        ("mean(deaths) / mean(attacks)", RatioOfMeans("deaths", "attacks")),
        ("variance(deaths)", Variance("deaths")),
        ("histogram(deaths)", Histogram("deaths")),
        ("histogram(calm_time, 0, 10 days)", Histogram("calm_time", (0, 10), ("0", "10 days"))),
    ],
)
def test_each_form_is_read_and_written_so_that_it_is_read_again(scenario, text, meant):
    found = read_statistic(text, scenario)

    assert found == meant
    assert read_statistic(str(found), scenario) == meant


def complained(scenario, *texts):
    with pytest.raises(LanguageError) as error:
        read_statistics(texts, scenario)
    return error.value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("P(deths <= 10)", "1:3: error E301: unknown measure 'deths'\n  |\n1 | P(deths <= 10)\n  |   ^^^^^\n"
         "   = did you mean 'deaths'?"),
        ("P(deaths <= 10 days)", "1:13: error E303: expected a number, but this is a length of time"),
        ("P(alarm_after <= 10)", "1:18: error E303: expected a length of time, but this is a whole number"),
        ("P(alarm_after <= 10 dys)", "1:18: error E303: 'dys' is not a unit"),
        ("P(last_day <= 10)", "1:15: error E302: "),
        ("P(alarm_after < 91 days)", "1:17: error E519: this asks about 91 days after the branch, and no run goes on "
         "beyond the horizon, which is 90 days after it"),
        ("P(deaths <= atacks)", "1:3: error E041: P() compares one measure with one number, or with two"),
        ("P(deaths <= 3 < 4)", "1:3: error E041: P() compares one measure"),
        ("P(5 <= deaths <= 1)", "1:3: error E041: no number lies between these two"),
        ("P(5 < deaths <= 5)", "1:3: error E041: no number lies between these two"),
        ("P(1 >= deaths >= 5)", "1:3: error E041: no number lies between these two"),
        ("P(deaths)", "1:1: error E041: P() takes a comparison of one measure"),
        ("P(10 < deaths > 3)", "1:3: error E041: this does not say between what a measure lies"),
        ("P(deaths != 3)", "1:3: error E041: this does not say between what a measure lies"),
        ("P(alarm < 3)", "1:3: error E041: 'alarm' is an outcome, and not a measure"),
        ("deaths <= 10", "1:1: error E041: a comparison is asked about with P()\n  |\n1 | deaths <= 10\n"
         "  | ^^^^^^^^^^^^\n   = expected P(deaths <= 10)"),
        ("deaths", "1:1: error E041: a measure by itself asks for nothing"),
        ("mean(deaths)", "the mean and the quantiles of each measure stand in the table of measures"),
        ("var(deaths)", "did you mean 'variance'?"),
        ("p(deaths <= 3)", "did you mean 'P'?"),
        ("varience(deaths)", "did you mean 'variance'?"),
        ("variance(deaths + 1)", "1:10: error E041: expected the name of a measure, got 'deaths + 1'"),
        ("variance()", "1:1: error E041: variance() takes a measure"),
        ("deaths / attacks / 2", "1:1: error E041: expected the name of a measure, got 'deaths / attacks'"),
        ("deaths * attacks", "1:1: error E041: this cannot be asked of measures"),
        ("histogram(deaths, 5, 5)", "1:22: error E041: the edges of bins rise"),
        (f"histogram(deaths, {', '.join(map(str, range(51)))})", "error E041: 51 edges of bins"),
        ("P(deaths <= 1 / 0)", "1:13: error E319: this has no value"),
        ("P(deaths <= 1e300 * 1e300)", "1:13: error E204: this number is too large"),
        ("P(deaths <= 3", "1:2: error E201: "),
        ("", "1:1: error E041: nothing is asked"),
        ("  ", "1:1: error E041: nothing is asked"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_place_and_what_may_have_been_meant(scenario, text, says):
    assert says in str(complained(scenario, text))


def test_all_that_is_wrong_is_told_at_once(scenario):
    found = complained(scenario, "deths / atacks", "P(deaths <= 3)", "P(4 dys <= calm_time <= 5)", "what(deaths)")

    assert [(one.code, one.span.line, one.span.column) for one in found.diagnostics] == [
        ("E301", 1, 1), ("E301", 1, 9), ("E303", 3, 3), ("E303", 3, 25), ("E041", 4, 1),
    ]  # fmt: skip
    assert [one.span.text for one in found.diagnostics[1:3]] == ["deths / atacks", "P(4 dys <= calm_time <= 5)"]


@given(st.text(st.sampled_from("Pdeaths attacks()<=>/*+-,0123456789.%[]\"'\\é #"), max_size=40))
def test_any_text_is_read_or_refused(scenario, text):
    with suppress(LanguageError):
        found = read_statistic(text, scenario)
        assert read_statistic(str(found), scenario) == found


def test_measures_have_the_types_of_their_numbers(scenario):
    types = {name: type_of(measure, scenario.model) for name, measure in scenario.model.measures.items()}

    assert types == {
        "deaths": INT, "attacks": INT, "alarm_after": DURATION, "calm_time": DURATION, "per_attack": REAL,
        "last_day": INSTANT, "calm": INT, "tension": Real(TIME),
    }  # fmt: skip
