"""How far sequences of symbols are apart, and which of several is the most typical: their medoid.

The distance counts the symbols that must be deleted or inserted to make the one of the other: the optimal matching of
social sequence analysis with indel costs alone (Studer and Ritschard 2016, "What matters in differences between life
trajectories", JRSS A 179). It is |a| + |b| - 2 LCS(a, b), with the length of the longest common subsequence, which is
found bit by bit in parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"). It is normalised as by
Yujian and Bo (2007, "A normalized Levenshtein distance metric", IEEE TPAMI 29): 2d / (|a| + |b| + d), from 0 for the
same sequence to 1 for sequences without a common symbol, and a metric.
"""

from collections.abc import Hashable, Sequence
from itertools import combinations

import numpy as np

from sim.statistics.arrays import Floats


def common_length(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Return the length of the longest common subsequence of two sequences.

    >>> common_length("ABCBDAB", "BDCABA")
    4
    """
    return _common_length(_masks(one), len(one), other)


def _masks(symbols: Sequence[Hashable]) -> dict[Hashable, int]:
    """Return, for each symbol of a sequence, the places at which it stands, as bits."""
    masks: dict[Hashable, int] = {}
    for place, symbol in enumerate(symbols):
        masks[symbol] = masks.get(symbol, 0) | 1 << place
    return masks


def _common_length(masks: dict[Hashable, int], length: int, other: Sequence[Hashable]) -> int:
    every = (1 << length) - 1
    rest = every
    for symbol in other:
        met = rest & masks.get(symbol, 0)
        rest = (rest + met | rest - met) & every
    return length - rest.bit_count()


def distance_matrix(sequences: Sequence[Sequence[Hashable]]) -> Floats:
    """Return the normalised distances of sequences from one another: n by n, symmetric, 0 on the diagonal.

    Two sequences without any symbol are at a distance of 0. Equal sequences are compared once.
    """
    kinds: dict[tuple[Hashable, ...], int] = {}
    which = np.array([kinds.setdefault(tuple(one), len(kinds)) for one in sequences], dtype=np.intp)
    distinct = list(kinds)
    masks = [_masks(one) for one in distinct]
    found = np.zeros((len(distinct), len(distinct)))
    for here, there in combinations(range(len(distinct)), 2):
        one, other = distinct[here], distinct[there]
        both = len(one) + len(other)
        apart = both - 2 * _common_length(masks[here], len(one), other)
        found[here, there] = found[there, here] = 2.0 * apart / (both + apart)
    return np.asarray(found[np.ix_(which, which)], dtype=np.float64)


def mean_distances(distances: Floats) -> Floats:
    """Return the mean distance of each of n sequences from the n - 1 others; 0 where there is no other."""
    count = len(distances)
    return np.asarray(distances.sum(axis=1) / max(count - 1, 1), dtype=np.float64)


def medoid(distances: Floats) -> int:
    """Return the place of the sequence with the least mean distance from the others, the first of equals."""
    return int(np.argmin(_rounded(distances)))


def outlier(distances: Floats) -> int:
    """Return the place of the sequence with the greatest mean distance from the others, the first of equals."""
    return int(np.argmax(_rounded(distances)))


def _rounded(distances: Floats) -> Floats:
    """Return mean distances without the last digits, which the order of a sum decides."""
    return np.round(mean_distances(distances), 12)
