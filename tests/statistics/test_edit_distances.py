"""Distances of sequences: the longest common subsequence by its recurrence, and what a metric must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics.edit_distances import common_length, distance_matrix, mean_distances, medoid, outlier

words = st.text("abcd", max_size=80)


def by_recurrence(one: str, other: str) -> int:
    before = [0] * (len(other) + 1)
    for letter in one:
        row = [0]
        for place, there in enumerate(other):
            row.append(before[place] + 1 if letter == there else max(row[-1], before[place + 1]))
        before = row
    return before[-1]


@given(words, words)
def test_the_common_length_is_that_of_the_recurrence(one, other):
    assert common_length(one, other) == common_length(other, one) == by_recurrence(one, other)


@given(st.lists(words, min_size=3, max_size=6))
def test_distances_are_a_metric_from_0_to_1(sequences):
    found = distance_matrix(sequences)

    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert (found == found.T).all()
    for here, one in enumerate(sequences):
        for there, other in enumerate(sequences):
            assert (found[here, there] == 0.0) == (one == other)
            assert all(found[here, there] <= found[here, by] + found[by, there] + 1e-12 for by in range(len(sequences)))


def test_the_medoid_is_nearest_to_the_others_and_the_outlier_farthest_from_them_the_first_of_equals():
    distances = distance_matrix(["abcd", "abce", "abcd", "xyz", "abcd"])

    assert mean_distances(distances)[0] == pytest.approx((0.0 + 0.4 + 1.0 + 0.0) / 4)
    assert (medoid(distances), outlier(distances)) == (0, 3)
    assert medoid(np.zeros((1, 1))) == outlier(np.zeros((1, 1))) == 0
