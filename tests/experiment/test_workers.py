"""The processes that work: what they are given, and what is held of what they give."""

import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from sim.experiment.jobs import Desk
from sim.experiment.pool import AHEAD
from sim.experiment.workers import work


@dataclass(frozen=True)
class Fill:
    """A task whose result can be watched: an array of a number."""

    number: int

    def do(self, desk: Desk) -> "np.ndarray":
        return np.full(100_000, self.number)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_task_is_done_once(workers):
    found = [int(result[0]) for result in work([Fill(number) for number in range(40)], workers)]

    assert sorted(found) == list(range(40))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_result_is_held_no_longer_than_it_is_wanted(workers):
    watched, most = [], 0
    for result in work([Fill(number) for number in range(60)], workers):
        watched.append(weakref.ref(result))
        del result
        most = max(most, sum(one() is not None for one in watched[:-1]))

    assert len(watched) == 60
    assert most <= 1
    assert AHEAD * workers < len(watched)
