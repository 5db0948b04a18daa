import pytest

from sim.build.model import loads_model
from sim.report.sentences.check_sentences import check_sentence
from sim.report.sentences.terms import Terms
from sim.testing.models import random_models
from tests.examples import examples
from tests.report.sentences.case import MODEL


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("always: bread >= 0", 'In every state this holds: "Bread in store" is at least 0.'),
        ("never: gate and rain", "In no state does this hold: \"The gate is open\" and 'rain' is true."),
        ("never_falls: dead", "No event lowers 'dead'."),
        ("never_rises: bread - 1", "No event raises `bread - 1`."),
        (
            "before: entered, holds: gate",
            'Just before "The army comes in" happens this holds: "The gate is open".',
        ),
        (
            "unchanged_by: [entered, fled], value: bread",
            '"The army comes in" or "The army goes home" does not change "Bread in store".',
        ),
        ("changed_only_by: eaten, value: dead", "Only \"Bread is eaten\" changes 'dead'."),
        (
            "after: entered, happened: [eaten, opened]",
            '"Bread is eaten" and "The gate is opened" have happened before "The army comes in" happens.',
        ),
        (
            "after: eaten, leads_to: gate, within: 3 days, probability: 0.8",
            'After "Bread is eaten" this comes to hold within 3 days, in at least 80 % of the runs: "The gate is '
            'open".',
        ),
        (
            "when: hungry, leads_to: gate, within: 3 days",
            'From when "The town is hungry" this comes to hold within 3 days: "The gate is open".',
        ),
        (
            "when: gate, leads_to: not gate, within: 25 h",
            'From when "The gate is open" this comes to hold within 25 hours: not "The gate is open".',
        ),
        ("monotone: haste, never_lowers: fallen", "A higher 'haste' does not make \"The town falls\" less likely."),
        ("monotone: calm, never_raises: fallen",
         'A higher "What fear comes down to" does not make "The town falls" likelier.'),
        ("reachable: all", "Every rule fires in some run, and every outcome comes true in some run."),
        ("reachable: [army_looks]", "Each of these comes in some run: rule 'army_looks'."),
    ],
)  # fmt: skip
def test_a_check_is_one_sentence(claim: str, words: str):
    text = MODEL.replace("{value: 2,", "{prior: {uniform: [1, 3]},").replace("{value: 0.5,", "{prior: {beta: [2, 2]},")
    model = loads_model(f"{text}checks: {{one: {{{claim}, because: so it is}}}}", "siege.yaml")
    assert check_sentence(model.checks["one"], Terms(model)) == words


def test_every_check_of_any_model_has_a_sentence():
    def claim(model):
        terms = Terms(model)
        assert all(check_sentence(one, terms).endswith(".") for one in model.checks.values())

    examples(30, claim, random_models())
