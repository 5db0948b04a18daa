"""Enough runs, and no more: intervals that hold at every look, and goals that say how narrow they are to be.

A confidence sequence is a rule that gives an interval for each number of runs, such that with the stated confidence
all of them hold at once. So one may look after every run and stop when one likes. Here it is the method of mixtures
(H. Robbins 1970) with Jeffreys' Dirichlet prior over the kinds of run: for counts n of k kinds and any chances p,

    M(p) = B(n + 1/2) / B(1/2) / (p_1^n_1 ... p_k^n_k)

is a martingale at the true p that begins at 1, so by Ville's inequality it never reaches 1/alpha with a probability of
1 - alpha. The sequence is the set of all p where it has not. It depends on the counts alone, not on their order.

The search for its ends is written here: SciPy's takes longer to import than all that are needed.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from sim.statistics.estimates import BOTH_WAYS, LEVEL, Estimate

LOOK = 100  # runs between two looks: the answer is that of the first look that meets the goal
METHOD = "confidence sequence (Robbins' mixture)"
STEPS = 100


def _slack(counts: Sequence[int], level: float) -> float:
    """Return how far below its greatest value the log likelihood of a chance inside the sequence may lie."""
    k, total = len(counts), sum(counts)
    mixture = sum(math.lgamma(count + 0.5) for count in counts) - math.lgamma(total + 0.5 * k)
    prior = k * math.lgamma(0.5) - math.lgamma(0.5 * k)
    best = sum(count * math.log(count / total) for count in counts if count)
    return best - (mixture - prior) - math.log(1 - level)


@lru_cache(maxsize=4096)
def proportion_sequence(hits: int, runs: int, level: float = LEVEL) -> Estimate:
    """Return the interval of a probability after so many runs, valid at every number of runs together."""
    if runs == 0:
        return Estimate(value=None, low=0.0, high=1.0, runs=0, method=METHOD, level=level)
    counts, share = (hits, runs - hits), hits / runs
    slack = _slack(counts, level)

    def inside(p: float) -> bool:
        return _deviance(counts, (p, 1 - p)) <= slack

    low, high = _edge(inside, share, 0.0), _edge(inside, share, 1.0)
    return Estimate(value=share, low=low, high=high, runs=runs, method=METHOD, level=level)


@lru_cache(maxsize=4096)
def difference_sequence(gained: int, lost: int, runs: int, level: float = LEVEL) -> Estimate:
    """Return the interval of the difference gained - lost in share, over pairs of runs, valid at every look.

    It is the sequence for the three kinds of pair (gained, lost, unchanged), seen along the difference: a difference
    is inside if some chances that give it are.
    """
    if runs == 0:
        return Estimate(value=None, low=-1.0, high=1.0, runs=0, method=METHOD, level=level)
    counts, share = (gained, lost, runs - gained - lost), (gained - lost) / runs
    slack = _slack(counts, level)

    def inside(difference: float) -> bool:
        return _least_deviance(counts, difference) <= slack

    low, high = _edge(inside, share, -1.0), _edge(inside, share, 1.0)
    return Estimate(value=share, low=low, high=high, runs=runs, method=METHOD, level=level)


def _deviance(counts: Sequence[int], chances: Sequence[float]) -> float:
    """Return how far the log likelihood of the chances lies below the greatest one."""
    total = sum(counts)
    found = 0.0
    for count, chance in zip(counts, chances, strict=True):
        if count:
            if chance <= 0.0:
                return math.inf
            found += count * (math.log(count / total) - math.log(chance))
    return found


def proportion_sequence_between(hits: int, unknown: int, runs: int, level: float = LEVEL) -> Estimate:
    """Return the sequence's interval where `unknown` runs are not known: from that without to that with all of them."""
    if not unknown:
        return proportion_sequence(hits, runs, level)
    least, most = proportion_sequence(hits, runs, level), proportion_sequence(hits + unknown, runs, level)
    return Estimate(value=None, low=least.low, high=most.high, runs=runs, method=METHOD + BOTH_WAYS, level=level)


def difference_sequence_between(
    gained: tuple[int, int], lost: tuple[int, int], runs: int, level: float = LEVEL
) -> Estimate:
    """Return the sequence's interval of a difference over pairs, so many gained and lost at least and at most.

    Its ends move one way with either number, but from none to one, where the mixture's slack jumps: so both are tried.
    """
    if gained[0] == gained[1] and lost[0] == lost[1]:
        return difference_sequence(gained[0], lost[0], runs, level)
    tried = [sorted({least, most, *((1,) if least == 0 < most else ())}) for least, most in (gained, lost)]
    found = [difference_sequence(up, down, runs, level) for up in tried[0] for down in tried[1] if up + down <= runs]
    low, high = min(one.low or 0.0 for one in found), max(one.high or 0.0 for one in found)
    return Estimate(value=None, low=low, high=high, runs=runs, method=METHOD + BOTH_WAYS, level=level)


def _least_deviance(counts: tuple[int, int, int], difference: float) -> float:
    """Return the least deviance among chances whose first less second is `difference`: a convex search."""
    low, high = max(0.0, -difference), (1.0 - difference) / 2  # of the second chance

    def at(second: float) -> float:
        return _deviance(counts, (second + difference, second, 1.0 - 2 * second - difference))

    ratio = (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = at(left), at(right)
    for _ in range(STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = at(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = at(right)
        if high - low < 1e-12:
            break
    return min(at_left, at_right, at(low), at(high))


def _edge(inside: Callable[[float], bool], within: float, outside: float) -> float:
    """Return where a convex set ends between a point of it and a bound, by bisection."""
    if inside(outside):
        return outside
    for _ in range(60):
        middle = (within + outside) / 2
        if inside(middle):
            within = middle
        else:
            outside = middle
    return outside
