from sim.report.sentences.question_sentences import base_rate_sentence, measure_sentence, outcome_sentence
from sim.report.sentences.terms import Terms
from sim.testing.models import random_models
from tests.examples import examples
from tests.report.sentences.case import siege


def test_an_outcome_says_when_it_comes_true_and_what_becomes_of_the_run():
    terms = siege()
    told = {name: outcome_sentence(one, terms) for name, one in terms.model.outcomes.items()}
    assert told == {
        "fallen": 'It comes true the first time after the branch that "The army comes in" happens while "The gate is '
        "open\", within 8 days of the branch, if until then 'rain' is false, and ends the run.",
        "peace": 'It comes true as soon as "The talks" is held, and is an ending, after which the run goes on.',
        "famine": "It comes true as soon as 'desperate' is true, and the run goes on.",
        "rest": "It comes true at the horizon, if no ending has come true before.",
    }


def test_a_measure_says_what_it_adds_up_and_when():
    terms = siege()
    assert measure_sentence(terms.model.measures["meals"], terms) == 'It is how many times "Bread is eaten" happens.'
    assert measure_sentence(terms.model.measures["wet"], terms) == (
        "It is the time during which 'rain' is true, until 5 days after the branch."
    )


def test_every_question_of_any_model_has_a_sentence():
    def claim(model):
        terms = Terms(model)
        told = [*(outcome_sentence(one, terms) for one in model.outcomes.values()),
                *(measure_sentence(one, terms) for one in model.measures.values()),
                *(base_rate_sentence(one, terms) for one in model.base_rates.values())]  # fmt: skip
        assert all(words.endswith(".") and len(words) > 10 for words in told)

    examples(30, claim, random_models())
