import pytest

from sim.build.model import loads_model
from sim.report.sentences.conditions import condition
from sim.report.sentences.terms import Terms
from tests.report.sentences.case import MODEL


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gate", '"The gate is open"'),
        ("not gate", 'not "The gate is open"'),
        ("rain", "'rain' is true"),
        ("not rain", "'rain' is false"),
        ("wall[2]", '"The wall stands [2]"'),
        ("hungry and rain", "\"The town is hungry\" and 'rain' is true"),
        ("not hungry", 'not "The town is hungry"'),
        ("desperate", "'desperate' is true"),
        ("talks == to_come", "\"The talks\" is 'to come'"),
        ("talks == held or talks == over", '"The talks" is held or over'),
        ("talks != held and talks != over and gate", '"The talks" is neither held nor over and "The gate is open"'),
        ("not (talks == held or talks == over)", '"The talks" is neither held nor over'),
        ("not (talks == held and gate)", '"The talks" is not held or not "The gate is open"'),
        ("(gate or rain) and hungry", '("The gate is open" or \'rain\' is true) and "The town is hungry"'),
        ("gate and (rain or talks == held)", '"The gate is open" and (\'rain\' is true or "The talks" is held)'),
        ("gate or rain and hungry", '"The gate is open" or (\'rain\' is true and "The town is hungry")'),
        ("bread > 2.5", '"Bread in store" is above 2.5'),
        ("not bread > 2.5", '"Bread in store" is at most 2.5'),
        ("dead >= 3", "'dead' is at least 3"),
        ("fear < calm", "'fear' is below \"What fear comes down to\""),
        ("bread + 1 <= 2 * (bread - calm)", "`bread + 1` is at most `2 * (bread - calm)`"),
        ("time >= due", 'the date is not before "When the truce ends"'),
        ("due > 2030-01-05", '"When the truce ends" is later than 2030-01-05'),
        ("since(eaten) > 36 h", 'the time since "Bread is eaten" is above 1.5 days'),
        ("true", "always"),
    ],
)
def test_a_condition_is_told_with_the_titles_of_what_it_reads(text: str, words: str):
    model = loads_model(MODEL.replace("when: desperate", f"when: '{text}'"), "siege.yaml")
    assert condition(model.outcomes["famine"].comes.when, Terms(model)) == words


def test_a_condition_of_very_many_parts_stays_a_formula():
    text = " or ".join(f"dead == {number}" for number in range(9))
    model = loads_model(MODEL.replace("when: desperate", f"when: {text}"), "siege.yaml")
    assert condition(model.outcomes["famine"].comes.when, Terms(model)) == f"`{text}`"


def test_what_a_check_asks_of_the_past_is_told():
    checks = "checks: {one: {always: happened(fled) or not reached(peace) or times(eaten) < 3, because: so it is}}"
    model = loads_model(MODEL + checks, "siege.yaml")
    (claim,) = model.checks["one"].expressions()
    assert condition(claim, Terms(model)) == (
        '"The army goes home" has happened, "Peace" has not come true or the number of times of "Bread is eaten" is '
        "below 3"
    )
