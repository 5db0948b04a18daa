"""The specimens with many runs: what a few hundred cannot tell apart, twenty thousand can."""

import pytest

from tests.specimens.harness import ANSWERS, BOUND, deviation


@pytest.mark.slow
@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_a_specimen_gives_its_known_answer_in_many_runs(answer):
    assert deviation(answer, 20_000) < BOUND
