"""Which of the things that two states have otherwise turn the value of a part, and how much each.

A part is evaluated on the one state with single values of the other, and on the other with single values of the one.
What turns the value alone, on either side, supports it; where nothing does alone, a least set does together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sim.explain.pairs.paired_runs import Key
from sim.explain.pairs.strengths import WEAK
from sim.model.expression import Frame

Evaluated: TypeAlias = Callable[[Frame], Any]
Exchange: TypeAlias = Callable[[Sequence[Key]], Frame]


def supports(evaluate: Evaluated, keys: Sequence[Key], exchange: Exchange) -> Mapping[Key, float]:
    """Return the strength, from WEAK to 1, with which each differing read makes a part come to something else.

    `exchange` gives the state with the other's values of some keys. Numbers are weighed by how far each moves them.
    """
    if not keys:
        return {}
    here, there = evaluate(exchange(())), evaluate(exchange(keys))
    if here == there:
        return dict.fromkeys(keys, WEAK)
    taken = {key: evaluate(exchange((key,))) for key in keys}
    left = {key: evaluate(exchange([one for one in keys if one != key])) for key in keys}
    if _are_numbers(here, there) and all(_are_numbers(taken[key], left[key]) for key in keys):
        moved = {key: max(abs(taken[key] - here), abs(left[key] - there)) for key in keys}
        total = sum(moved.values())
        if total > 0.0:
            return {key: max(WEAK, one / total) for key, one in moved.items()}
    alone = {key for key in keys if taken[key] != here or left[key] != there}
    chosen = alone or _least(evaluate, keys, exchange, there)
    return {key: 1.0 if key in chosen else WEAK for key in keys}


def _least(evaluate: Evaluated, keys: Sequence[Key], exchange: Exchange, there: Any) -> set[Key]:
    """Return a set of keys that together give the other value, and of which none can be left out."""
    kept = list(keys)
    for key in keys:
        fewer = [one for one in kept if one != key]
        if fewer and evaluate(exchange(fewer)) == there:
            kept = fewer
    return set(kept)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, float | int) and not isinstance(value, bool) for value in values)
