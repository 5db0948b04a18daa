import pytest

from sim.model.canonical import tree_meaning
from sim.report.sentences.formula_texts import formula
from tests.language.sentences import checked
from tests.report.sentences.case import siege


@pytest.mark.parametrize(
    "text",
    [
        "dead + 1", "dead - (1 - trust)", "dead - 1 - trust", "(dead + trust) * 2", "dead / 2 / trust",
        "dead / (2 * trust)", "dead // 2 + dead % 3", "dead ** 2", "(-trust) ** 2", "-trust ** 2", "2 ** dead ** 2",
        "(trust if ceasefire else 1) * 2", "trust if ceasefire else 1 if talks == open else 2",
        "(trust if ceasefire else 1) if talks == open else 2", "trust > 0.5 and not ceasefire",
        "not (trust > 0.5 and ceasefire)", "(ceasefire or trust > 0.5) and talks != open",
        "0 < dead <= 1 < 2.5", "ceasefire == (trust > 0.5)", "patience + 3 days", "2 * patience / 3",
        "trust * pace * 2 weeks", "0.2 per day", "deadline - 2030-01-05", "max(deadline, 2030-02-01T12:30)",
        "logistic(exp(log(sqrt(abs(-trust)))))", "clamp(trust, 0, 1.5)", "min(dead, trust) - max(dead, 2, 3)",
    ],
)  # fmt: skip
def test_a_formula_that_is_written_again_means_the_same(text: str):
    tree = checked(text).tree
    again = checked(formula(tree, siege())).tree
    assert tree_meaning(again) == tree_meaning(tree)


def test_a_derived_quantity_stands_by_its_name():
    terms = siege()
    assert formula(terms.model.derived["desperate"].tree, terms) == "desperate"
    assert formula(terms.model.derived["desperate"].tree.arguments[0], terms) == "hungry"
