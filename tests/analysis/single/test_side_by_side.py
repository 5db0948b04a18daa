"""Two runs side by side, where the first difference is known."""

import pytest

from sim.analysis.single.side_by_side import side_by_side
from tests.analysis.differences.test_namesakes import leaping_by
from tests.analysis.tales import assumed, load, side, tale
from tests.analysis.test_changes_told import OUTCOMES, RULES
from tests.engines.test_changes import model

WORLD = tale(["a", "end"], {"a_comes": "clock: {rate: speed}, when: not a", "end_comes": "when: a, clock: {rate: 0.2}"})


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("parameters: {speed: 2}", "other time"), (assumed((0.0001, "a_comes")), "assumed"),
        ("parameters: {idle: 2}", "other parameters"), ("disable: [a_comes_rule]", "only in one"),
    ],
)  # fmt: skip
def test_the_first_difference_is_what_the_scenarios_make_it(tmp_path, text, how):
    one, other = load(tmp_path, WORLD, "title: As it is", text)

    rows, first = side_by_side(side(one, 1, 0), side(other, 1, 0))

    assert first is not None
    assert first.how == how
    assert all(row.how == "same" for row in rows[: first.place])
    if how == "other time":
        assert first.one is not None
        assert first.other is not None
        assert (first.one.rule, first.one.occurrence) == (first.other.rule, first.other.occurrence)


def test_of_one_choice_both_events_stand_on_one_row(tmp_path):
    body = """
state: {calm: {type: bool, initial: true}}
events: {won: {exogenous: true}, lost: {exogenous: true}}
rules:
  decides: {faction: f, clock: {rate: 1}, choose: [{event: won, weight: odds}, {event: lost, weight: 1 - odds}]}
outcomes: {victory: {on: [won], ends_run: true}, defeat: {on: [lost], ends_run: true}}
"""
    one, other = load(tmp_path, body, "parameters: {odds: 0.0001}", "parameters: {odds: 0.9999}")

    rows, first = side_by_side(side(one, 1, 0), side(other, 1, 0))

    assert first is not None
    assert first.how == "other choice"
    row = rows[first.place]
    assert (row.one.type, row.other.type) == ("lost", "won")


def test_events_of_one_name_that_mean_something_else_are_not_one():
    known = model(RULES, OUTCOMES)
    one, other = leaping_by(known, 1), leaping_by(known, 5)

    rows, first = side_by_side(side(one, 1, 0), side(other, 1, 0))

    assert first is not None
    leaps = [row for row in rows if "leap" in {event.type for event in (row.one, row.other) if event}]
    assert {row.how for row in leaps} == {"only in one", "only in other"}
    assert side_by_side(side(one, 1, 0), side(one, 1, 0))[1] is None
