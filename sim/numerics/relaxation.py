"""A quantity that relaxes: x(t) = target + (start - target) * exp(-decay * age), and when it passes a level.

Plain floats in, floats out: the kernel compiles these very functions. `decay` is log(2) / half-life.
"""

import math

from sim.numerics.elementary import exp, log

LOG_2 = 0.6931471805599453


def relaxed(start: float, target: float, decay: float, age: float) -> float:
    """Return what has relaxed from `start` towards `target` for a time; never beyond either, whatever is rounded."""
    if age <= 0.0:
        return start
    power = age * decay
    if power > 745.0:
        return target
    value = target + (start - target) * exp(-power)
    return min(max(value, min(start, target)), max(start, target))


def lies_over(start: float, target: float, level: float, strict: bool) -> bool:  # noqa: FBT001 - it is compiled
    """Return whether it lies over a level just after it was at `start`; on it counts as over unless `strict`."""
    if start == level:
        return target > level if strict else target >= level
    return start > level


def passing_age(start: float, target: float, decay: float, level: float) -> float:
    """Return the age at which it passes a level; infinite for one that does not lie between `start` and `target`.

    A level that is `start` or `target` itself is not passed.
    """
    if not (start < level < target or target < level < start):
        return math.inf
    ratio = (start - target) / (level - target)
    return log(ratio) / decay if ratio > 1.0 else 0.0
