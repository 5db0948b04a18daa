"""Every engine gives every known answer, and would not if the answer were a little wrong.

One test holds all questions about one model, so that its runs are made once. A red result names the questions.
"""

import math

import numpy as np
import pytest

from tests.engines.conformance.answers import noticed
from tests.engines.conformance.catalogue import MAKERS, RED, known
from tests.engines.conformance.engines import ENGINES
from tests.engines.conformance.known import Known, simulate, simulate_many

RUNS = 5_000
FEW_RUNS = 2_000  # of an engine that makes them one by one
MANY_RUNS = 1_000_000
# Over the root of the number of runs: 0.36 standard deviations in 2,000, 0.23 in 5,000, 0.016 in a million.
EFFECT = 16.0


def check(model: Known, values: np.ndarray) -> None:
    effect = EFFECT / math.sqrt(len(values))
    missed, unnoticed = {}, {}
    for question, seen in zip(model.questions, values.T, strict=True):
        missed |= {(question.name, what): p for what, p in question.answer.tests(seen).items() if p <= RED}
        wrong = noticed(question.answer, seen, effect)
        assert wrong, f"{question.name}: no wrong answer to it can be made"
        unnoticed |= {(question.name, what): p for what, p in wrong.items() if p > RED}
    assert missed == {}
    assert unnoticed == {}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("engine", "runs"), [("kernel", RUNS), ("reference", FEW_RUNS)])
def test_an_engine_gives_the_known_answers_and_no_others(engine, runs, name):
    check(known(name), simulate(engine, known(name), runs))


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_gives_the_known_answers_and_no_others_in_a_million_runs(engine, name):
    check(known(name), simulate_many(engine, name, MANY_RUNS))
