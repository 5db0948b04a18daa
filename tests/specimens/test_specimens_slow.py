"""The specimens with many runs: what a few hundred cannot tell apart, twenty thousand can."""

import pytest

from tests.specimens.harness import ANSWERS, BOUND, NAMES, answers_of, deviation, falsified, summaries

RUNS = 20_000
EFFECT = 0.08


@pytest.mark.slow
@pytest.mark.parametrize("specimen", NAMES)
def test_a_specimen_gives_its_known_answers_in_many_runs(specimen):
    found = summaries(specimen, RUNS)

    missed = {str(answer): deviation(answer, found) for answer in answers_of(specimen)}
    assert max(missed.values()) < BOUND, missed
    noticed = {str(answer): deviation(falsified(answer, found, EFFECT), found) for answer in answers_of(specimen)}
    assert min(noticed.values()) > BOUND, noticed


@pytest.mark.slow
def test_the_deviations_are_spread_as_those_of_a_right_engine():
    """Hold the sum of squares of the deviations that are due to chance against its mean, which is one each.

    Answers of one specimen depend on each other, so the bound is a wide one: twice what is expected.
    """
    found = [deviation(answer, summaries(answer.specimen, RUNS // 10)) for answer in ANSWERS]
    squares = [value**2 for value in found if value > 0.0]

    assert sum(squares) < 2 * len(squares)
