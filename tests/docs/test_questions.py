"""What a newcomer asks of the language is answered by the word that comes to mind first."""

import pytest

from tests.cli.conftest import sim

__all__ = ["sim"]

QUESTIONS = [
    ("which numbers are in a lognormal prior?", "lognormal prior", "lognormal: [median, sigma]"),
    ("which lognormals are there?", "lognormal", "sim explain priors.lognormal"),
    ("what happens to a pending rule at a branch?", "branch", "it stays pending through the branch"),
    ("what happens to a pending rule at a branch?", "pending", "At a branch a pending rule stays pending"),
    ("how do I write 30 % within 14 days?", "within", "clock: 30 % within 14 days"),
    ("how do I write 30 % within 14 days?", "percent", "clock: 30 % within 14 days"),
    ("when does a day end?", "day", "means its end"),
    ("what does a clock remember that was stopped?", "memory", "goes on at its old age"),
    ("which of two rules fires first?", "tie", "by `priority`"),
    ("how do I choose between events?", "weight", "weight: exp(utility)"),
    ("do effects see each other?", "effects", "*before*\nthe event"),
    ("what does the interval cover?", "interval", "does not cover\nwhether the model is right"),
    ("how often does an event happen every week?", "every", "clock: {every: 1 week}"),
    ("can a guard ask what happened?", "happened", "sim explain functions.happened"),
    ("what keeps trust between 0 and 1?", "saturate", "the value stays at the bound"),
    ("what is a rule?", "rules", "While its guard holds it is *enabled*"),
    ("what does exit code 2 mean?", "exit code", "a request that cannot be met"),
    ("how do I use it in a notebook?", "notebook", "import sim"),
    ("does the model agree with what happened elsewhere?", "base rate", "holds the model against it"),
    ("what is kept of a large ensemble?", "keep outcomes", "up to 20,000 runs every event is kept"),
]


@pytest.mark.parametrize(("question", "asked", "answer"), QUESTIONS, ids=[f"{q}-{a}" for q, a, _ in QUESTIONS])
def test_a_question_is_answered(sim, question: str, asked: str, answer: str) -> None:
    assert answer in sim("explain", *asked.split()).out
