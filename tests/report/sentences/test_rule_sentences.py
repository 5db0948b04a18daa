import pytest

from sim.report.sentences.rule_sentences import further_sentences, rule_sentence
from sim.report.sentences.terms import Terms, mid_sentence, sentence
from sim.testing.models import random_models
from tests.examples import examples
from tests.report.sentences.case import siege


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("town_eats", 'At any time the town will act every day: "Bread is eaten".'),
        (
            "town_opens",
            'After "Bread is eaten", while "The town is hungry", not "The gate is open" and "The talks" is none or '
            "'to come', the town will act at the rate `haste * 2`: \"The gate is opened\".",
        ),
        (
            "army_comes",
            'While "The gate is open", Lancaster\'s army will act after a Weibull time (shape 2, scale '
            "`1 day * (1 + calm)`), which passes `2 if rain else 1` times as fast: one of these by chance, "
            '"The army comes in" with lost = `poisson(2)` (weight `bread`) or "The army goes home" (weight 1).',
        ),
        (
            "army_waits",
            'While not "The gate is open", Lancaster\'s army will act on the date of "When the truce ends": '
            '"The army goes home".',
        ),
        (
            "army_hopes",
            "While 'rain' is true, Lancaster's army will act with a chance of 30 % within 14 days: "
            '"The army goes home".',
        ),
        (
            "army_looks",
            'While "The gate is open" and "The wall stands [2]", Lancaster\'s army will act at once: '
            '"The army goes home".',
        ),
        ("town_sleeps", "While 'rain' is true, the town will act after 8 h: \"Bread is eaten\"."),
    ],
)
def test_a_rule_is_one_sentence(rule: str, words: str):
    terms = siege()
    assert rule_sentence(terms.model.rules[rule], terms) == words


def test_what_a_rule_does_beside_is_told_after_it():
    terms = siege()
    assert further_sentences(terms.model.rules["army_looks"]) == []
    assert further_sentences(terms.model.rules["town_opens"]) == [
        "While its condition does not hold its clock stands still, and goes on from there.",
        "When it fires it starts the clock of 'town_eats' again.",
        "Of what falls due at one time it comes by its priority, 2.",
    ]


def test_every_rule_of_any_model_has_a_sentence():
    def claim(model):
        terms = Terms(model)
        for rule in model.rules.values():
            words = rule_sentence(rule, terms)
            assert words.endswith(".")
            assert all(emission.event in model.events and model.events[emission.event].title in words
                       for emission in rule.emissions)  # fmt: skip

    examples(30, claim, random_models())


def test_a_title_keeps_its_capital_unless_it_begins_with_an_article():
    assert [mid_sentence(title) for title in ("The general", "A man", "Anna", "SADC")] == [
        "the general", "a man", "Anna", "SADC",
    ]  # fmt: skip
    assert sentence("it rains") == "It rains."
